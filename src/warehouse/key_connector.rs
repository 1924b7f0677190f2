//! The HTTP client below the library of object stores, which makes it list and delete keys that it cannot hold: odd
//! keys of answers are escaped before the library reads them, escaped ones of deletions are raw again before they are
//! sent.
//!
//! **Why here.** The library fails the whole listing for one such key. Endpoint, style of URLs, credentials, retries,
//! time-outs and pages all stay the library's, by the one configuration; requests of our own would have to repeat each.
//! What names no odd key is sent as the library made and signed it.
//!
//! **What is left.** Azure's deletions carry a signature for each blob, which is not ours to renew: odd keys are listed
//! there, and their deletion is an error that says so. The same holds for `.` and `..` in keys of an S3 that has bulk
//! deletion switched off, as no URL can name them, and for odd keys in directory buckets (S3 Express), whose session's
//! secret the library keeps to itself.

use super::key_escape::{key_unescape, xml_keys_escape, xml_keys_unescape};
use super::key_signature::KeySignature;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use hyper::StatusCode;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    ReqwestConnector,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::io;
use std::sync::Arc;

/// An answer with keys is at most so long: 5000 keys of 1 KiB, each character a reference, are less.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// What S3 has escaped in the path that is signed: all but its unreserved characters, and slashes.
const S3_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The interface that a store is spoken to by: where keys stand in its requests and answers.
#[derive(Debug, Clone)]
pub(super) enum KeyApi {
    S3(KeySignature),
    Gcs,
    Azure,
}

/// Makes clients that translate odd keys; for the builder of a store.
#[derive(Debug)]
pub(super) struct KeyConnector {
    api: KeyApi,
    inner: Arc<dyn HttpConnector>,
}

impl KeyConnector {
    pub fn new(api: KeyApi) -> Self {
        Self { api, inner: Arc::new(ReqwestConnector::default()) }
    }
}

impl HttpConnector for KeyConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(KeyClient { api: self.api.clone(), inner: self.inner.connect(options)? }))
    }
}

#[derive(Debug)]
struct KeyClient {
    api: KeyApi,
    inner: HttpClient,
}

impl HttpService for KeyClient {
    fn call<'a, 'f>(&'a self, request: HttpRequest) -> BoxFuture<'f, Result<HttpResponse, HttpError>>
    where
        'a: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let element = self.api.key_element(&request);
            let Some(request) = self.api.request_unescape(request).await? else { return Ok(not_found()) };
            let answer = self.inner.execute(request).await?;
            match element {
                Some(element) if answer.status().is_success() => answer_escape(answer, element).await,
                _ => Ok(answer),
            }
        })
    }
}

impl KeyApi {
    /// The element that has the keys in the answer to a request, if that is a listing or a bulk deletion.
    fn key_element(&self, request: &HttpRequest) -> Option<&'static str> {
        let has = |wanted: &str| request.uri().query().is_some_and(|query| query.split('&').any(|one| one == wanted));
        match self {
            Self::S3(_) if has("list-type=2") || is_bulk_deletion(request) => Some("Key"),
            Self::Gcs if has("list-type=2") => Some("Key"),
            Self::Azure if has("comp=list") => Some("Name"),
            _ => None,
        }
    }

    /// The request with raw keys; none if it cannot name its key.
    async fn request_unescape(&self, mut request: HttpRequest) -> Result<Option<HttpRequest>, HttpError> {
        match self {
            Self::S3(signature) if is_bulk_deletion(&request) => {
                let xml = request.body().as_bytes().and_then(|body| str::from_utf8(body).ok());
                if let Some(body) = xml.and_then(|xml| xml_keys_unescape(xml, "Key")) {
                    KeySignature::body_set(&mut request, body)?;
                    signature.renew(&mut request).await?;
                }
            }
            Self::S3(signature) if request.method() == "DELETE" => {
                if let Some((above, raw)) = path_key(&request) {
                    // Clients and servers of HTTP resolve these, however they are escaped: another object would go.
                    if raw.split('/').any(|segment| matches!(segment, "." | "..")) {
                        return Ok(None);
                    }
                    path_set(&mut request, &format!("{above}/{}", utf8_percent_encode(&raw, S3_PATH)))?;
                    signature.renew(&mut request).await?;
                }
            }
            Self::Gcs if request.method() == "DELETE" => {
                if let Some((above, raw)) = path_key(&request) {
                    // One segment, whatever the key has: so the library writes all keys of this store.
                    path_set(&mut request, &format!("{above}/{}", utf8_percent_encode(&raw, NON_ALPHANUMERIC)))?;
                }
            }
            _ => {}
        }
        Ok(Some(request))
    }
}

fn is_bulk_deletion(request: &HttpRequest) -> bool {
    request.method() == "POST" && request.uri().query() == Some("delete")
}

/// The raw key of a request whose path ends with an escaped one, and the path above it.
fn path_key(request: &HttpRequest) -> Option<(String, String)> {
    let (above, last) = request.uri().path().rsplit_once('/')?;
    let raw = key_unescape(&percent_decode_str(last).decode_utf8().ok()?)?;
    Some((above.to_owned(), raw))
}

fn path_set(request: &mut HttpRequest, path: &str) -> Result<(), HttpError> {
    let uri = request.uri();
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(failed(io::Error::other("the request names no host")));
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let changed = format!("{scheme}://{authority}{path}{query}");
    *request.uri_mut() = changed.parse().map_err(failed)?;
    Ok(())
}

/// Escapes the odd keys of an answer. It is read whole, as the library does right after.
async fn answer_escape(answer: HttpResponse, element: &str) -> Result<HttpResponse, HttpError> {
    let (mut head, body) = answer.into_parts();
    let body = body_read(body, ANSWER_BYTES_MAX).await?;
    let escaped = str::from_utf8(&body).ok().and_then(|xml| xml_keys_escape(xml, element));
    head.headers.remove("content-length");
    Ok(HttpResponse::from_parts(head, escaped.map_or_else(|| body.into(), HttpResponseBody::from)))
}

async fn body_read(body: HttpResponseBody, max: usize) -> Result<Bytes, HttpError> {
    let (mut pieces, mut whole) = (body.bytes_stream(), Vec::new());
    while let Some(piece) = pieces.try_next().await? {
        if whole.len() + piece.len() > max {
            return Err(failed(io::Error::other(format!("the store's answer is longer than {max} bytes"))));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

/// What a store would answer that does not find the object.
fn not_found() -> HttpResponse {
    let mut answer = HttpResponse::new(Bytes::new().into());
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

/// An error that a repetition does not mend.
pub(super) fn failed(e: impl std::error::Error + Send + Sync + 'static) -> HttpError {
    HttpError::new(HttpErrorKind::Unknown, e)
}

#[cfg(test)]
mod tests;
