//! What a table says it has, as far as a comparison with the lake needs it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skep_core::Result;
use skep_core::registration::{REGISTERED, is_registered};
use skep_core::stats::NUM_FILES;
use skep_core::table::Table;

use crate::catalog::{Metastore, StoredPartition, TableRef};
use crate::warehouse::Location;

/// A partition of the table.
#[derive(Debug, Clone)]
pub(in crate::etl) struct Known {
    /// Where it does not lie below the table's location by its name.
    pub own: Option<Location>,
    /// Its files are known.
    pub is_registered: bool,
    /// What its statistics say of their number.
    pub file_count: Option<i64>,
    /// Seconds since the epoch.
    pub made_at: i64,
}

/// A table and its partitions, of one version.
pub(in crate::etl) struct State {
    pub table: Arc<Table>,
    pub location: Location,
    /// By name; `""` is a table without keys.
    pub known: BTreeMap<String, Known>,
    /// Partitions with a place of their own, by its path.
    pub by_place: HashMap<String, String>,
}

impl State {
    pub async fn read(metastore: &Metastore, at: &TableRef, location: &Location) -> Result<Self> {
        let mut known = BTreeMap::new();
        let mut by_place = HashMap::new();
        let each = |stored: StoredPartition<'_>| {
            let one = known_of(&stored, location)?;
            if let Some(own) = &one.own {
                by_place.insert(own.path().to_owned(), stored.name.to_owned());
            }
            known.insert(stored.name.to_owned(), one);
            Ok(())
        };
        let table = metastore.publish_state(at, each).await?;
        if !table.is_partitioned() {
            let parameters = &table.parameters;
            let file_count = parameters.get(NUM_FILES).and_then(|count| count.parse().ok());
            let is_registered = is_registered(parameters);
            let made_at = i64::from(table.create_time);
            known.insert(String::new(), Known { own: None, is_registered, file_count, made_at });
        }
        Ok(Self { table, location: location.clone(), known, by_place })
    }

    /// Where a partition lies.
    pub fn place(&self, name: &str) -> Location {
        match self.known.get(name).and_then(|known| known.own.clone()) {
            Some(own) => own,
            None if name.is_empty() => self.location.clone(),
            None => self.location.join(name),
        }
    }

    /// The partition with a place of its own that a file lies in.
    pub fn owner(&self, file: &Location) -> Option<&String> {
        if self.by_place.is_empty() {
            return None;
        }
        let mut path = file.path();
        while let Some((above, _)) = path.rsplit_once('/') {
            if let Some(name) = self.by_place.get(above)
                && self.known.get(name).and_then(|known| known.own.as_ref()).is_some_and(|own| file.is_below(own))
            {
                return Some(name);
            }
            path = above;
        }
        None
    }
}

fn known_of(stored: &StoredPartition<'_>, location: &Location) -> Result<Known> {
    let given = match (stored.location, stored.base) {
        (Some(own), _) => Some(Location::parse(own)?),
        (None, Some(base)) => Some(Location::parse(base)?.join(stored.name)),
        (None, None) => None,
    };
    let own = given.filter(|given| !given.same_place(&location.join(stored.name)));
    let (mut is_registered, mut file_count) = (false, None);
    for (key, value) in stored.parameters()? {
        match &*key {
            REGISTERED => is_registered = value.eq_ignore_ascii_case("true"),
            NUM_FILES => file_count = value.parse().ok(),
            _ => {}
        }
    }
    Ok(Known { own, is_registered, file_count, made_at: i64::from(stored.create_time) })
}
