//! The files of a plan: those of registered partitions from the store, the others by listing. Of the former, blocks that
//! can have no row that is kept are left out before any of their files is looked at.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use skep_core::lake::{RowGroupFacts, ScanFilter};
use skep_core::{Error, Result};

use super::scan::{Plan, PlannedFile, PlannedRowGroup, Waiting};
use crate::catalog::{BlockBrief, StoredFile, UNBLOCKED_MAX};
use crate::etl::register::content::unreadable;
use crate::lake::Listed;

/// Files that one statement reads, and those that the first one does.
const FILES: usize = 2_000;
const FILES_FIRST: usize = 200;
/// Blocks of so many partitions are looked at together.
const PARTITIONS: usize = 1_000;

/// Files of a registered partition that are to be looked at.
#[derive(Debug)]
pub(in crate::etl) struct Unit {
    partition: Arc<Waiting>,
    /// None: all of them. 0: those that are in no block.
    block: Option<i64>,
    /// How many there are at most, as far as is known.
    files: Option<usize>,
    /// The path of the last one that was read.
    after: Option<String>,
}

impl Plan {
    /// Some of the next files that can have rows; what is done with waits no more. There may be none.
    pub(in crate::etl) async fn files_next(&mut self) -> Result<Vec<PlannedFile>> {
        if self.units.is_empty() {
            self.units_next().await?;
        }
        let most = if mem::replace(&mut self.is_begun, true) { FILES } else { FILES_FIRST };
        let files = match self.units_together(most) {
            _ if self.units.is_empty() && self.waiting.front().is_some_and(|one| !one.is_registered) => {
                self.files_listed().await
            }
            0 => self.files_many(most).await,
            count => self.files_few(count).await,
        };
        self.walk.check().await?;
        files
    }

    /// Turns the registered partitions that wait next into units.
    async fn units_next(&mut self) -> Result<()> {
        let count = self.waiting.iter().take(PARTITIONS).take_while(|waiting| waiting.is_registered).count();
        if count == 0 {
            return Ok(());
        }
        let partitions: Vec<Arc<Waiting>> = self.waiting.drain(..count).map(Arc::new).collect();
        self.summary.files += partitions.iter().filter_map(|one| one.file_count).sum::<usize>() as i64;
        if self.filter.is_answered_by_partitions() {
            let whole = |partition: Arc<Waiting>| {
                let files = partition.file_count;
                Unit { partition, block: None, files, after: None }
            };
            self.units.extend(partitions.into_iter().map(whole));
            return Ok(());
        }
        let names: Vec<String> = partitions.iter().map(|one| one.partition.name.clone()).collect();
        let places: HashMap<&str, &Arc<Waiting>> = names.iter().map(String::as_str).zip(&partitions).collect();
        let (filter, units) = (&mut self.filter, &mut self.units);
        let each = |block: BlockBrief<'_>| {
            let Some(partition) = places.get(block.partition).copied().map(Arc::clone) else { return Ok(()) };
            if let Some(text) = block.facts
                && !filter.may_keep_file(&partition.keys, &filter.facts(text)?)
            {
                return Ok(());
            }
            let files = usize::try_from(block.files).ok().filter(|_| block.number > 0 || block.files < UNBLOCKED_MAX);
            units.push_back(Unit { partition, block: Some(block.number), files, after: None });
            Ok(())
        };
        self.metastore.blocks_each(self.walk.table().id, &names, each).await
    }

    /// How many of the next units are read together, since they have few files; 0 where the first must be read page by
    /// page: it is not of a block, and has many files, or nobody knows how many.
    fn units_together(&self, most: usize) -> usize {
        let mut files = 0_usize;
        let fits = |unit: &&Unit| {
            files = files.saturating_add(unit.files.unwrap_or(usize::MAX));
            // What was begun page by page goes on so.
            unit.after.is_none() && files <= most
        };
        let count = self.units.iter().take_while(fits).count();
        let is_block = self.units.front().is_some_and(|unit| unit.block.is_some_and(|block| block > 0));
        count.max(usize::from(is_block))
    }

    async fn files_few(&mut self, count: usize) -> Result<Vec<PlannedFile>> {
        let units: Vec<Unit> = self.units.drain(..count.min(self.units.len())).collect();
        let places: HashMap<&str, &Arc<Waiting>> =
            units.iter().map(|unit| (unit.partition.partition.name.as_str(), &unit.partition)).collect();
        let (filter, mut files) = (&mut self.filter, Vec::new());
        let each = |file: StoredFile| {
            if let Some(waiting) = places.get(&*file.partition) {
                files.extend(planned(filter, waiting, file)?);
            }
            Ok(())
        };
        let table = self.walk.table();
        let at_version = (table.id, table.version);
        let name = |unit: &Unit| unit.partition.partition.name.clone();
        if units.iter().any(|unit| unit.block.is_none()) {
            let names: Vec<String> = units.iter().map(name).collect();
            self.metastore.files_each(at_version, &names, each).await?;
        } else {
            let blocks: Vec<(&str, i64)> =
                units.iter().filter_map(|unit| Some((unit.partition.partition.name.as_str(), unit.block?))).collect();
            self.metastore.files_of_blocks(at_version, &blocks, each).await?;
        }
        Ok(files)
    }

    async fn files_many(&mut self, most: usize) -> Result<Vec<PlannedFile>> {
        let Some(mut unit) = self.units.pop_front() else { return Ok(Vec::new()) };
        let after = unit.after.take().unwrap_or_default();
        let (filter, mut files, mut seen, mut last) = (&mut self.filter, Vec::new(), 0, None);
        let each = |file: StoredFile| {
            seen += 1;
            last = Some(file.path.clone());
            if unit.block.is_none_or(|block| block == file.block) {
                files.extend(planned(filter, &unit.partition, file)?);
            }
            Ok(())
        };
        let table = self.walk.table();
        let (at_version, name) = ((table.id, table.version), &unit.partition.partition.name);
        self.metastore.files_page(at_version, name, (&after, most), each).await?;
        if seen == most {
            self.units.push_front(Unit { after: last, ..unit });
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
