//! A bucket in memory. What S3 is on the wire (signatures, headers, XML, codes) is `s3s`'s, which is not ours.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use s3s::auth::{S3Auth, SecretKey};
use s3s::dto::{
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, GetObjectInput, GetObjectOutput, HeadObjectInput,
    HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, Object, StreamingBlob, Timestamp,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use sha2::{Digest as _, Sha256};

/// Keys of one answer to a listing: few, so that few objects make many pages.
const PAGE: usize = 3;

#[derive(Clone)]
struct Stored {
    bytes: Bytes,
    etag: String,
    /// Seconds since the epoch.
    modified_at: u64,
}

/// The bucket, and whose secret it knows.
pub struct Bucket {
    pub name: &'static str,
    pub access_key: &'static str,
    secret: Mutex<String>,
    objects: Mutex<BTreeMap<String, Stored>>,
    next: Mutex<u64>,
}

impl Bucket {
    pub fn new(name: &'static str, access_key: &'static str, secret: &str) -> Self {
        let next = Mutex::new(1_700_000_000);
        Self { name, access_key, secret: Mutex::new(secret.to_owned()), objects: Mutex::default(), next }
    }

    /// From now on requests must be signed with this.
    pub fn secret_set(&self, secret: &str) {
        secret.clone_into(&mut self.secret.lock().unwrap());
    }

    pub fn put(&self, key: &str, bytes: Vec<u8>) {
        let mut next = self.next.lock().unwrap();
        *next += 1;
        let etag = Sha256::digest(&bytes)[..16].iter().fold(String::new(), |etag, byte| etag + &format!("{byte:02x}"));
        let stored = Stored { bytes: bytes.into(), etag, modified_at: *next };
        self.objects.lock().unwrap().insert(key.to_owned(), stored);
    }

    pub fn remove(&self, key: &str) {
        self.objects.lock().unwrap().remove(key).unwrap();
    }

    pub fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    /// Removes an object, if it is there.
    pub fn remove_if_there(&self, key: &str) {
        self.objects.lock().unwrap().remove(key);
    }

    /// Gives all objects, by key.
    pub fn all(&self) -> Vec<(String, Bytes)> {
        let objects = self.objects.lock().unwrap();
        objects.iter().map(|(key, stored)| (key.clone(), stored.bytes.clone())).collect()
    }

    fn get(&self, bucket: &str, key: &str) -> S3Result<Stored> {
        if bucket != self.name {
            return Err(s3_error!(NoSuchBucket));
        }
        self.objects.lock().unwrap().get(key).cloned().ok_or_else(|| s3_error!(NoSuchKey))
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The bucket's two sides as `s3s` wants them.
#[derive(Clone)]
pub struct Shared(pub std::sync::Arc<Bucket>);

#[tonic::async_trait]
impl S3Auth for Shared {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key != self.0.access_key {
            return Err(s3_error!(InvalidAccessKeyId));
        }
        Ok(SecretKey::from(self.0.secret.lock().unwrap().as_str()))
    }
}

#[tonic::async_trait]
impl S3 for Shared {
    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        if input.bucket != self.0.name {
            return Err(s3_error!(NoSuchBucket));
        }
        if input.delimiter.is_some() {
            return Err(s3_error!(NotImplemented, "nobody asks for directories"));
        }
        let prefix = input.prefix.clone().unwrap_or_default();
        let after = input.continuation_token.clone().or(input.start_after);
        let objects = self.0.objects.lock().unwrap();
        let is_later = |key: &str| after.as_deref().is_none_or(|after| key > after);
        let of_prefix = objects.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        let mut found = of_prefix.filter(|(key, _)| is_later(key)).peekable();
        let contents: Vec<Object> = found
            .by_ref()
            .take(PAGE)
            .map(|(key, stored)| Object {
                key: Some(key.clone()),
                size: Some(stored.bytes.len() as i64),
                e_tag: Some(ETag::Strong(stored.etag.clone())),
                last_modified: Some(at(stored.modified_at)),
                ..Object::default()
            })
            .collect();
        let is_truncated = found.peek().is_some();
        let next_continuation_token = contents.last().and_then(|last| last.key.clone()).filter(|_| is_truncated);
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            key_count: Some(contents.len() as i32),
            contents: Some(contents),
            is_truncated: Some(is_truncated),
            next_continuation_token,
            ..ListObjectsV2Output::default()
        }))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let stored = self.0.get(&request.input.bucket, &request.input.key)?;
        Ok(S3Response::new(HeadObjectOutput {
            content_length: Some(stored.bytes.len() as i64),
            e_tag: Some(ETag::Strong(stored.etag)),
            last_modified: Some(at(stored.modified_at)),
            ..HeadObjectOutput::default()
        }))
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let stored = self.0.get(&input.bucket, &input.key)?;
        let wanted = request.headers.get("if-match").map(|wanted| wanted.to_str().unwrap().trim_matches('"'));
        if wanted.is_some_and(|wanted| wanted != stored.etag) {
            return Err(s3_error!(PreconditionFailed));
        }
        let Some(range) = input.range else { return Err(s3_error!(InvalidRequest, "only ranges are read here")) };
        let range = range.check(stored.bytes.len() as u64)?;
        let bytes = stored.bytes.slice(range.start as usize..range.end as usize);
        Ok(S3Response::new(GetObjectOutput {
            content_length: Some(bytes.len() as i64),
            content_range: Some(format!("bytes {}-{}/{}", range.start, range.end - 1, stored.bytes.len())),
            body: Some(StreamingBlob::from(s3s::Body::from(bytes))),
            e_tag: Some(ETag::Strong(stored.etag)),
            last_modified: Some(at(stored.modified_at)),
            ..GetObjectOutput::default()
        }))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        if request.input.bucket != self.0.name {
            return Err(s3_error!(NoSuchBucket));
        }
        let mut objects = self.0.objects.lock().unwrap();
        let mut deleted = Vec::new();
        for object in request.input.delete.objects {
            objects.remove(&object.key);
            deleted.push(DeletedObject { key: Some(object.key), ..DeletedObject::default() });
        }
        Ok(S3Response::new(DeleteObjectsOutput { deleted: Some(deleted), ..DeleteObjectsOutput::default() }))
    }
}
