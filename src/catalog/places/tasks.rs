//! What is to be done to files: recorded with the commit that decides it, done after it, and finished by whoever is there
//! when the one that began it is not.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use skep_core::place::Relation;
use skep_core::{Error, Kind, PlaceKey, Result};

use super::super::metastore::Metastore;
use super::deciding::Going;
use super::moves::DirectoryMove;
use super::neighbours::Neighbours;
use crate::clock::monotonic;
use crate::store::{PlaceKind, Txn, unconditionally};
use crate::warehouse::{Deletion, Emptying};

/// How many deletions of one call run at once.
const DELETIONS_MAX: usize = 16;
/// Another node's task is left alone for so long after it was first seen, by this node's monotonic clock.
const PATIENCE: Duration = Duration::from_mins(1);
/// And that node leaves it to others when so much of the time is over, by its own: no clock needs to agree with another.
const OWN_SAFE: Duration = Duration::from_secs(40);
/// A move is taken back sooner: whoever is still at it has its tables locked, and is waited for.
const MOVE_PATIENCE: Duration = Duration::from_secs(5);
/// Between two attempts, times the number of those that failed.
const PAUSE_MS: i64 = 60_000;
/// So many tasks are looked at in one round.
const ROUND_MAX: i64 = 100;

/// What is to be done to files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FileTask {
    /// Directories go, with all but what others have in them.
    Delete { places: Vec<Deletion> },
    /// Files go; their directories stay.
    Empty { places: Vec<Emptying> },
    /// Directories were to be moved for a commit. It ends the task: one that is still there is taken back.
    Move { tables: Vec<i64>, moves: Vec<DirectoryMove>, at_ms: i64 },
}

/// How much is left to be done to files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileTaskFigures {
    /// Calls that deleted or emptied directories.
    pub deletions: i64,
    /// Renames that are under way, or were when their node died.
    pub moves: i64,
    /// Milliseconds since the oldest was decided; 0 without any.
    pub oldest_age_ms: i64,
}

/// What a node knows of tasks beside what the store does.
#[derive(Debug, Default)]
pub(in super::super) struct TaskWatch {
    /// Those that it is at.
    own: Mutex<HashSet<i64>>,
    /// When it first saw those of others, by the monotonic clock; each as it is stored.
    seen: Mutex<HashMap<(i64, i64), Duration>>,
}

/// Ends when a task is done, or its call is gone.
struct AtWork<'w>(&'w TaskWatch, Vec<i64>);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let mut own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        for id in &self.1 {
            own.remove(id);
        }
    }
}

impl TaskWatch {
    fn begin(&self, ids: Vec<i64>) -> AtWork<'_> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).extend(&ids);
        AtWork(self, ids)
    }

    fn is_own(&self, id: i64) -> bool {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    /// How long a task has been as it is now, as far as this node knows.
    fn age(&self, id: i64, at_ms: i64, now: Duration) -> Duration {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        now.saturating_sub(*seen.entry((id, at_ms)).or_insert(now))
    }

    fn forget_all_but(&self, there: &HashSet<(i64, i64)>) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).retain(|one, _| there.contains(one));
    }
}

/// A task that a transaction has recorded, with its id; none where there is nothing to be done.
pub(in super::super) type Recorded = Vec<(i64, FileTask)>;

impl FileTask {
    fn is_empty(&self) -> bool {
        match self {
            Self::Delete { places } => places.is_empty(),
            Self::Empty { places } => places.is_empty(),
            Self::Move { moves, .. } => moves.is_empty(),
        }
    }

    /// The places that nobody may have until the task is done.
    fn held(&self) -> Vec<&PlaceKey> {
        match self {
            Self::Delete { places } => places.iter().flat_map(|one| &one.keys).collect(),
            Self::Empty { .. } => Vec::new(),
            Self::Move { moves, .. } => moves.iter().map(|one| &one.to_key).collect(),
        }
    }

    /// Tells whether a place is held, lies in one that is, or holds one.
    pub(super) fn touches(&self, key: &PlaceKey) -> bool {
        self.held().into_iter().any(|held| held.touches(key))
    }

    /// Gives the held places that lie in another; empty where that one lies in a held one itself.
    pub(super) fn places_below(&self, key: &PlaceKey) -> BTreeSet<PlaceKey> {
        let held = self.held();
        if held.iter().any(|one| matches!(one.relation(key), Relation::At | Relation::Above)) {
            return BTreeSet::new();
        }
        held.into_iter().filter(|one| one.relation(key) == Relation::Below).cloned().collect()
    }

    /// The error of who wants a held place.
    pub(super) fn refusal(&self, key: &PlaceKey) -> Error {
        let what = if matches!(self, Self::Move { .. }) { "moved to" } else { "deleted" };
        Error::meta(format!(
            "The place {key} is being {what} for an earlier call, as a whole or in part; try again when that is done, \
             or name another place"
        ))
    }
}

