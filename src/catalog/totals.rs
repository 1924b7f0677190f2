//! Statistics of whole tables whose partitions' files are all known. They are kept beside the definition, as of one
//! version, and shown to clients only while the table is of that version: nobody has to think of them when something
//! else changes a table, and they are never told of a state that is not theirs.
//!
//! Clients see them as Spark's own parameters (`core/stats/spark.rs`), with the version beside them; what a client
//! sends back of that is taken out again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use skep_core::Result;
use skep_core::partition::Partition;
use skep_core::recent::Recent;
use skep_core::registration::is_registered;
use skep_core::stats::{ColumnStatistics, DEFAULT_ENGINE, SPARK_STATISTICS, Totals, spark_statistics};
use skep_core::table::{Parameters, Table};

use super::metastore::Metastore;
use super::publish::Publish;
use super::table_cache::weight;
use crate::store::{DocumentKind, Txn};

/// The parameter of a table that says whose statistics clients are to see: `files` those of what is registered. Anything
/// else, that somebody sets, ends it.
pub const STATISTICS: &str = "skep.statistics";
pub const STATISTICS_OF_FILES: &str = "files";
/// The version that the parameters beside it are of; not stored.
const STATISTICS_VERSION: &str = "skep.statistics.version";

/// Where they must be counted anew, partitions of one table at most: it is done under the table's lock.
const COUNTED_ANEW_MAX: i64 = 10_000;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Known {
    pub version: i64,
    pub totals: Totals,
}

/// Tables as clients see them, bounded.
#[derive(Debug)]
pub struct ToldTables(Mutex<Recent<i64, Arc<Table>>>);

