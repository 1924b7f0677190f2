//! Reading footers: one ranged read a file, a second one where the footer is large; many at once, bounded.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use object_store::{GetOptions, GetRange, ObjectStore as _};
use parquet::file::metadata::{FooterTail, ParquetMetaData, ParquetMetaDataReader};
use skep_core::lake::{FileColumn, FileFacts};
use skep_core::{Error, Kind, Result};

use super::bounds::file_facts;
use super::depth::{DEPTH_MAX, is_shallow};
use super::list::{FoundFile, local_failed};
use super::place::{Lake, Place, failed};
use super::schema::file_columns;

/// What the first read asks for: most footers are smaller.
const FIRST_READ: u64 = 64 * 1024;
/// The largest footer that is read.
const FOOTER_MAX: u64 = 16 * 1024 * 1024;
/// Files under way at once.
const AT_ONCE: usize = 32;
/// The footer's length and the magic.
const TAIL: usize = 8;

/// What a file's footer tells.
#[derive(Debug, Clone)]
pub struct Footer {
    pub rows: i64,
    pub columns: Vec<FileColumn>,
    pub facts: FileFacts,
}

/// Why a file is none that can be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterProblem {
    /// For programs: `not_parquet`.
    pub code: &'static str,
    pub message: String,
}

impl FooterProblem {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Reads the footers of many files, in any order. A file that is at fault has a problem; a store that fails is an error.
pub fn footers_read(
    lake: &Lake,
    files: Vec<FoundFile>,
) -> impl Stream<Item = Result<(FoundFile, Result<Footer, FooterProblem>)>> + use<> {
    let lake = lake.clone();
    stream::iter(files)
        .map(move |file| {
            let lake = lake.clone();
            async move {
                match lake.footer(&file).await {
                    Ok(footer) => Ok((file, footer)),
                    Err(error) if error.kind == Kind::NotFound => {
                        Ok((file, Err(FooterProblem::new("vanished", "the file is gone since it was listed"))))
                    }
                    Err(error) => Err(error),
                }
            }
        })
        .buffer_unordered(AT_ONCE)
}

impl Lake {
    /// Reads one footer. Errors: NotFound where the file is gone; Unavailable where the store fails.
    pub async fn footer(&self, file: &FoundFile) -> Result<Result<Footer, FooterProblem>> {
        if file.size == 0 {
            return Ok(Err(FooterProblem::new(
                "empty_file",
                "the file is empty; a Parquet file has 12 bytes at least",
            )));
        }
        if file.size < TAIL as u64 + 4 {
            return Ok(Err(FooterProblem::new("not_parquet", format!("{} bytes are no Parquet file", file.size))));
        }
        let begin = file.size.saturating_sub(FIRST_READ);
        let tail = match self.read(file, begin..file.size).await? {
            Ok(tail) => tail,
            Err(problem) => return Ok(Err(problem)),
        };
        let length = match footer_length(&tail, file.size) {
            Ok(length) => length,
            Err(problem) => return Ok(Err(problem)),
        };
        let needed = length + TAIL as u64;
        let metadata = if needed <= tail.len() as u64 {
            tail.slice(tail.len() - needed as usize..tail.len() - TAIL)
        } else {
            match self.read(file, file.size - needed..file.size - TAIL as u64).await? {
                Ok(read) => read,
                Err(problem) => return Ok(Err(problem)),
            }
        };
        // Decoding is work, and of bytes that a stranger wrote: what panics there fails this file alone.
        let name = file.location.to_string();
        let decoded = tokio::task::spawn_blocking(move || decode(&metadata)).await;
        Ok(decoded.unwrap_or_else(|e| {
            tracing::warn!(file = name, error = %e, "a footer could not be decoded");
            Err(FooterProblem::new("corrupt_footer", "the footer cannot be decoded"))
        }))
    }

