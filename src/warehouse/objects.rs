//! Directories of object stores, which are prefixes of keys: there is nothing to make, a deletion is a listing and a
//! deletion of each key, a rename does not exist.
//!
//! Keys are raw: below `a/b` lies what begins with `a/b/`, whatever follows, and the key `a/b/` too, which stands for the
//! directory itself.

use super::key_connector::{KeyApi, KeyConnector};
use super::key_escape::{key_unescape, raw_key};
use super::key_signature::KeySignature;
use super::summary::{FilesSummary, is_hidden};
use futures_util::{StreamExt, TryStreamExt, future};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, RetryConfig};
use skep_core::Location;
use skep_core::{Error, Result};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long one request is repeated. Deletions are repeated by their job besides.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

/// The schemes of the stores that we can open.
const SCHEMES: [&str; 4] = ["s3", "gs", "abfs", "wasb"];

/// A bucket: scheme and authority.
type Bucket = (String, String);

/// The stores, opened when they are first needed: one for each bucket or container.
pub struct ObjectStores {
    options: BTreeMap<String, String>,
    retry: RetryConfig,
    open: Mutex<HashMap<Bucket, Arc<dyn ObjectStore>>>,
}

impl ObjectStores {
    pub(super) fn new(options: BTreeMap<String, String>, retry_timeout: Option<Duration>) -> Self {
        let retry = RetryConfig { retry_timeout: retry_timeout.unwrap_or(RETRY_TIMEOUT), ..RetryConfig::default() };
        Self { options, retry, open: Mutex::default() }
    }

    /// Whether `location` is of a kind that can be opened.
    pub fn knows(location: &Location) -> bool {
        SCHEMES.contains(&location.store_scheme()) && !location.authority().is_empty()
    }

    /// Gives the key of a listed object as it stands in the bucket. A listing's own is escaped where the library of
    /// object stores cannot hold it, and good for deletions alone.
    pub fn raw_key(listed: &Key) -> Cow<'_, str> {
        raw_key(listed)
    }

    /// The store of `location`, and its key there.
    pub fn store(&self, location: &Location) -> Result<(Arc<dyn ObjectStore>, Key)> {
        let key = Key::parse(location.path())
            .map_err(|e| Error::meta(format!("The location {location} is no key of an object store: {e}")))?;
        let bucket = (location.store_scheme().to_owned(), location.authority().to_owned());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(&bucket) {
            return Ok((Arc::clone(store), key));
        }
        let store = self.build(location).map_err(|e| failed("open the store of", location, &e))?;
        open.insert(bucket, Arc::clone(&store));
        Ok((store, key))
    }

    fn build(&self, location: &Location) -> object_store::Result<Arc<dyn ObjectStore>> {
        tls_provider_set();
        let retry = self.retry.clone();
        match location.store_scheme() {
            "s3" => {
                let signature = KeySignature::default();
                let mut builder =
                    AmazonS3Builder::from_env().with_http_connector(KeyConnector::new(KeyApi::S3(signature.clone())));
                for (option, value) in &self.options {
                    if let Ok(option) = option.to_ascii_lowercase().parse() {
                        builder = builder.with_config(option, value);
                    }
                }
                let store = builder.with_bucket_name(location.authority()).with_retry(retry).build()?;
                signature.credentials_set(store.credentials());
                Ok(Arc::new(store))
            }
            "gs" => {
                let mut builder =
                    GoogleCloudStorageBuilder::from_env().with_http_connector(KeyConnector::new(KeyApi::Gcs));
                for (option, value) in &self.options {
                    if let Ok(option) = option.to_ascii_lowercase().parse() {
                        builder = builder.with_config(option, value);
                    }
                }
                Ok(Arc::new(builder.with_bucket_name(location.authority()).with_retry(retry).build()?))
            }
            _ => {
                let mut builder =
                    MicrosoftAzureBuilder::from_env().with_http_connector(KeyConnector::new(KeyApi::Azure));
                for (option, value) in &self.options {
                    if let Ok(option) = option.to_ascii_lowercase().parse() {
                        builder = builder.with_config(option, value);
                    }
                }
                let (container, account) = container_and_account(location.authority());
                if let Some(account) = account {
                    builder = builder.with_account(account);
                }
                Ok(Arc::new(builder.with_container_name(container).with_retry(retry).build()?))
            }
        }
    }
}

/// `container@account.host` of an `abfs:` location; without a host the account comes from the options.
fn container_and_account(authority: &str) -> (&str, Option<&str>) {
    match authority.split_once('@') {
        Some((container, host)) => (container, host.split('.').next()),
        None => (authority, None),
    }
}

/// The HTTP client asks the process for its TLS provider. If somebody named one before us, that one stays.
fn tls_provider_set() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The error of an operation on a location, as clients read it.
pub(super) fn failed(doing: &str, location: &Location, e: &object_store::Error) -> Error {
    Error::meta(format!("Cannot {doing} {location}: {e}"))
}

