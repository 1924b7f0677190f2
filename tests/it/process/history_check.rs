//! Is what several clients saw of a table explained by one order of its writes? That order is known (the notification
//! log), so the question is easy: it must respect time, and every read must show a state of it that was not yet too old
//! when the read began, nor too young when it ended, nor older than what an earlier read showed (linearizability).

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hasher as _;
use std::ops::AddAssign;
use std::time::Duration;

/// What a write does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    Add { batch: String },
    Alter { batch: String, state: String },
    Drop { batch: String },
}

/// What a client learned.
#[derive(Debug)]
pub enum Seen {
    Wrote(Effect),
    /// Batches and their state.
    Partitions(BTreeMap<String, String>),
    Names(BTreeSet<String>),
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
fn sum<'a>(batches: impl IntoIterator<Item = (&'a String, &'a String)>) -> u64 {
    batches.into_iter().fold(0, |sum, batch| sum ^ hash(batch))
}

fn sum_names<'a>(batches: impl IntoIterator<Item = &'a String>) -> u64 {
    batches.into_iter().fold(0, |sum, batch| sum ^ hash(batch))
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
        let mut table: BTreeMap<String, String> = BTreeMap::new();
        let (mut partitions, mut names) = (0, 0);
        states.enter(0, partitions, names);
        for (at, effect) in order.iter().enumerate() {
            let (batch, now) = match effect {
                Effect::Add { batch } => (batch, Some("added".to_owned())),
                Effect::Alter { batch, state } => (batch, Some(state.clone())),
                Effect::Drop { batch } => (batch, None),
            };
            let before = table.remove(batch);
            if before.is_some() == matches!(effect, Effect::Add { .. }) {
                return Err(format!("write {at} of the log cannot follow those before: {effect:?}"));
            }
            if let Some(before) = &before {
                partitions ^= hash((batch, before));
                names ^= hash(batch);
            }
            if let Some(now) = now {
                partitions ^= hash((batch, &now));
                names ^= hash(batch);
                table.insert(batch.clone(), now);
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
            Seen::Names(batches) => self.names.get(&sum_names(batches)),
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
    fn add(batch: &str) -> Effect {
        Effect::Add { batch: batch.to_owned() }
    }
    fn alter(batch: &str, state: &str) -> Effect {
        Effect::Alter { batch: batch.to_owned(), state: state.to_owned() }
    }
    fn wrote(begin: u64, end: u64, effect: Effect) -> Record {
        record(begin, end, Seen::Wrote(effect))
    }
    fn read(begin: u64, end: u64, batches: &[(&str, &str)]) -> Record {
        let batches = batches.iter().map(|(batch, state)| ((*batch).to_owned(), (*state).to_owned()));
        record(begin, end, Seen::Partitions(batches.collect()))
    }
    fn verdict(records: &[Record], order: &[Effect]) -> Result<Kept, String> {
        check(&records.iter().collect::<Vec<_>>(), order)
    }

    const A: (&str, &str) = ("a", "added");
    const B: (&str, &str) = ("b", "added");

    #[test]
    fn what_one_order_explains_is_kept() {
        let order = [add("a"), alter("a", "w"), add("b")];
        let records = [
            wrote(0, 2, add("a")),
            read(1, 2, &[]),
            read(1, 3, &[A]),
            wrote(4, 9, alter("a", "w")),
            wrote(5, 9, add("b")),
            read(5, 6, &[("a", "w")]),
            read(7, 8, &[("a", "w"), B]),
            record(5, 6, Seen::Names(["a".to_owned()].into())),
        ];
        assert_eq!(verdict(&records, &order), Ok(Kept { reads: 5, writes: 3 }));
    }

    #[test]
    fn what_no_order_explains_is_found() {
        let (a, b) = (|| wrote(0, 2, add("a")), || wrote(3, 4, add("b")));
        let order = [add("a"), add("b")];
        let wrong = |third: Record, order: &[Effect]| verdict(&[a(), b(), third], order).unwrap_err();
        // Older than a write that had ended; younger than one that had not begun; a state that never was.
        assert!(wrong(read(5, 6, &[A]), &order).contains("between 2 and"));
        assert!(wrong(read(1, 2, &[A, B]), &order).contains("between 0 and 1"));
        assert!(wrong(read(1, 6, &[B]), &order).contains("after []"));
        assert!(wrong(record(5, 6, Seen::Names(BTreeSet::new())), &order).contains("between 2"));
        // Lost, not acknowledged, against time, impossible.
        assert!(wrong(read(5, 6, &[A]), &order[..1]).contains("not in the log"));
        assert!(verdict(&[a()], &order).unwrap_err().contains("1 writes were acknowledged"));
        assert!(verdict(&[a(), b()], &[add("b"), add("a")]).unwrap_err().contains("began when a later one"));
        let twice = [wrote(0, 9, add("a")), wrote(0, 9, alter("b", "w"))];
        assert!(verdict(&twice, &[add("a"), alter("b", "w")]).unwrap_err().contains("cannot follow"));
    }

    #[test]
    fn time_does_not_go_back_for_readers() {
        let order = [add("a"), add("b")];
        let slow = [wrote(0, 9, add("a")), wrote(0, 9, add("b"))];
        let [first, second] = slow;
        let records = [first, second, read(1, 2, &[A, B]), read(3, 4, &[A])];
        assert!(verdict(&records, &order).unwrap_err().contains("between 2"));
    }
}
