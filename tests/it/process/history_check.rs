//! Is what several clients saw of a table explained by one order of its writes? That order is known (the notification
//! log), so the question is easy: it must respect time, and every read must show a state of it that was not yet too old
//! when the read began, nor too young when it ended, nor older than what an earlier read showed (linearizability).

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hasher as _;
use std::ops::AddAssign;
use std::time::Duration;

/// What a client calls a batch or a state, in few bytes: a million calls and all that they saw are in memory at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub client: u32,
    /// Counts the client's calls, from 1.
    pub call: u32,
}

/// The state in which a batch is added.
pub const ADDED: Mark = Mark { client: 0, call: 0 };

impl Mark {
    /// Reads what `Display` writes; a letter may precede.
    pub fn parse(text: &str) -> Option<Self> {
        let (client, call) = text.trim_start_matches(char::is_alphabetic).split_once('x')?;
        Some(Self { client: client.parse().ok()?, call: call.parse().ok()? })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.client, self.call)
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == ADDED { f.write_str("added") } else { write!(f, "{self}") }
    }
}

/// What a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    Add { batch: Mark },
    Alter { batch: Mark, state: Mark },
    Drop { batch: Mark },
}

/// What a client learned.
#[derive(Debug)]
pub enum Seen {
    Wrote(Effect),
    /// Batches, each once, and their state.
    Partitions(Box<[(Mark, Mark)]>),
    Names(Box<[Mark]>),
}

/// One call.
#[derive(Debug)]
pub struct Record {
    pub table: usize,
    pub begin: Duration,
    pub end: Duration,
    pub seen: Seen,
}

/// How many calls were explained.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub reads: usize,
    pub writes: usize,
}

impl AddAssign for Kept {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.writes += other.writes;
    }
}

