//! Holds what lies in the warehouses against what is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::families::Kind;
use super::model::{Entry, Expected, Object, Origin, Sharing, State};
use super::places::{Found, at_and_above, is_within, overlap, parent};

/// Directories of this part of a path are shared by tables that all lie right there and whose data goes with them.
const EQUAL_POOL: &str = "/places/sm";
/// Directories of this part of a path are shared in any way.
const POOL: &str = "/places/s";

/// The object of a partition that discovery or publication made.
pub const UNKNOWN: u32 = 0;

/// A table or partition that the metastore shows.
#[derive(Clone, Debug)]
pub struct Live {
    pub object: u32,
    pub name: String,
    pub place: String,
    /// Files lie right in its place: it is no partitioned table.
    pub holds_files: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Lost,
    Foreign,
    LeftOver,
}

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub fault: Fault,
    pub file: Option<u64>,
    /// Whose file it is.
    pub object: Option<u32>,
    pub family: Option<usize>,
    /// Where it lies, or should.
    pub uri: String,
    pub why: String,
    /// What is still to be deleted or moved may end it.
    pub may_end: bool,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Lost => "LOST",
            Fault::Foreign => "FOREIGN",
            Fault::LeftOver => "LEFT OVER",
        };
        write!(f, "{fault} {}: {}", self.uri, self.why)
    }
}

/// What a quiet point showed.
#[derive(Debug, Default)]
pub struct Verdict {
    pub complaints: Vec<Complaint>,
    /// Files that are where they must be, and their objects.
    pub good: BTreeMap<u64, u32>,
    /// Files of dropped objects that may stay.
    pub kept: BTreeSet<String>,
}

struct Judge<'a> {
    state: &'a State,
    by_object: HashMap<u32, &'a Live>,
    by_place: HashMap<&'a str, Vec<&'a Live>>,
    /// Places that were given because others lie there.
    nested: Vec<&'a str>,
    verdict: Verdict,
    /// Files that lie elsewhere than they should.
    elsewhere: BTreeMap<u64, &'a str>,
}

/// Judges a quiet point.
pub fn judge(state: &State, live: &[Live], found: &[Found]) -> Verdict {
    let mut by_place: HashMap<&str, Vec<&Live>> = HashMap::new();
    for one in live.iter().filter(|one| one.holds_files && one.object != UNKNOWN) {
        by_place.entry(&one.place).or_default().push(one);
    }
    let is_nested = |object: &&Object| matches!(object.sharing, Sharing::Nested(_));
    let nested = state.objects.values().filter(is_nested).flat_map(|object| object.places.iter().map(String::as_str));
    // What discovery and publication made is no object of ours, and may share a place.
    let unknown = live.iter().filter(|one| one.object == UNKNOWN).map(|one| one.place.as_str());
    let mut judge = Judge {
        state,
        by_object: live.iter().map(|one| (one.object, one)).collect(),
        by_place,
        nested: nested.chain(unknown).collect(),
        verdict: Verdict::default(),
        elsewhere: BTreeMap::new(),
    };
    for one in found {
        judge.file(one);
    }
    state.files.iter().for_each(|(number, entry)| judge.missing(*number, entry));
    for (number, uri) in std::mem::take(&mut judge.elsewhere) {
        if !judge.verdict.complaints.iter().any(|one| one.file == Some(number)) {
            judge.stray(number, &state.files[&number], uri, "it belongs elsewhere");
        }
    }
    judge.verdict
}

impl<'a> Judge<'a> {
    /// Looks at one file that lies there.
    fn file(&mut self, found: &'a Found) {
        let Some((number, entry)) = found.number.and_then(|number| Some((number, self.state.files.get(&number)?)))
        else {
            let why = "nobody wrote it".to_owned();
            let (uri, fault) = (found.uri.clone(), Fault::Foreign);
            self.verdict.complaints.push(Complaint {
                fault,
                file: None,
                object: None,
                family: None,
                uri,
                why,
                may_end: true,
            });
            return;
        };
        if found.content.is_none() {
            self.complain(Fault::Lost, number, entry, &found.uri, "its content is not what was written");
            return;
        }
        let directory = parent(&found.uri);
        let Some(owner) = self.owner(entry) else { return self.of_dropped(number, entry, &found.uri) };
        if owner.place != directory {
            if let Some(heir) = self.heir(entry, directory) {
                self.verdict.good.insert(number, heir);
            } else {
                self.elsewhere.insert(number, &found.uri);
            }
            return;
        }
        let is_shared = self.is_shared(owner.object);
        if entry.expected == Expected::Absent && !is_shared {
            self.complain(Fault::LeftOver, number, entry, &found.uri, "its object was emptied");
            return;
        }
        let object = owner.object;
        let others = self.inside(directory).into_iter().filter(|other| other.object != object);
        if let Some(other) = others.into_iter().find(|other| !is_shared && !self.is_shared(other.object)) {
            let why = format!("it lies in the directory of {} (object {}), too", other.name, other.object);
            self.complain(Fault::Foreign, number, entry, &found.uri, &why);
            self.verdict.complaints.last_mut().expect("the complaint of just now").may_end = false;
        }
        self.verdict.good.insert(number, object);
    }

