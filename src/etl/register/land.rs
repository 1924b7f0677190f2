//! Drafts become one commit: tables that are made, partitions, files, statistics, partitions that go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use skep_core::spark_schema::spark_schema_follow;
use skep_core::table::{Database, Table};
use skep_core::{Error, Kind, Result};

use super::draft::Draft;
use super::registration::Etl;
use crate::catalog::{
    Caller, Metastore, Publish, Published, RequestKey, TableCreate, TableRef, Together, totals_claim,
};

/// A table's part of a commit.
pub(in crate::etl) struct Landing<'d> {
    pub draft: &'d Draft<'d>,
    /// Taken out of the draft.
    pub published: Arc<Vec<Published>>,
    /// Names of partitions that go.
    pub dropped: Vec<String>,
    /// The table is made with it.
    pub is_new: bool,
}

impl Landing<'_> {
    fn at(&self) -> TableRef {
        let table = &self.draft.table;
        TableRef::new(&table.catalog, &table.database, &table.name)
    }
}

impl Etl {
    /// Publishes all of it or nothing; `answer` makes the request's answer of the tables' versions.
    ///
    /// Errors: Conflict where a draft is overtaken: draft again.
    pub(in crate::etl) async fn land(
        &self,
        name: &'static str,
        (caller, key): (&Caller, Option<&RequestKey>),
        databases: &[Database],
        landings: &[Landing<'_>],
        answer: impl Fn(&[i64]) -> Result<Vec<u8>>,
    ) -> Result<Together> {
        let overtaken = &AtomicBool::new(false);
        let answer = &answer;
        let tables: Vec<TableRef> = landings.iter().map(Landing::at).collect();
        let done = self.metastore.together(name, key, &tables, |within: Metastore| async move {
            for database in databases {
                Box::pin(within.database_create(caller, database.clone())).await?;
            }
            let mut versions = Vec::with_capacity(landings.len());
            for landing in landings {
                match landing_publish(&within, caller, landing).await {
                    // Within the shared write a conflict would only run this same draft again.
                    Err(error) if error.kind == Kind::Conflict => {
                        overtaken.store(true, Ordering::Relaxed);
                        return Err(error.with_kind(Kind::InvalidOperation));
                    }
                    version => versions.push(version?),
                }
            }
            answer(&versions)
        });
        match done.await {
            Err(error) if overtaken.load(Ordering::Relaxed) => Err(error.with_kind(Kind::Conflict)),
            // Somebody else made the table or the database at the same time.
            Err(error) if error.kind == Kind::AlreadyExists => Err(error.with_kind(Kind::Conflict)),
            done => done,
        }
    }
}

async fn landing_publish(within: &Metastore, caller: &Caller, landing: &Landing<'_>) -> Result<i64> {
    let draft = landing.draft;
    let planned = if landing.is_new {
        let create = TableCreate { table: Table::clone(&draft.table), ..TableCreate::default() };
        Box::pin(within.table_create(caller, create)).await?;
        within.table_get(&landing.at()).await?
    } else {
        Arc::clone(&draft.table)
    };
    Box::pin(within.publish(caller, &publish_of(landing, &planned))).await
}

fn publish_of(landing: &Landing<'_>, planned: &Arc<Table>) -> Publish {
    let of_table = landing.published.iter().find(|p| p.partition.name.is_empty());
    let mut definition = landing.draft.definition().map(|new| Table { storage: new.storage, ..Table::clone(planned) });
    if let Some(of_table) = of_table {
        let mut new = definition.take().unwrap_or_else(|| Table::clone(planned));
        new.parameters.extend(of_table.partition.parameters.clone());
        if let (Some(storage), Some(moved)) = (new.storage.as_mut(), of_table.partition.storage.as_ref()) {
            storage.location.clone_from(&moved.location);
        }
        definition = Some(new);
    }
    // Also where columns stay: an earlier change may have left the copy behind.
    let mut in_step = definition.clone().unwrap_or_else(|| Table::clone(planned));
    spark_schema_follow(planned, &mut in_step, &landing.draft.written);
    if in_step.parameters != definition.as_ref().unwrap_or(&**planned).parameters {
        definition = Some(in_step);
    }
    if let Some(parameters) = totals_claim(&definition.as_ref().unwrap_or(&**planned).parameters) {
        definition.get_or_insert_with(|| Table::clone(planned)).parameters = parameters;
    }
    Publish {
        at: landing.at(),
        planned: Arc::clone(planned),
        definition,
        partitions: Arc::clone(&landing.published),
        dropped: landing.dropped.clone(),
    }
}

/// So often a draft is made anew that others overtook.
const ATTEMPTS: usize = 50;

/// How often a draft was overtaken.
#[derive(Debug, Default)]
pub(in crate::etl) struct Overtaken(usize);

impl Overtaken {
    /// Lets others go on before the next attempt. Errors: Unavailable after the last one, with what was in its way.
    pub async fn again(&mut self, what: &impl std::fmt::Display, conflict: Error) -> Result<()> {
        self.0 += 1;
        if self.0 < ATTEMPTS {
            tokio::task::yield_now().await;
            return Ok(());
        }
        let message = format!(
            "{what} was changed by others {ATTEMPTS} times meanwhile, the last time: {}; try again",
            conflict.message
        );
        Err(Error::new(Kind::Unavailable, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_attempt_says_what_was_in_its_way() {
        let mut overtaken = Overtaken::default();
        let conflict = || Error::new(Kind::Conflict, "d.t was changed meanwhile: its columns (\" name\")");
        for _ in 1..ATTEMPTS {
            overtaken.again(&"d.t", conflict()).await.unwrap();
        }
        let error = overtaken.again(&"d.t", conflict()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(error.message.contains("50 times") && error.message.contains("its columns (\" name\")"), "{error}");
    }
}
