//! Places in the lake: directories on this machine and in object stores.

use std::collections::HashMap;
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};

use crate::error::{Error, Result};

/// Settings of object stores: `KEY=VALUE`, as in the server's configuration.
#[derive(Debug, Clone)]
pub struct StorageOption(pub String, pub String);

impl std::str::FromStr for StorageOption {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("it is written KEY=VALUE")?;
        Ok(Self(key.trim().to_ascii_lowercase(), value.to_owned()))
    }
}

/// A directory.
#[derive(Debug, Clone)]
pub struct Place {
    pub store: Arc<dyn ObjectStore>,
    pub path: Path,
    /// As it was given, without a slash at the end.
    pub uri: String,
}

/// A data file.
#[derive(Debug, Clone)]
pub struct File {
    pub store: Arc<dyn ObjectStore>,
    pub meta: ObjectMeta,
    /// Of the snapshot that is built on, not of the log.
    pub is_base: bool,
}

/// Stores that are open, by scheme and bucket.
#[derive(Debug)]
pub struct Stores {
    options: Vec<StorageOption>,
    open: HashMap<String, Arc<dyn ObjectStore>>,
}

impl Stores {
    pub fn new(options: Vec<StorageOption>) -> Self {
        Self { options, open: HashMap::new() }
    }

    pub fn place(&mut self, uri: &str) -> Result<Place> {
        let (scheme, rest) = uri.split_once(':').unwrap_or(("file", uri));
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
            None => ("", rest),
        };
        let wrong = |why: &dyn std::fmt::Display| Error::about(format!("the place {uri}"), why);
        let key = format!("{scheme}://{authority}");
        let store = match self.open.get(&key) {
            Some(store) => Arc::clone(store),
            None => self.build(scheme, authority).map_err(|error| wrong(&error))?,
        };
        self.open.insert(key, Arc::clone(&store));
        let path = Path::parse(path.trim_matches('/')).map_err(|error| wrong(&error))?;
        Ok(Place { store, path, uri: uri.trim_end_matches('/').to_owned() })
    }

    fn build(&self, scheme: &str, authority: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
        /// Options that a store does not know are another's.
        macro_rules! with_options {
            ($builder:expr) => {{
                let mut builder = $builder;
                for StorageOption(key, value) in &self.options {
                    if let Ok(key) = key.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                builder
            }};
        }
        Ok(match scheme {
            "file" => Arc::new(LocalFileSystem::new()),
            "s3" | "s3a" | "s3n" => {
                Arc::new(with_options!(AmazonS3Builder::from_env()).with_bucket_name(authority).build()?)
            }
            "gs" => Arc::new(with_options!(GoogleCloudStorageBuilder::from_env()).with_bucket_name(authority).build()?),
            "abfs" | "abfss" => {
                let (container, host) =
                    authority.split_once('@').map_or((authority, None), |(c, host)| (c, Some(host)));
                let mut builder = with_options!(MicrosoftAzureBuilder::from_env()).with_container_name(container);
                if let Some(account) = host.and_then(|host| host.split('.').next()) {
                    builder = builder.with_account(account);
                }
                Arc::new(builder.build()?)
            }
            other => {
                let source = format!("the scheme {other:?} is none of file, s3, s3a, gs, abfs, abfss").into();
                return Err(object_store::Error::Generic { store: "skep-compact", source });
            }
        })
    }
}

impl Place {
    /// Data files right in this directory, as engines see them: not those with a dot or an underscore in front.
    pub async fn files(&self) -> Result<Vec<File>> {
        let listed = match self.store.list_with_delimiter(Some(&self.path)).await {
            Ok(listed) => listed.objects,
            Err(object_store::Error::NotFound { .. }) => Vec::new(),
            Err(error) => return Err(Error::about(&self.uri, error)),
        };
        let is_data = |meta: &ObjectMeta| {
            meta.size > 0
                && meta.location != self.path
                && meta.location.filename().is_some_and(|name| !name.starts_with(['.', '_']))
        };
        let file = |meta: ObjectMeta| File { store: Arc::clone(&self.store), meta, is_base: false };
        Ok(listed.into_iter().filter(is_data).map(file).collect())
    }
}
