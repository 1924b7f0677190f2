//! A serialised expression of Hive: see `skep_core::fuzz::kryo`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_core::fuzz::kryo(bytes));
