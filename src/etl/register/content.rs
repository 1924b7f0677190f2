//! What a partition's files are once a batch is in, what they tell together, and the blocks that the new ones go into.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use skep_core::lake::{BLOCK_FILES_MAX, BLOCK_FILES_MIN, FileBlock, FileFacts, Filled};
use skep_core::{Error, Kind, Result};

use super::before::Before;
use super::footer::Footer;
use super::gather::Source;
use super::partitions::{Part, below};
use super::request::Mode;
use crate::catalog::{FoundFile, StoredBlock, StoredFile};

/// A partition's files.
pub(in crate::etl) struct Content<'b> {
    /// How many files of the batch are there already.
    pub unchanged: i64,
    pub added: Vec<StoredFile>,
    pub removed: Vec<&'b FoundFile>,
    /// Blocks that lose none of their files.
    blocks: Vec<&'b StoredBlock>,
    /// Files that are in none of these.
    others: Vec<&'b StoredFile>,
}

/// What they tell.
pub(in crate::etl) struct Told {
    pub files: u64,
    pub bytes: u64,
    /// Of all files, some of them together.
    pub facts: Vec<FileFacts>,
    pub blocks_new: Vec<StoredBlock>,
    pub blocks_grown: Vec<StoredBlock>,
}

impl<'b> Content<'b> {
    /// The files of `before` with those of the batch, or these alone where all is replaced.
    pub fn of(
        (name, part): (&str, &Part),
        before: &'b Before,
        mode: Mode,
        sources: &[Source],
        footers: &HashMap<usize, &Footer>,
    ) -> Self {
        let partition: Arc<str> = name.into();
        let (mut added, mut removed, mut same) = (Vec::new(), Vec::<&FoundFile>::new(), HashSet::new());
        for at in &part.files {
            let path = below(&sources[*at].file.location, &part.location);
            if before.has(path, &sources[*at]) {
                same.insert(path);
            } else if let Some(footer) = footers.get(at) {
                removed.extend(before.known(path));
                added.push(stored(&partition, path, &sources[*at], footer));
            }
            // else a file with a problem, that was left out
        }
        if mode == Mode::Replace {
            removed = before.found.iter().filter(|file| !same.contains(file.path.as_str())).collect();
        }
        let gone: HashSet<&str> = removed.iter().map(|file| file.path.as_str()).collect();
        let losing: HashSet<i64> = removed.iter().map(|file| file.block).collect();
        let keeps = |block: &&StoredBlock| before.is_registered() && block.is_whole && !losing.contains(&block.number);
        let blocks: Vec<&StoredBlock> = before.blocks.iter().filter(keeps).collect();
        let whole: HashSet<i64> = blocks.iter().map(|block| block.number).collect();
        let is_other = |file: &&StoredFile| !whole.contains(&file.block) && !gone.contains(file.path.as_str());
        let others = before.open.iter().filter(is_other).collect();
        Self { unchanged: same.len() as i64, added, removed, blocks, others }
    }

    /// No file is left.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.others.is_empty() && self.blocks.is_empty()
    }

    /// Gathers what they tell, and puts the new ones into blocks where that is worth it.
    pub fn tell(&mut self, before: &Before) -> Result<Told> {
        let added: Vec<FileFacts> = self.added.iter().map(facts_of).collect::<Result<_>>()?;
        let blocks: Vec<FileBlock> = self.blocks.iter().map(|block| block_of(block)).collect::<Result<_>>()?;
        let others = self.others.iter().copied();
        let bytes = others.clone().chain(&self.added).map(|file| file.size).sum::<i64>() as u64;
        let mut told = Told {
            files: (self.added.len() + self.others.len()) as u64 + blocks.iter().map(|block| block.files).sum::<u64>(),
            bytes: bytes + blocks.iter().map(|block| block.bytes).sum::<u64>(),
            facts: others.map(facts_of).collect::<Result<_>>()?,
            blocks_new: Vec::new(),
            blocks_grown: Vec::new(),
        };
        if told.files >= BLOCK_FILES_MIN {
            let first_new = before.blocks.iter().map(|block| block.number).max().unwrap_or_default() + 1;
            let known = blocks.iter().filter(|block| block.files < BLOCK_FILES_MAX).cloned();
            (told.blocks_new, told.blocks_grown) = blocks_fill(&mut self.added, &added, known, first_new);
        }
        told.facts.extend(blocks.into_iter().map(|block| block.facts));
        told.facts.extend(added);
        Ok(told)
    }
}

/// Puts new files of one partition into blocks: gives those that are made, and those that grow.
pub(in crate::etl) fn blocks_fill(
    files: &mut [StoredFile],
    facts: &[FileFacts],
    known: impl IntoIterator<Item = FileBlock>,
    first_new: i64,
) -> (Vec<StoredBlock>, Vec<StoredBlock>) {
    let sizes = files.iter().map(|file| file.size as u64);
    let filled = Filled::of(known, first_new, sizes.zip(facts));
    let partition = files.first().map(|file| file.partition.to_string()).unwrap_or_default();
    for (file, number) in files.iter_mut().zip(&filled.numbers) {
        file.block = *number;
    }
    let stored = |block: FileBlock| StoredBlock {
        partition: partition.clone(),
        number: block.number,
        files: block.files as i64,
        size: block.bytes as i64,
        is_whole: block.is_whole,
        facts: block.facts.to_text(),
    };
    (filled.new.into_iter().map(stored).collect(), filled.grown.into_iter().map(stored).collect())
}

fn block_of(block: &StoredBlock) -> Result<FileBlock> {
    let facts = FileFacts::parse(&block.facts).map_err(|error| {
        let message =
            format!("the facts of block {} of partition {:?} cannot be read: {error}", block.number, block.partition);
        Error::new(Kind::Corrupt, message)
    })?;
    Ok(FileBlock {
        number: block.number,
        files: block.files as u64,
        bytes: block.size as u64,
        is_whole: block.is_whole,
        facts,
    })
}

fn stored(partition: &Arc<str>, path: &str, source: &Source, file: &Footer) -> StoredFile {
    StoredFile {
        partition: Arc::clone(partition),
        path: path.to_owned(),
        added: 0,
        size: source.file.size as i64,
        modified_at: source.file.modified_at_ms,
        etag: source.file.etag.clone(),
        row_count: file.rows as i64,
        facts: file.facts.to_string(),
        block: 0,
    }
}

/// What a stored file's footer told.
pub(in crate::etl) fn facts_of(file: &StoredFile) -> Result<FileFacts> {
    FileFacts::parse(&file.facts).map_err(|error| unreadable(file, &error))
}

/// The error of facts that cannot be read.
pub(in crate::etl) fn unreadable(file: &StoredFile, error: &Error) -> Error {
    Error::new(Kind::Corrupt, format!("the facts of the file {} cannot be read: {error}", file.path))
}
