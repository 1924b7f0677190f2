//! From files and their footers to what is published: which partitions change, and how.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use skep_core::lake::{FileFacts, FileSchema, schema_compare, statistics_of};
use skep_core::partition::Partition;
use skep_core::registration::{REGISTERED, is_registered};
use skep_core::stats::{Accuracy, NUM_ROWS, fast_statistics_set};
use skep_core::table::{Column, Parameters, Shape, Storage, Table};
use skep_core::{Error, Kind, Result};

use super::footer::Footer;
use super::gather::Source;
use super::log_rules::LogRules;
use super::partitions::{Part, below, place_problem};
use super::report::{Finding, Severity};
use super::request::{Mode, Register};
use crate::catalog::{Published, StoredFile, totals_claim};
use crate::warehouse::Location;

/// A column that is new or has another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::etl) struct ColumnChange {
    pub name: String,
    /// None: it is new.
    pub old_type: Option<String>,
    pub new_type: String,
}

/// A batch against one state of its table.
pub(in crate::etl) struct Draft<'r> {
    pub request: &'r Register,
    pub table: Arc<Table>,
    /// Columns as the batch leaves them.
    pub columns: Vec<Column>,
    pub changes: Vec<ColumnChange>,
    pub findings: Vec<Finding>,
    pub published: Vec<Published>,
    pub counts: Counts,
    pub log_rules: LogRules,
    pub now_seconds: i64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(in crate::etl) struct Counts {
    pub files_added: i64,
    pub files_unchanged: i64,
    pub files_removed: i64,
    pub partitions_added: i64,
    pub partitions_changed: i64,
    pub rows: i64,
    pub bytes: i64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.files_added += other.files_added;
        self.files_unchanged += other.files_unchanged;
        self.files_removed += other.files_removed;
        self.partitions_added += other.partitions_added;
        self.partitions_changed += other.partitions_changed;
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

/// What a partition's part of a batch comes to.
#[derive(Default)]
pub(in crate::etl) struct Taken {
    published: Option<Published>,
    counts: Counts,
    finding: Option<Finding>,
}

/// What is there of a partition before.
pub(in crate::etl) struct Before {
    pub partition: Option<Partition>,
    /// Its files by path, if all are known.
    pub files: Vec<StoredFile>,
}

impl Before {
    /// Nothing is there of any of them.
    pub fn none<'n>(names: impl IntoIterator<Item = &'n String>) -> Befores {
        names.into_iter().map(|name| (name.clone(), Self { partition: None, files: Vec::new() })).collect()
    }

    /// The file of this path, if it is the same one.
    pub fn same(&self, path: &str, source: &Source) -> Option<&StoredFile> {
        let known = self.known(path)?;
        source.is(known.size, known.modified_at, known.etag.as_deref()).then_some(known)
    }

    /// The file of this path.
    fn known(&self, path: &str) -> Option<&StoredFile> {
        let at = self.files.binary_search_by(|known| known.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }
}

impl<'r> Draft<'r> {
    pub fn new(request: &'r Register, table: Arc<Table>, now_seconds: i64) -> Self {
        Self {
            request,
            columns: table.columns().to_vec(),
            table,
            changes: Vec::new(),
            findings: Vec::new(),
            published: Vec::new(),
            counts: Counts::default(),
            log_rules: LogRules::default(),
            now_seconds,
        }
    }

    /// Holds the schemas of new files against the table's, each distinct one once.
    pub fn schemas(&mut self, files: &[(String, &Footer)]) -> Result<()> {
        let mut seen: HashMap<&FileSchema, Vec<skep_core::lake::Finding>> = HashMap::new();
        for (uri, file) in files {
            let schema = &*file.schema;
            if !seen.contains_key(schema) {
                let found = schema_compare(&self.columns, &self.table.partition_keys, schema, self.request.policy);
                if !found.has_errors() {
                    found.apply(&mut self.columns);
                    let types = found.change.into_iter().map(|c| (c.name, Some(c.old_type), c.new_type));
                    let new = found.add.into_iter().map(|c| (c.name, None, c.type_name.unwrap_or_default()));
                    for (name, old_type, new_type) in types.chain(new) {
                        self.change(ColumnChange { name, old_type, new_type });
                    }
                }
                seen.insert(schema, found.findings);
            }
            self.findings.extend(seen[schema].iter().map(|found| Finding::of(uri, found.clone())));
            if !self.log_rules.is_empty() {
                self.log_rules.check(uri, &file.facts()?, &mut self.findings);
            }
        }
        Ok(())
    }

    fn change(&mut self, change: ColumnChange) {
        match self.changes.iter_mut().find(|known| known.name == change.name) {
            Some(known) => known.new_type = change.new_type,
            None => self.changes.push(change),
        }
    }

    /// The table's new definition, where its columns change.
    pub fn definition(&self) -> Option<Table> {
        if self.changes.is_empty() {
            return None;
        }
        let mut table = Table::clone(&self.table);
        if let Some(storage) = table.storage.as_mut() {
            Arc::make_mut(&mut storage.shape).columns = Some(self.columns.clone());
        }
        Some(table)
    }

    /// What a partition's part of the batch comes to.
    pub fn part(
        &self,
        name: &str,
        part: &Part,
        before: &Before,
        sources: &[Source],
        footers: &HashMap<usize, &Footer>,
    ) -> Result<Taken> {
        let known = before.partition.as_ref();
        if let Some(was) = known.and_then(Partition::location)
            && let Some(problem) = place_problem(self.request, name, was, part)
        {
            return Ok(Taken { finding: Some(Finding::error("", "two_places", problem)), ..Taken::default() });
        }
        let was_registered = known.is_some_and(|p| is_registered(&p.parameters));
        let replaces_all = self.request.mode == Mode::Replace || !was_registered;
        let (mut kept, mut added, mut removed) = (Vec::<&StoredFile>::new(), Vec::new(), Vec::new());
        for at in &part.files {
            let path = below(&sources[*at].file.location, &part.location);
            match (before.same(path, &sources[*at]), footers.get(at)) {
                (Some(same), _) if was_registered => kept.push(same),
                (_, Some(footer)) => {
                    if before.known(path).is_some() {
                        removed.push(path.to_owned());
                    }
                    added.push(stored(name, path, &sources[*at], footer));
                }
                // A file with a problem, that was left out.
                (_, None) => {}
            }
        }
        let counts = Counts { files_unchanged: kept.len() as i64, ..Counts::default() };
        let touched: HashSet<&str> =
            kept.iter().map(|f| f.path.as_str()).chain(removed.iter().map(String::as_str)).collect();
        let others: Vec<&StoredFile> = before.files.iter().filter(|f| !touched.contains(f.path.as_str())).collect();
        drop(touched);
        if replaces_all {
            removed.extend(others.iter().map(|known| known.path.clone()));
        } else {
            kept.extend(others);
        }
        let is_as_it_was = added.is_empty() && removed.is_empty() && known.is_some() && was_registered;
        if is_as_it_was || (added.is_empty() && kept.is_empty()) {
            return Ok(Taken { counts, ..Taken::default() });
        }
        self.publish(name, part, known, (&kept, added, removed), counts)
    }

    /// Takes a partition's part of the batch in.
    pub fn take(&mut self, taken: Taken) {
        self.findings.extend(taken.finding);
        self.counts.add(taken.counts);
        self.published.extend(taken.published);
    }

    fn publish(
        &self,
        name: &str,
        part: &Part,
        known: Option<&Partition>,
        (kept, added, removed): (&[&StoredFile], Vec<StoredFile>, Vec<String>),
        mut counts: Counts,
    ) -> Result<Taken> {
        let files = || kept.iter().copied().chain(&added);
        let facts: Vec<FileFacts> = files().map(facts_of).collect::<Result<_>>()?;
        let facts: Vec<&FileFacts> = facts.iter().collect();
        let bytes: i64 = files().map(|file| file.size).sum();
        let rows: u64 = facts.iter().map(|facts| facts.rows).sum();
        counts.files_added = added.len() as i64;
        counts.files_removed = removed.len() as i64;
        counts.rows = added.iter().map(|file| file.row_count).sum();
        counts.bytes = added.iter().map(|file| file.size).sum();
        match known {
            Some(_) => counts.partitions_changed = 1,
            None => counts.partitions_added = 1,
        }
        let statistics = statistics_of(&self.columns, &facts, self.now_seconds);
        let mut parameters = known.map(|p| p.parameters.clone()).unwrap_or_default();
        fast_statistics_set(&mut parameters, facts.len() as u64, bytes as u64);
        parameters.insert(NUM_ROWS.to_owned(), rows.to_string());
        parameters.insert(REGISTERED.to_owned(), "true".to_owned());
        parameters.insert("transient_lastDdlTime".to_owned(), self.now_seconds.to_string());
        Accuracy::clear(&mut parameters);
        Accuracy::edit(&mut parameters, |accuracy| {
            accuracy.set_basic();
            accuracy.add_columns(statistics.iter().map(|column| column.column.as_str()));
        });
        let partition = self.partition(name, part, known, parameters);
        let was_registered = known.is_some_and(|p| is_registered(&p.parameters));
        let published = Published {
            partition,
            replaces: known.map(|p| p.id).filter(|_| !name.is_empty()),
            is_new_content: !was_registered,
            files_removed: if was_registered { removed } else { Vec::new() },
            files_added: added,
            statistics,
        };
        Ok(Taken { published: Some(published), counts, finding: None })
    }

    pub fn partition(&self, name: &str, part: &Part, known: Option<&Partition>, parameters: Parameters) -> Partition {
        let shape = known.and_then(|p| p.storage.as_ref()).or(self.table.storage.as_ref()).map(|s| &s.shape);
        let shape = shape.map(Arc::clone).unwrap_or_default();
        let was = known.and_then(Partition::location);
        let stays = was.filter(|was| Location::parse(was).is_ok_and(|was| was.same_place(&part.location)));
        Partition {
            id: 0,
            values: known.map_or(&part.values, |p| &p.values).clone(),
            name: name.to_owned(),
            create_time: known.map_or(self.now_seconds as i32, |p| p.create_time),
            last_access_time: known.map_or(0, |p| p.last_access_time),
            storage: Some(Storage {
                shape,
                location: Some(stays.map_or_else(|| part.location.to_string(), str::to_owned)),
            }),
            parameters,
            write_id: known.and_then(|p| p.write_id),
        }
    }

    /// When all is in: partitions get the columns that the batch leaves; equal shapes stay one.
    pub fn finish(&mut self) {
        let mut renewed: HashMap<usize, Arc<Shape>> = HashMap::new();
        for storage in self.published.iter_mut().filter_map(|p| p.partition.storage.as_mut()) {
            if storage.shape.columns() == self.columns {
                continue;
            }
            let new = renewed.entry(Arc::as_ptr(&storage.shape).addr()).or_insert_with(|| {
                Arc::new(Shape { columns: Some(self.columns.clone()), ..Shape::clone(&storage.shape) })
            });
            storage.shape = Arc::clone(new);
        }
    }

    /// What schemas have changed so far.
    pub fn mark(&self) -> Mark {
        Mark { columns: self.columns.clone(), changes: self.changes.clone(), findings: self.findings.len() }
    }

    pub fn errors_since(&self, mark: &Mark) -> Vec<Finding> {
        self.findings[mark.findings..].iter().filter(|f| f.severity == Severity::Error).cloned().collect()
    }

    /// As if no schema had been looked at since.
    pub fn reset(&mut self, mark: Mark) {
        self.columns = mark.columns;
        self.changes = mark.changes;
        self.findings.truncate(mark.findings);
    }
}

/// A point to which a draft's schemas can be taken back.
pub(in crate::etl) struct Mark {
    columns: Vec<Column>,
    changes: Vec<ColumnChange>,
    findings: usize,
}

fn stored(partition: &str, path: &str, source: &Source, file: &Footer) -> StoredFile {
    StoredFile {
        partition: partition.to_owned(),
        path: path.to_owned(),
        added: 0,
        size: source.file.size as i64,
        modified_at: source.file.modified_at_ms,
        etag: source.file.etag.clone(),
        row_count: file.rows as i64,
        facts: file.facts.to_string(),
    }
}

pub(in crate::etl) fn facts_of(file: &StoredFile) -> Result<FileFacts> {
    FileFacts::parse(&file.facts).map_err(|error| unreadable(file, &error))
}

/// The error of facts that cannot be read.
pub(in crate::etl) fn unreadable(file: &StoredFile, error: &Error) -> Error {
    Error::new(Kind::Corrupt, format!("the facts of the file {} cannot be read: {error}", file.path))
}

/// A table for files whose schema is that of the first of them; the others' is then held against it.
pub(in crate::etl) fn table_of(request: &Register, base: &str, keys: &[(String, String)], first: &Footer) -> Table {
    let column = |name: &str, type_name: &str| Column {
        name: name.to_owned(),
        type_name: Some(type_name.to_owned()),
        comment: None,
    };
    let partition_keys: Vec<Column> = keys.iter().map(|(name, type_name)| column(name, type_name)).collect();
    let columns = first.schema.table_columns(&partition_keys);
    let at = request.table.at();
    let shape = Shape {
        columns: Some(columns),
        input_format: Some("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat".to_owned()),
        output_format: Some("org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat".to_owned()),
        serde: Some(skep_core::table::Serde {
            library: Some("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe".to_owned()),
            parameters: [("serialization.format".to_owned(), "1".to_owned())].into(),
            ..Default::default()
        }),
        ..Shape::default()
    };
    // So that discovery reads these paths, too.
    let pattern = request.pattern.as_ref().map(|pattern| (super::request::PATTERN.to_owned(), pattern.clone()));
    let parameters = pattern.into_iter().chain([("EXTERNAL".to_owned(), "TRUE".to_owned())]).collect();
    Table {
        catalog: at.catalog,
        database: at.database,
        name: at.table,
        storage: Some(Storage { shape: Arc::new(shape), location: Some(base.to_owned()) }),
        partition_keys,
        parameters: totals_claim(&parameters).unwrap_or(parameters),
        table_type: skep_core::table::TableType::External,
        ..Table::default()
    }
}

/// By partition name, what is there now.
pub(in crate::etl) type Befores = BTreeMap<String, Before>;
