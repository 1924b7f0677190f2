//! Directories around a commit: made before it and undone when it fails, deleted after it.

use skep_core::Result;

use super::caller::Caller;
use super::metastore::Metastore;
use crate::store::Txn;
use crate::warehouse::{Created, Deletion, Location};

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
        if outcome.is_err()
            && let Err(error) = self.warehouse.directories_undo(created).await
        {
            tracing::warn!(%error, "a directory that was made for a failed call could not be taken back");
        }
        outcome
    }

    /// Records deletions in the transaction that decides them.
    pub(super) async fn deletions_record(&self, txn: &mut Txn, deletions: &[Deletion]) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(deletions.len());
        for deletion in deletions {
            // Another node's sweeper leaves it alone for a minute: it is ours to do now.
            ids.push(txn.deletion_insert(deletion, txn.now_ms() + 60_000).await?);
        }
        Ok(ids)
    }

    /// Carries recorded deletions out, after the commit. What fails is tried again by the sweeper.
    pub(super) async fn deletions_run(&self, ids: Vec<i64>, deletions: Vec<Deletion>) {
        for (id, deletion) in ids.into_iter().zip(deletions) {
            self.deletion_run(id, &deletion).await;
        }
    }

    async fn deletion_run(&self, id: i64, deletion: &Deletion) {
        let removal = self.warehouse.directory_delete(deletion).await;
        let outcome: Result<()> = async {
            let mut txn = self.store.write().await?;
            match removal {
                Ok(removal) => {
                    tracing::debug!(location = %deletion.location, ?removal, "data of a dropped object");
                    txn.deletion_done(id).await?;
                }
                Err(error) => {
                    let failed = txn.deletion_later(id, txn.now_ms() + 60_000).await?;
                    tracing::warn!(location = %deletion.location, failed, %error, "data could not be deleted yet");
                }
            }
            txn.commit().await
        }
        .await;
        if let Err(error) = outcome {
            tracing::warn!(location = %deletion.location, %error, "a deletion stays recorded");
        }
    }

    /// Tries deletions again that failed or whose server died. Gives how many were due.
    pub async fn deletions_sweep(&self) -> Result<usize> {
        let due = self.store.peek().await?.deletion_list::<Deletion>(self.clock.now_ms(), 100).await?;
        for (id, deletion) in &due {
            self.deletion_run(*id, deletion).await;
        }
        Ok(due.len())
    }
}
