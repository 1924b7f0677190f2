//! Exchanging partitions: they move from one table to another of the same form (`semantics.md §5`).

use skep_core::name::{normalize, partition_name};
use skep_core::partition::Partition;
use skep_core::registration::REGISTERED;
use skep_core::table::{Column, Table};
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::event_log::log_refuse;
use super::metastore::Metastore;
use super::partition_form::{default_location, overtaken, same_frame};
use super::partition_privileges::partition_privileges_forget;
use super::places::{DirectoryMove, Going};
use super::reference::TableRef;
use super::registered_files::registered_files_leave;
use crate::store::{Change, Txn};

/// Partitions to move.
#[derive(Debug, Clone)]
pub struct PartitionsExchange {
    /// Key and value; an empty or missing value takes all. What is given must be the first keys.
    pub specification: Vec<(String, String)>,
    pub source: TableRef,
    pub target: TableRef,
}

/// Both tables and what goes from one to the other, as read.
struct Exchange {
    source: Table,
    target: Table,
    old: Vec<Partition>,
    new: Vec<Partition>,
}

impl Metastore {
    /// Moves the partitions, all or none, with their data and statistics; gives them as the target has them. All
    /// errors are Meta.
    pub async fn partitions_exchange(&self, caller: &Caller, request: &PartitionsExchange) -> Result<Vec<Partition>> {
        self.alone_check("an exchange of partitions")?;
        let done = self.store.retrying("partitions_exchange", || self.partitions_exchange_once(caller, request)).await;
        done.map_err(|e| if matches!(e.kind, Kind::Lost | Kind::Unavailable) { e } else { e.with_kind(Kind::Meta) })
    }

    async fn partitions_exchange_once(&self, caller: &Caller, request: &PartitionsExchange) -> Result<Vec<Partition>> {
        if request.source.catalog != request.target.catalog {
            return Err(Error::meta("You cannot move a partition across catalogs"));
        }
        let mut exchange = self.exchange_read(request).await?;
        let names = exchange.old.iter().map(|p| p.name.clone()).collect();
        let going = Going { partitions_of: Some(exchange.source.id), partitions: names, ..Going::default() };
        let mut moves = Vec::with_capacity(exchange.old.len());
        for (old, new) in exchange.old.iter().zip(&mut exchange.new) {
            let (from, to) = exchange_settle(&exchange.source, &exchange.target, old, new)?;
            if !self.warehouse.directory_exists(&from).await? {
                return Err(Error::meta(format!("There is no directory {from} to move")));
            }
            match self.directory_move(&from, &to, &going).await? {
                Some(_) if self.warehouse.directory_exists(&to).await? => {
                    return Err(Error::meta(format!("Cannot move {from} to {to}: the destination already exists")));
                }
                Some(moving) => moves.push(moving),
                // Where the data cannot be moved the partition keeps its place.
                None => {
                    if let Some(storage) = new.storage.as_mut() {
                        storage.location = Some(from.to_string());
                    }
                }
            }
        }
        if moves.is_empty() {
            self.exchange_stored(caller, request, &exchange, None).await?;
            return Ok(exchange.new);
        }
        let intent = self.moves_begin(&[exchange.source.id, exchange.target.id], &moves).await?;
        if let Err(error) = self.exchange_stored(caller, request, &exchange, Some((intent, &moves))).await {
            self.move_failed(intent).await;
            return Err(error);
        }
        self.exchange_tidy(&exchange.source, &moves).await;
        Ok(exchange.new)
    }

    async fn exchange_read(&self, request: &PartitionsExchange) -> Result<Exchange> {
        let mut txn = self.store.read().await?;
        let target = table_of(&mut txn, &request.target, "destination").await?;
        let source = table_of(&mut txn, &request.source, "source").await?;
        log_refuse(&source, "exchanging partitions")?;
        log_refuse(&target, "exchanging partitions")?;
        let values = specified(&source, &request.specification)?;
        let all = txn.partition_values(source.id).await?;
        let fits = |of: &[String]| values.iter().zip(of).all(|(wanted, value)| wanted == value);
        let names: Vec<String> = all.into_iter().filter(|(_, of)| fits(of)).map(|(name, _)| name).collect();
        if names.is_empty() {
            return Err(Error::meta(format!(
                "No partition is found with the values {:?} for the table {}",
                request.specification, request.source
            )));
        }
        if !same_columns(source.columns(), target.columns())
            || !same_columns(&source.partition_keys, &target.partition_keys)
        {
            return Err(Error::meta("The tables have different schemas. Their partitions cannot be exchanged."));
        }
        if let Some(name) = txn.partition_existing(target.id, &names).await?.first() {
            return Err(Error::meta(format!("The partition {name} already exists in the table {}", request.target)));
        }
        let old = txn.partition_by_names(source.id, source.version, &names).await?;
        let new = old.clone();
        Ok(Exchange { source, target, old, new })
    }

