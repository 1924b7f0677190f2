//! `skep.log.v1.EventLogService`.

use skep_core::event_log::EventLog;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::event_log_service_server::EventLogService;
use tonic::{Request, Response, Status};

use super::convert::{ended_out, log_in, log_out, part_field, state_out};
use super::cx::Cx;
use super::error::{Answer, Refusal, refused_field};
use super::front::Front;
use super::mutation::Mutation;
use super::page::{after, fill, page_size, token};
use crate::catalog::{LogAlter, LogCreate, TableRef};
use crate::etl::findings_error;

/// Calls of event logs.
pub struct EventLogs(pub Front);

const CREATE: &str = "EventLogService/CreateEventLog";
const ALTER: &str = "EventLogService/AlterEventLog";
const DROP: &str = "EventLogService/DropEventLog";
const SEAL: &str = "EventLogService/SealPartition";
/// Compactions that one log's answer tells.
const HISTORY_MAX: usize = 100;

#[tonic::async_trait]
impl EventLogService for EventLogs {
    async fn create_event_log(
        &self,
        request: Request<p::CreateEventLogRequest>,
    ) -> Result<Response<p::CreateEventLogResponse>, Status> {
        self.0.change(CREATE, request, create).await
    }
    async fn get_event_log(
        &self,
        request: Request<p::GetEventLogRequest>,
    ) -> Result<Response<p::GetEventLogResponse>, Status> {
        self.0.call("EventLogService/GetEventLog", request, get).await
    }
    async fn list_event_logs(
        &self,
        request: Request<p::ListEventLogsRequest>,
    ) -> Result<Response<p::ListEventLogsResponse>, Status> {
        self.0.call("EventLogService/ListEventLogs", request, list).await
    }
    async fn drop_event_log(
        &self,
        request: Request<p::DropEventLogRequest>,
    ) -> Result<Response<p::DropEventLogResponse>, Status> {
        self.0.change(DROP, request, drop_one).await
    }
    async fn alter_event_log(
        &self,
        request: Request<p::AlterEventLogRequest>,
    ) -> Result<Response<p::AlterEventLogResponse>, Status> {
        self.0.change(ALTER, request, alter).await
    }
    async fn seal_partition(
        &self,
        request: Request<p::SealPartitionRequest>,
    ) -> Result<Response<p::SealPartitionResponse>, Status> {
        self.0.change(SEAL, request, seal).await
    }
}

async fn create(cx: Cx, request: p::CreateEventLogRequest) -> Answer<p::CreateEventLogResponse> {
    let mutation = Mutation::new(CREATE, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let given = request.log.ok_or_else(|| refused_field("log", "what makes the table an event log is missing"))?;
    let at = cx.table(given.table.clone(), "log.table")?;
    let log = log_in(&given, &at);
    if !mutation.is_answered(&cx).await? {
        log_check(&cx, &at, &log, request.skip_files).await?;
    }
    let place = Some(request.snapshot_location).filter(|place| !place.is_empty());
    let answer = mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let create = LogCreate { at: at.clone(), log: log.clone(), snapshot_location: place.clone() };
            let caller = caller.clone();
            async move {
                let record = within.log_create(&caller, &create).await?;
                let at = &create.at;
                let snapshots = TableRef::new(&at.catalog, &at.database, &record.log.snapshot_table);
                let snapshots = within.table_get(&snapshots).await?;
                Ok(p::CreateEventLogResponse {
                    log: Some(log_out(at, &record.log)),
                    snapshot_location: snapshots.location().unwrap_or_default().to_owned(),
                })
            }
        })
        .await;
    answer.map_err(|refusal| refusal.at("log"))
}

