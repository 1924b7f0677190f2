//! What is kept of a file's footer until its batch is published: little, for a batch may have millions.

use std::sync::Arc;

use skep_core::Result;
use skep_core::lake::{FileFacts, FileSchema};

use crate::lake::ParquetFile;

#[derive(Debug, Clone)]
pub(in crate::etl) struct Footer {
    pub schema: Arc<FileSchema>,
    pub rows: u64,
    /// As they are stored: a third of what the facts take.
    pub facts: Box<str>,
}

impl Footer {
    pub fn of(file: ParquetFile) -> Self {
        Self { rows: file.facts.rows, facts: file.facts.to_text().into(), schema: file.schema }
    }

    /// As it was read; who wrote it is forgotten.
    pub fn unpacked(self) -> Result<ParquetFile> {
        Ok(ParquetFile { facts: self.facts()?, schema: self.schema, created_by: None })
    }

    /// Whether a table could be made of it: it has a column whose type is known, or errors that say why it has none.
    pub fn tells_columns(&self) -> bool {
        let schema = &self.schema;
        schema.columns.iter().any(|column| column.known_type().is_some())
            || schema.findings.iter().any(skep_core::lake::Finding::is_error)
    }

    pub fn facts(&self) -> Result<FileFacts> {
        FileFacts::parse(&self.facts)
    }
}
