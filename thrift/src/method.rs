//! What a method is, and how its outcome is written.

use crate::r#gen::exceptions::Exception;
use crate::r#gen::methods::METHODS;
use crate::wire::message::{self, ErrorCode, Head, MessageKind};
use crate::wire::{Decode, Encode, Kind, Reader, Slot, WireError, Writer};

/// An exception a method declares: the field of its result that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throw {
    pub id: i16,
    pub exception: Exception,
}

/// A method of the interface. The types are generated, one for each.
pub trait Method {
    /// As it stands in a message's head.
    const NAME: &'static str;
    /// Nobody waits for an answer.
    const ONEWAY: bool;
    const THROWS: &'static [Throw];
    type Args: Decode + Encode + Default + Send;
    type Reply: Reply + Send;
}

/// A method as data.
#[derive(Clone, Copy, Debug)]
pub struct MethodInfo {
    pub name: &'static str,
    pub oneway: bool,
    pub throws: &'static [Throw],
    /// The first of the releases we know that has it: `2.3`, `3.1`, `4.0`, `4.0.1`, `4.1`, `4.2`.
    pub since: &'static str,
    /// The last one, if later releases dropped it.
    pub until: Option<&'static str>,
    /// Reads the arguments and drops them: for tests and fuzzing.
    pub decode_args: fn(&mut Reader<'_>) -> Result<(), WireError>,
}

impl MethodInfo {
    pub(crate) const fn of<M: Method>(since: &'static str, until: Option<&'static str>) -> Self {
        Self {
            name: M::NAME,
            oneway: M::ONEWAY,
            throws: M::THROWS,
            since,
            until,
            decode_args: |r| M::Args::decode(r).map(drop),
        }
    }

    /// The method of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        METHODS.binary_search_by_key(&name, |method| method.name).ok().map(|at| &METHODS[at])
    }
}

/// What a method gives back: a value, `()` for void, or `Option` where Java may give null.
pub trait Reply: Sized {
    /// Writes the result's field 0, if there is something to write.
    fn put(&self, w: &mut Writer);
    /// Takes the result's field 0, if its type fits.
    fn fill(r: &mut Reader<'_>, kind: Kind) -> Result<Option<Self>, WireError>;
    /// The reply when field 0 did not come, if that is one.
    fn absent() -> Option<Self>;
}

impl Reply for () {
    fn put(&self, _: &mut Writer) {}
    fn fill(r: &mut Reader<'_>, kind: Kind) -> Result<Option<Self>, WireError> {
        r.skip(kind).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(())
    }
}

impl<T: Decode + Encode> Reply for T {
    fn put(&self, w: &mut Writer) {
        Slot::put(self, w, 0);
    }
    fn fill(r: &mut Reader<'_>, kind: Kind) -> Result<Option<Self>, WireError> {
        if kind == <T as Decode>::KIND { T::decode(r).map(Some) } else { r.skip(kind).map(|()| None) }
    }
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Decode + Encode> Reply for Option<T> {
    fn put(&self, w: &mut Writer) {
        Slot::put(self, w, 0);
    }
    fn fill(r: &mut Reader<'_>, kind: Kind) -> Result<Option<Self>, WireError> {
        <T as Reply>::fill(r, kind).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// The field under which a method with these `throws` can say `exception`, if it declares it.
pub fn throw_id(throws: &[Throw], exception: Exception) -> Option<i16> {
    throws.iter().find(|throw| throw.exception == exception).map(|throw| throw.id)
}

/// Writes a whole message: the method's result.
pub fn write_reply<R: Reply>(w: &mut Writer, name: &str, seq: i32, reply: &R) {
    message::write_head(w, name, MessageKind::Reply, seq);
    let outer = w.struct_begin();
    reply.put(w);
    w.struct_end(outer);
}

/// Writes a whole message: a declared exception, in the field [`throw_id`] gave. Every exception of the interface is
/// a struct of one field, `1: string message`.
pub fn write_exception(w: &mut Writer, name: &str, seq: i32, id: i16, text: &str) {
    message::write_head(w, name, MessageKind::Reply, seq);
    let outer = w.struct_begin();
    w.field_begin(Kind::Struct, id);
    let result = w.struct_begin();
    w.field_begin(Kind::String, 1);
    w.string(text);
    w.field_end();
    w.struct_end(result);
    w.field_end();
    w.struct_end(outer);
}

/// Writes a whole message that answers an unknown method; the text is what Spark and Flink look for.
pub fn write_unknown_method(w: &mut Writer, head: &Head) {
    let text = format!("Invalid method name: '{}'", head.name);
    message::write_error(w, &head.name, head.seq, ErrorCode::UnknownMethod, &text);
}

/// The methods from their table:
///
/// ```text
/// GetTable(GetTableArgs) "get_table" call since "2.3" until "4.0" {
///     1: dbname: Option<String>,
/// } -> Table, throws [1 Meta, 2 NoSuchObject];
/// ```
macro_rules! methods {
    ($(
        $(#[$meta:meta])*
        $name:ident($args:ident) $wire_name:literal $mode:ident since $since:literal $(until $until:literal)?
        { $($rows:tt)* } -> $reply:ty, throws [$($id:literal $exception:ident),*];
    )*) => {
        $(
            $crate::wire::macros::wire_struct! {
                #[doc = concat!("The arguments of `", $wire_name, "`.")]
                $args { $($rows)* }
            }

            $(#[$meta])*
            #[doc = concat!("`", $wire_name, "`.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl $crate::method::Method for $name {
                const NAME: &'static str = $wire_name;
                const ONEWAY: bool = $crate::method::is_oneway!($mode);
                const THROWS: &'static [$crate::method::Throw] = &[$(
                    $crate::method::Throw { id: $id, exception: $crate::Exception::$exception },
                )*];
                type Args = $args;
                type Reply = $reply;
            }
        )*

        /// All methods, sorted by name.
        pub static METHODS: &[$crate::method::MethodInfo] = &[$(
            $crate::method::MethodInfo::of::<$name>($since, $crate::method::until!($($until)?)),
        )*];

        /// All methods, for tests that go through them.
        #[cfg(any(test, feature = "sample"))]
        pub static SAMPLES: &[$crate::sample::SampleMethod] = &[$($crate::sample::SampleMethod::of::<$name>(),)*];
    };
}

macro_rules! is_oneway {
    (call) => {
        false
    };
    (oneway) => {
        true
    };
}

macro_rules! until {
    () => {
        None
    };
    ($until:literal) => {
        Some($until)
    };
}

pub(crate) use {is_oneway, methods, until};