    /// Looks at a file whose object is not there any more.
    fn of_dropped(&mut self, number: u64, entry: &Entry, uri: &str) {
        let directory = parent(uri);
        if let Some(heir) = self.heir(entry, directory) {
            self.verdict.good.insert(number, heir);
        } else if self.may_stay(entry, directory) {
            self.verdict.kept.insert(uri.to_owned());
        } else {
            self.stray(number, entry, uri, "its object was dropped");
        }
    }

    /// Complains of a file where it has no right to be.
    fn stray(&mut self, number: u64, entry: &Entry, uri: &str, why: &str) {
        match self.inside(parent(uri)).first() {
            Some(other) => {
                let why = format!("{why}, and it lies in the directory of {} (object {})", other.name, other.object);
                self.complain(Fault::Foreign, number, entry, uri, &why);
            }
            None => self.complain(Fault::LeftOver, number, entry, uri, why),
        }
    }

    /// Complains of a file that must be there and is not.
    fn missing(&mut self, number: u64, entry: &Entry) {
        if entry.expected != Expected::Present || self.verdict.good.contains_key(&number) {
            return;
        }
        if self.verdict.complaints.iter().any(|one| one.file == Some(number)) {
            return;
        }
        let found = self.elsewhere.get(&number).map_or(String::new(), |uri| format!("; it lies at {uri}"));
        if let Some(owner) = self.owner(entry) {
            let uri = format!("{}/f-{number}", owner.place);
            let why = format!("it was written to {}{found}", owner.name);
            self.complain(Fault::Lost, number, entry, &uri, &why);
        } else if let Some(object) = self.state.objects.get(&entry.object) {
            let met = &self.state.knowledge[object.family].met;
            if met.ended.max(met.database) < object.born {
                self.complain(Fault::Lost, number, entry, &entry.uri, "its object is gone, and nobody dropped it");
            } else if self.must_stay(entry, object) && !self.verdict.kept.contains(&entry.uri) {
                self.complain(
                    Fault::Lost,
                    number,
                    entry,
                    &entry.uri,
                    "it is data of an external table that was dropped",
                );
            }
        }
    }

    fn complain(&mut self, fault: Fault, number: u64, entry: &Entry, uri: &str, why: &str) {
        let object = self.state.objects.get(&entry.object);
        let why = format!("file {number} of object {}: {why}", entry.object);
        self.verdict.complaints.push(Complaint {
            fault,
            file: Some(number),
            object: Some(entry.object),
            family: object.map(|object| object.family),
            uri: uri.to_owned(),
            why,
            may_end: fault != Fault::Lost,
        });
    }

    /// The object that has the file now: its own, or what that became.
    fn owner(&self, entry: &Entry) -> Option<&'a Live> {
        let mut object = entry.object;
        loop {
            if let Some(live) = self.by_object.get(&object) {
                return Some(live);
            }
            let next = self.state.objects.iter().find(|(_, other)| other.origin == Origin::Renamed(object));
            object = *next?.0;
        }
    }

    /// A partition at this place that a race may have made the file's object.
    fn heir(&self, entry: &Entry, directory: &str) -> Option<u32> {
        if entry.expected != Expected::Either {
            return None;
        }
        let family = self.state.objects.get(&entry.object)?.family;
        let is_heir = |live: &&&Live| {
            let object = self.state.objects.get(&live.object);
            object.is_some_and(|object| object.origin == Origin::Raced && object.family == family)
        };
        self.by_place.get(directory)?.iter().find(is_heir).map(|live| live.object)
    }

    /// Living objects in whose directory something lies.
    fn inside(&self, directory: &str) -> Vec<&'a Live> {
        at_and_above(directory).filter_map(|place| self.by_place.get(place)).flatten().copied().collect()
    }

    /// Whether an object's place may be or have been another one's, too.
    fn is_shared(&self, number: u32) -> bool {
        let Some(object) = self.state.objects.get(&number) else { return true };
        let place = self.by_object.get(&number).map(|live| live.place.as_str());
        let meets = |place: &str| place.contains(POOL) || self.nested.iter().any(|other| overlap(place, other));
        object.sharing != Sharing::Never
            || self.state.knowledge[object.family].is_nested
            || object.places.iter().map(String::as_str).chain(place).any(meets)
    }

    /// Whether the file of a dropped object may stay in a directory.
    fn may_stay(&self, entry: &Entry, directory: &str) -> bool {
        let Some(object) = self.state.objects.get(&entry.object) else { return true };
        if self.state.families[object.family].kind == Kind::External {
            let is_of_family = |live: &&Live| {
                self.state.objects.get(&live.object).is_some_and(|other| other.family == object.family)
                    || self.is_shared(live.object)
            };
            return self.inside(directory).iter().all(is_of_family) || self.is_shared(entry.object);
        }
        if directory.contains(EQUAL_POOL) {
            // The last one to leave deletes.
            return self.by_place.keys().any(|place| is_within(directory, place));
        }
        self.is_shared(entry.object)
    }

    /// Whether data of a dropped object must still be there: it is external, and nothing else met its place.
    fn must_stay(&self, entry: &Entry, object: &Object) -> bool {
        let met = &self.state.knowledge[object.family].met;
        let by_database_alone = met.ended < object.born;
        self.state.families[object.family].kind == Kind::External
            && !self.is_shared(entry.object)
            && met.moved < entry.written
            && (met.database < object.born || by_database_alone)
    }
}
