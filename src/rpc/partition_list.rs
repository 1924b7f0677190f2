//! Lists of partitions as streams. A message is made when the client takes it, so a list takes no memory beyond what
//! the cache holds, or a page of it.

use futures_util::StreamExt as _;
use prost::Message as _;
use skep_core::filter::{Filter, Selector};
use skep_core::partition::Partition;
use skep_core::rows::{Cursor, RowView, key_position};
use skep_core::table::Table;
use skep_proto::admin::v1 as p;

use super::convert::{PartitionForm, columns_out, name_out};
use super::cx::Cx;
use super::error::{Answer, Refusal, refused_field};
use super::front::Answers;
use super::versions::as_of;
use crate::catalog::{
    Metastore, PartitionAnswer, PartitionColumns, PartitionExpr, PartitionPick, PartitionQuery, PartitionReading,
    RequestScope, TableRef,
};

/// A message ends when it has so many bytes, or partitions.
const BATCH_BYTES: usize = 256 << 10;
const BATCH_ROWS: usize = 1_000;
/// Names that one request may give.
pub const NAMES_MAX: usize = 100_000;
/// Rows of an earlier version that are read by one statement.
const AS_OF_ROWS: usize = 2_000;

/// The question of a list.
pub fn query(table: TableRef, filter: String, names: Vec<String>, limit: i64) -> Answer<PartitionQuery> {
    if names.len() > NAMES_MAX {
        return Err(refused_field("names", format!("{} names; {NAMES_MAX} are allowed", names.len())));
    }
    if !names.is_empty() && !filter.trim().is_empty() {
        return Err(refused_field("names", "names and a filter do not go together"));
    }
    let limit = match usize::try_from(limit) {
        Ok(0) => None,
        Ok(limit) => Some(limit),
        Err(_) => return Err(refused_field("limit", format!("{limit} is negative"))),
    };
    let pick = if !names.is_empty() {
        PartitionPick::Names(names)
    } else if filter.trim().is_empty() {
        PartitionPick::All
    } else {
        PartitionPick::Filter(filter)
    };
    Ok(PartitionQuery { table, pick, limit, scope: RequestScope::Found })
}

pub async fn list(cx: Cx, request: p::ListPartitionsRequest) -> Answer<Answers<p::ListPartitionsResponse>> {
    let at = cx.table(request.table, "table")?;
    let view = match p::PartitionView::try_from(request.view) {
        Ok(p::PartitionView::Unspecified) => p::PartitionView::Basic,
        Ok(view) => view,
        Err(_) => return Err(refused_field("view", format!("{} is no view", request.view))),
    };
    let form = PartitionForm::new(view);
    if let Some(as_of) = as_of(request.as_of) {
        if !request.order.is_empty() {
            return Err(refused_field("as_of", "an earlier version is listed by name"));
        }
        let query = query(at.clone(), request.filter, request.names, request.limit)?;
        let table = cx.metastore().version_get(&at, as_of).await.map_err(|error| Refusal::from(error).at("as_of"))?;
        return as_of_list(cx, table, query, form);
    }
    let table = cx.metastore().table_get(&at).await?;
    let mut query = query(at, request.filter, request.names, request.limit)?;
    if view == p::PartitionView::Names {
        query.scope = RequestScope::Unlimited;
    }
    if !request.order.trim().is_empty() {
        query.pick = ordered(query.pick, &request.order, &table)?;
    }
    let reading = cx.metastore().partitions_stream(&query).await.map_err(|error| Refusal::from(error).at("filter"))?;
    let head = head(reading.table(), Some(reading.len()));
    let rows = Rows::new(reading, if form.is_names() { PartitionColumns::Names } else { PartitionColumns::All });
    let first = p::ListPartitionsResponse { item: Some(p::list_partitions_response::Item::Head(head)) };
    let rest = futures_util::stream::try_unfold((rows, form), |(mut rows, mut form)| async move {
        let mut batch = Batch::default();
        rows.next(|row| batch.takes(row, &mut form)).await?;
        Ok(batch.response().map(|message| (message, (rows, form))))
    });
    Ok(futures_util::stream::once(async { Ok(first) }).chain(rest).boxed())
}

/// `dt desc, hour` in the form that the catalog knows: positions of keys, and signs.
fn ordered(pick: PartitionPick, order: &str, table: &Table) -> Answer<PartitionPick> {
    let bytes = match pick {
        PartitionPick::Filter(filter) => filter.into_bytes(),
        PartitionPick::All => Vec::new(),
        _ => return Err(refused_field("order", "named partitions are listed by name")),
    };
    let (mut keys, mut signs) = (Vec::new(), String::new());
    for part in order.split(',') {
        let mut words = part.split_whitespace();
        let (key, direction) = (words.next().unwrap_or_default(), words.next());
        let sign = match direction.map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => '+',
            Some("desc") => '-',
            Some(other) => return Err(refused_field("order", format!("{other:?} is neither asc nor desc"))),
        };
        let position = key_position(table, key).filter(|_| words.next().is_none());
        let known = || table.partition_keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>().join(", ");
        let position = position
            .ok_or_else(|| refused_field("order", format!("{part:?} is not KEY [asc|desc]; keys are: {}", known())))?;
        keys.push(position.to_string());
        signs.push(sign);
    }
    let order = Some(format!("{}:{signs}", keys.join(",")));
    Ok(PartitionPick::Expr(PartitionExpr { bytes, default_partition: None, order }))
}

pub fn head(table: &Table, count: Option<usize>) -> p::PartitionListHead {
    let at = TableRef { catalog: table.catalog.clone(), database: table.database.clone(), table: table.name.clone() };
    p::PartitionListHead {
        table: Some(name_out(&at)),
        version: table.version,
        partition_keys: columns_out(&table.partition_keys),
        count: count.map(|count| count as i64),
    }
}

