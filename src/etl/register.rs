//! Registering files: gather, read footers, draft, publish. Nothing is written before the end, and then all at once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::{StreamExt as _, stream};
use skep_core::lake::{PathPattern, path_keys};
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::draft::{Before, Befores, Draft, never_null, table_of};
use super::footer::Footer;
use super::gather::{Gathered, Source, gather};
use super::partitions::{Part, below, parts};
use super::report::{Finding, LISTED_MAX, Outcome, Report, Severity, findings_cut};
use super::request::Register;
use crate::catalog::{Caller, Metastore, Publish, RequestKey, TableCreate, totals_claim};
use crate::clock::Clock;
use crate::lake::{FileProblem, FileRead, Lake, LakeFile, ProblemKind};
use crate::warehouse::Location;

/// A draft is overtaken at most so often.
const ATTEMPTS: usize = 50;

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
pub(super) struct Read {
    files: HashMap<Location, Footer>,
    problems: HashMap<Location, FileProblem>,
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
        for _ in 0..ATTEMPTS {
            let attempt = Attempt { etl: self, caller, request, key, pattern: pattern.as_ref(), base: base.as_ref() };
            match attempt.run(&gathered, &mut read, progress).await {
                Err(error) if error.kind == Kind::Conflict => tokio::task::yield_now().await,
                done => return done,
            }
        }
        let at = request.table.at();
        Err(Error::new(Kind::Unavailable, format!("{at} was changed by others {ATTEMPTS} times meanwhile; try again")))
    }

    /// Reads the footers that are not read yet.
    pub(super) async fn footers(&self, wanted: Vec<LakeFile>, read: &mut Read, progress: &Progress) -> Result<()> {
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

    /// What is there of these partitions, all of one version of the table.
    pub(super) async fn befores(&self, table: &Table, names: &[String]) -> Result<Befores> {
        let at = crate::catalog::TableRef::new(&table.catalog, &table.database, &table.name);
        let (now, found) = self.metastore.publish_plan(&at, names).await?;
        if now.id != table.id || now.version != table.version {
            return Err(Error::new(Kind::Conflict, format!("{at} was changed meanwhile")));
        }
        let mut all: Befores =
            names.iter().map(|name| (name.clone(), Before { partition: None, files: Vec::new() })).collect();
        for partition in found {
            if let Some(before) = all.get_mut(&partition.name) {
                before.partition = Some(partition);
            }
        }
        if let Some(before) = all.get_mut("") {
            // A table without keys is its own partition.
            let storage = table.storage.clone();
            let parameters = table.parameters.clone();
            before.partition = Some(skep_core::partition::Partition { storage, parameters, ..Default::default() });
        }
        for batch in names.chunks(1_000) {
            for file in self.metastore.files(table.id, table.version, batch).await? {
                if let Some(before) = all.get_mut(&file.partition) {
                    before.files.push(file);
                }
            }
        }
        Ok(all)
    }
}

pub(super) fn report_read(answer: &[u8]) -> Result<Report> {
    serde_json::from_slice(answer).map_err(|e| Error::new(Kind::Corrupt, format!("a report cannot be read: {e}")))
}

/// One attempt to register against the table as it is now.
struct Attempt<'a> {
    etl: &'a Etl,
    caller: &'a Caller,
    request: &'a Register,
    key: Option<&'a RequestKey>,
    pattern: Option<&'a PathPattern>,
    base: Option<&'a Location>,
}

