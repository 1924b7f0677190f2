//! A partition's value and name: see `skep_core::fuzz::partition_name`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_core::fuzz::partition_name(bytes));
