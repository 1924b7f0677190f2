//! What an operator reads: one line a call, one line a stranger.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use skep_thrift::call::Answer;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::client::{BINARY, Client};
use super::fixture::Server;
use super::methods::{self as m, text};

/// Keeps the front's lines that an operator sees by default, with the thread (so, the test) that wrote them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(ThreadId, String)>>>);

impl Lines {
    /// For the whole process: a subscriber of one thread misses lines whose place in the code another thread
    /// reached first.
    fn keep() -> Self {
        let lines = Self::default();
        tracing::subscriber::set_global_default(lines.clone()).unwrap();
        tracing::callsite::rebuild_interest_cache();
        lines
    }
    fn of_this_thread(&self) -> Vec<String> {
        let this = thread::current().id();
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|(thread, _)| *thread == this).map(|(_, line)| line.clone()).collect()
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        *metadata.level() <= Level::INFO && (target.starts_with("skep::hms") || target == "skep::call")
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("{} {}", event.metadata().level(), event.metadata().target()));
        event.record(&mut line);
        self.0.lock().unwrap().push((thread::current().id(), line.0));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

#[tokio::test]
async fn a_stranger_is_one_warning_and_a_call_one_wide_line() {
    let lines = Lines::keep();
    let server = Server::start().await;
    let mut tls = Client::connect(server.addr, BINARY).await;
    tls.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await;
    tls.expect_closed().await;
    drop(tls);
    server.until(|seen| seen.closed == 1).await;
    let mut client = Client::connect(server.addr, BINARY).await;
    assert_eq!(client.call::<m::Echo>(1, &text("events")).await, Answer::Reply("events".to_owned()));
    let Answer::Error(..) = client.call::<m::FailBare>(1, &text("NotFound")).await else { panic!() };
    drop(client);
    server.until(|seen| seen.closed == 2).await;

    let lines = lines.of_this_thread();
    let [stranger, call, fault] = lines.as_slice() else { panic!("{lines:#?}") };
    let has = |line: &str, words: &[&str]| words.iter().all(|word| line.contains(word));
    assert!(has(stranger, &["WARN skep::hms", "a TLS handshake", "peer=127.0.0.1:"]), "{stranger}");
    let fields = ["method=\"echo\"", "kind=\"ok\"", "db=\"db\"", "table=\"events\"", "bytes_in=", "bytes_out=", "ms="];
    assert!(call.starts_with("INFO skep::call") && has(call, &fields), "{call}");
    let fields = ["method=\"fail_bare\"", "kind=\"not_found\"", "error=\"because\""];
    assert!(fault.starts_with("WARN skep::call") && has(fault, &fields), "{fault}");
}
