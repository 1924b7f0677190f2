//! From files and their footers to what is published: which partitions change, and how.

use std::collections::HashMap;
use std::sync::Arc;

use skep_core::Result;
use skep_core::lake::{FileFacts, FileSchema, schema_compare, statistics_of};
use skep_core::partition::Partition;
use skep_core::registration::REGISTERED;
use skep_core::spark_schema::WrittenNames;
use skep_core::stats::{Accuracy, NUM_ROWS, fast_statistics_set};
use skep_core::table::{Column, Parameters, Shape, Storage, Table};

use super::before::Before;
use super::content::Content;
use super::footer::Footer;
use super::gather::Source;
use super::log_rules::LogRules;
use super::partitions::{Part, place_problem};
use super::report::{Finding, Severity};
use super::request::{EMPTY_VALUE, PATTERN, Register};
use crate::catalog::{Published, totals_claim};
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
    /// How files spell columns that are new.
    pub written: WrittenNames,
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

impl<'r> Draft<'r> {
    pub fn new(request: &'r Register, table: Arc<Table>, now_seconds: i64) -> Self {
        Self {
            request,
            columns: table.columns().to_vec(),
            table,
            changes: Vec::new(),
            written: WrittenNames::new(),
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
                    let spelled = found.add.iter().filter_map(|new| schema.column(&new.name));
                    let spelled = spelled.map(|column| (column.name.clone(), column.written_name.clone()));
                    self.written.extend(spelled);
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
        let content = Content::of((name, part), before, self.request.mode, sources, footers);
        let counts = Counts { files_unchanged: content.unchanged, ..Counts::default() };
        let is_as_it_was = content.added.is_empty() && content.removed.is_empty() && before.is_registered();
        if is_as_it_was || content.is_empty() {
            return Ok(Taken { counts, ..Taken::default() });
        }
        self.publish(name, part, before, content, counts)
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
        before: &Before,
        mut content: Content<'_>,
        mut counts: Counts,
    ) -> Result<Taken> {
        let known = before.partition.as_ref();
        let told = content.tell(before)?;
        let facts: Vec<&FileFacts> = told.facts.iter().collect();
        let rows = facts.iter().fold(0, |sum: u64, facts| sum.saturating_add(facts.rows));
        counts.files_added = content.added.len() as i64;
        counts.files_removed = content.removed.len() as i64;
        counts.rows = content.added.iter().map(|file| file.row_count).sum();
        counts.bytes = content.added.iter().map(|file| file.size).sum();
        match known {
            Some(_) => counts.partitions_changed = 1,
            None => counts.partitions_added = 1,
        }
        let statistics = statistics_of(&self.columns, &facts, self.now_seconds);
        let mut parameters = known.map(|p| p.parameters.clone()).unwrap_or_default();
        fast_statistics_set(&mut parameters, told.files, told.bytes);
        parameters.insert(NUM_ROWS.to_owned(), rows.to_string());
        parameters.insert(REGISTERED.to_owned(), "true".to_owned());
        parameters.insert("transient_lastDdlTime".to_owned(), self.now_seconds.to_string());
        Accuracy::clear(&mut parameters);
        Accuracy::edit(&mut parameters, |accuracy| {
            accuracy.set_basic();
            accuracy.add_columns(statistics.iter().map(|column| column.column.as_str()));
        });
        let published = Published {
            partition: self.partition(name, part, known, parameters),
            replaces: known.map(|p| p.id).filter(|_| !name.is_empty()),
            is_new_content: !before.is_registered(),
            files_removed: content.removed.iter().map(|file| file.path.clone()).collect(),
            files_added: content.added,
            blocks_new: told.blocks_new,
            blocks_grown: told.blocks_grown,
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
    let pattern = request.pattern.as_ref().map(|pattern| (PATTERN.to_owned(), pattern.clone()));
    let empty = request.empty_value.map(|empty| (EMPTY_VALUE.to_owned(), empty.as_str().to_owned()));
    let external = [("EXTERNAL".to_owned(), "TRUE".to_owned())];
    let parameters = pattern.into_iter().chain(empty).chain(external).collect();
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
