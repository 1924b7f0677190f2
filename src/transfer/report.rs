//! What a transfer tells: while it goes on, line by line, and at its end as a whole. Lists are bounded, counts are not.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::error::CallError;

/// Entries of each list that the report keeps.
const LISTED_MAX: usize = 1000;

/// Objects of one kind.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// At the source.
    pub found: u64,
    pub created: u64,
    pub altered: u64,
    /// There already, and the same.
    pub unchanged: u64,
    pub failed: u64,
    /// Looked at again in the final comparison.
    pub compared: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub object: String,
    pub field: String,
    pub source: Option<String>,
    pub target: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub object: String,
    pub why: String,
}

/// What was not copied, and how much of it there is (none: nobody can count it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub what: String,
    pub count: Option<u64>,
    pub why: String,
}

/// A field that the target's release sets itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotKept {
    pub field: String,
    pub count: u64,
    pub example: Difference,
}

#[derive(Debug, Default, Clone, Serialize)]
pub struct Report {
    pub source: String,
    pub target: String,
    pub dry_run: bool,
    /// Everything was copied, compared, and found to be the same.
    pub complete: bool,
    pub objects: BTreeMap<&'static str, Count>,
    pub difference_count: u64,
    pub differences: Vec<Difference>,
    pub conflict_count: u64,
    pub conflicts: Vec<Problem>,
    pub failure_count: u64,
    pub failures: Vec<Problem>,
    pub not_kept: Vec<NotKept>,
    pub left_out: Vec<LeftOut>,
}

/// A report in the making; shared by all that work on it.
pub struct Recorder {
    report: Mutex<Report>,
    progress: Box<dyn Fn(&str) + Send + Sync>,
}

impl Recorder {
    /// `progress` is told each line as it comes.
    pub fn new(report: Report, progress: Box<dyn Fn(&str) + Send + Sync>) -> Self {
        Self { report: Mutex::new(report), progress }
    }

    fn lock(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn say(&self, line: &str) {
        (self.progress)(line);
    }

    pub fn count(&self, kind: &'static str, change: impl FnOnce(&mut Count)) {
        change(self.lock().objects.entry(kind).or_default());
    }

    pub fn difference(&self, object: &str, field: String, source: Option<String>, target: Option<String>) {
        self.say(&format!("differs: {object}: {field}"));
        let mut report = self.lock();
        report.difference_count += 1;
        if report.differences.len() < LISTED_MAX {
            report.differences.push(Difference { object: object.to_owned(), field, source, target });
        }
    }

    pub fn not_kept(&self, kind: &str, object: &str, field: String, source: Option<String>, target: Option<String>) {
        let mut report = self.lock();
        let named = format!("{kind}: {field}");
        if let Some(known) = report.not_kept.iter_mut().find(|known| known.field == named) {
            known.count += 1;
        } else {
            let example = Difference { object: object.to_owned(), field, source, target };
            report.not_kept.push(NotKept { field: named, count: 1, example });
        }
    }

    pub fn conflict(&self, object: &str, why: String) {
        self.say(&format!("conflict: {object}: {why}"));
        let mut report = self.lock();
        report.conflict_count += 1;
        if report.conflicts.len() < LISTED_MAX {
            report.conflicts.push(Problem { object: object.to_owned(), why });
        }
    }

    /// A call that was refused; one that broke the connection ends the transfer.
    pub fn failure(&self, kind: &'static str, object: &str, error: CallError) -> Result<(), CallError> {
        if error.is_fatal() {
            return Err(error);
        }
        self.say(&format!("failed: {kind} {object}: {error}"));
        let mut report = self.lock();
        report.objects.entry(kind).or_default().failed += 1;
        report.failure_count += 1;
        if report.failures.len() < LISTED_MAX {
            report.failures.push(Problem { object: format!("{kind} {object}"), why: error.to_string() });
        }
        Ok(())
    }

    pub fn left_out(&self, what: impl Into<String>, count: Option<u64>, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        let mut report = self.lock();
        match report.left_out.iter_mut().find(|known| known.what == what && known.why == why) {
            Some(known) => known.count = known.count.zip(count).map(|(a, b)| a + b),
            None => report.left_out.push(LeftOut { what, count, why }),
        }
    }

    /// The report as it is now, at the end.
    pub fn take(&self) -> Report {
        let mut report = self.lock().clone();
        report.complete =
            !report.dry_run && report.difference_count == 0 && report.conflict_count == 0 && report.failure_count == 0;
        report
    }
}
