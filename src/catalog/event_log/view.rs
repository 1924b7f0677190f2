//! The final view's object: its texts follow the record.

use std::sync::Arc;

use skep_core::event_log::{
    Dialect, EVENT_LOG, LOG_ROLE, LogRole, TRINO_COMMENT, TRINO_MARK, ViewInput, final_view_text, trino_view_text,
};
use skep_core::table::{Parameters, Serde, Shape, Storage, Table, TableType};
use skep_core::{Error, Kind, Result};

use super::super::metastore::Metastore;
use super::super::reference::TableRef;
use super::super::table_alter::Altered;
use super::record::LogRecord;
use crate::store::{Change, Definition, Txn};

/// What marks a table of a log.
pub(super) fn role_mark(parameters: &mut Parameters, log: &Table, role: LogRole) {
    parameters.insert(EVENT_LOG.to_owned(), format!("{}.{}", log.database, log.name));
    parameters.insert(LOG_ROLE.to_owned(), role.as_str().to_owned());
}

/// The view as the record says.
pub(super) fn view_of(log: &Table, record: &LogRecord) -> Result<Table> {
    let shown = record.shown();
    let input = ViewInput {
        log: &record.log,
        table: log,
        snapshot: shown.map(|snapshot| (snapshot.id.as_str(), &snapshot.watermark)),
        late: &record.late,
    };
    let hive = final_view_text(input, Dialect::Hive)?;
    let mut parameters = Parameters::new();
    role_mark(&mut parameters, log, LogRole::View);
    let original = match &record.log.trino_catalog {
        None => hive.clone(),
        Some(catalog) => {
            for (key, value) in [TRINO_MARK, TRINO_COMMENT] {
                parameters.insert(key.to_owned(), value.to_owned());
            }
            trino_view_text(&final_view_text(input, Dialect::Trino)?, catalog, &log.database, log.columns())?
        }
    };
    let shape = Shape { columns: Some(log.columns().to_vec()), serde: Some(Serde::default()), ..Shape::default() };
    Ok(Table {
        catalog: log.catalog.clone(),
        database: log.database.clone(),
        name: record.log.view.clone(),
        owner: log.owner.clone(),
        owner_type: log.owner_type,
        storage: Some(Storage { shape: Arc::new(shape), location: None }),
        parameters,
        view_original_text: Some(original),
        view_expanded_text: Some(hive),
        table_type: TableType::View,
        ..Table::default()
    })
}

impl Metastore {
    /// Makes the view's text what the record says: the point where readers see another state.
    pub(super) async fn view_swap(
        &self,
        txn: &mut Txn,
        log: &Table,
        record: &LogRecord,
        by: Option<&str>,
    ) -> Result<()> {
        let at = TableRef::new(&log.catalog, &log.database, &record.log.view);
        let old = txn.table_lock(&at.catalog, &at.database, &at.table).await?;
        let Some(old) = old.filter(|old| old.id == record.view_id) else {
            let name = format!("{}.{}", log.database, log.name);
            return Err(Error::new(Kind::Corrupt, format!("the final view {at} of the event log {name} is gone")));
        };
        let new = view_of(log, record)?;
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
