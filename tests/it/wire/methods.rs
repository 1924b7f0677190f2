//! A small interface to drive the engine with: it must not depend on which of Hive's methods are routed.

use skep_thrift::wire::{Decode, Encode, Kind, Reader, WireError, Writer};
use skep_thrift::{Exception, Method, Throw};

/// The arguments of all these methods: one required text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl Decode for Text {
    const KIND: Kind = Kind::Struct;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut text = None;
        let outer = r.struct_begin()?;
        while let Some(field) = r.field_begin()? {
            match (field.id, field.kind) {
                (1, Kind::String) => text = Some(r.string()?),
                _ => r.skip(field.kind)?,
            }
            r.field_end()?;
        }
        r.struct_end(outer);
        text.map(Self).ok_or(WireError::MissingField { owner: "Text", field: "text" })
    }
}

impl Encode for Text {
    const KIND: Kind = Kind::Struct;
    fn encode(&self, w: &mut Writer) {
        let outer = w.struct_begin();
        w.field_begin(Kind::String, 1);
        w.string(&self.0);
        w.field_end();
        w.struct_end(outer);
    }
}

pub fn text(text: &str) -> Text {
    Text(text.to_owned())
}

macro_rules! method {
    ($($(#[$meta:meta])* $name:ident = $wire:literal, $oneway:literal, $reply:ty, [$($id:literal $exception:ident),*];)*) => {$(
        $(#[$meta])*
        pub struct $name;
        impl Method for $name {
            const NAME: &'static str = $wire;
            const ONEWAY: bool = $oneway;
            const THROWS: &'static [Throw] = &[$(Throw { id: $id, exception: Exception::$exception }),*];
            type Args = Text;
            type Reply = $reply;
        }
    )*};
}

method! {
    Echo = "echo", false, String, [];
    /// Fails with the kind that its text names.
    Fail = "fail", false, String, [1 Meta, 2 NoSuchObject];
    FailBare = "fail_bare", false, String, [];
    Panic = "panic", false, String, [1 Meta];
    /// So many lines of text, spliced.
    Lines = "lines", false, Vec<String>, [];
    /// So many bytes, as one value.
    Big = "big", false, String, [];
    /// Waits until its client is gone, begins a write, and notes what came of that.
    Write = "write", false, (), [];
    WriteOneWay = "write_one_way", true, (), [];
    /// Nobody waits for it.
    Note = "note", true, (), [];
    Shutdown = "shutdown", true, (), [];
    /// Answers when the fixture says so.
    Wait = "wait", false, String, [];
    Void = "void", false, (), [];
    /// In the interface and not routed.
    Absent = "get_indexes", false, String, [];
}