impl ToldTables {
    /// Takes at most so many bytes.
    pub fn new(budget: u64) -> Self {
        Self(Mutex::new(Recent::new(usize::try_from(budget).unwrap_or(usize::MAX))))
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Statistics of columns by partition.
pub(super) type Columns = HashMap<String, Vec<ColumnStatistics>>;

/// Whether a table's registered files speak for it.
pub(super) fn is_told(parameters: &Parameters) -> bool {
    parameters.get(STATISTICS).is_some_and(|of| of == STATISTICS_OF_FILES)
}

/// The parameters of a table whose files are being registered. None where they are as they must be.
pub fn totals_claim(parameters: &Parameters) -> Option<Parameters> {
    let is_own = |key: &String| key.starts_with(SPARK_STATISTICS);
    let is_settled = match parameters.get(STATISTICS) {
        None => false,
        Some(of) => of != STATISTICS_OF_FILES || !parameters.keys().any(is_own),
    };
    if is_settled {
        return None;
    }
    let mut claimed = parameters.clone();
    claimed.retain(|key, _| !is_own(key));
    claimed.insert(STATISTICS.to_owned(), STATISTICS_OF_FILES.to_owned());
    Some(claimed)
}

impl Metastore {
    /// The table as clients see it.
    pub async fn table_told(&self, table: Arc<Table>) -> Result<Arc<Table>> {
        // What a client computed itself stays what it says.
        if !is_told(&table.parameters) || table.parameters.keys().any(|key| key.starts_with(SPARK_STATISTICS)) {
            return Ok(table);
        }
        let lock = || self.told_tables.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = lock().get(&table.id).filter(|told| told.version == table.version) {
            return Ok(Arc::clone(told));
        }
        let known = known(&mut self.store.peek().await?, table.id).await?;
        let Some(known) = known.filter(|known| known.version == table.version) else { return Ok(table) };
        let mut told = Table::clone(&table);
        told.parameters.extend(spark_statistics(&known.totals));
        told.parameters.insert(STATISTICS_VERSION.to_owned(), known.version.to_string());
        let told = Arc::new(told);
        lock().put(table.id, Arc::clone(&told), weight(&told));
        Ok(told)
    }

    /// [`Self::table_told`] of many.
    pub async fn tables_told(&self, tables: Vec<Table>) -> Result<Vec<Arc<Table>>> {
        let mut all = Vec::with_capacity(tables.len());
        for table in tables {
            all.push(self.table_told(Arc::new(table)).await?);
        }
        Ok(all)
    }

    /// Takes out of what a client sends what it was shown. Where it changed some of that it knows better: then its own
    /// is shown, until files are registered again.
    pub(super) async fn totals_strip(&self, old: &Table, new: &mut Table) -> Result<()> {
        let Some(version) = new.parameters.remove(STATISTICS_VERSION) else { return Ok(()) };
        let known = known(&mut self.store.peek().await?, old.id).await?;
        let known = known.filter(|known| known.version.to_string() == version);
        let sent: Parameters = new.parameters.extract_if(.., |key, _| key.starts_with(SPARK_STATISTICS)).collect();
        // Of a state that is over: so are they.
        let Some(known) = known else { return Ok(()) };
        if sent != spark_statistics(&known.totals) {
            new.parameters.extend(sent);
            new.parameters.remove(STATISTICS);
        }
        Ok(())
    }

    /// What a publication makes of the totals; before it writes anything.
    pub(super) async fn totals_after(
        &self,
        txn: &mut Txn,
        locked: &Table,
        publish: &Publish,
    ) -> Result<Option<Totals>> {
        let columns: Vec<String> = locked.columns().iter().map(|column| column.name.clone()).collect();
        let mut totals = if locked.is_partitioned() {
            let changed = publish.partitions.iter().filter(|p| p.replaces.is_some()).map(|p| p.partition.name.clone());
            let going: Vec<String> = changed.chain(publish.dropped.iter().cloned()).collect();
            match known(txn, locked.id).await?.filter(|known| known.version == locked.version) {
                Some(known) => {
                    let old = txn.partition_by_names(locked.id, locked.version, &going).await?;
                    let statistics = statistics_of(txn, locked.id, &going, &columns).await?;
                    old.iter().try_fold(known.totals, |totals, partition| {
                        totals.without(&partition.parameters, of(&statistics, partition))
                    })
                }
                None => counted(txn, locked, &going, &columns).await?,
            }
        } else {
            Some(Totals::default())
        };
        for new in &*publish.partitions {
            totals = totals.and_then(|totals| totals.with(&new.partition.parameters, &new.statistics));
        }
        Ok(totals)
    }

    /// Stores them as of a version; without them, what is known of an earlier one is of no use any more.
    pub(super) async fn totals_put(txn: &mut Txn, table_id: i64, version: i64, totals: Option<Totals>) -> Result<()> {
        let name = table_id.to_string();
        match totals {
            Some(totals) => txn.document_put(DocumentKind::Totals, "", &name, &Known { version, totals }).await,
            None => txn.document_delete(DocumentKind::Totals, "", &name).await.map(drop),
        }
    }

    /// A change of the definition alone: they are of the new version, too.
    pub(super) async fn totals_follow(txn: &mut Txn, old: &Table, new: &Table, version: i64) -> Result<()> {
        let same_data = old.location() == new.location() && (new.is_partitioned() || is_registered(&new.parameters));
        if !is_told(&new.parameters) || !same_data {
            return Ok(());
        }
        let Some(mut known) = known(txn, old.id).await?.filter(|known| known.version == old.version) else {
            return Ok(());
        };
        let was = |name: &str| old.columns().iter().find(|column| column.name == name);
        known.totals.columns.retain(|told| {
            let now = new.columns().iter().find(|column| column.name == told.column);
            now.is_some_and(|now| was(&now.name).is_some_and(|was| was.type_name == now.type_name))
        });
        Self::totals_put(txn, old.id, version, Some(known.totals)).await
    }

    /// The table goes.
    pub(super) async fn totals_forget(txn: &mut Txn, table: &Table) -> Result<()> {
        if is_told(&table.parameters) { Self::totals_put(txn, table.id, 0, None).await } else { Ok(()) }
    }
}

pub(super) async fn known(txn: &mut Txn, table_id: i64) -> Result<Option<Known>> {
    txn.document_get(DocumentKind::Totals, "", &table_id.to_string()).await
}

fn of<'c>(statistics: &'c Columns, partition: &Partition) -> &'c [ColumnStatistics] {
    statistics.get(&partition.name).map_or(&[], Vec::as_slice)
}

pub(super) async fn statistics_of(
    txn: &mut Txn,
    table_id: i64,
    names: &[String],
    columns: &[String],
) -> Result<Columns> {
    let mut all = Columns::new();
    if names.is_empty() {
        return Ok(all);
    }
    for (name, column) in
        txn.statistics_partitions::<ColumnStatistics>(table_id, DEFAULT_ENGINE, names, columns).await?
    {
        all.entry(name).or_default().push(column);
    }
    Ok(all)
}

/// Of all partitions but some, one by one. None where some are not registered, or they are too many.
async fn counted(txn: &mut Txn, table: &Table, but: &[String], columns: &[String]) -> Result<Option<Totals>> {
    let count = txn.partition_count(table.id).await?;
    if count == but.len() as i64 {
        return Ok(Some(Totals::default()));
    }
    if count > COUNTED_ANEW_MAX {
        return Ok(None);
    }
    let mut all = txn.partition_list(table.id, table.version, None).await?;
    all.retain(|partition| !but.contains(&partition.name));
    if !all.iter().all(|partition| is_registered(&partition.parameters)) {
        return Ok(None);
    }
    let names: Vec<String> = all.iter().map(|partition| partition.name.clone()).collect();
    let statistics = statistics_of(txn, table.id, &names, columns).await?;
    let start = Totals::default();
    Ok(all.iter().try_fold(start, |totals, one| totals.with(&one.parameters, of(&statistics, one))))
}
