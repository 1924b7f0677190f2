//! An earlier version becomes the newest one, in one commit: partitions that went come back, those that came go, those
//! that changed are as they were, with their files and what follows from them. No file is touched.
//!
//! **As if they had been there all along.** A partition that comes back keeps its place among the table's shapes: what
//! was made of all partitions' columns since holds of it, too. Only with the definition do shapes go back.
//!
//! **In slices.** Rows are read and written some thousand at a time; that readers see none of it before the end is the
//! transaction's doing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use skep_core::event_log::LogRole;
use skep_core::evolution::columns_changed;
use skep_core::lake::{FileFacts, statistics_of};
use skep_core::partition::Partition;
use skep_core::registration::is_registered;
use skep_core::stats::{Accuracy, ColumnStatistics, NUM_FILES, Totals};
use skep_core::table::{Parameters, Storage, Table};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::event_detail::ONE_SIDED;
use super::metastore::Metastore;
use super::partition_privileges::partition_privileges_forget;
use super::places::{Placing, TablePlaceChange};
use super::reference::TableRef;
use super::restore_plan::{definition_then, redefinition, restore_check};
use super::statistics_update::statistics_rows;
use super::table_alter::Altered;
use super::table_read::missing;
use super::totals;
use super::versions::{AsOf, version_then};
use crate::store::{
    Change, Definition, FilesRemoved, RowChange, StatisticsRow, TableHead, Txn, VersionRow, VersionSpan, VersionWalk,
};

/// What versions say that it was.
const OPERATION: &str = "restore";
/// Partitions are written together as long as they have not more files than this.
const FILES_AT_ONCE: i64 = 4_096;
/// And not more than so many.
const PARTITIONS_AT_ONCE: usize = 5_000;

/// A version to be restored.
#[derive(Debug, Clone)]
pub struct VersionRestore {
    pub at: TableRef,
    pub version: i64,
    /// The table's definition goes back, too.
    pub redefine: bool,
    /// Rows (0: the table itself) whose files were looked at, and are there; none: nobody needs to look.
    pub checked: Option<Arc<HashSet<i64>>>,
    /// Rows that are not to come back: what they would replace stays as it is.
    pub left: Arc<HashSet<i64>>,
}

/// What a restoration did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Restored {
    /// The table's version then; the one it had where nothing was to be done.
    pub version: i64,
    pub came: i64,
    pub went: i64,
    pub changed: i64,
    pub redefined: bool,
}

impl Metastore {
    /// Makes what a version was the table's new version, with the events that tell of it. Errors: NotFound without the
    /// table or the version; InvalidOperation where it cannot be restored; Conflict where rows are to come back that
    /// nobody looked at.
    pub async fn version_restore(&self, caller: &Caller, request: &VersionRestore) -> Result<Restored> {
        self.store.retrying("version_restore", || self.version_restore_once(caller, request)).await
    }

    async fn version_restore_once(&self, caller: &Caller, request: &VersionRestore) -> Result<Restored> {
        let at = &request.at;
        let head = self.store.peek().await?.table_head(&at.catalog, &at.database, &at.table).await?;
        let mut txn = self.store.write_table(head.ok_or_else(|| missing(at))?.id).await?;
        let now = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let head = TableHead { id: now.id, version: now.version };
        let then = version_then(&mut txn, at, head, AsOf::Version(request.version)).await?;
        restore_check(&now, &then, request.redefine)?;
        let known = totals::known(&mut txn, now.id).await?.filter(|known| known.version == now.version);
        let mut work = Work {
            metastore: self,
            caller,
            request,
            span: VersionSpan { table_id: now.id, from: then.version, to: now.version },
            done: Restored { version: now.version, ..Restored::default() },
            is_begun: false,
            files_removed: FilesRemoved::default(),
            totals: known.map(|known| known.totals),
            table: now.clone(),
        };
        work.redefine(&mut txn, &now, &then).await?;
        let mut walk = VersionWalk::new(work.span);
        loop {
            let changes = walk.next(&mut txn).await?;
            if changes.is_empty() {
                break;
            }
            for slice in slices(work.wanted(changes)?) {
                work.slice(&mut txn, slice).await?;
            }
        }
        let done = work.end(&mut txn).await?;
        txn.commit().await?;
        Ok(done)
    }
}

