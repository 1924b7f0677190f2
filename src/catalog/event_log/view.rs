//! The objects of the final view and of the compacted one: their texts follow the record.

use skep_core::event_log::{Dialect, EVENT_LOG, LOG_ROLE, LogRole, ViewInput, compacted_view_text, final_view_text};
use skep_core::table::{Parameters, Table};
use skep_core::view::ViewObject;
use skep_core::{Error, Kind, Result};

use super::super::metastore::Metastore;
use super::super::reference::TableRef;
use super::super::table_alter::Altered;
use super::record::{LogRecord, LogSnapshot};
use crate::store::{Change, Definition, Txn};

/// What marks a table of a log.
pub(super) fn role_mark(parameters: &mut Parameters, log: &Table, role: LogRole) {
    parameters.insert(EVENT_LOG.to_owned(), format!("{}.{}", log.database, log.name));
    parameters.insert(LOG_ROLE.to_owned(), role.as_str().to_owned());
}

/// The view as the record says.
pub(super) fn view_of(log: &Table, record: &LogRecord) -> Result<Table> {
    let shown = record.shown();
    let input = ViewInput { log: &record.log, table: log, snapshot: shown.map(LogSnapshot::view), late: &record.late };
    let hive = final_view_text(input, Dialect::Hive)?;
    let trino = final_view_text(input, Dialect::Trino)?;
    let object = ViewObject {
        catalog: &log.catalog,
        database: &log.database,
        name: &record.log.view,
        columns: log.columns(),
        hive: &hive,
        trino: record.log.trino_catalog.as_deref().map(|catalog| (trino.as_str(), catalog)),
    };
    let mut view = Table { owner: log.owner.clone(), owner_type: log.owner_type, ..object.table()? };
    role_mark(&mut view.parameters, log, LogRole::View);
    Ok(view)
}

/// The view of a snapshot alone, if the log is to have one. Its parameters tell how fresh it is.
pub(super) fn compacted_view_of(log: &Table, record: &LogRecord) -> Result<Option<Table>> {
    let Some(name) = &record.log.compacted_view else { return Ok(None) };
    let shown = record.compacted();
    let input = ViewInput { log: &record.log, table: log, snapshot: shown.map(LogSnapshot::view), late: &[] };
    let hive = compacted_view_text(input, Dialect::Hive);
    let trino = compacted_view_text(input, Dialect::Trino);
    let object = ViewObject {
        catalog: &log.catalog,
        database: &log.database,
        name,
        columns: log.columns(),
        hive: &hive,
        trino: record.log.trino_catalog.as_deref().map(|catalog| (trino.as_str(), catalog)),
    };
    let mut view = Table { owner: log.owner.clone(), owner_type: log.owner_type, ..object.table()? };
    role_mark(&mut view.parameters, log, LogRole::Compacted);
    let told = shown.map(|one| (one.id.clone(), one.at_ms.to_string(), one.watermark.0.join("/")));
    let (id, at_ms, watermark) = told.unwrap_or_default();
    for (key, value) in [("snapshot", id), ("snapshot_at_ms", at_ms), ("watermark", watermark)] {
        view.parameters.insert(format!("{EVENT_LOG}.{key}"), value);
    }
    Ok(Some(view))
}

impl Metastore {
    /// Makes the views' texts what the record says: the point where readers see another state.
    pub(super) async fn view_swap(
        &self,
        txn: &mut Txn,
        log: &Table,
        record: &LogRecord,
        by: Option<&str>,
    ) -> Result<()> {
        self.log_view_replace(txn, log, view_of(log, record)?, record.view_id, by).await?;
        match (compacted_view_of(log, record)?, record.compacted_view_id) {
            (Some(view), Some(id)) => self.log_view_replace(txn, log, view, id, by).await,
            _ => Ok(()),
        }
    }

    /// A view that stays as it is gets no version.
    async fn log_view_replace(&self, txn: &mut Txn, log: &Table, new: Table, id: i64, by: Option<&str>) -> Result<()> {
        let at = TableRef::new(&new.catalog, &new.database, &new.name);
        let old = txn.table_lock(&at.catalog, &at.database, &at.table).await?;
        let Some(old) = old.filter(|old| old.id == id) else {
            let name = format!("{}.{}", log.database, log.name);
            return Err(Error::new(Kind::Corrupt, format!("the view {at} of the event log {name} is gone")));
        };
        if old.view_expanded_text == new.view_expanded_text
            && old.view_original_text == new.view_original_text
            && old.columns() == new.columns()
        {
            return Ok(());
        }
        let mut parameters = old.parameters.clone();
        parameters.extend(new.parameters);
        parameters.insert("transient_lastDdlTime".to_owned(), self.now_seconds().to_string());
        let new = Table {
            storage: new.storage,
            view_original_text: new.view_original_text,
            view_expanded_text: new.view_expanded_text,
            parameters,
            ..old
        };
        let event = at.tale("ALTER_TABLE", &Altered { truncate: false, partition: None, renamed_from: None });
        let change = Change { operation: "final_view", by };
        txn.table_commit_told(new.id, Some(Definition::of(&new)), change, Some(&event)).await.map(drop)
    }
}
