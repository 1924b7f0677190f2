//! Generated from `thrift/idl/*.thrift`.

pub mod exceptions;
pub mod methods;
