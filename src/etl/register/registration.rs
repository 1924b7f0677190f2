//! Registering files: gather, read footers, draft, publish. Nothing is written before the end, and then all at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use futures_util::{StreamExt as _, stream};
use skep_core::lake::{PathPattern, path_key, path_keys};
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::draft::{Draft, table_of};
use super::fill::{Bad, Batch, problem_of};
use super::footer::Footer;
use super::formats::format_refuse;
use super::gather::{Gathered, Source, gather};
use super::land::{Landing, Overtaken};
use super::log_rules::LogRules;
use super::partitions::{Paths, below, is_value, parts};
use super::report::{Finding, Outcome, Report, Severity, findings_cut, names_cut};
use super::request::{Register, empty_value};
use crate::catalog::{Caller, Metastore, RequestKey};
use crate::clock::Clock;
use crate::lake::{FileProblem, FileRead, Lake, LakeFile, ProblemKind};
use crate::warehouse::Location;

/// Catalog and lake together. Cheap to clone.
#[derive(Clone)]
pub struct Etl {
    pub metastore: Metastore,
    pub lake: Lake,
    pub clock: Clock,
}

/// How far a call has come.
#[derive(Debug, Default)]
pub struct Progress {
    pub listed: Arc<AtomicUsize>,
    pub footers: Arc<AtomicUsize>,
    pub listing_done: AtomicBool,
}

/// What was read of files, kept while drafts are made anew.
#[derive(Default)]
pub(in crate::etl) struct Read {
    pub files: HashMap<Location, Footer>,
    pub problems: HashMap<Location, FileProblem>,
}

impl Etl {
    /// Registers files and reports. A batch with errors is refused, which is a report; errors are of the request itself
    /// (InvalidInput), of the table (NotFound), of the store (Unavailable).
    pub async fn register(
        &self,
        caller: &Caller,
        request: &Register,
        key: Option<&RequestKey>,
        progress: &Progress,
    ) -> Result<(Report, bool)> {
        if let Some(key) = key
            && let Some(answer) = self.metastore.request_answer(key).await?
        {
            return Ok((report_read(&answer)?, true));
        }
        let pattern = request.pattern.as_deref().map(PathPattern::parse).transpose()?;
        let base =
            request.base.as_deref().map(Location::parse).transpose().map_err(|e| e.with_kind(Kind::InvalidInput))?;
        if request.uris.is_empty() && request.files.is_empty() {
            return Err(Error::new(Kind::InvalidInput, "nothing to register: name files or prefixes"));
        }
        let mut gathered = gather(&self.lake, request, &progress.listed).await?;
        progress.listing_done.store(true, Ordering::Relaxed);
        let mut read = Read { files: std::mem::take(&mut gathered.told), ..Read::default() };
        let paths = Paths { pattern: pattern.as_ref(), base: base.as_ref(), ..Paths::default() };
        let mut overtaken = Overtaken::default();
        loop {
            let attempt = Attempt { etl: self, caller, request, key, paths };
            match attempt.run(&gathered, &mut read, progress).await {
                Err(error) if error.kind == Kind::Conflict => overtaken.again(&request.table.at(), error).await?,
                done => return done,
            }
        }
    }

    /// Reads the footers that are not read yet.
    pub(in crate::etl) async fn footers(
        &self,
        wanted: Vec<LakeFile>,
        read: &mut Read,
        progress: &Progress,
    ) -> Result<()> {
        let done = Arc::new(crate::lake::Progress::default());
        let mut all = std::pin::pin!(self.lake.footers(stream::iter(wanted), done));
        while let Some(FileRead { file, outcome }) = all.next().await {
            progress.footers.fetch_add(1, Ordering::Relaxed);
            match outcome {
                Ok(found) => drop(read.files.insert(file.location, Footer::of(found))),
                // The store or the network, not the file: nothing is known then.
                Err(problem) if problem.kind == ProblemKind::Unreadable => {
                    return Err(Error::new(Kind::Unavailable, problem.message));
                }
                Err(problem) => drop(read.problems.insert(file.location, problem)),
            }
        }
        Ok(())
    }

    /// A draft of this table's next version.
    pub(in crate::etl) async fn draft<'r>(
        &self,
        request: &'r Register,
        table: Arc<Table>,
        is_new: bool,
    ) -> Result<Draft<'r>> {
        let mut draft = Draft::new(request, table, i64::from(self.clock.now_seconds() as i32));
        if !is_new {
            let record = self.metastore.log_find(draft.table.id).await?;
            draft.log_rules = LogRules::of(&draft.table, record.as_ref());
        }
        Ok(draft)
    }
}

pub(in crate::etl) fn report_read<T: serde::de::DeserializeOwned>(answer: &[u8]) -> Result<T> {
    serde_json::from_slice(answer).map_err(|e| Error::new(Kind::Corrupt, format!("a report cannot be read: {e}")))
}

