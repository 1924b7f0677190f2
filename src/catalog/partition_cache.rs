//! The partitions of hot tables in memory, bounded. An entry is used only for the version that the database names
//! after the request has arrived, so no answer is older than its question.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use skep_core::rows::{Later, TablePartitions};

use crate::store::TableHead;

/// An entry that no request has found current for so long is loaded anew instead of brought forward: what brings it
/// forward are rows that retention deletes some day, and retention keeps them for longer than this.
const STALE_AFTER_MS: i64 = 3_600_000;

/// From so many changes on that nobody has read, a version is made of them if it costs little or is a large part.
const LATER_MANY: usize = 64;
/// Rows that are quickly made a version.
const LATER_CHEAP: usize = 4096;
/// From so many changes on a version is made of them in any case.
const LATER_MAX: usize = 1024;

/// After so many look-ups of partitions in the store a table is worth being brought into memory.
const LOOK_UPS_MANY: usize = 10_000;
/// The same where an earlier version is there, which costs less to bring forward.
const LOOK_UPS_MANY_SINCE: usize = 1_000;

/// One for a node.
#[derive(Debug)]
pub struct PartitionCache {
    /// Bytes of all entries together.
    budget: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<i64, Entry>,
    /// By their last use: the one longest unused is the first.
    by_use: BTreeMap<u64, i64>,
    bytes: usize,
    /// Counts uses.
    uses: u64,
}

/// What an entry takes beside its content: its place in both maps, whose nodes may be half empty, and its turn.
const ENTRY: usize =
    2 * (size_of::<(i64, Entry)>() + size_of::<(u64, i64)>()) + size_of::<tokio::sync::Mutex<()>>() + 32;

#[derive(Debug, Default)]
struct Entry {
    content: Content,
    /// An earlier version in one segment, from which the next is made at less cost than from the content.
    merged: Option<Arc<TablePartitions>>,
    /// What this node itself changed since the content, version by version without a gap.
    later: Vec<Arc<Later>>,
    /// Somebody is at it.
    is_merging: bool,
    /// Partitions that were looked up in the store since the content was made.
    look_ups: usize,
    used: u64,
    /// When the content was last what the database had.
    current_at_ms: i64,
    /// Held by whoever loads; the others wait for it instead of loading too.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
enum Content {
    #[default]
    Nothing,
    Partitions(Arc<TablePartitions>),
    /// The table did not fit into the budget.
    TooLarge,
}

/// What is known of a table.
#[derive(Debug)]
pub enum Cached {
    /// This version, or a later one that was loaded meanwhile.
    Current(Arc<TablePartitions>),
    /// An earlier version, and all that changed since.
    Behind(Arc<TablePartitions>, Vec<Arc<Later>>),
    /// An earlier version, from which the current one can be made.
    Earlier(Arc<TablePartitions>),
    TooLarge,
    Unknown,
}

impl PartitionCache {
    pub fn new(budget: u64) -> Self {
        Self { budget: usize::try_from(budget).unwrap_or(usize::MAX), state: Mutex::default() }
    }

    /// Most bytes that a table may take.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.state().bytes
    }

    /// Forgets all.
    pub fn clear(&self) {
        let mut state = self.state();
        // Those who load hold their entry's turn, and put what they read into another.
        let entries = std::mem::take(&mut state.entries);
        state.bytes = 0;
        drop(state);
        drop(entries);
    }

    pub fn find(&self, head: TableHead, now_ms: i64) -> Cached {
        let mut state = self.state();
        let Some(entry) = state.used(head.id) else { return Cached::Unknown };
        let is_stale = now_ms.saturating_sub(entry.current_at_ms) > STALE_AFTER_MS;
        match &entry.content {
            Content::Partitions(partitions) if partitions.table().version >= head.version => {
                entry.current_at_ms = now_ms;
                Cached::Current(Arc::clone(partitions))
            }
            Content::Partitions(partitions) if entry.version() >= Some(head.version) => {
                Cached::Behind(Arc::clone(partitions), entry.later.clone())
            }
            Content::Partitions(partitions) if !is_stale => {
                Cached::Earlier(Arc::clone(entry.merged.as_ref().unwrap_or(partitions)))
            }
            Content::TooLarge if !is_stale => Cached::TooLarge,
            Content::Nothing | Content::Partitions(_) | Content::TooLarge => Cached::Unknown,
        }
    }

