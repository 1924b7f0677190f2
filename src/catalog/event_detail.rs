//! What an event tells of, put together from the versions that it names: a page of events at a time, in a handful of
//! statements.

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use skep_core::partition::Partition;
use skep_core::table::{Catalog, Database, Function, Parameters, Table};
use skep_core::{Error, Kind, Result};

use super::catalogs::CatalogAltered;
use super::constraints::Constraint;
use super::databases::DatabaseAltered;
use super::event_fire::Fired;
use super::events::Event;
use super::metastore::Metastore;
use super::statistics_update::StatisticsChanged;
use super::table_alter::Altered;
use crate::store::{AtVersion, Side, StoredEvent, Txn};

/// By the event's type; a front turns it into the words of its protocol.
#[derive(Debug, Clone)]
pub enum EventDetail {
    Catalog(Catalog),
    CatalogAltered(Box<CatalogAltered>),
    Database(Database),
    DatabaseAltered(Box<DatabaseAltered>),
    Function(Function),
    /// Made or dropped.
    Table(Box<Table>),
    TableAltered {
        before: Box<Table>,
        after: Box<Table>,
        truncate: bool,
    },
    /// Added or dropped.
    Partitions {
        table: Box<Table>,
        partitions: Vec<Partition>,
    },
    PartitionAltered {
        table: Box<Table>,
        before: Box<Partition>,
        after: Box<Partition>,
        truncate: bool,
    },
    /// A client told of it: data was inserted, or is to be read anew.
    Fired {
        table: Box<Table>,
        partition: Option<Box<Partition>>,
        fired: Fired,
    },
    Statistics {
        table: Box<Table>,
        changed: StatisticsChanged,
    },
    /// All of one kind, added.
    Constraints(Vec<Constraint>),
    /// The dropped one's name.
    ConstraintDropped(String),
    /// Anything else, as it is stored.
    Other(serde_json::Value),
}

/// Of a version that both adds, drops and changes partitions.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct OneSided {
    one_sided: bool,
}

/// The body of such an event.
pub(super) const ONE_SIDED: OneSided = OneSided { one_sided: true };

/// What the events of a page name.
#[derive(Default)]
struct Wanted {
    tables: HashSet<AtVersion>,
    added: HashSet<AtVersion>,
    removed: HashSet<AtVersion>,
    /// Partition row and version.
    rows: HashSet<(i64, i64)>,
    row_tables: HashSet<i64>,
}

/// What the store said to that.
struct Found {
    tables: HashMap<AtVersion, Table>,
    added: HashMap<AtVersion, Vec<Partition>>,
    removed: HashMap<AtVersion, Vec<Partition>>,
    rows: HashMap<i64, Partition>,
}

fn body<T: DeserializeOwned>(event: &StoredEvent) -> Result<T> {
    serde_json::from_str(&event.body)
        .map_err(|e| Error::new(Kind::Corrupt, format!("event {} ({}) is damaged: {e}", event.id, event.kind)))
}

/// Whether an event is only of partitions that its version added and did not remove, or the other way round.
fn is_one_sided(event: &StoredEvent) -> bool {
    serde_json::from_str::<Option<OneSided>>(&event.body).ok().flatten().is_some_and(|body| body.one_sided)
}

fn is_statistics(kind: &str) -> bool {
    kind.ends_with("_COL_STAT_EVENT")
}

fn is_constraint(kind: &str) -> bool {
    kind.starts_with("ADD_") && (kind.ends_with("KEY") || kind.ends_with("CONSTRAINT"))
}

impl Wanted {
    fn note(&mut self, event: &StoredEvent) {
        let Some((table, version)) = event.version else { return };
        let at = (table, version);
        self.tables.insert(at);
        match event.kind.as_str() {
            "ALTER_TABLE" => {
                self.tables.insert((table, version - 1));
            }
            "ADD_PARTITION" if !is_one_sided(event) => {
                self.added.insert(at);
            }
            "DROP_PARTITION" if !is_one_sided(event) => {
                self.removed.insert(at);
            }
            "ALTER_PARTITION" | "ADD_PARTITION" | "DROP_PARTITION" => {
                self.added.insert(at);
                self.removed.insert(at);
            }
            "INSERT" | "RELOAD" => {
                if let Ok(Fired { row: Some(row), .. }) = body::<Fired>(event) {
                    self.rows.insert((row, version));
                    self.row_tables.insert(table);
                }
            }
            _ => {}
        }
    }

    async fn read(self, txn: &mut Txn) -> Result<Found> {
        let list = |set: HashSet<AtVersion>| set.into_iter().collect::<Vec<_>>();
        let row_tables: Vec<i64> = self.row_tables.into_iter().collect();
        Ok(Found {
            tables: txn.table_at_many(&list(self.tables)).await?,
            added: txn.partition_changes(Side::Added, &list(self.added)).await?,
            removed: txn.partition_changes(Side::Removed, &list(self.removed)).await?,
            rows: txn.partition_by_ids(&list(self.rows), &row_tables).await?,
        })
    }
}

/// A client's parameters go over the table's own in what the event shows (`FireEventRequest.tblParams`).
fn with_parameters(mut table: Box<Table>, parameters: &Parameters) -> Box<Table> {
    table.parameters.extend(parameters.iter().map(|(key, value)| (key.clone(), value.clone())));
    table
}

