//! Functions.

use super::copier::{Copier, Mode, Step};
use super::error::CallError;
use super::fields::function_fields;

const KIND: &str = "function";

impl Copier<'_> {
    pub async fn functions(&self, catalog: &str, database: &str) -> Result<(), CallError> {
        let names = self.source.function_names(catalog, database).await;
        let names = self.read(KIND, &format!("{catalog}.{database}"), names)?.unwrap_or_default();
        for name in names {
            let object = format!("{catalog}.{database}.{name}");
            let source = self.source.function(catalog, database, &name).await;
            let Some(source) = self.read(KIND, &object, source)?.flatten() else { continue };
            let target = match self.target.function(catalog, database, &name).await {
                Err(error) if self.mode == Mode::Plan && !error.is_fatal() => None,
                answer => match self.read(KIND, &object, answer)? {
                    Some(target) => target,
                    None => continue,
                },
            };
            let there = target.as_ref().map(function_fields);
            let clash = target.filter(|target| target.create_time >= source.create_time);
            let clash = clash.map(|_| "the target has another function of that name, which is not older".to_owned());
            let step = self.step(KIND, &object, &function_fields(&source), there.as_ref(), clash);
            // Hive's alter keeps the resources: only a new one has all fields.
            if step == Step::Alter {
                let dropped = self.target.function_drop(catalog, database, &name).await;
                if self.read(KIND, &object, dropped)?.is_none() {
                    continue;
                }
            }
            if matches!(step, Step::Create | Step::Alter) {
                let outcome = self.target.function_create(&source).await;
                self.did(step, KIND, &object, outcome)?;
            }
        }
        Ok(())
    }
}
