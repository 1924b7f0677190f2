//! What changes a log while it is read: arrivals by both interfaces, compactions, rollbacks, snapshots that expire.

use std::net::SocketAddr;
use std::sync::Arc;

use skep_proto::admin::v1 as a;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;
use skep_proto::admin::v1::table_service_client::TableServiceClient;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::compaction_service_client::CompactionServiceClient;
use skep_proto::log::v1::event_log_service_client::EventLogServiceClient;
use skep_proto::log::v1::snapshot_service_client::SnapshotServiceClient;
use skep_thrift::call::Answer;
use skep_thrift::{methods as m, types as t};
use tokio::sync::Semaphore;
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::book::Book;
use super::events::{Arrival, Event, Latest, fold, mix};
use super::lake::Lake;
use crate::grpc::fixture::{at, column};
use crate::process::client::Client;

pub const DATABASE: &str = "d";
pub const LOG: &str = "events";
pub const SNAPSHOTS: &str = "events_snapshots";
pub const VIEW: &str = "events_latest";

const INPUT_FORMAT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const OUTPUT_FORMAT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
const LIBRARY: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
const COLUMNS: [(&str, &str); 3] = [("id", "bigint"), ("op", "string"), ("seq", "bigint")];
/// Rollbacks to no snapshot at all are for logs that are small.
const BARE_MAX: i64 = 200;

/// How fast writers go on: by turns that others give.
pub struct Pace(Semaphore);

impl Pace {
    pub fn new(turns: usize) -> Self {
        Self(Semaphore::new(turns))
    }

    /// Gives a turn, unless there are enough.
    pub fn give(&self) {
        if self.0.available_permits() < 64 {
            self.0.add_permits(1);
        }
    }

    /// Takes turns; false when it is over.
    pub async fn take(&self, count: u32) -> bool {
        self.0.acquire_many(count).await.map(tokio::sync::SemaphorePermit::forget).is_ok()
    }

    pub fn end(&self) {
        self.0.close();
    }
}

/// One who changes the log.
#[derive(Clone)]
pub struct Load {
    pub channel: Channel,
    pub thrift: SocketAddr,
    /// Where arrivals lie.
    pub base: String,
    pub book: Arc<Book>,
    pub lake: Arc<Lake>,
}

impl Load {
    /// The log, with nothing in it.
    pub async fn make(&self) -> Result<(), Status> {
        let columns = COLUMNS.map(|(name, kind)| column(name, kind)).to_vec();
        let table = a::Table {
            name: at(LOG),
            partition_keys: vec![column("dt", "string"), column("hour", "int")],
            table_type: a::TableType::External.into(),
            parameters: [("EXTERNAL".to_owned(), "TRUE".to_owned())].into(),
            storage: Some(a::Storage { columns: Some(a::ColumnList { columns }), ..storage(&self.base) }),
            ..a::Table::default()
        };
        let create = a::CreateTableRequest { table: Some(table), ..a::CreateTableRequest::default() };
        TableServiceClient::new(self.channel.clone()).create_table(create).await?;
        let log = p::EventLog {
            table: at(LOG),
            key_columns: vec!["id".into()],
            order_columns: vec!["seq".into()],
            order_is_total: true,
            operation_column: "op".into(),
            delete_values: vec!["D".into()],
            trino_catalog: "hive".into(),
            ..p::EventLog::default()
        };
        let create = p::CreateEventLogRequest { log: Some(log), ..p::CreateEventLogRequest::default() };
        EventLogServiceClient::new(self.channel.clone()).create_event_log(create).await.map(drop)
    }

    /// One to three arrivals in one call, by one of both interfaces. What is not acknowledged stays open in the book.
    pub async fn arrive(&self, chance: u64) -> Result<(), Status> {
        let arrivals = self.book.next(1 + chance as usize % 3);
        self.book.ask(&arrivals);
        if chance >> 8 & 1 == 0 {
            self.add_by_thrift(&arrivals).await?;
        } else {
            let partitions = arrivals.iter().map(|one| self.partition(*one)).collect();
            let add = a::AddPartitionsRequest { table: at(LOG), partitions, ..a::AddPartitionsRequest::default() };
            PartitionServiceClient::new(self.channel.clone()).add_partitions(add).await?;
        }
        self.book.acknowledge(&arrivals);
        Ok(())
    }

    fn partition(&self, arrival: Arrival) -> a::Partition {
        let storage = Some(storage(&arrival.location(&self.base)));
        a::Partition { values: arrival.values().to_vec(), storage, ..a::Partition::default() }
    }

    async fn add_by_thrift(&self, arrivals: &[Arrival]) -> Result<(), Status> {
        let new_parts = Some(arrivals.iter().map(|one| thrift_partition(*one, &self.base)).collect());
        let thrift = self.thrift;
        let call = move || {
            let told = |what: &dyn std::fmt::Debug| Status::unavailable(format!("add_partitions: {what:?}"));
            let mut client = Client::connect(thrift).map_err(|error| told(&error))?;
            match client.call::<m::AddPartitions>(&m::AddPartitionsArgs { new_parts }) {
                Ok(Answer::Reply(_)) => Ok(()),
                other => Err(told(&other)),
            }
        };
        tokio::task::spawn_blocking(call).await.unwrap()
    }

    fn compactions(&self) -> CompactionServiceClient<Channel> {
        CompactionServiceClient::new(self.channel.clone())
    }

