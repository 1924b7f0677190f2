//! Texts that reviewers read and programs depend on, kept as files. `UPDATE=1 cargo test` rewrites them.

use std::path::Path;

/// Compares with `tests/golden/<name>`, or writes it when asked to.
pub fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(actual.lines()).position(|(e, a)| e != a);
    assert!(
        expected == actual,
        "{} differs from line {} on; run with UPDATE=1 and read the change",
        path.display(),
        differs.map_or_else(|| expected.lines().count().min(actual.lines().count()) + 1, |line| line + 1),
    );
}
