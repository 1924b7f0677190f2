//! The files of a plan: those of registered partitions from the store, the others by listing.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use skep_core::lake::{RowGroupFacts, ScanFilter};
use skep_core::{Error, Result};

use super::scan::{Plan, PlannedFile, PlannedRowGroup, Waiting};
use crate::catalog::StoredFile;
use crate::etl::register::draft::unreadable;
use crate::lake::Listed;

/// Files that one statement reads, and those that the first one does.
const FILES: usize = 2_000;
const FILES_FIRST: usize = 200;

/// A step: where the files of the next partitions are.
enum Step {
    /// Of so many registered ones, all of which have few files.
    Few(usize),
    /// Of one that has many, or nobody knows how many.
    Many,
    Listed,
}

impl Plan {
    /// The files of some of the waiting partitions; those that are done with wait no more. There may be none.
    pub(in crate::etl) async fn files_next(&mut self) -> Result<Vec<PlannedFile>> {
        let most = if mem::replace(&mut self.is_begun, true) { FILES } else { FILES_FIRST };
        let files = match self.step(most) {
            Step::Few(count) => self.files_few(count).await,
            Step::Many => self.files_many(most).await,
            Step::Listed => self.files_listed().await,
        };
        self.walk.check().await?;
        files
    }

    fn step(&self, most: usize) -> Step {
        let (mut partitions, mut files) = (0, 0_usize);
        for waiting in &self.waiting {
            // What was begun page by page goes on so.
            if !waiting.is_registered || waiting.after.is_some() {
                break;
            }
            files = files.saturating_add(waiting.file_count.unwrap_or(usize::MAX));
            if files > most {
                break;
            }
            partitions += 1;
        }
        match self.waiting.front() {
            Some(first) if first.is_registered && partitions == 0 => Step::Many,
            Some(first) if !first.is_registered => Step::Listed,
            _ => Step::Few(partitions),
        }
    }

    async fn files_few(&mut self, count: usize) -> Result<Vec<PlannedFile>> {
        let partitions: Vec<Waiting> = self.waiting.drain(..count.min(self.waiting.len())).collect();
        let names: Vec<String> = partitions.iter().map(|one| one.partition.name.clone()).collect();
        let places: HashMap<&str, &Waiting> = names.iter().map(String::as_str).zip(&partitions).collect();
        let (filter, mut files, mut seen) = (&mut self.filter, Vec::new(), 0);
        let each = |file: StoredFile| {
            seen += 1;
            if let Some(waiting) = places.get(file.partition.as_str()) {
                files.extend(planned(filter, waiting, file)?);
            }
            Ok(())
        };
        let table = self.walk.table();
        self.metastore.files_each((table.id, table.version), &names, each).await?;
        self.summary.files += seen;
        Ok(files)
    }

    async fn files_many(&mut self, most: usize) -> Result<Vec<PlannedFile>> {
        let Some(mut waiting) = self.waiting.pop_front() else { return Ok(Vec::new()) };
        let after = waiting.after.take().unwrap_or_default();
        let (filter, mut files, mut seen, mut last) = (&mut self.filter, Vec::new(), 0, String::new());
        let each = |file: StoredFile| {
            seen += 1;
            last.clone_from(&file.path);
            files.extend(planned(filter, &waiting, file)?);
            Ok(())
        };
        let table = self.walk.table();
        let at_version = (table.id, table.version);
        self.metastore.files_page(at_version, &waiting.partition.name, (&after, most), each).await?;
        self.summary.files += seen as i64;
        if seen == most {
            self.waiting.push_front(Waiting { after: Some(last), ..waiting });
        }
        Ok(files)
    }

    async fn files_listed(&mut self) -> Result<Vec<PlannedFile>> {
        let ahead = self.waiting.iter().filter(|waiting| !waiting.is_registered);
        self.listings.open_ahead(&self.lake, ahead);
        let page = self.listings.next().await;
        let Some(waiting) = self.waiting.front() else { return Ok(Vec::new()) };
        match page {
            Some(Ok(page)) => {
                let files: Vec<PlannedFile> = page.into_iter().filter_map(|entry| listed(waiting, entry)).collect();
                self.summary.files += files.len() as i64;
                Ok(files)
            }
            Some(Err(error)) => Err(unlisted(waiting, &error)),
            None => {
                self.listings.close();
                self.waiting.pop_front();
                Ok(Vec::new())
            }
        }
    }
}

/// The file as it is to be read; none where no row of it can be kept.
fn planned(filter: &mut ScanFilter, waiting: &Waiting, file: StoredFile) -> Result<Option<PlannedFile>> {
    let facts = filter.facts(&file.facts).map_err(|error| unreadable(&file, &error))?;
    let Some(groups) = filter.row_groups(&waiting.keys, &facts) else { return Ok(None) };
    let group =
        |group: &RowGroupFacts| PlannedRowGroup { offset: group.offset, length: group.length, rows: group.rows };
    Ok(Some(PlannedFile {
        partition: Arc::clone(&waiting.partition),
        uri: format!("{}/{}", waiting.location, file.path),
        size: file.size,
        rows: Some(file.row_count),
        modified_at_ms: file.modified_at,
        etag: file.etag,
        row_groups: groups.into_iter().map(group).collect(),
        is_listed: false,
    }))
}

/// A file that a listing found.
fn listed(waiting: &Waiting, entry: Listed) -> Option<PlannedFile> {
    let Listed::File(file) = entry else { return None };
    Some(PlannedFile {
        partition: Arc::clone(&waiting.partition),
        uri: file.location.to_string(),
        size: file.size as i64,
        rows: None,
        modified_at_ms: file.modified_at_ms,
        etag: file.etag,
        row_groups: Vec::new(),
        is_listed: true,
    })
}

fn unlisted(waiting: &Waiting, error: &Error) -> Error {
    let what = match waiting.partition.name.as_str() {
        "" => "the table".to_owned(),
        name => format!("partition {name}"),
    };
    let message = format!("the files of {what} are not registered, and {} was not listed: {error}", waiting.location);
    Error::new(error.kind, message)
}
