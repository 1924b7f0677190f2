//! The command line as a script sees it, against a server.

mod discover;
mod failures;
mod nouns;
mod streams;
mod versions;

use std::process::{Command, Output};

use crate::grpc::fixture::Field;

/// Runs a command against the field's server, by its variable.
pub fn skep(field: &Field, args: &[&str]) -> Output {
    command(args).env("SKEP_ENDPOINT", format!("http://{}", field.server.api)).output().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skep"));
    command.args(args).env_clear().current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// What it printed, after a good end.
pub fn said(output: Output) -> String {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{:?}\n{out}\n{err}", output.status);
    assert_eq!(err, "", "{out}");
    out
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn json(output: Output) -> serde_json::Value {
    serde_json::from_str(&said(output)).unwrap()
}
