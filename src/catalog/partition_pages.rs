//! Answers beyond what memory may hold: page by page from the store, all of one version. Between two pages no
//! transaction is open, so a slow reader holds nothing.

use std::sync::Arc;

use skep_core::rows::{RowIn, SegmentBuilder, TablePartitions};
use skep_core::table::{Shape, Table};
use skep_core::{Error, Kind, Result};

use super::partition_load::{Shapes, push};
use super::partition_pick::{Bound, Tester};
use super::partition_query::PartitionAnswer;
use crate::clock::Clock;
use crate::store::{NameRange, PartitionColumns, Store, StoredPartition};

/// So many rows are read by one statement.
pub const PAGE_ROWS: usize = 4000;
/// A page that takes more in memory ends early.
pub const PAGE_BYTES: usize = 1 << 20;

/// Where the rows of an answer lie.
#[derive(Debug)]
pub(super) enum Places {
    /// In the order of names.
    Ranges(Vec<NameRange>),
    /// Sorted.
    Names(Vec<String>),
}

/// An answer that is read again and again from its beginning, a page at a time.
#[derive(Debug)]
pub struct PartitionPages {
    pub(super) store: Store,
    pub(super) clock: Clock,
    /// Until then nothing of the version is purged.
    pub(super) until_ms: i64,
    pub(super) table: Arc<Table>,
    pub(super) shapes: Arc<Shapes>,
    pub(super) bound: Bound<'static>,
    pub(super) places: Places,
    pub(super) count: usize,
    pub(super) has_unknown: bool,
    pub(super) cursor: PageCursor,
}

/// Where the next page begins.
#[derive(Debug, Default)]
pub(super) struct PageCursor {
    /// Of the ranges, or of the names.
    place: usize,
    /// Within a range.
    after: Option<String>,
    /// Rows so far.
    given: usize,
}

/// A statement's rows.
enum Step<'a> {
    Range(NameRange),
    Names(&'a [String]),
}

/// What came of a step.
struct Taken {
    builder: SegmentBuilder,
    /// Rows that were looked at, and the name of the last.
    seen: usize,
    last: String,
    /// There was no room for more.
    is_full: bool,
}

impl PartitionPages {
    /// The table in the version that the partitions are of.
    pub fn table(&self) -> &Table {
        &self.table
    }
    /// How many partitions all pages have together.
    pub fn len(&self) -> usize {
        self.count
    }
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
    /// Some are there only because the expression could not be evaluated for them.
    pub fn has_unknown(&self) -> bool {
        self.has_unknown
    }
    pub fn shapes(&self) -> impl Iterator<Item = &Arc<Shape>> {
        self.shapes.iter().map(|(_, shape)| shape)
    }

    /// Whether all pages were read.
    pub fn is_over(&self) -> bool {
        self.cursor.given >= self.count
    }
    /// A page without partitions.
    pub fn empty(&self) -> PartitionAnswer {
        self.page(SegmentBuilder::new(&self.table))
    }

    fn page(&self, builder: SegmentBuilder) -> PartitionAnswer {
        let shapes = self.shapes.iter().cloned();
        let page = TablePartitions::new(Arc::clone(&self.table), shapes, builder.finish());
        PartitionAnswer { rows: page.all(), partitions: Arc::new(page), has_unknown: false }
    }

    /// Begins anew.
    pub fn rewind(&mut self) {
        self.cursor = PageCursor::default();
    }

    /// The next partitions by name, at least one; None behind the last.
    ///
    /// # Errors
    /// Unavailable where the version is not whole any more, since its retention is over.
    pub async fn next(&mut self, columns: PartitionColumns) -> Result<Option<PartitionAnswer>> {
        while self.cursor.given < self.count {
            if self.clock.now_ms() > self.until_ms {
                return Err(self.gone());
            }
            let step = self.step().ok_or_else(|| self.gone())?;
            let taken = self.take(&step, columns).await?;
            self.cursor_move(&taken);
            if !taken.builder.is_empty() {
                return Ok(Some(self.page(taken.builder)));
            }
        }
        Ok(None)
    }

    fn gone(&self) -> Error {
        let message = format!(
            "version {} of {} was purged while its partitions were read: ask again",
            self.table.version,
            self.table.full_name()
        );
        Error::new(Kind::Unavailable, message)
    }

    fn step(&self) -> Option<Step<'_>> {
        let PageCursor { place, after, .. } = &self.cursor;
        match &self.places {
            Places::Ranges(ranges) => {
                let range = ranges.get(*place)?;
                Some(Step::Range(after.as_ref().map_or_else(|| range.clone(), |after| range.after(after))))
            }
            Places::Names(names) => {
                let rest = names.get(*place..).filter(|rest| !rest.is_empty())?;
                Some(Step::Names(rest.get(..PAGE_ROWS).unwrap_or(rest)))
            }
        }
    }

    async fn take(&self, step: &Step<'_>, columns: PartitionColumns) -> Result<Taken> {
        let builder = SegmentBuilder::new(&self.table);
        let mut taken = Taken { builder, seen: 0, last: String::new(), is_full: false };
        let mut tester = Tester::new(&self.bound);
        let left = self.count - self.cursor.given;
        let each = |stored: StoredPartition<'_>| {
            taken.is_full = taken.builder.len() >= left || taken.builder.bytes() >= PAGE_BYTES;
            if taken.is_full {
                return Err(Error::internal("the page is full"));
            }
            let values = stored.values()?;
            if tester.takes(&values).is_some() {
                push_columns(&mut taken.builder, &stored, &values, columns)?;
            }
            taken.seen += 1;
            taken.last.clear();
            taken.last.push_str(stored.name);
            Ok(())
        };
        // A statement of its own each time: names and versions tie the pages together, not a transaction.
        let mut txn = self.store.peek().await?;
        let at = (self.table.id, self.table.version);
        let read = match step {
            Step::Range(range) => txn.partition_page(at, columns, range, PAGE_ROWS as i64, each).await,
            Step::Names(names) => txn.partition_named_at(at, names, each).await,
        };
        if taken.is_full { Ok(taken) } else { read.map(|()| taken) }
    }

    fn cursor_move(&mut self, taken: &Taken) {
        let cursor = &mut self.cursor;
        cursor.given += taken.builder.len();
        match &self.places {
            Places::Ranges(_) if taken.is_full || taken.seen == PAGE_ROWS => cursor.after = Some(taken.last.clone()),
            Places::Ranges(_) => {
                cursor.place += 1;
                cursor.after = None;
            }
            Places::Names(names) if taken.is_full => cursor.place = names.partition_point(|name| *name <= taken.last),
            Places::Names(_) => cursor.place += PAGE_ROWS,
        }
    }
}

fn push_columns<V: AsRef<str>>(
    builder: &mut SegmentBuilder,
    stored: &StoredPartition<'_>,
    values: &[V],
    columns: PartitionColumns,
) -> Result<()> {
    match columns {
        PartitionColumns::All => push(builder, stored, values),
        PartitionColumns::Names => {
            let row = RowIn {
                name: stored.name,
                values,
                slot: None,
                location: None,
                create_time: 0,
                last_access_time: 0,
                write_id: None,
            };
            builder.push(row, std::iter::empty())
        }
    }
}
