//! The objects of a stream, by reference number.

use super::class::Field;

/// What a field or an element holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot {
    Null,
    Boolean(bool),
    /// Every boxed or plain integer, a char too.
    Integer(i64),
    Float(f64),
    /// An object by its reference number.
    Object(usize),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    /// Its number is given, its bytes are still being read.
    Unfinished,
    Text(String),
    Bytes,
    Enum,
    Calendar,
    List(Vec<Slot>),
    Record(Record),
    SqlDate {
        millis: i64,
    },
    SqlTimestamp {
        millis: i64,
        nanos: i32,
    },
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds of the day, nanoseconds.
    Time(u32, u32),
    Timestamp {
        seconds: i64,
        nanos: u32,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// Without the package.
    pub(super) class: &'static str,
    fields: &'static [Field],
    slots: Vec<Slot>,
}

impl Record {
    pub(super) fn new(class: &'static str, fields: &'static [Field], slots: Vec<Slot>) -> Self {
        Self { class, fields, slots }
    }

    /// A field's content; null where the class has no such field.
    pub(super) fn get(&self, name: &str) -> Slot {
        let place = self.fields.iter().position(|field| field.name == name);
        place.and_then(|place| self.slots.get(place)).copied().unwrap_or(Slot::Null)
    }

    /// An integer field that fits.
    pub(super) fn integer<N: TryFrom<i64>>(&self, name: &str) -> Option<N> {
        if let Slot::Integer(n) = self.get(name) { N::try_from(n).ok() } else { None }
    }
}

/// A whole stream.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) root: Slot,
    pub(super) objects: Vec<Object>,
}

impl Graph {
    pub(super) fn object(&self, slot: Slot) -> Option<&Object> {
        if let Slot::Object(number) = slot { self.objects.get(number) } else { None }
    }

    pub(super) fn text(&self, slot: Slot) -> Option<&str> {
        if let Object::Text(text) = self.object(slot)? { Some(text) } else { None }
    }

    pub(super) fn list(&self, slot: Slot) -> Option<&[Slot]> {
        if let Object::List(slots) = self.object(slot)? { Some(slots) } else { None }
    }

    pub(super) fn record(&self, slot: Slot) -> Option<&Record> {
        if let Object::Record(record) = self.object(slot)? { Some(record) } else { None }
    }
}
