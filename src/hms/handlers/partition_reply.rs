//! Answers of partitions as replies: bytes rather than structs, made where long work disturbs no one.

use skep_core::{Error, Result};
use skep_thrift::wire::Protocol;

use crate::catalog::PartitionAnswer;
use crate::hms::context::Cx;
use crate::hms::convert::partition_encode::{Frame, names_encode, partitions_encode};
use crate::hms::convert::partition_list::PartitionForm;
use crate::hms::reply::Encoded;
use crate::hms::routes::Answer;

/// Larger answers are encoded beside the threads that serve connections.
const LONG: usize = 2_000;

/// The answer's partitions, as the method's reply `T`.
pub async fn partitions_reply<T>(
    cx: &Cx,
    answer: PartitionAnswer,
    form: PartitionForm,
    frame: Frame,
) -> Result<Answer<T>> {
    encoded(cx, answer, move |protocol, answer| partitions_encode(protocol, answer, &form, frame)).await
}

/// The names of the answer's partitions.
pub async fn names_reply<T>(cx: &Cx, answer: PartitionAnswer, frame: Frame) -> Result<Answer<T>> {
    encoded(cx, answer, move |protocol, answer| names_encode(protocol, answer, frame)).await
}

async fn encoded<T>(
    cx: &Cx,
    answer: PartitionAnswer,
    encode: impl FnOnce(Protocol, &PartitionAnswer) -> Encoded + Send + 'static,
) -> Result<Answer<T>> {
    let wire = cx.session.wire().ok_or_else(|| Error::internal("a call came in no protocol"))?;
    let encoded = if answer.len() < LONG {
        encode(wire.protocol, &answer)
    } else {
        let encoding = tokio::task::spawn_blocking(move || encode(wire.protocol, &answer));
        encoding.await.map_err(|error| Error::internal(format!("encoding a reply ended early: {error}")))?
    };
    Ok(Answer::Encoded(encoded))
}
