//! A server on a port of its own, and what it told its observer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use skep::hms::{Answer, CallObserver, CallRecord, ConnectionLimits, Cx, Dispatcher, Encoded, Outcome, Routes, serve};
use skep_core::{Error, Kind, Result};
use skep_thrift::Writer;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::methods::{self as m, Text};

/// What the observer has been told so far.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub opened: usize,
    pub closed: usize,
    pub refused: usize,
    pub foreign: usize,
    pub calls: Vec<(&'static str, Outcome)>,
}

pub struct Recorder(watch::Sender<Seen>);

impl CallObserver for Recorder {
    fn connection_opened(&self) {
        self.0.send_modify(|seen| seen.opened += 1);
    }
    fn connection_closed(&self) {
        self.0.send_modify(|seen| seen.closed += 1);
    }
    fn connection_refused(&self) {
        self.0.send_modify(|seen| seen.refused += 1);
    }
    fn connection_foreign(&self) {
        self.0.send_modify(|seen| seen.foreign += 1);
    }
    fn call_finished(&self, call: &CallRecord<'_>) {
        self.0.send_modify(|seen| seen.calls.push((call.method, call.outcome)));
    }
}

pub struct Server {
    pub addr: SocketAddr,
    pub drain: CancellationToken,
    pub done: JoinHandle<()>,
    /// One permit lets one `wait` go on.
    pub gate: Arc<Notify>,
    pub waiting: watch::Receiver<usize>,
    pub notes: Arc<Mutex<Vec<String>>>,
    seen: watch::Receiver<Seen>,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(ConnectionLimits::default()).await
    }

    pub async fn with(limits: ConnectionLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (tell, seen) = watch::channel(Seen::default());
        let (tell_waiting, waiting) = watch::channel(0);
        let (gate, notes) = (Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
        let routes = routes(&gate, Arc::new(tell_waiting), &notes);
        let dispatcher = Dispatcher::new(routes, crate::backend::services().await, Arc::new(Recorder(tell)));
        let drain = CancellationToken::new();
        let done = tokio::spawn(serve(listener, Arc::new(dispatcher), limits, drain.clone()));
        Self { addr, drain, done, gate, waiting, notes, seen }
    }

    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until the observer was told so; a test that hangs here fails by its own time limit.
    pub async fn until(&self, what: impl Fn(&Seen) -> bool) -> Seen {
        self.seen.clone().wait_for(|seen| what(seen)).await.unwrap().clone()
    }

    pub async fn until_waiting(&self, count: usize) {
        self.waiting.clone().wait_for(|waiting| *waiting >= count).await.unwrap();
    }
}

/// Limits under which a fault of timing shows quickly.
pub fn hasty() -> ConnectionLimits {
    let soon = Duration::from_millis(50);
    ConnectionLimits {
        first_byte_timeout: soon,
        message_timeout: soon,
        idle_timeout: soon,
        write_timeout: soon,
        drain_timeout: soon,
        ..ConnectionLimits::default()
    }
}

async fn echo(cx: Cx, args: Text) -> Result<String> {
    cx.about("db", &args.0);
    Ok(args.0)
}

/// The kind stands in the text by its Debug name.
async fn fail(_: Cx, args: Text) -> Result<String> {
    let kinds = [Kind::NotFound, Kind::Meta, Kind::TxnAborted, Kind::Unavailable, Kind::Internal];
    let kind = kinds.into_iter().find(|kind| format!("{kind:?}") == args.0).unwrap();
    Err(Error::new(kind, "because"))
}

async fn panic(_: Cx, _: Text) -> Result<String> {
    panic!("on purpose")
}

async fn lines(cx: Cx, args: Text) -> Result<Answer<Vec<String>>> {
    let count: usize = args.0.parse().unwrap();
    let protocol = cx.session.wire().unwrap().protocol;
    let mut head = Writer::new(protocol);
    head.list_begin(skep_thrift::wire::Kind::String, count);
    let mut line = Writer::new(protocol);
    line.string("a line that stands in the reply many times");
    let line = bytes::Bytes::from(line.into_bytes());
    let mut parts = vec![bytes::Bytes::from(head.into_bytes())];
    parts.resize(count + 1, line);
    Ok(Answer::Encoded(Encoded { parts }))
}

async fn big(_: Cx, args: Text) -> Result<String> {
    Ok("x".repeat(args.0.parse().unwrap()))
}

async fn void(_: Cx, _: Text) -> Result<()> {
    Ok(())
}

async fn shutdown(cx: Cx, _: Text) -> Result<()> {
    cx.session.end();
    Ok(())
}

async fn write(cx: Cx, notes: Arc<Mutex<Vec<String>>>) -> Result<()> {
    cx.session.gone().cancelled().await;
    let outcome = match cx.metastore().store().write().await {
        Ok(write) => write.commit().await,
        Err(error) => Err(error),
    };
    notes.lock().unwrap().push(outcome.map_or_else(|error| format!("{:?}", error.kind), |()| "committed".to_owned()));
    Ok(())
}

fn routes(gate: &Arc<Notify>, waiting: Arc<watch::Sender<usize>>, notes: &Arc<Mutex<Vec<String>>>) -> Routes {
    let (gate, notes) = (Arc::clone(gate), Arc::clone(notes));
    let (answered, one_way) = (Arc::clone(&notes), Arc::clone(&notes));
    Routes::default()
        .on::<m::Echo>(echo)
        .on::<m::Fail>(fail)
        .on::<m::FailBare>(fail)
        .on::<m::Panic>(panic)
        .on_encoded::<m::Lines>(lines)
        .on::<m::Big>(big)
        .on::<m::Void>(void)
        .on::<m::Shutdown>(shutdown)
        .on::<m::Write>(move |cx: Cx, _: Text| write(cx, Arc::clone(&answered)))
        .on::<m::WriteOneWay>(move |cx: Cx, _: Text| write(cx, Arc::clone(&one_way)))
        .on::<m::Note>(move |_: Cx, args: Text| {
            notes.lock().unwrap().push(args.0);
            async { Ok(()) }
        })
        .on::<m::Wait>(move |_: Cx, args: Text| {
            let (gate, waiting) = (Arc::clone(&gate), Arc::clone(&waiting));
            async move {
                waiting.send_modify(|count| *count += 1);
                gate.notified().await;
                Ok(args.0)
            }
        })
}