    /// Some bytes, if the file is still what was listed.
    async fn read(&self, file: &FoundFile, range: Range<u64>) -> Result<Result<Bytes, FooterProblem>> {
        let changed = || FooterProblem::new("changed", "the file was changed since it was listed");
        if file.location.is_file() {
            let (location, size, modified) = (file.location.clone(), file.size, file.modified_at_ms);
            let read = tokio::task::spawn_blocking(move || read_local(location.path(), size, modified, range)).await;
            let read = read.map_err(|e| Error::internal(format!("a read broke off: {e}")))?;
            return match read {
                Ok(Some(bytes)) => Ok(Ok(bytes)),
                Ok(None) => Ok(Err(changed())),
                Err(e) => Err(local_failed(&file.location, &e)),
            };
        }
        let Place { store, key } = self.place(&file.location)?;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            if_match: file.etag.clone(),
            ..GetOptions::default()
        };
        let got = match store.get_opts(&key, options).await {
            Ok(got) if got.meta.size != file.size => return Ok(Err(changed())),
            Ok(got) => got,
            Err(object_store::Error::Precondition { .. }) => return Ok(Err(changed())),
            Err(e) => return Err(failed("read", &file.location, &e)),
        };
        let bytes = got.bytes().await.map_err(|e| failed("read", &file.location, &e))?;
        if bytes.len() as u64 == range.end - range.start { Ok(Ok(bytes)) } else { Ok(Err(changed())) }
    }
}

/// None where the file is another one by now.
fn read_local(path: &str, size: u64, modified_at_ms: i64, range: Range<u64>) -> std::io::Result<Option<Bytes>> {
    let mut file = std::fs::File::open(path)?;
    let found = file.metadata()?;
    let modified = found.modified()?.duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
    if found.len() != size || modified != modified_at_ms {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = vec![0; (range.end - range.start) as usize];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes.into())),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(e),
    }
}

/// The footer's length, as the file's last bytes say.
fn footer_length(tail: &[u8], size: u64) -> Result<u64, FooterProblem> {
    let last: Option<&[u8; TAIL]> = tail.last_chunk();
    let read = last.and_then(|last| FooterTail::try_new(last).ok());
    let Some(read) = read else {
        return Err(FooterProblem::new(
            "not_parquet",
            "the file does not end as Parquet files do: it is another format, or cut off",
        ));
    };
    if read.is_encrypted_footer() {
        return Err(FooterProblem::new(
            "encrypted",
            "the footer is encrypted; its schema and statistics cannot be read",
        ));
    }
    let length = read.metadata_length() as u64;
    if length + TAIL as u64 > size {
        return Err(FooterProblem::new(
            "truncated",
            format!("the footer is said to have {length} bytes, the file has {size}"),
        ));
    }
    if length > FOOTER_MAX {
        return Err(FooterProblem::new(
            "footer_too_large",
            format!("the footer has {length} bytes; at most {FOOTER_MAX} are read"),
        ));
    }
    Ok(length)
}

fn decode(metadata: &[u8]) -> Result<Footer, FooterProblem> {
    if !is_shallow(metadata) {
        let message = format!("the footer has no schema, or one that nests deeper than {DEPTH_MAX}");
        return Err(FooterProblem::new("corrupt_footer", message));
    }
    let read: ParquetMetaData = ParquetMetaDataReader::decode_metadata(metadata)
        .map_err(|e| FooterProblem::new("corrupt_footer", format!("the footer cannot be decoded: {e}")))?;
    let rows = read.file_metadata().num_rows();
    let of_groups: Option<i64> = read
        .row_groups()
        .iter()
        .try_fold(0_i64, |sum, group| sum.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0));
    if rows < 0 || of_groups != Some(rows) {
        return Err(FooterProblem::new(
            "corrupt_footer",
            format!("the footer tells of {rows} rows, its row groups of others"),
        ));
    }
    let columns = file_columns(read.file_metadata().schema())
        .map_err(|message| FooterProblem::new("unsupported_type", message))?;
    let facts = file_facts(&read, &columns);
    Ok(Footer { rows, columns, facts })
}
