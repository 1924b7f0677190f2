//! Discovery: the lake beside the table, and the table mended after it, in one commit.
//!
//! **Nothing is dropped on hearsay.** A listing that breaks off ends the call. Whatever is to be dropped or to lose files is
//! looked at once more, by itself, after the table was read; the commit fails if the table's partition is another one by
//! then. A table's location that is empty or not there, and the loss of more than half, must be allowed by name.
//!
//! **A partition is taken whole or not at all**: one with a bad file is reported, and the others go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use skep_core::lake::PathPattern;
use skep_core::{Error, Kind, Result};

use super::compare::{Differences, Lakeside};
use super::look::Looks;
use super::report::{Discover, Discovered, Names};
use super::state::State;
use crate::catalog::{Caller, RequestKey, TableRef};
use crate::etl::register::bare::is_parquet;
use crate::etl::register::draft::Draft;
use crate::etl::register::fill::{Bad, Batch};
use crate::etl::register::formats::{TABLE_FORMAT, format_refuse, formats_above};
use crate::etl::register::gather::Gathered;
use crate::etl::register::land::{Landing, Overtaken};
use crate::etl::register::partitions::{Part, Paths};
use crate::etl::register::registration::{Etl, Progress, Read, report_read, report_write};
use crate::etl::register::report::{Finding, Outcome, Severity, findings_cut};
use crate::etl::register::request::{Mode, PATTERN, Register, empty_value};
use crate::warehouse::Location;

/// Fewer partitions than these may go without more ado.
const DROP_MOST_MIN: usize = 10;

impl Etl {
    /// Compares and mends. A report with `Refused` says why nothing was done; errors are of the request (InvalidInput), of
    /// the table (NotFound), of its location (NotFound), of a listing that broke off.
    pub async fn discover(
        &self,
        caller: &Caller,
        request: &Discover,
        key: Option<&RequestKey>,
        progress: &Progress,
    ) -> Result<(Discovered, bool)> {
        if let Some(key) = key
            && let Some(answer) = self.metastore.request_answer(key).await?
        {
            return Ok((report_read(&answer)?, true));
        }
        let at = request.table.at();
        let mut listed: Option<(Location, Gathered)> = None;
        let mut overtaken = Overtaken::default();
        loop {
            let (location, pattern) = self.subject(&at, request).await?;
            let gathered = match listed.take() {
                Some((of, gathered)) if of == location => gathered,
                _ => self.location_list(&at, &location, request, progress).await?,
            };
            let (_, gathered) = listed.insert((location.clone(), gathered));
            let count = gathered.files.len();
            let attempt = Attempt { etl: self, caller, request, key, pattern: pattern.as_ref(), location: &location };
            match attempt.run(gathered, progress).await {
                Err(error) if error.kind == Kind::Conflict => overtaken.again(&at, error).await?,
                done => return done,
            }
            gathered.files.truncate(count);
        }
    }

    /// Where the table lies, and how values stand in its paths.
    async fn subject(&self, at: &TableRef, request: &Discover) -> Result<(Location, Option<PathPattern>)> {
        let (table, _) = self.metastore.publish_plan(at, &[]).await?;
        if table.is_view() {
            return Err(Error::invalid_operation(format!("{at} is a view; files belong to tables")));
        }
        format_refuse(at, &table)?;
        let location = table.location().ok_or_else(|| Error::invalid_operation(format!("{at} has no location")))?;
        let pattern = request.pattern.as_ref().or_else(|| table.parameters.get(PATTERN));
        let pattern = pattern.map(|text| PathPattern::parse(text)).transpose()?;
        if let Some(pattern) = &pattern {
            pattern.keys_check(&table.partition_keys)?;
        }
        Ok((Location::parse(location)?, pattern))
    }

    async fn location_list(
        &self,
        at: &TableRef,
        location: &Location,
        request: &Discover,
        progress: &Progress,
    ) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        match gathered.list(&self.lake, location, &progress.listed).await {
            Err(error) if error.kind == Kind::NotFound && location.is_file() => {
                if !request.allow_missing_location {
                    let message = format!(
                        "the location {location} of {at} does not exist; is a disk not mounted? Nothing was changed \
                         (a missing location can be allowed)"
                    );
                    return Err(Error::not_found(message));
                }
            }
            done => done?,
        }
        progress.listing_done.store(true, Ordering::Relaxed);
        gathered.sort();
        let above = formats_above(&self.lake, [location]).await?;
        gathered.findings_add(above);
        Ok(gathered)
    }
}

/// One attempt, against the table as it is now.
struct Attempt<'a> {
    etl: &'a Etl,
    caller: &'a Caller,
    request: &'a Discover,
    key: Option<&'a RequestKey>,
    pattern: Option<&'a PathPattern>,
    location: &'a Location,
}

