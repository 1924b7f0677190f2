//! Reading partitions.

use skep_core::name::{DEFAULT_PARTITION, partition_name, partition_name_parse};
use skep_core::rows::{RowView, Selection, TablePartitions, key_position};
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::partition_form::PartitionKey;
use super::partition_load::Found;
use super::partition_pick::{KeyOrder, Picked};
use super::partition_query::{PartitionAnswer, PartitionPick, PartitionQuery, PartitionReading, RequestScope};
use super::reference::TableRef;
use super::table_read::missing;

/// Rows of values (get_partition_values).
#[derive(Debug, Clone, Default)]
pub struct PartitionValuesQuery {
    /// Names of the wanted keys.
    pub keys: Vec<String>,
    pub filter: Option<String>,
    pub distinct: bool,
    /// Names of the keys to sort by; by partition name where there is none.
    pub order: Vec<String>,
    pub descending: bool,
    pub limit: Option<usize>,
}

impl Metastore {
    /// One partition. None there is NotFound; a wrong number of values or an empty name is Meta (semantics §5).
    pub async fn partition_get(&self, at: &TableRef, key: &PartitionKey) -> Result<PartitionAnswer> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let name = match key {
            PartitionKey::Values(values) => partition_name(&table.partition_keys, values)?,
            PartitionKey::Name(name) => partition_name_in(&table, name)?,
        };
        let (partitions, picked) = self.partition_load(&mut txn, table, &name).await?;
        if picked.rows.is_empty() {
            return Err(Error::not_found(format!("{at} partition ({name}) not found")));
        }
        Ok(PartitionAnswer { partitions, rows: picked.rows, has_unknown: false })
    }

    /// Answers a question about a table's partitions, all in memory. A table that is not there is NotFound.
    ///
    /// # Errors
    /// Meta where the answer is of a table that does not fit into memory, and does not fit either.
    pub async fn partitions_read(&self, query: &PartitionQuery) -> Result<PartitionAnswer> {
        match self.partitions_stream(query).await? {
            PartitionReading::Held(answer) => Ok(answer),
            PartitionReading::Paged(pages) => {
                let has_unknown = pages.has_unknown();
                let (partitions, rows) = Box::pin(self.partitions_collect(*pages)).await?;
                Ok(PartitionAnswer { partitions, rows, has_unknown })
            }
        }
    }

    /// Answers a question about a table's partitions, of whatever size. A table that is not there is NotFound.
    pub async fn partitions_stream(&self, query: &PartitionQuery) -> Result<PartitionReading> {
        let reading = match self.partitions_find(query).await {
            Ok(Some(found)) => return self.partitions_held(query, found),
            Ok(None) => Box::pin(self.partitions_beyond(query)).await,
            Err(error) => Err(error),
        };
        reading.map_err(|error| match (&query.pick, error.kind) {
            (PartitionPick::Filter(_), Kind::NotFound) => {
                Error::not_found(format!("Specified catalog.database.table does not exist : {}", query.table))
            }
            _ => error,
        })
    }

    /// The answer of all rows that were found.
    pub(super) fn partitions_held(&self, query: &PartitionQuery, found: Found) -> Result<PartitionReading> {
        let (partitions, mut picked) = found;
        self.request_check(query, partitions.table(), picked.rows.len())?;
        self.partitions_order(query, &partitions, &mut picked)?;
        let rows = match query.limit {
            Some(limit) => picked.rows.first(&partitions, limit),
            None => picked.rows,
        };
        Ok(PartitionReading::Held(PartitionAnswer { partitions, rows, has_unknown: picked.has_unknown }))
    }

    /// Whether the rows of an answer must be known before they can be put in order.
    pub(super) fn is_ordered(&self, query: &PartitionQuery) -> bool {
        match &query.pick {
            PartitionPick::Names(_) => false,
            PartitionPick::Expr(expr) if expr.order().is_some() => true,
            PartitionPick::All | PartitionPick::Prefix(_) | PartitionPick::Filter(_) | PartitionPick::Expr(_) => {
                self.settings.partition_order_descending && query.limit.is_some()
            }
        }
    }

    /// A limit of `partition_order_descending` counts from the other end; names are always in their own order.
    fn partitions_order(
        &self,
        query: &PartitionQuery,
        partitions: &TablePartitions,
        picked: &mut Picked,
    ) -> Result<()> {
        let order = match &query.pick {
            PartitionPick::Names(_) => return Ok(()),
            PartitionPick::Expr(expr) => expr.order(),
            PartitionPick::All | PartitionPick::Prefix(_) | PartitionPick::Filter(_) => None,
        };
        if let Some(order) = order {
            let mut rows = picked.rows.listed(partitions);
            KeyOrder::parse(order, partitions.table())?.sort(partitions, &mut rows);
            picked.rows = Selection::Listed(rows);
        } else if self.settings.partition_order_descending && query.limit.is_some() {
            let mut rows = picked.rows.listed(partitions);
            rows.reverse();
            picked.rows = Selection::Listed(rows);
        }
        Ok(())
    }

    /// The bound on what one request may fetch, in the words of Hive, which some clients parse.
    pub(super) fn request_check(&self, query: &PartitionQuery, table: &Table, found: usize) -> Result<()> {
        let Some(allowed) = self.settings.limit_partition_request else { return Ok(()) };
        let counted = match query.scope {
            RequestScope::Unlimited => return Ok(()),
            RequestScope::Asked => match &query.pick {
                PartitionPick::Names(names) => names.len(),
                _ => query.limit.unwrap_or(found),
            },
            RequestScope::Found => query.limit.map_or(found, |limit| found.min(limit)),
        };
        if counted as u64 <= allowed {
            return Ok(());
        }
        Err(Error::meta(format!(
            "Number of partitions scanned (={counted}) on table '{}' exceeds limit (={allowed}). This is controlled \
             on the metastore server by metastore.limit.partition.request",
            table.name
        )))
    }

    /// How many partitions a filter keeps.
    pub async fn partition_count(&self, at: &TableRef, filter: Option<String>) -> Result<usize> {
        let pick = filter.map_or(PartitionPick::All, PartitionPick::Filter);
        let query = PartitionQuery { table: at.clone(), pick, limit: None, scope: RequestScope::Unlimited };
        Ok(self.partitions_stream(&query).await?.len())
    }

    /// Values of some keys, a row a partition. A table that is not there is Meta here (semantics §5).
    pub async fn partition_values(&self, at: &TableRef, query: &PartitionValuesQuery) -> Result<Vec<Vec<String>>> {
        if at.database.is_empty() || at.table.is_empty() {
            return Err(missing(at));
        }
        let pick = query.filter.clone().map_or(PartitionPick::All, PartitionPick::Filter);
        let all = PartitionQuery { table: at.clone(), pick, limit: None, scope: RequestScope::Unlimited };
        let answer = self.partitions_read(&all).await.map_err(|e| e.recast(Kind::NotFound, Kind::Meta))?;
        let keys = key_positions(answer.table(), &query.keys)?;
        let order = key_positions(answer.table(), &query.order)?;
        if keys.is_empty() {
            return Err(Error::meta("no partition keys are named whose values to give"));
        }
        let texts = |row: &RowView<'_>, keys: &[usize]| -> Vec<String> {
            keys.iter().map(|key| row.value(*key).unwrap_or(DEFAULT_PARTITION).to_owned()).collect()
        };
        let mut rows: Vec<_> = answer.rows().iter().map(|row| (texts(row, &order), texts(row, &keys))).collect();
        rows.sort_by(|left, right| left.0.cmp(&right.0));
        if query.descending {
            rows.reverse();
        }
        let mut values: Vec<Vec<String>> = rows.into_iter().map(|(_, values)| values).collect();
        if query.distinct {
            let mut seen = std::collections::HashSet::new();
            values.retain(|row| seen.insert(row.clone()));
        }
        values.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(values)
    }
}

/// A client's name of a partition in the table's own order of keys. Hive's look-up minds the keys' case.
fn partition_name_in(table: &Table, name: &str) -> Result<String> {
    let pairs = partition_name_parse(name)?;
    let value = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone());
    let values = table.partition_keys.iter().map(|key| {
        let incomplete = || format!("incomplete partition name - missing {} in {name}", key.name);
        value(&key.name).ok_or_else(|| Error::not_found(incomplete()))
    });
    partition_name(&table.partition_keys, &values.collect::<Result<Vec<_>>>()?)
}

fn key_positions(table: &Table, names: &[String]) -> Result<Vec<usize>> {
    let position = |name: &String| {
        key_position(table, name)
            .ok_or_else(|| Error::meta(format!("{name} is not a partition key of {}", table.full_name())))
    };
    names.iter().map(position).collect()
}
