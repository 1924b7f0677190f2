//! Data that only expired versions knew: told of, and deleted on command alone. A place is in use, and so neither told of
//! nor deleted, as long as a table or partition lies there, below it or around it, by any version that is kept.

use std::collections::BTreeMap;

use skep_core::{Error, Location, Result};

use super::metastore::Metastore;
use super::places::Going;
use super::reference::TableRef;
use crate::store::{ExpiredPlace, Txn};
use crate::warehouse::Deletion;

/// So many places are looked at at a time: all partitions that could lie there are read for them.
const PAGE_MAX: usize = 1_000;

/// Which places.
#[derive(Debug, Clone, Default)]
pub struct ExpiredQuery {
    /// None: of all tables, also of dropped ones.
    pub table: Option<TableRef>,
    /// Behind this one.
    pub after: i64,
    pub limit: usize,
}

/// A place that nobody refers to any more, and what lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    pub place: ExpiredPlace,
    /// None where nobody may look.
    pub files: Option<u64>,
    pub bytes: Option<u64>,
    /// Why it would not be deleted.
    pub kept: Option<String>,
}

/// A page of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpiredPage {
    pub places: Vec<Expired>,
    /// Where the next page begins; none behind the last.
    pub next: Option<i64>,
}

impl Metastore {
    /// A page of expired places that are there and that nobody refers to.
    pub async fn expired_list(&self, query: &ExpiredQuery) -> Result<ExpiredPage> {
        let mut txn = self.store.read().await?;
        let (page, next) = page(&mut txn, query).await?;
        let in_use = self.in_use(&mut txn, &page).await?;
        drop(txn);
        let unused = page.into_iter().zip(in_use).filter(|(_, in_use)| !in_use).map(|(place, _)| place).collect();
        let places = self.look(unused).await?.into_iter().filter(|one| one.files != Some(0)).collect();
        Ok(ExpiredPage { places, next })
    }

    /// A page of all of them, for [`Self::expired_delete`].
    pub async fn expired_look(&self, query: &ExpiredQuery) -> Result<ExpiredPage> {
        let (page, next) = page(&mut self.store.read().await?, query).await?;
        Ok(ExpiredPage { places: self.look(page).await?, next })
    }

    /// Deletes what lies at these places, after the commit, as for a dropped table (so into the trash where there is
    /// one); gives those deleted, and those kept for a reason. Places in use, and such where nothing is any more, are
    /// forgotten.
    pub async fn expired_delete(&self, looked: &ExpiredPage) -> Result<ExpiredPage> {
        let (done, deletions) = self.store.retrying("expired_delete", || self.expired_delete_once(looked)).await?;
        self.tasks_run(deletions).await;
        Ok(done)
    }

    async fn expired_delete_once(&self, looked: &ExpiredPage) -> Result<(ExpiredPage, super::places::Recorded)> {
        let mut txn = self.store.write().await?;
        let all: Vec<ExpiredPlace> = looked.places.iter().map(|one| one.place.clone()).collect();
        let in_use = self.in_use(&mut txn, &all).await?;
        let (mut places, mut over, mut deletions) = (Vec::new(), Vec::new(), Vec::new());
        for (one, in_use) in looked.places.iter().zip(in_use) {
            if in_use || one.files == Some(0) {
                over.push(one.place.id);
                continue;
            }
            if one.kept.is_none() {
                over.push(one.place.id);
                deletions.push(Deletion::new(Location::parse(&one.place.location)?, false));
            }
            places.push(one.clone());
        }
        txn.expired_delete(&over).await?;
        let decided = self.deletions_decide(&mut txn, deletions, &Going::default()).await?;
        txn.commit().await?;
        Ok((ExpiredPage { places, next: looked.next }, decided.recorded))
    }

    /// Which of these places somebody refers to: by the ledger, or by a version that is kept.
    async fn in_use(&self, txn: &mut Txn, all: &[ExpiredPlace]) -> Result<Vec<bool>> {
        let mut used = in_use(txn, all).await?;
        for (one, used) in all.iter().zip(&mut used).filter(|(_, used)| !**used) {
            let Ok(location) = Location::parse(&one.location) else { continue };
            let keys = self.warehouse.deletion_keys(&[location]).await.pop().unwrap_or_default();
            *used = self.place_is_shared(txn, &keys, &Going::default()).await?;
        }
        Ok(used)
    }

