//! What the front tells whoever counts: the telemetry room implements it, the front knows no metric.

use std::time::Duration;

use skep_core::Kind;

/// Called from connection tasks: implementations must be quick and must not block.
pub trait CallObserver: Send + Sync + 'static {
    fn connection_opened(&self);
    /// Once for each opened one, however it ended.
    fn connection_closed(&self);
    /// One over the cap: accepted by the operating system, closed by us, never opened.
    fn connection_refused(&self);
    /// A TLS, HTTP, SASL or otherwise foreign client; its connection also counts as opened and closed.
    fn connection_foreign(&self);
    /// Once for each message that could be told apart: before its reply is written, or after it where it is made while
    /// it is sent.
    fn call_finished(&self, call: &CallRecord<'_>);
}

/// One call, in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord<'a> {
    /// A name of Hive's interface; `unknown` for any other, so that a stranger can't make new label values.
    pub method: &'static str,
    pub outcome: Outcome,
    /// What the handler said was wrong, in full; None for a good answer.
    pub message: Option<&'a str>,
    /// From the whole message to the whole reply in memory, or sent where it is made while it is sent.
    pub elapsed: Duration,
    pub bytes_in: usize,
    /// 0 where no reply is due.
    pub bytes_out: usize,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Ok,
    /// The handler's error, told by an exception that the method declares.
    Declared(Kind),
    /// The handler's error, of a kind that the method has no exception for: told as an internal error.
    Undeclared(Kind),
    /// The handler panicked.
    Panicked,
    /// No such method here.
    UnknownMethod,
    /// The message could not be read.
    Malformed,
}

impl Outcome {
    /// A short, fixed word for labels and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Declared(kind) | Self::Undeclared(kind) => kind.as_str(),
            Self::Panicked => "panic",
            Self::UnknownMethod => "unknown_method",
            Self::Malformed => "malformed",
        }
    }

    /// Whether it is our fault rather than the caller's.
    pub fn is_fault(self) -> bool {
        match self {
            Self::Panicked => true,
            // Some errors are undeclared on purpose, as Hive has them.
            Self::Undeclared(kind) => kind != Kind::Undeclared,
            Self::Declared(kind) => matches!(kind, Kind::Lost | Kind::Unavailable | Kind::Corrupt | Kind::Internal),
            Self::Ok | Self::UnknownMethod | Self::Malformed => false,
        }
    }
}
