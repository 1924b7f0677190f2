//! To which partition a file belongs, and where that lies.

use std::collections::BTreeMap;

use skep_core::lake::{EmptyValue, PathPattern, path_key, path_values};
use skep_core::name::partition_name;
use skep_core::table::Table;

use super::gather::Source;
use super::report::Finding;
use super::request::{Mode, Register};
use crate::warehouse::Location;

/// A partition's part of a batch.
#[derive(Debug, Clone)]
pub(in crate::etl) struct Part {
    pub values: Vec<String>,
    pub location: Location,
    /// Places in the batch's list of files.
    pub files: Vec<usize>,
}

/// How the paths of files tell to which partitions they belong.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::etl) struct Paths<'p> {
    /// None: by `k=v`.
    pub pattern: Option<&'p PathPattern>,
    /// Where paths begin that hold values.
    pub base: Option<&'p Location>,
    pub empty: EmptyValue,
}

/// The parts of a batch by partition name (`""`: a table without keys), and what fits none.
pub(in crate::etl) fn parts(
    table: &Table,
    paths: Paths<'_>,
    sources: &[Source],
) -> (BTreeMap<String, Part>, Vec<(usize, Finding)>) {
    parts_of(table, paths, sources, 0..sources.len())
}

/// The same of some files.
pub(in crate::etl) fn parts_of(
    table: &Table,
    paths: Paths<'_>,
    sources: &[Source],
    wanted: impl Iterator<Item = usize>,
) -> (BTreeMap<String, Part>, Vec<(usize, Finding)>) {
    let keys: Vec<String> = table.partition_keys.iter().map(|key| key.name.clone()).collect();
    let (mut parts, mut problems) = (BTreeMap::<String, Part>::new(), Vec::new());
    for (at, source) in wanted.filter_map(|at| Some((at, sources.get(at)?))) {
        let uri = source.file.location.to_string();
        let root = root_of(table, &keys, paths.base, source);
        let path = below(&source.file.location, &root);
        let found = match paths.pattern {
            Some(pattern) => pattern.values(&table.partition_keys, path, paths.empty),
            None => path_values(&table.partition_keys, path, paths.empty),
        };
        let found = match found {
            Ok(found) => found,
            Err(finding) => {
                problems.push((at, Finding::of(uri, finding)));
                continue;
            }
        };
        let name =
            if keys.is_empty() { Ok(String::new()) } else { partition_name(&table.partition_keys, &found.values) };
        let name = match name {
            Ok(name) => name,
            Err(error) => {
                problems.push((at, Finding::error(uri, "partition_value", error.message.into_owned())));
                continue;
            }
        };
        let directory = path.get(..found.directory_length).unwrap_or_default();
        let location = if directory.is_empty() { root } else { root.join(directory) };
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
    let mut root = Location::clone(&source.prefix);
    while is_value(root.name(), keys.iter().map(String::as_str))
        && let Some(parent) = root.parent()
    {
        root = parent;
    }
    root
}

/// Whether a directory is the value of one of these keys.
pub(in crate::etl) fn is_value<'k>(directory: &str, mut keys: impl Iterator<Item = &'k str>) -> bool {
    path_key(directory).is_some_and(|key| keys.any(|known| known.to_lowercase() == key))
}

/// The path of a place below another.
pub(in crate::etl) fn below<'a>(file: &'a Location, root: &Location) -> &'a str {
    let skip = if root.is_root() { 1 } else { root.path().len() + 1 };
    file.path().get(skip..).unwrap_or_default()
}

/// Whether a batch may put its files where the partition is not.
pub(in crate::etl) fn place_problem(request: &Register, name: &str, was: &str, part: &Part) -> Option<String> {
    let same = Location::parse(was).is_ok_and(|was| was.same_place(&part.location));
    (!same && request.mode == Mode::Append).then(|| {
        format!(
            "partition {name} lies at {was}, the files at {}; a partition has one place: register them there, or replace it",
            part.location
        )
    })
}
