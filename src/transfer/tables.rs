//! Tables and views.

use std::sync::PoisonError;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_thrift::types as t;

use super::canonical::TableAt;
use super::copier::{Copier, Mode, Step};
use super::endpoint::CONNECTIONS;
use super::error::CallError;
use super::fields::table_fields;

const LATE: &str = "MATERIALIZED_VIEW";

impl Copier<'_> {
    pub async fn tables_of(&self, catalog: &str, database: &str) -> Result<Vec<TableAt>, CallError> {
        let names = self.source.table_names(catalog, database).await;
        let names = self.read("database", &format!("{catalog}.{database}"), names)?.unwrap_or_default();
        let at = |table| TableAt { catalog: catalog.to_owned(), database: database.to_owned(), table };
        Ok(names.into_iter().map(at).collect())
    }

    pub async fn tables(&self, tables: &[TableAt]) -> Result<(), CallError> {
        let all = stream::iter(tables).map(|at| self.table(at, false)).buffer_unordered(CONNECTIONS);
        all.try_collect::<()>().await?;
        let late = std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner));
        for at in &late {
            self.table(at, true).await?;
        }
        Ok(())
    }

    async fn table(&self, at: &TableAt, is_late: bool) -> Result<(), CallError> {
        let object = at.to_string();
        let Some(source) = self.read("table", &object, self.source.table(at).await)? else { return Ok(()) };
        let Some(source) = source else {
            self.recorder.left_out("tables", Some(1), "they were dropped at the source meanwhile");
            return Ok(());
        };
        if !is_late && source.table_type.as_deref() == Some(LATE) {
            self.late.lock().unwrap_or_else(PoisonError::into_inner).push(at.clone());
            return Ok(());
        }
        let changed = self.table_once(at, &source, false).await?;
        if changed && self.mode == Mode::Copy && !self.target.keeps_all {
            // Hive adds marks of its own when it creates tables and stores statistics: what it can keep is set again.
            self.table_once(at, &source, true).await?;
        }
        Ok(())
    }

    /// Copies a table with its partitions and statistics. `again`: what differs now is the target's own addition.
    async fn table_once(&self, at: &TableAt, source: &t::Table, again: bool) -> Result<bool, CallError> {
        let object = at.to_string();
        let target = match self.target.table(at).await {
            Err(error) if self.mode == Mode::Plan && !error.is_fatal() => None,
            answer => match self.read("table", &object, answer)? {
                Some(target) => target,
                None => return Ok(false),
            },
        };
        let there = target.as_ref().map(table_fields);
        let clash = target.as_ref().filter(|_| !again).and_then(|target| self.table_clash(source, target));
        let fields = table_fields(source);
        let step = if again {
            self.step_again(&fields, there.as_ref())
        } else {
            self.step("table", &object, &fields, there.as_ref(), clash)
        };
        let outcome = match step {
            Step::Leave => return Ok(false),
            Step::Nothing => Ok(()),
            Step::Create => self.target.table_create(source).await,
            Step::Alter => self.target.table_alter(at, source).await,
        };
        if again {
            self.read("table", &object, outcome)?;
        } else if step != Step::Nothing && !self.did(step, "table", &object, outcome)? {
            return Ok(false);
        }
        let mut changed = step != Step::Nothing;
        let is_there = target.is_some() || step == Step::Create;
        if self.mode != Mode::Compare || is_there {
            changed |= self.table_statistics(at, source, is_there, again).await?;
            if source.partition_keys.as_ref().is_some_and(|keys| !keys.is_empty()) {
                changed |= self.partitions(at, source, is_there, again).await?;
            }
        }
        Ok(changed)
    }

    /// After the first round: is there still something that could be kept?
    fn step_again(&self, source: &super::fields::Fields, target: Option<&super::fields::Fields>) -> Step {
        let Some(target) = target else { return Step::Leave };
        let found = super::fields::differences(source, target);
        if found.iter().any(|difference| super::kept::is_due(self.target, difference)) {
            Step::Alter
        } else {
            Step::Nothing
        }
    }

    /// Why the target's table is not an earlier state of the source's.
    fn table_clash(&self, source: &t::Table, target: &t::Table) -> Option<String> {
        fn keys(table: &t::Table) -> Vec<Option<&str>> {
            table.partition_keys.iter().flatten().map(|key| key.name.as_deref()).collect()
        }
        if keys(source) != keys(target) {
            return Some("the target has a table of that name with other partition keys".to_owned());
        }
        if self.target.keeps_all && source.create_time != target.create_time {
            return Some(format!(
                "the target has another table of that name: it was created at {}, the source's at {}",
                target.create_time, source.create_time
            ));
        }
        newer(source.parameters.as_ref(), target.parameters.as_ref())
    }
}

/// Was the target's object changed after the source's?
pub fn newer(source: Option<&Vec<(String, String)>>, target: Option<&Vec<(String, String)>>) -> Option<String> {
    let time = |parameters: Option<&Vec<(String, String)>>| {
        let value = parameters?.iter().find(|(key, _)| key == "transient_lastDdlTime")?;
        value.1.parse::<i64>().ok()
    };
    let (source, target) = (time(source).unwrap_or_default(), time(target)?);
    (target > source)
        .then(|| format!("the target's was changed at {target}, the source's at {source} (transient_lastDdlTime)"))
}
