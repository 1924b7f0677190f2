//! Directories around a commit: made before it and undone when it fails, deleted after it.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt as _, stream};
use skep_core::Result;

use super::caller::Caller;
use super::metastore::Metastore;
use super::together::Undo;
use crate::store::Txn;
use crate::warehouse::{Created, Deletion, Location};

/// How many deletions of one call run at once.
const DELETIONS_MAX: usize = 16;

/// Deletions that a transaction has recorded, with their ids.
pub(super) type Recorded = Vec<(i64, Deletion)>;

impl Metastore {
    /// Makes directories, runs the write, and takes them back if it fails.
    pub(super) async fn with_directories<T, F>(
        &self,
        caller: &Caller,
        locations: Vec<Location>,
        write: impl FnOnce(Vec<Created>) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let created = self.warehouse.directories_create(locations, caller.user()).await?;
        let outcome = write(created.clone()).await;
        if outcome.is_ok() {
            self.undo_later(Undo::Created(created));
        } else if let Err(error) = self.warehouse.directories_undo(created).await {
            tracing::warn!(%error, "a directory that was made for a failed call could not be taken back");
        }
        outcome
    }

    /// Records deletions in the transaction that decides them.
    pub(super) async fn deletions_record(&self, txn: &mut Txn, deletions: &[Deletion]) -> Result<Recorded> {
        if deletions.is_empty() {
            return Ok(Vec::new());
        }
        txn.deletion_insert(deletions, Self::deletion_due(txn)).await
    }

    /// Another node's sweeper leaves deletions alone for a minute: they are ours to do now.
    pub(super) fn deletion_due(txn: &Txn) -> i64 {
        txn.now_ms() + 60_000
    }

    /// Carries recorded deletions out, after the commit. What fails is tried again by the sweeper.
    pub(super) async fn deletions_run(&self, deletions: Recorded) {
        let deletions = self.deletions_later(deletions);
        if deletions.is_empty() {
            return;
        }
        let mut done = Vec::with_capacity(deletions.len());
        // What lies deeper goes first; places of one depth do not lie in each other.
        for (_, level) in by_depth(deletions).into_iter().rev() {
            let removals = stream::iter(level).map(|(id, deletion)| self.deletion_run(id, deletion));
            done.extend(removals.buffer_unordered(DELETIONS_MAX).collect::<Vec<_>>().await);
        }
        let ids: Vec<i64> = done.iter().filter(|(_, done)| *done).map(|(id, _)| *id).collect();
        let noted = if ids.len() == done.len() {
            self.store.deletions_forget(&ids).await
        } else {
            self.store.retrying("deletions_note", || self.deletions_note(&done)).await
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "deletions stay recorded");
        }
    }

    /// Removes these directories, the deepest first, as far as they are empty.
    pub(super) async fn directories_tidy(&self, parents: Vec<Location>) {
        for parent in self.parents_later(parents) {
            if let Err(error) = self.warehouse.directory_remove_if_empty(&parent).await {
                tracing::warn!(location = %parent, %error, "an empty directory could not be removed");
            }
        }
    }

    /// Gives the deletion's id and whether it is done with.
    async fn deletion_run(&self, id: i64, deletion: Deletion) -> (i64, bool) {
        match self.warehouse.directory_delete(&deletion).await {
            Ok(removal) => {
                tracing::debug!(location = %deletion.location, ?removal, "data of a dropped object");
                (id, true)
            }
            Err(error) => {
                tracing::warn!(location = %deletion.location, %error, "data could not be deleted yet");
                (id, false)
            }
        }
    }

    async fn deletions_note(&self, removals: &[(i64, bool)]) -> Result<()> {
        let mut txn = self.store.write().await?;
        let done: Vec<i64> = removals.iter().filter(|(_, done)| *done).map(|(id, _)| *id).collect();
        txn.deletion_done(&done).await?;
        for (id, _) in removals.iter().filter(|(_, done)| !*done) {
            txn.deletion_later(*id, txn.now_ms(), 60_000).await?;
        }
        txn.commit().await
    }

    /// Tries deletions again that failed or whose server died. Gives how many were due.
    pub async fn deletions_sweep(&self) -> Result<usize> {
        let mut due = self.store.peek().await?.deletion_list::<Deletion>(self.clock.now_ms(), 100).await?;
        let count = due.len();
        let in_use = self.deletions_in_use(&due).await?;
        if !in_use.is_empty() {
            let over = due.extract_if(.., |(id, _)| in_use.contains(id)).map(|(id, deletion)| {
                tracing::warn!(location = %deletion.location, "data of a dropped object stays: its place is in use again");
                (id, true)
            });
            let over: Vec<(i64, bool)> = over.collect();
            self.store.retrying("deletions_note", || self.deletions_note(&over)).await?;
        }
        self.deletions_run(due).await;
        Ok(count)
    }

    /// Deletions whose place somebody has taken since they were decided, with what lies in it: a table or a database at
    /// or below it, or a partition of a table above.
    async fn deletions_in_use(&self, due: &[(i64, Deletion)]) -> Result<HashSet<i64>> {
        let mut in_use = HashSet::new();
        if due.is_empty() {
            return Ok(in_use);
        }
        let mut below: Vec<(i64, i64, String)> = Vec::new();
        let mut txn = self.store.read().await?;
        txn.places(|table_id, place| {
            let Ok(place) = Location::parse(place) else { return };
            for (id, deletion) in due {
                if place.is_within(&deletion.location) {
                    in_use.insert(*id);
                } else if let Some(table_id) = table_id.filter(|_| deletion.location.is_within(&place)) {
                    let name = deletion.location.path().get(place.path().len() + 1..).unwrap_or_default();
                    below.push((*id, table_id, name.to_owned()));
                }
            }
        })
        .await?;
        for (id, table_id, name) in below {
            if !txn.partition_existing(table_id, &[name]).await?.is_empty() {
                in_use.insert(id);
            }
        }
        Ok(in_use)
    }
}

fn by_depth(deletions: Recorded) -> BTreeMap<usize, Recorded> {
    let mut levels: BTreeMap<usize, Recorded> = BTreeMap::new();
    for deletion in deletions {
        levels.entry(deletion.1.location.path().split('/').count()).or_default().push(deletion);
    }
    levels
}
