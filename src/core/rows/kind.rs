//! What whole runs of rows share, once.

use std::collections::HashMap;
use std::sync::Arc;

/// Everything of a row that its neighbours mostly have too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowKind {
    /// The slot of its shape, if it has a storage descriptor.
    pub slot: Option<i64>,
    pub place: Place,
    /// Its list of parameter keys.
    pub key_list: u32,
    pub last_access_time: i32,
    pub write_id: Option<i64>,
}

/// Where a partition lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    None,
    /// At its name below this base.
    Below(u32),
    /// At a location of its own, kept by row.
    Own,
}

/// Each distinct kind and base once.
#[derive(Debug, Default)]
pub struct Kinds {
    pub list: Vec<RowKind>,
    pub bases: Vec<Arc<str>>,
}

#[derive(Debug, Default)]
pub struct KindsBuilder {
    pub made: Kinds,
    known: HashMap<RowKind, u32>,
    /// That of the row before.
    last: Option<(RowKind, u32)>,
}

impl KindsBuilder {
    pub fn intern(&mut self, kind: RowKind) -> u32 {
        if let Some((last, number)) = self.last
            && last == kind
        {
            return number;
        }
        let list = &mut self.made.list;
        let number = *self.known.entry(kind).or_insert_with(|| {
            list.push(kind);
            (list.len() - 1) as u32
        });
        self.last = Some((kind, number));
        number
    }

    pub fn base(&mut self, uri: &str) -> u32 {
        // A table has a handful, the last is the likeliest.
        let bases = &mut self.made.bases;
        let known = bases.iter().rposition(|base| **base == *uri);
        known.unwrap_or_else(|| {
            bases.push(uri.into());
            bases.len() - 1
        }) as u32
    }
}

impl Kinds {
    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.list.capacity() * size_of::<RowKind>() + self.bases.iter().map(|base| base.len() + 32).sum::<usize>()
    }
}
