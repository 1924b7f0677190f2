//! The text of the final view: the latest state of every key, of a snapshot and the events since.

use super::boundary::{ArrivalOrder, Boundary};
use super::definition::{EventLog, RANK, SNAPSHOT_ID};
use super::dialect::Dialect;
use super::horizon::horizon_term;
use crate::table::Table;
use crate::{Error, Kind, Result};

/// So many late partitions a text may name.
pub const LATE_MAX: usize = 100;

/// What a view's text pins.
#[derive(Debug, Clone, Copy)]
pub struct ViewInput<'a> {
    pub log: &'a EventLog,
    /// The table of events.
    pub table: &'a Table,
    /// None: there is none yet.
    pub snapshot: Option<ViewSnapshot<'a>>,
    /// Partitions at or before the watermark that the snapshot does not have.
    pub late: &'a [Boundary],
}

/// The snapshot that a text reads.
#[derive(Debug, Clone, Copy)]
pub struct ViewSnapshot<'a> {
    pub id: &'a str,
    /// What it covers.
    pub watermark: &'a Boundary,
    /// It has no tombstones from before this moment, as [`EventTime::text`](super::EventTime::text) writes it: events of the
    /// log from before it do not count.
    pub horizon: Option<&'a str>,
}

/// The view's text. Errors (InvalidOperation): too many late partitions.
pub fn final_view_text(input: ViewInput<'_>, dialect: Dialect) -> Result<String> {
    let columns = data_columns(input.table);
    let alive = alive(input, dialect);
    let ranked = ranked(input, dialect, &union(input, dialect, true)?);
    let selected = list(dialect, "r", &columns);
    Ok(format!("SELECT {selected} FROM ({ranked}) {r} WHERE {alive}", r = dialect.name("r")))
}

/// The text of the view of one snapshot alone, without deleted keys. Without a snapshot it has no rows.
pub fn compacted_view_text(input: ViewInput<'_>, dialect: Dialect) -> String {
    let table = &input.log.snapshot_table;
    let id = input.snapshot.map_or("", |snapshot| snapshot.id);
    let undeleted = undeleted(input, dialect, table).map(|text| format!(" AND {text}")).unwrap_or_default();
    format!(
        "SELECT {} FROM {}.{} WHERE {} = {}{undeleted}",
        list(dialect, table, &data_columns(input.table)),
        dialect.name(&input.table.database),
        dialect.name(table),
        list(dialect, table, &[SNAPSHOT_ID]),
        dialect.text(id),
    )
}

/// What a compaction writes: the latest event of every key with deletions, of the snapshot and of exactly these
/// partitions. Deletions from before `horizon`, that of the new snapshot, are left out.
pub fn snapshot_query_text(
    input: ViewInput<'_>,
    partitions: &[Boundary],
    horizon: Option<&str>,
    dialect: Dialect,
) -> Result<String> {
    let columns = data_columns(input.table);
    let arrival = ArrivalOrder::of(input.table)?;
    let table = &input.table.name;
    let source = union_of(input, dialect, &arrival.among(dialect, table, partitions));
    let ranked = ranked(input, dialect, &source);
    let selected = list(dialect, "r", &columns);
    let r = dialect.name("r");
    let kept = match horizon.zip(undeleted(input, dialect, "r")) {
        Some((horizon, undeleted)) => {
            format!(" AND ({undeleted} OR {})", horizon_term(dialect, input.log, "r", ">=", horizon))
        }
        None => String::new(),
    };
    Ok(format!("SELECT {selected} FROM ({ranked}) {r} WHERE {r}.{rank} = 1{kept}", rank = dialect.name(RANK)))
}

/// The events of these partitions that are older than the snapshot's horizon, and so count nowhere. None: it has none.
pub fn barred_query_text(input: ViewInput<'_>, partitions: &[Boundary], dialect: Dialect) -> Result<Option<String>> {
    let Some(horizon) = input.snapshot.and_then(|snapshot| snapshot.horizon) else { return Ok(None) };
    let (arrival, table) = (ArrivalOrder::of(input.table)?, &input.table.name);
    let among = arrival.among(dialect, table, partitions);
    let before = horizon_term(dialect, input.log, table, "<", horizon);
    Ok(Some(events(input, dialect, Some(&format!("({among}) AND {before}")))))
}