    /// So many partitions are looked up in the store, by their names. Says whether somebody should bring the table
    /// into memory, where it fits: engines ask for all partitions so, by the hundred or thousand.
    pub fn look_up(&self, table_id: i64, count: usize) -> bool {
        let mut state = self.state();
        let entry = state.entry(table_id, self.budget);
        entry.look_ups = entry.look_ups.saturating_add(count);
        let many = match &entry.content {
            Content::Nothing => LOOK_UPS_MANY,
            Content::Partitions(_) => LOOK_UPS_MANY_SINCE,
            Content::TooLarge => return false,
        };
        let is_due = entry.look_ups >= many;
        if is_due {
            entry.look_ups = 0;
        }
        is_due
    }

    /// The turn to load a table.
    pub fn turn(&self, table_id: i64) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(&self.state().entry(table_id, self.budget).turn)
    }

    /// Keeps a table's partitions, unless a later version is there, and lets go of what was unused longest.
    pub fn keep(&self, partitions: &Arc<TablePartitions>, now_ms: i64) {
        let (id, version) = (partitions.table().id, partitions.table().version);
        if partitions.bytes() > self.budget {
            return self.too_large(id, now_ms);
        }
        let mut state = self.state();
        let entry = state.entry(id, self.budget);
        if matches!(&entry.content, Content::Partitions(known) if known.table().version >= version) {
            return;
        }
        let before = entry.bytes();
        entry.content = Content::Partitions(Arc::clone(partitions));
        entry.look_ups = 0;
        entry.merged = None;
        entry.later.retain(|later| later.version() > version);
        entry.current_at_ms = now_ms;
        let now = entry.bytes();
        state.bytes = state.bytes + now - before;
        state.shrink(self.budget);
    }

    /// Whether the next version of a table is to be given to [`Self::follow`]: this one is known.
    pub fn is_followed(&self, head: TableHead) -> bool {
        self.state().entries.get(&head.id).is_some_and(|entry| entry.version() == Some(head.version))
    }

    /// Keeps what made the next version of a table, unless its place in the row is not known or taken. Says whether
    /// so much is kept that somebody should make it a version that can be read.
    pub fn follow(&self, table_id: i64, later: Later) -> bool {
        let mut state = self.state();
        let Some(entry) = state.entries.get_mut(&table_id) else { return false };
        if entry.version() != Some(later.version() - 1) {
            return false;
        }
        let bytes = later.bytes();
        entry.later.push(Arc::new(later));
        let is_due = entry.is_catch_up_due();
        let is_over = entry.bytes() > self.budget;
        state.bytes += bytes;
        if is_over {
            // It does not fit any more, which its next reader finds out.
            state.forget(table_id);
            return false;
        }
        state.shrink(self.budget);
        is_due
    }

    /// Whether the caller is to merge a table's segments, which one does at a time.
    pub fn merge_begin(&self, table_id: i64) -> bool {
        let mut state = self.state();
        let entry = state.entries.get_mut(&table_id);
        entry.is_some_and(|entry| !std::mem::replace(&mut entry.is_merging, true))
    }

    /// Keeps the same version of a table in one segment: in its place, or, where a later version came meanwhile, for
    /// the next one to be made from.
    pub fn keep_merged(&self, merged: &Arc<TablePartitions>) {
        let (id, version) = (merged.table().id, merged.table().version);
        let mut state = self.state();
        let Some(entry) = state.entries.get_mut(&id) else { return };
        entry.is_merging = false;
        let Content::Partitions(known) = &entry.content else { return };
        let before = entry.bytes();
        if known.table().version == version {
            entry.content = Content::Partitions(Arc::clone(merged));
            entry.merged = None;
        } else if known.table().version > version {
            entry.merged = Some(Arc::clone(merged));
        }
        let now = entry.bytes();
        state.bytes = state.bytes + now - before;
        state.shrink(self.budget);
    }

    /// Remembers that a table does not fit, so that not every request tries.
    pub fn too_large(&self, table_id: i64, now_ms: i64) {
        let mut state = self.state();
        let entry = state.entry(table_id, self.budget);
        let before = entry.bytes();
        entry.content = Content::TooLarge;
        entry.merged = None;
        entry.later.clear();
        entry.current_at_ms = now_ms;
        let now = entry.bytes();
        state.bytes = state.bytes + now - before;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        let merged = self.merged.as_ref().map_or(0, |merged| merged.bytes());
        let later: usize = self.later.iter().map(|later| later.bytes()).sum();
        let Content::Partitions(known) = &self.content else { return ENTRY + merged };
        ENTRY + known.bytes() + merged + later
    }

    /// The latest version that can be made of what is here.
    fn version(&self) -> Option<i64> {
        let Content::Partitions(known) = &self.content else { return None };
        Some(self.later.last().map_or(known.table().version, |later| later.version()))
    }

    /// Now and then, so that the next reader has not all to do; but a large version is not made anew for little.
    fn is_catch_up_due(&self) -> bool {
        let Content::Partitions(known) = &self.content else { return false };
        let rows: usize = self.later.iter().map(|later| later.rows()).sum();
        let is_worth_it = rows <= LATER_CHEAP || 2 * rows >= known.len() || self.later.len() >= LATER_MAX;
        self.later.len() >= LATER_MANY && is_worth_it
    }
}

