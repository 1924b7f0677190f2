//! What a snapshot's files must be, by what the compaction read. It catches a compactor that forgot the base, read other
//! partitions, lost keys or multiplied rows; not one that chose the wrong event of a key.

use std::cmp::Ordering;

use skep_core::lake::{Bounds, FileFacts, Nan, Policy, schema_compare};
use skep_core::partition::Partition;
use skep_core::stats::NUM_ROWS;
use skep_core::types::Value;

use crate::catalog::{CompactionWork, StoredFile};
use crate::etl::register::log_rules::nulls_check;
use crate::etl::register::report::{Finding, Severity};
use crate::lake::{LakeFile, ParquetFile};

/// A file that a compaction wrote.
pub(in crate::etl) struct Written {
    pub file: LakeFile,
    pub footer: ParquetFile,
}

impl Written {
    pub fn stored(&self, path: &str) -> StoredFile {
        StoredFile {
            partition: "".into(),
            path: path.to_owned(),
            added: 0,
            size: self.file.size as i64,
            modified_at: self.file.modified_at_ms,
            etag: self.file.etag.clone(),
            row_count: self.footer.facts.rows as i64,
            facts: self.footer.facts.to_text(),
            block: 0,
        }
    }
}

/// What is known of a compaction's input.
#[derive(Debug, Default)]
pub(in crate::etl) struct Expected {
    /// Every key of the base is in the new snapshot, too: tombstones stay. With a horizon they go, nobody knows how many.
    pub rows_min: i64,
    /// No key comes from nowhere. None where a partition does not tell its rows.
    pub rows_max: Option<i64>,
    /// Of all files that were read; None where some are not known.
    pub facts: Option<Vec<FileFacts>>,
}

impl Expected {
    pub fn of(work: &CompactionWork) -> Self {
        let base = work.base.as_ref().map_or(0, |base| base.rows);
        let rows =
            |partition: &Partition| partition.parameters.get(NUM_ROWS)?.parse::<i64>().ok().filter(|rows| *rows >= 0);
        let came: Option<i64> = work.input.partitions.iter().map(rows).sum();
        let rows_min = match work.compaction.horizon {
            None => base.max(i64::from(came.is_some_and(|came| came > 0))),
            Some(_) => 0,
        };
        Self { rows_min, rows_max: came.map(|came| base + came), facts: None }
    }
}

/// What is wrong, or worth knowing.
pub(in crate::etl) fn check(work: &CompactionWork, expected: &Expected, written: &[Written]) -> Vec<Finding> {
    let (log, mut findings) = (&work.input.log, Vec::new());
    let never_null: Vec<String> = work.log.keys.iter().chain(&work.log.order).cloned().collect();
    for one in written {
        let uri = one.file.location.to_string();
        let found = schema_compare(log.columns(), &[], &one.footer.schema, Policy::Strict).findings;
        findings.extend(found.into_iter().map(|found| Finding::of(&uri, found)));
        nulls_check(&never_null, &uri, &one.footer.facts, &mut findings);
    }
    let rows: i64 = written.iter().map(|one| one.footer.facts.rows as i64).sum();
    let place = &work.compaction.location;
    if rows < expected.rows_min {
        let what = format!(
            "{rows} rows were written, and there are at least {} keys: every key of the base must be there, deleted ones too",
            expected.rows_min
        );
        findings.push(Finding::error(place, "rows_missing", what));
    }
    if let Some(most) = expected.rows_max.filter(|most| rows > *most) {
        let what = format!("{rows} rows were written of {most} that were read: a key has one row");
        findings.push(Finding::error(place, "rows_too_many", what));
    }
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return findings;
    }
    // Where tombstones went, bounds are within those that were read.
    let is_whole = work.compaction.horizon.is_none();
    let facts: Vec<&FileFacts> = written.iter().map(|one| &one.footer.facts).collect();
    for key in &work.log.keys {
        let read = expected.facts.as_ref().and_then(|all| bounds(key, all.iter()));
        let wrote = bounds(key, facts.iter().copied());
        let Some((read, wrote)) = read.zip(wrote) else { continue };
        let within =
            [(Ordering::Less, "least", read.low, wrote.low), (Ordering::Greater, "greatest", read.high, wrote.high)];
        for (inside, side, read, wrote) in within {
            if let Some((read, wrote)) = read.zip(wrote)
                && let order = read.compare(&wrote)
                && order != Some(Ordering::Equal)
                && (is_whole || order != Some(inside))
            {
                let (read, wrote) = (text(&read), text(&wrote));
                let what = format!("the {side} `{key}` that was written is {wrote}, and of what was read {read}");
                findings.push(Finding::error(place, "key_bounds", what));
            }
        }
    }
    findings
}

fn text(value: &Value) -> String {
    value.to_text().unwrap_or_else(|| "NULL".to_owned())
}

/// The exact bounds of a column over files; None where they are not known. Texts are left out: writers cut them, and not
/// all say so.
fn bounds<'f>(column: &str, files: impl Iterator<Item = &'f FileFacts>) -> Option<Bounds> {
    let mut all: Option<(u64, Bounds)> = None;
    for file in files.filter(|file| file.rows > 0) {
        let facts = file.column(column)?;
        let exact = facts.bounds.low_is_exact && facts.bounds.high_is_exact && facts.bounds.nan == Nan::None;
        if !exact || facts.is_instant || matches!(facts.bounds.low, Some(Value::Text(_))) {
            return None;
        }
        all = Some(match all {
            None => (file.rows, facts.bounds.clone()),
            Some((rows, bounds)) => (rows + file.rows, bounds.union(rows, &facts.bounds, file.rows)),
        });
    }
    all.map(|(_, bounds)| bounds)
}
