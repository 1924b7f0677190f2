//! Tests of the whole way, on streams that Hive wrote.

mod decoding;
mod evaluation;
mod functions;
mod hive3;
mod hostile;
mod vectors;
