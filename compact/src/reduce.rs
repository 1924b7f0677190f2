//! The latest event of every key: all rows are sorted, on disk where memory does not do, and the first of each key stays.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_row::{OwnedRow, RowConverter, SortField};
use arrow_schema::SchemaRef;
use arrow_select::filter::filter_record_batch;
use datafusion_common::DataFusionError;
use datafusion_execution::config::SessionConfig;
use datafusion_execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion_execution::memory_pool::FairSpillPool;
use datafusion_execution::runtime_env::RuntimeEnvBuilder;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_expr::expressions::Column;
use datafusion_physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion_physical_plan::ExecutionPlan;
use datafusion_physical_plan::sorts::sort::SortExec;
use datafusion_physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use datafusion_physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures_util::TryStreamExt as _;

use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::place::File;
use crate::read::{BATCH_ROWS, all_rows};

/// Of the memory that is allowed, so much in a hundred is the sort's; the rest is the reader's and the writer's.
const SORT_PERCENT: usize = 60;
/// Sorted runs that are merged again take so much in a hundred of a sort's share.
const MERGE_PERCENT: usize = 25;

/// Files that one sort reads.
#[derive(Debug)]
struct Share {
    files: Vec<File>,
    columns: Arc<Columns>,
}

impl PartitionStream for Share {
    fn schema(&self) -> &SchemaRef {
        &self.columns.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = all_rows(self.files.clone(), Arc::clone(&self.columns));
        let rows = rows.map_err(|error| DataFusionError::External(Box::new(error)));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.columns.schema), rows))
    }
}

/// How much the sort may take, and where it goes beyond that.
#[derive(Debug, Clone)]
pub struct Bounds<'a> {
    /// Bytes, of all that this program takes.
    pub memory: usize,
    /// The system's place for temporary files if None.
    pub temporary: Option<&'a Path>,
    /// So many sorts run beside each other.
    pub threads: usize,
}

/// Rows, the first of each key being its latest.
pub struct Sorted {
    plan: Arc<dyn ExecutionPlan>,
    rows: SendableRecordBatchStream,
    columns: Arc<Columns>,
    keys: RowConverter,
    /// Of the row before.
    last: Option<OwnedRow>,
    /// Rows that were read.
    pub count: u64,
}

/// Begins to sort the rows of files.
pub fn sorted(files: Vec<File>, columns: &Arc<Columns>, bounds: &Bounds<'_>) -> Result<Sorted> {
    let failed = |error: DataFusionError| told(&error);
    let shares = shares(files, columns, bounds.threads);
    let pool = bounds.memory / 100 * SORT_PERCENT;
    let mode = match bounds.temporary {
        Some(path) => DiskManagerMode::Directories(vec![path.to_owned()]),
        None => DiskManagerMode::OsTmpDirectory,
    };
    let disk = DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(u64::MAX);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(pool)))
        .with_disk_manager_builder(disk)
        .build_arc()
        .map_err(failed)?;
    let mut config = SessionConfig::new().with_batch_size(BATCH_ROWS);
    config.options_mut().execution.sort_spill_reservation_bytes = pool / shares.len() / 100 * MERGE_PERCENT;
    let context = Arc::new(TaskContext::default().with_session_config(config).with_runtime(runtime));

    let by = columns.order.iter().map(|(at, options)| {
        let column = Column::new(columns.schema.field(*at).name(), *at);
        PhysicalSortExpr::new(Arc::new(column), *options)
    });
    let by = LexOrdering::new(by).ok_or_else(|| Error::new("nothing to sort by"))?;
    let is_one = shares.len() == 1;
    let source =
        StreamingTableExec::try_new(Arc::clone(&columns.schema), shares, None, [], false, None).map_err(failed)?;
    let sort = SortExec::new(by.clone(), Arc::new(source)).with_preserve_partitioning(!is_one);
    let plan: Arc<dyn ExecutionPlan> =
        if is_one { Arc::new(sort) } else { Arc::new(SortPreservingMergeExec::new(by, Arc::new(sort))) };
    let rows = plan.execute(0, context).map_err(failed)?;
    let keys = columns.keys.iter().map(|key| SortField::new(columns.schema.field(*key).data_type().clone()));
    let keys = RowConverter::new(keys.collect()).map_err(|error| Error::about("the keys", error))?;
    Ok(Sorted { plan, rows, columns: Arc::clone(columns), keys, last: None, count: 0 })
}

/// Files for each of the sorts, about as many bytes in one as in the other.
fn shares(mut files: Vec<File>, columns: &Arc<Columns>, threads: usize) -> Vec<Arc<dyn PartitionStream>> {
    let count = threads.min(files.len()).max(1);
    let mut shares: Vec<(u64, Vec<File>)> = vec![(0, Vec::new()); count];
    files.sort_by_key(|file| std::cmp::Reverse(file.meta.size));
    for file in files {
        if let Some((bytes, share)) = shares.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            *bytes += file.meta.size;
            share.push(file);
        }
    }
    let share = |(_, files)| Arc::new(Share { files, columns: Arc::clone(columns) }) as Arc<dyn PartitionStream>;
    shares.into_iter().map(share).collect()
}

impl Sorted {
    /// The next rows of the snapshot; None behind the last. There may be none in a batch.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.rows.try_next().await.map_err(|error| told(&error))? else { return Ok(None) };
        self.count += batch.num_rows() as u64;
        self.firsts(&batch).map(Some)
    }

    /// The first row of each key that the batch before had not.
    fn firsts(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let failed = |error: arrow_schema::ArrowError| Error::about("the keys", error);
        let keys: Vec<ArrayRef> = self.columns.keys.iter().map(|key| Arc::clone(batch.column(*key))).collect();
        let keys = self.keys.convert_columns(&keys).map_err(failed)?;
        let is_first = |at: usize| match at.checked_sub(1) {
            Some(before) => keys.row(before) != keys.row(at),
            None => self.last.as_ref().is_none_or(|last| last.row() != keys.row(at)),
        };
        let firsts: BooleanArray = (0..batch.num_rows()).map(|at| Some(is_first(at))).collect();
        if let Some(last) = batch.num_rows().checked_sub(1) {
            self.last = Some(keys.row(last).owned());
        }
        let ours: Vec<usize> = (0..self.columns.count).collect();
        let batch = batch.project(&ours).map_err(failed)?;
        self.columns.horizon.without_tombstones(filter_record_batch(&batch, &firsts).map_err(failed)?)
    }

    /// How often and how many bytes did not fit into memory.
    pub fn spilled(&self) -> (usize, usize) {
        let sort =
            if self.plan.name() == "SortExec" { Some(&self.plan) } else { self.plan.children().first().copied() };
        let metrics = sort.and_then(|sort| sort.metrics());
        metrics.map_or((0, 0), |m| (m.spill_count().unwrap_or_default(), m.spilled_bytes().unwrap_or_default()))
    }
}

/// What is at the bottom of an error: ours, or the sort's.
fn told(error: &DataFusionError) -> Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = source {
        if let Some(ours) = one.downcast_ref::<Error>() {
            return Error { code: ours.code, message: ours.message.clone() };
        }
        source = one.source();
    }
    match error.find_root() {
        DataFusionError::ResourcesExhausted(why) => {
            Error::new(format!("the sort needs more memory, or disk ({why}); --memory and --temporary give it"))
        }
        other => Error::about("the sort", other),
    }
}
