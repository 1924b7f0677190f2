//! `skep.etl.v1.RegistrationService`.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use skep_core::Error;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::registration_service_server::RegistrationService;
use tokio::task::JoinHandle;
use tonic::{Request, Response, Status};

use super::convert::{finding_out, register_in, report_out};
use super::cx::Cx;
use super::error::Answer;
use super::front::{Answers, Front, Replies};
use super::mutation::key_of;
use crate::etl::{Progress, Report, quarantine_drop, quarantine_list, quarantine_publish};

/// How often a call says how far it is.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
/// Batches in one page.
const PAGE_MAX: usize = 1_000;

/// Calls of registrations.
pub struct Registrations(pub Front);

#[tonic::async_trait]
impl RegistrationService for Registrations {
    type RegisterStream = Replies<p::RegisterResponse>;
    type PublishStream = Replies<p::PublishResponse>;

    async fn register(&self, request: Request<p::RegisterRequest>) -> Result<Response<Self::RegisterStream>, Status> {
        self.0.stream("RegistrationService/Register", request, register).await
    }
    async fn publish(&self, request: Request<p::PublishRequest>) -> Result<Response<Self::PublishStream>, Status> {
        self.0.stream("RegistrationService/Publish", request, publish).await
    }
    async fn list_quarantine(
        &self,
        request: Request<p::ListQuarantineRequest>,
    ) -> Result<Response<p::ListQuarantineResponse>, Status> {
        self.0.call("RegistrationService/ListQuarantine", request, list).await
    }
    async fn drop_quarantine(
        &self,
        request: Request<p::DropQuarantineRequest>,
    ) -> Result<Response<p::DropQuarantineResponse>, Status> {
        self.0.call("RegistrationService/DropQuarantine", request, forget).await
    }
}

/// What runs beside its stream, and ends with it: what is not committed by then is not done.
pub(super) struct Running<T> {
    task: JoinHandle<T>,
    progress: Arc<Progress>,
    is_over: bool,
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<T: Send + 'static> Running<T> {
    pub fn start<F>(work: impl FnOnce(Arc<Progress>) -> F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let progress = Arc::new(Progress::default());
        Self { task: tokio::spawn(work(Arc::clone(&progress))), progress, is_over: false }
    }

    /// How far it is, now and then; in the end what came of it.
    pub async fn next(&mut self) -> Answer<Option<Step<T>>> {
        if self.is_over {
            return Ok(None);
        }
        tokio::select! {
            done = &mut self.task => {
                self.is_over = true;
                let done = done.map_err(|e| Error::internal(format!("the work broke off: {e}")))?;
                Ok(Some(Step::Done(done)))
            }
            () = tokio::time::sleep(PROGRESS_EVERY) => Ok(Some(Step::Progress(progress_out(&self.progress)))),
        }
    }
}

/// A step of a running call.
pub(super) enum Step<T> {
    Progress(p::RegisterProgress),
    Done(T),
}

fn progress_out(progress: &Progress) -> p::RegisterProgress {
    p::RegisterProgress {
        files_listed: progress.listed.load(Ordering::Relaxed) as i64,
        footers_read: progress.footers.load(Ordering::Relaxed) as i64,
        listing_done: progress.listing_done.load(Ordering::Relaxed),
    }
}

type Done = skep_core::Result<(Report, bool)>;

async fn register(cx: Cx, mut request: p::RegisterRequest) -> Answer<Answers<p::RegisterResponse>> {
    use p::register_response::Event;
    let at = cx.table(request.table.take(), "table")?;
    let request_id = std::mem::take(&mut request.request_id);
    let key = key_of("RegistrationService/Register", &request_id, &(at.to_string(), &request));
    let caller = cx.caller(&request.user);
    let request = register_in(request, &at)?;
    let etl = cx.services().etl.clone();
    let running: Running<Done> =
        Running::start(|progress| async move { etl.register(&caller, &request, key.as_ref(), &progress).await });
    let stream = futures_util::stream::try_unfold(running, |mut running| async move {
        let event = match running.next().await? {
            None => return Ok(None),
            Some(Step::Progress(progress)) => Event::Progress(progress),
            Some(Step::Done(done)) => {
                let (report, replayed) = done?;
                Event::Report(report_out(report, replayed))
            }
        };
        Ok(Some((p::RegisterResponse { event: Some(event) }, running)))
    });
    Ok(stream.boxed())
}

async fn publish(cx: Cx, mut request: p::PublishRequest) -> Answer<Answers<p::PublishResponse>> {
    use p::publish_response::Event;
    let request_id = std::mem::take(&mut request.request_id);
    let key = key_of("RegistrationService/Publish", &request_id, &(String::new(), &request));
    let caller = cx.caller(&request.user);
    let etl = cx.services().etl.clone();
    let running: Running<Done> = Running::start(|progress| async move {
        let (id, without) = (&request.quarantine_id, request.without_bad_files);
        quarantine_publish(&etl, &caller, id, without, key.as_ref(), &progress).await
    });
    let stream = futures_util::stream::try_unfold(running, |mut running| async move {
        let event = match running.next().await? {
            None => return Ok(None),
            Some(Step::Progress(progress)) => Event::Progress(progress),
            Some(Step::Done(done)) => {
                let (report, replayed) = done?;
                Event::Report(report_out(report, replayed))
            }
        };
        Ok(Some((p::PublishResponse { event: Some(event) }, running)))
    });
    Ok(stream.boxed())
}

async fn list(cx: Cx, request: p::ListQuarantineRequest) -> Answer<p::ListQuarantineResponse> {
    let size = usize::try_from(request.page_size).unwrap_or_default();
    let size = if size == 0 { PAGE_MAX } else { size.min(PAGE_MAX) };
    let all = quarantine_list(cx.metastore()).await?;
    let mut after = all.into_iter().skip_while(|(id, _)| *id <= request.page_token).peekable();
    let mut batches = Vec::new();
    while batches.len() < size
        && let Some((id, batch)) = after.next()
    {
        let table = batch.request.table;
        batches.push(p::QuarantinedBatch {
            quarantine_id: id,
            table: Some(skep_proto::admin::v1::TableName {
                catalog: table.catalog,
                database: table.database,
                table: table.table,
            }),
            at_ms: batch.at_ms,
            files: batch.files,
            errors: batch.errors,
            first: batch.first.map(finding_out),
            user: batch.user.unwrap_or_default(),
        });
    }
    let last = batches.last().map(|batch| batch.quarantine_id.clone()).unwrap_or_default();
    let next_page_token = if after.peek().is_some() { last } else { String::new() };
    Ok(p::ListQuarantineResponse { batches, next_page_token })
}

async fn forget(cx: Cx, request: p::DropQuarantineRequest) -> Answer<p::DropQuarantineResponse> {
    quarantine_drop(cx.metastore(), &request.quarantine_id).await?;
    Ok(p::DropQuarantineResponse {})
}