impl Attempt<'_> {
    async fn run(&self, gathered: &Gathered, read: &mut Read, progress: &Progress) -> Result<(Report, bool)> {
        let mut findings = gathered.findings.clone();
        let sources = &gathered.files;
        let Some((table, is_new)) = self.table(sources, read, progress, &mut findings).await? else {
            return self.end(None, findings, false).await;
        };
        if let Some(pattern) = self.pattern {
            pattern.keys_check(&table.partition_keys)?;
        }
        let (parts, misplaced) = parts(&table, self.pattern, self.base, sources);
        findings.extend(misplaced.into_iter().map(|(_, finding)| finding));
        let names: Vec<String> = parts.keys().cloned().collect();
        let befores = if is_new {
            names.iter().map(|n| (n.clone(), Before { partition: None, files: Vec::new() })).collect()
        } else {
            self.etl.befores(&table, &names).await?
        };
        self.etl.footers(unread(&parts, &befores, sources, read), read, progress).await?;
        let mut draft = Draft::new(self.request, Arc::new(table), i64::from(self.etl.clock.now_seconds() as i32));
        if !is_new {
            let record = self.etl.metastore.log_find(draft.table.id).await?;
            draft.never_null = never_null(&draft.table, record.as_ref());
        }
        self.fill(&mut draft, &parts, &befores, sources, read)?;
        draft.findings.append(&mut findings);
        self.publish(draft, is_new).await
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
            Ok((table, _)) => return Ok(Some((Arc::unwrap_or_clone(table), false))),
            Err(error) if error.kind == Kind::NotFound && self.request.create => {}
            Err(error) => return Err(error),
        }
        // The newest file has the schema that later ones will have; columns of older ones are added to it.
        let mut newest: Vec<&Source> = sources.iter().collect();
        newest.sort_by_key(|source| std::cmp::Reverse(source.file.modified_at_ms));
        for source in newest {
            let location = &source.file.location;
            if !read.files.contains_key(location) && !read.problems.contains_key(location) {
                self.etl.footers(vec![source.file.clone()], read, progress).await?;
            }
            if let Some(footer) = read.files.get(location) {
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
        if let Some(pattern) = self.pattern {
            return Ok(pattern.keys().iter().map(|key| text(&key.name, key.type_name.as_deref())).collect());
        }
        let within = self.base.unwrap_or(&source.prefix);
        // A prefix may begin within the values.
        let mut of_prefix: Vec<String> = Vec::new();
        let mut root = within.clone();
        while let Some((key, _)) = root.name().split_once('=').filter(|_| self.base.is_none()) {
            of_prefix.insert(0, key.to_lowercase());
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
        let Some(first) = sources.first() else { return source.prefix.clone() };
        let mut base = self.base.unwrap_or(&first.prefix).clone();
        let is_value = |segment: &str| {
            segment.split_once('=').is_some_and(|(key, _)| keys.iter().any(|(k, _)| k.eq_ignore_ascii_case(key)))
        };
        while (is_value(base.name()) || !sources.iter().all(|source| source.file.location.is_below(&base)))
            && let Some(parent) = base.parent()
        {
            base = parent;
        }
        base
    }

    fn fill(
        &self,
        draft: &mut Draft<'_>,
        parts: &BTreeMap<String, Part>,
        befores: &Befores,
        sources: &[Source],
        read: &Read,
    ) -> Result<()> {
        let mut footers: HashMap<usize, &Footer> = HashMap::new();
        for at in parts.values().flat_map(|part| &part.files) {
            let location = &sources[*at].file.location;
            if let Some(footer) = read.files.get(location) {
                footers.insert(*at, footer);
            }
            draft.findings.extend(problem_of(&sources[*at], read));
        }
        let mut order: Vec<usize> = footers.keys().copied().collect();
        order.sort_unstable();
        let files: Vec<(String, &Footer)> =
            order.iter().map(|at| (sources[*at].file.location.to_string(), footers[at])).collect();
        draft.schemas(&files)?;
        if self.request.without_bad_files {
            let bad: Vec<String> = draft
                .findings
                .iter_mut()
                .filter(|finding| finding.severity == Severity::Error && !finding.uri.is_empty())
                .map(|finding| {
                    finding.severity = Severity::Warning;
                    finding.uri.clone()
                })
                .collect();
            footers.retain(|at, _| !bad.contains(&sources[*at].file.location.to_string()));
        }
        for (name, part) in parts {
            if let Some(before) = befores.get(name) {
                draft.part(name, part, before, sources, &footers)?;
            }
        }
        Ok(())
    }

    async fn publish(&self, draft: Draft<'_>, is_new: bool) -> Result<(Report, bool)> {
        if draft.has_errors() || self.request.dry_run || draft.published.is_empty() {
            let findings = draft.findings.clone();
            return self.end(Some(&draft), findings, is_new).await;
        }
        let overtaken = &AtomicBool::new(false);
        let draft = &draft;
        let at = &self.request.table.at();
        let done = self
            .etl
            .metastore
            .together("register", self.key, std::slice::from_ref(at), |within: Metastore| async move {
                let planned = if is_new {
                    let create = TableCreate { table: Table::clone(&draft.table), ..TableCreate::default() };
                    within.table_create(self.caller, create).await?;
                    within.table_get(at).await?
                } else {
                    Arc::clone(&draft.table)
                };
                let publish = publish_of(draft, &planned);
                let version = match within.publish(self.caller, &publish).await {
                    Err(error) if error.kind == Kind::Conflict => {
                        overtaken.store(true, Ordering::Relaxed);
                        return Err(error.with_kind(Kind::InvalidOperation));
                    }
                    version => version?,
                };
                let mut report = report_of(self.request, Some(draft), draft.findings.clone(), Outcome::Registered);
                (report.version, report.table_created) = (version, is_new);
                serde_json::to_vec(&report).map_err(|e| Error::internal(format!("a report: {e}")))
            })
            .await;
        match done {
            Ok(done) => Ok((report_read(&done.answer)?, done.replayed)),
            Err(error) if overtaken.load(Ordering::Relaxed) => Err(error.with_kind(Kind::Conflict)),
            // Somebody else made the table at the same time.
            Err(error) if is_new && error.kind == Kind::AlreadyExists => Err(error.with_kind(Kind::Conflict)),
            Err(error) => Err(error),
        }
    }

    /// A report without a change of the table: nothing to do, a dry run, errors.
    async fn end(&self, draft: Option<&Draft<'_>>, findings: Vec<Finding>, is_new: bool) -> Result<(Report, bool)> {
        let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
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

/// Files whose footers must be read: those that the table does not have as they are.
fn unread(parts: &BTreeMap<String, Part>, befores: &Befores, sources: &[Source], read: &Read) -> Vec<LakeFile> {
    let mut wanted = Vec::new();
    for (name, part) in parts {
        let Some(before) = befores.get(name) else { continue };
        let registered =
            before.partition.as_ref().is_some_and(|p| skep_core::registration::is_registered(&p.parameters));
        for at in &part.files {
            let file = &sources[*at].file;
            let path = below(&file.location, &part.location);
            let known = registered && before.same(path, &sources[*at]).is_some();
            let is_read = read.files.contains_key(&file.location) || read.problems.contains_key(&file.location);
            if !known && !is_read {
                wanted.push(file.clone());
            }
        }
    }
    wanted
}

fn problem_of(source: &Source, read: &Read) -> Option<Finding> {
    let location = &source.file.location;
    let problem = read.problems.get(location)?;
    Some(Finding::of(location.to_string(), problem.finding()))
}

fn publish_of(draft: &Draft<'_>, planned: &Arc<Table>) -> Publish {
    let of_table = draft.published.iter().find(|p| p.partition.name.is_empty());
    let mut definition = draft.definition().map(|new| Table { storage: new.storage, ..Table::clone(planned) });
    if let Some(parameters) = totals_claim(&planned.parameters) {
        definition.get_or_insert_with(|| Table::clone(planned)).parameters = parameters;
    }
    if let Some(of_table) = of_table {
        let mut new = definition.take().unwrap_or_else(|| Table::clone(planned));
        new.parameters.extend(of_table.partition.parameters.clone());
        if let (Some(storage), Some(moved)) = (new.storage.as_mut(), of_table.partition.storage.as_ref()) {
            storage.location.clone_from(&moved.location);
        }
        definition = Some(new);
    }
    Publish {
        at: crate::catalog::TableRef::new(&planned.catalog, &planned.database, &planned.name),
        planned: Arc::clone(planned),
        definition,
        partitions: draft.published.clone(),
        dropped: Vec::new(),
    }
}

pub(super) fn report_of(
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
    report.partitions = draft.published.iter().take(LISTED_MAX).map(|p| p.partition.name.clone()).collect();
    report
}
