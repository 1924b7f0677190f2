//! Protocols and the types on the wire.

use super::WireError;

/// A message protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Binary,
    Compact,
}

/// A type on the wire. The numbers are those of `TType`, which Binary sends as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Bool = 2,
    Byte = 3,
    Double = 4,
    I16 = 6,
    I32 = 8,
    I64 = 10,
    /// Strings and binaries alike.
    String = 11,
    Struct = 12,
    Map = 13,
    Set = 14,
    List = 15,
}

impl Kind {
    pub(crate) fn from_binary(code: u8) -> Result<Self, WireError> {
        Ok(match code {
            2 => Self::Bool,
            3 => Self::Byte,
            4 => Self::Double,
            6 => Self::I16,
            8 => Self::I32,
            10 => Self::I64,
            11 => Self::String,
            12 => Self::Struct,
            13 => Self::Map,
            14 => Self::Set,
            15 => Self::List,
            other => return Err(WireError::UnknownType(other)),
        })
    }

    /// Compact has two codes for bool: a field's code is its value, an element's is either.
    pub(crate) fn from_compact(code: u8) -> Result<Self, WireError> {
        Ok(match code {
            1 | 2 => Self::Bool,
            3 => Self::Byte,
            4 => Self::I16,
            5 => Self::I32,
            6 => Self::I64,
            7 => Self::Double,
            8 => Self::String,
            9 => Self::List,
            10 => Self::Set,
            11 => Self::Map,
            12 => Self::Struct,
            other => return Err(WireError::UnknownType(other)),
        })
    }

    pub(crate) fn to_compact(self) -> u8 {
        match self {
            Self::Bool => 1,
            Self::Byte => 3,
            Self::I16 => 4,
            Self::I32 => 5,
            Self::I64 => 6,
            Self::Double => 7,
            Self::String => 8,
            Self::List => 9,
            Self::Set => 10,
            Self::Map => 11,
            Self::Struct => 12,
        }
    }

    /// The tag TJSON writes before a value.
    pub(crate) fn json_tag(self) -> &'static str {
        match self {
            Self::Bool => "tf",
            Self::Byte => "i8",
            Self::Double => "dbl",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::String => "str",
            Self::Struct => "rec",
            Self::Map => "map",
            Self::Set => "set",
            Self::List => "lst",
        }
    }

    pub(crate) fn from_json_tag(tag: &str) -> Option<Self> {
        Some(match tag {
            "tf" => Self::Bool,
            "i8" => Self::Byte,
            "dbl" => Self::Double,
            "i16" => Self::I16,
            "i32" => Self::I32,
            "i64" => Self::I64,
            "str" => Self::String,
            "rec" => Self::Struct,
            "map" => Self::Map,
            "set" => Self::Set,
            "lst" => Self::List,
            _ => return None,
        })
    }

    /// Bytes of a value of this type in Binary, if they are always as many.
    pub(crate) fn binary_size(self) -> Option<usize> {
        match self {
            Self::Bool | Self::Byte => Some(1),
            Self::I16 => Some(2),
            Self::I32 => Some(4),
            Self::I64 | Self::Double => Some(8),
            Self::String | Self::Struct | Self::Map | Self::Set | Self::List => None,
        }
    }

    /// The fewest bytes a value of this type takes in either protocol's own terms.
    pub(crate) fn size_min(self, protocol: Protocol) -> usize {
        match protocol {
            Protocol::Compact => {
                if self == Self::Double {
                    8
                } else {
                    1
                }
            }
            Protocol::Binary => self.binary_size().unwrap_or(match self {
                Self::String => 4,
                Self::Map => 6,
                Self::Set | Self::List => 5,
                _ => 1,
            }),
        }
    }
}
