//! Which files a request means.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::TryStreamExt as _;
use skep_core::lake::{Bounds, ColumnFacts, FileColumn, FileFacts, FileSchema, Nan, text_high, text_low};
use skep_core::types::{KeyType, Value};
use skep_core::{Error, Kind, Result};

use super::footer::Footer;
use super::report::Finding;
use super::request::{KnownColumn, KnownFile, Register};
use crate::etl::parallel::map_all;
use crate::lake::{Lake, LakeFile, Listed, ParquetFile};
use crate::warehouse::Location;

/// So many files one request may mean.
const FILES_MAX: usize = 5_000_000;

/// The files of a request.
#[derive(Debug, Default)]
pub(in crate::etl) struct Gathered {
    pub files: Vec<Source>,
    pub findings: Vec<Finding>,
    /// Facts that the request itself told, by location.
    pub told: HashMap<Location, Footer>,
}

/// A file, and below which prefix it was found.
#[derive(Debug, Clone)]
pub(in crate::etl) struct Source {
    pub file: LakeFile,
    /// The directory where a file was named.
    pub prefix: Arc<Location>,
}

impl Source {
    /// Whether it is the file that was registered with these facts.
    pub fn is(&self, size: i64, modified_at: i64, etag: Option<&str>) -> bool {
        let file = &self.file;
        let etag_differs = matches!((etag, &file.etag), (Some(one), Some(other)) if one != other);
        let time_differs = file.etag.is_none() && modified_at != file.modified_at_ms;
        size == file.size as i64 && !etag_differs && !time_differs
    }
}

/// Lists and looks. Errors: NotFound and the like name the place.
pub(in crate::etl) async fn gather(lake: &Lake, request: &Register, listed: &Arc<AtomicUsize>) -> Result<Gathered> {
    let mut all = Gathered::default();
    for uri in &request.uris {
        let location = Location::parse(uri).map_err(|e| e.with_kind(Kind::InvalidInput))?;
        let before = all.files.len();
        all.list(lake, &location, listed).await?;
        if all.files.len() == before {
            all.findings.push(Finding::error(uri, "no_files", "no data file lies there"));
        }
    }
    for (source, footer) in map_all(&request.files, told)? {
        all.told.insert(source.file.location.clone(), footer);
        all.files.push(source);
    }
    all.sort();
    Ok(all)
}

impl Gathered {
    /// Takes in all that lies below a prefix.
    pub async fn list(&mut self, lake: &Lake, prefix: &Location, listed: &Arc<AtomicUsize>) -> Result<()> {
        let shared = Arc::new(prefix.clone());
        let mut pages = lake.list(prefix);
        while let Some(page) = pages.try_next().await? {
            self.take(page, &shared);
            listed.store(self.files.len(), Ordering::Relaxed);
            if self.files.len() > FILES_MAX {
                return Err(Error::new(Kind::InvalidInput, format!("more than {FILES_MAX} files; name less")));
            }
        }
        Ok(())
    }

    /// By location, each file once.
    pub fn sort(&mut self) {
        self.files.sort_by(|one, other| one.file.location.cmp(&other.file.location));
        self.files.dedup_by(|one, other| one.file.location == other.file.location);
    }

    fn take(&mut self, page: Vec<Listed>, prefix: &Arc<Location>) {
        for listed in page {
            match listed {
                Listed::File(file) => {
                    let parent = if file.location == **prefix { prefix.parent() } else { None };
                    self.files.push(Source { file, prefix: parent.map_or_else(|| Arc::clone(prefix), Arc::new) });
                }
                Listed::Skipped(uri, finding) => self.findings.push(Finding::of(uri, finding)),
            }
        }
    }
}

/// A file as the request tells it, which is not opened.
fn told(known: &KnownFile) -> Result<(Source, Footer)> {
    let location = Location::parse(&known.uri).map_err(|e| e.with_kind(Kind::InvalidInput))?;
    let wrong = |what: &str| Error::new(Kind::InvalidInput, format!("{}: {what}", known.uri));
    let rows = u64::try_from(known.rows).map_err(|_| wrong("a negative number of rows"))?;
    if known.columns.is_empty() {
        return Err(wrong("columns are not told; a file that is not to be opened needs them"));
    }
    let prefix = Arc::new(location.parent().unwrap_or_else(|| location.clone()));
    let file = LakeFile {
        location,
        size: known.size,
        modified_at_ms: known.modified_at_ms,
        etag: known.etag.clone().filter(|etag| !etag.is_empty()),
    };
    Ok((Source { file, prefix }, Footer::of(file_told(known, rows))))
}

fn file_told(known: &KnownFile, rows: u64) -> ParquetFile {
    let columns = known.columns.iter().map(|column| FileColumn {
        name: column.name.to_lowercase(),
        written_name: column.name.clone(),
        hive_type: column.type_name.clone(),
        is_optional: true,
    });
    let schema = Arc::new(FileSchema { columns: columns.collect(), findings: Vec::new() });
    let mut facts =
        FileFacts { rows, columns: known.columns.iter().map(column_told).collect(), row_groups: Vec::new() };
    facts.bound();
    ParquetFile { schema, facts, created_by: None }
}

fn column_told(column: &KnownColumn) -> ColumnFacts {
    let key_type = KeyType::parse(&column.type_name);
    let is_float = matches!(key_type, KeyType::Float | KeyType::Double);
    let low =
        column.min.as_deref().map(|text| if key_type.is_text() { text_low(text) } else { (text.to_owned(), true) });
    let high = column
        .max
        .as_deref()
        .and_then(|text| if key_type.is_text() { text_high(text) } else { Some((text.to_owned(), true)) });
    let value = |bound: &Option<(String, bool)>| bound.as_ref().and_then(|(text, _)| Value::parse(text, key_type));
    let nulls = column.nulls.and_then(|nulls| u64::try_from(nulls).ok());
    ColumnFacts {
        name: column.name.to_lowercase(),
        hive_type: column.type_name.clone(),
        // Who tells of timestamps may mean points in time.
        is_instant: key_type == KeyType::Timestamp,
        bounds: Bounds {
            low: value(&low),
            high: value(&high),
            // Who tells of bounds need not have seen the values.
            low_is_exact: false,
            high_is_exact: false,
            nulls,
            nan: if is_float { Nan::Perhaps } else { Nan::None },
        },
        distinct: column.distinct.and_then(|distinct| u64::try_from(distinct).ok()),
        value_bytes: None,
    }
}
