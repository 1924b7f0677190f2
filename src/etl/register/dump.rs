//! A relational dump: a directory of `schema.table/`, `schema/table/` or `table/` folders, each a table's files. All of
//! its tables land in one commit, or none does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use skep_core::lake::{EmptyValue, Policy};
use skep_core::name::normalize;
use skep_core::table::Database;
use skep_core::{Error, Kind, Result};

use super::formats::formats_above;
use super::gather::{Gathered, Source};
use super::land::{Landing, Overtaken};
use super::partitions::{Paths, below};
use super::registration::{Attempt, Etl, Prepared, Progress, Read, has_errors, report_of, report_read, report_write};
use super::report::{Finding, Outcome, Report, findings_cut};
use super::request::{Register, TableName};
use crate::catalog::{Caller, RequestKey};
use crate::warehouse::Location;

/// So many tables one dump may have.
const TABLES_MAX: usize = 10_000;

/// A dump to register.
#[derive(Debug, Clone, Default)]
pub struct Dump {
    pub uri: String,
    pub catalog: String,
    /// None: each table goes into the database of its schema.
    pub database: Option<String>,
    pub create_databases: bool,
    pub policy: Policy,
    /// What directories `key=` mean; None: as each table says.
    pub empty_value: Option<EmptyValue>,
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DumpReport {
    pub outcome: Outcome,
    pub tables: Vec<Report>,
    pub databases_created: Vec<String>,
    pub findings: Vec<Finding>,
    pub findings_left_out: i64,
}

/// A table of the dump: its request, where it lies, its files.
struct DumpTable {
    request: Register,
    place: Location,
    gathered: Gathered,
    read: Read,
}

impl Etl {
    /// Registers, and reports by table. Errors: as of `register`.
    pub async fn register_dump(
        &self,
        caller: &Caller,
        dump: &Dump,
        key: Option<&RequestKey>,
        progress: &Progress,
    ) -> Result<(DumpReport, bool)> {
        if let Some(key) = key
            && let Some(answer) = self.metastore.request_answer(key).await?
        {
            return Ok((report_read(&answer)?, true));
        }
        let root = Location::parse(&dump.uri).map_err(|e| e.with_kind(Kind::InvalidInput))?;
        let mut gathered = Gathered::default();
        gathered.list(&self.lake, &root, &progress.listed).await?;
        progress.listing_done.store(true, Ordering::Relaxed);
        gathered.sort();
        let above = formats_above(&self.lake, [&root]).await?;
        gathered.findings_add(above);
        let (mut tables, mut findings) = tables_of(dump, &root, gathered)?;
        if tables.is_empty() {
            findings.push(Finding::error(&dump.uri, "no_files", "no table's files lie there"));
        }
        let mut overtaken = Overtaken::default();
        loop {
            match self.dump_once(caller, dump, key, (&mut tables, &findings), progress).await {
                Err(error) if error.kind == Kind::Conflict => overtaken.again(&dump.uri, error).await?,
                done => return done,
            }
        }
    }

