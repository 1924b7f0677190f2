//! A snapshot's files.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use object_store::buffered::BufWriter;
use parquet::arrow::AsyncArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;

use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::place::Place;

/// A row group has at most so many bytes and rows.
const GROUP_BYTES: usize = 64 << 20;
const GROUP_ROWS: usize = 1 << 20;

/// How files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Codec {
    Zstd,
    Snappy,
}

/// Writes files of about a size, one after the other.
pub struct Output {
    place: Place,
    schema: SchemaRef,
    properties: WriterProperties,
    file_bytes: usize,
    token: i64,
    codec: Codec,
    open: Option<AsyncArrowWriter<BufWriter>>,
    /// URIs of those that were begun.
    pub files: Vec<String>,
    pub rows: u64,
}

impl Output {
    pub fn new(
        place: Place,
        columns: &Columns,
        token: i64,
        codec: Codec,
        file_bytes: usize,
        memory: usize,
    ) -> Result<Self> {
        let compression = match codec {
            Codec::Zstd => Compression::ZSTD(ZstdLevel::default()),
            Codec::Snappy => Compression::SNAPPY,
        };
        let sorted = columns.keys.iter().map(|key| {
            let position = i32::try_from(*key).map_err(|_| Error::new("too many columns"))?;
            Ok(SortingColumn { column_idx: position, descending: false, nulls_first: true })
        });
        // Positions are of leaves: they are those of columns where nothing is nested.
        let is_flat = columns.written().fields().iter().all(|field| !field.data_type().is_nested());
        let sorted = if is_flat { Some(sorted.collect::<Result<_>>()?) } else { None };
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_created_by(concat!("skep-compact version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES.min(memory / 8)))
            .set_sorting_columns(sorted)
            .build();
        let schema = columns.written();
        Ok(Self { place, schema, properties, file_bytes, token, codec, open: None, files: Vec::new(), rows: 0 })
    }

    pub async fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let mut writer = self.writer()?;
        writer.write(batch).await.map_err(|error| Error::about(&self.place.uri, error))?;
        self.rows += batch.num_rows() as u64;
        if writer.bytes_written() + writer.in_progress_size() < self.file_bytes {
            self.open = Some(writer);
            return Ok(());
        }
        writer.close().await.map(drop).map_err(|error| Error::about(&self.place.uri, error))
    }

    /// Ends the last file. A snapshot without rows is a file without rows.
    pub async fn finish(&mut self) -> Result<()> {
        if self.open.is_none() && !self.files.is_empty() {
            return Ok(());
        }
        let writer = self.writer()?;
        writer.close().await.map(drop).map_err(|error| Error::about(&self.place.uri, error))
    }

    /// Gives up the file that is open: no part of it stays.
    pub async fn abandon(&mut self) {
        if let Some(writer) = self.open.take() {
            // Who cannot be told of it is not asked for anything either.
            let _ = writer.into_inner().abort().await;
        }
    }

    fn writer(&mut self) -> Result<AsyncArrowWriter<BufWriter>> {
        if let Some(open) = self.open.take() {
            return Ok(open);
        }
        let ending = match self.codec {
            Codec::Zstd => "zstd",
            Codec::Snappy => "snappy",
        };
        let name = format!("part-{:05}-{}.{ending}.parquet", self.files.len(), self.token);
        let sink = BufWriter::new(Arc::clone(&self.place.store), self.place.path.clone().join(name.as_str()));
        let options = ArrowWriterOptions::new().with_properties(self.properties.clone()).with_skip_arrow_metadata(true);
        let writer = AsyncArrowWriter::try_new_with_options(sink, Arc::clone(&self.schema), options);
        self.files.push(format!("{}/{name}", self.place.uri));
        writer.map_err(|error| Error::about(&self.place.uri, error))
    }
}
