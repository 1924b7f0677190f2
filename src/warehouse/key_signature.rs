//! Signatures of S3 requests that were changed after the library had signed them.

use super::key_connector::failed;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use object_store::aws::{AwsAuthorizer, AwsCredential, AwsCredentialProvider};
use object_store::client::{HttpError, HttpRequest};
use object_store::{CredentialProvider, HeaderValue};
use sha2::Sha256;
use std::io;
use std::sync::{Arc, OnceLock, Weak};

/// Signs requests anew, with the credentials of the store that they are sent for. A store has its client before it has
/// its credentials, and its credentials may hold the client: so they are told later, and held weakly.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySignature(Arc<OnceLock<Weak<dyn CredentialProvider<Credential = AwsCredential>>>>);

impl KeySignature {
    /// Takes the credentials, as soon as the store is made.
    pub fn credentials_set(&self, credentials: &AwsCredentialProvider) {
        let _ = self.0.set(Arc::downgrade(credentials)); // a second time nothing else could come
    }

    /// Sets another body, and in the headers what is told of it; for a request that [`Self::renew`] signs then.
    pub fn body_set(request: &mut HttpRequest, body: String) -> Result<(), HttpError> {
        let md5 = BASE64_STANDARD.encode(Md5::digest(&body));
        let sha256 = BASE64_STANDARD.encode(Sha256::digest(&body));
        let told =
            [("content-md5", md5), ("x-amz-checksum-sha256", sha256), ("content-length", body.len().to_string())];
        for (name, value) in told {
            if let Some(header) = request.headers_mut().get_mut(name) {
                *header = HeaderValue::try_from(value).map_err(failed)?;
            }
        }
        *request.body_mut() = body.into();
        Ok(())
    }

    /// Signs a request anew if it was signed, for the same region and service and with the same options.
    pub async fn renew(&self, request: &mut HttpRequest) -> Result<(), HttpError> {
        let Some(old) = request.headers_mut().remove("authorization") else { return Ok(()) };
        let Some(credentials) = self.0.get().and_then(Weak::upgrade) else {
            return Err(failed(io::Error::other("the store has no credentials to sign with")));
        };
        let credential = credentials.get_credential().await.map_err(failed)?;
        let Some((region, service)) = old.to_str().ok().and_then(scope) else {
            return Err(failed(io::Error::other("the request is signed in a way that is not known here")));
        };
        let is_payload_signed =
            request.headers().get("x-amz-content-sha256").is_none_or(|digest| digest != "UNSIGNED-PAYLOAD");
        let authorizer = AwsAuthorizer::new(&credential, service, region).with_sign_payload(is_payload_signed);
        authorizer.try_authorize(request, None).map_err(failed)
    }
}

/// Region and service of `AWS4-HMAC-SHA256 Credential=ID/DAY/REGION/SERVICE/aws4_request, SignedHeaders=…`.
fn scope(authorization: &str) -> Option<(&str, &str)> {
    let (credential, _) = authorization.split_once(',')?;
    let mut parts = credential.rsplit('/').skip(1);
    let service = parts.next()?;
    Some((parts.next()?, service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_is_read_from_the_end() {
        let signed =
            "AWS4-HMAC-SHA256 Credential=a/b/20240101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        assert_eq!(scope(signed), Some(("eu-west-1", "s3")));
        assert_eq!(scope("Bearer x"), None);
        assert_eq!(scope("x, y"), None);
    }
}
