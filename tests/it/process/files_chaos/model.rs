//! What the test knows: which file was written to which object, and what calls may have ended whose life.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use super::families::{Family, Name};

/// So many lines of a family's history are kept.
const HISTORY_MAX: usize = 200;
/// So many places of a family are remembered, to be shared.
const PLACES_MAX: usize = 12;

/// How an object's place came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// At its default place, or at one that nobody else is given.
    Never,
    /// At a place that others are given, too.
    Pool,
    /// In, at or above the place of an object of this family.
    Nested(usize),
}

/// How an object came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Made,
    /// By renaming this partition, which nothing else met meanwhile. Which of both lives is not known.
    Renamed(u32),
    /// By renaming a partition beside other calls: any partition of the family may have become it.
    Raced,
}

/// A table or partition from its creation to its end.
#[derive(Clone, Debug)]
pub struct Object {
    pub family: usize,
    /// The number of the operation that made it.
    pub born: u64,
    pub sharing: Sharing,
    pub origin: Origin,
    pub is_partition: bool,
    /// Where it was seen.
    pub places: BTreeSet<String>,
}

/// What is expected of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Present,
    /// A call that emptied its object may have met it.
    Either,
    /// Its object was emptied.
    Absent,
}

/// A file whose writing is over.
#[derive(Clone, Debug)]
pub struct Entry {
    pub object: u32,
    pub expected: Expected,
    /// Where it was written.
    pub uri: String,
    /// The number of the operation that wrote it.
    pub written: u64,
}

/// The last operations of a kind that met a family.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// That may have ended objects.
    pub ended: u64,
    /// That dropped one of its databases.
    pub database: u64,
    /// That moved files between objects, or emptied places.
    pub moved: u64,
}

/// What is known of a family.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// Names that tables may have now.
    pub names: BTreeSet<Name>,
    /// Partitions that may be there now, where names are used once.
    pub values: BTreeMap<Name, BTreeSet<[String; 2]>>,
    pub met: Met,
    /// Objects lie in, at or above the places of this one's.
    pub is_nested: bool,
    pub places: VecDeque<String>,
    pub history: VecDeque<String>,
}

/// All that is known.
#[derive(Debug)]
pub struct State {
    pub families: Vec<Family>,
    pub knowledge: Vec<Knowledge>,
    pub objects: BTreeMap<u32, Object>,
    pub files: BTreeMap<u64, Entry>,
    /// Files of living objects, to bound them.
    pub counts: BTreeMap<u32, usize>,
    next_object: u32,
    next_file: u64,
}

impl State {
    pub fn new(families: Vec<Family>) -> Self {
        let knowledge = families.iter().map(|_| Knowledge::default()).collect();
        Self {
            families,
            knowledge,
            objects: BTreeMap::new(),
            files: BTreeMap::new(),
            counts: BTreeMap::new(),
            next_object: 1,
            next_file: 1,
        }
    }

    /// Notes an object that is about to be made.
    pub fn object(&mut self, family: usize, born: u64, is_partition: bool, sharing: Sharing, origin: Origin) -> u32 {
        let number = self.next_object;
        self.next_object += 1;
        if let Sharing::Nested(other) = sharing {
            self.knowledge[other].is_nested = true;
        }
        let places = BTreeSet::new();
        self.objects.insert(number, Object { family, born, sharing, origin, is_partition, places });
        number
    }

    /// Notes where an object shall lie that is about to be made.
    pub fn given(&mut self, object: u32, place: &str) {
        self.objects.get_mut(&object).expect("an object that was just noted").places.insert(place.to_owned());
    }

    /// Notes that an object was seen at a place.
    pub fn seen(&mut self, object: u32, place: &str) {
        let Some(known) = self.objects.get_mut(&object) else { return };
        if known.places.insert(place.to_owned()) {
            let places = &mut self.knowledge[known.family].places;
            places.push_back(place.to_owned());
            if places.len() > PLACES_MAX {
                places.pop_front();
            }
        }
    }

    /// Gives the number of a file that is about to be written.
    pub fn file_number(&mut self) -> u64 {
        self.next_file += 1;
        self.next_file - 1
    }

    pub fn written(&mut self, number: u64, entry: Entry) {
        *self.counts.entry(entry.object).or_default() += 1;
        self.files.insert(number, entry);
    }

    /// Changes what is expected of the files of the objects that `is_met` takes.
    pub fn expect(&mut self, expected: Expected, is_met: impl Fn(u32, &Object) -> bool) {
        let objects = &self.objects;
        for entry in self.files.values_mut() {
            let met = objects.get(&entry.object).is_some_and(|object| is_met(entry.object, object));
            // What may be gone already is not expected again.
            if met && entry.expected != Expected::Absent {
                entry.expected = expected;
            }
        }
    }

    /// Gives the files of one object to another.
    pub fn hand_over(&mut self, from: u32, to: u32) {
        for entry in self.files.values_mut().filter(|entry| entry.object == from) {
            entry.object = to;
        }
        let count = self.counts.remove(&from).unwrap_or_default();
        *self.counts.entry(to).or_default() += count;
    }

    /// Forgets all objects but those that are alive, and what was of interest until a quiet point only.
    pub fn go_on(&mut self, alive: &BTreeSet<u32>) {
        self.objects.retain(|number, _| alive.contains(number));
        self.counts.clear();
        for entry in self.files.values() {
            *self.counts.entry(entry.object).or_default() += 1;
        }
        for knowledge in &mut self.knowledge {
            knowledge.is_nested = false;
            knowledge.history.clear();
            knowledge.places.clear();
        }
        for object in self.objects.values_mut() {
            object.origin = Origin::Made;
            object.places.clear();
            if let Sharing::Nested(family) = object.sharing {
                self.knowledge[family].is_nested = true;
            }
        }
    }

    /// Appends a line to a family's history.
    pub fn tell(&mut self, family: usize, line: String) {
        let history = &mut self.knowledge[family].history;
        history.push_back(line);
        if history.len() > HISTORY_MAX {
            history.pop_front();
        }
    }
}

/// The state, shared by all clients.
pub struct Model(Mutex<State>);

impl Model {
    pub fn new(families: Vec<Family>) -> Self {
        Self(Mutex::new(State::new(families)))
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}
