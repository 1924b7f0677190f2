//! The warehouse itself: one asynchronous door to local directories and object stores.

use super::config::WarehouseConfig;
use super::deletion::{Deletion, Removal, Renamed};
use super::guard::{Guard, Place};
use super::layout::Layout;
use super::local::{self, Created, Maker};
use super::location::Location;
use super::objects::{self, ObjectStores};
use super::permission::{self, Account};
use super::summary::{self, FilesSummary};
use super::trash::Trash;
use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use skep_core::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The wall clock in milliseconds since 1970, for names in the trash.
pub type NowMillis = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How many listings of object stores run at once for one call.
const LISTINGS_MAX: usize = 16;

/// Fewer directories of one call are not worth another thread.
const DIRECTORIES_A_THREAD: usize = 250;

/// So many threads make the directories of one call at most.
const DIRECTORY_THREADS_MAX: usize = 4;

/// The directories of databases, tables and partitions. Cheap to clone. File operations run on the blocking pool;
/// call nothing of this within a write transaction.
#[derive(Clone)]
pub struct Warehouse {
    inner: Arc<Inner>,
}

struct Inner {
    layout: Layout,
    guard: Guard,
    trash: Option<Trash>,
    storage_checks: bool,
    stores: Arc<ObjectStores>,
    now_millis: NowMillis,
}

impl Warehouse {
    /// Checks the configuration; touches nothing.
    ///
    /// Errors (`Meta`): a root that is no location, a `file:` root that is the root of the file system, an allowed
    /// root of a kind that cannot be opened, trash without a home directory.
    pub fn new(config: WarehouseConfig, now_millis: NowMillis) -> Result<Self> {
        let managed = root_parse(&config.managed_root)?;
        let external = config.external_root.as_deref().filter(|text| !text.trim().is_empty()).map(root_parse);
        let layout = Layout::new(managed, external.transpose()?);
        let mut roots = vec![layout.managed_root().clone(), layout.external_root().clone()];
        for text in &config.allowed_roots {
            let root = root_parse(text)?;
            if !root.is_file() && !ObjectStores::knows(&root) {
                return Err(Error::meta(format!(
                    "The allowed root {root} cannot be opened; allowed are file:, s3:, gs: and abfs: with a bucket"
                )));
            }
            roots.push(root);
        }
        // a root of another kind (hdfs:) is a place for tables that is never touched
        roots.retain(|root| root.is_file() || ObjectStores::knows(root));
        let environment_home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
        let trash_home = config.trash_home.or_else(|| environment_home.clone());
        let trash = match (config.trash_interval_minutes, &trash_home) {
            (0, _) => None,
            (_, Some(home)) if home.is_absolute() => Some(Trash::new(home)),
            _ => {
                return Err(Error::meta(
                    "The trash is on but there is no home directory for it; set trash_home or HOME",
                ));
            }
        };
        let protected =
            environment_home.into_iter().chain(trash_home).chain(trash.as_ref().map(|t| t.root().to_owned()));
        let guard = Guard::new(config.file_scope, &roots, protected.filter(|path| path.is_absolute()).collect());
        let stores = Arc::new(ObjectStores::new(config.object_store_options, config.object_store_retry));
        let storage_checks = config.storage_checks;
        Ok(Self { inner: Arc::new(Inner { layout, guard, trash, storage_checks, stores, now_millis }) })
    }

    /// Where things lie by default.
    pub fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    /// The object stores, for who reads data files. Nothing is deleted through them.
    pub fn objects(&self) -> Arc<ObjectStores> {
        Arc::clone(&self.inner.stores)
    }

    /// Makes the local roots; for the start of the server.
    pub async fn roots_create(&self) -> Result<()> {
        self.blocking(|inner| {
            inner.guard.file_roots().iter().try_for_each(|root| {
                std::fs::create_dir_all(root).map_err(|e| local::failed("create the warehouse", root, &e))
            })
        })
        .await
    }

    /// Makes a directory and its parents, for the user `owner` where that can be. What is no directory of ours (an
    /// object store, an untouched place) is a success that made nothing.
    pub async fn directory_create(&self, location: &Location, owner: Option<&str>) -> Result<Created> {
        let created = self.directories_create(vec![location.clone()], owner).await?.pop();
        created.ok_or_else(|| Error::internal("A directory was not made"))
    }

