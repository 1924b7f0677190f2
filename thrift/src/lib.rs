//! The Hive Metastore's Thrift interface, complete and bounded.
//!
//! * [`wire`]: Binary, Compact and TJSON codecs, the message scanner, the limits. Knows no Hive.
//! * [`types`], [`methods`]: generated from `thrift/idl/*.thrift`, the union of Hive 2.3 to 4.2.
//! * [`method`]: what a method is, and how its result or its declared exception is written.
//!
//! Nothing a peer sends panics, recurses without bound, or makes us allocate before a bound was checked.

pub mod call;
mod r#gen;
pub mod method;
pub mod wire;

#[cfg(any(test, feature = "sample"))]
pub mod fuzz;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "sample"))]
pub use r#gen::samples;

pub use r#gen::{constants, exceptions::Exception, methods, types};
pub use method::{Method, MethodInfo, Reply, Throw};
pub use wire::{Limits, Protocol, Reader, WireError, Writer};
