//! A pattern of names: see `skep_core::fuzz::pattern`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_core::fuzz::pattern(bytes));
