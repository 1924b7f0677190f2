//! Scan planning: which files of a table, and which row groups of these, can have rows that a filter keeps. Partitions
//! are pruned by their values, files by what their footers told when they were registered; nothing is opened.

use std::collections::VecDeque;
use std::sync::Arc;

use skep_core::filter::Value;
use skep_core::lake::{ScanFilter, column_unknown};
use skep_core::name::normalize;
use skep_core::table::{Column, Table};
use skep_core::{Error, Kind, Result};

use super::files::Unit;
use super::listing::Listings;
use crate::catalog::{AsOf, Metastore, PartitionWalk, TableRef, WalkedPartition};
use crate::etl::register::formats::format_refuse;
use crate::etl::register::registration::Etl;
use crate::lake::Lake;

/// Partitions that are read at once, and those that are read first, so that the first files are there soon.
const PARTITIONS: usize = 1_000;
const PARTITIONS_FIRST: usize = 64;

/// What is to be planned.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    pub table: TableRef,
    /// Over keys and columns; blank: all rows.
    pub filter: String,
    /// That will be read; none: all.
    pub columns: Vec<String>,
    /// None: now.
    pub as_of: Option<AsOf>,
}

/// Why a request cannot be planned, and which part of it is wrong.
#[derive(Debug)]
pub struct PlanRefusal {
    pub field: Option<String>,
    pub error: Error,
}

/// A file to be read.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    pub partition: Arc<PlannedPartition>,
    pub uri: String,
    /// Bytes.
    pub size: i64,
    /// None where nobody told.
    pub rows: Option<i64>,
    /// Milliseconds since the epoch, by the clock of where it lies.
    pub modified_at_ms: i64,
    pub etag: Option<String>,
    /// Those that can have rows; none where the file is not known so exactly: all of it.
    pub row_groups: Vec<PlannedRowGroup>,
    /// Found by a listing just now: its facts are not known.
    pub is_listed: bool,
}

/// A partition that has files to be read; its name is empty where the table has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlannedPartition {
    pub name: String,
    /// None is NULL.
    pub values: Vec<Option<String>>,
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedRowGroup {
    /// Bytes from the beginning of the file.
    pub offset: u64,
    pub length: u64,
    pub rows: u64,
}

/// What came of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanSummary {
    /// That the filter's conditions of keys keep, and those of them that have files to be read.
    pub partitions: i64,
    pub partitions_planned: i64,
    /// Of these partitions, and those to be read.
    pub files: i64,
    pub files_planned: i64,
    /// Of the files to be read: bytes, rows as far as known (of row groups that can match), and how many were listed.
    pub bytes: i64,
    pub rows: i64,
    pub files_listed: i64,
}

/// A plan being made: a page of files at a time, all of one version of the table.
pub struct Plan {
    pub(in crate::etl) metastore: Metastore,
    pub(in crate::etl) lake: Lake,
    pub(in crate::etl) walk: PartitionWalk,
    pub(in crate::etl) filter: ScanFilter,
    columns: Vec<Column>,
    /// Partitions that were met and not planned yet.
    pub(in crate::etl) waiting: VecDeque<Waiting>,
    /// Files of those before them that are to be looked at.
    pub(in crate::etl) units: VecDeque<Unit>,
    /// Listings of those among them that are not registered.
    pub(in crate::etl) listings: Listings,
    pub(in crate::etl) summary: PlanSummary,
    /// The partition that the last file was of.
    pub(in crate::etl) last: Option<Arc<PlannedPartition>>,
    pub(in crate::etl) is_begun: bool,
}

/// A partition whose files are to be looked at.
#[derive(Debug)]
pub(in crate::etl) struct Waiting {
    pub partition: Arc<PlannedPartition>,
    pub keys: Vec<Value>,
    /// Without a slash at its end.
    pub location: String,
    pub is_registered: bool,
    pub file_count: Option<usize>,
}

