//! `skep.log.v1.CompactionService`.

use skep_proto::log::v1 as p;
use skep_proto::log::v1::compaction_service_server::CompactionService;
use tonic::{Request, Response, Status};

use super::convert::{ended_out, file_out, finding_out, running_out, snapshot_out, work_out};
use super::cx::Cx;
use super::error::{Answer, Refusal, refused_field};
use super::front::Front;
use super::mutation::Mutation;
use super::snapshots::LISTED_MAX;
use crate::catalog::{CompactionBegin, CompactionState, LogEnded};
use crate::etl::Commit;

/// Calls of compactions.
pub struct LogCompactions(pub Front);

const BEGIN: &str = "CompactionService/BeginCompaction";
const CLEAN: &str = "CompactionService/CleanCompactions";
/// A lease, where none is asked for.
const TTL_DEFAULT_MS: i64 = 300_000;
/// The longest name of a holder, and the longest reason, in bytes.
const TEXT_MAX: usize = 1_000;
/// Files that are listed of each abandoned compaction.
const FILES_MAX: usize = 1_000;

#[tonic::async_trait]
impl CompactionService for LogCompactions {
    async fn begin_compaction(
        &self,
        request: Request<p::BeginCompactionRequest>,
    ) -> Result<Response<p::BeginCompactionResponse>, Status> {
        self.0.change(BEGIN, request, begin).await
    }
    async fn heartbeat_compaction(
        &self,
        request: Request<p::HeartbeatCompactionRequest>,
    ) -> Result<Response<p::HeartbeatCompactionResponse>, Status> {
        self.0.change("CompactionService/HeartbeatCompaction", request, heartbeat).await
    }
    async fn commit_compaction(
        &self,
        request: Request<p::CommitCompactionRequest>,
    ) -> Result<Response<p::CommitCompactionResponse>, Status> {
        self.0.change("CompactionService/CommitCompaction", request, commit).await
    }
    async fn abort_compaction(
        &self,
        request: Request<p::AbortCompactionRequest>,
    ) -> Result<Response<p::AbortCompactionResponse>, Status> {
        self.0.change("CompactionService/AbortCompaction", request, abort).await
    }
    async fn list_compactions(
        &self,
        request: Request<p::ListCompactionsRequest>,
    ) -> Result<Response<p::ListCompactionsResponse>, Status> {
        self.0.call("CompactionService/ListCompactions", request, list).await
    }
    async fn clean_compactions(
        &self,
        request: Request<p::CleanCompactionsRequest>,
    ) -> Result<Response<p::CleanCompactionsResponse>, Status> {
        self.0.change(CLEAN, request, clean).await
    }
}

fn text_check(text: &str, field: &str) -> Answer<()> {
    if text.len() <= TEXT_MAX {
        return Ok(());
    }
    Err(refused_field(field, format!("{} bytes; {TEXT_MAX} are allowed", text.len())))
}

fn ttl(asked: i64) -> i64 {
    if asked == 0 { TTL_DEFAULT_MS } else { asked }
}

/// The lease and what it is of, in two steps: the answer that is kept for a request that comes again is the token alone.
async fn begin(cx: Cx, request: p::BeginCompactionRequest) -> Answer<p::BeginCompactionResponse> {
    let mutation = Mutation::new(BEGIN, &request.request_id, &request);
    let _ = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    if request.holder.trim().is_empty() {
        return Err(refused_field("holder", "say who compacts; it is shown to others"));
    }
    text_check(&request.holder, "holder")?;
    let begin = CompactionBegin {
        at: at.clone(),
        holder: request.holder,
        ttl_ms: ttl(request.ttl_ms),
        up_to: request.up_to.map(|up_to| up_to.values),
        seal: request.seal_newest,
    };
    let field = if begin.up_to.is_some() { "up_to" } else { "ttl_ms" };
    let begun = mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let begin = begin.clone();
            async move {
                let compaction = within.compaction_begin(&begin).await?;
                let compaction =
                    compaction.map(|begun| p::Compaction { token: begun.token, ..p::Compaction::default() });
                Ok(p::BeginCompactionResponse { compaction })
            }
        })
        .await
        .map_err(|refusal| refusal.at(field))?;
    let Some(compaction) = begun.compaction else { return Ok(begun) };
    match cx.metastore().compaction_state(&at, compaction.token).await? {
        CompactionState::Open(work) => Ok(p::BeginCompactionResponse { compaction: Some(work_out(*work)) }),
        CompactionState::Committed(snapshot) => Err(Refusal::from(skep_core::Error::invalid_operation(format!(
            "compaction {} of {at} was committed already, as snapshot {}",
            compaction.token, snapshot.id
        )))),
    }
}

