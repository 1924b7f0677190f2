//! Who compacts, what of, and what came of it. A lease with a fencing token: whoever begins later wins.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use skep_core::event_log::{
    ArrivalOrder, Boundary, Dialect, EventLog, SNAPSHOT_ID, ViewInput, barred_query_text, snapshot_query_text,
};
use skep_core::partition::Partition;
use skep_core::registration::REGISTERED;
use skep_core::stats::{NUM_ROWS, fast_statistics_set};
use skep_core::table::{Storage, Table};
use skep_core::{Error, Kind, Location, Result};

use super::super::caller::Caller;
use super::super::metastore::Metastore;
use super::super::places::name_apart;
use super::super::reference::TableRef;
use super::super::table_read::missing;
use super::history::LogOutcome;
use super::record::{LockedLog, LogCompaction, LogRecord, LogSnapshot, log_record, log_store, no_log, same_data};
use crate::store::{Change, PlaceKind, StoredBlock, StoredFile, Txn};

/// A lease lasts at least and at most so long, in milliseconds.
const TTL_MIN_MS: i64 = 1_000;
const TTL_MAX_MS: i64 = 24 * 3_600_000;
/// Partitions are looked through so many at a time.
const INPUTS_AT_ONCE: i64 = 10_000;

/// Who wants to compact, and how far.
#[derive(Debug, Clone)]
pub struct CompactionBegin {
    pub at: TableRef,
    /// As it calls itself; shown to others.
    pub holder: String,
    /// For how long without a heartbeat.
    pub ttl_ms: i64,
    /// The last partition to fold in; None: all that are sealed.
    pub up_to: Option<Vec<String>>,
    /// The newest partition is complete, too.
    pub seal: bool,
}

/// What is to be compacted, and how.
#[derive(Debug, Clone)]
pub struct CompactionWork {
    pub compaction: LogCompaction,
    pub snapshot_id: String,
    /// The snapshot that it builds on.
    pub base: Option<LogSnapshot>,
    /// The log's rules.
    pub log: EventLog,
    /// The table of snapshots.
    pub snapshots: Table,
    pub input: CompactionInput,
    /// A query that gives the snapshot's rows, deletions among them, in Hive's and in Trino's language. It reads
    /// partitions by name: none that comes meanwhile.
    pub hive_query: String,
    pub trino_query: String,
    /// Rows that are older than the base's horizon, in both languages: they count nowhere. None: it has no horizon.
    pub barred: Option<(String, String)>,
}

/// How a compaction stands.
#[derive(Debug, Clone)]
pub enum CompactionState {
    Open(Box<CompactionWork>),
    Committed(LogSnapshot),
}

/// What a compaction reads.
#[derive(Debug, Clone)]
pub struct CompactionInput {
    pub log: Table,
    /// The snapshot that it begins with.
    pub base: Option<Partition>,
    pub partitions: Vec<Partition>,
}

/// What a compaction wrote, as the footers of its files say.
#[derive(Debug, Clone)]
pub struct CompactionCommit {
    pub at: TableRef,
    pub token: i64,
    /// Paths below the place that it was given.
    pub files: Vec<StoredFile>,
    /// The blocks that these files are in.
    pub blocks: Vec<StoredBlock>,
    pub rows: i64,
    pub bytes: i64,
}

impl Metastore {
    /// Begins a compaction; None where there is nothing to compact. What is to be done, [`Self::compaction_state`] says.
    ///
    /// Errors: InvalidOperation names who compacts already; InvalidObject a boundary that is none.
    pub async fn compaction_begin(&self, begin: &CompactionBegin) -> Result<Option<LogCompaction>> {
        if !(TTL_MIN_MS..=TTL_MAX_MS).contains(&begin.ttl_ms) {
            return Err(Error::new(
                Kind::InvalidInput,
                format!("a lease of {} ms; {TTL_MIN_MS} to {TTL_MAX_MS} are allowed", begin.ttl_ms),
            ));
        }
        self.store.retrying("compaction_begin", || self.compaction_begin_once(begin)).await
    }

