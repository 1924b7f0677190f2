//! House rules that no lint knows, held by reading the tree. An exception stands here, with its reason.

use std::fs;
use std::path::Path;

const LINES_MAX: usize = 500;

/// Which room of `src` may name which: arrows run down only. A room that is not here may name none.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli", "config", "serve", "telemetry"]),
    ("serve", &["catalog", "clock", "config", "etl", "hms", "lake", "rpc", "store", "telemetry", "warehouse", "web"]),
    ("cli", &["clock", "config", "transfer"]),
    ("hms", &["catalog", "clock", "config", "telemetry"]),
    ("etl", &["catalog", "clock", "lake", "warehouse"]),
    ("lake", &["warehouse"]),
    ("rpc", &["catalog", "etl", "telemetry"]),
    ("web", &["telemetry"]),
    ("catalog", &["clock", "store", "warehouse"]),
    ("store", &["clock"]),
    ("telemetry", &["clock", "config"]),
    ("transfer", &[]),
];

/// The room that a file lies in, and another that it names although `ARROWS` does not have it: why it may.
const ARROW_EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "src/hms/convert/lock.rs",
    "store",
    "locks are shown as the rows that they are; the catalog adds nothing to them",
)];

/// Packages whose types only some rooms may name.
const PACKAGES: &[(&str, &[&str])] = &[("skep_thrift", &["hms", "transfer"]), ("skep_proto", &["rpc", "cli"])];

/// Hosts that a text may name. No registry, no mirror: where a machine fetches from is its own affair.
const HOSTS: &[&str] = &["127.0.0.1", "localhost", "s3", "rustup.rs", "www.apache.org", "HOST", ""];

/// A file of the repository: its path from the root, and its text.
struct File {
    path: String,
    text: String,
}

/// All text files, but what is built and what is generated.
fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let hidden = name.starts_with('.') && name != ".ci";
            if hidden || ["target", "skep-data", "corpus", "artifacts"].contains(&name.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push(File { path, text });
            }
        }
    }
    assert!(found.len() > 100, "the tree was not found");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

impl File {
    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|its| its == extension)
    }

    fn is_generated(&self) -> bool {
        self.path.contains("src/gen/")
    }

    /// Lines that are not comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().map(str::trim).zip(1..);
        lines.filter(|(line, _)| !line.is_empty() && !line.starts_with("//")).map(|(line, number)| (number, line))
    }

    /// The room of the server package that the file is in: `src/<room>/…` or `src/<room>.rs`.
    fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let room = inside.split('/').next()?.trim_end_matches(".rs");
        (room != "core" && room != "lib").then_some(room)
    }
}

/// Hand-written Rust.
fn sources() -> impl Iterator<Item = File> {
    files().into_iter().filter(|file| file.is("rs") && !file.is_generated())
}

fn expect_none(rule: &str, finds: Vec<String>) {
    assert!(finds.is_empty(), "{rule}:\n  {}", finds.join("\n  "));
}

/// The words that follow `prefix` in a line; of `prefix{a, b::c}`: a and b.
fn words_after<'l>(line: &'l str, prefix: &str) -> Vec<&'l str> {
    let word = |text: &'l str| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        &text[..end]
    };
    line.match_indices(prefix)
        .filter(|(at, _)| !line[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        .map(|(at, _)| &line[at + prefix.len()..])
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split([',', '}']).map(|item| word(item.trim())).collect(),
            None => vec![word(rest)],
        })
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn no_file_is_long() {
    let long = sources().filter(|file| file.text.lines().count() > LINES_MAX).map(|file| file.path).collect();
    expect_none("a file has at most 500 lines", long);
}

#[test]
fn arrows_run_down_only() {
    let rooms: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().trim_end_matches(".rs").to_owned())
        .collect();
    let mut upward = Vec::new();
    let mut excepted = Vec::new();
    for file in sources() {
        let Some(room) = file.room() else { continue };
        let allowed = ARROWS.iter().find(|(from, _)| *from == room).map_or(&[][..], |(_, to)| to);
        for (number, line) in file.code() {
            let named = words_after(line, "crate::").into_iter().chain(words_after(line, "skep::"));
            for other in named.filter(|other| *other != room && rooms.iter().any(|known| known == other)) {
                let exception = ARROW_EXCEPTIONS.iter().find(|(path, to, _)| *path == file.path && *to == other);
                excepted.extend(exception);
                if !allowed.contains(&other) && exception.is_none() {
                    upward.push(format!("{}:{number}: {room} → {other}", file.path));
                }
            }
            for (package, owners) in PACKAGES {
                if !words_after(line, &format!("{package}::")).is_empty() && !owners.contains(&room) {
                    upward.push(format!("{}:{number}: {room} → {package}", file.path));
                }
            }
        }
    }
    expect_none("arrows between rooms run down only (ARROWS)", upward);
    let idle: Vec<_> =
        ARROW_EXCEPTIONS.iter().filter(|one| !excepted.contains(one)).map(|one| one.0.to_owned()).collect();
    expect_none("an exception that nothing needs", idle);
}