/// What of a raw key is below the prefix; empty for the marker of the directory itself.
fn part_below<'k>(raw: &'k str, prefix: &Key) -> Option<&'k str> {
    if prefix.is_root() { Some(raw) } else { raw.strip_prefix(prefix.as_ref())?.strip_prefix('/') }
}

/// Whether a raw key is one of `places` or lies below one.
fn is_within_any(raw: &str, places: &HashSet<String>) -> bool {
    let above = |(at, _)| places.contains(&raw[..at]);
    !places.is_empty() && (places.contains("") || places.contains(raw) || raw.match_indices('/').any(above))
}

/// Whether anything lies below the prefix. The marker of the directory itself does: who made the directory left it.
pub(super) async fn exists(store: &dyn ObjectStore, prefix: &Key) -> object_store::Result<bool> {
    let mut objects = store.list((!prefix.is_root()).then_some(prefix));
    while let Some(object) = objects.try_next().await? {
        if part_below(&raw_key(&object.location), prefix).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes all below the prefix and says whether there was anything. What is or lies below one of `except` stays. The
/// store's own client bounds how many requests run at once. Keys that vanish meanwhile are fine.
///
/// # Errors
/// What a request failed for; also, after all else is deleted, an object that this store's client cannot name.
pub(super) async fn delete(store: &dyn ObjectStore, prefix: &Key, except: &[Key]) -> object_store::Result<bool> {
    let owned = prefix.clone();
    let except: HashSet<String> = except.iter().map(ToString::to_string).collect();
    let listing = store.list((!prefix.is_root()).then_some(prefix));
    let is_meant = move |object: &ObjectMeta| {
        let raw = raw_key(&object.location);
        future::ready(part_below(&raw, &owned).is_some() && !is_within_any(&raw, &except))
    };
    let mut gone = store.delete_stream(listing.try_filter(is_meant).map_ok(|object| object.location).boxed());
    let (mut any, mut left) = (false, None);
    while let Some(result) = gone.next().await {
        match result {
            Ok(_) => any = true,
            Err(object_store::Error::NotFound { path, .. }) => left = left.or(key_unescape(&path)),
            Err(e) => return Err(e),
        }
    }
    match left {
        None => Ok(any),
        Some(raw) => Err(object_store::Error::Generic {
            store: "objects",
            source: format!("the store lists the object {raw:?} and does not find it; if it stays, delete it by hand")
                .into(),
        }),
    }
}

/// Counts the visible objects below the prefix. Markers of directories are none, but say that something is there.
pub(super) async fn files_summary(store: &dyn ObjectStore, prefix: &Key) -> object_store::Result<FilesSummary> {
    let mut summary = FilesSummary::nothing();
    let mut objects = store.list((!prefix.is_root()).then_some(prefix));
    while let Some(object) = objects.try_next().await? {
        let raw = raw_key(&object.location);
        let Some(below) = part_below(&raw, prefix).filter(|below| !below.is_empty()) else { continue };
        summary.is_empty = false;
        let is_none = |name: &str| is_hidden(name) || name.ends_with("_$folder$");
        if !below.ends_with('/') && !below.split('/').any(is_none) {
            summary.add(object.size);
        }
    }
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt;
    use object_store::local::LocalFileSystem;
    use object_store::memory::InMemory;

    async fn fill(store: &dyn ObjectStore, keys: &[&str]) {
        for key in keys {
            store.put(&Key::parse(key).unwrap(), "12345".into()).await.unwrap();
        }
    }

    async fn left(store: &dyn ObjectStore) -> Vec<String> {
        let mut keys: Vec<String> = store.list(None).map_ok(|o| o.location.to_string()).try_collect().await.unwrap();
        keys.sort();
        keys
    }

    #[tokio::test]
    async fn walks_by_segments() {
        let dir = tempfile::tempdir().unwrap();
        let stores: [Box<dyn ObjectStore>; 2] =
            [Box::new(InMemory::new()), Box::new(LocalFileSystem::new_with_prefix(dir.path()).unwrap())];
        for store in stores {
            let store = store.as_ref();
            fill(store, &["wh/t/a%3A=1/f", "wh/t/_tmp/f", "wh/t/g", "wh/t/p_$folder$", "wh/t2/f", "wh/u"]).await;
            let prefix = Key::parse("wh/t").unwrap();
            let counted = files_summary(store, &prefix).await.unwrap();
            assert_eq!(counted, FilesSummary { num_files: 2, total_size: 10, is_empty: false });
            assert!(exists(store, &prefix).await.unwrap());
            assert!(delete(store, &prefix, &[]).await.unwrap());
            assert_eq!(left(store).await, ["wh/t2/f", "wh/u"]);
            assert!(!delete(store, &prefix, &[]).await.unwrap(), "nothing is left to delete");
            assert!(!exists(store, &prefix).await.unwrap());
            assert_eq!(files_summary(store, &prefix).await.unwrap(), FilesSummary::nothing());
        }
    }

    #[tokio::test]
    async fn an_object_named_as_the_directory_is_not_in_it() {
        let store = InMemory::new();
        fill(&store, &["wh/t", "wh/t/f"]).await;
        assert!(delete(&store, &Key::parse("wh/t").unwrap(), &[]).await.unwrap());
        assert_eq!(left(&store).await, ["wh/t"]);
    }

    #[tokio::test]
    async fn what_is_excepted_stays() {
        let keys =
            ["wh/t/a", "wh/t/a_/f", "wh/t/a/b/f", "wh/t/a/b/c/f", "wh/t/a/b2/f", "wh/t/a/g", "wh/t/one", "wh/u/f"];
        let at = |keys: &[&str]| -> Vec<Key> { keys.iter().map(|key| Key::parse(key).unwrap()).collect() };
        let cases: [(&[&str], &[&str]); 6] = [
            (&[], &["wh/u/f"]),
            (&["wh/t/a/b"], &["wh/t/a/b/c/f", "wh/t/a/b/f", "wh/u/f"]),
            (&["wh/t/a/b/c", "wh/t/one", "wh/t/none"], &["wh/t/a/b/c/f", "wh/t/one", "wh/u/f"]),
            (&["wh/t/a"], &["wh/t/a", "wh/t/a/b/c/f", "wh/t/a/b/f", "wh/t/a/b2/f", "wh/t/a/g", "wh/u/f"]),
            (&["wh"], &keys),
            (&[""], &keys),
        ];
        for (except, stays) in cases {
            let store = InMemory::new();
            fill(&store, &keys).await;
            let any = delete(&store, &Key::parse("wh/t").unwrap(), &at(except)).await.unwrap();
            let mut stays = stays.to_vec();
            stays.sort_unstable();
            assert_eq!(left(&store).await, stays, "{except:?}");
            assert_eq!(any, stays.len() < keys.len(), "{except:?}");
        }
    }

    #[test]
    fn raw_keys_lie_below_by_their_letters() {
        let prefix = Key::parse("wh/t").unwrap();
        for (raw, below) in [
            ("wh/t/", Some("")),
            ("wh/t//y", Some("/y")),
            ("wh/t/../q", Some("../q")),
            ("wh/t", None),
            ("wh/t_x", None),
            ("wh/t.parquet", None),
            ("wh/t2/f", None),
        ] {
            assert_eq!(part_below(raw, &prefix), below, "{raw}");
            assert_eq!(part_below(raw, &Key::ROOT), Some(raw));
        }
        let except = HashSet::from(["wh/t/a".to_owned()]);
        for (raw, stays) in
            [("wh/t/a/", true), ("wh/t/a//y", true), ("wh/t/a/../q", true), ("wh/t//a", false), ("wh/t/ab/", false)]
        {
            assert_eq!(is_within_any(raw, &except), stays, "{raw}");
        }
    }

    #[tokio::test]
    async fn deletes_more_than_a_page() {
        let store = InMemory::new();
        for n in 0..2500 {
            store.put(&Key::parse(format!("wh/t/{n}")).unwrap(), "x".into()).await.unwrap();
        }
        assert!(delete(&store, &Key::parse("wh").unwrap(), &[]).await.unwrap());
        assert!(left(&store).await.is_empty());
    }

    #[test]
    fn stores_are_built_from_options() {
        let options = [
            ("AWS_REGION", "eu-west-1"),
            ("aws_access_key_id", "k"),
            ("aws_secret_access_key", "s"),
            ("azure_storage_account_key", "a2V5"),
            ("unknown", "x"),
        ];
        let stores = ObjectStores::new(options.map(|(k, v)| (k.to_owned(), v.to_owned())).into(), None);
        let at = |text: &str| Location::parse(text).unwrap();
        let (first, key) = stores.store(&at("s3a://bucket/wh/dt=a%3Ab")).unwrap();
        assert_eq!(key.as_ref(), "wh/dt=a%3Ab", "keys are literal");
        let (second, _) = stores.store(&at("s3://bucket")).unwrap();
        assert!(Arc::ptr_eq(&first, &second), "one store for each bucket");
        assert!(first.to_string().contains("bucket"), "{first}");
        let (azure, _) = stores.store(&at("abfss://c@acct.dfs.core.windows.net/p")).unwrap();
        assert!(azure.to_string().contains("acct"), "{azure}");
        assert!(stores.store(&at("s3://b/a\tb")).is_err());
        assert!(ObjectStores::knows(&at("gs://b/k")) && !ObjectStores::knows(&at("hdfs://n/k")));
        assert!(!ObjectStores::knows(&at("s3:/k")));
    }
}