    async fn compaction_begin_once(&self, begin: &CompactionBegin) -> Result<Option<LogCompaction>> {
        let mut txn = self.store.write().await?;
        let LockedLog { table, mut record, arrival } = self.log_lock(&mut txn, &begin.at).await?;
        let now_ms = txn.moment(&self.clock).await?;
        if let Some(other) = record.compaction.as_ref().filter(|other| other.expires_at_ms > now_ms) {
            return Err(held(&begin.at, other, now_ms));
        }
        let partitions = txn.partition_list(table.id, table.version, None).await?;
        let chosen = choose(&arrival, &record, partitions, begin)?;
        let Some((watermark, partitions)) = chosen else { return Ok(None) };
        let snapshots = TableRef::new(&table.catalog, &table.database, &record.log.snapshot_table);
        let snapshots = txn.table_get(&snapshots.catalog, &snapshots.database, &snapshots.table).await?;
        let snapshots = snapshots.ok_or_else(|| missing(&begin.at))?;
        if let Some(late) = record.compaction.take() {
            txn.place_delete_named(PlaceKind::Compaction, table.id, &late.token.to_string()).await?;
            record.end(&late, LogOutcome::Expired, None, now_ms);
        }
        record.token += 1;
        let mut compaction = LogCompaction {
            token: record.token,
            holder: begin.holder.clone(),
            began_at_ms: now_ms,
            expires_at_ms: now_ms + begin.ttl_ms,
            base: record.current.clone(),
            watermark,
            log_version: table.version,
            inputs: partitions.iter().map(|p| p.id).collect(),
            location: String::new(),
            horizon: record.horizon(&table, now_ms),
        };
        // Nobody else ever wrote there, an earlier log of the same name neither: engines read all that lies in it.
        let directory = name_apart(&format!("{}-{now_ms:x}", compaction.snapshot_id()));
        compaction.location = format!("{}/{directory}", snapshots.location().unwrap_or_default());
        let (place, token) = (Location::parse(&compaction.location)?, compaction.token.to_string());
        self.place_hold(&mut txn, PlaceKind::Compaction, table.id, &token, &place).await?;
        record.compaction = Some(compaction.clone());
        log_store(&mut txn, table.id, &record).await?;
        txn.commit().await?;
        Ok(Some(compaction))
    }

