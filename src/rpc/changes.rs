//! `skep.admin.v1.ChangeService`: the notification log as a stream.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use skep_core::{Error, Kind};
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::change_service_server::ChangeService;
use skep_proto::admin::v1::watch_changes_response::Item;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tonic::{Code, Request, Response, Status};

use super::cx::Cx;
use super::error::{Answer, Refusal, refused_field};
use super::front::{Answers, Front, Replies};
use crate::catalog::{ChangeQuery, LoggedChange};

/// How often a stream that waits looks for more.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A stream says so often where it is.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(10);
/// Tables that one stream may name.
const TABLES_MAX: usize = 1_000;

/// Calls of changes.
pub struct Changes(pub Front);

#[tonic::async_trait]
impl ChangeService for Changes {
    async fn get_cursor(
        &self,
        request: Request<p::GetCursorRequest>,
    ) -> Result<Response<p::GetCursorResponse>, Status> {
        self.0.call("ChangeService/GetCursor", request, cursor).await
    }

    type WatchChangesStream = Replies<p::WatchChangesResponse>;

    async fn watch_changes(
        &self,
        request: Request<p::WatchChangesRequest>,
    ) -> Result<Response<Self::WatchChangesStream>, Status> {
        self.0.stream("ChangeService/WatchChanges", request, watch).await
    }
}

async fn cursor(cx: Cx, _: p::GetCursorRequest) -> Answer<p::GetCursorResponse> {
    Ok(p::GetCursorResponse { cursor: cx.metastore().event_last().await? })
}

/// A stream on its way.
struct Watch {
    cx: Cx,
    query: ChangeQuery,
    follow: bool,
    ready: VecDeque<LoggedChange>,
    /// When something was said last.
    said: Instant,
    /// Its place among those that wait.
    _place: Option<OwnedSemaphorePermit>,
}

async fn watch(cx: Cx, request: p::WatchChangesRequest) -> Answer<Answers<p::WatchChangesResponse>> {
    if request.cursor < 0 {
        return Err(refused_field("cursor", format!("{} is negative", request.cursor)));
    }
    if request.tables.len() > TABLES_MAX {
        let message = format!("{} tables; {TABLES_MAX} are allowed", request.tables.len());
        return Err(refused_field("tables", message));
    }
    if !request.tables.is_empty() && request.database.is_empty() {
        return Err(refused_field("database", "tables are named within a database"));
    }
    let purged = cx.metastore().change_oldest().await?.filter(|oldest| request.cursor + 1 < *oldest);
    let last = cx.metastore().event_last().await?;
    if let Some(oldest) = purged {
        let message = format!(
            "changes after {} are gone: the oldest is {oldest}. Read the state anew, then watch from {last}",
            request.cursor
        );
        return Err(Refusal::from(Error::new(Kind::InvalidInput, message)).at("cursor").with_code(Code::OutOfRange));
    }
    if request.cursor > last {
        let message = format!("{} is beyond the last change, {last}", request.cursor);
        return Err(refused_field("cursor", message).with_code(Code::OutOfRange));
    }
    let place = if request.follow {
        let place = Arc::clone(cx.front().watches()).try_acquire_owned();
        let full = || Error::new(Kind::Unavailable, "too many streams wait for changes; try again later");
        Some(place.map_err(|_| Refusal::from(full()).with_code(Code::ResourceExhausted))?)
    } else {
        None
    };
    let query = ChangeQuery::new(request.cursor, &request.catalog, &request.database, &request.tables);
    let watch =
        Watch { cx, query, follow: request.follow, ready: VecDeque::new(), said: Instant::now(), _place: place };
    let stream = futures_util::stream::try_unfold(watch, |mut watch| async move {
        Ok(watch.next().await?.map(|item| (p::WatchChangesResponse { item: Some(item) }, watch)))
    });
    Ok(stream.boxed())
}

impl Watch {
    async fn next(&mut self) -> Answer<Option<Item>> {
        loop {
            if let Some(change) = self.ready.pop_front() {
                self.said = Instant::now();
                return Ok(Some(Item::Change(change_out(change))));
            }
            let page = self.cx.metastore().change_page(&mut self.query).await?;
            let is_behind = page.more;
            self.ready.extend(page.changes);
            if !self.ready.is_empty() {
                continue;
            }
            if !is_behind && !self.follow {
                return Ok(None);
            }
            if self.said.elapsed() >= HEARTBEAT_EVERY {
                self.said = Instant::now();
                return Ok(Some(Item::Heartbeat(p::Heartbeat { cursor: self.query.after() })));
            }
            if !is_behind {
                self.wait().await?;
            }
        }
    }

    /// Until it may be worth looking again.
    async fn wait(&self) -> Answer<()> {
        tokio::select! {
            () = self.cx.services().stop.cancelled() => {
                let message = format!("the node goes; watch on another from cursor {}", self.query.after());
                Err(Error::new(Kind::Unavailable, message).into())
            }
            () = tokio::time::sleep(LOOK_EVERY) => Ok(()),
        }
    }
}

fn change_out(change: LoggedChange) -> p::ChangeEvent {
    p::ChangeEvent {
        id: change.id,
        time: change.at_ms / 1_000,
        r#type: change.kind,
        catalog: change.catalog,
        database: change.database,
        table: change.table,
        version: change.version,
    }
}
