//! What `deny.toml` says of licences, sources and banned packages, checked with what Cargo itself knows: a part of
//! `cargo deny check` that needs no tool and no network. (`cargo deny` also knows advisories and duplicates.)

use std::process::Command;

use serde_json::Value;

fn deny() -> toml::Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

fn words(list: &toml::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// The packages of other people, on all platforms that `deny.toml` names.
fn packages(deny: &toml::Table) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"]);
    for target in words(&deny["graph"]["targets"]) {
        command.args(["--filter-platform", target]);
    }
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.filter(|package| !package["source"].is_null()).cloned().collect()
}

/// Whether a licence expression can be met with these licences. Of `A AND B` both are needed; OR binds looser.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.trim();
    if allowed.contains(&expression) {
        return true;
    }
    for (word, all) in [(" OR ", false), (" AND ", true)] {
        let parts = split_outside_parentheses(expression, word);
        if parts.len() > 1 {
            let mut answers = parts.iter().map(|part| is_allowed(part, allowed));
            return if all { answers.all(|yes| yes) } else { answers.any(|yes| yes) };
        }
    }
    let inner = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| is_allowed(inner, allowed))
}

fn split_outside_parentheses<'e>(expression: &'e str, word: &str) -> Vec<&'e str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    for (at, _) in expression.match_indices(word) {
        let before = &expression[begin..at];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(before);
            begin = at + word.len();
        }
    }
    parts.push(&expression[begin..]);
    parts
}

#[test]
fn packages_have_licences_sources_and_names_that_we_allow() {
    let deny = deny();
    let allowed = words(&deny["licenses"]["allow"]);
    let banned: Vec<_> =
        deny["bans"]["deny"].as_array().unwrap().iter().map(|ban| ban["crate"].as_str().unwrap()).collect();
    let packages = packages(&deny);
    assert!(packages.len() > 100, "{}", packages.len());
    let mut bad = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        // The old form of OR.
        let licence = package["license"].as_str().unwrap_or("none").replace('/', " OR ");
        if !is_allowed(&licence, &allowed) {
            bad.push(format!("{name}: {licence}"));
        }
        if banned.contains(&name) {
            bad.push(format!("{name}: banned"));
        }
        if !package["source"].as_str().unwrap().starts_with("registry+") {
            bad.push(format!("{name}: from {}", package["source"]));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn licence_expressions() {
    let allowed = ["MIT", "Apache-2.0", "Zlib"];
    for good in ["MIT", "MIT OR GPL-3.0", "(MIT OR GPL-3.0) AND Zlib", "GPL-3.0 OR Zlib AND MIT", "MIT AND (Zlib OR X)"]
    {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND Y", "none", "Zlib AND X OR Y"] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
