//! Functions by their names and by Hive's classes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::{CAST, Function, TABLE};

/// By lower-case name.
static NAMES: LazyLock<HashMap<&str, &Function>> = LazyLock::new(|| {
    let named = |function: &'static Function| {
        let names = std::iter::once(function.name).chain(function.aliases.iter().copied());
        names.map(move |name| (name, function))
    };
    TABLE.iter().flat_map(named).collect()
});

static CLASSES: LazyLock<HashMap<&str, &Function>> = LazyLock::new(|| {
    let classed = |function: &'static Function| function.classes.iter().map(move |class| (*class, function));
    TABLE.iter().chain([&CAST]).flat_map(classed).collect()
});

/// The function of a name, in any case.
pub fn by_name(name: &str) -> Option<&'static Function> {
    NAMES.get(name.to_ascii_lowercase().as_str()).copied()
}

/// The function that a class of Hive's is, without its package.
pub fn by_class(class: &str) -> Option<&'static Function> {
    CLASSES.get(class).copied()
}

/// The functions' names that begin as a name does, or all of them, for messages.
pub fn names_like(name: &str) -> String {
    let start: String = name.to_ascii_lowercase().chars().take(1).collect();
    let all = || TABLE.iter().map(|function| function.name);
    let mut like: Vec<&str> = all().filter(|name| name.starts_with(&start)).collect();
    if like.is_empty() {
        like = all().collect();
    }
    like.sort_unstable();
    like.join(", ")
}
