//! Several operations in one commit: all of them or none, for every reader. Also a single one that may come again, for
//! the request is noted in the transaction of what it does.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use skep_core::{Error, Kind, Location, Result};

use super::metastore::Metastore;
use super::places::Recorded;
use super::reference::TableRef;
use crate::store::Txn;
use crate::warehouse::Created;

/// The longest id of a request, in bytes.
const REQUEST_ID_MAX: usize = 256;
/// The longest answer that is kept.
const ANSWER_MAX: usize = 1 << 20;

/// Tells a request that comes again from another one.
#[derive(Debug, Clone)]
pub struct RequestKey {
    /// What kind of request it is: ids of one scope are unique.
    pub scope: &'static str,
    /// The client's own.
    pub id: String,
    /// SHA-256 of what is asked for.
    pub body_hash: [u8; 32],
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    pub answer: Vec<u8>,
    /// It is the answer that an earlier request of the same id got; nothing was done now.
    pub replayed: bool,
}

/// What follows when a shared write has come to its end.
#[derive(Default)]
pub(super) struct Ends(Mutex<Follow>);

#[derive(Default)]
struct Follow {
    /// To take back if it fails, the last first.
    undo: Vec<Undo>,
    /// To carry out if it lands.
    tasks: Recorded,
    /// Directories that go if they are empty then.
    parents: Vec<Location>,
}

/// What was done to directories before the commit.
pub(super) enum Undo {
    Created(Vec<Created>),
}

impl Ends {
    fn with(&self, add: impl FnOnce(&mut Follow)) {
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
    fn take(&self) -> Follow {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Metastore {
    /// Runs operations in one transaction: `work` gets a metastore all of whose operations are parts of it. Of a request
    /// that was here before the first answer is given, and nothing done. `work` runs again if another transaction won.
    ///
    /// The tables, as far as they exist, are locked first, in the order of their ids: concurrent calls never wait for
    /// each other in a circle.
    ///
    /// Errors: InvalidInput for an id that another request had; those of `work`.
    pub async fn together<F, Fut>(
        &self,
        name: &'static str,
        request: Option<&RequestKey>,
        tables: &[TableRef],
        work: F,
    ) -> Result<Together>
    where
        F: Fn(Self) -> Fut,
        Fut: Future<Output = Result<Vec<u8>>>,
    {
        if let Some(RequestKey { id, .. }) = request
            && (id.is_empty() || id.len() > REQUEST_ID_MAX || id.contains('\0'))
        {
            return Err(Error::new(
                Kind::InvalidInput,
                format!("request_id has {} bytes; 1 to {REQUEST_ID_MAX} are allowed, without U+0000", id.len()),
            ));
        }
        self.store.retrying(name, || self.together_once(request, tables, &work)).await
    }

    async fn together_once<F, Fut>(
        &self,
        request: Option<&RequestKey>,
        tables: &[TableRef],
        work: &F,
    ) -> Result<Together>
    where
        F: Fn(Self) -> Fut,
        Fut: Future<Output = Result<Vec<u8>>>,
    {
        let mut txn = self.together_begin(tables).await?;
        if let Some(key) = request
            && let Some(earlier) = txn.request_begin(key.scope, &key.id, &hex(&key.body_hash)).await?
        {
            return replay(key, &earlier.body_hash, earlier.answer.as_deref());
        }
        let id = request.map(|key| key.id.as_str());
        let (store, joint) = self.store.joined(txn, id)?;
        let ends = Arc::new(Ends::default());
        let within = Self { store: store.clone(), ends: Some(Arc::clone(&ends)), ..self.clone() };
        let mut done = work(within).await;
        if let (Ok(answer), Some(key)) = (&done, request)
            && let Err(error) = answer_keep(&mut store.write().await?, key, answer).await
        {
            done = Err(error);
        }
        let done = match done {
            Ok(answer) => joint.commit().await.map(|()| answer),
            Err(error) => {
                joint.undo().await;
                Err(error)
            }
        };
        match done {
            Ok(answer) => {
                self.ends_follow(ends.take()).await;
                Ok(Together { answer, replayed: false })
            }
            Err(error) => {
                self.ends_undo(ends.take()).await;
                Err(error)
            }
        }
    }

    /// A write that holds these tables; of one table alone, in its group.
    async fn together_begin(&self, tables: &[TableRef]) -> Result<Txn> {
        let mut found = Vec::new();
        for at in tables {
            let head = self.store.peek().await?.table_head(&at.catalog, &at.database, &at.table).await?;
            found.extend(head.map(|head| (head.id, at)));
        }
        found.sort_unstable_by_key(|(id, _)| *id);
        found.dedup_by_key(|(id, _)| *id);
        let mut txn = match found.as_slice() {
            [(id, _)] => self.store.write_table(*id).await?,
            _ => self.store.write().await?,
        };
        for (id, at) in found {
            let locked = txn.table_lock_head(&at.catalog, &at.database, &at.table).await?;
            if locked.is_none_or(|head| head.id != id) {
                return Err(Error::new(Kind::Conflict, format!("{at} was replaced meanwhile")));
            }
        }
        Ok(txn)
    }

    async fn ends_follow(&self, follow: Follow) {
        self.tasks_run(follow.tasks).await;
        self.directories_tidy(follow.parents).await;
    }

    async fn ends_undo(&self, follow: Follow) {
        for Undo::Created(created) in follow.undo.into_iter().rev() {
            self.directories_take_back(created, None).await;
        }
    }

    /// Within a shared write: to be taken back if it fails later on.
    pub(super) fn undo_later(&self, undo: Undo) {
        if let Some(ends) = &self.ends {
            ends.with(|follow| follow.undo.push(undo));
        }
    }

    /// Within a shared write: keeps file tasks until it has landed. Gives them back outside of one.
    pub(super) fn tasks_later(&self, tasks: Recorded) -> Recorded {
        let Some(ends) = &self.ends else { return tasks };
        ends.with(|follow| follow.tasks.extend(tasks));
        Recorded::new()
    }

    /// The same for directories that go if they are empty.
    pub(super) fn parents_later(&self, parents: Vec<Location>) -> Vec<Location> {
        let Some(ends) = &self.ends else { return parents };
        ends.with(|follow| follow.parents.extend(parents));
        Vec::new()
    }

    /// For operations that cannot be part of a shared write.
    pub(super) fn alone_check(&self, operation: &str) -> Result<()> {
        match &self.ends {
            None => Ok(()),
            Some(_) => {
                Err(Error::invalid_operation(format!("{operation} cannot be one of several changes of a commit")))
            }
        }
    }
}

pub(super) fn replay(key: &RequestKey, body_hash: &str, answer: Option<&str>) -> Result<Together> {
    if body_hash != hex(&key.body_hash) {
        return Err(Error::new(
            Kind::InvalidInput,
            format!("request_id {:?} was used for another request; a new request needs an id of its own", key.id),
        ));
    }
    let answer = BASE64_STANDARD.decode(answer.unwrap_or_default());
    let answer = answer.map_err(|e| Error::new(Kind::Corrupt, format!("the answer of request {:?}: {e}", key.id)))?;
    Ok(Together { answer, replayed: true })
}

async fn answer_keep(txn: &mut Txn, key: &RequestKey, answer: &[u8]) -> Result<()> {
    if answer.len() > ANSWER_MAX {
        return Err(Error::internal(format!("the answer has {} bytes; {ANSWER_MAX} can be kept", answer.len())));
    }
    txn.request_end(key.scope, &key.id, &BASE64_STANDARD.encode(answer)).await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
