//! What lies where: events of arrivals by their place's name, snapshots as the Parquet files that a compaction wrote.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, RwLock};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;

use super::super::files::{Values, write};
use super::events::{Arrival, Event};

/// Data never changes at its place, so that what was read once is known.
#[derive(Default)]
pub struct Lake {
    known: RwLock<HashMap<String, Arc<Vec<Event>>>>,
    /// Arrivals that a snapshot has, where this process wrote it.
    folded: RwLock<HashMap<String, Arc<BTreeSet<i64>>>>,
}

impl Lake {
    /// The events at a place; an error where there is nothing.
    pub fn events(&self, location: &str) -> Result<Arc<Vec<Event>>, String> {
        if let Some(known) = self.known.read().unwrap().get(location) {
            return Ok(Arc::clone(known));
        }
        let events = match Arrival::at(location) {
            Some((_, events)) => events,
            None => snapshot(location)?,
        };
        let events = Arc::new(events);
        self.known.write().unwrap().insert(location.to_owned(), Arc::clone(&events));
        Ok(events)
    }

    /// Writes a snapshot of these arrivals and of what its base has.
    pub fn snapshot_write(&self, location: &str, events: &[Event], base: Option<&str>, arrivals: &[i64]) {
        let operation = |event: &Event| Some(if event.is_gone { "D" } else { "U" });
        let columns = vec![
            ("id", Values::Long(events.iter().map(|event| event.id).collect())),
            ("op", Values::Text(events.iter().map(operation).collect())),
            ("seq", Values::Long(events.iter().map(|event| event.seq).collect())),
        ];
        write(&path(location).join("part-0.parquet"), &[columns]);
        let mut folded: BTreeSet<i64> = arrivals.iter().copied().collect();
        let base = base.and_then(|base| self.folded.read().unwrap().get(base).cloned());
        folded.extend(base.iter().flat_map(|base| base.iter()));
        self.folded.write().unwrap().insert(location.to_owned(), Arc::new(folded));
        self.known.write().unwrap().insert(location.to_owned(), Arc::new(events.to_vec()));
    }

    /// Whether a snapshot has this arrival, as far as that is known here.
    pub fn has(&self, snapshot: &str, arrival: i64) -> bool {
        self.folded.read().unwrap().get(snapshot).is_some_and(|folded| folded.contains(&arrival))
    }
}

pub fn path(location: &str) -> &Path {
    Path::new(location.strip_prefix("file:").unwrap_or(location))
}

fn snapshot(location: &str) -> Result<Vec<Event>, String> {
    let told = |error: &dyn std::fmt::Display| format!("{location}: {error}");
    let mut events = Vec::new();
    for entry in std::fs::read_dir(path(location)).map_err(|error| told(&error))? {
        let path = entry.map_err(|error| told(&error))?.path();
        let reader = SerializedFileReader::try_from(path.as_path()).map_err(|error| told(&error))?;
        for row in reader.get_row_iter(None).map_err(|error| told(&error))? {
            let row = row.map_err(|error| told(&error))?;
            let is_gone = row.get_string(1).map_err(|error| told(&error))? == "D";
            let long = |at| row.get_long(at).map_err(|error| told(&error));
            events.push(Event { id: long(0)?, is_gone, seq: long(2)? });
        }
    }
    Ok(events)
}
