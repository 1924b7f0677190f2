use std::path::Path;

use crate::fuzz;

/// What the fuzzers found or grew from keeps being replayed, without the fuzzer.
#[test]
fn replay() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let mut replayed = 0;
    for (target, run) in fuzz::TARGETS {
        for entry in std::fs::read_dir(corpus.join(target)).unwrap() {
            run(&std::fs::read(entry.unwrap().path()).unwrap());
            replayed += 1;
        }
    }
    assert!(replayed >= 20, "{replayed}");
}
