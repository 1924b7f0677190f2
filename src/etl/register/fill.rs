//! From places to a draft: what is there of each partition, footers, schemas, statistics; some partitions at a time, so
//! that a hundred thousand footers are never in memory together.

use std::collections::{BTreeMap, HashMap, HashSet};

use skep_core::Result;

use super::before::{Before, Befores};
use super::draft::Draft;
use super::footer::Footer;
use super::gather::Source;
use super::partitions::{Part, below};
use super::registration::{Etl, Progress, Read};
use super::report::{Finding, Severity};
use crate::etl::parallel::map_all;
use crate::lake::LakeFile;

/// Partitions are taken together as long as they have not more files than this.
const FILES_AT_ONCE: usize = 2_048;

/// What becomes of files with errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::etl) enum Bad {
    /// The draft has the errors, and is refused for them.
    Refuse,
    /// They are left out, and told as warnings.
    LeaveFiles,
    /// Their partitions are left out whole.
    LeavePartitions,
}

/// Partitions to be taken into a draft.
pub(in crate::etl) struct Batch<'a> {
    pub parts: &'a BTreeMap<String, Part>,
    pub sources: &'a [Source],
    /// The table is not there yet.
    pub is_new: bool,
    pub bad: Bad,
}

/// What was left out of a draft.
#[derive(Debug, Default)]
pub(in crate::etl) struct LeftOut {
    pub partitions: Vec<String>,
    pub findings: Vec<Finding>,
}

type Slice<'a> = [(&'a String, &'a Part)];

impl Etl {
    /// Takes a batch in. Errors: Conflict where the table is another one by now.
    pub(in crate::etl) async fn fill(
        &self,
        draft: &mut Draft<'_>,
        batch: &Batch<'_>,
        read: &mut Read,
        progress: &Progress,
    ) -> Result<LeftOut> {
        let all: Vec<(&String, &Part)> = batch.parts.iter().collect();
        let is_large = all.iter().map(|(_, part)| part.files.len()).sum::<usize>() > FILES_AT_ONCE;
        let mut left = LeftOut::default();
        for slice in slices(&all) {
            let befores = if batch.is_new {
                Before::none(slice.iter().map(|(name, _)| *name))
            } else {
                self.befores_with_files(&draft.table, slice, batch.sources, draft.request.mode).await?
            };
            let wanted = unread(slice, &befores, batch.sources, read);
            // They are read again if the draft is overtaken; of a small batch they are kept for that.
            let forget: Vec<_> = wanted.iter().filter(|_| is_large).map(|file| file.location.clone()).collect();
            self.footers(wanted, read, progress).await?;
            slice_take(draft, slice, &befores, batch, read, &mut left)?;
            for location in forget {
                read.files.remove(&location);
            }
        }
        draft.finish();
        Ok(left)
    }
}

/// Runs of partitions with not too many files.
fn slices<'s, 'a>(all: &'s Slice<'a>) -> impl Iterator<Item = &'s Slice<'a>> {
    let mut rest = all;
    std::iter::from_fn(move || {
        let mut files = 0;
        let fits = rest.iter().take_while(|(_, part)| {
            files += part.files.len();
            files <= FILES_AT_ONCE
        });
        let count = fits.count().max(1).min(rest.len());
        let (slice, after) = rest.split_at(count);
        rest = after;
        (!slice.is_empty()).then_some(slice)
    })
}

/// Files whose footers must be read: those that the table does not have as they are.
fn unread(slice: &Slice<'_>, befores: &Befores, sources: &[Source], read: &Read) -> Vec<LakeFile> {
    let mut wanted = Vec::new();
    for (name, part) in slice {
        let Some(before) = befores.get(*name) else { continue };
        for at in &part.files {
            let file = &sources[*at].file;
            let is_known = before.has(below(&file.location, &part.location), &sources[*at]);
            let is_read = read.files.contains_key(&file.location) || read.problems.contains_key(&file.location);
            if !is_known && !is_read {
                wanted.push(file.clone());
            }
        }
    }
    wanted
}

