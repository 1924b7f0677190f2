//! A lock of each family with two groups: writers of files and DDL. Members of one group hold it together.

use std::sync::{Arc, Condvar, Mutex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Files,
    Ddl,
}

#[derive(Default)]
struct State {
    files: usize,
    ddl: usize,
    /// Who holds it wants nobody else in, not even of its group.
    is_alone: bool,
    /// Somebody waits for the group `Ddl`: no further writer of files comes in.
    waiting: usize,
    /// How often the lock was taken.
    taken: u64,
}

impl State {
    fn is_free(&self, group: Group) -> bool {
        match group {
            Group::Files => self.ddl == 0 && self.waiting == 0,
            Group::Ddl => self.files == 0 && !self.is_alone,
        }
    }
}

/// The locks of all families.
pub struct Locks {
    states: Mutex<Vec<State>>,
    freed: Condvar,
}

/// Locks that are held, until it is dropped.
pub struct Held {
    locks: Arc<Locks>,
    families: Vec<usize>,
    group: Group,
    /// How often the first family's lock had been taken, if nobody else held it then.
    alone_at: Option<u64>,
}

impl Locks {
    pub fn new(families: usize) -> Arc<Self> {
        let states = (0..families).map(|_| State::default()).collect();
        Arc::new(Self { states: Mutex::new(states), freed: Condvar::new() })
    }

    /// Takes the lock of a family, or says that the other group has it.
    pub fn try_hold(self: &Arc<Self>, family: usize, group: Group) -> Option<Held> {
        let mut states = self.states.lock().unwrap();
        states[family].is_free(group).then(|| self.take(&mut states, vec![family], group))
    }

    /// Takes the lock of a family for DDL that races with no other in it, or says that somebody has it.
    pub fn try_hold_alone(self: &Arc<Self>, family: usize) -> Option<Held> {
        let mut states = self.states.lock().unwrap();
        let is_free = states[family].files + states[family].ddl == 0;
        is_free.then(|| {
            states[family].is_alone = true;
            self.take(&mut states, vec![family], Group::Ddl)
        })
    }

    /// Takes the locks of several families for DDL, as soon as nobody writes files in any of them.
    pub fn hold_all(self: &Arc<Self>, families: Vec<usize>) -> Held {
        let mut states = self.states.lock().unwrap();
        for family in &families {
            states[*family].waiting += 1;
        }
        while !families.iter().all(|family| states[*family].is_free(Group::Ddl)) {
            states = self.freed.wait(states).unwrap();
        }
        for family in &families {
            states[*family].waiting -= 1;
        }
        self.take(&mut states, families, Group::Ddl)
    }

    fn take(self: &Arc<Self>, states: &mut [State], families: Vec<usize>, group: Group) -> Held {
        let first = &states[families[0]];
        let alone_at = (first.files + first.ddl == 0).then_some(first.taken + 1);
        for family in &families {
            let state = &mut states[*family];
            state.taken += 1;
            *(if group == Group::Files { &mut state.files } else { &mut state.ddl }) += 1;
        }
        Held { locks: Arc::clone(self), families, group, alone_at }
    }
}

impl Held {
    /// Whether nobody else has held the first family's lock from when this was taken until now.
    pub fn was_alone(&self) -> bool {
        self.alone_at == Some(self.locks.states.lock().unwrap()[self.families[0]].taken)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut states = self.locks.states.lock().unwrap();
        for family in &self.families {
            let state = &mut states[*family];
            *(if self.group == Group::Files { &mut state.files } else { &mut state.ddl }) -= 1;
            state.is_alone &= state.ddl > 0;
        }
        self.locks.freed.notify_all();
    }
}