    /// Makes many directories or none, in their order; a great many by several threads, each of which makes neighbours.
    pub async fn directories_create(&self, locations: Vec<Location>, owner: Option<&str>) -> Result<Vec<Created>> {
        let count = locations.len();
        let threads = (count / DIRECTORIES_A_THREAD).clamp(1, DIRECTORY_THREADS_MAX);
        let size = count.div_ceil(threads).max(1);
        let (locations, owner) = (Arc::<[Location]>::from(locations), owner.map(Arc::<str>::from));
        let parts = (0..count).step_by(size).map(|begin| {
            let (locations, owner) = (Arc::clone(&locations), owner.clone());
            let part = begin..count.min(begin + size);
            self.blocking(move |inner| Ok(inner.create_all(&locations[part], owner.as_deref())))
        });
        let (mut done, mut outcome) = (Vec::with_capacity(count), Ok(()));
        for part in join_all(parts).await {
            let (created, made) = part.unwrap_or_else(|e| (Vec::new(), Err(e)));
            done.extend(created);
            outcome = outcome.and(made);
        }
        // Only now: what one thread made may lie in what another one did.
        if let Err(e) = outcome {
            self.directories_undo(done).await?;
            return Err(e);
        }
        Ok(done)
    }

    /// Takes back directories that were made for a commit which failed, as far as they are still empty.
    pub async fn directories_undo(&self, created: Vec<Created>) -> Result<()> {
        self.blocking(move |_| {
            local::undo(&created);
            Ok(())
        })
        .await
    }

    /// Whether something is there. In an untouched place: yes.
    pub async fn directory_exists(&self, location: &Location) -> Result<bool> {
        match self.place(location).await? {
            Place::Untouched => Ok(true),
            Place::File(path) => {
                self.blocking(move |_| match std::fs::metadata(&path) {
                    Ok(_) => Ok(true),
                    Err(e) if super::guard::is_missing(&e) => Ok(false),
                    Err(e) => Err(local::failed("look at", &path, &e)),
                })
                .await
            }
            Place::Objects => {
                let (store, key) = self.inner.stores.store(location)?;
                objects::exists(store.as_ref(), &key).await.map_err(|e| objects::failed("list", location, &e))
            }
        }
    }

    /// Deletes a local directory that holds nothing (HMS: the emptied parents of dropped partitions); says whether it
    /// did.
    pub async fn directory_remove_if_empty(&self, location: &Location) -> Result<bool> {
        match self.place(location).await? {
            Place::File(path) => self.blocking(move |inner| local::remove_if_empty(&inner.guard, &path)).await,
            Place::Objects | Place::Untouched => Ok(false),
        }
    }

    /// Carries out a deletion. May be repeated, and must be after an error.
    pub async fn directory_delete(&self, deletion: &Deletion) -> Result<Removal> {
        self.remove(deletion, false).await
    }

    /// Why this would not be deleted if it were asked for; none where it would, or where nothing is.
    pub async fn directory_kept(&self, location: &Location) -> Result<Option<String>> {
        match self.place(location).await? {
            Place::Untouched => Ok(Some("it is outside of the configured roots".to_owned())),
            Place::File(path) => {
                self.blocking(move |inner| match inner.guard.deletable(&path) {
                    Ok(super::guard::Verdict::No(why)) => Ok(Some(why)),
                    Ok(_) => Ok(None),
                    Err(e) => Err(local::failed("look at", &path, &e)),
                })
                .await
            }
            Place::Objects => {
                Ok(self.inner.guard.holds_object_root(location).then(|| "it is or holds a root".to_owned()))
            }
        }
    }

    /// Deletes all that lies in a directory and keeps the directory, for TRUNCATE.
    pub async fn directory_empty(&self, deletion: &Deletion) -> Result<Removal> {
        self.remove(deletion, true).await
    }

    /// Moves a local directory; makes the parents of `to`.
    ///
    /// Errors (`Meta`): nothing at `from`, something at `to`, `to` within `from`.
    pub async fn directory_rename(&self, from: &Location, to: &Location) -> Result<Renamed> {
        match (self.place(from).await?, self.place(to).await?) {
            (Place::File(from), Place::File(_)) => {
                let to = to.clone();
                let moved = self.blocking(move |inner| local::rename(&inner.guard, &from, &to)).await?;
                Ok(if moved { Renamed::Moved } else { Renamed::Kept })
            }
            _ => Ok(Renamed::Kept),
        }
    }

    /// What lies in a directory; none where it is not ours to look.
    pub async fn files_summary(&self, location: &Location) -> Result<Option<FilesSummary>> {
        match self.place(location).await? {
            Place::Untouched => Ok(None),
            Place::File(path) => self
                .blocking(move |_| summary::files_summary(&path).map_err(|e| local::failed("list", &path, &e)))
                .await
                .map(Some),
            Place::Objects => {
                let (store, key) = self.inner.stores.store(location)?;
                let counted = objects::files_summary(store.as_ref(), &key).await;
                counted.map(Some).map_err(|e| objects::failed("list", location, &e))
            }
        }
    }

