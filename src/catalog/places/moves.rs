//! Moving directories with a rename. The intent is recorded in a commit of its own; then, under the row locks of the
//! tables, the directories are renamed, last before the commit that changes the metadata and ends the intent. So at any
//! moment one of three holds: no intent, and the data lies where the metadata says; an intent and its locks held: somebody
//! is at it; an intent without them: whoever takes the locks moves back what was moved.

use serde::{Deserialize, Serialize};
use skep_core::{Error, Kind, Location, PlaceKey, Result};

use super::super::metastore::Metastore;
use super::deciding::Going;
use super::tasks::FileTask;
use crate::store::{Txn, unconditionally};
use crate::warehouse::Moved;

/// An intent younger than this is somebody's who will go on with it at once.
const FRESH_MS: i64 = 500;

/// A directory that is to be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryMove {
    pub from: Location,
    pub to: Location,
    /// Of the place where it goes, links resolved.
    pub to_key: PlaceKey,
}

impl Metastore {
    /// Records that directories are to be moved for a change of these tables; gives the intent. Errors: Conflict where
    /// another rename of one of them has just begun.
    pub(in super::super) async fn moves_begin(&self, tables: &[i64], moves: &[DirectoryMove]) -> Result<i64> {
        let mut txn = self.store.write().await?;
        txn.tables_lock(tables).await?;
        self.moves_settle(&mut txn, tables).await?;
        let keys: Vec<PlaceKey> = moves.iter().map(|one| one.to_key.clone()).collect();
        txn.places_lock(&keys).await?;
        let near = self.neighbours(&mut txn, &keys, &[]).await?;
        if let Some(key) = keys.iter().find(|key| near.takes(key, 0)) {
            return Err(Error::new(Kind::Conflict, format!("the place {key} was taken meanwhile")));
        }
        let at_ms = txn.moment(&self.clock).await?;
        let task = FileTask::Move { tables: tables.to_vec(), moves: moves.to_vec(), at_ms };
        let id = txn.file_task_insert(&task).await?;
        self.task_hold(&mut txn, id, &task).await?;
        // Whoever drops one of them by the short way must see that it is under way.
        txn.places_crowd(tables, &[]).await?;
        txn.commit().await?;
        Ok(id)
    }

    /// Ends an intent within the transaction that has locked its tables: its places are free for what it moves there.
    /// Errors: Conflict where somebody took the intent back.
    pub(in super::super) async fn moves_end(&self, txn: &mut Txn, intent: i64) -> Result<()> {
        if txn.file_task_lock::<FileTask>(intent).await?.is_none() {
            return Err(Error::new(Kind::Conflict, "another call took this rename back"));
        }
        txn.file_tasks_forget(&[intent]).await
    }

    /// Moves the directories of an intent that the transaction has ended: the last that happens before its commit.
    pub(in super::super) async fn directories_move(&self, moves: &[DirectoryMove]) -> Result<()> {
        for one in moves {
            match self.warehouse.directory_rename(&one.from, &one.to).await? {
                Moved::Moved | Moved::Missing => {}
                Moved::Kept => {
                    return Err(Error::invalid_operation(format!("The directory {} cannot be moved", one.from)));
                }
            }
        }
        Ok(())
    }

    /// Gives what is to be moved, where it can be: both places are the server's to touch, nobody else has anything at,
    /// above or below the one, and the other is free. None: the object keeps its place.
    pub(in super::super) async fn directory_move(
        &self,
        from: &Location,
        to: &Location,
        going: &Going,
    ) -> Result<Option<DirectoryMove>> {
        if !self.warehouse.is_movable(from, to).await? {
            return Ok(None);
        }
        let from_keys = self.warehouse.deletion_keys(std::slice::from_ref(from)).await.pop().unwrap_or_default();
        let to_key = self.warehouse.place_key(to).await;
        let mut txn = self.store.read().await?;
        let near = self.neighbours(&mut txn, std::slice::from_ref(&to_key), &going.tables).await?;
        // A link is not moved in the stead of what it leads to.
        if from_keys.len() != 1 || near.takes(&to_key, 0) || to_key.touches(&from_keys[0]) {
            return Ok(None);
        }
        let is_shared = self.place_is_shared(&mut txn, &from_keys, going).await?;
        Ok((!is_shared).then(|| DirectoryMove { from: from.clone(), to: to.clone(), to_key }))
    }

    /// Takes back the intents of tables that this transaction has locked: nobody is at them. Errors: Conflict for one that
    /// has just begun.
    pub(in super::super) async fn moves_settle(&self, txn: &mut Txn, tables: &[i64]) -> Result<()> {
        for (id, task) in txn.file_tasks_moving::<FileTask>().await? {
            let FileTask::Move { tables: of, moves, at_ms } = task else { continue };
            if !of.iter().any(|table| tables.contains(table)) {
                continue;
            }
            let age = txn.moment(&self.clock).await?.saturating_sub(at_ms);
            if (0..FRESH_MS).contains(&age) {
                return Err(Error::new(Kind::Conflict, "the table is being renamed"));
            }
            txn.tables_lock(&of).await?;
            if txn.file_task_lock::<FileTask>(id).await?.is_some() {
                self.directories_back(&moves).await?;
                txn.file_tasks_forget(&[id]).await?;
            }
        }
        Ok(())
    }

    /// Takes an intent back whose call failed, or whose node died. Does nothing where it was carried out.
    pub(in super::super) async fn move_take_back(&self, id: i64) -> Result<()> {
        self.store.retrying("move_take_back", || self.move_take_back_once(id)).await
    }

    async fn move_take_back_once(&self, id: i64) -> Result<()> {
        let found: Vec<(i64, FileTask)> = self.store.peek().await?.file_task_list(&[id]).await?;
        let Some((_, FileTask::Move { tables, moves, .. })) = found.into_iter().next() else { return Ok(()) };
        let mut txn = self.store.write().await?;
        // Whoever is at it holds these until it is known how its commit ended.
        txn.tables_lock(&tables).await?;
        if txn.file_task_lock::<FileTask>(id).await?.is_none() {
            return Ok(());
        }
        self.directories_back(&moves).await?;
        txn.file_tasks_forget(&[id]).await?;
        txn.commit().await
    }

    async fn directories_back(&self, moves: &[DirectoryMove]) -> Result<()> {
        for one in moves.iter().rev() {
            self.warehouse.directory_move_back(&one.from, &one.to).await?;
        }
        Ok(())
    }

    /// Takes an intent back after its call failed; an error is left to the sweeper.
    pub(in super::super) async fn move_failed(&self, id: i64) {
        if let Err(error) = unconditionally(self.move_take_back(id)).await {
            tracing::warn!(task = id, %error, "directories are moved back later");
        }
    }

    /// Takes back all intents, for the start of a node: nobody of before is at them.
    pub async fn moves_recover(&self) -> Result<()> {
        let open = self.store.peek().await?.file_tasks_moving::<FileTask>().await?;
        for (id, _) in open {
            self.move_take_back(id).await?;
        }
        Ok(())
    }
}
