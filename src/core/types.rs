//! Hive types as partition keys have them, and typed values.

/// The type of a partition key, as far as comparing its values needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// string, and every type that has no order of its own here.
    Text,
    /// varchar(n): compared as text.
    Varchar(u32),
    /// char(n): compared as text without trailing blanks.
    Char(u32),
    Boolean,
    /// tinyint, smallint, int, bigint.
    Integer(IntegerWidth),
    Float,
    Double,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntegerWidth {
    Tiny,
    Small,
    Int,
    Big,
}
