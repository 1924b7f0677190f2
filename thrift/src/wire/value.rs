//! How Rust types stand on the wire.

use super::limits::CAPACITY_MAX;
use super::{Kind, Reader, WireError, Writer};

/// A value that can be read.
pub trait Decode: Sized {
    const KIND: Kind;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError>;
}

/// A value that can be written.
pub trait Encode {
    const KIND: Kind;
    /// Whether Java holds the type as an object. A field with a default is written even at its default if so.
    const OBJECT: bool = true;
    fn encode(&self, w: &mut Writer);
}

/// A struct's field: a value, or a value that may be absent.
pub trait Slot: Sized {
    const KIND: Kind;
    fn fill(r: &mut Reader<'_>) -> Result<Self, WireError>;
    fn put(&self, w: &mut Writer, id: i16);
}

impl<T: Decode + Encode> Slot for T {
    const KIND: Kind = <T as Decode>::KIND;
    fn fill(r: &mut Reader<'_>) -> Result<Self, WireError> {
        T::decode(r)
    }
    fn put(&self, w: &mut Writer, id: i16) {
        w.field_begin(<T as Encode>::KIND, id);
        self.encode(w);
        w.field_end();
    }
}

impl<T: Decode + Encode> Slot for Option<T> {
    const KIND: Kind = <T as Decode>::KIND;
    fn fill(r: &mut Reader<'_>) -> Result<Self, WireError> {
        T::decode(r).map(Some)
    }
    fn put(&self, w: &mut Writer, id: i16) {
        if let Some(value) = self {
            value.put(w, id);
        }
    }
}

macro_rules! primitive {
    ($($type:ty, $kind:ident, $method:ident;)*) => {$(
        impl Decode for $type {
            const KIND: Kind = Kind::$kind;
            fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
                r.$method()
            }
        }
        impl Encode for $type {
            const KIND: Kind = Kind::$kind;
            const OBJECT: bool = false;
            fn encode(&self, w: &mut Writer) {
                w.$method(*self);
            }
        }
    )*};
}

primitive! {
    bool, Bool, bool;
    i8, Byte, i8;
    i16, I16, i16;
    i32, I32, i32;
    i64, I64, i64;
    f64, Double, double;
}

impl Decode for String {
    const KIND: Kind = Kind::String;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.string()
    }
}

impl Encode for String {
    const KIND: Kind = Kind::String;
    fn encode(&self, w: &mut Writer) {
        w.string(self);
    }
}

/// `binary`.
impl Decode for Vec<u8> {
    const KIND: Kind = Kind::String;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.binary()
    }
}

impl Encode for Vec<u8> {
    const KIND: Kind = Kind::String;
    fn encode(&self, w: &mut Writer) {
        w.binary(self);
    }
}

impl<T: Decode> Decode for Box<T> {
    const KIND: Kind = T::KIND;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.charge(1, size_of::<T>())?;
        T::decode(r).map(Box::new)
    }
}

impl<T: Encode> Encode for Box<T> {
    const KIND: Kind = T::KIND;
    fn encode(&self, w: &mut Writer) {
        T::encode(self, w);
    }
}

fn check(found: Option<Kind>, expected: Kind) -> Result<(), WireError> {
    match found {
        Some(found) if found != expected => Err(WireError::ElementType { found, expected }),
        _ => Ok(()),
    }
}

/// `list`.
impl<T: Decode> Decode for Vec<T> {
    const KIND: Kind = Kind::List;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let (kind, len) = r.list_begin()?;
        check(kind, T::KIND)?;
        r.charge(len, size_of::<T>())?;
        let mut out = Self::with_capacity(len.min(CAPACITY_MAX));
        for _ in 0..len {
            out.push(T::decode(r)?);
        }
        r.list_end()?;
        Ok(out)
    }
}

impl<T: Encode> Encode for Vec<T> {
    const KIND: Kind = Kind::List;
    fn encode(&self, w: &mut Writer) {
        w.list_begin(T::KIND, self.len());
        for item in self {
            item.encode(w);
        }
        w.list_end();
    }
}

/// `set`, in the order it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set<T>(pub Vec<T>);

impl<T: Decode> Decode for Set<T>
where
    Vec<T>: Decode,
{
    const KIND: Kind = Kind::Set;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Vec::decode(r).map(Self)
    }
}

impl<T: Encode> Encode for Set<T>
where
    Vec<T>: Encode,
{
    const KIND: Kind = Kind::Set;
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
}

/// `map`, as pairs in the order they came: keys may be lists, and nothing here looks them up.
impl<K: Decode, V: Decode> Decode for Vec<(K, V)> {
    const KIND: Kind = Kind::Map;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let (kinds, len) = r.map_begin()?;
        check(kinds.map(|(key, _)| key), K::KIND)?;
        check(kinds.map(|(_, value)| value), V::KIND)?;
        r.charge(len, size_of::<(K, V)>())?;
        let mut out = Self::with_capacity(len.min(CAPACITY_MAX));
        for _ in 0..len {
            let key = K::decode(r)?;
            out.push((key, V::decode(r)?));
        }
        r.map_end()?;
        Ok(out)
    }
}

impl<K: Encode, V: Encode> Encode for Vec<(K, V)> {
    const KIND: Kind = Kind::Map;
    fn encode(&self, w: &mut Writer) {
        w.map_begin(K::KIND, V::KIND, self.len());
        for (key, value) in self {
            key.encode(w);
            value.encode(w);
        }
        w.map_end();
    }
}
