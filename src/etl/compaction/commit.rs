//! What a compaction wrote becomes a snapshot: its directory is listed, the footers are read and held against what it
//! read, and only then is it published.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use skep_core::lake::FileFacts;
use skep_core::registration::is_registered;
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::check::{Expected, Written, check};
use crate::catalog::{
    Caller, CompactionCommit, CompactionState, CompactionWork, LogEnded, LogSnapshot, StoredFile, TableRef,
};
use crate::etl::register::content::{blocks_fill, facts_of};
use crate::etl::register::log_rules::nulls_check;
use crate::etl::register::partitions::below;
use crate::etl::register::registration::{Etl, Progress, Read};
use crate::etl::register::report::{Finding, Severity, findings_cut};
use crate::lake::{LakeFile, Listed};
use crate::warehouse::Location;

/// Files of so many partitions are looked up at a time.
const NAMES_AT_ONCE: usize = 1_000;

/// A compaction that says that it is done.
#[derive(Debug, Clone)]
pub struct Commit {
    pub at: TableRef,
    pub token: i64,
    /// What it wrote; all that lies in its place if empty.
    pub files: Vec<String>,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Committed {
    /// None: files are not as they must be, and nothing was changed.
    pub snapshot: Option<LogSnapshot>,
    /// It was committed before.
    pub replayed: bool,
    pub files: Vec<LogFile>,
    pub findings: Vec<Finding>,
    pub findings_left_out: i64,
}

/// A file by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    pub uri: String,
    /// Bytes.
    pub size: i64,
    /// 0 where it was not opened.
    pub rows: i64,
}

impl Etl {
    /// Verifies and publishes. A commit that comes again gives what the first one made.
    ///
    /// Errors: InvalidOperation where another compaction won, naming it; Unavailable where files could not be read.
    pub async fn compaction_commit(&self, caller: &Caller, commit: &Commit) -> Result<Committed> {
        let work = match self.metastore.compaction_state(&commit.at, commit.token).await? {
            CompactionState::Open(work) => work,
            CompactionState::Committed(snapshot) => {
                return Ok(Committed { snapshot: Some(snapshot), replayed: true, ..Committed::default() });
            }
        };
        let place = Location::parse(&work.compaction.location)?;
        let (written, mut findings) = self.written(&place, &commit.files).await?;
        let expected = self.expected(&work).await?;
        findings.extend(check(&work, &expected, &written));
        let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
        let (findings, findings_left_out) = findings_cut(findings);
        let files = written.iter().map(|one| LogFile {
            uri: one.file.location.to_string(),
            size: one.file.size as i64,
            rows: one.footer.facts.rows as i64,
        });
        let mut done = Committed { files: files.collect(), findings, findings_left_out, ..Committed::default() };
        if has_errors {
            return Ok(done);
        }
        let mut files: Vec<StoredFile> =
            written.iter().map(|one| one.stored(below(&one.file.location, &place))).collect();
        let facts: Vec<FileFacts> = written.into_iter().map(|one| one.footer.facts).collect();
        let (blocks, _) = blocks_fill(&mut files, &facts, [], 1);
        let commit = CompactionCommit {
            at: commit.at.clone(),
            token: commit.token,
            rows: files.iter().map(|file| file.row_count).sum(),
            bytes: files.iter().map(|file| file.size).sum(),
            files,
            blocks,
        };
        done.snapshot = Some(self.metastore.compaction_commit(caller, &commit).await?);
        Ok(done)
    }

    /// What lies in the compaction's place, with footers; and what is wrong about that. Engines read all of it.
    async fn written(&self, place: &Location, told: &[String]) -> Result<(Vec<Written>, Vec<Finding>)> {
        let told = told.iter().map(|uri| Location::parse(uri).map_err(|e| e.with_kind(Kind::InvalidInput)));
        let told: HashSet<Location> = told.collect::<Result<_>>()?;
        let (listed, mut findings) = (self.files_in(place).await?, Vec::new());
        for missing in told.iter().filter(|one| !listed.iter().any(|file| file.location == **one)) {
            findings.push(Finding::error(missing.to_string(), "vanished", format!("it does not lie in {place}")));
        }
        for file in &listed {
            let uri = || file.location.to_string();
            if !told.is_empty() && !told.contains(&file.location) {
                let what =
                    "it lies where the snapshot is to be, and the commit does not name it: readers would read it";
                findings.push(Finding::error(uri(), "extra_file", what));
            }
            if below(&file.location, place).contains('/') {
                let what = "it lies in a directory below the snapshot's: Hive and Trino do not look there";
                findings.push(Finding::error(uri(), "nested", what));
            }
        }
        let mut read = Read::default();
        self.footers(listed.clone(), &mut read, &Progress::default()).await?;
        let mut written = Vec::with_capacity(listed.len());
        for file in listed {
            if let Some(footer) = read.files.remove(&file.location) {
                written.push(Written { file, footer: footer.unpacked()? });
            } else if let Some(problem) = read.problems.get(&file.location) {
                findings.push(Finding::of(file.location.to_string(), problem.finding()));
            }
        }
        Ok((written, findings))
    }