/// A change, and what the row that comes back says of itself.
struct Wanted {
    change: RowChange,
    parameters: Option<Parameters>,
}

/// A restoration under way.
struct Work<'w> {
    metastore: &'w Metastore,
    caller: &'w Caller,
    request: &'w VersionRestore,
    span: VersionSpan,
    done: Restored,
    /// The new version is.
    is_begun: bool,
    files_removed: FilesRemoved,
    /// Of the whole table, as long as they can be told.
    totals: Option<Totals>,
    /// As it is from now on.
    table: Table,
}

impl Work<'_> {
    /// The new version, which the first change begins.
    async fn begin(&mut self, txn: &mut Txn, definition: Option<&Table>) -> Result<i64> {
        if !self.is_begun {
            let change = Change { operation: OPERATION, by: self.caller.user() };
            self.done.version = txn.table_commit(self.table.id, definition.map(Definition::of), change).await?;
            self.is_begun = true;
        }
        Ok(self.done.version)
    }

    fn checked(&self, row: i64, name: &str) -> Result<()> {
        match &self.request.checked {
            Some(checked) if !checked.contains(&row) => {
                let of = if name.is_empty() { "the table".to_owned() } else { format!("partition {name}") };
                Err(Error::new(Kind::Conflict, format!("{of} of {} changed meanwhile", self.request.at)))
            }
            _ => Ok(()),
        }
    }

    async fn redefine(&mut self, txn: &mut Txn, now: &Table, then: &Table) -> Result<()> {
        let (redefines, own) = redefinition(txn, now, then, self.request.redefine).await?;
        if !redefines {
            return Ok(());
        }
        if own.is_some() {
            self.checked(0, "")?;
        }
        let mut new = definition_then(now, then);
        let is_whole = !new.is_partitioned();
        if is_whole && !is_registered(&new.parameters) {
            Accuracy::edit(&mut new.parameters, Accuracy::clear_columns);
        }
        let version = self.begin(txn, Some(&new)).await?;
        let place = TablePlaceChange { new: &new, old: Some(now), placing: Placing::Named, is_moved: false };
        self.metastore.table_place_follow(txn, place).await?;
        self.table = new;
        let VersionSpan { table_id, from, to } = self.span;
        let now_slots = txn.slot_list(table_id, to).await?;
        for slot in txn.slot_list(table_id, from).await? {
            let is_other = |other: &&crate::store::Slot| other.slot == slot.slot && other.shape_id != slot.shape_id;
            if now_slots.iter().any(|other| is_other(&other)) {
                txn.slot_reshape(table_id, slot.slot, version, &slot.shape).await?;
            }
        }
        let stale = columns_changed(now.columns(), self.table.columns());
        if !stale.is_empty() {
            txn.statistics_delete_columns(table_id, &stale, true).await?;
        }
        self.metastore.constraints_after_alter(txn, now, &self.table, version).await?;
        self.totals = None;
        if is_whole {
            let own = [String::new()];
            self.files_removed += txn.file_restore(table_id, version, from, &own).await?;
            txn.statistics_delete(table_id, &own, None, None).await?;
            if is_registered(&self.table.parameters) {
                let statistics = self.statistics(txn, &own).await?;
                txn.statistics_add(table_id, &rows_of(&statistics)).await?;
            }
        }
        let event = self.request.at.event("ALTER_TABLE", (table_id, version), &ALTERED);
        txn.event_insert(&event).await?;
        self.done.redefined = true;
        Ok(())
    }

    /// What is to be done, without what is to be left as it is.
    fn wanted(&self, changes: Vec<RowChange>) -> Result<Vec<Wanted>> {
        let mut wanted = Vec::with_capacity(changes.len());
        for change in changes {
            let mut parameters = None;
            if let Some(row) = &change.earlier {
                if self.request.left.contains(&row.id) {
                    continue;
                }
                self.checked(row.id, &row.name)?;
                let mut told = row.parameters()?;
                if !is_registered(&told) {
                    // Statistics of columns have no versions: nobody knows whether those of then are these.
                    Accuracy::edit(&mut told, Accuracy::clear_columns);
                }
                parameters = Some(told);
            }
            wanted.push(Wanted { change, parameters });
        }
        Ok(wanted)
    }

    async fn slice(&mut self, txn: &mut Txn, slice: Vec<Wanted>) -> Result<()> {
        let (table_id, from) = (self.span.table_id, self.span.from);
        self.log_follow(txn, &slice).await?;
        let version = self.begin(txn, None).await?;
        let names: Vec<String> = slice.iter().map(|one| one.change.name().to_owned()).collect();
        let of = |which: fn(&RowChange) -> bool| -> Vec<String> {
            slice.iter().filter(|one| which(&one.change)).map(|one| one.change.name().to_owned()).collect()
        };
        let there = of(|change| change.later.is_some());
        let back = of(|change| change.earlier.is_some());
        let going = of(|change| change.earlier.is_none());
        let changed = of(|change| change.earlier.is_some() && change.later.is_some());
        self.totals_leave(txn, &slice, &there).await?;
        txn.partition_remove_many(table_id, version, &there).await?;
        txn.statistics_delete(table_id, &names, None, None).await?;
        self.files_removed += txn.file_remove_of(table_id, version, &going).await?;
        self.files_removed += txn.file_restore(table_id, version, from, &back).await?;
        let registered: Vec<String> = slice.iter().filter(|one| one.is_registered()).map(Wanted::name).collect();
        let statistics = self.statistics(txn, &registered).await?;
        txn.statistics_add(table_id, &rows_of(&statistics)).await?;
        self.totals_join(&slice, &statistics);
        self.privileges_follow(txn, &slice).await?;
        let rows: Vec<(&VersionRow, Parameters)> =
            slice.iter().filter_map(|one| Some((one.change.earlier.as_ref()?, one.parameters.clone()?))).collect();
        txn.partition_restore(table_id, version, &rows).await?;
        let restored: Vec<Partition> = rows.iter().map(|(row, _)| partition_of(row)).collect::<Result<_>>()?;
        self.metastore.partitions_place_follow(txn, &self.table, &restored).await?;
        if !changed.is_empty() {
            let event = self.request.at.event("ALTER_PARTITION", (table_id, version), &());
            let altered = |name: &String| Altered { partition: Some(name.clone()), ..Altered::default() };
            txn.event_insert_alike(&event, &changed.iter().map(altered).collect::<Vec<_>>()).await?;
        }
        self.done.changed += changed.len() as i64;
        self.done.went += going.len() as i64;
        self.done.came += (back.len() - changed.len()) as i64;
        Ok(())
    }

    /// An event log's snapshots and view, as with any other change of its partitions.
    async fn log_follow(&self, txn: &mut Txn, slice: &[Wanted]) -> Result<()> {
        if LogRole::of(&self.table).is_none() {
            return Ok(());
        }
        let (mut old, mut new, mut came) = (Vec::new(), Vec::new(), Vec::new());
        for one in slice {
            let restored = one.change.earlier.as_ref().map(partition_of).transpose()?;
            match &one.change.later {
                Some(row) => {
                    old.push(partition_of(row)?);
                    new.extend(restored);
                }
                None => came.extend(restored),
            }
        }
        self.metastore.log_partitions_change(txn, self.caller, &self.table, &old, &new).await?;
        self.metastore.log_partitions_came(txn, self.caller, &self.table, &came).await
    }

    async fn privileges_follow(&self, txn: &mut Txn, slice: &[Wanted]) -> Result<()> {
        let (mut going, mut coming) = (Vec::new(), Vec::new());
        for one in slice {
            match (&one.change.earlier, &one.change.later) {
                (None, Some(row)) => going.push(partition_of(row)?),
                (Some(row), None) => coming.push(partition_of(row)?),
                _ => {}
            }
        }
        if !going.is_empty() {
            partition_privileges_forget(txn, self.table.id, &going).await?;
        }
        self.metastore.partition_privileges_inherit(txn, &self.table, &coming).await
    }

    /// What footers told of the restored files, as registrations tell it.
    async fn statistics(&self, txn: &mut Txn, names: &[String]) -> Result<HashMap<String, Vec<ColumnStatistics>>> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let mut facts: HashMap<Arc<str>, Vec<FileFacts>> = HashMap::new();
        let each = |file: crate::store::StoredFile| {
            let parsed = FileFacts::parse(&file.facts).map_err(|error| {
                Error::new(Kind::Corrupt, format!("the facts of the file {} cannot be read: {error}", file.path))
            });
            facts.entry(file.partition).or_default().push(parsed?);
            Ok(())
        };
        txn.file_each(self.span.table_id, self.span.from, names, each).await?;
        let (columns, now) = (self.table.columns(), i64::from(self.metastore.now_seconds()));
        let of = |files: &Vec<FileFacts>| statistics_of(columns, &files.iter().collect::<Vec<_>>(), now);
        Ok(facts.iter().map(|(name, files)| (name.to_string(), of(files))).collect())
    }

    /// Takes partitions that go, or will be others, out of the statistics of the whole table.
    async fn totals_leave(&mut self, txn: &mut Txn, slice: &[Wanted], names: &[String]) -> Result<()> {
        let Some(mut totals) = self.totals.take() else { return Ok(()) };
        let columns: Vec<String> = self.table.columns().iter().map(|column| column.name.clone()).collect();
        let statistics = totals::statistics_of(txn, self.table.id, names, &columns).await?;
        for row in slice.iter().filter_map(|one| one.change.later.as_ref()) {
            let own = statistics.get(&row.name).map_or(&[][..], Vec::as_slice);
            match totals.without(&row.parameters()?, own) {
                Some(left) => totals = left,
                None => return Ok(()),
            }
        }
        self.totals = Some(totals);
        Ok(())
    }

    fn totals_join(&mut self, slice: &[Wanted], statistics: &HashMap<String, Vec<ColumnStatistics>>) {
        for one in slice {
            let Some(parameters) = &one.parameters else { continue };
            let own = statistics.get(one.change.name()).map_or(&[][..], Vec::as_slice);
            let is_told = is_registered(parameters);
            self.totals = self.totals.take().filter(|_| is_told).and_then(|totals| totals.with(parameters, own));
        }
    }

    async fn end(self, txn: &mut Txn) -> Result<Restored> {
        let Self { done, request, table, totals, files_removed, .. } = self;
        if !self.is_begun {
            return Ok(done);
        }
        for (kind, count) in [("DROP_PARTITION", done.went), ("ADD_PARTITION", done.came)] {
            if count > 0 {
                txn.event_insert(&request.at.event(kind, (table.id, done.version), &ONE_SIDED)).await?;
            }
        }
        txn.block_break(table.id, done.version, files_removed).await?;
        Metastore::totals_put(txn, table.id, done.version, totals).await?;
        Ok(done)
    }
}