pub(in crate::etl) fn problem_of(source: &Source, read: &Read) -> Option<Finding> {
    let location = &source.file.location;
    let problem = read.problems.get(location)?;
    Some(Finding::of(location.to_string(), problem.finding()))
}

fn slice_take(
    draft: &mut Draft<'_>,
    slice: &Slice<'_>,
    befores: &Befores,
    batch: &Batch<'_>,
    read: &Read,
    left: &mut LeftOut,
) -> Result<()> {
    let sources = batch.sources;
    let mut footers: HashMap<usize, &Footer> = HashMap::new();
    let mut problems = Vec::new();
    for at in slice.iter().flat_map(|(_, part)| &part.files) {
        if let Some(footer) = read.files.get(&sources[*at].file.location) {
            footers.insert(*at, footer);
        }
        problems.extend(problem_of(&sources[*at], read));
    }
    let mut bad_parts = HashSet::new();
    if batch.bad == Bad::LeavePartitions {
        bad_parts = parts_leave(draft, slice, sources, &footers, problems, left)?;
    } else {
        draft.findings.append(&mut problems);
        draft.schemas(&located(slice, &HashSet::new(), sources, &footers))?;
        if batch.bad == Bad::LeaveFiles {
            files_leave(draft, sources, &mut footers);
        }
    }
    let good = slice.iter().filter(|(name, _)| !bad_parts.contains(name.as_str()));
    let good: Vec<_> = good.filter_map(|(name, part)| Some((name, part, befores.get(*name)?))).collect();
    for taken in map_all(&good, |(name, part, before)| draft.part(name, part, before, sources, &footers))? {
        draft.take(taken);
    }
    Ok(())
}

/// New files of the partitions that are not bad, in the batch's order.
fn located<'f>(
    slice: &Slice<'_>,
    bad_parts: &HashSet<String>,
    sources: &[Source],
    footers: &HashMap<usize, &'f Footer>,
) -> Vec<(String, &'f Footer)> {
    let good = slice.iter().filter(|(name, _)| !bad_parts.contains(name.as_str()));
    let mut order: Vec<usize> = good.flat_map(|(_, part)| part.files.iter().copied()).collect();
    order.sort_unstable();
    order.iter().filter_map(|at| Some((sources[*at].file.location.to_string(), *footers.get(at)?))).collect()
}

/// Errors become warnings, and their files are not registered.
fn files_leave(draft: &mut Draft<'_>, sources: &[Source], footers: &mut HashMap<usize, &Footer>) {
    let errors = draft.findings.iter_mut().filter(|f| f.severity == Severity::Error && !f.uri.is_empty());
    let bad: HashSet<String> = errors
        .map(|finding| {
            finding.severity = Severity::Warning;
            finding.uri.clone()
        })
        .collect();
    if !bad.is_empty() {
        footers.retain(|at, _| !bad.contains(&sources[*at].file.location.to_string()));
    }
}

/// Finds the partitions with a bad file; what these ask of the table's columns is forgotten with them.
fn parts_leave(
    draft: &mut Draft<'_>,
    slice: &Slice<'_>,
    sources: &[Source],
    footers: &HashMap<usize, &Footer>,
    problems: Vec<Finding>,
    left: &mut LeftOut,
) -> Result<HashSet<String>> {
    let mut bad_parts = HashSet::new();
    let mut errors = problems;
    loop {
        let uris: HashSet<&str> = errors.iter().map(|finding| finding.uri.as_str()).collect();
        let is_bad = |part: &Part| part.files.iter().any(|at| uris.contains(&*sources[*at].file.location.to_string()));
        if !uris.is_empty() {
            bad_parts.extend(slice.iter().filter(|(_, part)| is_bad(part)).map(|(name, _)| (*name).clone()));
        }
        left.findings.append(&mut errors);
        let before = draft.mark();
        draft.schemas(&located(slice, &bad_parts, sources, footers))?;
        errors = draft.errors_since(&before);
        if errors.is_empty() {
            left.partitions.extend(bad_parts.iter().cloned());
            return Ok(bad_parts);
        }
        draft.reset(before);
    }
}