/// The rows of an answer, a batch at a time.
pub struct Rows {
    reading: PartitionReading,
    columns: PartitionColumns,
    /// Of the held answer, or of the page.
    cursor: Cursor,
    page: Option<PartitionAnswer>,
}

impl Rows {
    pub fn new(reading: PartitionReading, columns: PartitionColumns) -> Self {
        Self { reading, columns, cursor: Cursor::default(), page: None }
    }

    /// Gives rows until `takes` has enough (says false), or the page or the answer is over.
    pub async fn next(&mut self, mut takes: impl FnMut(RowView<'_>) -> bool) -> Answer<()> {
        loop {
            let answer = match &mut self.reading {
                PartitionReading::Held(answer) => answer,
                PartitionReading::Paged(pages) => {
                    if self.page.is_none() {
                        self.page = pages.next(self.columns).await?;
                        self.cursor = Cursor::default();
                    }
                    let Some(page) = &self.page else { return Ok(()) };
                    page
                }
            };
            let mut any = false;
            for row in answer.walk(&mut self.cursor) {
                any = true;
                if !takes(row) {
                    return Ok(());
                }
            }
            if any || matches!(self.reading, PartitionReading::Held(_)) {
                return Ok(());
            }
            self.page = None;
        }
    }
}

/// A message being made.
#[derive(Default)]
struct Batch {
    made: p::PartitionBatch,
    rows: usize,
    bytes: usize,
}

impl Batch {
    /// False when it is full.
    fn takes(&mut self, row: RowView<'_>, form: &mut PartitionForm) -> bool {
        if form.is_names() { self.name(row.name()) } else { self.partition(form.row(row)) }
    }
    fn name(&mut self, name: String) -> bool {
        self.bytes += name.len();
        self.made.names.push(name);
        self.has_room()
    }
    fn partition(&mut self, partition: p::Partition) -> bool {
        self.bytes += partition.encoded_len();
        self.made.partitions.push(partition);
        self.has_room()
    }
    fn has_room(&mut self) -> bool {
        self.rows += 1;
        self.rows < BATCH_ROWS && self.bytes < BATCH_BYTES
    }
    /// None if nothing is in it.
    fn response(self) -> Option<p::ListPartitionsResponse> {
        let item = p::list_partitions_response::Item::Batch(self.made);
        (self.rows > 0).then_some(p::ListPartitionsResponse { item: Some(item) })
    }
}

/// An earlier version's partitions, read page by page.
struct Earlier {
    metastore: Metastore,
    table: Table,
    filter: Option<Filter>,
    form: PartitionForm,
    /// Those that are asked for; none: all.
    names: Option<std::vec::IntoIter<String>>,
    /// None behind the last.
    after: Option<String>,
    left: usize,
    ready: std::collections::VecDeque<p::Partition>,
}

fn as_of_list(
    cx: Cx,
    table: Table,
    query: PartitionQuery,
    form: PartitionForm,
) -> Answer<Answers<p::ListPartitionsResponse>> {
    let filter = match &query.pick {
        PartitionPick::Filter(text) => {
            let filter = Filter::parse(text, &table.partition_keys);
            Some(filter.map_err(|error| Refusal::from(error).at("filter"))?)
        }
        _ => None,
    };
    let names = match query.pick {
        PartitionPick::Names(mut names) => {
            names.sort_unstable();
            names.dedup();
            Some(names.into_iter())
        }
        _ => None,
    };
    let head = head(&table, None);
    let first = p::ListPartitionsResponse { item: Some(p::list_partitions_response::Item::Head(head)) };
    let earlier = Earlier {
        names,
        metastore: cx.metastore().clone(),
        table,
        filter,
        form,
        after: Some(String::new()),
        left: query.limit.unwrap_or(usize::MAX),
        ready: std::collections::VecDeque::new(),
    };
    let rest = futures_util::stream::try_unfold(earlier, |mut earlier| async move {
        Ok(earlier.next().await?.map(|message| (message, earlier)))
    });
    Ok(futures_util::stream::once(async { Ok(first) }).chain(rest).boxed())
}

impl Earlier {
    /// The next rows; none behind the last.
    async fn page(&mut self) -> Answer<Option<Vec<Partition>>> {
        let Some(after) = self.after.take().filter(|_| self.left > 0) else { return Ok(None) };
        if let Some(names) = &mut self.names {
            let names: Vec<String> = names.by_ref().take(AS_OF_ROWS).collect();
            self.after = (names.len() == AS_OF_ROWS).then_some(after);
            return Ok(Some(self.metastore.version_partitions_named(&self.table, &names).await?));
        }
        let page = self.metastore.version_partitions(&self.table, &after, AS_OF_ROWS).await?;
        if page.len() == AS_OF_ROWS {
            self.after = page.last().map(|last| last.name.clone());
        }
        Ok(Some(page))
    }

    async fn next(&mut self) -> Answer<Option<p::ListPartitionsResponse>> {
        while self.ready.is_empty() {
            let Some(page) = self.page().await? else { return Ok(None) };
            let mut selector = self.filter.as_ref().map(Selector::new);
            for partition in page {
                if self.left > 0 && selector.as_mut().is_none_or(|one| one.select(&partition.values).keeps()) {
                    self.left -= 1;
                    self.ready.push_back(self.form.partition(partition));
                }
            }
        }
        let mut batch = Batch::default();
        while let Some(partition) = self.ready.pop_front() {
            let has_room = if self.form.is_names() { batch.name(partition.name) } else { batch.partition(partition) };
            if !has_room {
                break;
            }
        }
        Ok(batch.response())
    }
}
