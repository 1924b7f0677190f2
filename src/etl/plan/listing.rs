//! Listings for a plan: of partitions whose files nobody registered. Some are made ahead, so that a store's latency is
//! not paid for each partition; each holds some pages at most.

use std::collections::VecDeque;

use futures_util::TryStreamExt as _;
use skep_core::lake::TableFormat;
use skep_core::{Error, Kind, Result};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::scan::Waiting;
use crate::etl::register::formats::{format_finding, format_listed};
use crate::lake::{Lake, Listed};
use crate::warehouse::{Location, ObjectStores};

/// Listings at a time.
const AHEAD: usize = 8;

/// Those under way, in the order of their partitions.
#[derive(Default)]
pub(in crate::etl) struct Listings(VecDeque<Receiver<Result<Vec<Listed>>>>);

impl Listings {
    /// Begins listings of the first partitions that wait; those of the first ones are under way already.
    pub fn open_ahead<'w>(&mut self, lake: &Lake, waiting: impl Iterator<Item = &'w Waiting>) {
        let open = self.0.len();
        for waiting in waiting.skip(open).take(AHEAD.saturating_sub(open)) {
            let (sender, receiver) = channel(1);
            tokio::spawn(list(lake.clone(), waiting.location.clone(), sender));
            self.0.push_back(receiver);
        }
    }

    /// The next page of the first listing; none behind its last.
    pub async fn next(&mut self) -> Option<Result<Vec<Listed>>> {
        self.0.front_mut()?.recv().await
    }

    /// The first listing is over.
    pub fn close(&mut self) {
        self.0.pop_front();
    }
}

/// Sends pages until all are sent or nobody takes them any more.
async fn list(lake: Lake, place: String, pages: Sender<Result<Vec<Listed>>>) {
    let location = match located(&place) {
        Ok(location) => location,
        Err(error) => return drop(pages.send(Err(error)).await),
    };
    let mut listing = lake.list(&location);
    loop {
        let page = match listing.try_next().await {
            Ok(Some(page)) => match page.iter().find_map(|entry| format_listed(&location, entry)) {
                Some((format, directory)) => Err(format_error(&format, &directory)),
                None => Ok(page),
            },
            Ok(None) => return,
            // A partition whose directory nobody made has no files.
            Err(error) if error.kind == Kind::NotFound => return,
            Err(error) => Err(error.with_kind(Kind::Unavailable)),
        };
        let is_over = page.is_err();
        if pages.send(page).await.is_err() || is_over {
            return;
        }
    }
}

/// The files that another format's metadata speak for are not those of a listing.
fn format_error(format: &TableFormat, directory: &Location) -> Error {
    Error::invalid_operation(format!("{directory}: {}", format_finding(format, directory).message))
}

fn located(place: &str) -> Result<Location> {
    let refused = |error: Error| error.with_kind(Kind::InvalidOperation);
    // A bare root has lost its slash.
    let location = Location::parse(place).or_else(|_| Location::parse(&format!("{place}/"))).map_err(refused)?;
    if location.is_file() || ObjectStores::knows(&location) {
        return Ok(location);
    }
    Err(Error::invalid_operation("only file:, s3:, gs: and abfs: can be; register the files"))
}
