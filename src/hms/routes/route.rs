//! The mechanism of the table: typed in, erased inside, so that a wrong handler does not compile and the dispatcher
//! is compiled once.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use skep_core::Result;
use skep_thrift::wire::{Decode, Encode};
use skep_thrift::{Method, MethodInfo, Reader, WireError};

use crate::hms::context::Cx;
use crate::hms::reply::{Encoded, Reply, ReplyTo};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    Value(T),
    Encoded(Encoded),
}

/// A decoded call under way.
pub type Running = Pin<Box<dyn Future<Output = Result<Reply>> + Send>>;
type Run = Box<dyn Fn(Cx, &mut Reader<'_>, ReplyTo<'static>) -> Result<Running, WireError> + Send + Sync>;

/// One method's line.
pub struct Row {
    pub info: &'static MethodInfo,
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
    pub fn on<M: Method>(self, handler: impl Handler<M, M::Reply>) -> Self {
        self.row::<M, _>(handler, |value, to| to.value(|w| M::write_reply(&value, w)))
    }

    /// Routes a method to a handler that may return encoded bytes.
    #[must_use]
    pub fn on_encoded<M: Method>(self, handler: impl Handler<M, Answer<M::Reply>>) -> Self
    where
        M::Reply: Encode,
    {
        self.row::<M, _>(handler, |answer, to| match answer {
            Answer::Value(value) => to.value(|w| M::write_reply(&value, w)),
            Answer::Encoded(encoded) => to.spliced(<M::Reply as Encode>::KIND, encoded),
        })
    }

    fn row<M: Method, R: Send + 'static>(
        mut self,
        handler: impl Handler<M, R>,
        encode: fn(R, ReplyTo<'static>) -> Result<Reply>,
    ) -> Self {
        let handler = Arc::new(handler);
        let run: Run = Box::new(move |cx, reader, to| {
            let args = M::Args::decode(reader)?;
            let handler = Arc::clone(&handler);
            Ok(Box::pin(async move { encode(handler.call(cx, args).await?, to) }))
        });
        let twice = self.rows.insert(M::INFO.name, Row { info: M::INFO, run });
        assert!(twice.is_none(), "method {} is routed twice", M::INFO.name);
        self
    }

    /// Joins the rows of another block. Panics if they share a method.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (name, row) in other.rows {
            let twice = self.rows.insert(name, row);
            assert!(twice.is_none(), "method {name} is routed twice");
        }
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
