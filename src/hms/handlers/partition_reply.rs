//! Answers of partitions as replies: bytes rather than structs, made while they are sent.

use skep_core::{Error, Result};
use skep_thrift::wire::Protocol;

use crate::catalog::PartitionReading;
use crate::hms::context::Cx;
use crate::hms::convert::partition_encode::{Frame, PartitionSource};
use crate::hms::convert::partition_list::PartitionForm;
use crate::hms::routes::Answer;

/// The answer's partitions, as the method's reply `T`.
pub fn partitions_reply<T>(cx: &Cx, answer: PartitionReading, form: PartitionForm, frame: Frame) -> Result<Answer<T>> {
    Ok(Answer::Streamed(Box::new(PartitionSource::partitions(protocol(cx)?, answer, form, frame))))
}

/// The names of the answer's partitions.
pub fn names_reply<T>(cx: &Cx, answer: PartitionReading, frame: Frame) -> Result<Answer<T>> {
    Ok(Answer::Streamed(Box::new(PartitionSource::names(protocol(cx)?, answer, frame))))
}

/// The protocol that the call came in.
pub fn protocol(cx: &Cx) -> Result<Protocol> {
    let wire = cx.session.wire().ok_or_else(|| Error::internal("a call came in no protocol"))?;
    Ok(wire.protocol)
}