impl Wanted {
    fn name(&self) -> String {
        self.change.name().to_owned()
    }
    fn is_registered(&self) -> bool {
        self.parameters.as_ref().is_some_and(is_registered)
    }
    fn files(&self) -> i64 {
        let count = self.parameters.as_ref().and_then(|p| p.get(NUM_FILES)).and_then(|count| count.parse().ok());
        count.unwrap_or(1)
    }
}

const ALTERED: Altered = Altered { truncate: false, partition: None, renamed_from: None };

/// Runs of changes with not too many files.
fn slices(changes: Vec<Wanted>) -> Vec<Vec<Wanted>> {
    let mut slices: Vec<Vec<Wanted>> = Vec::new();
    let mut files = FILES_AT_ONCE;
    for change in changes {
        files = files.saturating_add(change.files());
        match slices.last_mut() {
            Some(slice) if files <= FILES_AT_ONCE && slice.len() < PARTITIONS_AT_ONCE => slice.push(change),
            _ => {
                files = change.files();
                slices.push(vec![change]);
            }
        }
    }
    slices
}

fn rows_of(all: &HashMap<String, Vec<ColumnStatistics>>) -> Vec<StatisticsRow<'_, ColumnStatistics>> {
    statistics_rows(all.iter().map(|(name, columns)| (name.as_str(), columns.as_slice())))
}

/// As far as an event log and privileges need it.
fn partition_of(row: &VersionRow) -> Result<Partition> {
    let storage = Storage { location: row.location.clone(), ..Storage::default() };
    Ok(Partition {
        id: row.id,
        name: row.name.clone(),
        values: row.values()?,
        storage: Some(storage),
        parameters: row.parameters()?,
        ..Partition::default()
    })
}