pub(in crate::etl) fn report_write<T: serde::Serialize>(report: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(report).map_err(|e| Error::internal(format!("a report: {e}")))
}

/// One attempt to register against the table as it is now.
pub(in crate::etl) struct Attempt<'a> {
    pub etl: &'a Etl,
    pub caller: &'a Caller,
    pub request: &'a Register,
    pub key: Option<&'a RequestKey>,
    /// What an empty value means is the table's to say, too.
    pub paths: Paths<'a>,
}

/// What an attempt would do.
pub(in crate::etl) struct Prepared<'a> {
    /// None: the reason is among the findings.
    pub draft: Option<Draft<'a>>,
    pub findings: Vec<Finding>,
    pub is_new: bool,
}

impl<'a> Attempt<'a> {
    async fn run(&self, gathered: &Gathered, read: &mut Read, progress: &Progress) -> Result<(Report, bool)> {
        let prepared = self.prepare(gathered, read, progress).await?;
        self.publish(prepared).await
    }

    /// Holds what was gathered against the table as it is now.
    pub async fn prepare(&self, gathered: &Gathered, read: &mut Read, progress: &Progress) -> Result<Prepared<'a>> {
        let mut findings = gathered.findings.clone();
        let sources = &gathered.files;
        let Some((table, is_new)) = self.table(sources, read, progress, &mut findings).await? else {
            return Ok(Prepared { draft: None, findings, is_new: false });
        };
        if let Some(pattern) = self.paths.pattern {
            pattern.keys_check(&table.partition_keys)?;
        }
        let paths = Paths { empty: empty_value(self.request.empty_value, &table), ..self.paths };
        let (parts, misplaced) = parts(&table, paths, sources);
        findings.extend(misplaced.into_iter().map(|(_, finding)| finding));
        let mut draft = self.etl.draft(self.request, Arc::new(table), is_new).await?;
        let bad = if self.request.without_bad_files { Bad::LeaveFiles } else { Bad::Refuse };
        let batch = Batch { parts: &parts, sources, is_new, bad };
        self.etl.fill(&mut draft, &batch, read, progress).await?;
        findings.splice(0..0, std::mem::take(&mut draft.findings));
        if is_new && draft.columns.is_empty() && !has_errors(&findings) {
            findings.push(Finding::error(
                "",
                "no_columns",
                "no column of any file has a type: all hold nothing but nulls",
            ));
        }
        Ok(Prepared { draft: Some(draft), findings, is_new })
    }

    /// The table, or the one that is to be made. None where the reason is among the findings.
    async fn table(
        &self,
        sources: &[Source],
        read: &mut Read,
        progress: &Progress,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<(Table, bool)>> {
        let at = self.request.table.at();
        match self.etl.metastore.publish_plan(&at, &[]).await {
            Ok((table, _)) if table.is_view() => {
                return Err(Error::invalid_operation(format!("{at} is a view; files belong to tables")));
            }
            Ok((table, _)) => {
                format_refuse(&at, &table)?;
                return Ok(Some((Arc::unwrap_or_clone(table), false)));
            }
            Err(error) if error.kind == Kind::NotFound && self.request.create => {}
            Err(error) => return Err(error),
        }
        // The newest file has the schema that later ones will have; columns of older ones are added to it.
        let mut newest: Vec<&Source> = sources.iter().collect();
        newest.sort_by_key(|source| std::cmp::Reverse(source.file.modified_at_ms));
        let oldest = newest.last().map(|source| source.file.location.clone());
        for source in newest {
            let location = &source.file.location;
            if !read.files.contains_key(location) && !read.problems.contains_key(location) {
                self.etl.footers(vec![source.file.clone()], read, progress).await?;
            }
            // One whose columns are all null tells nothing; the last is taken for want of a better.
            let tells = |footer: &&Footer| footer.tells_columns() || oldest.as_ref() == Some(location);
            if let Some(footer) = read.files.get(location).filter(tells) {
                let keys = self.keys(source)?;
                let base = self.new_base(sources, source, &keys);
                return Ok(Some((table_of(self.request, &base.to_string(), &keys, footer), true)));
            }
        }
        findings.extend(sources.iter().filter_map(|source| problem_of(source, read)));
        if !findings.iter().any(|finding| finding.severity == Severity::Error) {
            findings.push(Finding::error("", "no_files", "there is no file to take a schema from"));
        }
        Ok(None)
    }

    /// Keys of a new table with their types: as asked for, else those of the pattern, else those in the path.
    fn keys(&self, source: &Source) -> Result<Vec<(String, String)>> {
        let text = |name: &str, type_name: Option<&str>| {
            (skep_core::name::normalize(name.trim()), type_name.unwrap_or("string").trim().to_ascii_lowercase())
        };
        if !self.request.partition_by.is_empty() {
            let split = |key: &String| key.split_once(':').map_or_else(|| text(key, None), |(n, t)| text(n, Some(t)));
            let keys: Vec<(String, String)> = self.request.partition_by.iter().map(split).collect();
            if let Some((name, type_name)) =
                keys.iter().find(|(name, t)| name.is_empty() || !skep_core::name::valid_column_type(t))
            {
                return Err(Error::new(
                    Kind::InvalidInput,
                    format!("partition key `{name}:{type_name}`: write name or name:type"),
                ));
            }
            return Ok(keys);
        }
        if let Some(pattern) = self.paths.pattern {
            return Ok(pattern.keys().iter().map(|key| text(&key.name, key.type_name.as_deref())).collect());
        }
        let within = self.paths.base.unwrap_or(&source.prefix);
        // A prefix may begin within the values.
        let mut of_prefix: Vec<String> = Vec::new();
        let mut root = within.clone();
        while let Some(key) = path_key(root.name()).filter(|_| self.paths.base.is_none()) {
            of_prefix.insert(0, key);
            match root.parent() {
                Some(parent) => root = parent,
                None => break,
            }
        }
        of_prefix.extend(path_keys(below(&source.file.location, within)));
        Ok(of_prefix.iter().map(|key| text(key, None)).collect())
    }

    /// Where a new table lies.
    fn new_base(&self, sources: &[Source], source: &Source, keys: &[(String, String)]) -> Location {
        let Some(first) = sources.first() else { return Location::clone(&source.prefix) };
        let mut base = Location::clone(self.paths.base.unwrap_or(&first.prefix));
        let is_value = |directory: &str| is_value(directory, keys.iter().map(|(key, _)| key.as_str()));
        while (is_value(base.name()) || !sources.iter().all(|source| source.file.location.is_below(&base)))
            && let Some(parent) = base.parent()
        {
            base = parent;
        }
        base
    }

    async fn publish(&self, prepared: Prepared<'_>) -> Result<(Report, bool)> {
        let Prepared { draft, findings, is_new } = prepared;
        let Some(mut draft) = draft else { return self.end(None, findings, false).await };
        if has_errors(&findings) || self.request.dry_run || draft.published.is_empty() {
            return self.end(Some(&draft), findings, is_new).await;
        }
        let mut report = report_of(self.request, Some(&draft), findings, Outcome::Registered);
        report.table_created = is_new;
        let published = Arc::new(std::mem::take(&mut draft.published));
        let landing = Landing { draft: &draft, published, dropped: Vec::new(), is_new };
        let version = AtomicI64::new(0);
        let answer = |versions: &[i64]| {
            version.store(versions.first().copied().unwrap_or_default(), Ordering::Relaxed);
            // Nobody keeps the answer of a request without an id.
            if self.key.is_none() {
                return Ok(Vec::new());
            }
            report_write(&Report { version: version.load(Ordering::Relaxed), ..report.clone() })
        };
        let done = self.etl.land("register", (self.caller, self.key), &[], &[landing], answer).await?;
        if done.replayed {
            return Ok((report_read(&done.answer)?, true));
        }
        report.version = version.into_inner();
        Ok((report, false))
    }

    /// A report without a change of the table: nothing to do, a dry run, errors.
    async fn end(&self, draft: Option<&Draft<'_>>, findings: Vec<Finding>, is_new: bool) -> Result<(Report, bool)> {
        let has_errors = has_errors(&findings);
        let is_idle = draft.is_none_or(|draft| draft.published.is_empty());
        let outcome = match (has_errors, is_idle) {
            (true, _) => Outcome::Refused,
            (false, true) => Outcome::Unchanged,
            (false, false) => Outcome::Planned,
        };
        let mut report = report_of(self.request, draft, findings, outcome);
        report.version = draft.map_or(0, |draft| draft.table.version);
        report.table_created = is_new && outcome == Outcome::Planned;
        if outcome == Outcome::Refused && self.request.quarantine && !self.request.dry_run {
            report.quarantine_id = Some(self.etl.quarantine_put(self.caller, self.request, &report).await?);
        }
        Ok((report, false))
    }
}

pub(in crate::etl) fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

pub(in crate::etl) fn report_of(
    request: &Register,
    draft: Option<&Draft<'_>>,
    findings: Vec<Finding>,
    outcome: Outcome,
) -> Report {
    let (findings, findings_left_out) = findings_cut(findings);
    let mut report = Report { outcome, table: request.table.clone(), findings, findings_left_out, ..Report::default() };
    let Some(draft) = draft else { return report };
    let counts = draft.counts;
    report.files_added = counts.files_added;
    report.files_unchanged = counts.files_unchanged;
    report.files_removed = counts.files_removed;
    report.partitions_added = counts.partitions_added;
    report.partitions_changed = counts.partitions_changed;
    (report.rows, report.bytes) = (counts.rows, counts.bytes);
    report.columns = draft.changes.iter().map(|c| (c.name.clone(), c.old_type.clone(), c.new_type.clone())).collect();
    report.partitions = names_cut(draft.published.iter().map(|p| &p.partition.name));
    report
}
