//! To which partition a file belongs, and where that lies.

use std::collections::BTreeMap;

use skep_core::lake::{Pattern, values_of_path};
use skep_core::name::partition_name;
use skep_core::table::Table;
use skep_core::types::{KeyType, Value};

use super::gather::Source;
use super::report::Finding;
use super::request::{Mode, Register};
use crate::warehouse::Location;

/// A partition's part of a batch.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub values: Vec<String>,
    pub location: Location,
    /// Places in the batch's list of files.
    pub files: Vec<usize>,
}

/// The parts of a batch by partition name (`""`: a table without keys), and what fits none.
pub(super) fn parts(
    table: &Table,
    pattern: Option<&Pattern>,
    base: Option<&Location>,
    sources: &[Source],
) -> (BTreeMap<String, Part>, Vec<(usize, Finding)>) {
    let keys: Vec<String> = table.partition_keys.iter().map(|key| key.name.clone()).collect();
    let (mut parts, mut problems) = (BTreeMap::<String, Part>::new(), Vec::new());
    for (at, source) in sources.iter().enumerate() {
        let uri = source.file.location.to_string();
        let root = root_of(table, &keys, base, source);
        let path = below(&source.file.location, &root);
        let found = match pattern {
            Some(pattern) => pattern.values(path),
            None => values_of_path(&keys, path),
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                problems.push((at, Finding::error(uri, "path", error.message.into_owned())));
                continue;
            }
        };
        if let Some(problem) = value_problem(table, &found.values) {
            problems.push((at, Finding::error(uri, "partition_value", problem)));
            continue;
        }
        let name =
            if keys.is_empty() { Ok(String::new()) } else { partition_name(&table.partition_keys, &found.values) };
        let name = match name {
            Ok(name) => name,
            Err(error) => {
                problems.push((at, Finding::error(uri, "partition_value", error.message.into_owned())));
                continue;
            }
        };
        let location = if found.directory.is_empty() { root } else { root.join(&found.directory) };
        match parts.get_mut(&name) {
            None => {
                parts.insert(name, Part { values: found.values, location, files: vec![at] });
            }
            Some(part) if part.location.same_place(&location) => part.files.push(at),
            Some(part) => {
                let message = format!(
                    "partition {name} lies at {} by other files of the batch and at {location} by this one; it has one place",
                    part.location
                );
                problems.push((at, Finding::error(uri, "two_places", message)));
            }
        }
    }
    (parts, problems)
}

/// Where the path begins that holds a file's values.
fn root_of(table: &Table, keys: &[String], base: Option<&Location>, source: &Source) -> Location {
    let file = &source.file.location;
    if let Some(base) = base.filter(|base| file.is_below(base)) {
        return base.clone();
    }
    let own = table.location().and_then(|place| Location::parse(place).ok());
    if let Some(own) = own.filter(|own| file.is_below(own)) {
        return own;
    }
    // A prefix may begin within the values: `…/dt=2024-01-01/`.
    let mut root = source.prefix.clone();
    let is_value = |segment: &str| {
        segment.split_once('=').is_some_and(|(key, _)| keys.iter().any(|k| k.eq_ignore_ascii_case(key)))
    };
    while is_value(root.name())
        && let Some(parent) = root.parent()
    {
        root = parent;
    }
    root
}

/// The path of a place below another.
pub(super) fn below<'a>(file: &'a Location, root: &Location) -> &'a str {
    let skip = if root.is_root() { 1 } else { root.path().len() + 1 };
    file.path().get(skip..).unwrap_or_default()
}

/// A value that its key's type cannot hold would be NULL to every engine.
fn value_problem(table: &Table, values: &[String]) -> Option<String> {
    table.partition_keys.iter().zip(values).find_map(|(key, value)| {
        let type_name = key.type_name.as_deref().unwrap_or("string");
        let known =
            value == skep_core::name::DEFAULT_PARTITION || Value::parse(value, KeyType::parse(type_name)).is_some();
        (!known).then(|| format!("the value {value:?} of the key `{}` is no {type_name}", key.name))
    })
}

/// Whether a batch may put its files where the partition is not.
pub(super) fn place_problem(request: &Register, name: &str, was: &str, part: &Part) -> Option<String> {
    let same = Location::parse(was).is_ok_and(|was| was.same_place(&part.location));
    (!same && request.mode == Mode::Append).then(|| {
        format!(
            "partition {name} lies at {was}, the files at {}; a partition has one place: register them there, or replace it",
            part.location
        )
    })
}