    /// Data files below a place; none where it is not there.
    async fn files_in(&self, place: &Location) -> Result<Vec<LakeFile>> {
        let (mut pages, mut files) = (self.lake.list(place), Vec::new());
        loop {
            match pages.try_next().await {
                Ok(Some(page)) => files.extend(page.into_iter().filter_map(|listed| match listed {
                    Listed::File(file) => Some(file),
                    Listed::Skipped(..) => None,
                })),
                Ok(None) => return Ok(files),
                Err(error) if error.kind == Kind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error),
            }
        }
    }

    /// What the base and the partitions that were read tell, as far as their files are known.
    async fn expected(&self, work: &CompactionWork) -> Result<Expected> {
        let (input, mut expected) = (&work.input, Expected::of(work));
        if !input.partitions.iter().all(|partition| is_registered(&partition.parameters)) {
            return Ok(expected);
        }
        let mut facts: Vec<FileFacts> = Vec::new();
        let names: Vec<String> = input.partitions.iter().map(|partition| partition.name.clone()).collect();
        for names in names.chunks(NAMES_AT_ONCE) {
            facts.extend(self.facts(&input.log, work.compaction.log_version, names).await?);
        }
        if let Some(base) = &input.base {
            let names = std::slice::from_ref(&base.name);
            facts.extend(self.facts(&work.snapshots, work.snapshots.version, names).await?);
        }
        expected.facts = Some(facts);
        Ok(expected)
    }

    async fn facts(&self, table: &Table, version: i64, names: &[String]) -> Result<Vec<FileFacts>> {
        self.metastore.files(table.id, version, names).await?.iter().map(facts_of).collect()
    }

    /// Files that abandoned compactions left behind.
    pub async fn abandoned_files(&self, ended: &LogEnded) -> Result<Vec<LogFile>> {
        let files = self.files_in(&Location::parse(&ended.location)?).await?;
        let told = |file: LakeFile| LogFile { uri: file.location.to_string(), size: file.size as i64, rows: 0 };
        Ok(files.into_iter().map(told).collect())
    }

    /// What stands against a table's files before it becomes an event log: columns that must have a value have NULLs.
    /// Reads the footers of all its partitions.
    pub async fn log_files_check(&self, table: &Arc<Table>, never_null: &[String]) -> Result<Vec<Finding>> {
        let (mut after, mut findings) = (String::new(), Vec::new());
        loop {
            let page = self.metastore.version_partitions(table, &after, NAMES_AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(findings) };
            after.clone_from(&last.name);
            for place in page.iter().filter_map(|partition| partition.location()) {
                let (written, wrong) = self.written(&Location::parse(place)?, &[]).await?;
                findings.extend(wrong);
                for one in &written {
                    nulls_check(never_null, &one.file.location.to_string(), &one.footer.facts, &mut findings);
                }
            }
            if findings.len() > FINDINGS_MAX {
                return Ok(findings);
            }
        }
    }
}

/// After so many the rest is not looked at.
const FINDINGS_MAX: usize = 100;

/// The first errors among findings as one, of a call that has no report.
pub fn findings_error(findings: &[Finding]) -> Option<Error> {
    const TOLD: usize = 3;
    let errors: Vec<&Finding> = findings.iter().filter(|one| one.severity == Severity::Error).collect();
    let told: Vec<String> = errors.iter().take(TOLD).map(|one| format!("{}: {}", one.uri, one.message)).collect();
    let more = errors.len().saturating_sub(TOLD);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    (!told.is_empty()).then(|| Error::invalid_object(format!("{}{more}", told.join("; "))))
}
