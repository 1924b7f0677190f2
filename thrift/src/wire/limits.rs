//! What one message may cost us.

/// Bounds on one message. Everything is checked before memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message on the wire. Hive's `metastore.server.max.message.size` is 100 MiB too.
    pub message_bytes: usize,
    /// Bytes of one string or binary. Nothing longer fits a message; the default is the message's own bound.
    pub string_bytes: usize,
    /// Elements of all lists, sets and maps of one message together. A one-byte element is cheap to send but costs a
    /// step of work each; 100,000 partitions of 20 columns with parameters stay below 10 million. The scanner counts
    /// them; the reader has [`Self::memory_bytes`].
    pub elements: usize,
    /// Structs and containers inside each other. Hive's own types need about 12; the recursive ones
    /// (`Table` → `CreationMetadata` → `SourceTable` → `Table`) would otherwise reach the end of the stack.
    pub depth: usize,
    /// Bytes of decoded elements: `size_of::<T>()` is charged for each element of a container, because an empty
    /// `Partition` is one byte on the wire and several hundred in memory.
    pub memory_bytes: usize,
}

/// A method's name, and the name in an old (non-strict) header, which starts with its length: Hive's longest has 47
/// bytes, so a longer one is not a call but noise or an attack.
pub const NAME_BYTES_MAX: usize = 255;

/// What `Vec::with_capacity` may be asked for at once; longer lists grow as their elements really come.
pub(crate) const CAPACITY_MAX: usize = 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 100 << 20,
            string_bytes: 100 << 20,
            elements: 20_000_000,
            depth: 64,
            memory_bytes: 512 << 20,
        }
    }
}
