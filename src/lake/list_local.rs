//! Listing of local directories: a walk on a thread of its own, which waits for who takes its pages.

use super::list::{Listed, PAGE, hidden, marker};
use super::source::local_file;
use crate::warehouse::Location;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use skep_core::lake::Finding;
use skep_core::{Error, Result};
use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Pages that wait to be taken.
const PAGES_WAITING: usize = 4;

pub(super) fn list(prefix: Location) -> BoxStream<'static, Result<Vec<Listed>>> {
    let (sender, receiver) = channel(PAGES_WAITING);
    // begun when the first page is asked for
    let walk = move || {
        tokio::task::spawn_blocking(move || {
            let mut walk = Walk { prefix, root: PathBuf::new(), page: Vec::with_capacity(PAGE), sender };
            if let Err(Stop::Failed(e)) = walk.run() {
                let _ = walk.sender.blocking_send(Err(e));
            }
        });
    };
    let next = |(mut receiver, walk): (Receiver<Result<Vec<Listed>>>, Option<_>)| async move {
        if let Some(walk) = walk {
            let begin: Box<dyn FnOnce() + Send> = walk;
            begin();
        }
        let page = receiver.recv().await?;
        Some((page, (receiver, None)))
    };
    stream::unfold((receiver, Some(Box::new(walk) as Box<dyn FnOnce() + Send>)), next).boxed()
}

/// Why a walk ends early.
enum Stop {
    Failed(Error),
    /// Nobody takes the pages any more.
    Left,
}

struct Walk {
    prefix: Location,
    /// The prefix, links resolved: links below it may not lead out of it.
    root: PathBuf,
    page: Vec<Listed>,
    sender: Sender<Result<Vec<Listed>>>,
}

impl Walk {
    fn run(&mut self) -> Result<(), Stop> {
        let start = PathBuf::from(self.prefix.path());
        let failed = |e: &io::Error| {
            let kind = if e.kind() == io::ErrorKind::NotFound { Error::not_found } else { Error::meta };
            Stop::Failed(kind(format!("Cannot list {}: {e}", self.prefix)))
        };
        let found = fs::metadata(&start).map_err(|e| failed(&e))?;
        self.root = fs::canonicalize(&start).map_err(|e| failed(&e))?;
        if found.is_file() {
            self.page.push(Listed::File(local_file(self.prefix.clone(), &found)));
            return self.send();
        }
        let mut pending = vec![start];
        while let Some(directory) = pending.pop() {
            self.directory(&directory, &mut pending)?;
        }
        self.send()
    }

    fn directory(&mut self, directory: &Path, pending: &mut Vec<PathBuf>) -> Result<(), Stop> {
        let failed =
            |e: io::Error| Stop::Failed(Error::meta(format!("Cannot list {}: {e}", directory.to_string_lossy())));
        for entry in fs::read_dir(directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(why) = hidden(&name, kind.is_dir()).or_else(|| marker(&name)) {
                self.skip(&entry, why)?;
            } else if kind.is_dir() {
                pending.push(entry.path());
            } else {
                self.file(&entry, kind, &name).map_err(|stop| match stop {
                    Ok(stop) => stop,
                    Err(e) => failed(e),
                })?;
            }
        }
        Ok(())
    }

    fn file(&mut self, entry: &DirEntry, kind: FileType, name: &str) -> Result<(), Result<Stop, io::Error>> {
        let path = entry.path();
        if kind.is_symlink() && !self.leads_inside(&path) {
            let why = "It is a link that leads to a directory or out of the prefix: it is not followed";
            return self.skip(entry, Finding::warning("link", why)).map_err(Ok);
        }
        let found = match fs::metadata(&path) {
            // gone since its directory was read
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(Err)?,
        };
        if !found.is_file() {
            return self.skip(entry, Finding::warning("special", "It is neither a file nor a directory")).map_err(Ok);
        }
        if found.len() == 0 && !name.ends_with(".parquet") {
            return self.skip(entry, Finding::info("marker", format!("{name} has no bytes"))).map_err(Ok);
        }
        let location = path.to_str().and_then(|text| Location::file(text).ok().filter(|at| at.path() == text));
        let Some(location) = location else {
            return self.skip(entry, Finding::error("unnameable", "No location can name it")).map_err(Ok);
        };
        self.push(Listed::File(local_file(location, &found))).map_err(Ok)
    }

    /// Whether a link leads to a file below the prefix.
    fn leads_inside(&self, link: &Path) -> bool {
        fs::canonicalize(link).is_ok_and(|target| target.starts_with(&self.root) && target.is_file())
    }

    fn skip(&mut self, entry: &DirEntry, why: Finding) -> Result<(), Stop> {
        self.push(Listed::Skipped(format!("file:{}", entry.path().to_string_lossy()), why))
    }

    fn push(&mut self, listed: Listed) -> Result<(), Stop> {
        self.page.push(listed);
        if self.page.len() == PAGE { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Stop> {
        if self.page.is_empty() {
            return Ok(());
        }
        let page = std::mem::replace(&mut self.page, Vec::with_capacity(PAGE));
        self.sender.blocking_send(Ok(page)).map_err(|_| Stop::Left)
    }
}
