//! `skep.etl.v1.PlanService`.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use prost::Message as _;
use skep_core::Error;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::plan_response::Item;
use skep_proto::etl::v1::plan_service_server::PlanService;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use tonic::{Request, Response, Status};
use tracing::Instrument as _;

use super::convert::{columns_out, name_out};
use super::cx::Cx;
use super::error::{Answer, Refusal};
use super::front::{Answers, Front, Replies};
use super::versions::as_of;
use crate::catalog::TableRef;
use crate::etl::{Plan, PlanRefusal, PlanRequest, PlanSummary, PlannedFile, PlannedPartition};

/// A message ends when it has so many bytes.
const BATCH_BYTES: usize = 256 << 10;
/// So many messages wait for their reader.
const MESSAGES_AHEAD: usize = 4;

/// Calls of plans.
pub struct Plans(pub Front);

#[tonic::async_trait]
impl PlanService for Plans {
    type PlanStream = Replies<p::PlanResponse>;

    async fn plan(&self, request: Request<p::PlanRequest>) -> Result<Response<Self::PlanStream>, Status> {
        self.0.stream("PlanService/Plan", request, plan).await
    }
}

/// A plan on its way: it is made by a task that is some messages ahead of its reader, and ends with it.
struct Sending {
    messages: Receiver<Answer<Item>>,
    making: JoinHandle<()>,
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.making.abort();
    }
}

async fn plan(cx: Cx, request: p::PlanRequest) -> Answer<Answers<p::PlanResponse>> {
    let table = cx.table(request.table, "table")?;
    let asked = PlanRequest { table, filter: request.filter, columns: request.columns, as_of: as_of(request.as_of) };
    let plan = cx.services().etl.plan(&asked).await.map_err(refused)?;
    let first = Ok(response(head(&plan)));
    let (sender, messages) = channel(MESSAGES_AHEAD);
    let making = Making { plan, ready: VecDeque::new(), is_over: false };
    let sending = Sending { messages, making: tokio::spawn(making.run(sender).in_current_span()) };
    let rest = stream::try_unfold(sending, |mut sending| async move {
        Ok(sending.next().await?.map(|item| (response(item), sending)))
    });
    Ok(stream::once(async { first }).chain(rest).boxed())
}

impl Sending {
    async fn next(&mut self) -> Answer<Option<Item>> {
        if let Some(message) = self.messages.recv().await {
            return message.map(Some);
        }
        match (&mut self.making).await {
            Ok(()) => Ok(None),
            Err(broken) => Err(Error::internal(format!("the plan broke off: {broken}")).into()),
        }
    }
}

fn refused(refusal: PlanRefusal) -> Refusal {
    let PlanRefusal { field, error } = refusal;
    let refusal = Refusal::from(error);
    match field {
        Some(field) => refusal.at(&field),
        None => refusal,
    }
}

fn response(item: Item) -> p::PlanResponse {
    p::PlanResponse { item: Some(item) }
}

fn head(plan: &Plan) -> Item {
    let table = plan.table();
    let at = TableRef::new(&table.catalog, &table.database, &table.name);
    Item::Head(p::PlanHead {
        table: Some(name_out(&at)),
        version: table.version,
        partition_keys: columns_out(&table.partition_keys),
        columns: columns_out(plan.columns()),
    })
}

/// A plan being made.
struct Making {
    plan: Plan,
    /// Files that are to be sent before the plan goes on.
    ready: VecDeque<PlannedFile>,
    is_over: bool,
}

impl Making {
    async fn run(mut self, messages: Sender<Answer<Item>>) {
        while let Some(message) = self.next().await.transpose() {
            let is_last = message.is_err();
            if messages.send(message).await.is_err() || is_last {
                return;
            }
        }
    }

    async fn next(&mut self) -> Answer<Option<Item>> {
        if self.is_over {
            return Ok(None);
        }
        if self.ready.is_empty() {
            self.ready = self.plan.next().await?.into();
        }
        if self.ready.is_empty() {
            self.is_over = true;
            return Ok(Some(Item::Summary(summary_out(self.plan.summary()))));
        }
        Ok(Some(Item::Batch(self.batch())))
    }

    /// A message's share of what is ready; at least one file.
    fn batch(&mut self) -> p::PlanBatch {
        let (mut batch, mut bytes) = (p::PlanBatch::default(), 0);
        let mut last: Option<Arc<PlannedPartition>> = None;
        while bytes < BATCH_BYTES
            && let Some(file) = self.ready.pop_front()
        {
            if last.as_ref().is_none_or(|last| !Arc::ptr_eq(last, &file.partition)) {
                let partition = partition_out(&file.partition);
                bytes += partition.encoded_len();
                batch.partitions.push(partition);
                last = Some(Arc::clone(&file.partition));
            }
            let file = file_out(file, batch.partitions.len() - 1);
            bytes += file.encoded_len();
            batch.files.push(file);
        }
        batch
    }
}

fn partition_out(partition: &PlannedPartition) -> p::PlanPartition {
    let value = |value: &Option<String>| p::PlanPartitionValue { value: value.clone() };
    p::PlanPartition { name: partition.name.clone(), values: partition.values.iter().map(value).collect() }
}

fn file_out(file: PlannedFile, partition: usize) -> p::PlanFile {
    let groups = file.row_groups.iter().map(|group| p::PlanRowGroup {
        offset: group.offset as i64,
        length: group.length as i64,
        rows: group.rows as i64,
    });
    p::PlanFile {
        partition: partition as i32,
        row_groups: groups.collect(),
        uri: file.uri,
        size: file.size,
        rows: file.rows,
        modified_at_ms: file.modified_at_ms,
        etag: file.etag.unwrap_or_default(),
        listed: file.is_listed,
    }
}

fn summary_out(summary: PlanSummary) -> p::PlanSummary {
    p::PlanSummary {
        partitions: summary.partitions,
        partitions_planned: summary.partitions_planned,
        files: summary.files,
        files_planned: summary.files_planned,
        bytes: summary.bytes,
        rows: summary.rows,
        files_listed: summary.files_listed,
    }
}