    /// How the compaction of this token stands. Errors: InvalidOperation where it was overtaken or given up, naming who won.
    pub async fn compaction_state(&self, at: &TableRef, token: i64) -> Result<CompactionState> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let mut record = log_record(&mut txn, table.id).await?.ok_or_else(|| no_log(at))?;
        if let Some(done) = record.snapshots.iter().find(|s| s.token == token) {
            return Ok(CompactionState::Committed(done.clone()));
        }
        let compaction = fenced(&mut record, at, token)?.clone();
        let snapshots = TableRef::new(&table.catalog, &table.database, &record.log.snapshot_table);
        let snapshots = txn.table_get(&snapshots.catalog, &snapshots.database, &snapshots.table).await?;
        let snapshots = snapshots.ok_or_else(|| missing(at))?;
        let base = match &compaction.base {
            Some(id) => txn.partition_get(snapshots.id, snapshots.version, &format!("{SNAPSHOT_ID}={id}")).await?,
            None => None,
        };
        let partitions = inputs(&mut txn, &table, &compaction).await?;
        let arrival = ArrivalOrder::of(&table)?;
        let places: Vec<Boundary> = partitions.iter().map(|p| arrival.boundary(&p.values)).collect::<Result<_>>()?;
        let shown = compaction.base.as_deref().and_then(|id| record.snapshot(id));
        let view = ViewInput { log: &record.log, table: &table, snapshot: shown.map(LogSnapshot::view), late: &[] };
        let horizon = compaction.horizon.as_deref();
        let barred = |dialect| barred_query_text(view, &places, dialect);
        Ok(CompactionState::Open(Box::new(CompactionWork {
            hive_query: snapshot_query_text(view, &places, horizon, Dialect::Hive)?,
            trino_query: snapshot_query_text(view, &places, horizon, Dialect::Trino)?,
            barred: barred(Dialect::Hive)?.zip(barred(Dialect::Trino)?),
            snapshot_id: compaction.snapshot_id(),
            base: shown.cloned(),
            log: record.log,
            snapshots,
            compaction,
            input: CompactionInput { log: table, base, partitions },
        })))
    }

    /// Says that a compaction is alive; gives when it expires, in milliseconds since the epoch.
    pub async fn compaction_heartbeat(&self, at: &TableRef, token: i64, ttl_ms: i64) -> Result<i64> {
        let ttl_ms = ttl_ms.clamp(TTL_MIN_MS, TTL_MAX_MS);
        let alive = |record: &mut LogRecord, now_ms: i64| {
            if let Some(compaction) = &mut record.compaction {
                compaction.expires_at_ms = now_ms + ttl_ms;
            }
        };
        self.compaction_change(at, token, alive).await.map(|(_, now_ms)| now_ms + ttl_ms)
    }

    /// Ends a compaction without a result; gives the place whose files nobody will use.
    pub async fn compaction_give_up(&self, at: &TableRef, token: i64, reason: Option<&str>) -> Result<String> {
        let end = |record: &mut LogRecord, now_ms: i64| {
            if let Some(compaction) = record.compaction.take() {
                record.end(&compaction, LogOutcome::Aborted, reason.map(str::to_owned), now_ms);
            }
        };
        self.compaction_change(at, token, end).await.map(|(location, _)| location)
    }

    /// Changes the compaction of this token, at a moment of the clock that all nodes have in common; gives its place and
    /// that moment.
    async fn compaction_change(
        &self,
        at: &TableRef,
        token: i64,
        change: impl Fn(&mut LogRecord, i64) + Sync,
    ) -> Result<(String, i64)> {
        let change = &change;
        self.store
            .retrying("compaction_change", move || async move {
                let mut txn = self.store.write().await?;
                let LockedLog { table, mut record, .. } = self.log_lock(&mut txn, at).await?;
                let location = fenced(&mut record, at, token)?.location.clone();
                let now_ms = txn.moment(&self.clock).await?;
                change(&mut record, now_ms);
                if record.compaction.is_none() {
                    txn.place_delete_named(PlaceKind::Compaction, table.id, &token.to_string()).await?;
                }
                log_store(&mut txn, table.id, &record).await?;
                txn.commit().await?;
                Ok((location, now_ms))
            })
            .await
    }

    /// Publishes a snapshot and shows it: the view changes with the same commit. A commit that comes again gives the
    /// snapshot that it made.
    ///
    /// Errors: InvalidOperation where another compaction won, naming it, or where the input changed meanwhile.
    pub async fn compaction_commit(&self, caller: &Caller, commit: &CompactionCommit) -> Result<LogSnapshot> {
        self.store.retrying("compaction_commit", || self.compaction_commit_once(caller, commit)).await
    }

    async fn compaction_commit_once(&self, caller: &Caller, commit: &CompactionCommit) -> Result<LogSnapshot> {
        let at = &commit.at;
        let mut txn = self.store.write().await?;
        let mut locked = self.log_lock(&mut txn, at).await?;
        if let Some(done) = locked.record.snapshots.iter().find(|s| s.token == commit.token) {
            return Ok(done.clone());
        }
        let compaction = fenced(&mut locked.record, at, commit.token)?.clone();
        if compaction.base != locked.record.current {
            return Err(Error::invalid_operation(format!(
                "compaction {} of {at} began with snapshot {}, but the view shows {} by now: begin again",
                compaction.token,
                compaction.base.as_deref().unwrap_or("none"),
                locked.record.current.as_deref().unwrap_or("none"),
            )));
        }
        inputs_check(&mut txn, &locked, &compaction).await?;
        let snapshot = LogSnapshot {
            id: compaction.snapshot_id(),
            base: compaction.base.clone(),
            watermark: compaction.watermark.clone(),
            log_version: compaction.log_version,
            token: compaction.token,
            partitions: compaction.inputs.len() as i64,
            rows: commit.rows,
            bytes: commit.bytes,
            at_ms: txn.moment(&self.clock).await?,
            by: caller.user().map(str::to_owned),
            is_pinned: false,
            horizon: compaction.horizon.clone(),
            shown_until_ms: None,
        };
        let token = compaction.token.to_string();
        txn.place_delete_named(PlaceKind::Compaction, locked.table.id, &token).await?;
        self.snapshot_add(&mut txn, caller, &locked, &snapshot, &compaction.location, commit).await?;
        let since = locked.since(&mut txn, &snapshot).await?;
        let LockedLog { table, mut record, arrival } = locked;
        record.compaction = None;
        record.end(&compaction, LogOutcome::Committed, None, snapshot.at_ms);
        record.late = since.late;
        record.sealed.retain(|one| !arrival.is_covered(one, &snapshot.watermark));
        record.show(Some(snapshot.id.clone()), snapshot.at_ms);
        record.settled.clone_from(&record.current);
        record.snapshots.push(snapshot.clone());
        log_store(&mut txn, table.id, &record).await?;
        self.view_swap(&mut txn, &table, &record, caller.user()).await?;
        txn.commit().await?;
        Ok(snapshot)
    }

    async fn snapshot_add(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        locked: &LockedLog,
        snapshot: &LogSnapshot,
        location: &str,
        commit: &CompactionCommit,
    ) -> Result<()> {
        let files = &commit.files;
        let (log, record) = (&locked.table, &locked.record);
        let at = TableRef::new(&log.catalog, &log.database, &record.log.snapshot_table);
        let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(&at))?;
        let name = format!("{SNAPSHOT_ID}={}", snapshot.id);
        let shape = table.storage.as_ref().map(|s| s.shape.clone()).unwrap_or_default();
        let mut partition = Partition {
            values: vec![snapshot.id.clone()],
            name: name.clone(),
            create_time: self.now_seconds(),
            storage: Some(Storage { shape, location: Some(location.to_owned()) }),
            ..Partition::default()
        };
        fast_statistics_set(&mut partition.parameters, files.len() as u64, snapshot.bytes as u64);
        partition.parameters.insert(NUM_ROWS.to_owned(), snapshot.rows.to_string());
        partition.parameters.insert(REGISTERED.to_owned(), "true".to_owned());
        partition.parameters.insert("transient_lastDdlTime".to_owned(), self.now_seconds().to_string());
        let change = Change { operation: "compaction", by: caller.user() };
        let event = at.tale("ADD_PARTITION", &());
        let version = txn.table_commit_told(table.id, None, change, Some(&event)).await?;
        txn.partition_add_many(table.id, version, table.location(), std::slice::from_ref(&partition)).await?;
        self.partitions_place_follow(txn, &table, [&partition]).await?;
        let partition: Arc<str> = name.as_str().into();
        let files: Vec<StoredFile> =
            files.iter().map(|file| StoredFile { partition: partition.clone(), ..file.clone() }).collect();
        txn.file_add_many(table.id, version, &files).await?;
        let blocks: Vec<StoredBlock> =
            commit.blocks.iter().map(|block| StoredBlock { partition: name.clone(), ..block.clone() }).collect();
        txn.block_put(table.id, &blocks.iter().collect::<Vec<_>>(), &[]).await
    }
}

