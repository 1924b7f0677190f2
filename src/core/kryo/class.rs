//! How the bytes of a Java class read: what a class name, or a registered class number, stands for.

use super::layout::FAMILIES;
use super::layout_functions::FUNCTIONS;
use crate::function::Generation;

/// A family of Hive releases that write the same bytes, and the choices that a stream's client may have made without
/// telling: a stream is read under each, see [`super::generation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) release: Release,
    /// The root is preceded by its class (Hive 4).
    pub(super) typed_root: bool,
    /// Hadoop 3.4's Text has a field more.
    pub(super) hadoop_3_4: bool,
    /// java.time objects in their short form (Kryo 4 and later), not field by field.
    pub(super) compact_time: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Release {
    Hive2,
    Hive3,
    Hive4,
}

impl Release {
    pub(super) fn generation(self) -> Generation {
        match self {
            Self::Hive2 | Self::Hive3 => Generation::Hive2,
            Self::Hive4 => Generation::Hive4,
        }
    }

    /// Kryo 5: other lists, other byte order, enums without references.
    pub(super) fn is_kryo5(self) -> bool {
        self == Self::Hive4
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What a field's declared type makes of its bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Java primitives, without reference or null.
    Boolean,
    Byte,
    Short,
    Int,
    Long,
    Float,
    Double,
    /// A final class: no class is written.
    Final(Body),
    /// A list of strings in a field that says so: a class, then elements without classes.
    Strings,
    /// Anything else: the class comes first.
    Any,
}

/// What follows an object's reference marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Body {
    /// A boxed primitive; no reference marker.
    Boxed(Primitive),
    Text,
    /// Ordinal + 1.
    Enum,
    Bytes,
    Longs,
    List,
    /// A list whose elements are known to be strings.
    Strings,
    /// `Arrays$ArrayList`: length, component class, elements with classes.
    ArraysAsList,
    /// An array of an interface: length + 1, elements with classes.
    Array,
    /// java.sql.Date: milliseconds.
    SqlDate,
    /// java.sql.Timestamp: milliseconds and nanoseconds of the second.
    SqlTimestamp,
    LocalDate,
    LocalDateTime,
    LocalTime,
    /// java.util.GregorianCalendar.
    Calendar,
    Fields(&'static str, &'static [Field]),
    /// A class that is only named, as the component of an array.
    Opaque,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Primitive {
    Boolean,
    Byte,
    Char,
    Short,
    Int,
    Long,
    Float,
    Double,
}

/// What a registered class number stands for; the number is the one on the wire (semantics §8).
pub(super) fn registered(number: u32, release: Release) -> Option<Body> {
    Some(match number {
        2 => Body::Boxed(Primitive::Int),
        3 => Body::Text,
        4 => Body::Boxed(Primitive::Float),
        5 => Body::Boxed(Primitive::Boolean),
        6 => Body::Boxed(Primitive::Byte),
        7 => Body::Boxed(Primitive::Char),
        8 => Body::Boxed(Primitive::Short),
        9 => Body::Boxed(Primitive::Long),
        10 => Body::Boxed(Primitive::Double),
        // Kryo 3 also has void, so what Hive adds is one higher; TimestampTZ and Path are left out.
        11 if release.is_kryo5() => Body::SqlDate,
        12 if release.is_kryo5() => Body::SqlTimestamp,
        12 => Body::SqlDate,
        13 if !release.is_kryo5() => Body::SqlTimestamp,
        15 if release != Release::Hive3 => Body::ArraysAsList,
        16 if release == Release::Hive3 => Body::ArraysAsList,
        _ => return None,
    })
}

/// What a class name stands for in a dialect.
pub(super) fn named(name: &str, dialect: Dialect) -> Option<Body> {
    match name {
        "java.util.ArrayList" | "java.util.LinkedList" => return Some(Body::List),
        "java.time.LocalDate" => return Some(Body::LocalDate),
        "java.time.LocalDateTime" => return Some(Body::LocalDateTime),
        "java.util.GregorianCalendar" => return Some(Body::Calendar),
        "[Lorg.apache.hadoop.hive.serde2.objectinspector.ObjectInspector;" => return Some(Body::Array),
        _ => {}
    }
    let (package, simple) = name.rsplit_once('.')?;
    let family = FAMILIES
        .iter()
        .chain(FUNCTIONS)
        .filter(|family| family.package == package && family.fits(dialect))
        .find_map(|family| Some((family, family.classes.iter().find(|class| **class == simple)?)))?;
    Some(Body::Fields(family.1, family.0.fields))
}
