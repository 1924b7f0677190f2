//! Directories of object stores, which are prefixes of keys: there is nothing to make, a deletion is a listing and a
//! deletion of each key, a rename does not exist.

use super::summary::{FilesSummary, is_hidden};
use futures_util::{StreamExt, TryStreamExt, future};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, RetryConfig};
use skep_core::Location;
use skep_core::{Error, Result};
use std::collections::{BTreeMap, HashMap};
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
                let mut builder = AmazonS3Builder::from_env();
                for (option, value) in &self.options {
                    if let Ok(option) = option.to_ascii_lowercase().parse() {
                        builder = builder.with_config(option, value);
                    }
                }
                Ok(Arc::new(builder.with_bucket_name(location.authority()).with_retry(retry).build()?))
            }
            "gs" => {
                let mut builder = GoogleCloudStorageBuilder::from_env();
                for (option, value) in &self.options {
                    if let Ok(option) = option.to_ascii_lowercase().parse() {
                        builder = builder.with_config(option, value);
                    }
                }
                Ok(Arc::new(builder.with_bucket_name(location.authority()).with_retry(retry).build()?))
            }
            _ => {
                let mut builder = MicrosoftAzureBuilder::from_env();
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

/// All objects below a prefix. An object whose key *is* the prefix (an empty one stands for a directory) is not below.
fn below<'a>(
    store: &dyn ObjectStore,
    prefix: &'a Key,
) -> impl futures_util::Stream<Item = object_store::Result<ObjectMeta>> + Send + use<'a> {
    let all = (!prefix.is_root()).then_some(prefix);
    store.list(all).try_filter(move |object| future::ready(object.location != *prefix))
}

/// Whether anything lies below the prefix.
pub(super) async fn exists(store: &dyn ObjectStore, prefix: &Key) -> object_store::Result<bool> {
    Ok(below(store, prefix).boxed().try_next().await?.is_some())
}

/// Deletes all below the prefix and says whether there was anything. The store's own client bounds how many requests
/// run at once. Keys that vanish meanwhile are fine.
pub(super) async fn delete(store: &dyn ObjectStore, prefix: &Key, except: &[Key]) -> object_store::Result<bool> {
    let owned = prefix.clone();
    let except = except.to_vec();
    let listing = store.list((!prefix.is_root()).then_some(prefix));
    let keys = listing
        .try_filter(move |object| {
            let stays = object.location == owned || except.iter().any(|kept| object.location.prefix_matches(kept));
            future::ready(!stays)
        })
        .map_ok(|object| object.location)
        .boxed();
    let mut gone = store.delete_stream(keys);
    let mut any = false;
    while let Some(result) = gone.next().await {
        match result {
            Ok(_) => any = true,
            Err(object_store::Error::NotFound { .. }) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(any)
}

/// Counts the visible objects below the prefix.
pub(super) async fn files_summary(store: &dyn ObjectStore, prefix: &Key) -> object_store::Result<FilesSummary> {
    let mut summary = FilesSummary::nothing();
    let mut objects = below(store, prefix).boxed();
    while let Some(object) = objects.try_next().await? {
        summary.is_empty = false;
        let hidden = match object.location.prefix_match(prefix) {
            Some(mut parts) => parts.any(|part| is_hidden(part.as_ref()) || part.as_ref().ends_with("_$folder$")),
            None => true,
        };
        if !hidden {
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
