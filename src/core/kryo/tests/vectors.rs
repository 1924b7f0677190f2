//! The test data, one vector a line.

use crate::kryo::class::Release;

pub struct Vector {
    pub name: &'static str,
    pub release: Release,
    /// The root's class comes first.
    pub typed: bool,
    /// As Hive prints it.
    pub text: &'static str,
    pub bytes: Vec<u8>,
}

/// Expressions written by Hive 2.3.10 and 4.0.1.
pub fn vectors() -> Vec<Vector> {
    let lines = include_str!("../testdata/vectors.tsv").lines().skip(1);
    let vectors: Vec<_> = lines.map(|line| vector(&line.split('\t').collect::<Vec<_>>())).collect();
    assert_eq!(vectors.len(), 65);
    vectors
}

fn vector(cells: &[&'static str]) -> Vector {
    let [name, hive, form, text, bytes] = cells else { panic!("{cells:?}") };
    let release = if *hive == "4.0.1" { Release::Hive4 } else { Release::Hive2 };
    Vector { name, release, typed: *form == "typed", text, bytes: from_hex(bytes) }
}

pub fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
