//! Discoveries and dumps.

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;

use super::register::{column_out, empty_value_in, finding_out, outcome_out, policy_in, report_out};
use crate::catalog::TableRef;
use crate::etl::{Discover, Discovered, Dump, DumpReport, Limits, Names, TableName};
use crate::rpc::error::{Answer, refused_field};

fn text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

pub fn discover_in(request: p::DiscoverRequest, at: &TableRef) -> Answer<Discover> {
    Ok(Discover {
        table: TableName { catalog: at.catalog.clone(), database: at.database.clone(), table: at.table.clone() },
        add: request.add,
        drop: request.drop,
        sync: request.sync,
        dry_run: request.dry_run,
        pattern: text(request.pattern),
        policy: policy_in(request.evolution)?,
        empty_value: empty_value_in(request.empty_value)?,
        keep_empty: request.keep_empty,
        allow_drop_most: request.allow_drop_most,
        allow_missing_location: request.allow_missing_location,
        limits: Limits::default(),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "fields that are messages are optional")]
fn names_out(names: Names) -> Option<p::PartitionNames> {
    Some(p::PartitionNames { count: names.count, names: names.first })
}

pub fn discovered_out(report: Discovered, replayed: bool) -> p::DiscoverReport {
    let table = report.table;
    p::DiscoverReport {
        outcome: outcome_out(report.outcome).into(),
        table: Some(a::TableName { catalog: table.catalog, database: table.database, table: table.table }),
        version: report.version,
        files_listed: report.files_listed,
        partitions: report.partitions,
        new_partitions: names_out(report.new),
        gone_partitions: names_out(report.gone),
        empty_partitions: names_out(report.empty),
        changed_partitions: names_out(report.changed),
        partitions_unknown: report.unknown,
        files_new: report.files_new,
        files_changed: report.files_changed,
        files_vanished: report.files_vanished,
        partitions_added: report.partitions_added,
        partitions_dropped: report.partitions_dropped,
        partitions_synced: report.partitions_synced,
        files_added: report.files_added,
        files_removed: report.files_removed,
        rows: report.rows,
        columns: report.columns.into_iter().map(column_out).collect(),
        findings: report.findings.into_iter().map(finding_out).collect(),
        findings_left_out: report.findings_left_out,
        replayed,
    }
}

pub fn dump_in(request: p::RegisterDumpRequest, catalog: String) -> Answer<Dump> {
    if request.uri.is_empty() {
        return Err(refused_field("uri", "the dump's directory is needed"));
    }
    Ok(Dump {
        uri: request.uri,
        catalog,
        database: text(request.database),
        create_databases: request.create_databases,
        policy: policy_in(request.evolution)?,
        empty_value: empty_value_in(request.empty_value)?,
        dry_run: request.dry_run,
    })
}

pub fn dump_out(report: DumpReport, replayed: bool) -> p::DumpReport {
    p::DumpReport {
        outcome: outcome_out(report.outcome).into(),
        tables: report.tables.into_iter().map(|table| report_out(table, replayed)).collect(),
        databases_created: report.databases_created,
        findings: report.findings.into_iter().map(finding_out).collect(),
        findings_left_out: report.findings_left_out,
        replayed,
    }
}
