//! The caller's side. The server calls nobody; tests, tools and the fuzzers do.

use crate::r#gen::exceptions::Exception;
use crate::method::{Method, Reply};
use crate::wire::message::{self, Head, MessageKind};
use crate::wire::{Encode, Kind, Reader, WireError, Writer};

/// Writes a whole call.
pub fn write_call<M: Method>(w: &mut Writer, seq: i32, args: &M::Args) {
    message::write_head(w, M::NAME, if M::ONEWAY { MessageKind::Oneway } else { MessageKind::Call }, seq);
    args.encode(w);
}

/// What a caller got.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<R> {
    Reply(R),
    /// A declared exception and its message. `None`: the id is not one the method declares.
    Exception(Option<Exception>, String),
    /// A `TApplicationException`: its type number and text.
    Error(i32, String),
    /// A result without any field, where a value was due: Java clients say "unknown result".
    Missing,
}

/// Reads the answer to a call, after its head.
pub fn read_answer<M: Method>(r: &mut Reader<'_>, head: &Head) -> Result<Answer<M::Reply>, WireError> {
    if head.kind == MessageKind::Exception {
        return message::read_error(r).map(|(code, text)| Answer::Error(code, text));
    }
    let mut answer = M::Reply::absent().map_or(Answer::Missing, Answer::Reply);
    let outer = r.struct_begin()?;
    while let Some(field) = r.field_begin()? {
        if field.id == 0 {
            if let Some(reply) = M::Reply::fill(r, field.kind)? {
                answer = Answer::Reply(reply);
            }
        } else if field.kind == Kind::Struct {
            let exception = M::THROWS.iter().find(|throw| throw.id == field.id).map(|throw| throw.exception);
            // The struct of every exception looks like this one: field 1 is its text.
            answer = Answer::Exception(exception, message::read_error(r)?.1);
        } else {
            r.skip(field.kind)?;
        }
        r.field_end()?;
    }
    r.struct_end(outer);
    Ok(answer)
}