impl Found {
    fn table(&self, event: &StoredEvent, back: i64) -> Result<Box<Table>> {
        let at = event.version.map(|(table, version)| (table, version - back));
        let found = at.and_then(|at| self.tables.get(&at)).cloned();
        found
            .map(Box::new)
            .ok_or_else(|| Error::new(Kind::Corrupt, format!("event {} ({}) has lost its table", event.id, event.kind)))
    }

    fn partition(&self, event: &StoredEvent, side: Side, name: Option<&str>) -> Result<Box<Partition>> {
        let all = match side {
            Side::Added => &self.added,
            Side::Removed => &self.removed,
        };
        let all = event.version.and_then(|at| all.get(&at)).map(Vec::as_slice).unwrap_or_default();
        let found = match name {
            // By name, as they are sorted.
            Some(name) => all.binary_search_by(|p| p.name.as_str().cmp(name)).ok().and_then(|at| all.get(at)),
            None => all.first(),
        };
        found.cloned().map(Box::new).ok_or_else(|| {
            let name = name.unwrap_or_default();
            Error::new(Kind::Corrupt, format!("event {} ({}) has lost its partition {name}", event.id, event.kind))
        })
    }

    fn partitions(&self, event: &StoredEvent, side: Side) -> Vec<Partition> {
        let (all, others) =
            if side == Side::Added { (&self.added, &self.removed) } else { (&self.removed, &self.added) };
        let of = |all: &HashMap<AtVersion, Vec<Partition>>| event.version.and_then(|at| all.get(&at)).cloned();
        let mut partitions = of(all).unwrap_or_default();
        if is_one_sided(event) {
            // Sorted by name, both of them.
            let others = of(others).unwrap_or_default();
            partitions.retain(|one| others.binary_search_by(|other| other.name.cmp(&one.name)).is_err());
        }
        partitions
    }

    fn detail(&self, event: &StoredEvent) -> Result<EventDetail> {
        Ok(match event.kind.as_str() {
            "CREATE_CATALOG" | "DROP_CATALOG" => EventDetail::Catalog(body(event)?),
            "ALTER_CATALOG" => EventDetail::CatalogAltered(body(event)?),
            "CREATE_DATABASE" | "DROP_DATABASE" => EventDetail::Database(body(event)?),
            "ALTER_DATABASE" => EventDetail::DatabaseAltered(body(event)?),
            "CREATE_FUNCTION" | "DROP_FUNCTION" => EventDetail::Function(body(event)?),
            "CREATE_TABLE" | "DROP_TABLE" => EventDetail::Table(self.table(event, 0)?),
            "ALTER_TABLE" => EventDetail::TableAltered {
                before: self.table(event, 1)?,
                after: self.table(event, 0)?,
                truncate: body::<Altered>(event)?.truncate,
            },
            "ADD_PARTITION" => EventDetail::Partitions {
                table: self.table(event, 0)?,
                partitions: self.partitions(event, Side::Added),
            },
            "DROP_PARTITION" => EventDetail::Partitions {
                table: self.table(event, 0)?,
                partitions: self.partitions(event, Side::Removed),
            },
            "ALTER_PARTITION" => {
                let altered: Altered = body(event)?;
                let old_name = altered.renamed_from.as_deref().or(altered.partition.as_deref());
                EventDetail::PartitionAltered {
                    table: self.table(event, 0)?,
                    before: self.partition(event, Side::Removed, old_name)?,
                    after: self.partition(event, Side::Added, altered.partition.as_deref())?,
                    truncate: altered.truncate,
                }
            }
            "INSERT" | "RELOAD" => {
                let fired: Fired = body(event)?;
                EventDetail::Fired {
                    table: with_parameters(self.table(event, 0)?, &fired.table_parameters),
                    partition: fired.row.and_then(|row| self.rows.get(&row)).cloned().map(Box::new),
                    fired,
                }
            }
            kind if is_statistics(kind) => {
                EventDetail::Statistics { table: self.table(event, 0)?, changed: body(event)? }
            }
            "DROP_CONSTRAINT" => EventDetail::ConstraintDropped(body(event)?),
            kind if is_constraint(kind) => EventDetail::Constraints(body(event)?),
            _ => EventDetail::Other(body(event)?),
        })
    }
}

impl Metastore {
    /// Events with what they tell of. One that is damaged is told without it, so that readers get past it.
    pub(super) async fn event_details(&self, txn: &mut Txn, page: Vec<StoredEvent>) -> Result<Vec<Event>> {
        let mut wanted = Wanted::default();
        for event in &page {
            wanted.note(event);
        }
        let found = wanted.read(txn).await?;
        let event = |stored: StoredEvent| Event {
            detail: found.detail(&stored).unwrap_or_else(|error| {
                tracing::error!(event = stored.id, %error, "an event is told without its content");
                EventDetail::Other(serde_json::Value::Null)
            }),
            id: stored.id,
            at: stored.at_ms / 1000,
            kind: stored.kind,
            catalog: stored.catalog,
            database: stored.database,
            table: stored.table,
        };
        Ok(page.into_iter().map(event).collect())
    }
}
