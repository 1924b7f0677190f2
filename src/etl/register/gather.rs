//! Which files a request means.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::TryStreamExt as _;
use skep_core::{Error, Kind, Result};

use super::footer::Footer;
use super::formats::{format_finding, format_listed, formats_above};
use super::report::{Finding, Severity};
use super::request::Register;
use super::told::told;
use crate::etl::parallel::map_all;
use crate::lake::{Lake, LakeFile, Listed};
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
    /// Directories of tables of other formats.
    pub formats: HashSet<Location>,
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
    if request.without_bad_files {
        // Bad files like others: left out and told of.
        for finding in all.findings.iter_mut().filter(|finding| finding.code == "unnameable") {
            finding.severity = Severity::Warning;
        }
    }
    for (source, footer) in map_all(&request.files, told)? {
        all.told.insert(source.file.location.clone(), footer);
        all.files.push(source);
    }
    all.sort();
    let places: Vec<&Location> = all.files.iter().map(|source| &*source.prefix).collect();
    let above = formats_above(lake, places).await?;
    all.findings_add(above);
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

    /// By location, each file once, by whichever name of its store (`s3:`, `s3a:`) it was asked for.
    pub fn sort(&mut self) {
        fn key(source: &Source) -> (&str, &str, &str) {
            let location = &source.file.location;
            (location.store_scheme(), location.authority(), location.path())
        }
        self.files.sort_by(|one, other| key(one).cmp(&key(other)));
        self.files.dedup_by(|one, other| one.file.location.same_place(&other.file.location));
    }

    /// Takes in findings that are not there yet.
    pub fn findings_add(&mut self, more: Vec<Finding>) {
        for finding in more {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }

    fn take(&mut self, page: Vec<Listed>, prefix: &Arc<Location>) {
        for listed in page {
            if let Some((format, directory)) = format_listed(prefix, &listed)
                && self.formats.insert(directory.clone())
            {
                self.findings.push(format_finding(&format, &directory));
            }
            match listed {
                Listed::File(mut file) => {
                    file.location.share(prefix);
                    let parent = if file.location == **prefix { prefix.parent() } else { None };
                    self.files.push(Source { file, prefix: parent.map_or_else(|| Arc::clone(prefix), Arc::new) });
                }
                Listed::Skipped(uri, finding) => self.findings.push(Finding::of(uri, finding)),
            }
        }
    }
}