    /// [`Self::files_summary`] of many places, in their order.
    pub async fn files_summaries(&self, locations: &[Location]) -> Result<Vec<Option<FilesSummary>>> {
        // Owned, or the compiler finds no caller's future to be Send.
        let listings =
            stream::iter(locations.to_vec()).map(|location| async move { self.files_summary(&location).await });
        listings.buffered(LISTINGS_MAX).try_collect().await
    }

    /// Whether `user` (none: the server's own) may write in the directory: `metastore.authorization.storage.checks`.
    /// HMS asks this of the parents of what is to be dropped. Always yes if the checks are off, and where nothing is
    /// or nothing can be asked.
    pub async fn is_writable(&self, location: &Location, user: Option<&str>) -> Result<bool> {
        if !self.inner.storage_checks {
            return Ok(true);
        }
        match self.place(location).await? {
            Place::File(path) => {
                let user = user.map(str::to_owned);
                self.blocking(move |_| Ok(permission::is_writable(&path, user.as_deref()))).await
            }
            Place::Objects | Place::Untouched => Ok(true),
        }
    }

    async fn remove(&self, deletion: &Deletion, keep_directory: bool) -> Result<Removal> {
        match self.place(&deletion.location).await? {
            Place::Untouched => Ok(Removal::Kept("it is outside of the configured roots".to_owned())),
            Place::File(path) => {
                let skip_trash = deletion.skip_trash;
                self.blocking(move |inner| {
                    let trash = inner.trash.as_ref().filter(|_| !skip_trash);
                    let now = (inner.now_millis)();
                    if keep_directory {
                        local::empty(&inner.guard, trash, &path, now)
                    } else {
                        local::delete(&inner.guard, trash, &path, now)
                    }
                })
                .await
            }
            Place::Objects => self.objects_delete(&deletion.location).await,
        }
    }

    async fn objects_delete(&self, location: &Location) -> Result<Removal> {
        if self.inner.guard.holds_object_root(location) {
            tracing::warn!(%location, "data is kept: the location is or holds a root");
            return Ok(Removal::Kept("it is or holds a root".to_owned()));
        }
        let (store, key) = self.inner.stores.store(location)?;
        match objects::delete(store.as_ref(), &key, &[]).await {
            Ok(true) => Ok(Removal::Deleted),
            Ok(false) => Ok(Removal::Missing),
            Err(e) => Err(objects::failed("delete", location, &e)),
        }
    }

    async fn place(&self, location: &Location) -> Result<Place> {
        if !self.inner.guard.place_reads(location) {
            return self.inner.place(location);
        }
        let location = location.clone();
        self.blocking(move |inner| inner.place(&location)).await
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(result) => result,
            Err(e) => Err(Error::internal(format!("A file operation broke off: {e}"))),
        }
    }
}

impl Inner {
    fn place(&self, location: &Location) -> Result<Place> {
        self.guard.place(location).map_err(|e| local::failed("look at", Path::new(location.path()), &e))
    }

    /// Makes directories one after the other until one fails; gives what was made, of that one too.
    fn create_all(&self, locations: &[Location], owner: Option<&str>) -> (Vec<Created>, Result<()>) {
        let account = owner.and_then(Account::by_name);
        let mut maker = Maker::new(&self.guard, account.as_ref());
        let mut done = Vec::with_capacity(locations.len());
        let outcome = locations.iter().try_for_each(|location| {
            let mut created = Created::default();
            let outcome = match self.place(location) {
                Ok(Place::File(path)) => maker.create(&path, &mut created),
                other => other.map(drop),
            };
            done.push(created);
            outcome
        });
        (done, outcome)
    }
}

/// A root of the configuration. `file:dir` and `dir` are taken from the working directory.
fn root_parse(text: &str) -> Result<Location> {
    let text = text.trim();
    let path = text.strip_prefix("file:").unwrap_or(text);
    let is_relative = !path.is_empty() && !path.starts_with('/') && !path.contains(':');
    let root = if is_relative {
        let here = std::env::current_dir().map_err(|e| local::failed("find", Path::new("."), &e))?;
        let absolute = here.join(path);
        Location::file(
            absolute.to_str().ok_or_else(|| Error::meta(format!("The root {} is not UTF-8", absolute.display())))?,
        )?
    } else {
        Location::parse(text)?
    };
    if root.is_file() && root.is_root() {
        return Err(Error::meta("The root of the file system can't be a root of the warehouse"));
    }
    Ok(root)
}

#[cfg(test)]
mod tests;
