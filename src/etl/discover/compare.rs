//! What lies in the lake beside what a table says: pure, but for the table's file rows, which stream by.

use std::collections::{BTreeMap, HashSet};

use skep_core::Result;

use super::state::State;
use crate::catalog::Metastore;
use crate::etl::register::gather::Source;
use crate::etl::register::partitions::{Part, Paths, below, parts_of};
use crate::etl::register::report::{Finding, Severity};

/// The lake's side: which files are whose.
#[derive(Debug, Default)]
pub(in crate::etl) struct Lakeside {
    /// By partition name.
    pub parts: BTreeMap<String, Part>,
    pub findings: Vec<Finding>,
}

impl Lakeside {
    pub fn of(state: &State, paths: Paths<'_>, sources: &[Source]) -> Self {
        let mut owned: BTreeMap<String, Part> = BTreeMap::new();
        let mut others = Vec::new();
        for (at, source) in sources.iter().enumerate() {
            match state.owner(&source.file.location) {
                Some(name) => {
                    let part = owned.entry(name.clone()).or_insert_with(|| Part {
                        values: Vec::new(),
                        location: state.place(name),
                        files: Vec::new(),
                    });
                    part.files.push(at);
                }
                None => others.push(at),
            }
        }
        let paths = Paths { base: Some(&state.location), ..paths };
        let (mut parts, misplaced) = parts_of(&state.table, paths, sources, others.into_iter());
        let mut findings: Vec<Finding> = misplaced.into_iter().map(|(_, finding)| finding).collect();
        parts.retain(|name, part| {
            if !state.known.contains_key(name) {
                return true;
            }
            let place = state.place(name);
            if place.same_place(&part.location) {
                return true;
            }
            let message = format!("partition {name} lies at {place}; what lies here is none of the table's");
            let place = part.location.to_string();
            findings.push(Finding::new(Severity::Warning, place, "two_places", message));
            false
        });
        parts.append(&mut owned);
        Self { parts, findings }
    }
}

/// How files of partitions differ that both sides have.
#[derive(Debug, Default)]
pub(in crate::etl) struct Differences {
    /// Partitions, by name.
    pub changed: Vec<String>,
    /// Partitions of which only the number of files could be compared, or not even that.
    pub unknown: i64,
    pub files_new: i64,
    pub files_changed: i64,
    pub files_vanished: i64,
    pub findings: Vec<Finding>,
}

impl Differences {
    /// Compares paths, sizes, times and ETags.
    pub async fn of(metastore: &Metastore, state: &State, lakeside: &Lakeside, sources: &[Source]) -> Result<Self> {
        let mut all = Self::default();
        let mut seen = vec![false; sources.len()];
        let mut changed: HashSet<String> = HashSet::new();
        let (table_id, version) = (state.table.id, state.table.version);
        metastore
            .files_brief((table_id, version), |row| {
                let is_registered = state.known.get(row.partition).is_some_and(|known| known.is_registered);
                let Some(part) = lakeside.parts.get(row.partition).filter(|_| is_registered) else { return Ok(()) };
                let path = |at: &usize| below(&sources[*at].file.location, &part.location);
                let found = part.files.binary_search_by(|at| path(at).cmp(row.path));
                let difference = if let Some(at) = found.ok().and_then(|at| part.files.get(at)) {
                    seen[*at] = true;
                    if sources[*at].is(row.size, row.modified_at, row.etag) {
                        return Ok(());
                    }
                    all.files_changed += 1;
                    ("file_changed", "it is not the file that was registered")
                } else {
                    all.files_vanished += 1;
                    ("file_vanished", "it was registered and is not there any more")
                };
                let uri = part.location.join(row.path).to_string();
                all.finding(uri, difference);
                if !changed.contains(row.partition) {
                    changed.insert(row.partition.to_owned());
                }
                Ok(())
            })
            .await?;
        for (name, part) in &lakeside.parts {
            let Some(known) = state.known.get(name) else { continue };
            let mut differs = changed.contains(name);
            if known.is_registered {
                for at in part.files.iter().filter(|at| !seen[**at]) {
                    differs = true;
                    all.files_new += 1;
                    let uri = sources[*at].file.location.to_string();
                    all.finding(uri, ("file_new", "it lies in a registered partition and is not registered"));
                }
            } else {
                all.unknown += 1;
                let count = part.files.len() as i64;
                if let Some(said) = known.file_count.filter(|said| *said != count) {
                    differs = true;
                    let message = format!("{count} files lie here; by its statistics the partition has {said}");
                    let place = part.location.to_string();
                    all.findings.push(Finding::new(Severity::Warning, place, "file_count", message));
                }
            }
            if differs {
                all.changed.push(name.clone());
            }
        }
        Ok(all)
    }

    /// Reports list so many at most.
    fn finding(&mut self, uri: String, (code, message): (&str, &str)) {
        if self.findings.len() < crate::etl::register::report::LISTED_MAX {
            self.findings.push(Finding::new(Severity::Warning, uri, code, message));
        }
    }
}
