//! A client made by hand: it says what it is told to say, also what no honest client would.

use std::net::SocketAddr;

use skep::hms::{Framing, Wire};
use skep_thrift::call::{self as caller, Answer};
use skep_thrift::wire::message::{self, Head};
use skep_thrift::wire::{Scan, Scanner};
use skep_thrift::{Limits, Method, Protocol, Reader, Writer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

pub const BINARY: Wire = Wire { framing: Framing::Unframed, protocol: Protocol::Binary };
pub const FRAMED_BINARY: Wire = Wire { framing: Framing::Framed, protocol: Protocol::Binary };
pub const COMPACT: Wire = Wire { framing: Framing::Unframed, protocol: Protocol::Compact };
pub const FRAMED_COMPACT: Wire = Wire { framing: Framing::Framed, protocol: Protocol::Compact };
pub const WIRES: [Wire; 4] = [BINARY, FRAMED_BINARY, COMPACT, FRAMED_COMPACT];

pub struct Client {
    stream: TcpStream,
    wire: Wire,
    inbox: Vec<u8>,
}

impl Client {
    pub async fn connect(addr: SocketAddr, wire: Wire) -> Self {
        Self { stream: TcpStream::connect(addr).await.unwrap(), wire, inbox: Vec::new() }
    }

    /// Into which little of a reply goes before it is read.
    pub async fn connect_narrow(addr: SocketAddr, wire: Wire) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self { stream: socket.connect(addr).await.unwrap(), wire, inbox: Vec::new() }
    }

    /// Reads at least so many bytes of what the server sends, and keeps them for [`Self::message`] too.
    pub async fn some_bytes(&mut self, count: usize) -> Vec<u8> {
        while self.inbox.len() < count {
            assert!(self.stream.read_buf(&mut self.inbox).await.unwrap() > 0);
        }
        self.inbox.clone()
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends what may find the door shut already.
    pub async fn send_anyway(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    pub async fn call<M: Method>(&mut self, seq: i32, args: &M::Args) -> Answer<M::Reply> {
        self.send(&call::<M>(self.wire, seq, args)).await;
        let (head, answer) = self.answer::<M>().await;
        assert_eq!((head.name.as_str(), head.seq), (M::NAME, seq));
        answer
    }

    pub async fn answer<M: Method>(&mut self) -> (Head, Answer<M::Reply>) {
        let message = self.message().await.expect("a reply instead of the connection's end");
        let mut r = Reader::new(self.wire.protocol, &message, Limits::default());
        let head = message::read_head(&mut r).unwrap();
        let answer = caller::read_answer::<M>(&mut r, &head).unwrap();
        assert_eq!(r.position(), message.len(), "bytes behind the reply");
        (head, answer)
    }

    /// The next whole message; None when the server has closed.
    pub async fn message(&mut self) -> Option<Vec<u8>> {
        let mut scanner = Scanner::new(self.wire.protocol, Limits::default());
        loop {
            let end = match self.wire.framing {
                Framing::Framed => self.inbox.first_chunk().map(|head| 4 + u32::from_be_bytes(*head) as usize),
                Framing::Unframed if self.inbox.is_empty() => None,
                Framing::Unframed => match scanner.advance(&self.inbox).unwrap() {
                    Scan::Complete(end) => Some(end),
                    Scan::NeedMore => None,
                },
            };
            if let Some(end) = end.filter(|end| *end <= self.inbox.len()) {
                let mut message: Vec<u8> = self.inbox.drain(..end).collect();
                if self.wire.framing == Framing::Framed {
                    message.drain(..4);
                }
                return Some(message);
            }
            if self.stream.read_buf(&mut self.inbox).await.unwrap() == 0 {
                assert!(self.inbox.is_empty(), "the connection ended within a reply");
                return None;
            }
        }
    }

    /// The server closed without a word.
    pub async fn expect_closed(&mut self) {
        assert_eq!(self.message().await, None);
    }

    /// The server closed, in whatever manner: a reset is one too.
    pub async fn wait_closed(&mut self) {
        let mut sink = [0; 4096];
        while matches!(self.stream.read(&mut sink).await, Ok(count) if count > 0) {}
    }
}

/// A whole call as bytes.
pub fn call<M: Method>(wire: Wire, seq: i32, args: &M::Args) -> Vec<u8> {
    let mut w = Writer::new(wire.protocol);
    caller::write_call::<M>(&mut w, seq, args);
    frame(wire, &w.into_bytes())
}

pub fn frame(wire: Wire, message: &[u8]) -> Vec<u8> {
    match wire.framing {
        Framing::Unframed => message.to_vec(),
        Framing::Framed => [&(message.len() as u32).to_be_bytes(), message].concat(),
    }
}
