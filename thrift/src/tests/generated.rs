use std::path::Path;

/// Functions, files and the whole stay what generated text should be: small enough to be read in a diff.
#[test]
fn is_small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gen");
    let lines: usize = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap().lines().count())
        .sum();
    assert!(lines < 25_000, "{lines}");
}
