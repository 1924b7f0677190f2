//! `skep.admin.v1.VersionService`.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use skep_core::table::Table;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::version_service_server::VersionService;
use tonic::{Request, Response, Status};

use super::convert::table_out;
use super::cx::Cx;
use super::error::{Answer, refused_field};
use super::front::{Answers, Front, Replies};
use super::mutation::Mutation;
use super::page::{after, page_size, token};
use super::version_restores;
use crate::catalog::{AsOf, TableRef, TableVersion, VersionSpan};

/// Names in one message of a difference.
const NAMES_AT_ONCE: usize = 1_000;
/// Names that one statement reads: the first are there soon, and a large difference is not read too often.
const NAMES_FIRST: usize = 1_000;
const NAMES_READ: usize = 100_000;

const PIN: &str = "VersionService/PinVersion";
const UNPIN: &str = "VersionService/UnpinVersion";
/// The longest note of a pin, in bytes.
const NOTE_MAX: usize = 1_000;

/// Calls of versions.
pub struct Versions(pub Front);

#[tonic::async_trait]
impl VersionService for Versions {
    async fn list_versions(
        &self,
        request: Request<p::ListVersionsRequest>,
    ) -> Result<Response<p::ListVersionsResponse>, Status> {
        self.0.call("VersionService/ListVersions", request, list).await
    }
    async fn get_version(
        &self,
        request: Request<p::GetVersionRequest>,
    ) -> Result<Response<p::GetVersionResponse>, Status> {
        self.0.call("VersionService/GetVersion", request, get).await
    }

    type DiffVersionsStream = Replies<p::DiffVersionsResponse>;

    async fn diff_versions(
        &self,
        request: Request<p::DiffVersionsRequest>,
    ) -> Result<Response<Self::DiffVersionsStream>, Status> {
        self.0.stream("VersionService/DiffVersions", request, diff).await
    }
    async fn restore_version(
        &self,
        request: Request<p::RestoreVersionRequest>,
    ) -> Result<Response<p::RestoreVersionResponse>, Status> {
        self.0.change("VersionService/RestoreVersion", request, version_restores::restore).await
    }
    async fn pin_version(
        &self,
        request: Request<p::PinVersionRequest>,
    ) -> Result<Response<p::PinVersionResponse>, Status> {
        self.0.change(PIN, request, pin).await
    }
    async fn unpin_version(
        &self,
        request: Request<p::UnpinVersionRequest>,
    ) -> Result<Response<p::UnpinVersionResponse>, Status> {
        self.0.change(UNPIN, request, unpin).await
    }
    async fn list_expired(
        &self,
        request: Request<p::ListExpiredRequest>,
    ) -> Result<Response<p::ListExpiredResponse>, Status> {
        self.0.call("VersionService/ListExpired", request, version_restores::expired_list).await
    }
    async fn delete_expired(
        &self,
        request: Request<p::DeleteExpiredRequest>,
    ) -> Result<Response<p::DeleteExpiredResponse>, Status> {
        self.0.change(version_restores::DELETE_EXPIRED, request, version_restores::expired_delete).await
    }
}

/// None is now.
pub fn as_of(given: Option<p::AsOf>) -> Option<AsOf> {
    given.and_then(|given| given.state).map(|state| match state {
        p::as_of::State::Version(version) => AsOf::Version(version),
        p::as_of::State::TimeMs(time_ms) => AsOf::TimeMs(time_ms),
    })
}

fn version_out(version: TableVersion) -> p::Version {
    p::Version {
        version: version.version,
        operation: version.operation,
        time_ms: version.at_ms,
        user: version.by,
        request_id: version.request_id,
        defines: version.defines,
        pinned: version.is_pinned,
        note: version.note.unwrap_or_default(),
    }
}

