//! Makes `thrift/src/gen` from `thrift/idl`:
//!
//! ```text
//! cargo run -p skep-thrift --features gen --bin skep-thrift-gen            # write
//! cargo run -p skep-thrift --features gen --bin skep-thrift-gen -- --check # only say what would
//! ```

mod ast;
mod emit;
mod lexer;
mod names;
mod parser;
mod schema;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let check = std::env::args().any(|arg| arg == "--check");
    match run(Path::new(env!("CARGO_MANIFEST_DIR")), check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A broken pipe leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "skep-thrift-gen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(package: &Path, check: bool) -> Result<(), String> {
    let mut documents = Vec::new();
    for path in list(&package.join("idl"), "thrift")? {
        let noun = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        documents.push(parser::parse(noun, &read(&path)?)?);
    }
    let out = package.join("src/gen");
    let mut stale = list(&out, "rs")?;
    for (name, text) in emit::files(&schema::Schema::new(&documents)?) {
        let path = out.join(&name);
        stale.retain(|old| *old != path);
        let text = rustfmt(&text)?;
        if read(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            return Err(format!("{name} is not what thrift/idl says: run skep-thrift-gen"));
        }
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    match stale.first() {
        Some(old) => Err(format!("{} comes from no file of thrift/idl any more: remove it", old.display())),
        None => Ok(()),
    }
}

fn list(folder: &Path, extension: &str) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn rustfmt(text: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("rustfmt: {error}");
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=120,use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // rustfmt reads all of its input before it writes, so this cannot block both.
        stdin.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err("rustfmt refused the text".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    /// What is checked in is what the IDL says.
    #[test]
    fn nothing_would_change() {
        assert_eq!(super::run(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), true), Ok(()));
    }

    #[test]
    fn errors_name_the_place() {
        let error = |text: &str| super::parser::parse("noun", text).err();
        assert_eq!(
            error("// Title.\nstruct A {\n  1: list<string b,\n}").unwrap(),
            "noun.thrift:3: expected `>`, found Some(Word(\"b\"))"
        );
        assert_eq!(
            error("struct A {}").unwrap(),
            "noun.thrift:1: the file does not start with a comment that says what it is about"
        );
        let documents = [super::parser::parse("noun", "// Title.\nstruct A { 1: B b }").unwrap()];
        assert_eq!(super::schema::Schema::new(&documents).err().unwrap(), "A: no type `B`");
    }
}
