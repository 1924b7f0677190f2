//! A message in the Binary protocol: see `skep_thrift::fuzz::message`.
#![no_main]

use skep_thrift::Protocol;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| skep_thrift::fuzz::message(Protocol::Binary, bytes));