/// Rows of one snapshot that another (None: nothing) has not or has otherwise, tombstones among them.
pub fn snapshot_diff_text(input: ViewInput<'_>, earlier: Option<&str>, later: &str, dialect: Dialect) -> String {
    let table = &input.log.snapshot_table;
    let rows = |id: &str| {
        format!(
            "SELECT {} FROM {}.{} WHERE {} = {}",
            list(dialect, table, &data_columns(input.table)),
            dialect.name(&input.table.database),
            dialect.name(table),
            list(dialect, table, &[SNAPSHOT_ID]),
            dialect.text(id),
        )
    };
    match earlier {
        Some(earlier) => format!("{} EXCEPT {}", rows(later), rows(earlier)),
        None => rows(later),
    }
}

fn data_columns(table: &Table) -> Vec<&str> {
    table.columns().iter().map(|c| c.name.as_str()).collect()
}

fn list(dialect: Dialect, table: &str, columns: &[&str]) -> String {
    let one = |column: &&str| format!("{}.{}", dialect.name(table), dialect.name(column));
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// All events with their rank within their key, the latest first.
fn ranked(input: ViewInput<'_>, dialect: Dialect, source: &str) -> String {
    let columns = list(dialect, "u", &data_columns(input.table));
    let keys: Vec<&str> = input.log.keys.iter().map(String::as_str).collect();
    let descending = |column: &str| format!("{} DESC", list(dialect, "u", &[column]));
    let order: Vec<String> = input.log.ranking(input.table).map(descending).collect();
    format!(
        "SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {}) AS {} FROM ({source}) {}",
        list(dialect, "u", &keys),
        order.join(", "),
        dialect.name(RANK),
        dialect.name("u"),
    )
}

/// The first of its key, and no deletion.
fn alive(input: ViewInput<'_>, dialect: Dialect) -> String {
    let first = format!("{}.{} = 1", dialect.name("r"), dialect.name(RANK));
    match undeleted(input, dialect, "r") {
        Some(undeleted) => format!("{first} AND {undeleted}"),
        None => first,
    }
}

/// No deletion; None where there are none.
fn undeleted(input: ViewInput<'_>, dialect: Dialect, table: &str) -> Option<String> {
    let operation = input.log.operation.as_ref()?;
    let column = list(dialect, table, &[&operation.column]);
    let deletes: Vec<String> = operation.deletes.iter().map(|value| dialect.text(value)).collect();
    Some(format!("({column} IS NULL OR {column} NOT IN ({}))", deletes.join(", ")))
}

fn union(input: ViewInput<'_>, dialect: Dialect, is_view: bool) -> Result<String> {
    let arrival = ArrivalOrder::of(input.table)?;
    if is_view && input.late.len() > LATE_MAX {
        return Err(Error::new(
            Kind::InvalidOperation,
            format!("{} late partitions; a view names at most {LATE_MAX}", input.late.len()),
        ));
    }
    let Some(ViewSnapshot { watermark, .. }) = input.snapshot else { return Ok(events(input, dialect, None)) };
    let table = &input.table.name;
    let mut terms = vec![arrival.after(dialect, table, watermark)];
    if !input.late.is_empty() {
        terms.push(arrival.among(dialect, table, input.late));
    }
    Ok(union_of(input, dialect, &terms.join(" OR ")))
}

/// The snapshot, if there is one, and the events that a condition holds for.
fn union_of(input: ViewInput<'_>, dialect: Dialect, condition: &str) -> String {
    let Some(ViewSnapshot { id, horizon, .. }) = input.snapshot else { return events(input, dialect, Some(condition)) };
    let events = match horizon {
        Some(horizon) => {
            let counts = horizon_term(dialect, input.log, &input.table.name, ">=", horizon);
            events(input, dialect, Some(&format!("({condition}) AND {counts}")))
        }
        None => events(input, dialect, Some(condition)),
    };
    let table = &input.log.snapshot_table;
    let columns = list(dialect, table, &data_columns(input.table));
    format!(
        "SELECT {columns} FROM {}.{} WHERE {} = {} UNION ALL {events}",
        dialect.name(&input.table.database),
        dialect.name(table),
        list(dialect, table, &[SNAPSHOT_ID]),
        dialect.text(id),
    )
}

fn events(input: ViewInput<'_>, dialect: Dialect, condition: Option<&str>) -> String {
    let table = &input.table.name;
    let columns = list(dialect, table, &data_columns(input.table));
    let condition = condition.map(|text| format!(" WHERE ({text})")).unwrap_or_default();
    format!("SELECT {columns} FROM {}.{}{condition}", dialect.name(&input.table.database), dialect.name(table))
}
