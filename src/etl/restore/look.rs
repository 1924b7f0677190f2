//! Whether what a partition was made of is still there.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use skep_core::{Kind, Result};

use crate::catalog::{Metastore, RestorePart, StoredFile};
use crate::etl::register::partitions::below;
use crate::etl::register::report::{Finding, Severity};
use crate::lake::{Lake, LakeFile, Listed};
use crate::warehouse::{Location, ObjectStores};

/// Places that are looked at at once.
pub(in crate::etl) const AT_ONCE: usize = 32;

/// A partition, and the files that it had.
pub(in crate::etl) struct Expected {
    part: RestorePart,
    /// By path; of partitions whose files are known.
    files: HashMap<String, Known>,
}

/// A file as it was registered.
struct Known {
    size: i64,
    modified_at: i64,
    etag: Option<String>,
}

/// What a look showed. Without errors all is as it was.
pub(in crate::etl) struct Looked {
    pub id: i64,
    pub files: i64,
    pub findings: Vec<Finding>,
}

/// The files that these partitions had in a version.
pub(in crate::etl) async fn expected(
    metastore: &Metastore,
    at_version: (i64, i64),
    parts: Vec<RestorePart>,
) -> Result<Vec<Expected>> {
    let registered: Vec<String> =
        parts.iter().filter(|part| part.is_registered).map(|part| part.name.clone()).collect();
    let mut files: HashMap<String, HashMap<String, Known>> = HashMap::new();
    let each = |file: StoredFile| {
        let known = Known { size: file.size, modified_at: file.modified_at, etag: file.etag };
        files.entry(file.partition.to_string()).or_default().insert(file.path, known);
        Ok(())
    };
    if !registered.is_empty() {
        metastore.files_each(at_version, &registered, each).await?;
    }
    let of = |part: RestorePart| Expected { files: files.remove(&part.name).unwrap_or_default(), part };
    Ok(parts.into_iter().map(of).collect())
}

impl Known {
    /// A copy may have another time or another tag, not both; and never another size.
    fn is(&self, file: &LakeFile) -> bool {
        let same_tag = matches!((&self.etag, &file.etag), (Some(one), Some(other)) if one == other);
        self.size == file.size as i64 && (same_tag || self.modified_at == file.modified_at_ms)
    }
}

impl Expected {
    /// Errors: Unavailable and the like where a place cannot be looked at now.
    pub async fn look(mut self, lake: &Lake) -> Result<Looked> {
        let mut looked = Looked { id: self.part.id, files: self.files.len() as i64, findings: Vec::new() };
        // A partition without a place has nothing to lose.
        let Some(text) = self.part.location.clone() else { return Ok(looked) };
        let place = Location::parse(&text)?;
        if !place.is_file() && !ObjectStores::knows(&place) {
            looked.findings.push(self.finding(&text, "unlistable", "no file can be looked at there (--skip-files)"));
        } else if !self.part.is_registered {
            looked.findings.extend(self.place_look(lake, &place).await?);
        } else {
            self.files_look(lake, &place, &mut looked).await?;
        }
        Ok(looked)
    }

    fn finding(&self, uri: &str, code: &str, what: &str) -> Finding {
        let of = match self.part.name.as_str() {
            "" => "the table".to_owned(),
            name => format!("partition {name}"),
        };
        Finding::error(uri, code, format!("{of}: {what}"))
    }

    /// A place whose files nobody knows: it is there, and not empty if it was not.
    async fn place_look(&self, lake: &Lake, place: &Location) -> Result<Option<Finding>> {
        let mut pages = lake.list(place);
        let had_files = self.part.file_count.is_some_and(|count| count > 0);
        loop {
            match pages.try_next().await {
                Ok(Some(page)) if page.iter().any(|entry| matches!(entry, Listed::File(_))) => return Ok(None),
                Ok(Some(_)) => {}
                Ok(None) if had_files => {
                    return Ok(Some(self.finding(&place.to_string(), "empty", "its files are gone")));
                }
                Ok(None) => return Ok(None),
                Err(error) if error.kind == Kind::NotFound => {
                    return Ok(Some(self.finding(&place.to_string(), "missing", "its location is not there")));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// A place whose files are known: each is there as it was. What else lies there is told of, for who reads by listing.
    async fn files_look(&mut self, lake: &Lake, place: &Location, looked: &mut Looked) -> Result<()> {
        let mut pages = lake.list(place);
        let (mut extra, mut first) = (0_u64, None);
        loop {
            let page = match pages.try_next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) if error.kind == Kind::NotFound => break,
                Err(error) => return Err(error),
            };
            for entry in page {
                let Listed::File(file) = entry else { continue };
                let path = below(&file.location, place);
                if self.files.contains_key(path) {
                    looked.findings.extend(self.compare(path, &file));
                    self.files.remove(path);
                } else if !path.contains('/') {
                    extra += 1;
                    first.get_or_insert_with(|| file.location.to_string());
                }
            }
        }
        let mut missing: Vec<&String> = self.files.keys().collect();
        missing.sort_unstable();
        let gone = |path: &&String| self.finding(&format!("{place}/{path}"), "missing", "the file is not there");
        looked.findings.extend(missing.iter().map(gone));
        if let Some(first) = first {
            let what = format!(
                "{extra} files lie there that it did not have; engines that list directories read them, until they are \
                 moved or deleted"
            );
            looked.findings.push(Finding { severity: Severity::Warning, ..self.finding(&first, "extra", &what) });
        }
        Ok(())
    }

    fn compare(&self, path: &str, found: &LakeFile) -> Option<Finding> {
        let known = self.files.get(path).filter(|known| !known.is(found))?;
        let what = if known.size == found.size as i64 {
            "the file was written anew since".to_owned()
        } else {
            format!("the file has {} bytes, and had {}", found.size, known.size)
        };
        Some(self.finding(&found.location.to_string(), "changed", &what))
    }
}
