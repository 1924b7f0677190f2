//! Restoring an earlier version: first it is looked whether its files are still there, partition by partition and in bounded
//! memory, then all of it is one commit.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use skep_core::{Error, Kind, Result};

use super::look::{Looked, expected};
use crate::catalog::{AsOf, Caller, Metastore, RequestKey, RestorePart, RestorePlan, TableRef, VersionRestore};
use crate::etl::register::land::Overtaken;
use crate::etl::register::registration::Etl;
use crate::etl::register::report::{Finding, LISTED_MAX, Outcome, Severity, findings_cut};
use crate::etl::register::request::TableName;

/// Partitions that are looked at together; their files' names are in memory meanwhile.
const LOOKED_AT_ONCE: usize = 256;
/// Bytes of the names in one list of a report.
const NAMES_BYTES_MAX: usize = 50_000;

/// A version to be restored.
#[derive(Debug, Clone)]
pub struct Restore {
    pub at: TableRef,
    pub as_of: AsOf,
    /// The definition, too: columns, formats, parameters, place; not the name.
    pub redefine: bool,
    pub dry_run: bool,
    /// Partitions whose files are not all there stay as they are now.
    pub allow_missing: bool,
    /// Nobody looks at files.
    pub skip_files: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RestoreReport {
    pub outcome: Outcome,
    pub table: TableName,
    /// The one that was restored.
    pub restored_version: i64,
    /// The table's version then.
    pub version: i64,
    pub redefined: bool,
    pub came: NameList,
    pub went: NameList,
    pub changed: NameList,
    /// Stayed as they are, since their files are not there.
    pub left: NameList,
    pub partitions_looked_at: i64,
    pub files_looked_at: i64,
    pub findings: Vec<Finding>,
    pub findings_left_out: i64,
}

/// How many names there are, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameList {
    pub count: i64,
    pub first: Vec<String>,
    bytes: usize,
}

impl NameList {
    fn push(&mut self, name: &str) {
        self.count += 1;
        self.bytes += name.len() + 3;
        if self.bytes <= NAMES_BYTES_MAX {
            self.first.push(name.to_owned());
        }
    }
}

/// What was found out by looking, over all attempts.
#[derive(Default)]
struct Known {
    there: HashSet<i64>,
    left: HashSet<i64>,
    partitions: i64,
    files: i64,
    findings: Vec<Finding>,
    findings_left_out: i64,
}

impl Etl {
    /// Restores a version and reports. A version whose files are not all there is refused, which is a report; errors are of
    /// the table and its version (NotFound, InvalidOperation) and of the store (Unavailable).
    pub async fn restore(
        &self,
        caller: &Caller,
        request: &Restore,
        key: Option<&RequestKey>,
    ) -> Result<(RestoreReport, bool)> {
        if let Some(key) = key
            && let Some(answer) = self.metastore.request_answer(key).await?
        {
            return Ok((read(&answer)?, true));
        }
        let mut known = Known::default();
        let mut overtaken = Overtaken::default();
        loop {
            let plan = self.metastore.restore_plan(&request.at, request.as_of, request.redefine).await?;
            // A time is a version from here on: the table's clock goes on.
            let request = &Restore { as_of: AsOf::Version(plan.then.version), ..request.clone() };
            let report = self.restore_look(request, plan, &mut known).await?;
            if report.outcome != Outcome::Planned || request.dry_run {
                return Ok((report, false));
            }
            match self.restore_land(caller, request, key, report, &known).await {
                Err(error) if error.kind == Kind::Conflict => overtaken.again(&request.at, error).await?,
                done => return done,
            }
        }
    }

    /// What would be done, and whether it can be.
    async fn restore_look(&self, request: &Restore, mut plan: RestorePlan, known: &mut Known) -> Result<RestoreReport> {
        let mut report = RestoreReport {
            table: TableName {
                catalog: request.at.catalog.clone(),
                database: request.at.database.clone(),
                table: request.at.table.clone(),
            },
            restored_version: plan.then.version,
            version: plan.now.version,
            redefined: plan.redefines,
            ..RestoreReport::default()
        };
        let at_version = (plan.then.id, plan.then.version);
        if let Some(own) = plan.own.take() {
            self.look(request, at_version, vec![own], known).await?;
            if known.left.remove(&0) {
                // Half a definition is none.
                return Ok(refused(report, known));
            }
        }
        loop {
            let steps = plan.next().await?;
            if steps.is_empty() {
                break;
            }
            let parts: Vec<RestorePart> = steps.iter().filter_map(|step| step.restored.clone()).collect();
            self.look(request, at_version, parts, known).await?;
            for step in &steps {
                match &step.restored {
                    Some(part) if known.left.contains(&part.id) => report.left.push(&step.name),
                    Some(_) if step.is_there => report.changed.push(&step.name),
                    Some(_) => report.came.push(&step.name),
                    None => report.went.push(&step.name),
                }
            }
        }
        if report.left.count > 0 && !request.allow_missing {
            return Ok(refused(report, known));
        }
        let is_nothing = [&report.came, &report.went, &report.changed].iter().all(|list| list.count == 0);
        report.outcome = if is_nothing && !report.redefined { Outcome::Unchanged } else { Outcome::Planned };
        Ok(told(report, known))
    }

