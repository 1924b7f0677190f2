//! A change, once: all of it in one transaction, with the request's id in it.

use prost::Message;
use sha2::{Digest as _, Sha256};
use skep_core::{Error, Kind};

use super::cx::Cx;
use super::error::{Answer, Refusal};
use crate::catalog::{Metastore, RequestKey, TableRef};

/// A request that changes something.
pub struct Mutation {
    name: &'static str,
    key: Option<RequestKey>,
}

impl Mutation {
    /// `name` is `Service/Method`: ids of different methods do not meet. Without an id a request is always a new one.
    pub fn new(name: &'static str, request_id: &str, request: &impl Message) -> Self {
        Self { name, key: key_of(name, request_id, &(String::new(), request)) }
    }

    /// Whether the same request was here before: what only a new one needs can be left out.
    pub async fn is_answered(&self, cx: &Cx) -> Answer<bool> {
        let Some(key) = &self.key else { return Ok(false) };
        Ok(cx.metastore().request_answer(key).await.map_err(refused)?.is_some())
    }

    /// Runs the work, or gives the answer that the same request got before. `tables` are those that exist and change.
    pub async fn run<R, F, Fut>(&self, cx: &Cx, tables: &[TableRef], work: F) -> Answer<R>
    where
        R: Message + Default,
        F: Fn(Metastore) -> Fut,
        Fut: Future<Output = skep_core::Result<R>>,
    {
        let encoded = |within: Metastore| {
            // Boxed: what changes things is large, and rare beside reads.
            let running = Box::pin(work(within));
            async move { Ok(running.await?.encode_to_vec()) }
        };
        let done =
            Box::pin(cx.metastore().together(self.name, self.key.as_ref(), tables, encoded)).await.map_err(refused)?;
        if done.replayed {
            tracing::debug!(method = self.name, "a request that was here before got its first answer");
        }
        R::decode(done.answer.as_slice())
            .map_err(|error| Error::new(Kind::Corrupt, format!("a stored answer of {}: {error}", self.name)).into())
    }
}

/// The key of a request, if it has an id; of a request whose subject was taken out of it, with that.
pub fn key_of(
    name: &'static str,
    request_id: &str,
    (subject, request): &(String, &impl Message),
) -> Option<RequestKey> {
    (!request_id.is_empty()).then(|| RequestKey {
        scope: name,
        id: request_id.to_owned(),
        // Maps are sorted, so that equal requests have equal bytes.
        body_hash: Sha256::new().chain_update(subject).chain_update(request.encode_to_vec()).finalize().into(),
    })
}

/// What the catalog says of the id itself.
fn refused(error: Error) -> Refusal {
    let of_id = error.kind == Kind::InvalidInput && error.message.starts_with("request_id");
    let refusal = Refusal::from(error);
    if of_id { refusal.at("request_id") } else { refusal }
}
