//! What differs between two states of a table, in words: for who was overtaken again and again, and wants to know by whom.

use std::collections::BTreeSet;

use crate::table::{Column, Parameters, Table};

/// So many names a message has of one kind.
const NAMED_MAX: usize = 5;

/// Names what is another one in `now` than it was; empty where nothing is that anybody could tell.
pub fn table_difference(was: &Table, now: &Table) -> String {
    let mut parts = Vec::new();
    let mut note = |differs: bool, what: &str| {
        if differs {
            parts.push(what.to_owned());
        }
    };
    note(was.id != now.id, "another table has its name");
    note((&was.database, &was.name) != (&now.database, &now.name), "its name");
    note((&was.owner, was.owner_type) != (&now.owner, now.owner_type), "its owner");
    note(was.table_type != now.table_type, "its type");
    note(was.location() != now.location(), "its location");
    let columns = columns_differing(was.columns(), now.columns());
    let keys = columns_differing(&was.partition_keys, &now.partition_keys);
    let parameters = parameters_differing(&was.parameters, &now.parameters);
    let columns_are_same = columns.is_empty();
    for (names, what) in [(columns, "columns"), (keys, "partition keys"), (parameters, "parameters")] {
        if let Some(told) = told(&names) {
            parts.push(format!("its {what} {told}"));
        }
    }
    let has_other_shape = was.storage.as_ref().map(|s| &s.shape) != now.storage.as_ref().map(|s| &s.shape);
    if columns_are_same && has_other_shape {
        parts.push("how it is stored".to_owned());
    }
    parts.join(", ")
}

/// Names of columns that are not the same, or not at the same place.
fn columns_differing(was: &[Column], now: &[Column]) -> BTreeSet<String> {
    let of = |one: &[Column], other: &[Column]| -> Vec<String> {
        let differs = |(at, column): &(usize, &Column)| other.get(*at) != Some(*column);
        one.iter().enumerate().filter(differs).map(|(_, column)| column.name.clone()).collect()
    };
    of(was, now).into_iter().chain(of(now, was)).collect()
}

fn parameters_differing(was: &Parameters, now: &Parameters) -> BTreeSet<String> {
    let differs = |key: &&String| was.get(*key) != now.get(*key);
    was.keys().chain(now.keys()).filter(differs).cloned().collect()
}

fn told(names: &BTreeSet<String>) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let first: Vec<String> = names.iter().take(NAMED_MAX).map(|name| format!("{name:?}")).collect();
    let more = if names.len() > NAMED_MAX { ", …" } else { "" };
    Some(format!("({}{more})", first.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::table::{Shape, Storage};

    #[test]
    fn names_what_is_another() {
        let column = |name: &str| Column { name: name.to_owned(), type_name: Some("int".to_owned()), comment: None };
        let shape = Shape { columns: Some(vec![column("a"), column(" b")]), ..Shape::default() };
        let storage = Storage { shape: Arc::new(shape), location: Some("/t".to_owned()) };
        let was = Table { storage: Some(storage), ..Table::default() };
        assert_eq!(table_difference(&was, &was), "");
        let mut now = was.clone();
        now.parameters = ('a'..='g').map(|key| (key.to_string(), String::new())).collect();
        now.owner = Some("ann".to_owned());
        let storage = now.storage.as_mut().unwrap();
        Arc::make_mut(&mut storage.shape).columns = Some(vec![column("a"), column("b")]);
        assert_eq!(
            table_difference(&was, &now),
            "its owner, its columns (\" b\", \"b\"), its parameters (\"a\", \"b\", \"c\", \"d\", \"e\", …)"
        );
        let mut stored = was.clone();
        Arc::make_mut(&mut stored.storage.as_mut().unwrap().shape).compressed = true;
        assert_eq!(table_difference(&was, &stored), "how it is stored");
    }
}
