//! `skep.etl.v1.DiscoveryService`.

use futures_util::StreamExt as _;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::discovery_service_server::DiscoveryService;
use tonic::{Request, Response, Status};

use super::convert::{discover_in, discovered_out, dump_in, dump_out};
use super::cx::Cx;
use super::error::Answer;
use super::front::{Answers, Front, Replies};
use super::mutation::key_of;
use super::registrations::{Running, Step};
use crate::etl::{Discovered, DumpReport};

/// Calls of discovery.
pub struct Discoveries(pub Front);

#[tonic::async_trait]
impl DiscoveryService for Discoveries {
    type DiscoverStream = Replies<p::DiscoverResponse>;
    type RegisterDumpStream = Replies<p::RegisterDumpResponse>;

    async fn discover(&self, request: Request<p::DiscoverRequest>) -> Result<Response<Self::DiscoverStream>, Status> {
        self.0.stream("DiscoveryService/Discover", request, discover).await
    }
    async fn register_dump(
        &self,
        request: Request<p::RegisterDumpRequest>,
    ) -> Result<Response<Self::RegisterDumpStream>, Status> {
        self.0.stream("DiscoveryService/RegisterDump", request, register_dump).await
    }
}

async fn discover(cx: Cx, mut request: p::DiscoverRequest) -> Answer<Answers<p::DiscoverResponse>> {
    use p::discover_response::Event;
    let at = cx.table(request.table.take(), "table")?;
    let request_id = std::mem::take(&mut request.request_id);
    let key = key_of("DiscoveryService/Discover", &request_id, &(at.to_string(), &request));
    let caller = cx.caller(&request.user);
    let request = discover_in(request, &at)?;
    let etl = cx.services().etl.clone();
    let running: Running<skep_core::Result<(Discovered, bool)>> =
        Running::start(|progress| async move { etl.discover(&caller, &request, key.as_ref(), &progress).await });
    let stream = futures_util::stream::try_unfold(running, |mut running| async move {
        let event = match running.next().await? {
            None => return Ok(None),
            Some(Step::Progress(progress)) => Event::Progress(progress),
            Some(Step::Done(done)) => {
                let (report, replayed) = done?;
                Event::Report(discovered_out(report, replayed))
            }
        };
        Ok(Some((p::DiscoverResponse { event: Some(event) }, running)))
    });
    Ok(stream.boxed())
}

async fn register_dump(cx: Cx, mut request: p::RegisterDumpRequest) -> Answer<Answers<p::RegisterDumpResponse>> {
    use p::register_dump_response::Event;
    let request_id = std::mem::take(&mut request.request_id);
    let catalog = cx.catalog(&request.catalog);
    let key = key_of("DiscoveryService/RegisterDump", &request_id, &(catalog.clone(), &request));
    let caller = cx.caller(&request.user);
    let dump = dump_in(request, catalog)?;
    let etl = cx.services().etl.clone();
    let running: Running<skep_core::Result<(DumpReport, bool)>> =
        Running::start(|progress| async move { etl.register_dump(&caller, &dump, key.as_ref(), &progress).await });
    let stream = futures_util::stream::try_unfold(running, |mut running| async move {
        let event = match running.next().await? {
            None => return Ok(None),
            Some(Step::Progress(progress)) => Event::Progress(progress),
            Some(Step::Done(done)) => {
                let (report, replayed) = done?;
                Event::Report(dump_out(report, replayed))
            }
        };
        Ok(Some((p::RegisterDumpResponse { event: Some(event) }, running)))
    });
    Ok(stream.boxed())
}
