//! Catalogs, data connectors and databases.

use skep_thrift::types as t;

use super::copier::{Copier, Mode, Step};
use super::endpoint::CATALOG;
use super::error::CallError;
use super::fields::{catalog_fields, connector_fields, database_fields};

/// What a metastore has from its first start on: it never is somebody else's.
const FIRST: &str = "default";

impl Copier<'_> {
    /// Copies catalogs and gives the names of those that both sides have.
    pub async fn catalogs(&self) -> Result<Vec<String>, CallError> {
        let mut both = Vec::new();
        for name in self.source.catalog_names().await? {
            if !self.target.has_catalogs && name != CATALOG {
                self.recorder.left_out(format!("catalog {name}"), None, "the target knows no catalogs");
                continue;
            }
            both.push(name.clone());
            let Some(source) = self.read("catalog", &name, self.source.catalog(&name).await)?.flatten() else {
                continue;
            };
            if !self.target.has_catalogs {
                continue;
            }
            let Some(target) = self.read("catalog", &name, self.target.catalog(&name).await)? else { continue };
            let there = target.as_ref().map(catalog_fields);
            let clash = target.and_then(|target| self.catalog_clash(&source, &target));
            let step = self.step("catalog", &name, &catalog_fields(&source), there.as_ref(), clash);
            let outcome = match step {
                Step::Create => self.target.catalog_create(&source).await,
                Step::Alter => self.target.catalog_alter(&source).await,
                Step::Nothing | Step::Leave => continue,
            };
            self.did(step, "catalog", &name, outcome)?;
        }
        Ok(both)
    }

    fn catalog_clash(&self, source: &t::Catalog, target: &t::Catalog) -> Option<String> {
        let other = if self.target.keeps_all {
            source.create_time != target.create_time
        } else {
            source.location_uri != target.location_uri
        };
        (other && source.name.as_deref() != Some(CATALOG))
            .then(|| "the target has another catalog of that name".to_owned())
    }

    pub async fn connectors(&self) -> Result<(), CallError> {
        for name in self.source.connector_names().await? {
            let Some(source) = self.read("connector", &name, self.source.connector(&name).await)?.flatten() else {
                continue;
            };
            let Some(target) = self.read("connector", &name, self.target.connector(&name).await)? else { continue };
            let there = target.as_ref().map(connector_fields);
            let clash = there.as_ref().map(|_| "the target has another data connector of that name".to_owned());
            let step = self.step("connector", &name, &connector_fields(&source), there.as_ref(), clash);
            if step == Step::Create {
                let outcome = self.target.connector_create(&source).await;
                self.did(step, "connector", &name, outcome)?;
            } else if step == Step::Alter {
                self.recorder.conflict(
                    &format!("connector {name}"),
                    "a data connector is not replaced: drop it first".to_owned(),
                );
            }
        }
        Ok(())
    }

    /// Copies databases and gives catalog and name of those that both sides have.
    pub async fn databases(&self, catalogs: &[String]) -> Result<Vec<(String, String)>, CallError> {
        let mut both = Vec::new();
        for catalog in catalogs {
            for name in self.source.database_names(catalog, self.options.databases.as_deref()).await? {
                if self.database(catalog, &name).await? {
                    both.push((catalog.clone(), name));
                }
            }
        }
        Ok(both)
    }

    /// True if what belongs to the database can be copied.
    async fn database(&self, catalog: &str, name: &str) -> Result<bool, CallError> {
        let object = format!("{catalog}.{name}");
        let Some(source) = self.read("database", &object, self.source.database(catalog, name).await)?.flatten() else {
            return Ok(false);
        };
        let target = match self.target.database(catalog, name).await {
            // A plan goes on although the catalog was not made.
            Err(error) if self.mode == Mode::Plan && !error.is_fatal() => None,
            answer => match self.read("database", &object, answer)? {
                Some(target) => target,
                None => return Ok(false),
            },
        };
        let there = target.as_ref().map(database_fields);
        let clash = target.and_then(|target| self.database_clash(&source, &target));
        let step = self.step("database", &object, &database_fields(&source), there.as_ref(), clash);
        let outcome = match step {
            Step::Create => self.target.database_create(&source).await,
            Step::Alter => self.target.database_alter(catalog, &source).await,
            Step::Nothing => return Ok(true),
            Step::Leave => return Ok(false),
        };
        self.did(step, "database", &object, outcome)
    }

    fn database_clash(&self, source: &t::Database, target: &t::Database) -> Option<String> {
        if source.name.as_deref() == Some(FIRST) {
            return None;
        }
        let told = |what: String| Some(format!("the target has another database of that name: {what}"));
        if self.target.keeps_all && source.create_time != target.create_time {
            let time = |database: &t::Database| database.create_time.unwrap_or_default();
            return told(format!("it was created at {}, the source's at {}", time(target), time(source)));
        }
        if !self.target.keeps_all && source.location_uri != target.location_uri {
            return told(format!("it lies at {}", target.location_uri.as_deref().unwrap_or("no place")));
        }
        None
    }
}