/// More places than this are held by what holds them all.
const HELD_MAX: usize = 1_000;

/// What holds all of these, for each store.
fn common_of(keys: Vec<&PlaceKey>) -> Vec<PlaceKey> {
    let mut stores: BTreeMap<&str, Vec<&PlaceKey>> = BTreeMap::new();
    for key in keys {
        let end = key.as_str().len() - key.path().len();
        stores.entry(&key.as_str()[..end]).or_default().push(key);
    }
    stores.into_values().filter_map(PlaceKey::common).collect()
}

impl Metastore {
    /// Records a task in the transaction that decides it. It holds its places from then on.
    pub(in super::super) async fn task_record(&self, txn: &mut Txn, task: FileTask) -> Result<Recorded> {
        if task.is_empty() {
            return Ok(Recorded::new());
        }
        let id = txn.file_task_insert(&task).await?;
        self.task_hold(txn, id, &task).await?;
        Ok(vec![(id, task)])
    }

    /// Notes in the ledger what a task holds: each of its places, or, where they are very many, what holds them all. Then
    /// no table may take the short way to a place there.
    pub(super) async fn task_hold(&self, txn: &mut Txn, id: i64, task: &FileTask) -> Result<()> {
        let kind = if matches!(task, FileTask::Move { .. }) { PlaceKind::Move } else { PlaceKind::Deletion };
        let held: BTreeSet<PlaceKey> = task.held().into_iter().cloned().collect();
        if held.len() <= HELD_MAX {
            return txn.place_insert_task(kind, id, &held.into_iter().collect::<Vec<_>>()).await;
        }
        let common = common_of(task.held());
        txn.place_insert_task(kind, id, &common).await?;
        let near = Neighbours::of(txn.places_related(&common).await?);
        txn.places_crowd(&[], &near.databases(&common)).await
    }

    /// Records the deletion of places that lie in one table's by the names of its partitions: what holds them all is held.
    pub(super) async fn task_record_alone(&self, txn: &mut Txn, task: FileTask) -> Result<Recorded> {
        if task.is_empty() {
            return Ok(Recorded::new());
        }
        let id = txn.file_task_insert(&task).await?;
        txn.place_insert_task(PlaceKind::Deletion, id, &common_of(task.held())).await?;
        Ok(vec![(id, task)])
    }

    /// Does what was recorded, after the commit. What fails is tried again by the sweeper.
    pub(in super::super) async fn tasks_run(&self, tasks: Recorded) {
        let tasks = self.tasks_later(tasks);
        if !tasks.is_empty() {
            unconditionally(self.tasks_run_now(tasks)).await;
        }
    }

    async fn tasks_run_now(&self, tasks: Recorded) {
        let begun = monotonic();
        let _at_work = self.tasks.begin(tasks.iter().map(|(id, _)| *id).collect());
        let mut done = Vec::with_capacity(tasks.len());
        for (id, task) in &tasks {
            let is_done = self.task_run(*id, task, begun).await.unwrap_or_else(|error| {
                tracing::warn!(task = id, %error, "files of a dropped object could not be deleted yet");
                false
            });
            done.push((*id, is_done));
        }
        let over: Vec<i64> = done.iter().filter(|(_, is_done)| *is_done).map(|(id, _)| *id).collect();
        let forget = || self.store.file_tasks_forget(&over);
        if !over.is_empty()
            && let Err(error) = self.store.retrying("file_tasks_forget", forget).await
        {
            tracing::warn!(%error, "file tasks that are done stay recorded");
        }
        for (id, _) in done.iter().filter(|(_, is_done)| !*is_done) {
            if let Err(error) = self.store.retrying("file_task_later", || self.task_later(*id)).await {
                tracing::warn!(%error, "a file task is tried again sooner than it should");
            }
        }
    }

    async fn task_later(&self, id: i64) -> Result<()> {
        let mut txn = self.store.write().await?;
        txn.file_task_later(id, txn.now_ms(), PAUSE_MS).await?;
        txn.commit().await
    }

    /// Does one task; false where the time in which it is this node's is over.
    async fn task_run(&self, id: i64, task: &FileTask, begun: Duration) -> Result<bool> {
        match task {
            FileTask::Delete { places } => self.deletions_run(id, places, begun).await,
            FileTask::Empty { places } => {
                for place in places {
                    self.warehouse.directory_empty(place).await?;
                }
                Ok(true)
            }
            FileTask::Move { .. } => Ok(false),
        }
    }

