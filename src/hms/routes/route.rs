//! The mechanism of the table: typed in, erased inside, so that a wrong handler does not compile and the dispatcher
//! is compiled once.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use skep_core::Result;
use skep_thrift::wire::{Decode, Kind, Slot};
use skep_thrift::{Method, MethodInfo, Reader, Throw, WireError};

use crate::hms::context::Cx;
use crate::hms::reply::{Encoded, Reply, ReplyTo, Source};
use crate::hms::session::Generation;

/// A handler of method `M`: any `async fn(Cx, M::Args) -> Result<R>`.
pub trait Handler<M: Method, R>: Send + Sync + 'static {
    fn call(&self, cx: Cx, args: M::Args) -> impl Future<Output = Result<R>> + Send;
}

impl<M, R, F, Fut> Handler<M, R> for F
where
    M: Method,
    F: Fn(Cx, M::Args) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<R>> + Send,
{
    fn call(&self, cx: Cx, args: M::Args) -> impl Future<Output = Result<R>> + Send {
        self(cx, args)
    }
}

/// What a handler may return where its value can be large: the value, or bytes made earlier.
#[derive(Debug)]
pub enum Answer<T> {
    Value(T),
    Encoded(Encoded),
    Streamed(Box<dyn Source>),
}

/// An encoded answer, or what it is made of.
enum Made {
    Reply(Reply),
    Source(Kind, Box<dyn Source>),
}

/// A decoded call under way.
pub type Running = Pin<Box<dyn Future<Output = Result<Reply>> + Send>>;
type Run = Box<dyn Fn(Cx, &mut Reader<'_>, ReplyTo<'static>) -> Result<Running, WireError> + Send + Sync>;

/// One method's line.
pub struct Row {
    pub name: &'static str,
    pub oneway: bool,
    pub throws: &'static [Throw],
    /// The clients that call it are at least so young.
    pub generation: Option<Generation>,
    run: Run,
}

impl Row {
    /// Decodes the arguments and starts the handler; nothing of it runs before the future is polled.
    pub fn start(&self, cx: Cx, reader: &mut Reader<'_>, to: ReplyTo<'static>) -> Result<Running, WireError> {
        (self.run)(cx, reader, to)
    }
}

/// The rows, by method.
#[derive(Default)]
pub struct Routes {
    rows: BTreeMap<&'static str, Row>,
}

impl Routes {
    /// Routes a method to a handler that returns its value.
    #[must_use]
    pub fn on<M: Method<Args: 'static, Reply: 'static>>(self, handler: impl Handler<M, M::Reply>) -> Self {
        self.row::<M, _>(handler, |value, to| to.value(&value).map(Made::Reply))
    }

    /// Routes a method to a handler that may return encoded bytes.
    #[must_use]
    pub fn on_encoded<M>(self, handler: impl Handler<M, Answer<M::Reply>>) -> Self
    where
        M: Method<Args: 'static, Reply: Slot + 'static>,
    {
        self.row::<M, _>(handler, |answer, to| match answer {
            Answer::Value(value) => to.value(&value).map(Made::Reply),
            Answer::Encoded(encoded) => to.spliced(<M::Reply as Slot>::KIND, encoded).map(Made::Reply),
            Answer::Streamed(source) => Ok(Made::Source(<M::Reply as Slot>::KIND, source)),
        })
    }

    fn row<M: Method<Args: 'static>, R: Send + 'static>(
        self,
        handler: impl Handler<M, R>,
        encode: fn(R, ReplyTo<'static>) -> Result<Made>,
    ) -> Self {
        let handler = Arc::new(handler);
        let run: Run = Box::new(move |cx, reader, to| {
            let args = M::Args::decode(reader)?;
            let handler = Arc::clone(&handler);
            Ok(Box::pin(async move {
                match encode(handler.call(cx, args).await?, to)? {
                    Made::Reply(reply) => Ok(reply),
                    // Boxed, since a future has the size of its largest part.
                    Made::Source(kind, source) => Box::pin(to.streamed(kind, source)).await,
                }
            }))
        });
        let generation = MethodInfo::find(M::NAME).and_then(|info| Generation::since(info.since));
        self.row_add(Row { name: M::NAME, oneway: M::ONEWAY, throws: M::THROWS, generation, run })
    }

    /// Joins the rows of another block. Panics if they share a method.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        other.rows.into_values().fold(self, Self::row_add)
    }

    fn row_add(mut self, row: Row) -> Self {
        let name = row.name;
        let twice = self.rows.insert(name, row);
        assert!(twice.is_none(), "method {name} is routed twice");
        self
    }

    pub fn find(&self, method: &str) -> Option<&Row> {
        self.rows.get(method)
    }
    /// All routed methods, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.keys().copied()
    }
}