    async fn dump_once(
        &self,
        caller: &Caller,
        dump: &Dump,
        key: Option<&RequestKey>,
        (tables, findings): (&mut [DumpTable], &[Finding]),
        progress: &Progress,
    ) -> Result<(DumpReport, bool)> {
        let databases = self.dump_databases(dump, tables).await?;
        let mut prepared: Vec<(&Register, Prepared<'_>)> = Vec::with_capacity(tables.len());
        for table in tables {
            let DumpTable { request, place, gathered, read } = table;
            let request: &Register = request;
            let attempt =
                Attempt { etl: self, caller, request, key, paths: Paths { base: Some(place), ..Paths::default() } };
            prepared.push((request, attempt.prepare(gathered, read, progress).await?));
        }
        let refused = has_errors(findings) || prepared.iter().any(|(_, one)| has_errors(&one.findings));
        let is_idle = |one: &Prepared<'_>| one.draft.as_ref().is_none_or(|draft| draft.published.is_empty());
        let outcome = match (refused, prepared.iter().all(|(_, one)| is_idle(one)), dump.dry_run) {
            (true, ..) => Outcome::Refused,
            (_, true, _) => Outcome::Unchanged,
            (.., true) => Outcome::Planned,
            _ => Outcome::Registered,
        };
        let tables = prepared.iter().map(|(request, one)| table_report(request, one, outcome)).collect();
        let (findings, findings_left_out) = findings_cut(findings.to_vec());
        let databases_created: Vec<String> = databases.iter().map(|database| database.name.clone()).collect();
        let mut report = DumpReport { outcome, tables, databases_created, findings, findings_left_out };
        report.cut();
        if outcome != Outcome::Registered {
            if outcome != Outcome::Planned {
                report.databases_created.clear();
            }
            return Ok((report, false));
        }
        self.dump_land(caller, key, &databases, prepared, report).await
    }

    async fn dump_land(
        &self,
        caller: &Caller,
        key: Option<&RequestKey>,
        databases: &[Database],
        prepared: Vec<(&Register, Prepared<'_>)>,
        report: DumpReport,
    ) -> Result<(DumpReport, bool)> {
        let mut drafts = Vec::new();
        let mut places = Vec::new();
        for (at, (_, one)) in prepared.into_iter().enumerate() {
            if let Some(mut draft) = one.draft.filter(|draft| !draft.published.is_empty()) {
                let published = Arc::new(std::mem::take(&mut draft.published));
                drafts.push((draft, published, one.is_new));
                places.push(at);
            }
        }
        let landings: Vec<Landing<'_>> = drafts
            .iter()
            .map(|(draft, published, is_new)| Landing {
                draft,
                published: Arc::clone(published),
                dropped: Vec::new(),
                is_new: *is_new,
            })
            .collect();
        let answer = |versions: &[i64]| {
            let mut report = report.clone();
            for (at, version) in places.iter().zip(versions) {
                if let Some(table) = report.tables.get_mut(*at) {
                    table.version = *version;
                }
            }
            report_write(&report)
        };
        let done = self.land("register_dump", (caller, key), databases, &landings, answer).await?;
        Ok((report_read(&done.answer)?, done.replayed))
    }

    /// Databases that are to be made. Errors: NotFound where that was not asked for.
    async fn dump_databases(&self, dump: &Dump, tables: &[DumpTable]) -> Result<Vec<Database>> {
        let names: BTreeSet<&str> = tables.iter().map(|table| table.request.table.database.as_str()).collect();
        let mut missing = Vec::new();
        for name in names {
            match self.metastore.database_get(&dump.catalog, name).await {
                Ok(_) => {}
                Err(error) if error.kind == Kind::NotFound && dump.create_databases => {
                    let catalog = dump.catalog.clone();
                    missing.push(Database { catalog, name: name.to_owned(), ..Database::default() });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(missing)
    }
}

impl DumpReport {
    /// Brings the reports of many tables within what can be stored: the first keep their lists.
    fn cut(&mut self) {
        let mut left = 500_000_usize;
        for table in &mut self.tables {
            let names: usize = table.partitions.iter().map(|name| name.len() + 3).sum();
            let findings: usize = table.findings.iter().map(|f| f.uri.len() + f.message.len() + 64).sum();
            if let Some(rest) = left.checked_sub(names + findings) {
                left = rest;
            } else {
                table.partitions.clear();
                table.findings_left_out += table.findings.len() as i64;
                table.findings.clear();
            }
        }
    }
}

fn table_report(request: &Register, one: &Prepared<'_>, whole: Outcome) -> Report {
    let is_idle = one.draft.as_ref().is_none_or(|draft| draft.published.is_empty());
    let outcome = match whole {
        _ if has_errors(&one.findings) => Outcome::Refused,
        Outcome::Registered | Outcome::Planned if is_idle => Outcome::Unchanged,
        whole => whole,
    };
    let mut report = report_of(request, one.draft.as_ref(), one.findings.clone(), outcome);
    report.version = one.draft.as_ref().map_or(0, |draft| draft.table.version);
    report.table_created = one.is_new && matches!(outcome, Outcome::Registered | Outcome::Planned);
    report
}

/// Files by table, and what belongs to none.
fn tables_of(dump: &Dump, root: &Location, gathered: Gathered) -> Result<(Vec<DumpTable>, Vec<Finding>)> {
    let mut findings = gathered.findings;
    let mut tables: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for source in gathered.files {
        if let Some(folder) = folder_of(below(&source.file.location, root)) {
            tables.entry(folder.to_owned()).or_default().push(source);
        } else {
            let uri = source.file.location.to_string();
            findings.push(Finding::error(uri, "no_table", "it lies in no table's folder"));
        }
    }
    if tables.len() > TABLES_MAX {
        return Err(Error::new(Kind::InvalidInput, format!("more than {TABLES_MAX} tables; name less")));
    }
    let mut places: BTreeMap<TableName, String> = BTreeMap::new();
    let mut all = Vec::with_capacity(tables.len());
    for (folder, files) in tables {
        let place = root.join(&folder);
        let name = match name_of(dump, &folder) {
            Ok(name) => name,
            Err(why) => {
                findings.push(Finding::error(place.to_string(), "no_table", why));
                continue;
            }
        };
        if let Some(other) = places.insert(name.clone(), folder.clone()) {
            let message = format!("{} is the table of {other}, too; register them into databases apart", name.at());
            findings.push(Finding::error(place.to_string(), "two_places", message));
            continue;
        }
        let request = Register {
            table: name,
            uris: vec![place.to_string()],
            create: true,
            policy: dump.policy,
            empty_value: dump.empty_value,
            dry_run: dump.dry_run,
            ..Register::default()
        };
        let gathered = Gathered { files, ..Gathered::default() };
        all.push(DumpTable { request, place, gathered, read: Read::default() });
    }
    Ok((all, findings))
}

/// A table's folder: one directory, or two where the first is a schema's, before the first `k=v`.
fn folder_of(path: &str) -> Option<&str> {
    let (directories, _) = path.rsplit_once('/')?;
    let mut segments = directories.split('/').take_while(|segment| !segment.contains('='));
    let first = segments.next()?;
    match segments.next() {
        Some(second) if !first.contains('.') => directories.get(..first.len() + 1 + second.len()),
        _ => Some(first),
    }
}

/// The table of a folder.
fn name_of(dump: &Dump, folder: &str) -> std::result::Result<TableName, String> {
    let (before, last) = folder.rsplit_once('/').map_or((None, folder), |(before, last)| (Some(before), last));
    let (schema, table) = last.split_once('.').map_or((before, last), |(schema, table)| (Some(schema), table));
    if table.is_empty() || table.contains('.') {
        return Err("a table's folder is named table, schema.table or schema/table".to_owned());
    }
    let database = dump.database.as_deref().or(schema);
    let database = database.ok_or("the folder names no schema; say into which database its table goes")?;
    Ok(TableName { catalog: dump.catalog.clone(), database: normalize(database), table: normalize(table) })
}

#[cfg(test)]
mod tests {
    use super::{Dump, folder_of, name_of};

    #[test]
    fn folders_and_their_tables() {
        for (path, folder) in [
            ("sales.orders/part-0.parquet", Some("sales.orders")),
            ("sales/orders/part-0.parquet", Some("sales/orders")),
            ("orders/part-0.parquet", Some("orders")),
            ("orders/dt=1/part-0.parquet", Some("orders")),
            ("sales/orders/dt=1/h=2/part-0.parquet", Some("sales/orders")),
            ("sales.orders/1/part-0.parquet", Some("sales.orders")),
            ("part-0.parquet", None),
            ("dt=1/part-0.parquet", None),
        ] {
            assert_eq!(folder_of(path), folder, "{path}");
        }
        let own = Dump::default();
        let into = Dump { database: Some("All".into()), ..Dump::default() };
        let name = |dump: &Dump, folder| name_of(dump, folder).map(|name| format!("{}.{}", name.database, name.table));
        assert_eq!(name(&own, "Sales.Orders"), Ok("sales.orders".into()));
        assert_eq!(name(&own, "sales/orders"), Ok("sales.orders".into()));
        assert_eq!(name(&own, "db/sales.orders"), Ok("sales.orders".into()));
        assert_eq!(name(&into, "sales.orders"), Ok("all.orders".into()));
        assert_eq!(name(&into, "orders"), Ok("all.orders".into()));
        assert!(name(&own, "orders").is_err() && name(&into, "a.b.c").is_err());
    }
}