impl State {
    /// Gives the entry of a table, as the one used last.
    fn used(&mut self, table_id: i64) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(&table_id)?;
        self.uses += 1;
        self.by_use.remove(&entry.used);
        self.by_use.insert(self.uses, table_id);
        entry.used = self.uses;
        Some(entry)
    }

    /// Gives the entry of a table, as the one used last, and makes it where there is none. All that is known of a table,
    /// however little, takes its part of the budget.
    fn entry(&mut self, table_id: i64, budget: usize) -> &mut Entry {
        if self.used(table_id).is_none() {
            self.uses += 1;
            let entry = Entry { used: self.uses, ..Entry::default() };
            self.bytes += entry.bytes();
            self.by_use.insert(self.uses, table_id);
            self.entries.insert(table_id, entry);
            self.shrink(budget);
        }
        self.entries.entry(table_id).or_default()
    }

    fn forget(&mut self, table_id: i64) {
        let Some(gone) = self.entries.remove(&table_id) else { return };
        self.by_use.remove(&gone.used);
        self.bytes -= gone.bytes();
    }

    /// Lets go of what was unused longest; the one used last stays.
    fn shrink(&mut self, budget: usize) {
        while self.bytes > budget && self.by_use.len() > 1 {
            let Some((_, oldest)) = self.by_use.first_key_value() else { return };
            self.forget(*oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use skep_core::partition::Partition;
    use skep_core::rows::SegmentBuilder;
    use skep_core::table::{Column, Table};

    use super::*;

    fn partitions(id: i64, version: i64, count: usize) -> Arc<TablePartitions> {
        let key = Column { name: "k".into(), type_name: Some("int".into()), comment: None };
        let table = Table { id, version, partition_keys: vec![key], ..Table::default() };
        let mut builder = SegmentBuilder::new(&table);
        for n in 0..count {
            let (name, values) = (format!("k={n:05}"), vec![n.to_string()]);
            builder.push_partition(&Partition { name, values, ..Partition::default() }, None).unwrap();
        }
        Arc::new(TablePartitions::new(Arc::new(table), [], builder.finish()))
    }

    fn head(id: i64, version: i64) -> TableHead {
        TableHead { id, version }
    }

    #[test]
    fn an_entry_serves_its_version_and_earlier_questions_only() {
        let cache = PartitionCache::new(1 << 20);
        assert!(matches!(cache.find(head(1, 3), 0), Cached::Unknown));
        cache.keep(&partitions(1, 3, 10), 0);
        assert!(matches!(cache.find(head(1, 3), 0), Cached::Current(_)));
        assert!(matches!(cache.find(head(1, 2), 0), Cached::Current(_)));
        assert!(matches!(cache.find(head(1, 4), 0), Cached::Earlier(_)));
        assert!(matches!(cache.find(head(2, 3), 0), Cached::Unknown));
        cache.keep(&partitions(1, 2, 5), 0);
        let Cached::Current(kept) = cache.find(head(1, 3), 0) else { panic!() };
        assert_eq!(kept.table().version, 3);
    }

    #[test]
    fn what_was_unused_longest_goes_and_the_count_is_right() {
        let size = partitions(1, 1, 100).bytes() + ENTRY;
        let cache = PartitionCache::new(3 * size as u64);
        for id in 1..=3 {
            cache.keep(&partitions(id, 1, 100), 0);
        }
        cache.find(head(1, 1), 0);
        cache.keep(&partitions(4, 1, 100), 0);
        assert!(matches!(cache.find(head(2, 1), 0), Cached::Unknown));
        assert!([1, 3, 4].iter().all(|id| matches!(cache.find(head(*id, 1), 0), Cached::Current(_))));
        assert_eq!(cache.bytes(), 3 * size);
        cache.keep(&partitions(4, 2, 10), 0);
        assert!(cache.bytes() < 3 * size);
        cache.keep(&partitions(4, 3, 100), 0);
        assert_eq!(cache.bytes(), 3 * size);
    }

    /// A hundred thousand tables of next to nothing are not nothing.
    #[test]
    fn what_is_small_counts_too() {
        let cache = PartitionCache::new(1 << 20);
        for id in 0..10_000 {
            match id % 4 {
                0 => cache.keep(&partitions(id, 1, 0), 0),
                1 => cache.too_large(id, 0),
                2 => assert!(!cache.look_up(id, 1)),
                _ => drop(cache.turn(id)),
            }
            assert!(cache.bytes() <= 1 << 20, "{id}");
        }
        let state = cache.state();
        assert_eq!(state.bytes, state.entries.values().map(Entry::bytes).sum::<usize>());
        assert!((100..5_000).contains(&state.entries.len()), "{}", state.entries.len());
        assert!(state.by_use.values().copied().eq(10_000 - state.entries.len() as i64..10_000), "the latest stay");
    }

    #[test]
    fn a_table_that_does_not_fit_is_remembered_for_a_while() {
        let cache = PartitionCache::new(10_000);
        cache.keep(&partitions(1, 1, 10), 0);
        cache.keep(&partitions(1, 2, 1000), 0);
        assert!(matches!(cache.find(head(1, 2), STALE_AFTER_MS), Cached::TooLarge));
        assert!(matches!(cache.find(head(1, 2), STALE_AFTER_MS + 1), Cached::Unknown));
        assert_eq!(cache.bytes(), ENTRY);
    }

    #[test]
    fn what_is_looked_up_again_and_again_is_to_be_loaded() {
        let cache = PartitionCache::new(10_000);
        assert!(!cache.look_up(1, LOOK_UPS_MANY - 1) && !cache.look_up(2, 1));
        assert!(cache.look_up(1, 1));
        assert!(!cache.look_up(1, 1), "it is counted anew");
        cache.keep(&partitions(1, 1, 10), 0);
        assert!(!cache.look_up(1, LOOK_UPS_MANY_SINCE - 1));
        cache.keep(&partitions(1, 2, 10), 0);
        assert!(!cache.look_up(1, LOOK_UPS_MANY_SINCE - 1) && cache.look_up(1, usize::MAX));
        cache.keep(&partitions(1, 3, 1000), 0);
        assert!(!cache.look_up(1, usize::MAX), "it does not fit");
    }

    #[test]
    fn the_next_version_is_made_from_a_merged_one() {
        let cache = PartitionCache::new(1 << 20);
        cache.keep_merged(&partitions(1, 3, 10));
        assert!(matches!(cache.find(head(1, 3), 0), Cached::Unknown), "who went stays away");
        cache.keep(&partitions(1, 3, 10), 0);
        let merged = partitions(1, 3, 10);
        cache.keep_merged(&merged);
        let Cached::Current(now) = cache.find(head(1, 3), 0) else { panic!() };
        assert!(Arc::ptr_eq(&now, &merged));
        cache.keep(&partitions(1, 5, 20), 0);
        cache.keep_merged(&merged);
        let Cached::Current(now) = cache.find(head(1, 5), 0) else { panic!() };
        assert_eq!(now.table().version, 5);
        let Cached::Earlier(from) = cache.find(head(1, 6), 0) else { panic!() };
        assert!(Arc::ptr_eq(&from, &merged));
        assert_eq!(cache.bytes(), ENTRY + now.bytes() + merged.bytes());
        assert!(cache.merge_begin(1) && !cache.merge_begin(1) && !cache.merge_begin(2));
        cache.keep_merged(&merged);
        assert!(cache.merge_begin(1));
        cache.keep(&partitions(1, 6, 10), 0);
        assert_eq!(cache.bytes(), ENTRY + partitions(1, 6, 10).bytes());
    }

    #[test]
    fn a_long_unused_version_is_not_brought_forward() {
        let cache = PartitionCache::new(1 << 20);
        cache.keep(&partitions(1, 1, 10), 0);
        assert!(matches!(cache.find(head(1, 1), STALE_AFTER_MS), Cached::Current(_)));
        assert!(matches!(cache.find(head(1, 2), 2 * STALE_AFTER_MS), Cached::Earlier(_)));
        assert!(matches!(cache.find(head(1, 2), 2 * STALE_AFTER_MS + 1), Cached::Unknown));
        // Still the current version: age does not matter.
        assert!(matches!(cache.find(head(1, 1), 9 * STALE_AFTER_MS), Cached::Current(_)));
    }
}
