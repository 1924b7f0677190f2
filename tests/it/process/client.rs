//! A client that bears the server's death: it says whether a call was answered.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use skep_thrift::call::{self, Answer};
use skep_thrift::wire::message;
use skep_thrift::wire::{Scan, Scanner};
use skep_thrift::{Limits, Method, Protocol, Reader, Writer};

pub struct Client {
    stream: TcpStream,
    inbox: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { stream: TcpStream::connect(address)?, inbox: Vec::new() })
    }

    /// One call and its answer; an error is a connection that ended before.
    pub fn call<M: Method>(&mut self, args: &M::Args) -> io::Result<Answer<M::Reply>> {
        self.send::<M>(args)?;
        self.answer::<M>()
    }

    /// Sends a call. Its answer is to be asked for next.
    pub fn send<M: Method>(&mut self, args: &M::Args) -> io::Result<()> {
        let mut w = Writer::new(Protocol::Binary);
        call::write_call::<M>(&mut w, 1, args);
        self.stream.write_all(&w.into_bytes())
    }

    /// The answer to a call that was sent.
    pub fn answer<M: Method>(&mut self) -> io::Result<Answer<M::Reply>> {
        let mut scanner = Scanner::new(Protocol::Binary, Limits::default());
        let end = loop {
            match scanner.advance(&self.inbox).map_err(io::Error::other)? {
                Scan::Complete(end) => break end,
                Scan::NeedMore => {}
            }
            let mut chunk = [0; 16 << 10];
            let count = self.stream.read(&mut chunk)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.inbox.extend_from_slice(&chunk[..count]);
        };
        let message: Vec<u8> = self.inbox.drain(..end).collect();
        let mut r = Reader::new(Protocol::Binary, &message, Limits::default());
        let head = message::read_head(&mut r).map_err(io::Error::other)?;
        call::read_answer::<M>(&mut r, &head).map_err(io::Error::other)
    }

    /// A call that must be answered with a value.
    pub fn get<M: Method>(&mut self, args: &M::Args) -> M::Reply
    where
        M::Reply: std::fmt::Debug,
    {
        match self.call::<M>(args) {
            Ok(Answer::Reply(reply)) => reply,
            other => panic!("{}: {other:?}", M::NAME),
        }
    }
}