    /// A compaction, which may be given up. Gives the snapshot; None where nothing came of it, which others may be the
    /// cause of.
    pub async fn compact(&self, holder: &str, ttl_ms: i64, chance: u64) -> Result<Option<String>, Status> {
        let seal_newest = chance & 1 == 0;
        let begin = p::BeginCompactionRequest {
            table: at(LOG),
            holder: holder.into(),
            ttl_ms,
            seal_newest,
            ..Default::default()
        };
        let Some(work) = rightly(self.compactions().begin_compaction(begin).await)?.and_then(|begun| begun.compaction)
        else {
            return Ok(None);
        };
        let mut latest = Latest::new();
        let base = Some(work.base_location.as_str()).filter(|base| !base.is_empty());
        if let Some(base) = base {
            fold(&mut latest, self.lake.events(base).map_err(Status::internal)?.iter());
        }
        let mut arrivals = Vec::new();
        for partition in &work.partitions {
            let (number, events) = Arrival::at(&partition.location).ok_or_else(|| Status::internal("no arrival"))?;
            arrivals.push(number);
            fold(&mut latest, &events);
        }
        let rows: Vec<Event> = latest.into_values().collect();
        self.lake.snapshot_write(&work.location, &rows, base, &arrivals);
        if chance >> 8 & 7 == 0 {
            let abort = p::AbortCompactionRequest { table: at(LOG), token: work.token, reason: "a whim".into() };
            rightly(self.compactions().abort_compaction(abort).await)?;
            return Ok(None);
        }
        self.commit(&work, chance).await
    }

    async fn commit(&self, work: &p::Compaction, chance: u64) -> Result<Option<String>, Status> {
        let commit = p::CommitCompactionRequest { table: at(LOG), token: work.token, ..Default::default() };
        let Some(done) = rightly(self.compactions().commit_compaction(commit.clone()).await)? else {
            // The view was rolled back meanwhile, or somebody else compacts.
            let abort = p::AbortCompactionRequest { table: at(LOG), token: work.token, reason: "overtaken".into() };
            rightly(self.compactions().abort_compaction(abort).await)?;
            return Ok(None);
        };
        let Some(snapshot) = done.snapshot else { return Err(Status::internal(format!("{:?}", done.findings))) };
        if chance >> 16 & 3 == 0 {
            // Nobody knows whether the answer came through. It may have expired by now.
            if let Some(again) = rightly(self.compactions().commit_compaction(commit).await)? {
                assert_eq!((again.replayed, again.snapshot.unwrap().snapshot_id), (true, snapshot.snapshot_id.clone()));
            }
        }
        Ok(Some(snapshot.snapshot_id))
    }

    /// All snapshots, the newest first.
    pub async fn snapshots(&self) -> Result<Vec<p::Snapshot>, Status> {
        let list = p::ListSnapshotsRequest { table: at(LOG), page_size: 1_000, ..Default::default() };
        Ok(SnapshotServiceClient::new(self.channel.clone()).list_snapshots(list).await?.into_inner().snapshots)
    }

    /// Shows an older snapshot, a newer one again, or none.
    pub async fn roll(&self, chance: u64) -> Result<(), Status> {
        let known = self.snapshots().await?;
        let is_small = self.book.count() < BARE_MAX;
        let chosen = known.get((chance >> 8) as usize % 4);
        let snapshot_id = match chosen {
            Some(one) => one.snapshot_id.clone(),
            None if is_small => String::new(),
            None => return Ok(()),
        };
        let back = p::RollbackSnapshotRequest { table: at(LOG), snapshot_id, ..Default::default() };
        rightly(SnapshotServiceClient::new(self.channel.clone()).rollback_snapshot(back).await).map(drop)
    }

    /// Lets all but the newest snapshots go, and those that were shown a moment ago.
    pub async fn expire(&self, keep: i32, reader_grace_ms: i64) -> Result<(), Status> {
        let expire = p::ExpireSnapshotsRequest {
            table: at(LOG),
            keep,
            reader_grace_ms: Some(reader_grace_ms),
            delete_files: true,
            ..Default::default()
        };
        SnapshotServiceClient::new(self.channel.clone()).expire_snapshots(expire).await.map(drop)
    }

    /// Number after number for what a writer does next.
    pub fn chances(writer: u64) -> impl Iterator<Item = u64> + Send {
        (0_u64..).map(move |turn| mix(mix(writer) ^ turn))
    }
}

/// What was refused by right is None: another was there first, or the view changed.
fn rightly<R>(answer: Result<tonic::Response<R>, Status>) -> Result<Option<R>, Status> {
    match answer {
        Ok(done) => Ok(Some(done.into_inner())),
        Err(status) if matches!(status.code(), Code::FailedPrecondition | Code::NotFound) => Ok(None),
        Err(status) => Err(status),
    }
}

fn storage(location: &str) -> a::Storage {
    a::Storage {
        location: Some(location.to_owned()),
        input_format: Some(INPUT_FORMAT.to_owned()),
        output_format: Some(OUTPUT_FORMAT.to_owned()),
        serde: Some(a::Serde { library: Some(LIBRARY.to_owned()), ..a::Serde::default() }),
        ..a::Storage::default()
    }
}

fn thrift_partition(arrival: Arrival, base: &str) -> t::Partition {
    let column = |(name, kind): (&str, &str)| t::FieldSchema {
        name: Some(name.to_owned()),
        r#type: Some(kind.to_owned()),
        ..Default::default()
    };
    let serde = t::SerDeInfo { serialization_lib: Some(LIBRARY.to_owned()), ..Default::default() };
    t::Partition {
        values: Some(arrival.values().to_vec()),
        db_name: Some(DATABASE.to_owned()),
        table_name: Some(LOG.to_owned()),
        sd: Some(t::StorageDescriptor {
            cols: Some(COLUMNS.map(column).to_vec().into()),
            location: Some(arrival.location(base)),
            input_format: Some(INPUT_FORMAT.to_owned()),
            output_format: Some(OUTPUT_FORMAT.to_owned()),
            serde_info: Some(serde),
            ..Default::default()
        }),
        ..Default::default()
    }
}
