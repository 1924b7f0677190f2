//! What a node that is the only writer remembers of the tables, so that it need not ask the database: SQLite's, or one
//! that holds the lease of a Postgres (`lease.rs`).
//!
//! An entry is what the database has as long as nobody has sent a commit of that table since: a write marks its tables
//! as in doubt before its commit is sent, and as long as its outcome is not known readers ask the database. An answer
//! of the database is remembered only if its table was in doubt at no time since the question was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use skep_core::recent::Recent;

use super::heads::{CurrentTable, TableName};
use super::lease::Lease;

/// Tables that are remembered: with their names and the maps' empty places some 45 MB.
const TABLES_MAX: usize = 1 << 17;

/// Whether nobody else writes.
#[derive(Debug, Clone)]
pub enum Trust {
    Never,
    /// SQLite: the file is locked for one server.
    Always,
    Leased(Arc<Lease>),
}

#[derive(Debug)]
pub struct Memory {
    trust: Trust,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ids: Recent<Arc<TableName>, i64>,
    tables: Recent<i64, (Arc<TableName>, CurrentTable)>,
    doubts: BTreeMap<i64, Doubt>,
    /// Commits whose answer was lost so far.
    lost: u64,
    /// Statements under way, and what came into doubt since each was sent.
    questions: BTreeMap<u64, Since>,
    next_question: u64,
}

/// Commits of one table whose outcome is not known.
#[derive(Debug, Default)]
struct Doubt {
    running: usize,
    /// A commit's answer was lost, the so manieth: it may yet be carried out. A later write of the table that commits
    /// proves that it is over, since both lock the table's row.
    lost: Option<u64>,
}

#[derive(Debug, Default)]
struct Since {
    in_doubt: BTreeSet<i64>,
    /// Another node may have written meanwhile.
    is_void: bool,
}

impl State {
    fn come_into_doubt(&mut self, table_id: i64) {
        self.tables.remove(&table_id);
        for question in self.questions.values_mut() {
            question.in_doubt.insert(table_id);
        }
    }
}

impl Memory {
    pub fn new(trust: Trust) -> Arc<Self> {
        let state = State {
            ids: Recent::new(TABLES_MAX),
            tables: Recent::new(TABLES_MAX),
            doubts: BTreeMap::new(),
            lost: 0,
            questions: BTreeMap::new(),
            next_question: 0,
        };
        Arc::new(Self { trust, state: Mutex::new(state) })
    }

    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The table, if what is remembered of it may be trusted at this moment.
    pub fn find(&self, name: &TableName) -> Option<CurrentTable> {
        if matches!(self.trust, Trust::Never) {
            return None;
        }
        let found = {
            let mut state = self.state();
            let id = *state.ids.get(name)?;
            state.tables.get(&id).filter(|(known, _)| **known == *name).map(|(_, table)| *table)?
        };
        // After the look: whatever another node could have written, it was not before now.
        match &self.trust {
            Trust::Leased(lease) if !lease.is_held() => None,
            _ => Some(found),
        }
    }

    /// To be called before a statement is sent.
    pub fn question(self: &Arc<Self>) -> Question {
        let mut number = None;
        if !matches!(self.trust, Trust::Never) {
            let mut state = self.state();
            state.next_question += 1;
            let next = state.next_question;
            state.questions.insert(next, Since::default());
            number = Some(next);
        }
        Question { memory: Arc::clone(self), number }
    }

    /// Forgets all, also what statements under way will bring: others may have written.
    pub fn forget(&self) {
        let mut state = self.state();
        state.ids.clear();
        state.tables.clear();
        for question in state.questions.values_mut() {
            question.is_void = true;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A statement under way.
#[derive(Debug)]
pub struct Question {
    memory: Arc<Memory>,
    number: Option<u64>,
}

impl Question {
    /// Remembers its answers, but those that may be outdated already.
    pub fn answered<'a>(self, answers: impl Iterator<Item = (&'a TableName, CurrentTable)>) {
        let Some(number) = self.number else { return };
        let mut guard = self.memory.state();
        let state = &mut *guard;
        let Some(since) = state.questions.remove(&number).filter(|since| !since.is_void) else { return };
        for (name, table) in answers {
            let id = table.head.id;
            if !since.in_doubt.contains(&id) && !state.doubts.contains_key(&id) {
                let name = Arc::new(name.clone());
                state.ids.put(Arc::clone(&name), id, 1);
                state.tables.put(id, (name, table), 1);
            }
        }
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.memory.state().questions.remove(&number);
        }
    }
}

/// The tables that one transaction changes.
#[derive(Debug)]
pub struct Doubts {
    memory: Arc<Memory>,
    /// Each with the number of commits that were lost before.
    tables: BTreeMap<i64, u64>,
    is_sent: bool,
}

impl Doubts {
    pub fn new(memory: &Arc<Memory>) -> Self {
        Self { memory: Arc::clone(memory), tables: BTreeMap::new(), is_sent: false }
    }