/// The compaction of this token, if no other has begun since.
fn fenced<'r>(record: &'r mut LogRecord, at: &TableRef, token: i64) -> Result<&'r mut LogCompaction> {
    let problem = match &record.compaction {
        Some(compaction) if compaction.token == token => None,
        Some(other) => Some(format!("was overtaken by compaction {} of {}", other.token, other.holder)),
        None => Some(over(record, token)),
    };
    match (problem, record.compaction.as_mut()) {
        (None, Some(compaction)) => Ok(compaction),
        (problem, _) => {
            let problem = problem.unwrap_or_default();
            Err(Error::invalid_operation(format!("compaction {token} of {at} {problem}")))
        }
    }
}

/// Why no compaction of this token is under way.
fn over(record: &LogRecord, token: i64) -> String {
    let how = match record.ended_as(token).map(|ended| ended.outcome) {
        Some(LogOutcome::Committed) => "was committed, and its snapshot has expired since",
        Some(LogOutcome::Aborted) => "was aborted",
        Some(LogOutcome::Expired) => "expired",
        None => "is not under way",
    };
    match record.snapshots.last() {
        Some(last) => format!("{how}; snapshot {} is from compaction {}", last.id, last.token),
        None => format!("{how}; none was committed"),
    }
}

/// The partitions that a compaction reads, as they were when it began.
async fn inputs(txn: &mut Txn, table: &Table, compaction: &LogCompaction) -> Result<Vec<Partition>> {
    let wanted: HashSet<i64> = compaction.inputs.iter().copied().collect();
    let (mut found, mut after) = (Vec::with_capacity(wanted.len()), String::new());
    loop {
        let page = txn.version_partitions(table.id, compaction.log_version, &after, INPUTS_AT_ONCE).await?;
        let is_last = (page.len() as i64) < INPUTS_AT_ONCE;
        if let Some(last) = page.last() {
            after.clone_from(&last.name);
        }
        found.extend(page.into_iter().filter(|partition| wanted.contains(&partition.id)));
        if is_last {
            return Ok(found);
        }
    }
}