impl Etl {
    /// Opens a plan.
    ///
    /// # Errors
    /// NotFound for the table or its version, Meta and InvalidInput for the filter and the columns, InvalidOperation for
    /// a view.
    pub async fn plan(&self, request: &PlanRequest) -> Result<Plan, PlanRefusal> {
        let of = |field: &str| {
            let field = Some(field.to_owned());
            move |error: Error| PlanRefusal { field, error }
        };
        let whole = |error: Error| PlanRefusal { field: None, error };
        let at = &request.table;
        let parse = |table: &Table| ScanFilter::parse(&request.filter, &table.partition_keys, table.columns());
        // Keys never change; columns may until the walk has its version.
        let filter = match request.as_of {
            Some(as_of) => parse(&self.metastore.version_get(at, as_of).await.map_err(of("as_of"))?),
            None => parse(&*self.metastore.table_get(at).await.map_err(whole)?),
        };
        let filter = filter.map_err(of("filter"))?;
        let walk = self.metastore.partition_walk(at, request.as_of, filter.partitions()).await.map_err(whole)?;
        let table = Arc::clone(walk.table());
        if table.is_view() {
            return Err(whole(Error::invalid_operation(format!("{at} is a view; files belong to tables"))));
        }
        format_refuse(at, &table).map_err(whole)?;
        let filter = parse(&table).map_err(of("filter"))?;
        let columns = columns(&table, &request.columns)
            .map_err(|(place, error)| PlanRefusal { field: Some(format!("columns[{place}]")), error })?;
        Ok(Plan {
            metastore: self.metastore.clone(),
            lake: self.lake.clone(),
            walk,
            filter,
            columns,
            waiting: VecDeque::new(),
            units: VecDeque::new(),
            listings: Listings::default(),
            summary: PlanSummary::default(),
            last: None,
            is_begun: false,
        })
    }
}

/// The named columns that are no keys, in the order in which they are asked for; else the place of the name that is none.
fn columns(table: &Table, names: &[String]) -> Result<Vec<Column>, (usize, Error)> {
    if names.is_empty() {
        return Ok(table.columns().to_vec());
    }
    let mut found: Vec<Column> = Vec::with_capacity(names.len().min(table.columns().len()));
    for (name, place) in names.iter().zip(0..) {
        let is_it = |column: &&Column| normalize(&column.name) == normalize(name);
        if table.partition_keys.iter().any(|key| is_it(&key)) {
            continue;
        }
        let column = table.columns().iter().find(is_it).ok_or_else(|| {
            let all: Vec<Column> = table.partition_keys.iter().chain(table.columns()).cloned().collect();
            (place, column_unknown(name, &all).with_kind(Kind::InvalidInput))
        })?;
        if !found.iter().any(|known| is_it(&known)) {
            found.push(column.clone());
        }
    }
    Ok(found)
}

impl Plan {
    /// The table in the version that all files are of.
    pub fn table(&self) -> &Table {
        self.walk.table()
    }

    /// Columns to be read, without keys.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Of what was given so far.
    pub fn summary(&self) -> PlanSummary {
        self.summary
    }

    /// The next files, by partition (listed ones as they are found); none behind the last.
    ///
    /// # Errors
    /// Unavailable where the store or a listing breaks off, or the version's retention is over; InvalidOperation where
    /// files of a partition are not known and its place cannot be listed.
    pub async fn next(&mut self) -> Result<Vec<PlannedFile>> {
        loop {
            if self.units.is_empty() && self.waiting.is_empty() && !self.walk_on().await? {
                return Ok(Vec::new());
            }
            let files = self.files_next().await?;
            if !files.is_empty() {
                self.count(&files);
                return Ok(files);
            }
        }
    }

    /// Meets further partitions; false behind the last.
    async fn walk_on(&mut self) -> Result<bool> {
        let count = if self.is_begun { PARTITIONS } else { PARTITIONS_FIRST };
        let met = self.walk.next(count).await?;
        if met.is_empty() {
            return Ok(false);
        }
        self.summary.partitions += met.len() as i64;
        for partition in met {
            let keys = self.filter.key_values(&partition.values);
            if self.filter.may_keep_partition(&keys) {
                self.waiting.extend(Waiting::of(partition, keys));
            }
        }
        Ok(true)
    }

    fn count(&mut self, files: &[PlannedFile]) {
        let summary = &mut self.summary;
        summary.files_planned += files.len() as i64;
        for file in files {
            let parts = || file.row_groups.iter().map(|group| group.rows as i64).sum();
            summary.rows += if file.row_groups.is_empty() { file.rows.unwrap_or_default() } else { parts() };
            summary.bytes += file.size;
            summary.files_listed += i64::from(file.is_listed);
            if self.last.as_ref().is_none_or(|last| !Arc::ptr_eq(last, &file.partition)) {
                summary.partitions_planned += 1;
                self.last = Some(Arc::clone(&file.partition));
            }
        }
    }
}

impl Waiting {
    /// None for a partition that lies nowhere, and so has no files.
    fn of(partition: WalkedPartition, keys: Vec<Value>) -> Option<Self> {
        let location = partition.location?.trim_end_matches('/').to_owned();
        let values = partition.values.into_iter().zip(&keys);
        let values = values.map(|(text, value)| (!value.is_null()).then_some(text)).collect();
        Some(Self {
            partition: Arc::new(PlannedPartition { name: partition.name, values }),
            keys,
            location,
            is_registered: partition.is_registered,
            file_count: partition.file_count,
        })
    }
}
