//! A filter text: see `skep_core::fuzz::filter`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_core::fuzz::filter(bytes));
