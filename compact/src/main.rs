//! `skep-compact`: compacts an event log on one machine, within bounded memory. It asks the server what to do, reads the base
//! snapshot and the log's partitions, sorts all rows by key and from the latest to the earliest, and writes the first of each
//! key. The rules are those of the view's text (docs/event-logs.md), so that any compactor makes the same snapshot.
//!
//! A file a step: `args`, `lease` (the server), `place` (directories), `types` and `columns` (what rows are), `read`, `reduce`,
//! `write`; `work` does one after the other.

mod args;
mod columns;
mod error;
mod horizon;
mod lease;
mod place;
mod read;
mod reduce;
mod types;
mod work;
mod write;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::error::Error;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(text) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            // Nothing is left to tell it to if standard error is closed.
            let _ = writeln!(std::io::stderr(), "skep-compact: {error}");
            ExitCode::from(error.code)
        }
    }
}

fn run(args: &Args) -> error::Result<String> {
    if let Some(problem) = args.problem() {
        return Err(Error::usage(problem));
    }
    // One more than the sorts: heartbeats do not wait for them.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(work::threads(args) + 1).enable_all().build();
    let runtime = runtime.map_err(|error| Error::about("the runtime", error))?;
    runtime.block_on(work::compact(args))
}