/// What is wrong with the definition, by its field; and with files that are there.
async fn log_check(cx: &Cx, at: &TableRef, log: &EventLog, skip_files: bool) -> Answer<()> {
    let table = cx.metastore().table_get(at).await?;
    if let Some((part, problem)) = log.problem(&table) {
        return Err(refused_field(part_field(part), problem));
    }
    if skip_files || skep_core::event_log::LogRole::of(&table).is_some() {
        return Ok(());
    }
    let never_null: Vec<String> = log.keys.iter().chain(&log.order).cloned().collect();
    let findings = cx.services().etl.log_files_check(&table, &never_null).await?;
    match findings_error(&findings) {
        Some(error) => Err(Refusal::from(error).at("log.table")),
        None => Ok(()),
    }
}

async fn get(cx: Cx, request: p::GetEventLogRequest) -> Answer<p::GetEventLogResponse> {
    let at = cx.table(request.table, "table")?;
    let record = cx.metastore().log_get(&at).await?;
    let lag = cx.metastore().log_lag(&at, &record).await?;
    let history = record.ended.iter().rev().take(HISTORY_MAX).map(ended_out).collect();
    let state = state_out(&at, &record, Some(lag), cx.services().etl.clock.now_ms());
    Ok(p::GetEventLogResponse { state: Some(state), history })
}

async fn list(cx: Cx, request: p::ListEventLogsRequest) -> Answer<p::ListEventLogsResponse> {
    let (size, after) = (page_size(request.page_size)?, after(&request.page_token)?);
    let mut all = cx.metastore().log_list().await?;
    all.retain(|(at, _)| after.as_ref().is_none_or(|after| at.to_string() > *after));
    let more = all.len() > size;
    all.truncate(size);
    let names: Vec<String> = all.iter().map(|(at, _)| at.to_string()).collect();
    let now_ms = cx.services().etl.clock.now_ms();
    let mut states = Vec::with_capacity(all.len());
    for (at, record) in all {
        let lag = if request.with_lag { Some(cx.metastore().log_lag(&at, &record).await?) } else { None };
        states.push(state_out(&at, &record, lag, now_ms));
    }
    let (logs, all_fit) = fill(states.into_iter());
    let last = logs.len().checked_sub(1).and_then(|at| names.get(at));
    let next = last.filter(|_| more || !all_fit).map(|last| token(last));
    Ok(p::ListEventLogsResponse { logs, next_page_token: next.unwrap_or_default() })
}

async fn alter(cx: Cx, request: p::AlterEventLogRequest) -> Answer<p::AlterEventLogResponse> {
    let mutation = Mutation::new(ALTER, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let compacted_view = request.compacted_view.map(|name| Some(name).filter(|name| !name.is_empty()));
    let field = if compacted_view.is_some() { "compacted_view" } else { "tombstones_ms" };
    let change =
        LogAlter { compacted_view, tombstones_ms: request.tombstones_ms.map(|ms| Some(ms).filter(|ms| *ms != 0)) };
    let answer = mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, caller, change) = (at.clone(), caller.clone(), change.clone());
            async move {
                let record = within.log_alter(&caller, &at, &change).await?;
                Ok(p::AlterEventLogResponse { log: Some(log_out(&at, &record.log)) })
            }
        })
        .await;
    answer.map_err(|refusal| refusal.at(field))
}

async fn drop_one(cx: Cx, request: p::DropEventLogRequest) -> Answer<p::DropEventLogResponse> {
    let mutation = Mutation::new(DROP, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, caller) = (at.clone(), caller.clone());
            async move {
                within.log_drop(&caller, &at, request.keep_snapshots).await?;
                Ok(p::DropEventLogResponse {})
            }
        })
        .await
}

async fn seal(cx: Cx, request: p::SealPartitionRequest) -> Answer<p::SealPartitionResponse> {
    let mutation = Mutation::new(SEAL, &request.request_id, &request);
    let _ = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let values = request.partition.unwrap_or_default().values;
    let answer = mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, values) = (at.clone(), values.clone());
            async move {
                within.log_seal(&at, &values).await?;
                Ok(p::SealPartitionResponse {})
            }
        })
        .await;
    answer.map_err(|refusal| refusal.at("partition"))
}
