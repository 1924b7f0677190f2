//! What a partition key can be.

/// A key's type, as the model has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Text without trailing blanks.
    Char,
    Flag,
    Integer {
        low: i64,
        high: i64,
    },
    Float,
    Double,
    Decimal {
        precision: u32,
        scale: u32,
    },
    Date,
    Timestamp,
}

/// All types that keys can have, as Hive writes them.
pub const KINDS: [(&str, Kind); 18] = [
    ("string", Kind::Text),
    ("varchar(20)", Kind::Text),
    ("char(8)", Kind::Char),
    ("boolean", Kind::Flag),
    ("tinyint", integer(i8::MIN as i64, i8::MAX as i64)),
    ("smallint", integer(i16::MIN as i64, i16::MAX as i64)),
    ("int", integer(i32::MIN as i64, i32::MAX as i64)),
    ("INTEGER", integer(i32::MIN as i64, i32::MAX as i64)),
    ("bigint", integer(i64::MIN, i64::MAX)),
    ("float", Kind::Float),
    ("double", Kind::Double),
    ("decimal", decimal(10, 0)),
    ("decimal(10,2)", decimal(10, 2)),
    ("Decimal(5, 5)", decimal(5, 5)),
    ("decimal(38,0)", decimal(38, 0)),
    ("decimal(38,18)", decimal(38, 18)),
    ("date", Kind::Date),
    ("timestamp", Kind::Timestamp),
];

const fn integer(low: i64, high: i64) -> Kind {
    Kind::Integer { low, high }
}

const fn decimal(precision: u32, scale: u32) -> Kind {
    Kind::Decimal { precision, scale }
}
