//! What an event log asks of its files.

use std::cmp::Ordering;

use skep_core::event_log::{EventTime, LogRole};
use skep_core::lake::FileFacts;
use skep_core::table::Table;
use skep_core::types::Value;

use super::report::{Finding, Severity};
use crate::catalog::LogRecord;

/// Of a table that is no log: nothing.
#[derive(Debug, Default)]
pub(in crate::etl) struct LogRules {
    /// Keys and order.
    never_null: Vec<String>,
    horizon: Option<Horizon>,
}

/// Events from before it do not count.
#[derive(Debug)]
struct Horizon {
    column: String,
    text: String,
    value: Value,
}

impl LogRules {
    pub fn of(table: &Table, record: Option<&LogRecord>) -> Self {
        let (Some(LogRole::Log), Some(record)) = (LogRole::of(table), record) else { return Self::default() };
        let log = &record.log;
        let horizon = || {
            let text = record.shown()?.horizon.clone()?;
            let value = EventTime::of(log, table)?.value(&text)?;
            Some(Horizon { column: log.order.first()?.clone(), text, value })
        };
        Self { never_null: log.keys.iter().chain(&log.order).cloned().collect(), horizon: horizon() }
    }

    /// Whether files need not be looked at.
    pub fn is_empty(&self) -> bool {
        self.never_null.is_empty()
    }

    /// What is wrong with a file, or worth knowing.
    pub fn check(&self, uri: &str, facts: &FileFacts, findings: &mut Vec<Finding>) {
        nulls_check(&self.never_null, uri, facts, findings);
        let Some(horizon) = &self.horizon else { return };
        let least = facts.column(&horizon.column).and_then(|column| column.bounds.low.as_ref());
        if let Some(least) = least.filter(|least| least.compare(&horizon.value) == Some(Ordering::Less)) {
            let what = format!(
                "events from before {} do not count, the log's tombstones are gone; the least `{}` here is {}",
                horizon.text,
                horizon.column,
                least.to_text().unwrap_or_default()
            );
            findings.push(Finding::new(Severity::Warning, uri, "before_horizon", what));
        }
    }
}

/// Keys and order of an event log are never NULL.
pub(in crate::etl) fn nulls_check(never_null: &[String], uri: &str, facts: &FileFacts, findings: &mut Vec<Finding>) {
    for name in never_null.iter().filter(|_| facts.rows > 0) {
        let problem = match facts.column(name).and_then(|column| column.bounds.nulls) {
            Some(0) => continue,
            Some(nulls) => format!("the column `{name}` of the event log is NULL in {nulls} rows"),
            None => format!("the file does not tell how often the column `{name}` of the event log is NULL"),
        };
        findings.push(Finding::error(uri, "null_key", problem));
    }
}
