//! A look at one place, right before something is decided by it.

use futures_util::TryStreamExt as _;
use skep_core::lake::Severity;
use skep_core::{Error, Kind, Result};

use super::lake::{Lake, LakeFile};
use super::list::Listed;
use crate::warehouse::Location;

/// What lies at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Data files, in no order.
    Files(Vec<LakeFile>),
    /// No data file that could be named, but something that may be data: links, special files.
    Unclear(String),
    /// A directory without data files.
    Empty,
    /// Nothing at all.
    Absent,
    /// Nothing, nor is what it should lie in: as if a disk were not mounted.
    Unreachable,
}

impl Lake {
    /// Lists a place whole.
    ///
    /// # Errors
    /// Whatever keeps it from being listed to its end; a bucket that is not there is such a thing.
    pub async fn look(&self, place: &Location) -> Result<Look> {
        let mut files = Vec::new();
        let mut unclear = None;
        let mut is_empty = true;
        let mut pages = self.list(place);
        loop {
            let page = match pages.try_next().await {
                Err(error) if error.kind == Kind::NotFound && place.is_file() => return absent(place).await,
                Err(error) if error.kind == Kind::NotFound => return Err(error.with_kind(Kind::Unavailable)),
                page => page?,
            };
            let Some(page) = page else { break };
            for listed in page {
                is_empty = false;
                match listed {
                    Listed::File(file) => files.push(file),
                    Listed::Skipped(uri, why) if why.severity != Severity::Info => unclear = Some(uri),
                    Listed::Skipped(..) => {}
                }
            }
        }
        Ok(match unclear {
            _ if !files.is_empty() => Look::Files(files),
            Some(uri) => Look::Unclear(uri),
            // Of a local directory an empty listing says that it is there; a store has none.
            None if is_empty && !place.is_file() => Look::Absent,
            None => Look::Empty,
        })
    }
}

/// Of a local place that is not there.
async fn absent(place: &Location) -> Result<Look> {
    let Some(parent) = place.parent() else { return Ok(Look::Unreachable) };
    match tokio::fs::try_exists(parent.path()).await {
        Ok(true) => Ok(Look::Absent),
        Ok(false) => Ok(Look::Unreachable),
        Err(e) => Err(Error::meta(format!("Cannot look at {parent}: {e}"))),
    }
}
