//! `skep.log.v1.SnapshotService`.

use skep_proto::log::v1 as p;
use skep_proto::log::v1::snapshot_service_server::SnapshotService;
use tonic::{Request, Response, Status};

use super::convert::{boundary_out, snapshot_out, stored_out};
use super::cx::Cx;
use super::error::{Answer, refused_field};
use super::front::Front;
use super::mutation::Mutation;
use super::page::{after, page_size, token};
use crate::catalog::SnapshotsExpire;

/// Calls of snapshots.
pub struct Snapshots(pub Front);

const ROLLBACK: &str = "SnapshotService/RollbackSnapshot";
const EXPIRE: &str = "SnapshotService/ExpireSnapshots";
/// How long a read of the final view may take, where an expiry does not say.
const READER_GRACE_MS: i64 = 3_600_000;
const PIN: &str = "SnapshotService/PinSnapshot";
/// So many files or partitions an answer lists.
pub(super) const LISTED_MAX: usize = 10_000;

#[tonic::async_trait]
impl SnapshotService for Snapshots {
    async fn list_snapshots(
        &self,
        request: Request<p::ListSnapshotsRequest>,
    ) -> Result<Response<p::ListSnapshotsResponse>, Status> {
        self.0.call("SnapshotService/ListSnapshots", request, list).await
    }
    async fn get_snapshot(
        &self,
        request: Request<p::GetSnapshotRequest>,
    ) -> Result<Response<p::GetSnapshotResponse>, Status> {
        self.0.call("SnapshotService/GetSnapshot", request, get).await
    }
    async fn rollback_snapshot(
        &self,
        request: Request<p::RollbackSnapshotRequest>,
    ) -> Result<Response<p::RollbackSnapshotResponse>, Status> {
        self.0.change(ROLLBACK, request, rollback).await
    }
    async fn expire_snapshots(
        &self,
        request: Request<p::ExpireSnapshotsRequest>,
    ) -> Result<Response<p::ExpireSnapshotsResponse>, Status> {
        self.0.change(EXPIRE, request, expire).await
    }
    async fn diff_snapshots(
        &self,
        request: Request<p::DiffSnapshotsRequest>,
    ) -> Result<Response<p::DiffSnapshotsResponse>, Status> {
        self.0.call("SnapshotService/DiffSnapshots", request, diff).await
    }
    async fn pin_snapshot(
        &self,
        request: Request<p::PinSnapshotRequest>,
    ) -> Result<Response<p::PinSnapshotResponse>, Status> {
        self.0.change(PIN, request, pin).await
    }
}

async fn list(cx: Cx, request: p::ListSnapshotsRequest) -> Answer<p::ListSnapshotsResponse> {
    let at = cx.table(request.table, "table")?;
    let (size, after) = (page_size(request.page_size)?, after(&request.page_token)?);
    let record = cx.metastore().log_get(&at).await?;
    let current = record.current.as_deref();
    // Ids grow with the compactions that made them.
    let older = |one: &&crate::catalog::LogSnapshot| after.as_ref().is_none_or(|after| one.id < *after);
    let mut left = record.snapshots.iter().rev().filter(older).peekable();
    let snapshots: Vec<p::Snapshot> = left.by_ref().take(size).map(|one| snapshot_out(one, current)).collect();
    let next = snapshots.last().filter(|_| left.peek().is_some()).map(|last| token(&last.snapshot_id));
    Ok(p::ListSnapshotsResponse { snapshots, next_page_token: next.unwrap_or_default() })
}

async fn get(cx: Cx, request: p::GetSnapshotRequest) -> Answer<p::GetSnapshotResponse> {
    let at = cx.table(request.table, "table")?;
    let record = cx.metastore().log_get(&at).await?;
    let snapshot = record.snapshot_or_shown(&at, &request.snapshot_id)?;
    let (location, files) = cx.metastore().snapshot_files(&at, &record, &snapshot.id).await?;
    Ok(p::GetSnapshotResponse {
        snapshot: Some(snapshot_out(snapshot, record.current.as_deref())),
        files: files.iter().take(LISTED_MAX).map(|file| stored_out(&location, file)).collect(),
        files_left_out: files.len().saturating_sub(LISTED_MAX) as i64,
        location,
    })
}

async fn rollback(cx: Cx, request: p::RollbackSnapshotRequest) -> Answer<p::RollbackSnapshotResponse> {
    let mutation = Mutation::new(ROLLBACK, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let id = Some(request.snapshot_id).filter(|id| !id.is_empty());
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, caller, id) = (at.clone(), caller.clone(), id.clone());
            async move {
                let record = within.log_rollback(&caller, &at, id.as_deref()).await?;
                Ok(p::RollbackSnapshotResponse { late: record.late.iter().map(boundary_out).collect() })
            }
        })
        .await
}

async fn expire(cx: Cx, request: p::ExpireSnapshotsRequest) -> Answer<p::ExpireSnapshotsResponse> {
    let mutation = Mutation::new(EXPIRE, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let keep = usize::try_from(request.keep)
        .map_err(|_| refused_field("keep", format!("{} snapshots cannot be kept", request.keep)))?;
    let expire = SnapshotsExpire {
        at: at.clone(),
        keep,
        before_ms: if request.before_ms == 0 { i64::MAX } else { request.before_ms },
        reader_grace_ms: request.reader_grace_ms.unwrap_or(READER_GRACE_MS),
        delete_files: request.delete_files,
        dry_run: request.dry_run,
    };
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (expire, caller) = (expire.clone(), caller.clone());
            async move {
                let gone = within.snapshots_expire(&caller, &expire).await?;
                let expired = gone.into_iter().map(|(snapshot, location)| p::ExpiredSnapshot {
                    snapshot: Some(snapshot_out(&snapshot, None)),
                    location,
                });
                Ok(p::ExpireSnapshotsResponse { expired: expired.collect() })
            }
        })
        .await
}

async fn diff(cx: Cx, request: p::DiffSnapshotsRequest) -> Answer<p::DiffSnapshotsResponse> {
    let at = cx.table(request.table, "table")?;
    let diff = cx.metastore().snapshot_diff(&at, &request.from_id, &request.to_id).await;
    let mut diff = diff.map_err(|error| super::error::Refusal::from(error).at("from_id"))?;
    let left_out = diff.partitions.len().saturating_sub(LISTED_MAX) as i64;
    diff.partitions.truncate(LISTED_MAX);
    Ok(p::DiffSnapshotsResponse {
        from: diff.from.as_ref().map(|from| snapshot_out(from, None)),
        to: Some(snapshot_out(&diff.to, None)),
        partitions: diff.partitions,
        partitions_left_out: left_out,
        hive_query: diff.hive_query,
        trino_query: diff.trino_query,
    })
}

async fn pin(cx: Cx, request: p::PinSnapshotRequest) -> Answer<p::PinSnapshotResponse> {
    let mutation = Mutation::new(PIN, &request.request_id, &request);
    let _ = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let id = request.snapshot_id;
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, id) = (at.clone(), id.clone());
            async move {
                within.snapshot_pin(&at, &id, !request.unpin).await?;
                Ok(p::PinSnapshotResponse {})
            }
        })
        .await
}
