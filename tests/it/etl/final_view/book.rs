//! What was registered, when, and which reads that explains.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::events::{Arrival, Event, Latest, alive, fold, mix};

/// So many arrivals may be under way during a read; more are not told apart.
const OPEN_MAX: usize = 16;

#[derive(Default)]
struct Pages {
    /// Of all arrivals that were acknowledged.
    latest: Latest,
    acknowledged: Vec<Arrival>,
    /// Asked for and not acknowledged.
    open: BTreeMap<i64, Arrival>,
    /// All that were ever asked for, in that order.
    begun: Vec<Arrival>,
    /// The last arrival's, and the time of the newest.
    number: i64,
    time: i64,
}

/// Writers note what they do, readers ask what they may see.
#[derive(Default)]
pub struct Book(Mutex<Pages>);

/// What was known when a read began.
pub struct Begun {
    latest: Latest,
    open: Vec<Arrival>,
    begun: usize,
}

/// Of so many arrivals one is late, by at most so many hours.
const LATE_ONE_OF: u64 = 4;
const LATE_BY: u64 = 40;

impl Book {
    /// The next arrivals that there will be.
    pub fn next(&self, count: usize) -> Vec<Arrival> {
        let mut pages = self.0.lock().unwrap();
        let mut one = || {
            pages.number += 1;
            let (number, chance) = (pages.number, mix(pages.number as u64));
            if chance.is_multiple_of(LATE_ONE_OF) {
                let time = (pages.time - ((chance >> 8) % LATE_BY) as i64).max(0);
                return Arrival { number, time, is_late: true };
            }
            pages.time += 1;
            Arrival { number, time: pages.time, is_late: false }
        };
        (0..count).map(|_| one()).collect()
    }

    /// How many there were.
    pub fn count(&self) -> i64 {
        self.0.lock().unwrap().number
    }

    /// Before an arrival is asked for.
    pub fn ask(&self, arrivals: &[Arrival]) {
        let mut pages = self.0.lock().unwrap();
        pages.begun.extend(arrivals);
        pages.open.extend(arrivals.iter().map(|one| (one.number, *one)));
    }

    /// After it was acknowledged.
    pub fn acknowledge(&self, arrivals: &[Arrival]) {
        let mut pages = self.0.lock().unwrap();
        for one in arrivals {
            pages.open.remove(&one.number);
            pages.acknowledged.push(*one);
            fold(&mut pages.latest, &one.events());
        }
    }

    /// Those whose fate is not known are what `is_there` says. Gives how many were there.
    pub fn settle(&self, is_there: impl Fn(&Arrival) -> bool) -> usize {
        let open: Vec<Arrival> = std::mem::take(&mut self.0.lock().unwrap().open).into_values().collect();
        let there: Vec<Arrival> = open.into_iter().filter(is_there).collect();
        self.acknowledge(&there);
        there.len()
    }

    pub fn acknowledged(&self) -> Vec<Arrival> {
        self.0.lock().unwrap().acknowledged.clone()
    }

    pub fn read_begins(&self) -> Begun {
        let pages = self.0.lock().unwrap();
        Begun { latest: pages.latest.clone(), open: pages.open.values().copied().collect(), begun: pages.begun.len() }
    }

    /// Whether some state explains these rows: all that was acknowledged before the read began, and any of what was asked
    /// for until it ended. False: so much came during the read that its states are not told apart.
    pub fn explain(&self, before: Begun, rows: &[Event]) -> Result<bool, String> {
        let mut maybe = before.open;
        maybe.extend(&self.0.lock().unwrap().begun[before.begun..]);
        let mut latest = before.latest;
        // A row that is shown tells its arrival, and that was seen wholly.
        let is_shown = |one: &Arrival| rows.iter().any(|row| row.arrival() == one.number);
        for one in maybe.extract_if(.., |one| is_shown(one)) {
            fold(&mut latest, &one.events());
        }
        if alive(&latest) == rows {
            return Ok(true);
        }
        // The others show by what they delete.
        if maybe.len() > OPEN_MAX {
            return Ok(false);
        }
        for chosen in 1_u32..1 << maybe.len() {
            let mut state = latest.clone();
            for (_, one) in maybe.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1) {
                fold(&mut state, &one.events());
            }
            if alive(&state) == rows {
                return Ok(true);
            }
        }
        Err(format!("no state explains {rows:?}\n of {:?}\n and any of {maybe:?}", alive(&latest)))
    }
}

#[test]
fn what_no_state_explains_is_told() {
    let arrival = |number| Arrival { number, time: number, is_late: false };
    let book = Book::default();
    let (first, second, third) = (arrival(1), arrival(2), arrival(3));
    let rows = |all: &[Arrival]| {
        let mut latest = Latest::new();
        all.iter().for_each(|one| fold(&mut latest, &one.events()));
        alive(&latest)
    };
    book.ask(&[first]);
    book.acknowledge(&[first]);
    book.ask(&[second]);
    let read = |shown: &[Arrival]| {
        let begun = book.read_begins();
        book.ask(&[third]);
        book.explain(begun, &rows(shown))
    };
    for shown in [&[first][..], &[first, second], &[first, third], &[first, third, second]] {
        assert!(read(shown).unwrap());
    }
    read(&[second]).unwrap_err();
    read(&[first, arrival(4)]).unwrap_err();
    read(&[]).unwrap_err();
}
