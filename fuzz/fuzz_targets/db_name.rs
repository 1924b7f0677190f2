//! A database name with its catalog: see `skep_core::fuzz::db_name`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_core::fuzz::db_name(bytes));
