//! What lies below a prefix.

use super::lake::{Lake, LakeFile};
use super::list_local;
use super::source::object_file;
use crate::warehouse::{Location, ObjectStores};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::ObjectMeta;
use object_store::path::Path as Key;
use skep_core::lake::Finding;
use skep_core::{Error, Kind, Result};

/// How many entries one page of a listing has.
pub(super) const PAGE: usize = 1000;

/// So many objects are looked at for one that ends as it must.
const ENTRIES_SEEN: usize = 10_000;

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    File(LakeFile),
    /// What is no data file, and why: a code of `hidden`, `marker`, `link`, `special` or `unnameable` (the last is an
    /// error: data that no location can name).
    Skipped(String, Finding),
}

/// Why an entry whose path below the prefix is `below` is none of the table's: some name in it is hidden. As Spark has
/// it, a directory `_code=1` is a partition.
pub(super) fn hidden(below: &str, is_directory: bool) -> Option<Finding> {
    let (directories, last) = below.rsplit_once('/').unwrap_or(("", below));
    let is_partition = |name: &str| name.starts_with('_') && name.contains('=');
    // `.` and `..` are names in a bucket alone, where they hide nothing: no location can name what lies there.
    let is_hidden = |name: &&str| name.starts_with(['_', '.']) && !matches!(*name, "." | "..");
    let above = directories.split('/').filter(|name| !is_partition(name));
    let name = above.chain((!is_directory || !is_partition(last)).then_some(last)).find(is_hidden)?;
    Some(Finding::info("hidden", format!("{name} begins with {:?}: readers pass it over", &name[..1])))
}

/// Why a file without bytes is left out: stores and jobs leave such in place of directories.
pub(super) fn marker(name: &str) -> Option<Finding> {
    name.ends_with("_$folder$").then(|| Finding::info("marker", format!("{name} stands for a directory")))
}

impl Lake {
    /// All files below `prefix` (or `prefix` itself, if it is a file), in pages as they come, in no promised order.
    /// After an error nothing comes any more, and what came was not all. Memory is bounded by some pages.
    ///
    /// # Errors
    /// NotFound where a local prefix or a bucket is not there; InvalidOperation where access is refused; Unavailable
    /// for a listing of an object store that broke off; Meta for a place that cannot be opened. An object store has no directories: a prefix without keys is an empty list.
    pub fn list(&self, prefix: &Location) -> BoxStream<'static, Result<Vec<Listed>>> {
        if prefix.is_file() {
            return list_local::list(prefix.clone());
        }
        if !ObjectStores::knows(prefix) {
            let e = Error::meta(format!("{prefix} cannot be listed; files can lie in file:, s3:, gs: and abfs:"));
            return stream::once(async { Err(e) }).boxed();
        }
        let (store, key) = match self.stores.store(prefix) {
            Ok(opened) => opened,
            Err(e) => return stream::once(async { Err(e) }).boxed(),
        };
        let prefix = prefix.clone();
        let root = prefix.clone();
        let objects = store.list((!key.is_root()).then_some(&key));
        // A prefix without anything below may be a file's own name.
        let own = prefix.clone();
        let itself = async move {
            match object_store::ObjectStoreExt::head(store.as_ref(), &key).await {
                Ok(found) if found.size > 0 => Ok(vec![Listed::File(object_file(own, found))]),
                Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
                Err(e) => Err(failed("look at", &own, &e)),
            }
        };
        let entries = objects.map_ok(move |object| entry(&prefix, object));
        let pages = entries.try_chunks(PAGE).map_err(move |e| failed("list", &root, &e.1));
        if_empty(pages.boxed(), itself).boxed()
    }
}

impl Lake {
    /// Tells whether a directory is there that holds anything, and whether a name in it ends with `suffix`. What may not
    /// be listed is not there.
    ///
    /// # Errors
    /// Unavailable where that cannot be found out now.
    pub async fn has_entry(&self, directory: &Location, suffix: &str) -> Result<bool> {
        if directory.is_file() {
            let Ok(mut entries) = tokio::fs::read_dir(directory.path()).await else { return Ok(false) };
            while let Ok(Some(entry)) = entries.next_entry().await {
                if entry.file_name().to_string_lossy().ends_with(suffix) {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        let (store, key) = self.stores.store(directory)?;
        let mut objects = store.list(Some(&key)).take(ENTRIES_SEEN).boxed();
        loop {
            match objects.try_next().await {
                Ok(Some(object)) if ObjectStores::raw_key(&object.location).ends_with(suffix) => return Ok(true),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(false),
                Err(e) => match failed("list", directory, &e) {
                    error if error.kind == Kind::Unavailable => return Err(error),
                    _ => return Ok(false),
                },
            }
        }
    }
}

/// What a store's error means for who asked: refused access is to be mended first, all else may be over soon.
fn failed(doing: &str, location: &Location, e: &object_store::Error) -> Error {
    let message = format!("Cannot {doing} {location}: {e}");
    // Of a listing, object_store tells the status in its text alone.
    let status = message.split_once(" status code: ").and_then(|(_, status)| status.get(..3));
    let kind = match (e, status) {
        (object_store::Error::NotFound { .. }, _) | (_, Some("404")) => Kind::NotFound,
        (object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }, _)
        | (_, Some("401" | "403")) => Kind::InvalidOperation,
        _ => Kind::Unavailable,
    };
    Error::new(kind, message)
}

/// The pages, or else what `instead` gives; ends after an error.
fn if_empty(
    pages: BoxStream<'static, Result<Vec<Listed>>>,
    instead: impl Future<Output = Result<Vec<Listed>>> + Send + 'static,
) -> impl futures_util::Stream<Item = Result<Vec<Listed>>> + Send {
    stream::unfold((pages, Some(instead), false), |(mut pages, instead, is_done)| async move {
        if is_done {
            return None;
        }
        match (pages.next().await, instead) {
            (Some(page), _) => {
                let is_done = page.is_err();
                Some((page, (pages, None, is_done)))
            }
            (None, Some(instead)) => Some((instead.await, (pages, None, true))),
            (None, None) => None,
        }
    })
}

fn entry(prefix: &Location, object: ObjectMeta) -> Listed {
    let key = ObjectStores::raw_key(&object.location).into_owned();
    let root = prefix.path().trim_start_matches('/');
    let below = key.strip_prefix(root).unwrap_or(&key).trim_start_matches('/').to_owned();
    let uri = format!("{}://{}/{key}", prefix.scheme(), prefix.authority());
    let name = below.rsplit('/').next().unwrap_or_default();
    if object.size == 0 && key.ends_with('/') {
        return Listed::Skipped(uri, Finding::info("marker", "It stands for a directory"));
    }
    if let Some(why) = hidden(&below, false).or_else(|| marker(name)) {
        return Listed::Skipped(uri, why);
    }
    match Location::parse(&uri) {
        // what a location would read otherwise names another object
        Ok(location) if location.path().strip_prefix('/') == Some(key.as_str()) && Key::parse(&key).is_ok() => {
            if object.size == 0 && !name.ends_with(".parquet") {
                return Listed::Skipped(uri, Finding::info("marker", format!("{name} has no bytes")));
            }
            Listed::File(object_file(location, object))
        }
        _ => Listed::Skipped(uri, Finding::error("unnameable", format!("No location can name the object {key:?}"))),
    }
}
