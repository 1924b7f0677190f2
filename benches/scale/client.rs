//! A client that costs little: requests are encoded once, replies drained and not decoded.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};

use skep_thrift::call::{self, Answer};
use skep_thrift::wire::{Scan, Scanner, message};
use skep_thrift::{Limits, Method, Protocol, Reader, Writer, methods as m};

use super::Outcome;

/// What is read at a time.
const CHUNK: usize = 256 << 10;
/// The number of the call whose reply shows where the one before it ended.
const MARKER: i32 = 0x5ca1_ab1e;

pub struct Client {
    stream: TcpStream,
    chunk: Vec<u8>,
}

/// A request, and what its reply is known to be.
pub struct Exchange {
    request: Vec<u8>,
    /// Bytes of the reply, which must not change.
    pub bytes: usize,
    /// Its first bytes.
    first: Vec<u8>,
}

fn request<M: Method>(args: &M::Args, number: i32) -> Vec<u8> {
    let mut w = Writer::new(Protocol::Binary);
    call::write_call::<M>(&mut w, number, args);
    w.into_bytes()
}

/// Elements of the list that a Binary reply holds: after the head (version, name, number), field 0 of kind list.
fn list_len(reply: &[u8]) -> Outcome<usize> {
    let word = |at: usize| -> Outcome<u32> {
        let bytes = reply.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        Ok(u32::from_be_bytes(bytes.ok_or("a short reply")?))
    };
    let field = 12 + word(4)? as usize;
    if reply.get(field..field + 3) != Some(&[15, 0, 0]) {
        return Err(format!("not a list: {}", String::from_utf8_lossy(&reply[..reply.len().min(400)])).into());
    }
    Ok(word(field + 4)? as usize)
}

impl Client {
    pub fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, chunk: vec![0; CHUNK] })
    }

    /// A whole message.
    fn receive(&mut self) -> Outcome<Vec<u8>> {
        let (mut inbox, mut scanner) = (Vec::new(), Scanner::new(Protocol::Binary, Limits::default()));
        loop {
            let count = self.stream.read(&mut self.chunk)?;
            if count == 0 {
                return Err("the server closed the connection".into());
            }
            inbox.extend_from_slice(&self.chunk[..count]);
            if let Scan::Complete(end) = scanner.advance(&inbox)? {
                assert_eq!(end, inbox.len(), "more than a reply");
                return Ok(inbox);
            }
        }
    }

    /// A call, decoded.
    pub fn call<M: Method>(&mut self, args: &M::Args) -> Outcome<M::Reply>
    where
        M::Reply: std::fmt::Debug,
    {
        self.stream.write_all(&request::<M>(args, 1))?;
        let reply = self.receive()?;
        let mut r = Reader::new(Protocol::Binary, &reply, Limits::default());
        let head = message::read_head(&mut r)?;
        match call::read_answer::<M>(&mut r, &head)? {
            Answer::Reply(reply) => Ok(reply),
            other => Err(format!("{}: {other:?}", M::NAME).into()),
        }
    }

    /// Makes a call of whatever size to learn what its reply is. Another call follows it at once, whose known reply
    /// shows where this one ended, so that nothing is scanned and nothing kept.
    pub fn learn<M: Method>(&mut self, args: &M::Args) -> Outcome<Exchange> {
        let (request, marker) = (request::<M>(args, 1), request::<m::GetVersion>(&m::GetVersionArgs {}, MARKER));
        self.stream.write_all(&marker)?;
        let end = self.receive()?;
        self.stream.write_all(&[&request[..], &marker].concat())?;
        let (mut bytes, mut first, mut tail) = (0, Vec::new(), Vec::new());
        while !tail.ends_with(&end) {
            let count = self.stream.read(&mut self.chunk)?;
            if count == 0 {
                return Err(format!("{}: the server closed the connection", M::NAME).into());
            }
            bytes += count;
            if first.len() < 512 {
                first.extend_from_slice(&self.chunk[..count.min(512)]);
            }
            tail.extend_from_slice(&self.chunk[..count]);
            tail.drain(..tail.len().saturating_sub(end.len()));
        }
        Ok(Exchange { request, bytes: bytes - end.len(), first })
    }

    /// The same with a list of so many elements.
    pub fn learn_list<M: Method>(&mut self, args: &M::Args, rows: usize) -> Outcome<Exchange> {
        let exchange = self.learn::<M>(args)?;
        let count = list_len(&exchange.first)?;
        if count != rows {
            return Err(format!("{}: {count} elements, not {rows}", M::NAME).into());
        }
        Ok(exchange)
    }

    /// The call again, drained.
    pub fn repeat(&mut self, exchange: &Exchange) -> Outcome<()> {
        self.stream.write_all(&exchange.request)?;
        drain(&mut self.stream, &mut self.chunk, exchange.bytes)
    }
}

/// Reads so many bytes and forgets them.
pub fn drain(from: &mut impl Read, chunk: &mut [u8], bytes: usize) -> Outcome<()> {
    let mut left = bytes;
    while left > 0 {
        let most = left.min(chunk.len());
        let count = from.read(&mut chunk[..most])?;
        if count == 0 {
            return Err(format!("{left} bytes are missing").into());
        }
        left -= count;
    }
    Ok(())
}