    /// The transaction changes this table.
    pub fn add(&mut self, table_id: i64) {
        if matches!(self.memory.trust, Trust::Never) || self.tables.contains_key(&table_id) {
            return;
        }
        let mut state = self.memory.state();
        self.tables.insert(table_id, state.lost);
        state.doubts.entry(table_id).or_default().running += 1;
        state.come_into_doubt(table_id);
    }

    /// The commit is about to be sent: from now on its outcome is not known until [`Self::committed`].
    pub fn sent(&mut self) {
        self.is_sent = true;
    }

    pub fn committed(mut self) {
        self.end(Outcome::Committed);
    }

    fn end(&mut self, outcome: Outcome) {
        if self.tables.is_empty() {
            return;
        }
        let mut state = self.memory.state();
        state.lost += u64::from(outcome == Outcome::Lost);
        let lost = state.lost;
        for (id, lost_before) in std::mem::take(&mut self.tables) {
            state.come_into_doubt(id);
            let Some(doubt) = state.doubts.get_mut(&id) else { continue };
            doubt.running -= 1;
            match outcome {
                Outcome::Lost => doubt.lost = Some(lost),
                Outcome::Committed => doubt.lost = doubt.lost.filter(|number| *number > lost_before),
                Outcome::Undone => {}
            }
            if doubt.running == 0 && doubt.lost.is_none() {
                state.doubts.remove(&id);
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Committed,
    Undone,
    Lost,
}

/// Undone if no commit was sent; else nobody knows.
impl Drop for Doubts {
    fn drop(&mut self) {
        self.end(if self.is_sent { Outcome::Lost } else { Outcome::Undone });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::TableHead;

    fn name(table: &str) -> TableName {
        TableName { catalog: "c".to_owned(), database: "d".to_owned(), table: table.to_owned() }
    }

    fn table(id: i64, version: i64) -> CurrentTable {
        CurrentTable { head: TableHead { id, version }, definition_version: 1 }
    }

    fn learn(memory: &Arc<Memory>, of: &str, id: i64, version: i64) {
        memory.question().answered([(&name(of), table(id, version))].into_iter());
    }

    #[test]
    fn an_answer_older_than_a_commit_is_not_kept() {
        let memory = Memory::new(Trust::Always);
        learn(&memory, "t", 1, 1);
        assert_eq!(memory.find(&name("t")), Some(table(1, 1)));
        let before = memory.question();
        let mut doubts = Doubts::new(&memory);
        doubts.add(1);
        assert_eq!(memory.find(&name("t")), None);
        let during = memory.question();
        learn(&memory, "t", 1, 1);
        learn(&memory, "u", 2, 1);
        doubts.sent();
        doubts.committed();
        before.answered([(&name("t"), table(1, 1))].into_iter());
        during.answered([(&name("t"), table(1, 1))].into_iter());
        assert_eq!(memory.find(&name("t")), None);
        assert_eq!(memory.find(&name("u")), Some(table(2, 1)));
        learn(&memory, "t", 1, 2);
        assert_eq!(memory.find(&name("t")), Some(table(1, 2)));
    }

    #[test]
    fn a_commit_whose_answer_was_lost_is_doubted_until_another_succeeds() {
        let memory = Memory::new(Trust::Always);
        let write = |how: fn(Doubts)| {
            let mut doubts = Doubts::new(&memory);
            doubts.add(1);
            how(doubts);
            learn(&memory, "t", 1, 7);
            memory.find(&name("t")).is_some()
        };
        assert!(write(drop));
        let lose = |mut doubts: Doubts| doubts.sent();
        assert!(!write(lose));
        assert!(!write(drop));
        assert!(write(|mut doubts| {
            doubts.sent();
            doubts.committed();
        }));
    }

    #[test]
    fn a_renamed_table_is_not_found_by_its_old_name() {
        let memory = Memory::new(Trust::Always);
        learn(&memory, "old", 1, 1);
        let mut doubts = Doubts::new(&memory);
        doubts.add(1);
        doubts.committed();
        learn(&memory, "new", 1, 2);
        assert_eq!(memory.find(&name("old")), None);
        assert_eq!(memory.find(&name("new")), Some(table(1, 2)));
        learn(&memory, "old", 5, 1);
        assert_eq!(memory.find(&name("old")), Some(table(5, 1)));
    }

    #[test]
    fn what_was_asked_before_all_was_forgotten_is_not_learnt() {
        let memory = Memory::new(Trust::Always);
        learn(&memory, "t", 1, 1);
        let question = memory.question();
        memory.forget();
        question.answered([(&name("t"), table(1, 1))].into_iter());
        assert_eq!(memory.find(&name("t")), None);
        let memory = Memory::new(Trust::Never);
        learn(&memory, "t", 1, 1);
        assert_eq!(memory.find(&name("t")), None);
    }
}
