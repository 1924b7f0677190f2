//! What is there of partitions before a batch comes: which of its files they have, and what the others tell. Of a
//! partition of very many files little is read: the batch's own, blocks, and files that no whole block speaks for.

use std::collections::{BTreeMap, HashSet};

use skep_core::lake::BLOCK_FILES_MIN;
use skep_core::partition::Partition;
use skep_core::registration::is_registered;
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::gather::Source;
use super::partitions::{Part, below};
use super::registration::Etl;
use super::request::Mode;
use crate::catalog::{FoundFile, StoredBlock, StoredFile, TableRef};

/// By partition name, what is there now.
pub(in crate::etl) type Befores = BTreeMap<String, Before>;

/// What is there of a partition.
#[derive(Default)]
pub(in crate::etl) struct Before {
    pub partition: Option<Partition>,
    /// Its files that the batch names, or all of them, by path. None of one that is not registered.
    pub found: Vec<FoundFile>,
    /// Its files that no whole block speaks for, with those of blocks that are about to lose one.
    pub open: Vec<StoredFile>,
    /// The blocks that its files are in or ever were, if it is to change.
    pub blocks: Vec<StoredBlock>,
}

impl Before {
    /// Nothing is there of any of them.
    pub fn none<'n>(names: impl IntoIterator<Item = &'n String>) -> Befores {
        names.into_iter().map(|name| (name.clone(), Self::default())).collect()
    }

    /// Its files are known.
    pub fn is_registered(&self) -> bool {
        self.partition.as_ref().is_some_and(|partition| is_registered(&partition.parameters))
    }

    /// The file of this path.
    pub fn known(&self, path: &str) -> Option<&FoundFile> {
        let at = self.found.binary_search_by(|known| known.path.as_str().cmp(path)).ok()?;
        self.found.get(at)
    }

    /// Whether the file of this path is that one.
    pub fn has(&self, path: &str, source: &Source) -> bool {
        self.known(path).is_some_and(|known| source.is(known.size, known.modified_at, known.etag.as_deref()))
    }

    /// Files that a batch takes away, and whether it brings any.
    fn differences<'b>(&'b self, part: &Part, sources: &[Source], mode: Mode) -> (Vec<&'b FoundFile>, bool) {
        let path = |at: &usize| below(&sources[*at].file.location, &part.location);
        let differ = || part.files.iter().filter(|at| !self.has(path(at), &sources[**at]));
        let mut leaving: Vec<&FoundFile> = differ().filter_map(|at| self.known(path(at))).collect();
        if mode == Mode::Replace {
            let named: HashSet<&str> = part.files.iter().map(path).collect();
            leaving.extend(self.found.iter().filter(|file| !named.contains(file.path.as_str())));
        }
        (leaving, differ().next().is_some())
    }
}

impl Etl {
    /// The partitions of these names, all of one version of the table, without their files.
    pub(in crate::etl) async fn befores(&self, table: &Table, names: &[String]) -> Result<Befores> {
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        let (now, found) = self.metastore.publish_plan(&at, names).await?;
        if now.id != table.id || now.version != table.version {
            return Err(Error::new(Kind::Conflict, format!("{at} was changed meanwhile")));
        }
        let mut all = Before::none(names);
        for partition in found {
            if let Some(before) = all.get_mut(&partition.name) {
                before.partition = Some(partition);
            }
        }
        if let Some(before) = all.get_mut("") {
            // A table without keys is its own partition.
            let storage = table.storage.clone();
            let parameters = table.parameters.clone();
            before.partition = Some(Partition { storage, parameters, ..Default::default() });
        }
        Ok(all)
    }

    /// The same with what is known of their files, as far as these parts of a batch need it.
    pub(in crate::etl) async fn befores_with_files(
        &self,
        table: &Table,
        parts: &[(&String, &Part)],
        sources: &[Source],
        mode: Mode,
    ) -> Result<Befores> {
        let names: Vec<String> = parts.iter().map(|(name, _)| (*name).clone()).collect();
        let mut all = self.befores(table, &names).await?;
        self.found_read(table, &mut all, parts, sources, mode).await?;
        // Partitions that change, with the blocks that lose files.
        let mut changing: Vec<(&String, HashSet<i64>)> = Vec::new();
        for (name, part) in parts {
            let Some(before) = all.get(*name) else { continue };
            let (leaving, is_any_new) = before.differences(part, sources, mode);
            let has_blocks = before.is_registered() || part.files.len() as u64 >= BLOCK_FILES_MIN;
            if has_blocks && (is_any_new || !leaving.is_empty()) {
                changing.push((name, leaving.iter().map(|file| file.block).collect()));
            }
        }
        let names: Vec<String> = changing.iter().map(|(name, _)| (*name).clone()).collect();
        for block in self.metastore.blocks(table.id, &names).await? {
            if let Some(before) = all.get_mut(&block.partition) {
                before.blocks.push(block);
            }
        }
        self.open_read(table, &mut all, &changing).await?;
        Ok(all)
    }

    /// Looks for files in registered partitions: the batch's own, or all where these replace them.
    async fn found_read(
        &self,
        table: &Table,
        all: &mut Befores,
        parts: &[(&String, &Part)],
        sources: &[Source],
        mode: Mode,
    ) -> Result<()> {
        let registered = || parts.iter().filter(|(name, _)| all.get(*name).is_some_and(Before::is_registered));
        let found = if mode == Mode::Replace {
            let names: Vec<String> = registered().map(|(name, _)| (*name).clone()).collect();
            self.metastore.files_find_of(table.id, &names).await?
        } else {
            let mut wanted: Vec<(&str, &str)> = Vec::new();
            for (name, part) in registered() {
                let path = |at: &usize| (name.as_str(), below(&sources[*at].file.location, &part.location));
                wanted.extend(part.files.iter().map(path));
            }
            self.metastore.files_find(table.id, &wanted).await?
        };
        for file in found {
            if let Some(before) = all.get_mut(&file.partition) {
                before.found.push(file);
            }
        }
        for before in all.values_mut() {
            before.found.sort_by(|one, other| one.path.cmp(&other.path));
        }
        Ok(())
    }

    /// Reads the files that no whole block speaks for, once the batch has taken away what it replaces.
    async fn open_read(&self, table: &Table, all: &mut Befores, changing: &[(&String, HashSet<i64>)]) -> Result<()> {
        let mut wanted: Vec<(&str, i64)> = Vec::new();
        for (name, losing) in changing {
            let Some(before) = all.get(*name).filter(|before| before.is_registered()) else { continue };
            let open = before.blocks.iter().filter(|block| !block.is_whole || losing.contains(&block.number));
            wanted.push((name, 0));
            wanted.extend(open.map(|block| (name.as_str(), block.number)));
        }
        let mut files: Vec<StoredFile> = Vec::new();
        let each = |file| {
            files.push(file);
            Ok(())
        };
        self.metastore.files_of_blocks((table.id, table.version), &wanted, each).await?;
        for file in files {
            if let Some(before) = all.get_mut(&*file.partition) {
                before.open.push(file);
            }
        }
        Ok(())
    }
}
