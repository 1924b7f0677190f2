//! Files that what the program writes is compared with.

use std::fs;
use std::path::Path;

/// Compares with a file below `tests/golden`; `UPDATE=1` writes it.
pub fn golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let wanted = fs::read_to_string(&file).unwrap_or_default();
    assert!(text == wanted, "{name} differs; UPDATE=1 writes it. Now:\n{text}");
}
