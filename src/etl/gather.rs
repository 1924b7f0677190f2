//! Which files a request means.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use skep_core::lake::{ColumnFacts, FileColumn, FileFacts, bound_above, bound_below};
use skep_core::types::KeyType;
use skep_core::{Error, Kind, Result};

use super::report::{Finding, Severity};
use super::request::{KnownFile, Register};
use crate::lake::{Footer, FoundFile, Lake, Listing, SkipReason};
use crate::warehouse::Location;

/// Progress that several tasks add to.
pub(super) type Count = Arc<AtomicUsize>;

/// The files of a request.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub files: Vec<Source>,
    pub findings: Vec<Finding>,
    /// Facts that the request itself told, by location.
    pub told: HashMap<Location, Footer>,
}

/// A file, and below which prefix it was found.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub file: FoundFile,
    /// The directory where a file was named.
    pub prefix: Location,
}

/// Lists and looks. Errors: NotFound and the like name the place.
pub(super) async fn gather(lake: &Lake, request: &Register, listed: &Count) -> Result<Gathered> {
    let mut all = Gathered::default();
    for uri in &request.uris {
        let location = Location::parse(uri).map_err(|e| e.with_kind(Kind::InvalidInput))?;
        if !uri.ends_with('/') && lake.is_file(&location).await? {
            let prefix = location.parent().unwrap_or_else(|| location.clone());
            all.files.push(Source { file: lake.look(&location).await?, prefix });
            listed.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let before = listed.load(Ordering::Relaxed);
        let counter = Arc::clone(listed);
        let listing = lake.list(&location, move |count| counter.store(before + count, Ordering::Relaxed)).await?;
        if listing.files.is_empty() {
            all.findings.push(Finding::error(uri, "no_files", "no data file lies below it"));
        }
        all.take(listing, &location);
    }
    for known in &request.files {
        all.told(known)?;
    }
    all.files.sort_by(|one, other| one.file.location.cmp(&other.file.location));
    all.files.dedup_by(|one, other| one.file.location == other.file.location);
    Ok(all)
}

impl Gathered {
    fn take(&mut self, listing: Listing, prefix: &Location) {
        self.files.extend(listing.files.into_iter().map(|file| Source { file, prefix: prefix.clone() }));
        let skipped = |skipped: crate::lake::Skipped| {
            let (code, message) = match skipped.reason {
                SkipReason::Hidden => ("hidden", "left out: engines ignore names that begin with _ or ."),
                SkipReason::Marker => ("marker", "left out: it is empty and no Parquet file by its name"),
            };
            Finding::new(Severity::Info, skipped.location.to_string(), code, message)
        };
        self.findings.extend(listing.skipped.into_iter().map(skipped));
    }

    fn told(&mut self, known: &KnownFile) -> Result<()> {
        let location = Location::parse(&known.uri).map_err(|e| e.with_kind(Kind::InvalidInput))?;
        let wrong = |what: &str| Error::new(Kind::InvalidInput, format!("{}: {what}", known.uri));
        if known.rows < 0 {
            return Err(wrong("a negative number of rows"));
        }
        if known.columns.is_empty() {
            return Err(wrong("columns are not told; a file that is not to be opened needs them"));
        }
        let prefix = location.parent().unwrap_or_else(|| location.clone());
        let file = FoundFile {
            location: location.clone(),
            path: location.name().to_owned(),
            size: known.size,
            modified_at_ms: known.modified_at_ms,
            etag: known.etag.clone().filter(|etag| !etag.is_empty()),
        };
        self.files.push(Source { file, prefix });
        self.told.insert(location, footer_told(known));
        Ok(())
    }
}

fn footer_told(known: &KnownFile) -> Footer {
    let is_text = |type_name: &str| KeyType::parse(type_name).is_text();
    let columns = known.columns.iter().map(|column| FileColumn {
        name: column.name.to_lowercase(),
        written_as: column.name.clone(),
        type_name: column.type_name.clone(),
    });
    let facts = known.columns.iter().map(|column| {
        let text = is_text(&column.type_name);
        ColumnFacts {
            name: column.name.to_lowercase(),
            type_name: column.type_name.clone(),
            nulls: column.nulls,
            min: column.min.as_deref().map(|min| if text { bound_below(min) } else { min.to_owned() }),
            max: column.max.as_deref().and_then(|max| if text { bound_above(max) } else { Some(max.to_owned()) }),
            distinct: column.distinct,
            bytes: None,
        }
    });
    let facts = FileFacts { columns: facts.collect(), groups: Vec::new() };
    Footer { rows: known.rows, columns: columns.collect(), facts }
}