/// What both sides are, and how they differ.
struct Findings {
    state: State,
    lakeside: Lakeside,
    looks: Looks,
    differences: Differences,
    /// In the lake alone.
    new: Vec<String>,
}

impl Attempt<'_> {
    async fn run(&self, gathered: &mut Gathered, progress: &Progress) -> Result<(Discovered, bool)> {
        let is_void = gathered.files.is_empty() && gathered.findings.is_empty();
        let files_listed = gathered.files.len() as i64;
        let mut found = self.compare(gathered).await?;
        let mut report = self.report(&found, files_listed);
        let mut findings = gathered.findings.clone();
        findings.append(&mut found.lakeside.findings);
        findings.append(&mut found.looks.findings);
        findings.append(&mut found.differences.findings);
        let dropped = self.dropped(&found);
        if findings.iter().any(|finding| finding.code == TABLE_FORMAT) {
            report.outcome = Outcome::Refused;
            return Ok((end(report, findings), false));
        }
        if let Some(refusal) = self.refusal(&found, &dropped, is_void) {
            findings.push(refusal);
            report.outcome = Outcome::Refused;
            return Ok((end(report, findings), false));
        }
        let parts = self.wanted(&found, gathered, &mut findings).await?;
        let register = Register {
            table: self.request.table.clone(),
            policy: self.request.policy,
            mode: Mode::Replace,
            ..Register::default()
        };
        let mut draft = self.etl.draft(&register, Arc::clone(&found.state.table), false).await?;
        self.fill(&mut draft, &parts, gathered, &mut findings, progress).await?;
        findings.append(&mut draft.findings);
        let counts = draft.counts;
        report.partitions_added = counts.partitions_added;
        report.partitions_synced = counts.partitions_changed;
        report.partitions_dropped = dropped.len() as i64;
        (report.files_added, report.files_removed, report.rows) =
            (counts.files_added, counts.files_removed, counts.rows);
        report.columns =
            draft.changes.iter().map(|c| (c.name.clone(), c.old_type.clone(), c.new_type.clone())).collect();
        let report = end(report, findings);
        if draft.published.is_empty() && dropped.is_empty() {
            return Ok((report, false));
        }
        if self.request.dry_run {
            return Ok((Discovered { outcome: Outcome::Planned, ..report }, false));
        }
        self.land(draft, dropped, report).await
    }

    async fn land(&self, mut draft: Draft<'_>, dropped: Vec<String>, report: Discovered) -> Result<(Discovered, bool)> {
        let published = Arc::new(std::mem::take(&mut draft.published));
        let landing = Landing { draft: &draft, published, dropped, is_new: false };
        let report = Discovered { outcome: Outcome::Registered, ..report };
        let answer = |versions: &[i64]| {
            let version = versions.first().copied().unwrap_or_default();
            report_write(&Discovered { version, ..report.clone() })
        };
        let done = self.etl.land("discover", (self.caller, self.key), &[], &[landing], answer).await?;
        Ok((report_read(&done.answer)?, done.replayed))
    }

    async fn compare(&self, gathered: &mut Gathered) -> Result<Findings> {
        let at = self.request.table.at();
        let state = State::read(&self.etl.metastore, &at, self.location).await?;
        let is_here = state.table.location().and_then(|place| Location::parse(place).ok());
        if is_here.as_ref() != Some(self.location) {
            return Err(Error::new(Kind::Conflict, format!("{at} moved meanwhile, from {}", self.location)));
        }
        let empty = empty_value(self.request.empty_value, &state.table);
        let paths = Paths { pattern: self.pattern, base: None, empty };
        let mut lakeside = Lakeside::of(&state, paths, &gathered.files);
        let new = lakeside.parts.keys().filter(|name| !state.known.contains_key(*name)).cloned().collect();
        let looks = Looks::take(&self.etl.lake, &state, &mut lakeside, &mut gathered.files).await?;
        let differences = Differences::of(&self.etl.metastore, &state, &lakeside, &gathered.files).await?;
        Ok(Findings { state, lakeside, looks, differences, new })
    }

    fn report(&self, found: &Findings, files_listed: i64) -> Discovered {
        let table = &found.state.table;
        Discovered {
            outcome: Outcome::Unchanged,
            table: self.request.table.clone(),
            version: table.version,
            files_listed,
            partitions: if table.is_partitioned() { found.state.known.len() as i64 } else { 0 },
            new: Names::of(found.new.iter()),
            gone: Names::of(found.looks.gone.iter()),
            empty: Names::of(found.looks.empty.iter()),
            changed: Names::of(
                found.differences.changed.iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().into_iter(),
            ),
            unknown: found.differences.unknown,
            files_new: found.differences.files_new,
            files_changed: found.differences.files_changed,
            files_vanished: found.differences.files_vanished,
            ..Discovered::default()
        }
    }

    /// Partitions to drop.
    fn dropped(&self, found: &Findings) -> Vec<String> {
        if !self.request.drop || !found.state.table.is_partitioned() {
            return Vec::new();
        }
        let empty = found.looks.empty.iter().filter(|_| !self.request.keep_empty);
        let limit = self.request.limits.drop_made_before;
        let is_old = |name: &&String| {
            let known = found.state.known.get(*name);
            let local = found.state.place(name).is_file();
            local || limit.is_none_or(|limit| known.is_some_and(|known| known.made_at < limit))
        };
        found.looks.gone.iter().chain(empty).filter(is_old).cloned().collect()
    }

    /// Why nothing may be changed by this.
    fn refusal(&self, found: &Findings, dropped: &[String], is_void: bool) -> Option<Finding> {
        let loses = !dropped.is_empty() || (self.request.sync && !found.state.table.is_partitioned());
        if is_void && loses && !found.state.known.is_empty() && !self.request.allow_missing_location {
            let message = "nothing at all lies there; is a disk not mounted? A missing location must be allowed";
            return Some(Finding::error(self.location.to_string(), "location_missing", message));
        }
        let all = found.state.known.len();
        let is_most = dropped.len() > DROP_MOST_MIN && dropped.len() * 2 > all;
        (is_most && !self.request.allow_drop_most).then(|| {
            let message = format!("{} of {all} partitions would be dropped; that must be allowed", dropped.len());
            Finding::error("", "drop_most", message)
        })
    }

    /// Partitions that are to be registered as they lie there.
    async fn wanted(
        &self,
        found: &Findings,
        gathered: &mut Gathered,
        findings: &mut Vec<Finding>,
    ) -> Result<BTreeMap<String, Part>> {
        let mut wanted = BTreeMap::new();
        let part = |name: &String| found.lakeside.parts.get(name).map(|part| (name.clone(), part.clone()));
        if self.request.add {
            let limit = self.request.limits.add_newer_than_ms;
            for (name, part) in found.new.iter().filter_map(part) {
                let newest = part.files.iter().map(|at| gathered.files[*at].file.modified_at_ms).max();
                if limit.is_none_or(|limit| newest.is_some_and(|newest| newest >= limit)) {
                    wanted.insert(name, part);
                } else {
                    let message = "older than the table's retention: it is not added again";
                    findings.push(Finding::new(Severity::Info, part.location.to_string(), "retention", message));
                }
            }
        }
        if self.request.sync {
            let is_known = |name: &&String| {
                !self.request.limits.sync_known_only || found.state.known.get(*name).is_some_and(|k| k.is_registered)
            };
            let changed = found.differences.changed.iter().filter(is_known).filter_map(part).collect();
            wanted.append(&mut Looks::again(&self.etl.lake, changed, &mut gathered.files).await?);
        }
        Ok(wanted)
    }

    async fn fill(
        &self,
        draft: &mut Draft<'_>,
        parts: &BTreeMap<String, Part>,
        gathered: &Gathered,
        findings: &mut Vec<Finding>,
        progress: &Progress,
    ) -> Result<()> {
        if is_parquet(&draft.table) {
            let batch = Batch { parts, sources: &gathered.files, is_new: false, bad: Bad::LeavePartitions };
            let left = self.etl.fill(draft, &batch, &mut Read::default(), progress).await?;
            findings.extend(left.findings);
            let left_out = |name: String| {
                let message = format!("partition {name} is left as it is for its bad files");
                Finding::new(Severity::Warning, "", "left_out", message)
            };
            findings.extend(left.partitions.into_iter().filter(|name| !name.is_empty()).map(left_out));
            return Ok(());
        }
        let names: Vec<String> = parts.keys().cloned().collect();
        let befores = self.etl.befores(&draft.table, &names).await?;
        for (name, part) in parts {
            let known = befores.get(name).and_then(|before| before.partition.as_ref());
            draft.part_bare(name, part, known, &gathered.files);
        }
        Ok(())
    }
}

/// The report with what was found.
fn end(mut report: Discovered, mut findings: Vec<Finding>) -> Discovered {
    if report.unknown > 0 {
        let message = format!(
            "the files of {} partitions are not known, since other clients registered them: only that there are \
             any was compared, and their number where statistics tell it",
            report.unknown
        );
        findings.push(Finding::new(Severity::Info, "", "files_unknown", message));
    }
    (report.findings, report.findings_left_out) = findings_cut(findings);
    report
}