fn held(at: &TableRef, other: &LogCompaction, now_ms: i64) -> Error {
    Error::invalid_operation(format!(
        "compaction {} of {at} is under way by {}; its lease ends in {} ms",
        other.token,
        other.holder,
        other.expires_at_ms - now_ms
    ))
}

/// Which partitions are folded in, and the watermark then. None where there is nothing to do.
fn choose(
    arrival: &ArrivalOrder,
    record: &LogRecord,
    partitions: Vec<Partition>,
    begin: &CompactionBegin,
) -> Result<Option<(Boundary, Vec<Partition>)>> {
    let mut all: Vec<(Boundary, Partition)> = Vec::with_capacity(partitions.len());
    for partition in partitions {
        all.push((arrival.boundary(&partition.values)?, partition));
    }
    all.sort_by(|(one, _), (other, _)| arrival.compare(one, other));
    let Some((newest, _)) = all.last() else { return Ok(None) };
    let newest = newest.clone();
    let is_sealed = |one: &Boundary| {
        let said = || record.sealed.iter().any(|sealed| arrival.compare(sealed, one) == Ordering::Equal);
        begin.seal || arrival.compare(one, &newest) == Ordering::Less || said()
    };
    let up_to = begin.up_to.as_ref().map(|values| arrival.boundary(values)).transpose()?;
    if let Some(up_to) = up_to.as_ref().filter(|up_to| !is_sealed(up_to)) {
        return Err(Error::invalid_operation(format!(
            "the partition ({}) is the newest and not sealed: more may come; seal it to fold it in",
            up_to.0.join(", ")
        )));
    }
    let covered = |one: &Boundary| record.shown().is_some_and(|s| arrival.is_covered(one, &s.watermark));
    // All that came late: the new snapshot covers its watermark, so what is left out of it would be read nowhere.
    let wanted = |one: &Boundary| {
        let is_next = !covered(one) && up_to.as_ref().is_none_or(|up_to| arrival.is_covered(one, up_to));
        record.late.contains(one) || (is_next && is_sealed(one))
    };
    let chosen: Vec<(Boundary, Partition)> = all.into_iter().filter(|(one, _)| wanted(one)).collect();
    let Some((last, _)) = chosen.last() else { return Ok(None) };
    let watermark = match record.shown() {
        Some(shown) if arrival.is_covered(last, &shown.watermark) => shown.watermark.clone(),
        _ => last.clone(),
    };
    Ok(Some((watermark, chosen.into_iter().map(|(_, partition)| partition).collect())))
}

/// What was read must still be there, with the same data.
async fn inputs_check(txn: &mut Txn, locked: &LockedLog, compaction: &LogCompaction) -> Result<()> {
    let (came, went) =
        txn.partition_changes_between(locked.table.id, compaction.log_version, locked.table.version).await?;
    for old in went.iter().filter(|old| compaction.inputs.contains(&old.id)) {
        if !came.iter().any(|new| same_data(old, new)) {
            return Err(Error::invalid_operation(format!(
                "compaction {} read the partition {}, which was changed or dropped meanwhile: begin again",
                compaction.token, old.name
            )));
        }
    }
    Ok(())
}
