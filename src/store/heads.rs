//! Which version of a table is current: what a node asks the database before every answer from memory.
//!
//! A read index: questions gather while a statement is under way and go together in the next one. A question joins
//! only a statement that is sent after it came, so that whatever was acknowledged before it is seen.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use skep_core::{Error, Kind, Result};
use tokio::sync::oneshot;

use super::driver::{Arg, ColumnArg, Conn, Sql};
use super::memory::Memory;
use super::pool::Pool;
use super::tables::TableHead;
use super::txn::Txn;

const HEADS: Sql = Sql::per_dialect(
    "table_heads",
    "select q.at, t.id, t.version, t.definition_version \
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as q (catalog, database, name, at) \
     join catalog c on c.name = q.catalog join database d on d.catalog_id = c.id and d.name = q.database \
     join tbl t on t.database_id = d.id and t.name = q.name and t.dropped_at is null",
    "select q.key + 1, t.id, t.version, t.definition_version from json_each($1) q \
     cross join catalog c on c.name = q.value->>0 \
     cross join database d on d.catalog_id = c.id and d.name = q.value->>1 \
     cross join tbl t on t.database_id = d.id and t.name = q.value->>2 and t.dropped_at is null",
);

pub(super) const ALL: &[&Sql] = &[&HEADS];

/// Statements under way at a time. One gathers best; the second keeps a slow one from holding all others up.
const UNDER_WAY_MAX: usize = 2;
/// Tables in one statement; the others go in the next.
const TABLES_MAX: usize = 512;
/// Questions that may wait. Each is a client's call under way, so connections bound them before this does.
const WAITING_MAX: usize = 1 << 16;
/// Longer names go by themselves, so that a statement's size is bounded.
const NAME_BYTES_MAX: usize = 4096;
/// A connection that does not answer for so long is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A table by its name, in normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    pub catalog: String,
    pub database: String,
    pub table: String,
}

/// What the database has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentTable {
    pub head: TableHead,
    /// The version whose definition still holds.
    pub definition_version: i64,
}

type Answer = Result<Option<CurrentTable>>;

/// The questions of one node.
#[derive(Debug)]
pub struct Heads {
    memory: Arc<Memory>,
    state: Mutex<State>,
    statements: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    waiting: BTreeMap<TableName, Vec<oneshot::Sender<Answer>>>,
    /// All senders of `waiting`.
    count: usize,
    /// Whether somebody will send what waits.
    is_gathering: bool,
    /// Statements under way.
    sending: usize,
}

/// A task that sends statements as long as questions wait.
struct Asker {
    heads: Arc<Heads>,
    pool: Pool,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Gathering,
    Sending,
    Over,
}

impl Heads {
    pub fn new(memory: Arc<Memory>) -> Self {
        Self { memory, state: Mutex::default(), statements: AtomicU64::new(0) }
    }

    /// The table as the database has it after this call began; None where there is none of that name.
    pub async fn ask(self: &Arc<Self>, pool: &Pool, name: TableName) -> Answer {
        if let Some(known) = self.memory.find(&name) {
            return Ok(Some(known));
        }
        let parts = [&name.catalog, &name.database, &name.table];
        if parts.iter().any(|part| part.contains('\0')) {
            return Err(Error::meta("a table's name holds the character U+0000, which cannot be stored"));
        }
        if parts.iter().map(|part| part.len()).sum::<usize>() > NAME_BYTES_MAX {
            // Boxed, since a future has the size of its largest part and this one is nearly never needed.
            return Box::pin(self.ask_alone(pool, name)).await;
        }
        let (answer, wait) = oneshot::channel();
        {
            let mut state = self.state();
            if state.count >= WAITING_MAX {
                return Err(Error::new(Kind::Unavailable, "too many calls wait for the database; try again"));
            }
            state.count += 1;
            state.waiting.entry(name).or_default().push(answer);
            if !state.is_gathering && state.sending < UNDER_WAY_MAX {
                state.is_gathering = true;
                let asker = Asker { heads: Arc::clone(self), pool: pool.clone(), phase: Phase::Gathering };
                tokio::spawn(asker.run());
            }
        }
        wait.await.unwrap_or_else(|_| Err(Error::new(Kind::Unavailable, "the server stops")))
    }

    async fn ask_alone(&self, pool: &Pool, name: TableName) -> Answer {
        let mut answers = self.statement(&mut pool.alone().await?, &[name]).await?;
        Ok(answers.pop().flatten())
    }

