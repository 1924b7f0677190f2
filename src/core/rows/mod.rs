//! The partitions of one table version in memory, packed: values by column with their index ([`crate::prune`]), names
//! and locations only where they do not follow from the values, parameters without their keys. A version is a large
//! segment that many versions share, the rows of it that went, and a small segment of those that came.

mod builder;
mod finder;
mod kind;
mod later;
mod names;
mod parameters;
mod partitions;
mod segment;
mod selection;
mod view;

pub use builder::{RowIn, SegmentBuilder};
pub use later::Later;
pub use names::Names;
pub use partitions::{Came, TablePartitions, key_position, key_types};
pub use segment::Segment;
pub use selection::{Cursor, Selection};
pub use view::{Location, RowView};

#[cfg(test)]
mod tests;
