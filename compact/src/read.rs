//! Data files as batches of the log's columns, whatever form each file has them in.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use parquet::arrow::ParquetRecordBatchStreamBuilder;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::basic::Type as PhysicalType;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::place::File;
use crate::types::is_readable;

/// Rows of a batch.
pub const BATCH_ROWS: usize = 4_096;

/// Ranges of a file.
struct Ranges(File);

fn failed(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

impl AsyncFileReader for Ranges {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, parquet::errors::Result<Bytes>> {
        async move { self.0.store.get_range(&self.0.meta.location, range).await.map_err(failed) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, parquet::errors::Result<Vec<Bytes>>> {
        async move { self.0.store.get_ranges(&self.0.meta.location, &ranges).await.map_err(failed) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, parquet::errors::Result<Arc<ParquetMetaData>>> {
        let size = self.0.meta.size;
        async move { Ok(Arc::new(ParquetMetaDataReader::new().load_and_finish(self, size).await?)) }.boxed()
    }
}

/// The rows of a file, with exactly the log's columns. Columns that it has not are NULL: the log got them later.
pub async fn rows(file: File, columns: Arc<Columns>) -> Result<impl Stream<Item = Result<RecordBatch>> + Send + use<>> {
    let name = file.meta.location.to_string();
    let about = move |error: &dyn std::fmt::Display| Error::about(&name, error);
    let is_base = file.is_base;
    let mut ranges = Ranges(file);
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let footer = ranges.get_metadata(None).await.map_err(|error| about(&error))?;
    let found = ArrowReaderMetadata::try_new(Arc::clone(&footer), options).map_err(|error| about(&error))?;
    // The old form of timestamps reaches from 1677 to 2262 in nanoseconds; in microseconds it has no such end.
    let has_int96 =
        footer.file_metadata().schema_descr().columns().iter().any(|c| c.physical_type() == PhysicalType::INT96);
    let found = if has_int96 {
        let schema = Schema::new(found.schema().fields().iter().map(|field| micros(field)).collect::<Vec<Field>>());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        ArrowReaderMetadata::try_new(footer, options).map_err(|error| about(&error))?
    } else {
        found
    };
    let wanted =
        columns.schema.fields().iter().take(columns.count).filter_map(|field| position(found.schema(), field.name()));
    let mask = ProjectionMask::roots(found.parquet_schema(), wanted);
    let stream = ParquetRecordBatchStreamBuilder::new_with_metadata(ranges, found)
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|error| about(&error))?;
    Ok(stream.map(move |batch| {
        let batch = adapted(&batch.map_err(|error| about(&error))?, &columns).map_err(|error| about(&error))?;
        if is_base { Ok(batch) } else { columns.horizon.counting(batch) }
    }))
}

/// The rows of many files, one after the other.
pub fn all_rows(files: Vec<File>, columns: Arc<Columns>) -> impl Stream<Item = Result<RecordBatch>> + Send {
    futures_util::stream::iter(files).then(move |file| rows(file, Arc::clone(&columns))).try_flatten()
}

fn micros(field: &Field) -> Field {
    match field.data_type() {
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            field.clone().with_data_type(DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))
        }
        _ => field.clone(),
    }
}

fn position(schema: &SchemaRef, name: &str) -> Option<usize> {
    schema.fields().iter().position(|field| field.name().eq_ignore_ascii_case(name))
}

fn adapted(batch: &RecordBatch, columns: &Columns) -> Result<RecordBatch> {
    let schema = batch.schema();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.schema.fields().len());
    for (at, field) in columns.schema.fields().iter().take(columns.count).enumerate() {
        let array = match position(&schema, field.name()) {
            Some(found) => converted(batch.column(found), field)?,
            None => new_null_array(field.data_type(), batch.num_rows()),
        };
        arrays.push(if columns.padded.contains(&at) { trimmed(&array) } else { array });
    }
    for key in &columns.keys {
        if arrays[*key].null_count() > 0 {
            return Err(Error::new(format!("the key `{}` is NULL", columns.schema.field(*key).name())));
        }
    }
    columns.floating.iter().for_each(|of| arrays.push(Columns::comparable(&arrays[*of])));
    RecordBatch::try_new(Arc::clone(&columns.schema), arrays).map_err(|error| Error::new(error.to_string()))
}

fn converted(array: &ArrayRef, field: &Field) -> Result<ArrayRef> {
    let (from, to) = (array.data_type(), field.data_type());
    if from == to {
        return Ok(Arc::clone(array));
    }
    if !is_readable(from, to) {
        return Err(Error::new(format!("the column `{}` is {from}, and {to} in the log", field.name())));
    }
    // What does not fit is an error, not NULL.
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, to, &options)
        .map_err(|error| Error::about(format!("the column `{}`", field.name()), error))
}

/// Without the spaces that pad it: engines compare it so.
fn trimmed(array: &ArrayRef) -> ArrayRef {
    match array.as_any().downcast_ref::<StringArray>() {
        Some(texts) => {
            Arc::new(texts.iter().map(|text| text.map(|text| text.trim_end_matches(' '))).collect::<StringArray>())
        }
        None => Arc::clone(array),
    }
}
