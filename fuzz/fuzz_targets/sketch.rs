//! A sketch of distinct values: see `skep_core::fuzz::sketch`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_core::fuzz::sketch(bytes));
