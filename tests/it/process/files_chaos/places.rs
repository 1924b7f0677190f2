//! Files of both warehouses: written by the clients, listed at quiet points.

use std::path::{Path, PathBuf};

use crate::etl::files;
use crate::etl::s3::server::S3;

/// Where the S3 warehouse lies.
pub const S3_ROOT: &str = "s3://lake/managed";
const BUCKET: &str = "s3://lake/";

/// A file that lies in a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub uri: String,
    /// The number in its name; none if it is no file of ours.
    pub number: Option<u64>,
    /// The object that its content names.
    pub content: Option<u32>,
}

/// Gives the URI of the directory that a file or directory lies in.
pub fn parent(uri: &str) -> &str {
    uri.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether a place is another one or lies below it.
pub fn is_within(place: &str, other: &str) -> bool {
    place.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether one of two places is or holds the other.
pub fn overlap(one: &str, other: &str) -> bool {
    is_within(one, other) || is_within(other, one)
}

/// Writes a location as all others of this test are written.
pub fn normal(location: &str) -> String {
    let location = location.trim_end_matches('/');
    location.strip_prefix("file://").map_or_else(|| location.to_owned(), |rest| format!("file:{rest}"))
}

fn content(number: u64, object: u32) -> String {
    format!("file {number} of object {object}\n")
}

/// The value of the column `id` in the one row of a Parquet file.
fn id(number: u64, object: u32) -> i64 {
    (number << 32 | u64::from(object)) as i64
}

/// Gives the object that a file's content names; none if it is not the content that was written.
fn content_read(bytes: &[u8], number: u64) -> Option<u32> {
    if bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1") {
        let number = (number as u32).to_le_bytes();
        let is_id = |part: &[u8]| part[4..] == number;
        let id = bytes.windows(8).find(|part| is_id(part))?;
        return Some(u32::from_le_bytes(id[..4].try_into().ok()?));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    text.strip_prefix(&format!("file {number} of object "))?.strip_suffix('\n')?.parse().ok()
}

/// Both warehouses.
pub struct Places {
    pub s3: S3,
    /// The `file:` warehouse.
    pub root: PathBuf,
    /// Where files are made that are written elsewhere.
    pub scratch: PathBuf,
}

impl Places {
    /// Gives the URI of the `file:` warehouse.
    pub fn file_root(&self) -> String {
        format!("file:{}", self.root.display())
    }

    /// Writes file `number` of an object at its place, and gives its URI.
    pub fn write(&self, place: &str, number: u64, object: u32, is_parquet: bool) -> std::io::Result<String> {
        let uri = format!("{place}/f-{number}{}", if is_parquet { ".parquet" } else { "" });
        let bytes = if is_parquet { self.parquet(id(number, object)) } else { content(number, object).into_bytes() };
        if let Some(key) = uri.strip_prefix(BUCKET) {
            self.s3.bucket.put(key, bytes);
        } else {
            let path = Path::new(uri.strip_prefix("file:").expect("a file: place"));
            std::fs::create_dir_all(path.parent().unwrap())?;
            std::fs::write(path, bytes)?;
        }
        Ok(uri)
    }

    /// Makes a Parquet file of one row.
    fn parquet(&self, id: i64) -> Vec<u8> {
        let path = self.scratch.join(format!("{id}"));
        files::people(&path, id, 1);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        bytes
    }

    /// Removes a file, if it is there.
    pub fn remove(&self, uri: &str) {
        if let Some(key) = uri.strip_prefix(BUCKET) {
            self.s3.bucket.remove_if_there(key);
        } else {
            let _ = std::fs::remove_file(uri.strip_prefix("file:").expect("a file: place"));
        }
    }

    /// Lists all files of both warehouses, by URI.
    pub fn list(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut enter = |uri: String, bytes: &[u8]| {
            let name = uri.rsplit('/').next().unwrap_or_default();
            let number = name.strip_prefix("f-").and_then(|number| number.trim_end_matches(".parquet").parse().ok());
            let content = number.and_then(|number| content_read(bytes, number));
            found.push(Found { uri, number, content });
        };
        let mut folders = vec![self.root.clone()];
        let logs = self.root.join("logs");
        while let Some(folder) = folders.pop() {
            // A directory may go while it is listed.
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path == logs {
                    // The event log is judged by itself.
                } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    enter(format!("file:{}", path.display()), &bytes);
                }
            }
        }
        for (key, bytes) in self.s3.bucket.all() {
            enter(format!("{BUCKET}{key}"), &bytes);
        }
        found.sort_by(|one, other| one.uri.cmp(&other.uri));
        found
    }
}

/// Gives the places at and above a directory, the deepest first.
pub fn at_and_above(directory: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory), |place| place.rsplit_once('/').map(|(parent, _)| parent))
}
