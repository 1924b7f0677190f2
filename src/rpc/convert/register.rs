//! Registrations.

use skep_core::lake::{EmptyValue, Policy};
use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;

use crate::catalog::TableRef;
use crate::etl::{
    Finding, KnownBounds, KnownColumn, KnownFile, KnownRowGroup, Mode, Outcome, Register, Report, Severity, TableName,
};
use crate::rpc::error::{Answer, refused_field};

/// Lists of a request are bounded by its size; these besides, since each place costs a listing.
const URIS_MAX: usize = 200_000;

pub fn register_in(request: p::RegisterRequest, at: &TableRef) -> Answer<Register> {
    if request.uris.len() > URIS_MAX {
        let message = format!("{} places; {URIS_MAX} are allowed: name prefixes", request.uris.len());
        return Err(refused_field("uris", message));
    }
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(Register {
        table: TableName { catalog: at.catalog.clone(), database: at.database.clone(), table: at.table.clone() },
        uris: request.uris,
        files: request.files.into_iter().enumerate().map(known_in).collect::<Answer<_>>()?,
        create: request.create,
        partition_by: request.partition_by,
        pattern: text(request.pattern),
        base: text(request.base),
        empty_value: empty_value_in(request.empty_value)?,
        policy: policy_in(request.evolution)?,
        mode: match p::RegisterMode::try_from(request.mode) {
            Ok(p::RegisterMode::Unspecified | p::RegisterMode::Append) => Mode::Append,
            Ok(p::RegisterMode::Replace) => Mode::Replace,
            Err(_) => return Err(refused_field("mode", format!("{} is no mode", request.mode))),
        },
        dry_run: request.dry_run,
        quarantine: request.quarantine,
        without_bad_files: false,
    })
}

pub fn policy_in(given: i32) -> Answer<Policy> {
    match p::EvolutionPolicy::try_from(given) {
        Ok(p::EvolutionPolicy::Unspecified | p::EvolutionPolicy::AddColumns) => Ok(Policy::AddColumns),
        Ok(p::EvolutionPolicy::Strict) => Ok(Policy::Strict),
        Ok(p::EvolutionPolicy::Widen) => Ok(Policy::Widen),
        Err(_) => Err(refused_field("evolution", format!("{given} is no policy"))),
    }
}

/// None: as the table says.
pub fn empty_value_in(given: i32) -> Answer<Option<EmptyValue>> {
    match p::EmptyValue::try_from(given) {
        Ok(p::EmptyValue::Unspecified) => Ok(None),
        Ok(p::EmptyValue::Error) => Ok(Some(EmptyValue::Error)),
        Ok(p::EmptyValue::Null) => Ok(Some(EmptyValue::Null)),
        Err(_) => Err(refused_field("empty_value", format!("{given} is no choice; 1 (error) and 2 (null) are"))),
    }
}

fn known_in((at, file): (usize, p::KnownFile)) -> Answer<KnownFile> {
    let size = u64::try_from(file.size)
        .map_err(|_| refused_field(&format!("files[{at}].size"), format!("{} bytes", file.size)))?;
    let column = |column: p::KnownColumn| KnownColumn {
        name: column.name,
        type_name: column.r#type,
        nulls: column.nulls,
        min: column.min,
        max: column.max,
        distinct: column.distinct,
    };
    Ok(KnownFile {
        uri: file.uri,
        size,
        modified_at_ms: file.modified_at_ms,
        etag: Some(file.etag).filter(|etag| !etag.is_empty()),
        rows: file.rows,
        columns: file.columns.into_iter().map(column).collect(),
        row_groups: file.row_groups.into_iter().map(group_in).collect(),
    })
}

fn group_in(group: p::KnownRowGroup) -> KnownRowGroup {
    let bounds = |bounds: p::KnownBounds| KnownBounds { nulls: bounds.nulls, min: bounds.min, max: bounds.max };
    KnownRowGroup {
        offset: group.offset,
        length: group.length,
        rows: group.rows,
        columns: group.columns.into_iter().map(bounds).collect(),
    }
}

pub fn report_out(report: Report, replayed: bool) -> p::RegisterReport {
    let table = report.table;
    p::RegisterReport {
        outcome: outcome_out(report.outcome).into(),
        table: Some(a::TableName { catalog: table.catalog, database: table.database, table: table.table }),
        version: report.version,
        files_added: report.files_added,
        files_unchanged: report.files_unchanged,
        files_removed: report.files_removed,
        partitions_added: report.partitions_added,
        partitions_changed: report.partitions_changed,
        rows: report.rows,
        bytes: report.bytes,
        table_created: report.table_created,
        columns: report.columns.into_iter().map(column_out).collect(),
        findings: report.findings.into_iter().map(finding_out).collect(),
        findings_left_out: report.findings_left_out,
        quarantine_id: report.quarantine_id.unwrap_or_default(),
        partitions: report.partitions,
        replayed,
    }
}

pub fn outcome_out(outcome: Outcome) -> p::RegisterOutcome {
    match outcome {
        Outcome::Registered => p::RegisterOutcome::Registered,
        Outcome::Unchanged => p::RegisterOutcome::Unchanged,
        Outcome::Refused => p::RegisterOutcome::Refused,
        Outcome::Planned => p::RegisterOutcome::Planned,
    }
}

pub fn column_out((name, old_type, new_type): (String, Option<String>, String)) -> p::ColumnChange {
    p::ColumnChange { name, old_type: old_type.unwrap_or_default(), new_type }
}

pub fn finding_out(finding: Finding) -> p::FileFinding {
    let severity = match finding.severity {
        Severity::Info => p::Severity::Info,
        Severity::Warning => p::Severity::Warning,
        Severity::Error => p::Severity::Error,
    };
    p::FileFinding { uri: finding.uri, severity: severity.into(), code: finding.code, message: finding.message }
}