#[test]
fn arrows_make_no_circle() {
    let mut floor: Vec<&str> = vec!["clock", "config", "warehouse"];
    let mut left: Vec<_> = ARROWS.to_vec();
    while !left.is_empty() {
        let before = left.len();
        let (settled, rest): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, to)| to.iter().all(|to| floor.contains(to)));
        floor.extend(settled.iter().map(|(from, _)| *from));
        left = rest;
        assert!(left.len() < before, "a circle among {left:?}");
    }
}

#[test]
fn door_plates_define_nothing() {
    let plates = ["mod ", "pub mod ", "pub(crate) mod ", "pub use ", "pub(crate) use ", "pub(super) use "];
    let mut defined = Vec::new();
    for file in sources().filter(|file| file.path.ends_with("/mod.rs") && file.path.contains("src/")) {
        if file.path.contains("/tests/") {
            continue;
        }
        let text: Vec<_> = file.code().map(|(_, line)| line).filter(|line| !line.starts_with("#[")).collect();
        let text = text.join(" ");
        let others = text.split(';').map(str::trim).filter(|item| !item.is_empty());
        let others =
            others.filter(|item| !plates.iter().any(|plate| item.starts_with(plate)) || item.contains("mod tests {"));
        defined.extend(others.map(|item| format!("{}: {item}", file.path)));
    }
    expect_none("a mod.rs is a door plate: `mod` and `pub use`, nothing else", defined);
}

#[test]
fn nothing_is_unfinished_or_switched_off() {
    let words =
        [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("[", "allow("), concat!("#[", "ignore")];
    let mut finds = Vec::new();
    for file in sources() {
        for (number, line) in file.code() {
            let found = words.iter().filter(|word| line.contains(*word));
            finds.extend(found.map(|word| format!("{}:{number}: {word}", file.path)));
        }
    }
    expect_none("nothing is left to do, and a lint is silenced by #[expect(…, reason = …)] only", finds);
}

#[test]
fn json_for_the_store_is_made_in_one_place() {
    const MAKERS: &[&str] = &["src/store/txn.rs", "src/store/driver/arg.rs"];
    let mut finds = Vec::new();
    for file in sources().filter(|file| file.path.starts_with("src/store/") && !MAKERS.contains(&file.path.as_str())) {
        let tests = file.text.find("#[cfg(test)]").unwrap_or(file.text.len());
        if file.text[..tests].contains("serde_json::to_") {
            finds.push(file.path);
        }
    }
    expect_none("documents are made by `to_json`, which refuses U+0000", finds);
}

#[test]
fn every_expect_says_why() {
    let mut finds = Vec::new();
    for file in sources() {
        for (at, _) in file.text.match_indices(concat!("[", "expect(")) {
            let end = file.text[at..].find(")]").map_or(file.text.len(), |end| at + end);
            if !file.text[at..end].contains("reason =") {
                finds.push(format!("{}: {}", file.path, &file.text[at..end]));
            }
        }
    }
    expect_none("a silenced lint has a reason", finds);
}

#[test]
fn no_text_names_a_machine() {
    let places = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/tmp", "/w/")];
    let mut finds = Vec::new();
    for file in files().into_iter().filter(|file| !file.is("lock")) {
        for (line, number) in file.text.lines().zip(1..) {
            let place = places.iter().find(|place| line.contains(*place));
            finds.extend(place.map(|place| format!("{}:{number}: {place}", file.path)));
            for (at, scheme) in line.match_indices("://") {
                let rest = &line[at + scheme.len()..];
                let end = rest.find(|c: char| "/:\"')>`, ;".contains(c)).unwrap_or(rest.len());
                if line[..at].ends_with("http") || line[..at].ends_with("https") {
                    let host = &rest[..end];
                    if !HOSTS.contains(&host) && !host.starts_with('{') {
                        finds.push(format!("{}:{number}: {host}", file.path));
                    }
                }
            }
        }
    }
    expect_none("a path of one machine, or a host that is not in HOSTS", finds);
}

#[test]
fn documents_speak_of_this_repository_only() {
    let markdown = files().into_iter().filter(|file| file.is("md"));
    let finds = markdown.filter(|file| file.text.contains(concat!("../", "shared"))).map(|file| file.path).collect();
    expect_none("a document leads out of the repository", finds);
}

#[test]
fn the_words_after_a_path() {
    assert_eq!(words_after("use crate::{store::Txn, warehouse};", "crate::"), ["store", "warehouse"]);
    assert_eq!(words_after("let x = crate::clock::Clock::new(crate::web());", "crate::"), ["clock", "web"]);
    assert_eq!(words_after("use mycrate::x;", "crate::"), [""; 0]);
}
