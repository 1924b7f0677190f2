//! From a message to its reply, for all methods alike: find the row, decode, run, turn errors into what the method
//! declares, catch panics, measure, log.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use skep_core::{Error, Kind, Result};
use skep_thrift::wire::message::{ErrorCode, Head, MessageKind, read_head};
use skep_thrift::{Limits, Reader, Throw, WireError};
use tracing::{Instrument, debug, info_span};

use super::call_log::{CallLog, UNKNOWN};
use super::context::{Cx, Services};
use super::exception;
use super::observer::{CallObserver, Outcome};
use super::reply::{Reply, ReplyTo};
use super::routes::{Routes, Row, refused_why};
use super::session::Session;
use super::transport::Wire;
use crate::catalog::{Wanted, while_wanted};

/// Methods that declare no exception which could say that the database is away wait so long for it.
const UNDECLARED_PATIENCE: Duration = Duration::from_mins(1);

/// A call under way; gives the reply, or None where none is due.
pub type Call = Pin<Box<dyn Future<Output = Option<Reply>> + Send>>;

/// Answers messages; one for the whole front, whatever transports carry it.
pub struct Dispatcher {
    routes: Routes,
    services: Arc<Services>,
    observer: Arc<dyn CallObserver>,
}

impl Dispatcher {
    pub fn new(routes: Routes, services: Arc<Services>, observer: Arc<dyn CallObserver>) -> Self {
        Self { routes, services, observer }
    }
    pub fn observer(&self) -> &Arc<dyn CallObserver> {
        &self.observer
    }

    /// Takes up one whole message. Decoding happens here, so that the message's bytes can go before the handler
    /// runs; the handler runs when the call is awaited.
    pub fn begin(&self, session: &Arc<Session>, wire: Wire, message: &[u8], limits: Limits) -> Call {
        session.wire_settle(wire);
        let cx = Cx::new(Arc::clone(session), Arc::clone(&self.services));
        let log = CallLog::start(cx.clone(), Arc::clone(&self.observer), message.len());
        let mut reader = Reader::new(wire.protocol, message, limits);
        let head = match read_head(&mut reader) {
            Ok(head) => head,
            Err(error) => {
                let to = ReplyTo { wire, name: "", seq: 0 };
                return done(log.malformed(UNKNOWN, &error, Some(protocol_error(to, &error))));
            }
        };
        let to = ReplyTo { wire, name: &head.name, seq: head.seq };
        let is_answered = match head.kind {
            MessageKind::Call => true,
            MessageKind::Oneway => false,
            MessageKind::Reply | MessageKind::Exception => {
                let reply = to.application(ErrorCode::InvalidMessageType, "a server takes calls, not replies");
                return done(log.end(UNKNOWN, Outcome::Malformed, Some(reply), Some("a reply instead of a call")));
            }
        };
        let Some(row) = self.routes.find(&head.name) else {
            if let Some(why) = refused_why(&head.name) {
                debug!(method = head.name, why, "a refused method was called");
            }
            return done(log.unknown(&head.name, is_answered.then(|| to.unknown_method())));
        };
        if let Some(generation) = row.generation {
            session.generation_hint(generation);
        }
        let to = ReplyTo { wire, name: row.name, seq: head.seq };
        // Old generators send calls of one-way methods as ordinary calls, and read no reply either way.
        start(row, cx, &mut reader, to, log, is_answered && !row.oneway)
    }

    /// What is said, as the last word, to a client after whose bytes nobody knows where the next message begins.
    pub fn out_of_step(wire: Wire, message: &[u8], limits: Limits, error: &WireError) -> Reply {
        let head = read_head(&mut Reader::new(wire.protocol, message, limits));
        let Head { name, seq, .. } = head.unwrap_or(Head { name: String::new(), kind: MessageKind::Call, seq: 0 });
        protocol_error(ReplyTo { wire, name: &name, seq }, error)
    }
}

/// Decodes the arguments and gives the call, which runs the handler.
fn start(row: &Row, cx: Cx, reader: &mut Reader<'_>, to: ReplyTo<'static>, log: CallLog, is_answered: bool) -> Call {
    let throws = row.throws;
    // A call that can only end as a protocol's error had better wait.
    let patience = exception::declared(Kind::Unavailable, throws).map_or(UNDECLARED_PATIENCE, |_| Duration::ZERO);
    let wanted = is_answered.then(|| Wanted { gone: cx.session.gone().clone(), patience });
    let span = info_span!(target: "skep::call", "hms.call", method = row.name, connection = cx.session.id());
    // The codec is built not to panic; should it do so all the same, one call fails and not its connection.
    let running = match catch_unwind(AssertUnwindSafe(|| row.start(cx, reader, to))) {
        Ok(Ok(running)) => running,
        Ok(Err(error)) => {
            return done(log.malformed(row.name, &error, is_answered.then(|| protocol_error(to, &error))));
        }
        Err(panic) => Box::pin(async move { resume_unwind(panic) }),
    };
    let call = async move {
        let running = AssertUnwindSafe(running).catch_unwind();
        let ended = match wanted {
            Some(wanted) => while_wanted(wanted, running).await,
            // Whoever sends a one-way call may close right behind it.
            None => running.await,
        };
        let (outcome, reply, message) = conclude(ended, throws, to);
        log.end(to.name, outcome, is_answered.then_some(reply), message.as_deref())
    };
    Box::pin(call.instrument(span))
}

fn done(reply: Option<Reply>) -> Call {
    Box::pin(std::future::ready(reply))
}

/// What became of a handler: its kind for the books, the reply, and what went wrong in full.
fn conclude(
    ended: Result<Result<Reply>, Box<dyn Any + Send>>,
    throws: &'static [Throw],
    to: ReplyTo<'_>,
) -> (Outcome, Reply, Option<String>) {
    match ended {
        Ok(Ok(reply)) => (Outcome::Ok, reply, None),
        Ok(Err(error)) => {
            let throw = exception::declared(error.kind, throws);
            let told = throw.and_then(|throw| to.declared(throw, &exception::text(&error)).ok());
            let (outcome, reply) = told.map_or_else(
                || (Outcome::Undeclared(error.kind), undeclared(&error, to)),
                |reply| (Outcome::Declared(error.kind), reply),
            );
            (outcome, reply, Some(error.message.into_owned()))
        }
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            (Outcome::Panicked, internal_error(to), text)
        }
    }
}

/// What is said where the method declares no exception. That the database is away is no secret, and Hive's clients
/// connect anew and repeat a call that ends so.
fn undeclared(error: &Error, to: ReplyTo<'_>) -> Reply {
    match error.kind {
        Kind::Lost | Kind::Unavailable => to.application(ErrorCode::InternalError, &exception::text(error)),
        _ => internal_error(to),
    }
}

/// In libthrift's words; what went wrong stays in our log, for it may name what is no client's business.
fn internal_error(to: ReplyTo<'_>) -> Reply {
    to.application(ErrorCode::InternalError, &format!("Internal error processing {}", to.name))
}

fn protocol_error(to: ReplyTo<'_>, error: &WireError) -> Reply {
    to.application(error.code(), &error.to_string())
}