async fn heartbeat(cx: Cx, request: p::HeartbeatCompactionRequest) -> Answer<p::HeartbeatCompactionResponse> {
    let at = cx.table(request.table, "table")?;
    let expires_at_ms = cx.metastore().compaction_heartbeat(&at, request.token, ttl(request.ttl_ms)).await?;
    Ok(p::HeartbeatCompactionResponse { expires_at_ms })
}

async fn commit(cx: Cx, request: p::CommitCompactionRequest) -> Answer<p::CommitCompactionResponse> {
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let commit = Commit { at: at.clone(), token: request.token, files: request.files };
    // Boxed: it is large, and rare.
    let done = Box::pin(cx.services().etl.compaction_commit(&caller, &commit)).await;
    let mut done = done.map_err(|error| Refusal::from(error).at("files"))?;
    let files_left_out = done.files.len().saturating_sub(LISTED_MAX) as i64;
    done.files.truncate(LISTED_MAX);
    Ok(p::CommitCompactionResponse {
        snapshot: done.snapshot.as_ref().map(|snapshot| snapshot_out(snapshot, Some(&snapshot.id))),
        replayed: done.replayed,
        files: done.files.into_iter().map(file_out).collect(),
        files_left_out,
        findings: done.findings.into_iter().map(finding_out).collect(),
        findings_left_out: done.findings_left_out,
    })
}

async fn abort(cx: Cx, request: p::AbortCompactionRequest) -> Answer<p::AbortCompactionResponse> {
    let at = cx.table(request.table, "table")?;
    text_check(&request.reason, "reason")?;
    let reason = Some(request.reason.as_str()).filter(|reason| !reason.is_empty());
    let location = cx.metastore().compaction_give_up(&at, request.token, reason).await?;
    Ok(p::AbortCompactionResponse { location })
}

async fn list(cx: Cx, request: p::ListCompactionsRequest) -> Answer<p::ListCompactionsResponse> {
    let at = cx.table(request.table, "table")?;
    let record = cx.metastore().log_get(&at).await?;
    let now_ms = cx.services().etl.clock.now_ms();
    let running = record.compaction.as_ref().filter(|running| !request.abandoned || running.expires_at_ms <= now_ms);
    let mut compactions: Vec<p::ListedCompaction> = running
        .map(|running| p::ListedCompaction {
            state: Some(running_out(running, now_ms)),
            ..p::ListedCompaction::default()
        })
        .into_iter()
        .collect();
    for ended in record.ended.iter().rev().filter(|one| !request.abandoned || one.is_abandoned()) {
        compactions.push(listed(&cx, ended, request.with_files).await?);
    }
    Ok(p::ListCompactionsResponse { compactions })
}

async fn listed(cx: &Cx, ended: &LogEnded, with_files: bool) -> Answer<p::ListedCompaction> {
    let mut files = Vec::new();
    if with_files && ended.is_abandoned() {
        files = cx.services().etl.abandoned_files(ended).await?;
    }
    let files_left_out = files.len().saturating_sub(FILES_MAX) as i64;
    files.truncate(FILES_MAX);
    let files = files.into_iter().map(file_out).collect();
    Ok(p::ListedCompaction { state: Some(ended_out(ended)), files, files_left_out })
}

async fn clean(cx: Cx, request: p::CleanCompactionsRequest) -> Answer<p::CleanCompactionsResponse> {
    let mutation = Mutation::new(CLEAN, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let tokens = request.tokens;
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, caller, tokens) = (at.clone(), caller.clone(), tokens.clone());
            async move {
                let cleaned = within.compactions_clean(&caller, &at, &tokens, request.delete_files).await?;
                Ok(p::CleanCompactionsResponse { cleaned: cleaned.iter().map(ended_out).collect() })
            }
        })
        .await
}
