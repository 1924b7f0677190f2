//! Killed at any point and started again, an import ends in the same state.

use std::io::{BufRead as _, BufReader};

use super::fixture::Pair;
use super::round_trip::assert_same;

/// Kills an import when it has said so many lines; true if it came to its end before.
fn run_until(pair: &Pair, lines: usize) -> bool {
    let mut process = pair.command(&[]).spawn().unwrap();
    let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
    for _ in 0..lines {
        // All is copied once it compares: from there on, it may go to its end. What is only looked at again is no step.
        match said.by_ref().map(Result::unwrap).find(|line| !line.starts_with("checked")) {
            Some(line) if line != "comparing" => {}
            _ => {
                said.for_each(drop);
                return process.wait().unwrap().success();
            }
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    false
}

#[test]
fn an_import_that_dies_again_and_again_comes_to_its_end() {
    for lines in [1, 4] {
        let pair = Pair::new(3500);
        let mut deaths = 0;
        while !run_until(&pair, lines) {
            deaths += 1;
            assert!(deaths < 200, "it does not get on");
        }
        assert!(deaths >= 5, "it died {deaths} times only");
        assert_same(&pair);
        let (report, done) = pair.import(&[]);
        assert!(done && report["complete"] == true, "{report:#}");
    }
}
