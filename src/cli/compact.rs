//! `skep compact`: runs the program that does it. It is a program of its own, for it brings a query engine's sort along.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::failure::Failure;

const PROGRAM: &str = "skep-compact";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  skep compact web.events\n  skep compact web.events --memory 4GB --temporary /scratch\n  \
skep compact --help-all\n\n\
It begins a compaction, reads the base snapshot and the log's partitions, sorts them within the memory that it may take, writes \
the next snapshot and commits it. Spark or Trino can do the same: see `skep compaction begin`.\n\n\
The program skep-compact does it, which is looked for beside this one, then on PATH. It is built with \
`cargo build --release --manifest-path compact/Cargo.toml`."
)]
pub struct CompactArgs {
    /// DATABASE.TABLE, and options of skep-compact
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

/// Becomes that program; comes back only if it is not there.
pub fn run(args: CompactArgs) -> Result<(), Failure> {
    let arguments = args.arguments.iter().map(|one| if one == "--help-all" { "--help".into() } else { one.clone() });
    let arguments: Vec<OsString> = arguments.collect();
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(PROGRAM)));
    let beside = beside.filter(|program| program.is_file());
    let program = beside.unwrap_or_else(|| PathBuf::from(PROGRAM));
    let error = Command::new(&program).args(arguments).exec();
    let why = match error.kind() {
        io::ErrorKind::NotFound => {
            "is neither beside skep nor on PATH; it is built with `cargo build --release --manifest-path \
             compact/Cargo.toml` (Spark and Trino can compact, too: skep compaction begin --help)"
                .to_owned()
        }
        _ => format!("({}) cannot be run: {error}", program.display()),
    };
    Err(Failure::new(Failure::SERVER, format!("{PROGRAM} {why}")))
}
