//! What a generated table of fields becomes.

/// The bit of a field in the set of fields that came. Only required fields are asked for; their ids are below 64.
pub(crate) const fn bit(id: i16) -> u64 {
    if id >= 0 && id < 64 { 1 << id } else { 0 }
}

/// Whether a field with a default goes onto the wire. As in Java: an object always, since its constructor set it; a
/// number or bool when it says something else.
pub(crate) fn is_written<T: super::Encode + PartialEq>(value: &T, default: impl FnOnce() -> T) -> bool {
    T::OBJECT || *value != default()
}

/// A struct from the table of its fields:
///
/// ```text
/// Name {
///     1: a: Option<String>,                  // may be absent
///     2: b: i32,                             // written always; absent means zero
///     3: c: i64 = -1,                        // absent means -1; a primitive is not written at its default
///     4 required("dbName"): db_name: String, // absent is an error that names it; written always
/// }
/// ```
///
/// Fields are written in the table's order. One id may stand twice with two types: the value's type on the wire
/// decides which field it fills. A type that fits no field is passed over.
macro_rules! wire_struct {
    ($(#[$meta:meta])* $name:ident {}) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {}

        impl $crate::wire::Decode for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Struct;
            fn decode(r: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                let outer = r.struct_begin()?;
                while let Some(field) = r.field_begin()? {
                    r.skip(field.kind)?;
                    r.field_end()?;
                }
                r.struct_end(outer);
                Ok(Self {})
            }
        }

        impl $crate::wire::Encode for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Struct;
            fn encode(&self, w: &mut $crate::wire::Writer) {
                let outer = w.struct_begin();
                w.struct_end(outer);
            }
        }

        #[cfg(any(test, feature = "sample"))]
        impl $crate::sample::Sample for $name {
            fn sample(_: &mut $crate::sample::Source) -> Self {
                Self {}
            }
        }
    };
    ($(#[$meta:meta])* $name:ident {
        $($(#[$field_meta:meta])* $id:literal $(required($required:literal))?: $field:ident: $type:ty $(= $default:expr)?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::wire::macros::or_default!($($default)?),)+ }
            }
        }

        impl $crate::wire::Decode for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Struct;
            fn decode(r: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                const REQUIRED: &[(i16, &str)] = &[$($(($id, $required),)?)+];
                let mut out = Self::default();
                let mut came = 0;
                let outer = r.struct_begin()?;
                while let Some(field) = r.field_begin()? {
                    match field.id {
                        $($id if field.kind == <$type as $crate::wire::Slot>::KIND => {
                            out.$field = $crate::wire::Slot::fill(r)?;
                            came |= $crate::wire::macros::bit($id);
                        })+
                        _ => r.skip(field.kind)?,
                    }
                    r.field_end()?;
                }
                r.struct_end(outer);
                for &(id, field) in REQUIRED {
                    if came & $crate::wire::macros::bit(id) == 0 {
                        return Err($crate::wire::WireError::MissingField { owner: stringify!($name), field });
                    }
                }
                Ok(out)
            }
        }

        impl $crate::wire::Encode for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Struct;
            fn encode(&self, w: &mut $crate::wire::Writer) {
                let outer = w.struct_begin();
                $($crate::wire::macros::put!(self, w, $id, $field $(, $default)?);)+
                w.struct_end(outer);
            }
        }

        #[cfg(any(test, feature = "sample"))]
        impl $crate::sample::Sample for $name {
            fn sample(source: &mut $crate::sample::Source) -> Self {
                if !source.deeper() {
                    return Self::default();
                }
                let out = Self { $($field: $crate::sample::Sample::sample(source),)+ };
                source.back();
                out
            }
        }
    };
}

macro_rules! or_default {
    () => {
        Default::default()
    };
    ($default:expr) => {
        $default
    };
}

macro_rules! put {
    ($self:ident, $w:ident, $id:literal, $field:ident) => {
        $crate::wire::Slot::put(&$self.$field, $w, $id)
    };
    ($self:ident, $w:ident, $id:literal, $field:ident, $default:expr) => {
        if $crate::wire::macros::is_written(&$self.$field, || $default) {
            $crate::wire::Slot::put(&$self.$field, $w, $id);
        }
    };
}

/// An enum: a number with names for the values we know. Others are kept and passed on.
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value_name:ident = $value:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i32);

        impl $name {
            $($(#[$value_meta])* pub const $value_name: Self = Self($value);)+

            /// The value's name in the interface, if it has one.
            pub fn name(self) -> Option<&'static str> {
                Some(match self.0 {
                    $($value => stringify!($value_name),)+
                    _ => return None,
                })
            }

            /// The value of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Some(match name {
                    $(stringify!($value_name) => Self::$value_name,)+
                    _ => return None,
                })
            }
        }

        impl $crate::wire::Decode for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::I32;
            fn decode(r: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                r.i32().map(Self)
            }
        }

        impl $crate::wire::Encode for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::I32;
            fn encode(&self, w: &mut $crate::wire::Writer) {
                w.i32(self.0);
            }
        }

        #[cfg(any(test, feature = "sample"))]
        impl $crate::sample::Sample for $name {
            fn sample(source: &mut $crate::sample::Source) -> Self {
                Self($crate::sample::Sample::sample(source))
            }
        }
    };
}

pub(crate) use {or_default, put, wire_enum, wire_struct};
