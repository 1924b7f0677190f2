//! One file's footer: one ranged read, two where the metadata is large.

use super::lake::{Lake, LakeFile};
use super::problem::{FileProblem, ProblemKind};
use super::source::Source;
use super::{facts, metadata_guard, schema};
use bytes::Bytes;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use skep_core::lake::{FileFacts, FileSchema};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the first read takes: nearly all footers fit.
const TAIL: u64 = 64 << 10;
/// Metadata's length and the magic number.
const TRAILER: u64 = 8;
const MAGIC: &[u8] = b"PAR1";
const MAGIC_ENCRYPTED: &[u8] = b"PARE";

/// What a footer tells. Files with the same schema share it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParquetFile {
    /// Look at its findings: a schema with errors cannot be registered.
    pub schema: Arc<FileSchema>,
    /// Within the bounds of [`FileFacts::bound`].
    pub facts: FileFacts,
    /// The program that wrote it, as it calls itself.
    pub created_by: Option<String>,
}

/// How many KiB of metadata beyond the first read may be in memory at once, over all files that are read together.
pub(super) struct Budget(Semaphore);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Semaphore::new((bytes >> 10).max(1)))
    }
}

impl Lake {
    pub(super) async fn footer(&self, file: &LakeFile, budget: &Budget) -> Result<ParquetFile, FileProblem> {
        let problem = |kind, why: &str| FileProblem::new(kind, format!("{} {why}", file.location));
        if file.size == 0 {
            return Err(problem(ProblemKind::Empty, "is empty"));
        }
        let source = Source::open(&self.stores, &file.location)?;
        let tail_start = file.size.saturating_sub(TAIL);
        let tail = source.read(file, tail_start..file.size).await?;
        let Some(trailer) = tail.len().checked_sub(TRAILER as usize).map(|at| &tail[at..]) else {
            return Err(problem(ProblemKind::NotParquet, "is not Parquet: it has not even 8 bytes"));
        };
        match &trailer[4..] {
            MAGIC => {}
            MAGIC_ENCRYPTED => return Err(problem(ProblemKind::Encrypted, "has an encrypted footer")),
            _ => return Err(self.no_magic(&source, file).await),
        }
        let length = u64::from(u32::from_le_bytes([trailer[0], trailer[1], trailer[2], trailer[3]]));
        // the file begins with the magic number, too
        if length + TRAILER + MAGIC.len() as u64 > file.size {
            let why = format!("is corrupt: it has {} bytes, and its footer says to have {length}", file.size);
            return Err(problem(ProblemKind::Corrupt, &why));
        }
        if length > self.limits.footer_bytes_max as u64 {
            let why = format!("has a footer of {length} bytes; at most {} are read", self.limits.footer_bytes_max);
            return Err(problem(ProblemKind::TooLarge, &why));
        }
        let (end, start) = (file.size - TRAILER, file.size - TRAILER - length);
        if start >= tail_start {
            let metadata = tail.slice((start - tail_start) as usize..(end - tail_start) as usize);
            return decode(metadata, file.clone()).await;
        }
        drop(tail);
        let wanted = u32::try_from(length >> 10).unwrap_or(u32::MAX).min(self.limits.footer_bytes_max as u32 >> 10);
        let _held = budget.0.acquire_many(wanted.max(1)).await;
        decode(source.read(file, start..end).await?, file.clone()).await
    }

    /// Whether a file without the magic number at its end begins with it.
    async fn no_magic(&self, source: &Source, file: &LakeFile) -> FileProblem {
        match source.read(file, 0..MAGIC.len() as u64).await {
            Ok(head) if &head[..] == MAGIC || &head[..] == MAGIC_ENCRYPTED => FileProblem::new(
                ProblemKind::Truncated,
                format!("{} begins as Parquet and has no footer: it was not closed, or cut", file.location),
            ),
            Ok(_) => FileProblem::new(ProblemKind::NotParquet, format!("{} is not Parquet", file.location)),
            Err(problem) => problem,
        }
    }
}

/// Decodes on the blocking pool: metadata of wide tables takes a while.
async fn decode(metadata: Bytes, file: LakeFile) -> Result<ParquetFile, FileProblem> {
    let decoded = tokio::task::spawn_blocking(move || parquet_file(&metadata, &file)).await;
    decoded.unwrap_or_else(|e| Err(FileProblem::new(ProblemKind::Unreadable, format!("The read was ended: {e}"))))
}

/// What the metadata of a file tells.
pub(super) fn parquet_file(metadata: &[u8], file: &LakeFile) -> Result<ParquetFile, FileProblem> {
    let corrupt = |why: String| {
        FileProblem::new(ProblemKind::Corrupt, format!("The footer of {} is corrupt: {why}", file.location))
    };
    let seen = metadata_guard::check(metadata).map_err(corrupt)?;
    if seen.is_encrypted {
        return Err(FileProblem::new(ProblemKind::Encrypted, format!("{} has encrypted columns", file.location)));
    }
    let metadata = &*seen.mended(metadata);
    // The decoder is another's, and its input a stranger's: what it takes for impossible is here a corrupt file.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let decoded = ParquetMetaDataReader::decode_metadata(metadata).map_err(|e| e.to_string())?;
        told(&decoded, file.size)
    }));
    read.unwrap_or_else(|_| Err("the decoder gave up".to_owned())).map_err(corrupt)
}

fn told(metadata: &ParquetMetaData, file_size: u64) -> Result<ParquetFile, String> {
    let schema = schema::file_schema(metadata.file_metadata().schema());
    let mut facts = facts::file_facts(metadata, &schema, file_size)?;
    facts.bound();
    let created_by = metadata.file_metadata().created_by().map(str::to_owned);
    Ok(ParquetFile { schema: Arc::new(schema), facts, created_by })
}