    /// How many statements were sent so far.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// An answer for each name, in their order.
    async fn statement(&self, conn: &mut Conn, names: &[TableName]) -> Result<Vec<Option<CurrentTable>>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let column =
            |part: fn(&TableName) -> &String| ColumnArg::Text(names.iter().map(|name| part(name).clone()).collect());
        let columns = [column(|name| &name.catalog), column(|name| &name.database), column(|name| &name.table)];
        let mut found = vec![None; names.len()];
        let each = |row: &super::driver::Row| {
            let head = TableHead { id: row.i64(1)?, version: row.i64(2)? };
            let current = CurrentTable { head, definition_version: row.i64(3)? };
            if let Some(place) = usize::try_from(row.i64(0)? - 1).ok().and_then(|at| found.get_mut(at)) {
                *place = Some(current);
            }
            Ok(())
        };
        conn.for_each(&HEADS, &[Arg::Columns(&columns)], each).await?;
        Ok(found)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those who wait for the same table.
type Waiting = Vec<oneshot::Sender<Answer>>;

impl State {
    /// The questions of the next statement. Those that nobody waits for any more are forgotten.
    fn take(&mut self) -> (Vec<TableName>, Vec<Waiting>) {
        let (mut names, mut all) = (Vec::new(), Vec::new());
        while names.len() < TABLES_MAX
            && let Some((name, mut waiting)) = self.waiting.pop_first()
        {
            self.count -= waiting.len();
            waiting.retain(|answer| !answer.is_closed());
            if !waiting.is_empty() {
                names.push(name);
                all.push(waiting);
            }
        }
        (names, all)
    }
}

impl Asker {
    async fn run(mut self) {
        // Kept between statements: to give it back and to take it again would cost as much as a statement.
        let mut conn = None;
        while self.phase == Phase::Gathering {
            // Whoever is about to ask does so first, and is answered by the same statement.
            tokio::task::yield_now().await;
            let mut open = match conn.take() {
                Some(open) => Ok(open),
                None => self.pool.alone().await,
            };
            let (names, waiting) = self.take();
            let question = self.heads.memory.question();
            if names.is_empty() {
                return;
            }
            let mut answers = match &mut open {
                Ok(open) => self.ask(open, &names).await,
                Err(error) => Err(error.clone()),
            };
            if matches!(&answers, Err(error) if error.kind == Kind::Lost) && open.is_ok() {
                // The connection ended: another one waits for the primary, and asks once more.
                open = self.pool.alone().await;
                answers = match &mut open {
                    Ok(open) => self.ask(open, &names).await,
                    Err(error) => Err(error.clone()),
                };
            }
            match answers {
                Ok(answers) => {
                    conn = open.ok();
                    let found = names.iter().zip(&answers).filter_map(|(name, answer)| Some((name, (*answer)?)));
                    question.answered(found);
                    tell(waiting, answers.into_iter().map(Ok));
                }
                Err(error) => tell(waiting, std::iter::repeat(Err(error))),
            }
            self.sent();
        }
    }

    /// What the next statement asks; with nothing to ask the task is over.
    fn take(&mut self) -> (Vec<TableName>, Vec<Waiting>) {
        let mut state = self.heads.state();
        let taken = state.take();
        // What did not fit waits for whoever is the next to be done.
        state.is_gathering = false;
        self.phase = Phase::Over;
        if !taken.0.is_empty() {
            state.sending += 1;
            self.phase = Phase::Sending;
        }
        taken
    }

    /// A statement is answered: the task goes on if there is something to ask and nobody else will.
    fn sent(&mut self) {
        let mut state = self.heads.state();
        state.sending -= 1;
        self.phase = Phase::Over;
        if !state.is_gathering && !state.waiting.is_empty() {
            state.is_gathering = true;
            self.phase = Phase::Gathering;
        }
    }

    async fn ask(&self, conn: &mut Conn, names: &[TableName]) -> Result<Vec<Option<CurrentTable>>> {
        tokio::time::timeout(PATIENCE, self.heads.statement(conn, names)).await.unwrap_or_else(|_| {
            Err(Error::new(Kind::Unavailable, format!("the database did not answer within {PATIENCE:?}; try again")))
        })
    }
}

impl Txn {
    /// The table as this transaction sees it.
    pub(super) async fn table_current(&mut self, name: &TableName) -> Answer {
        let column = |part: &String| ColumnArg::Text(vec![part.clone()]);
        let columns = [column(&name.catalog), column(&name.database), column(&name.table)];
        let row = self.first(&HEADS, &[Arg::Columns(&columns)]).await?;
        row.map(|row| {
            let head = TableHead { id: row.i64(1)?, version: row.i64(2)? };
            Ok(CurrentTable { head, definition_version: row.i64(3)? })
        })
        .transpose()
    }
}

fn tell(waiting: Vec<Waiting>, answers: impl Iterator<Item = Answer>) {
    for (waiting, answer) in waiting.into_iter().zip(answers) {
        for asker in waiting {
            // Who is gone needs no answer.
            asker.send(answer.clone()).unwrap_or_default();
        }
    }
}

/// A task that ends before its time, with the runtime that it runs on, leaves nobody waiting for it.
impl Drop for Asker {
    fn drop(&mut self) {
        let mut state = self.heads.state();
        match self.phase {
            Phase::Gathering => state.is_gathering = false,
            Phase::Sending => state.sending -= 1,
            Phase::Over => return,
        }
        if !state.is_gathering && state.sending == 0 {
            state.waiting.clear();
            state.count = 0;
        }
    }
}
