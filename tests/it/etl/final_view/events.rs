//! Events, made by a number: what lies at a place is known by the place's name, to every process.

use std::collections::BTreeMap;

/// Keys that events are of.
const KEYS: u64 = 16;
/// Events of a partition.
const EACH: u64 = 4;
/// Arrivals of one time come in partitions of their own: those late get a number behind it.
const LATE: i64 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub id: i64,
    /// A deletion.
    pub is_gone: bool,
    /// What orders events; no two are equal. Tells the arrival.
    pub seq: i64,
}

impl Event {
    /// The arrival that it came with.
    pub fn arrival(&self) -> i64 {
        (self.seq >> 4) & 0xff_ffff
    }
}

/// A partition of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// No other has it.
    pub number: i64,
    /// When its events happened, which is its place in the order of arrival.
    pub time: i64,
    pub is_late: bool,
}

/// Numbers that look random, of a number.
pub fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Arrival {
    /// The values of `dt` and `hour`.
    pub fn values(self) -> [String; 2] {
        let day = self.time / 24;
        let dt = format!("{}-{:02}-{:02}", 2024 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
        let late = if self.is_late { 1 + self.number % (LATE - 1) } else { 0 };
        [dt, (self.time % 24 * LATE + late).to_string()]
    }

    pub fn name(self) -> String {
        let [dt, hour] = self.values();
        format!("dt={dt}/hour={hour}")
    }

    /// Where its files would lie.
    pub fn location(self, base: &str) -> String {
        format!("{base}/arrival-{}-{}", self.number, self.time)
    }

    /// The events of a place, and the arrival's number; None where it is none of an arrival.
    pub fn at(location: &str) -> Option<(i64, Vec<Event>)> {
        let (number, time) = location.rsplit_once("/arrival-")?.1.split_once('-')?;
        let arrival = Self { number: number.parse().ok()?, time: time.parse().ok()?, is_late: false };
        Some((arrival.number, arrival.events()))
    }

    pub fn events(self) -> Vec<Event> {
        let one = |at: u64| {
            let chance = mix(self.number as u64 * EACH + at);
            let seq = (self.time << 28) | (self.number << 4) | at as i64;
            Event { id: (chance % KEYS) as i64, is_gone: chance >> 32 & 3 == 0, seq }
        };
        (0..EACH).map(one).collect()
    }
}

/// The latest event of each key.
pub type Latest = BTreeMap<i64, Event>;

/// Folds events in.
pub fn fold<'e>(latest: &mut Latest, events: impl IntoIterator<Item = &'e Event>) {
    for event in events {
        let known = latest.entry(event.id).or_insert(*event);
        if known.seq < event.seq {
            *known = *event;
        }
    }
}

/// What a final view shows of them.
pub fn alive(latest: &Latest) -> Vec<Event> {
    latest.values().filter(|event| !event.is_gone).copied().collect()
}