    async fn exchange_stored(
        &self,
        caller: &Caller,
        request: &PartitionsExchange,
        exchange: &Exchange,
        moving: Option<(i64, &[DirectoryMove])>,
    ) -> Result<()> {
        let (source, target) = (&exchange.source, &exchange.target);
        let names: Vec<String> = exchange.old.iter().map(|p| p.name.clone()).collect();
        let mut txn = self.store.write().await?;
        // Always in the order of ids, so that two exchanges cannot wait for each other.
        let mut order = [(&request.source, source), (&request.target, target)];
        order.sort_by_key(|(_, table)| table.id);
        let mut source_version = source.version;
        for (at, table) in order {
            let locked = txn.table_lock(&at.catalog, &at.database, &at.table).await?;
            let locked = locked.filter(|l| same_frame(l, table)).ok_or_else(|| overtaken(at))?;
            if locked.id == source.id {
                source_version = locked.version;
            }
        }
        let now = txn.partition_by_names(source.id, source_version, &names).await?;
        let unchanged = now.iter().map(|p| p.id).eq(exchange.old.iter().map(|p| p.id));
        if !unchanged || !txn.partition_existing(target.id, &names).await?.is_empty() {
            return Err(overtaken(&request.source));
        }
        match moving {
            Some((intent, _)) => self.moves_end(&mut txn, intent).await?,
            None => self.moves_settle(&mut txn, &[source.id, target.id]).await?,
        }
        let change = Change { operation: "exchange_partitions", by: caller.user() };
        let added = txn.table_commit(target.id, None, change).await?;
        txn.partition_add_many(target.id, added, target.location(), &exchange.new).await?;
        self.partition_privileges_inherit(&mut txn, target, &exchange.new).await?;
        partition_privileges_forget(&mut txn, source.id, &exchange.old).await?;
        let removed = txn.table_commit(source.id, None, change).await?;
        txn.partition_remove_many(source.id, removed, &names).await?;
        // The target has the data now, wherever it lies.
        txn.partition_place_forget(source.id, removed, &names).await?;
        self.partitions_place_follow(&mut txn, target, &exchange.new).await?;
        registered_files_leave(&mut txn, source.id, removed, &exchange.old).await?;
        txn.statistics_hand_over(source.id, target.id, &names).await?;
        let events = [
            ("ADD_PARTITION", &request.target, (target.id, added)),
            ("DROP_PARTITION", &request.source, (source.id, removed)),
        ];
        for (kind, at, version) in events {
            txn.event_insert(&at.event(kind, version, &())).await?;
        }
        if let Some((_, moves)) = moving {
            self.directories_move(moves).await?;
        }
        txn.commit().await
    }

    /// Removes the source's directories that became empty above what was moved away.
    async fn exchange_tidy(&self, source: &Table, moved: &[DirectoryMove]) {
        let Some(base) = source.location().and_then(|l| Location::parse(l).ok()) else { return };
        for m in moved {
            for parent in std::iter::successors(m.from.parent(), Location::parent).take_while(|p| p.is_below(&base)) {
                if !self.directory_tidy(&parent).await.unwrap_or(false) {
                    break;
                }
            }
        }
    }
}

async fn table_of(txn: &mut Txn, at: &TableRef, which: &str) -> Result<Table> {
    let table = txn.table_get(&at.catalog, &at.database, &at.table).await?;
    table.ok_or_else(|| Error::meta(format!("The {which} table {at} not found")))
}

/// The values of the first keys. What is given for later ones only would not be one directory, which Hive refuses.
fn specified(source: &Table, specification: &[(String, String)]) -> Result<Vec<String>> {
    let value_of = |key: &Column| {
        let given = specification.iter().find(|(name, _)| normalize(name) == normalize(&key.name));
        given.map(|(_, value)| value).filter(|value| !value.is_empty())
    };
    let values: Vec<Option<&String>> = source.partition_keys.iter().map(value_of).collect();
    let first: Vec<String> = values.iter().map_while(|v| v.cloned()).collect();
    if first.is_empty() || first.len() != values.iter().flatten().count() {
        return Err(Error::meta(format!(
            "The specification {specification:?} must give values for the first keys of {} ({}), without a gap",
            source.full_name(),
            source.partition_keys.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ")
        )));
    }
    Ok(first)
}

/// Do both have the same columns in the same order, whatever the comments?
fn same_columns(a: &[Column], b: &[Column]) -> bool {
    let form = |c: &Column| (normalize(&c.name), c.type_name.as_deref().map(str::to_lowercase));
    a.iter().map(form).eq(b.iter().map(form))
}

/// Gives the partition its place in the target; only partitions at their default places can be moved.
fn exchange_settle(
    source: &Table,
    target: &Table,
    old: &Partition,
    new: &mut Partition,
) -> Result<(Location, Location)> {
    new.name = partition_name(&target.partition_keys, &new.values)?;
    new.parameters.remove(REGISTERED);
    let from = old.location().map(Location::parse).transpose()?;
    let usual = default_location(source, &old.name)?;
    let (Some(from), Some(usual), Some(to)) = (from, usual, default_location(target, &new.name)?) else {
        return Err(Error::meta(format!("Partitions of views cannot be exchanged: {}", source.full_name())));
    };
    if !from.same_place(&usual) {
        return Err(Error::meta(format!(
            "The partition {} lies at {from}, not at {usual}: it cannot be exchanged",
            old.name
        )));
    }
    if let Some(storage) = new.storage.as_mut() {
        storage.location = Some(to.to_string());
    }
    Ok((from, to))
}
