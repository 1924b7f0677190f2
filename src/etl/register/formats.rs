//! Tables that are more than their files (Delta Lake, Hudi, Iceberg): neither the tables nor their directories are
//! registered, discovered or planned file by file.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_core::lake::{MARKERS, TableFormat, path_key};
use skep_core::table::Table;
use skep_core::{Error, Result};

use super::report::Finding;
use crate::catalog::TableRef;
use crate::lake::{Lake, Listed};
use crate::warehouse::Location;

/// The code of the finding.
pub(in crate::etl) const TABLE_FORMAT: &str = "table_format";

/// So many directories above the files of one request are looked at: more than any job's files have in common.
const ABOVE_MAX: usize = 256;
/// Looks at a time.
const AT_ONCE: usize = 16;

/// Refuses a table of another format. Errors: InvalidOperation, which names the format.
pub(in crate::etl) fn format_refuse(at: &TableRef, table: &Table) -> Result<()> {
    match TableFormat::of_table(table) {
        None => Ok(()),
        Some(format) => Err(Error::invalid_operation(format!(
            "{at} is a table of the format {format}, whose own metadata say which files it has and which rows of them \
             count: they are read and written by engines that know {format}, not file by file"
        ))),
    }
}

/// Says that a directory is a table of another format.
pub(in crate::etl) fn format_finding(format: &TableFormat, directory: &Location) -> Finding {
    let message = format!(
        "this is the directory of a table of the format {format}, whose own metadata say which files count: as plain \
         files some rows would be there twice, deleted ones again; use an engine that knows {format}"
    );
    Finding::error(directory.to_string(), TABLE_FORMAT, message)
}

/// The table's directory, where an entry of a listing belongs to another format's metadata.
pub(in crate::etl) fn format_listed(prefix: &Location, listed: &Listed) -> Option<(TableFormat, Location)> {
    let uri = match listed {
        Listed::File(file) if file.location.name().contains(".metadata.json") => file.location.to_string(),
        Listed::File(_) => return None,
        Listed::Skipped(uri, _) => uri.clone(),
    };
    let below = uri.strip_prefix(prefix.to_string().trim_end_matches('/'))?.strip_prefix('/')?;
    let (format, directory) = TableFormat::of_path(below)?;
    Some((format, if directory.is_empty() { prefix.clone() } else { prefix.join(directory) }))
}

/// Looks whether files below these places are within a table of another format that begins above them, which no listing
/// of the places themselves shows.
///
/// Errors: Unavailable where that cannot be found out now.
pub(in crate::etl) async fn formats_above<'p>(
    lake: &Lake,
    places: impl IntoIterator<Item = &'p Location>,
) -> Result<Vec<Finding>> {
    let directories = directories_above(places);
    let looks = directories.iter().flat_map(|(directory, has_data)| {
        let asked = MARKERS.iter().filter(move |(format, ..)| *format != TableFormat::Iceberg || *has_data);
        asked.map(move |(format, marker, suffix)| async move {
            let is_one = lake.has_entry(&directory.join(marker), suffix).await?;
            Ok::<_, Error>(is_one.then(|| format_finding(format, directory)))
        })
    });
    let looks: Vec<_> = looks.collect();
    let found: Vec<Option<Finding>> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// Directories in which these places lie, outside of `k=v`; true: an Iceberg table there would have the place among its
/// data.
fn directories_above<'p>(places: impl IntoIterator<Item = &'p Location>) -> BTreeMap<Location, bool> {
    let mut seen = HashSet::new();
    let mut directories: BTreeMap<Location, bool> = BTreeMap::new();
    let mut last = None;
    for place in places {
        // Files of one prefix come one after the other.
        if last.replace(place) == Some(place) {
            continue;
        }
        let mut at = place.clone();
        while path_key(at.name()).is_some()
            && let Some(parent) = at.parent()
        {
            at = parent;
        }
        let mut has_data = true;
        while seen.insert(at.clone()) || (has_data && directories.get(&at) == Some(&false)) {
            if directories.len() == ABOVE_MAX && !directories.contains_key(&at) {
                return directories;
            }
            *directories.entry(at.clone()).or_default() |= has_data;
            has_data = at.name() == "data";
            match at.parent() {
                Some(parent) => at = parent,
                None => break,
            }
        }
    }
    directories
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::LakeFile;
    use skep_core::lake::Finding as Found;

    fn at(text: &str) -> Location {
        Location::parse(text).unwrap()
    }

    #[test]
    fn directories_that_may_be_a_tables() {
        let places = [at("s3://b/t/data/dt=1/h=2"), at("s3://b/t/data/dt=2"), at("s3://b/t/other")];
        let found: Vec<(String, bool)> =
            directories_above(&places).into_iter().map(|(at, has_data)| (at.to_string(), has_data)).collect();
        let of = |text: &str, has_data| (text.to_owned(), has_data);
        let wanted =
            [of("s3://b/", false), of("s3://b/t", true), of("s3://b/t/data", true), of("s3://b/t/other", true)];
        assert_eq!(found, wanted);
        let many: Vec<Location> = (0..1_000).map(|n| at(&format!("s3://b/{n}"))).collect();
        assert_eq!(directories_above(&many).len(), ABOVE_MAX);
    }

    #[test]
    fn entries_that_are_a_formats() {
        let prefix = at("s3a://b/wh");
        let skipped = |uri: &str| Listed::Skipped(uri.to_owned(), Found::info("hidden", ""));
        let found = |listed| format_listed(&prefix, &listed).map(|(format, at)| (format.to_string(), at.to_string()));
        let is = |format: &str, at: &str| Some((format.to_owned(), at.to_owned()));
        assert_eq!(found(skipped("s3a://b/wh/t/_delta_log/0.json")), is("Delta Lake", "s3a://b/wh/t"));
        assert_eq!(found(skipped("s3a://b/wh/.hoodie")), is("Hudi", "s3a://b/wh"));
        assert_eq!(found(skipped("s3a://b/wh/_temporary/0")), None);
        let file = |text: &str| Listed::File(LakeFile { location: at(text), size: 1, modified_at_ms: 0, etag: None });
        assert_eq!(found(file("s3a://b/wh/metadata/v1.metadata.json")), is("Iceberg", "s3a://b/wh"));
        assert_eq!(found(file("s3a://b/wh/dt=1/f.parquet")), None);
    }
}
