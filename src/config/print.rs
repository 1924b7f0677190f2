//! `skep config print`: the effective configuration as TOML, with the origin of each value.

use std::fmt::Write as _;

use toml::Value;

use super::load::Loaded;
use super::settings::{Config, path};

impl Loaded {
    /// The configuration as a `skep.toml` that would give the same, but for masked secrets.
    pub fn print(&self) -> String {
        let mut text = String::new();
        for (index, (section, keys)) in Config::sections().into_iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            let _ = writeln!(text, "{gap}[{section}]");
            for key in keys {
                let name = path(section, key.name);
                let origin = self.origin(&name);
                let _ = match self.config.get(&name) {
                    Some(value) => writeln!(text, "{} = {} # {origin}", key.name, inline(&value)),
                    None => writeln!(text, "# {} is not set # {origin}", key.name),
                };
            }
        }
        text
    }
}

impl Config {
    /// All keys with their defaults and documents, as the file of the documentation.
    pub fn reference() -> String {
        let defaults = Self::default();
        let mut text = String::from(
            "# Configuration keys\n\nMade from the source by a test (`UPDATE=1 cargo test -p skep --lib`). A key stands in its section of\n\
             `skep.toml`; its variable is `SKEP_SECTION_KEY`.\n",
        );
        for (section, keys) in Self::sections() {
            let _ = writeln!(text, "\n## [{section}]\n\n| key | default | meaning |\n| --- | --- | --- |");
            for key in keys {
                let default = match defaults.get(&path(section, key.name)) {
                    Some(value) => format!("`{}`", inline(&value)),
                    None => "not set".to_owned(),
                };
                let _ = writeln!(text, "| `{}` | {default} | {} |", key.name, key.doc.trim());
            }
        }
        text
    }
}

/// A value on one line, tables too.
fn inline(value: &Value) -> String {
    match value {
        Value::Table(table) if table.is_empty() => "{}".to_owned(),
        Value::Table(table) => {
            let pairs = table.iter().map(|(name, value)| format!("{} = {}", quoted(name), inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A name that need not be quoted stays bare.
fn quoted(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { Value::String(name.to_owned()).to_string() }
}
