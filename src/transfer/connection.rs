//! One connection to a metastore: unframed Binary, which every release speaks.

use std::time::Duration;

use skep_thrift::call::{self, Answer};
use skep_thrift::wire::{Scan, Scanner, message};
use skep_thrift::{Limits, Method, Protocol, Reader, WireError, Writer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::address::Address;
use super::error::CallError;

const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Of one call: a metastore may list files, or walk through a large table.
const CALL_MAX: Duration = Duration::from_mins(10);
/// What is read at a time.
const CHUNK: usize = 256 << 10;
/// A buffer that grew beyond this for one reply is not kept for the next.
const KEPT_MAX: usize = 8 << 20;

pub struct Connection {
    address: Address,
    stream: TcpStream,
    inbox: Vec<u8>,
    seq: i32,
}

impl Connection {
    pub async fn open(address: &Address) -> Result<Self, CallError> {
        let broken = |why: String| CallError::Broken { address: address.clone(), why };
        let connecting = TcpStream::connect((address.host.as_str(), address.port));
        let stream = match timeout(CONNECT_MAX, connecting).await {
            Ok(stream) => stream.map_err(|error| broken(format!("cannot connect: {error}")))?,
            Err(_) => return Err(broken(format!("no answer within {} s", CONNECT_MAX.as_secs()))),
        };
        stream.set_nodelay(true).map_err(|error| broken(error.to_string()))?;
        Ok(Self { address: address.clone(), stream, inbox: Vec::new(), seq: 0 })
    }

    fn broken(&self, why: impl Into<String>) -> CallError {
        CallError::Broken { address: self.address.clone(), why: why.into() }
    }

    /// One call. After an error of the connection itself it must not be used again.
    pub async fn call<M: Method>(&mut self, args: &M::Args) -> Result<M::Reply, CallError> {
        match timeout(CALL_MAX, self.exchange::<M>(args)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.broken(format!("{}: no answer within {} s", M::NAME, CALL_MAX.as_secs()))),
        }
    }

    async fn exchange<M: Method>(&mut self, args: &M::Args) -> Result<M::Reply, CallError> {
        self.seq = self.seq.wrapping_add(1);
        let mut w = Writer::new(Protocol::Binary);
        call::write_call::<M>(&mut w, self.seq, args);
        let sent = self.stream.write_all(w.bytes()).await;
        sent.map_err(|error| self.broken(format!("{}: {error}", M::NAME)))?;
        let end = self.receive(M::NAME).await?;
        let answer = self.answer::<M>(end);
        self.inbox.drain(..end);
        if self.inbox.capacity() > KEPT_MAX && self.inbox.is_empty() {
            self.inbox = Vec::new();
        }
        answer
    }

    /// Reads until a whole message is there; gives its length.
    async fn receive(&mut self, method: &str) -> Result<usize, CallError> {
        let mut scanner = Scanner::new(Protocol::Binary, Limits::default());
        loop {
            self.inbox.reserve(CHUNK);
            let count = self.stream.read_buf(&mut self.inbox).await;
            let count = count.map_err(|error| self.broken(format!("{method}: {error}")))?;
            if self.seq == 1
                && let Some(why) = foreign(&self.inbox)
            {
                return Err(self.broken(why));
            }
            if count == 0 {
                return Err(self.broken(match (self.seq, self.inbox.is_empty()) {
                    (1, true) => "it closed the connection without an answer: it may speak framed Thrift, TLS or no Thrift at all".to_owned(),
                    _ => format!("{method}: it closed the connection before its answer ended"),
                }));
            }
            match scanner.advance(&self.inbox) {
                Ok(Scan::Complete(end)) => return Ok(end),
                Ok(Scan::NeedMore) => {}
                Err(WireError::BadHeader(_) | WireError::NameTooLong(_) | WireError::NegativeLength(_))
                    if self.seq == 1 =>
                {
                    return Err(self.broken("what it answers is no Thrift message (unframed, Binary)"));
                }
                Err(error) => return Err(CallError::wire(&self.address, error)),
            }
        }
    }

    fn answer<M: Method>(&self, end: usize) -> Result<M::Reply, CallError> {
        let wire = |error| CallError::wire(&self.address, error);
        let mut r = Reader::new(Protocol::Binary, &self.inbox[..end], Limits::default());
        let head = message::read_head(&mut r).map_err(wire)?;
        if head.seq != self.seq {
            return Err(self.broken(format!("{}: an answer to another call ({})", M::NAME, head.name)));
        }
        match call::read_answer::<M>(&mut r, &head).map_err(wire)? {
            Answer::Reply(reply) => Ok(reply),
            Answer::Missing => Err(CallError::Missing(M::NAME)),
            Answer::Exception(exception, text) => Err(CallError::Declared { method: M::NAME, exception, text }),
            Answer::Error(1, _) => Err(CallError::Unknown(M::NAME)),
            Answer::Error(code, text) => Err(CallError::Failed { method: M::NAME, code, text }),
        }
    }
}

/// What other protocols answer to a first call.
fn foreign(answer: &[u8]) -> Option<&'static str> {
    match answer {
        // A SASL message: BAD or ERROR, and the length of its text.
        [3 | 4, 0, 0, ..] => Some(
            "it asks for SASL (Kerberos, tokens or LDAP), which is not supported: let it listen without, for this host only",
        ),
        [0x15, 3, ..] => Some("it asks for TLS, which is not supported: put a TLS tunnel before it"),
        [b'H', b'T', b'T', b'P', ..] => Some("it speaks HTTP: the binary transport is needed"),
        _ => None,
    }
}