    /// What lies there.
    async fn look(&self, places: Vec<ExpiredPlace>) -> Result<Vec<Expired>> {
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            let Ok(location) = Location::parse(&place.location) else {
                let kept = Some("it is no location".to_owned());
                found.push(Expired { place, files: None, bytes: None, kept });
                continue;
            };
            let summary = self.warehouse.files_summary(&location).await?;
            let kept = self.warehouse.directory_kept(&location).await?;
            // Hidden files are files, too: only what is empty is over.
            let files = summary.map(|s| if s.is_empty { 0 } else { s.num_files.max(1) });
            found.push(Expired { place, files, bytes: summary.map(|s| s.total_size), kept });
        }
        Ok(found)
    }
}

async fn page(txn: &mut Txn, query: &ExpiredQuery) -> Result<(Vec<ExpiredPlace>, Option<i64>)> {
    let limit = query.limit.clamp(1, PAGE_MAX);
    let table = query.table.as_ref().map(ToString::to_string);
    let page = txn.expired_list(table.as_deref(), query.after, limit as i64).await?;
    let next = page.last().map(|last| last.id).filter(|_| page.len() == limit);
    Ok((page, next))
}

/// Candidates by their paths: schemes that mean the same store are one.
struct Candidates {
    by_path: BTreeMap<String, Vec<usize>>,
    places: Vec<Option<Location>>,
    in_use: Vec<bool>,
}

impl Candidates {
    /// Those at or above a place.
    fn around(&self, place: &Location) -> Vec<usize> {
        let above = std::iter::successors(Some(place.clone()), Location::parent);
        let at = |place: Location| self.by_path.get(place.path()).cloned().unwrap_or_default();
        let is_it = |at: &usize| self.places[*at].as_ref().is_some_and(|candidate| place.is_within(candidate));
        above.flat_map(at).filter(is_it).collect()
    }

    /// Those below a place.
    fn below(&self, place: &Location) -> Vec<usize> {
        let first = if place.is_root() { "/".to_owned() } else { format!("{}/", place.path()) };
        let range = self.by_path.range(first.clone()..).take_while(|(path, _)| path.starts_with(&first));
        let is_it = |at: &usize| self.places[*at].as_ref().is_some_and(|candidate| candidate.is_within(place));
        range.flat_map(|(_, at)| at.iter().copied()).filter(is_it).collect()
    }

    fn note(&mut self, place: &str, what_is_below_too: bool) {
        // What is no location is nowhere.
        let Ok(place) = Location::parse(place) else { return };
        for at in self.around(&place) {
            self.in_use[at] = true;
        }
        if what_is_below_too {
            for at in self.below(&place) {
                self.in_use[at] = true;
            }
        }
    }
}

/// Which of these places somebody refers to.
async fn in_use(txn: &mut Txn, all: &[ExpiredPlace]) -> Result<Vec<bool>> {
    let places: Vec<Option<Location>> = all.iter().map(|one| Location::parse(&one.location).ok()).collect();
    let mut by_path: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        if let Some(place) = place {
            by_path.entry(place.path().to_owned()).or_default().push(at);
        }
    }
    if by_path.is_empty() {
        return Ok(vec![false; all.len()]);
    }
    let mut candidates = Candidates { by_path, in_use: vec![false; places.len()], places };
    // A partitioned table owns what its partitions have; any other all that lies below it.
    txn.place_tables(|place, _, is_partitioned| candidates.note(place, !is_partitioned)).await?;
    let mut bases = Vec::new();
    for (id, uri) in txn.place_bases().await? {
        let Ok(base) = Location::parse(&uri) else { continue };
        if !candidates.around(&base).is_empty() || !candidates.below(&base).is_empty() {
            bases.push(id);
        }
    }
    txn.place_partitions(&bases, |place| candidates.note(place, true)).await?;
    if candidates.in_use.len() != all.len() {
        return Err(Error::internal("places were lost while they were looked at"));
    }
    Ok(candidates.in_use)
}