    /// Looks at those parts that nobody looked at yet.
    async fn look(
        &self,
        request: &Restore,
        at_version: (i64, i64),
        parts: Vec<RestorePart>,
        known: &mut Known,
    ) -> Result<()> {
        if request.skip_files {
            return Ok(());
        }
        let new = |part: &RestorePart| !known.there.contains(&part.id) && !known.left.contains(&part.id);
        let mut parts: Vec<RestorePart> = parts.into_iter().filter(new).collect();
        while !parts.is_empty() {
            let rest = parts.split_off(parts.len().min(LOOKED_AT_ONCE));
            let wanted = expected(&self.metastore, at_version, parts).await?;
            let mut looks = stream::iter(wanted)
                .map(|part| async move { part.look(&self.lake).await })
                .buffer_unordered(super::look::AT_ONCE);
            while let Some(Looked { id, files, mut findings }) = looks.try_next().await? {
                known.partitions += 1;
                known.files += files;
                let is_there = findings.iter().all(|finding| finding.severity != Severity::Error);
                if is_there {
                    known.there.insert(id)
                } else {
                    known.left.insert(id)
                };
                if request.allow_missing {
                    for finding in &mut findings {
                        finding.severity = Severity::Warning;
                    }
                }
                known.note(findings);
            }
            parts = rest;
        }
        Ok(())
    }

    async fn restore_land(
        &self,
        caller: &Caller,
        request: &Restore,
        key: Option<&RequestKey>,
        report: RestoreReport,
        known: &Known,
    ) -> Result<(RestoreReport, bool)> {
        let restore = &VersionRestore {
            at: request.at.clone(),
            version: report.restored_version,
            redefine: request.redefine,
            checked: (!request.skip_files).then(|| Arc::new(known.there.clone())),
            left: Arc::new(known.left.clone()),
        };
        let (report, overtaken) = (&report, &AtomicBool::new(false));
        let tables = std::slice::from_ref(&request.at);
        let done = self.metastore.together("version_restore", key, tables, |within: Metastore| async move {
            let done = match within.version_restore(caller, restore).await {
                // Within the shared write a conflict would only run this same plan again.
                Err(error) if error.kind == Kind::Conflict => {
                    overtaken.store(true, Ordering::Relaxed);
                    return Err(error.with_kind(Kind::InvalidOperation));
                }
                done => done?,
            };
            let is_nothing = done.came + done.went + done.changed == 0 && !done.redefined;
            let mut report = report.clone();
            report.outcome = if is_nothing { Outcome::Unchanged } else { Outcome::Registered };
            report.version = done.version;
            report.redefined = done.redefined;
            (report.came.count, report.went.count, report.changed.count) = (done.came, done.went, done.changed);
            serde_json::to_vec(&report).map_err(|e| Error::internal(format!("a report could not be written: {e}")))
        });
        match done.await {
            Err(error) if overtaken.load(Ordering::Relaxed) => Err(error.with_kind(Kind::Conflict)),
            done => {
                let done = done?;
                Ok((read(&done.answer)?, done.replayed))
            }
        }
    }
}

impl Known {
    /// As many of each severity as a report lists.
    fn note(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            let alike = self.findings.iter().filter(|known| known.severity == finding.severity).count();
            if alike < LISTED_MAX { self.findings.push(finding) } else { self.findings_left_out += 1 }
        }
    }
}

fn read(answer: &[u8]) -> Result<RestoreReport> {
    serde_json::from_slice(answer)
        .map_err(|e| Error::new(Kind::Corrupt, format!("a stored report of a restoration: {e}")))
}

fn refused(report: RestoreReport, known: &Known) -> RestoreReport {
    told(RestoreReport { outcome: Outcome::Refused, ..report }, known)
}

/// The report with what was found by looking.
fn told(mut report: RestoreReport, known: &Known) -> RestoreReport {
    let (findings, left_out) = findings_cut(known.findings.clone());
    report.findings = findings;
    report.findings_left_out = left_out + known.findings_left_out;
    (report.partitions_looked_at, report.files_looked_at) = (known.partitions, known.files);
    report
}
