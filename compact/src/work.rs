//! One compaction, from the lease to the commit.

use std::sync::Arc;

use serde_json::json;
use skep_proto::log::v1 as p;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Args, Format};
use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::lease::{Begin, Calls};
use crate::place::{File, Stores};
use crate::reduce::{Bounds, sorted};
use crate::write::Output;

/// Sorts that run beside each other, where it is not said.
const THREADS_MAX: usize = 4;

pub fn threads(args: &Args) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    args.threads.unwrap_or_else(processors)
}

/// What was written.
struct Written {
    files: Vec<String>,
    rows_read: u64,
    spills: usize,
    spilled_bytes: usize,
}

/// Compacts; gives what is to be printed.
pub async fn compact(args: &Args) -> Result<String> {
    let mut calls = Calls::connect(&args.endpoint, args.table.0.clone()).await?;
    let begin = Begin {
        holder: format!("skep-compact of {}, process {}", args.user(), std::process::id()),
        seal_newest: args.seal_newest,
        request_id: String::new(),
        user: args.user(),
    };
    let Some(work) = calls.begin(begin).await? else {
        return Ok(match args.output {
            Format::Table => "nothing to compact\n".to_owned(),
            Format::Json => format!("{}\n", json!({"snapshot": null})),
        });
    };
    let done = tokio::select! {
        written = write(args, &work) => written,
        lost = calls.clone().alive(work.token) => Err(lost),
        ended = ended() => Err(ended),
    };
    let committed = match done {
        Ok(written) => calls.commit(work.token, written.files.clone(), args.user()).await.map(|done| (done, written)),
        Err(error) => Err(error),
    };
    match committed {
        Ok((snapshot, written)) => Ok(told(args, &work, &snapshot, &written)),
        Err(error) => {
            calls.abort(work.token, &error.message).await;
            Err(error)
        }
    }
}

/// Somebody wants this process to end.
async fn ended() -> Error {
    let term = async {
        match signal(SignalKind::terminate()) {
            Ok(mut term) => term.recv().await.map_or((), drop),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => Error { code: 130, message: "interrupted".to_owned() },
        () = term => Error { code: 143, message: "terminated".to_owned() },
    }
}

async fn write(args: &Args, work: &p::Compaction) -> Result<Written> {
    let columns = Arc::new(Columns::new(work)?);
    let mut stores = Stores::new(args.storage_option.clone());
    let files = inputs(&mut stores, work).await?;
    let place = stores.place(&work.location)?;
    let bounds = Bounds { memory: args.memory.0, temporary: args.temporary.as_deref(), threads: threads(args) };
    let mut rows = sorted(files, &columns, &bounds)?;
    let mut output = Output::new(place, &columns, work.token, args.codec, args.target_file_size.0, args.memory.0)?;
    let all = async {
        while let Some(batch) = rows.next().await? {
            output.write(&batch).await?;
        }
        output.finish().await
    };
    if let Err(error) = all.await {
        output.abandon().await;
        return Err(error);
    }
    let (spills, spilled_bytes) = rows.spilled();
    Ok(Written { files: output.files, rows_read: rows.count, spills, spilled_bytes })
}

/// All files that are to be read: exactly those that lie in the partitions now, as every engine reads them.
async fn inputs(stores: &mut Stores, work: &p::Compaction) -> Result<Vec<File>> {
    let mut files = Vec::new();
    if !work.base_snapshot_id.is_empty() {
        files = stores.place(&work.base_location)?.files().await?;
        for file in &mut files {
            file.is_base = true;
        }
        if files.is_empty() {
            return Err(Error::new(format!(
                "the base snapshot {} has no files in {}",
                work.base_snapshot_id, work.base_location
            )));
        }
    }
    for partition in &work.partitions {
        let found = stores.place(&partition.location)?.files().await?;
        if found.is_empty() && partition.rows.is_some_and(|rows| rows > 0) {
            return Err(Error::new(format!("the partition {} has no files in {}", partition.name, partition.location)));
        }
        files.extend(found);
    }
    Ok(files)
}

fn told(args: &Args, work: &p::Compaction, snapshot: &p::Snapshot, written: &Written) -> String {
    let watermark = snapshot.watermark.clone().unwrap_or_default().values;
    match args.output {
        Format::Json => {
            let all = json!({
                "snapshot": snapshot.snapshot_id, "base": snapshot.base_id, "watermark": watermark, "token": work.token,
                "partitions": work.partitions.len(), "rows": snapshot.rows, "bytes": snapshot.bytes, "files": written.files,
                "rows_read": written.rows_read, "spills": written.spills, "spilled_bytes": written.spilled_bytes,
            });
            format!("{all}\n")
        }
        Format::Table => format!(
            "{}: {} rows in {} files, up to {}; of {} rows that were read, {} bytes by way of the disk\n",
            snapshot.snapshot_id,
            snapshot.rows,
            written.files.len(),
            watermark.join("/"),
            written.rows_read,
            written.spilled_bytes,
        ),
    }
}