fn hash(of: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A state as a sum, so that a write changes it in no time.
fn sum(batches: &[impl std::hash::Hash]) -> u64 {
    batches.iter().fold(0, |sum, batch| sum ^ hash(batch))
}

/// After how many writes a table was in a state.
#[derive(Default)]
struct States {
    partitions: HashMap<u64, Vec<usize>>,
    names: HashMap<u64, Vec<usize>>,
}

impl States {
    fn of(order: &[Effect]) -> Result<Self, String> {
        let mut states = Self::default();
        let mut table: BTreeMap<Mark, Mark> = BTreeMap::new();
        let (mut partitions, mut names) = (0, 0);
        states.enter(0, partitions, names);
        for (at, effect) in order.iter().enumerate() {
            let (batch, now) = match *effect {
                Effect::Add { batch } => (batch, Some(ADDED)),
                Effect::Alter { batch, state } => (batch, Some(state)),
                Effect::Drop { batch } => (batch, None),
            };
            let before = table.remove(&batch);
            if before.is_some() == matches!(effect, Effect::Add { .. }) {
                return Err(format!("write {at} of the log cannot follow those before: {effect:?}"));
            }
            if let Some(before) = before {
                partitions ^= hash((batch, before));
                names ^= hash(batch);
            }
            if let Some(now) = now {
                partitions ^= hash((batch, now));
                names ^= hash(batch);
                table.insert(batch, now);
            }
            states.enter(at + 1, partitions, names);
        }
        Ok(states)
    }

    fn enter(&mut self, count: usize, partitions: u64, names: u64) {
        self.partitions.entry(partitions).or_default().push(count);
        self.names.entry(names).or_default().push(count);
    }

    fn after(&self, seen: &Seen) -> &[usize] {
        let found = match seen {
            Seen::Partitions(batches) => self.partitions.get(&sum(batches)),
            Seen::Names(batches) => self.names.get(&sum(batches)),
            Seen::Wrote(_) => None,
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The largest number among those told before a time.
#[derive(Default)]
struct Highest(Vec<(Duration, usize)>);

impl Highest {
    /// Times must rise.
    fn tell(&mut self, time: Duration, number: usize) {
        let before = self.0.last().map_or(0, |(_, highest)| *highest);
        self.0.push((time, number.max(before)));
    }

    fn before(&self, time: Duration) -> usize {
        let count = self.0.partition_point(|(told, _)| *told < time);
        count.checked_sub(1).map_or(0, |last| self.0[last].1)
    }
}

/// Explains the records of one table by the order of its writes, or names one that it cannot explain.
pub fn check(records: &[&Record], order: &[Effect]) -> Result<Kept, String> {
    let places: HashMap<&Effect, usize> = order.iter().enumerate().map(|(at, effect)| (effect, at + 1)).collect();
    if places.len() != order.len() {
        return Err("the log has a write twice".to_owned());
    }
    let mut writes = Vec::new();
    for record in records {
        if let Seen::Wrote(effect) = &record.seen {
            let place = places.get(effect).ok_or_else(|| format!("acknowledged and not in the log: {effect:?}"))?;
            writes.push((*place, *record));
        }
    }
    if writes.len() != order.len() {
        return Err(format!("{} writes were acknowledged, the log has {}", writes.len(), order.len()));
    }
    writes.sort_by_key(|(place, _)| *place);
    let mut earliest = Duration::MAX;
    for (place, record) in writes.iter().rev() {
        if earliest < record.begin {
            return Err(format!("write {place} began when a later one had ended: {record:?}"));
        }
        earliest = earliest.min(record.end);
    }
    let reads = reads_check(records, &writes, &States::of(order)?)?;
    Ok(Kept { reads, writes: writes.len() })
}

fn reads_check(records: &[&Record], writes: &[(usize, &Record)], states: &States) -> Result<usize, String> {
    let mut done = Highest::default();
    let mut by_end: Vec<_> = writes.iter().collect();
    by_end.sort_by_key(|(_, record)| record.end);
    for (place, record) in by_end {
        done.tell(record.end, *place);
    }
    // The first write, by place, of those that begin at a time or later.
    let mut by_begin: Vec<_> = writes.iter().collect();
    by_begin.sort_by_key(|(_, record)| record.begin);
    let mut first = vec![usize::MAX; by_begin.len() + 1];
    for (at, (place, _)) in by_begin.iter().enumerate().rev() {
        first[at] = first[at + 1].min(*place);
    }
    let mut reads: Vec<&Record> =
        records.iter().copied().filter(|record| !matches!(record.seen, Seen::Wrote(_))).collect();
    reads.sort_by_key(|record| record.end);
    let mut shown = Highest::default();
    for read in &reads {
        let oldest = done.before(read.begin).max(shown.before(read.begin));
        let later = by_begin.partition_point(|(_, write)| write.begin <= read.end);
        let youngest = first[later].saturating_sub(1);
        let after = states.after(&read.seen);
        let Some(count) = after.get(after.partition_point(|count| *count < oldest)).filter(|c| **c <= youngest) else {
            return Err(format!("shows the table after {after:?} writes; between {oldest} and {youngest}: {read:?}"));
        };
        shown.tell(read.end, *count);
    }
    Ok(reads.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(begin: u64, end: u64, seen: Seen) -> Record {
        Record { table: 0, begin: Duration::from_secs(begin), end: Duration::from_secs(end), seen }
    }
    fn add(batch: Mark) -> Effect {
        Effect::Add { batch }
    }
    fn alter(batch: Mark, state: Mark) -> Effect {
        Effect::Alter { batch, state }
    }
    fn wrote(begin: u64, end: u64, effect: Effect) -> Record {
        record(begin, end, Seen::Wrote(effect))
    }
    fn read(begin: u64, end: u64, batches: &[(Mark, Mark)]) -> Record {
        record(begin, end, Seen::Partitions(batches.into()))
    }
    fn verdict(records: &[Record], order: &[Effect]) -> Result<Kept, String> {
        check(&records.iter().collect::<Vec<_>>(), order)
    }

    const A: Mark = Mark { client: 1, call: 1 };
    const B: Mark = Mark { client: 2, call: 1 };
    const W: Mark = Mark { client: 1, call: 2 };

    #[test]
    fn what_one_order_explains_is_kept() {
        let order = [add(A), alter(A, W), add(B)];
        let records = [
            wrote(0, 2, add(A)),
            read(1, 2, &[]),
            read(1, 3, &[(A, ADDED)]),
            wrote(4, 9, alter(A, W)),
            wrote(5, 9, add(B)),
            read(5, 6, &[(A, W)]),
            read(7, 8, &[(A, W), (B, ADDED)]),
            record(5, 6, Seen::Names([A].into())),
        ];
        assert_eq!(verdict(&records, &order), Ok(Kept { reads: 5, writes: 3 }));
    }

    #[test]
    fn what_no_order_explains_is_found() {
        let (a, b) = (|| wrote(0, 2, add(A)), || wrote(3, 4, add(B)));
        let order = [add(A), add(B)];
        let wrong = |third: Record, order: &[Effect]| verdict(&[a(), b(), third], order).unwrap_err();
        // Older than a write that had ended; younger than one that had not begun; a state that never was.
        assert!(wrong(read(5, 6, &[(A, ADDED)]), &order).contains("between 2 and"));
        assert!(wrong(read(1, 2, &[(A, ADDED), (B, ADDED)]), &order).contains("between 0 and 1"));
        assert!(wrong(read(1, 6, &[(B, ADDED)]), &order).contains("after []"));
        assert!(wrong(record(5, 6, Seen::Names([].into())), &order).contains("between 2"));
        // Lost, not acknowledged, against time, impossible.
        assert!(wrong(read(5, 6, &[(A, ADDED)]), &order[..1]).contains("not in the log"));
        assert!(verdict(&[a()], &order).unwrap_err().contains("1 writes were acknowledged"));
        assert!(verdict(&[a(), b()], &[add(B), add(A)]).unwrap_err().contains("began when a later one"));
        let twice = [wrote(0, 9, add(A)), wrote(0, 9, alter(B, W))];
        assert!(verdict(&twice, &[add(A), alter(B, W)]).unwrap_err().contains("cannot follow"));
    }

    #[test]
    fn time_does_not_go_back_for_readers() {
        let order = [add(A), add(B)];
        let slow = [wrote(0, 9, add(A)), wrote(0, 9, add(B))];
        let [first, second] = slow;
        let records = [first, second, read(1, 2, &[(A, ADDED), (B, ADDED)]), read(3, 4, &[(A, ADDED)])];
        assert!(verdict(&records, &order).unwrap_err().contains("between 2"));
    }
}