    async fn deletions_run(&self, id: i64, places: &[Deletion], begun: Duration) -> Result<bool> {
        let mut levels: BTreeMap<usize, Vec<&Deletion>> = BTreeMap::new();
        for deletion in places {
            levels.entry(deletion.location.path().split('/').count()).or_default().push(deletion);
        }
        let mut is_done = true;
        // What lies deeper goes first; places of one depth do not lie in each other.
        for level in levels.into_values().rev() {
            let one = |deletion: &Deletion| {
                let deletion = deletion.clone();
                async move {
                    // By then another node may be at it, and be done, and the place be somebody's.
                    if monotonic().saturating_sub(begun) > OWN_SAFE {
                        return Ok(false);
                    }
                    let removal = self.warehouse.directory_delete(&deletion).await?;
                    tracing::debug!(location = %deletion.location, ?removal, "data of a dropped object");
                    Ok(true)
                }
            };
            let calls: Vec<_> = level.into_iter().map(one).collect();
            let outcomes: Vec<Result<bool>> = stream::iter(calls).buffer_unordered(DELETIONS_MAX).collect().await;
            for outcome in outcomes {
                is_done &= outcome.unwrap_or_else(|error| {
                    tracing::warn!(task = id, %error, "data could not be deleted yet");
                    false
                });
            }
        }
        Ok(is_done)
    }

    /// Does what others left undone: tasks that failed or whose node died, as far as they have been as they are for so
    /// long. Gives how many there were.
    pub async fn tasks_sweep(&self, patience: Duration) -> Result<usize> {
        let now_ms = self.store.moment(&self.clock).await?;
        self.deletions_take_over(now_ms).await?;
        let (mut count, mut after, mut there) = (0, 0, HashSet::new());
        loop {
            let due = self.store.peek().await?.file_task_due(now_ms, after, ROUND_MAX).await?;
            let Some((last, ..)) = due.last() else { break };
            after = *last;
            for (id, at_ms, body) in due {
                there.insert((id, at_ms));
                // One bad row never keeps the others.
                match self.task_sweep((id, at_ms), &body, patience).await {
                    Ok(was_due) => count += usize::from(was_due),
                    Err(error) => tracing::warn!(task = id, %error, "a file task waits for a later round"),
                }
            }
        }
        self.tasks.forget_all_but(&there);
        Ok(count)
    }

    /// Counts what is left to be done to files, by all nodes.
    pub async fn file_tasks(&self) -> Result<FileTaskFigures> {
        let mut peek = self.store.peek().await?;
        let found = peek.file_task_figures().await?;
        let now_ms = peek.moment(&self.clock).await?;
        let age = found.since_ms.map_or(0, |since| now_ms.saturating_sub(since).max(0));
        Ok(FileTaskFigures { deletions: found.deletions, moves: found.moves, oldest_age_ms: age })
    }

    /// How long this node has to leave tasks alone that others may be at.
    pub fn tasks_patience(&self) -> Duration {
        if self.store.is_alone() { Duration::ZERO } else { PATIENCE }
    }

    async fn task_sweep(&self, (id, at_ms): (i64, i64), body: &str, patience: Duration) -> Result<bool> {
        let task: FileTask = serde_json::from_str(body)
            .map_err(|e| Error::new(Kind::Corrupt, format!("the file task {id} cannot be read: {e}")))?;
        let is_move = matches!(task, FileTask::Move { .. });
        let patience = if is_move { patience.min(MOVE_PATIENCE) } else { patience };
        let age = self.tasks.age(id, at_ms, monotonic());
        if self.tasks.is_own(id) || age < patience {
            return Ok(false);
        }
        if is_move {
            return self.move_take_back(id).await.map(|()| true);
        }
        let claimed = self
            .store
            .retrying("file_task_claim", || async {
                let mut txn = self.store.write().await?;
                let now_ms = txn.moment(&self.clock).await?;
                let claimed = txn.file_task_claim(id, at_ms, now_ms.max(at_ms + 1)).await?;
                txn.commit().await?;
                Ok(claimed)
            })
            .await?;
        if claimed {
            self.tasks_run(vec![(id, task)]).await;
        }
        Ok(claimed)
    }

    /// Decides anew on deletions that an earlier version of this server recorded: it did not ask whose the places are.
    async fn deletions_take_over(&self, now_ms: i64) -> Result<()> {
        let due = self.store.peek().await?.deletion_list(now_ms, ROUND_MAX).await?;
        for (id, body) in due {
            let deletion: Deletion = match serde_json::from_str(&body) {
                Ok(deletion) => deletion,
                Err(error) => {
                    tracing::warn!(deletion = id, %error, "a deletion that an earlier server recorded cannot be read");
                    continue;
                }
            };
            let taken = self
                .store
                .retrying("deletion_take_over", || async {
                    let mut txn = self.store.write().await?;
                    txn.deletion_done(&[id]).await?;
                    let deletions = vec![deletion.clone()];
                    let decided = self.deletions_decide(&mut txn, deletions, &Going::default()).await?;
                    txn.commit().await?;
                    Ok(decided)
                })
                .await?;
            self.tasks_run(taken.recorded).await;
        }
        Ok(())
    }
}
