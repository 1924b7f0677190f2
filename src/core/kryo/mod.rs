//! Kryo-serialised Hive expressions (semantics §8), read without looking up a class: bytes become a bounded graph of
//! objects by fixed layouts, the graph a tree of [`Node`]s, the tree an expression of the filter language.

mod class;
mod error;
mod generation;
mod graph;
mod input;
mod layout;
mod layout_functions;
mod lower;
mod node;
mod outcome;
mod read;
mod text;
mod tree;
mod zone;

pub use error::{Error, MAX_BYTES};
pub use generation::{Decoded, decode};
pub use lower::{filter, lower};
pub use node::{Constant, Function, Node, NodeType};
pub use outcome::{Outcome, prune_outcome};
pub use text::Style;
pub use zone::ClientZone;

#[cfg(test)]
mod tests;