async fn list(cx: Cx, request: p::ListVersionsRequest) -> Answer<p::ListVersionsResponse> {
    let at = cx.table(request.table, "table")?;
    let size = page_size(request.page_size)?;
    let foreign = || refused_field("page_token", "it is none that this server gave");
    let before = after(&request.page_token)?.map(|last| last.parse().map_err(|_| foreign())).transpose()?;
    let mut versions = cx.metastore().version_list(&at, before, size + 1).await?;
    let more = versions.len() > size;
    versions.truncate(size);
    let next = versions.last().filter(|_| more).map(|last| token(&last.version.to_string()));
    Ok(p::ListVersionsResponse {
        versions: versions.into_iter().map(version_out).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

async fn get(cx: Cx, request: p::GetVersionRequest) -> Answer<p::GetVersionResponse> {
    let at = cx.table(request.table, "table")?;
    let table = match as_of(request.as_of) {
        Some(as_of) => cx.metastore().version_get(&at, as_of).await?,
        None => (*cx.metastore().table_get(&at).await?).clone(),
    };
    let entry = cx.metastore().version_list(&at, Some(table.version.saturating_add(1)), 1).await?;
    let entry = entry.into_iter().find(|entry| entry.version == table.version);
    Ok(p::GetVersionResponse { version: entry.map(version_out), table: Some(table_out(&table)) })
}

async fn pin(cx: Cx, request: p::PinVersionRequest) -> Answer<p::PinVersionResponse> {
    let mutation = Mutation::new(PIN, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let as_of = as_of(request.as_of).unwrap_or(AsOf::TimeMs(i64::MAX));
    let note = Some(request.note).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.len() > NOTE_MAX) {
        return Err(refused_field("note", format!("{NOTE_MAX} bytes are allowed")));
    }
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, caller, note) = (at.clone(), caller.clone(), note.clone());
            async move {
                let version = within.version_pin(&caller, &at, as_of, note.as_deref()).await?;
                Ok(p::PinVersionResponse { version })
            }
        })
        .await
}

async fn unpin(cx: Cx, request: p::UnpinVersionRequest) -> Answer<p::UnpinVersionResponse> {
    let mutation = Mutation::new(UNPIN, &request.request_id, &request);
    let _ = cx.caller(&request.user);
    let at = cx.table(request.table, "table")?;
    let version = request.version;
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let at = at.clone();
            async move {
                within.version_unpin(&at, version).await?;
                Ok(p::UnpinVersionResponse {})
            }
        })
        .await
}

/// A difference being told.
struct Diff {
    cx: Cx,
    at: TableRef,
    span: VersionSpan,
    /// None behind what went.
    went_after: Option<String>,
    /// None behind what came.
    came_after: Option<String>,
    /// Names that were read and not told of yet, and whether they came.
    ready: VecDeque<String>,
    came: bool,
    limit: usize,
}

async fn diff(cx: Cx, request: p::DiffVersionsRequest) -> Answer<Answers<p::DiffVersionsResponse>> {
    let at = cx.table(request.table, "table")?;
    let now = cx.metastore().table_get(&at).await?;
    let to = if request.to == 0 { now.version } else { request.to };
    if request.from < 0 || request.from > to {
        return Err(refused_field("from", format!("{} is not before {to}", request.from)));
    }
    let after = version(&cx, &at, to).await?;
    let before = if request.from == 0 { None } else { Some(version(&cx, &at, request.from).await?) };
    let is_same = before.as_ref().is_some_and(|before| Table { version: to, ..before.clone() } == after);
    let definition = p::DefinitionDiff {
        from: request.from,
        to,
        before: before.filter(|_| !is_same).as_ref().map(table_out),
        after: (!is_same).then(|| table_out(&after)),
    };
    let first = p::DiffVersionsResponse { item: Some(p::diff_versions_response::Item::Definition(definition)) };
    let begin = Some(String::new());
    let span = VersionSpan { table_id: after.id, from: request.from, to };
    let diff = Diff {
        cx,
        at,
        span,
        went_after: begin.clone(),
        came_after: begin,
        ready: VecDeque::new(),
        came: false,
        limit: NAMES_FIRST,
    };
    let rest = futures_util::stream::try_unfold(diff, |mut diff| async move {
        Ok(diff.next().await?.map(|message| (message, diff)))
    });
    Ok(futures_util::stream::once(async { Ok(first) }).chain(rest).boxed())
}

async fn version(cx: &Cx, at: &TableRef, version: i64) -> Answer<Table> {
    Ok(cx.metastore().version_get(at, AsOf::Version(version)).await?)
}

impl Diff {
    async fn next(&mut self) -> Answer<Option<p::DiffVersionsResponse>> {
        while self.ready.is_empty() {
            let (came, after) = if self.went_after.is_some() {
                (false, &mut self.went_after)
            } else if self.came_after.is_some() {
                (true, &mut self.came_after)
            } else {
                return Ok(None);
            };
            let Some(from) = after.take() else { continue };
            let names = self.cx.metastore().version_changes(&self.at, self.span, came, (&from, self.limit)).await?;
            if names.len() == self.limit {
                *after = names.last().cloned();
            }
            (self.ready, self.came, self.limit) = (names.into(), came, NAMES_READ);
        }
        let names = self.ready.drain(..self.ready.len().min(NAMES_AT_ONCE)).collect();
        let partitions = if self.came {
            p::PartitionDiff { went: Vec::new(), came: names }
        } else {
            p::PartitionDiff { went: names, came: Vec::new() }
        };
        let item = p::diff_versions_response::Item::Partitions(partitions);
        Ok(Some(p::DiffVersionsResponse { item: Some(item) }))
    }
}
