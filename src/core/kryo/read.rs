//! Bytes → graph, under one dialect. Every loop is bounded by the bytes left or by [`MAX_SLOTS`], recursion by
//! [`MAX_NESTING`]; a class without a layout ends the reading.

use super::class::{Body, Dialect, Field, Kind, Primitive, named, registered};
use super::error::Error;
use super::graph::{Graph, Object, Record, Slot};
use super::input::{Input, quote};
use crate::types::calendar;

/// Objects within objects. A function and its list of children are two, so about half as many functions.
pub(super) const MAX_NESTING: usize = 200;
/// Objects of a stream.
const MAX_OBJECTS: usize = 1 << 20;
/// Elements of all lists of a stream: a list of nulls has no bytes for its elements.
const MAX_SLOTS: usize = 1 << 20;
/// Marks null, for objects and for classes.
const NULL: u32 = 0;
/// Marks an object that was not written before; for classes: a name follows.
const NEW: u32 = 1;
const ROOT: &str = "org.apache.hadoop.hive.ql.plan.ExprNodeGenericFuncDesc";

/// Reads a whole stream; bytes left over are an error.
pub(super) fn read(bytes: &[u8], dialect: Dialect) -> Result<Graph, Error> {
    let input = Input::new(bytes, dialect.release.is_kryo5());
    let mut reader = Reader { input, dialect, names: Vec::new(), objects: Vec::new(), slots: 0, nesting: 0 };
    let class = if dialect.typed_root { reader.class()? } else { named(ROOT, dialect) };
    let class = class.ok_or_else(|| reader.input.error("the root is null"))?;
    let root = reader.object(class, false)?;
    if reader.input.remaining() != 0 {
        return Err(reader.input.error("bytes follow the expression"));
    }
    Ok(Graph { root, objects: reader.objects })
}

struct Reader<'a> {
    input: Input<'a>,
    dialect: Dialect,
    /// Classes by name id.
    names: Vec<Body>,
    /// Objects by reference number.
    objects: Vec<Object>,
    /// Elements read so far.
    slots: usize,
    nesting: usize,
}

impl Reader<'_> {
    /// A class; none is null.
    fn class(&mut self) -> Result<Option<Body>, Error> {
        match self.input.varint()? {
            NULL => Ok(None),
            NEW => self.named_class(false).map(Some),
            number => registered(number, self.dialect.release)
                .map(Some)
                .ok_or_else(|| self.input.error(format!("class number {number} has no known layout"))),
        }
    }

    /// The class of an array's components. It has no objects of its own, so it needs no layout.
    fn component_class(&mut self) -> Result<(), Error> {
        if self.input.varint()? == NEW {
            self.named_class(true)?;
        }
        Ok(())
    }

    fn named_class(&mut self, may_be_opaque: bool) -> Result<Body, Error> {
        let id = self.input.varint()? as usize;
        if let Some(known) = self.names.get(id) {
            return Ok(*known);
        }
        if id != self.names.len() {
            return Err(self.input.error("a class name was skipped"));
        }
        let name = self.input.string()?.unwrap_or_default();
        let body = named(&name, self.dialect).or(may_be_opaque.then_some(Body::Opaque));
        let body = body.ok_or_else(|| self.input.error(format!("the class `{}` has no known layout", quote(&name))))?;
        self.names.push(body);
        Ok(body)
    }

    /// A class, then an object of it.
    fn any(&mut self) -> Result<Slot, Error> {
        match self.class()? {
            None => Ok(Slot::Null),
            Some(body) => self.object(body, false),
        }
    }

    fn has_references(&self, body: Body) -> bool {
        match body {
            Body::Boxed(_) => false,
            Body::Enum => !self.dialect.release.is_kryo5(),
            _ => true,
        }
    }

    /// An object whose class is known. Where null is possible, a marker says so even for objects without references.
    fn object(&mut self, body: Body, nullable: bool) -> Result<Slot, Error> {
        if !self.has_references(body) {
            return self.plain(body, nullable);
        }
        match self.reference(nullable)? {
            Some(slot) => Ok(slot),
            None => self.new_object(body),
        }
    }

    /// A boxed primitive, or an enum of Kryo 5.
    fn plain(&mut self, body: Body, nullable: bool) -> Result<Slot, Error> {
        if nullable {
            match self.input.varint()? {
                NULL => return Ok(Slot::Null),
                NEW => {}
                _ => return Err(self.input.error("a reference to what has none")),
            }
        }
        match body {
            Body::Boxed(primitive) => self.primitive(primitive),
            _ => self.input.varint().map(|ordinal| Slot::Integer(i64::from(ordinal))),
        }
    }

    /// A reference marker: null, an earlier object, or none for a new one.
    fn reference(&mut self, nullable: bool) -> Result<Option<Slot>, Error> {
        match self.input.varint()? {
            NULL if nullable => Ok(Some(Slot::Null)),
            NULL => Err(self.input.error("null where an object must be")),
            NEW => Ok(None),
            reference => {
                let number = reference as usize - 2;
                if number < self.objects.len() {
                    Ok(Some(Slot::Object(number)))
                } else {
                    Err(self.input.error("a reference to an object that is not there yet"))
                }
            }
        }
    }

    fn new_object(&mut self, body: Body) -> Result<Slot, Error> {
        let number = self.enter()?;
        let object = match body {
            Body::Fields(class, fields) => Object::Record(Record::new(class, fields, self.fields(fields)?)),
            Body::List => Object::List(self.list(None)?),
            Body::Strings => Object::List(self.list(Some(Body::Text))?),
            Body::ArraysAsList => {
                let length = self.input.varint()?;
                self.component_class()?;
                Object::List(self.elements(length, None, false)?)
            }
            Body::Array => {
                let length = self.array_length()?;
                Object::List(self.elements(length, None, false)?)
            }
            Body::LocalDateTime => self.local_date_time()?,
            leaf => self.leaf(leaf)?,
        };
        self.nesting -= 1;
        self.objects[number] = object;
        Ok(Slot::Object(number))
    }

    /// Gives the next reference number.
    fn enter(&mut self) -> Result<usize, Error> {
        let number = self.objects.len();
        if number >= MAX_OBJECTS {
            return Err(self.input.error(format!("more than {MAX_OBJECTS} objects")));
        }
        if self.nesting >= MAX_NESTING {
            return Err(self.input.error(format!("objects are nested more than {MAX_NESTING} deep")));
        }
        self.nesting += 1;
        self.objects.push(Object::Unfinished);
        Ok(number)
    }

    /// An object without objects in it.
    fn leaf(&mut self, body: Body) -> Result<Object, Error> {
        Ok(match body {
            Body::Text => {
                let text = self.input.string()?;
                Object::Text(text.ok_or_else(|| self.input.error("a null string"))?)
            }
            Body::Bytes => {
                let length = self.array_length()?;
                self.input.take(length as usize)?;
                Object::Bytes
            }
            Body::Longs => {
                let length = self.array_length()?;
                for _ in 0..self.announce(length)? {
                    self.input.signed_long()?;
                }
                Object::Bytes
            }
            Body::SqlDate => Object::SqlDate { millis: self.input.fixed_long()? },
            Body::SqlTimestamp => {
                Object::SqlTimestamp { millis: self.input.fixed_long()?, nanos: self.input.fixed_int()? }
            }
            Body::LocalDate => Object::Date(self.local_date()?),
            Body::LocalTime => {
                let (seconds, nanos) = self.local_time()?;
                Object::Time(seconds, nanos)
            }
            Body::Enum => {
                self.input.varint()?;
                Object::Enum
            }
            Body::Calendar => {
                self.calendar()?;
                Object::Calendar
            }
            Body::Opaque => return Err(self.input.error("an object of a class that has no known layout")),
            Body::Boxed(_)
            | Body::Fields(..)
            | Body::List
            | Body::Strings
            | Body::ArraysAsList
            | Body::Array
            | Body::LocalDateTime => return Err(self.input.error("an object of objects")),
        })
    }

    /// The length of an array, which is written plus one.
    fn array_length(&mut self) -> Result<u32, Error> {
        self.input.varint()?.checked_sub(1).ok_or_else(|| self.input.error("a null array"))
    }

    fn fields(&mut self, fields: &'static [Field]) -> Result<Vec<Slot>, Error> {
        let mut slots = Vec::with_capacity(fields.len());
        for field in fields {
            slots.push(self.field(field.kind)?);
        }
        Ok(slots)
    }

    fn field(&mut self, kind: Kind) -> Result<Slot, Error> {
        match kind {
            Kind::Boolean => self.primitive(Primitive::Boolean),
            Kind::Byte => self.primitive(Primitive::Byte),
            Kind::Short => self.primitive(Primitive::Short),
            Kind::Int => self.primitive(Primitive::Int),
            Kind::Long => self.primitive(Primitive::Long),
            Kind::Float => self.primitive(Primitive::Float),
            Kind::Double => self.primitive(Primitive::Double),
            Kind::Final(body) => self.object(body, true),
            Kind::Strings => self.strings(),
            Kind::Any => self.any(),
        }
    }

    fn primitive(&mut self, primitive: Primitive) -> Result<Slot, Error> {
        Ok(match primitive {
            Primitive::Boolean => Slot::Boolean(self.input.boolean()?),
            Primitive::Byte => Slot::Integer(i64::from(self.input.byte()? as i8)),
            Primitive::Char => Slot::Integer(i64::from(self.input.fixed_short()? as u16)),
            Primitive::Short => Slot::Integer(i64::from(self.input.fixed_short()?)),
            Primitive::Int => Slot::Integer(i64::from(self.input.signed()?)),
            Primitive::Long => Slot::Integer(self.input.signed_long()?),
            Primitive::Float => Slot::Float(f64::from(self.input.float()?)),
            Primitive::Double => Slot::Float(self.input.double()?),
        })
    }

    /// A list whose field says that it holds strings.
    fn strings(&mut self) -> Result<Slot, Error> {
        match self.class()? {
            None => Ok(Slot::Null),
            Some(Body::List) => self.object(Body::Strings, false),
            Some(body) => self.object(body, false),
        }
    }

    /// A java.util list: the two Kryos differ. `element` is its class where the field fixes that.
    fn list(&mut self, element: Option<Body>) -> Result<Vec<Slot>, Error> {
        if !self.dialect.release.is_kryo5() {
            let length = self.input.varint()?;
            return self.elements(length, element, true);
        }
        let (flag, length) = self.input.flagged_varint()?;
        let length = length.checked_sub(1).ok_or_else(|| self.input.error("a null list"))?;
        if length == 0 || element.is_some() {
            return self.elements(length, element, flag);
        }
        if !flag {
            return self.elements(length, None, false);
        }
        match self.class()? {
            None => self.nulls(length),
            Some(body) => {
                let nullable = self.input.boolean()?;
                self.elements(length, Some(body), nullable)
            }
        }
    }

    fn elements(&mut self, length: u32, element: Option<Body>, nullable: bool) -> Result<Vec<Slot>, Error> {
        let length = self.announce(length)?;
        let mut slots = Vec::new();
        for _ in 0..length {
            slots.push(match element {
                None => self.any()?,
                Some(body) => self.object(body, nullable)?,
            });
        }
        Ok(slots)
    }

    fn nulls(&mut self, length: u32) -> Result<Vec<Slot>, Error> {
        let length = self.announce(length)?;
        Ok(vec![Slot::Null; length])
    }

    /// Checks a list's length before anything is made for it.
    fn announce(&mut self, length: u32) -> Result<usize, Error> {
        let length = length as usize;
        self.slots = self.slots.saturating_add(length);
        if length > self.input.remaining() || self.slots > MAX_SLOTS {
            return Err(self.input.error(format!("a list of {length} elements is longer than the bytes left")));
        }
        Ok(length)
    }

    /// A calendar that a function counts with: its zone, time, rules and the day on which it changes calendars.
    fn calendar(&mut self) -> Result<(), Error> {
        self.input.string()?;
        self.input.signed_long()?;
        self.input.boolean()?;
        self.input.varint()?;
        self.input.varint()?;
        self.input.signed_long()?;
        Ok(())
    }

    /// Days since the epoch: year, month and day, or the fields of the class in their order.
    fn local_date(&mut self) -> Result<i32, Error> {
        let (year, month, day) = if self.dialect.compact_time {
            (self.input.varint()? as i32, i16::from(self.input.byte()?), i16::from(self.input.byte()?))
        } else {
            let (day, month) = (self.input.fixed_short()?, self.input.fixed_short()?);
            (self.input.signed()?, month, day)
        };
        let parts = u32::try_from(month).ok().zip(u32::try_from(day).ok());
        let days = parts.and_then(|(month, day)| calendar::days(year, month, day));
        days.ok_or_else(|| self.input.error("no such day in the calendar"))
    }

    /// Seconds of the day, and nanoseconds. In the short form the last part that is not zero is written inverted.
    fn local_time(&mut self) -> Result<(u32, u32), Error> {
        let mut parts = [0_u32; 3];
        let mut nanos = 0;
        if self.dialect.compact_time {
            let mut ended = false;
            for part in &mut parts {
                let byte = self.input.byte()? as i8;
                *part = (if byte < 0 { !byte } else { byte }) as u32;
                if byte < 0 {
                    ended = true;
                    break;
                }
            }
            if !ended {
                nanos = self.input.varint()?;
            }
        } else {
            parts[0] = u32::from(self.input.byte()?);
            parts[1] = u32::from(self.input.byte()?);
            let signed = self.input.signed()?;
            nanos = u32::try_from(signed).map_err(|_| self.input.error("a time before midnight"))?;
            parts[2] = u32::from(self.input.byte()?);
        }
        let [hour, minute, second] = parts;
        if hour > 23 || minute > 59 || second > 59 || nanos > 999_999_999 {
            return Err(self.input.error("no such time of day"));
        }
        Ok((hour * 3600 + minute * 60 + second, nanos))
    }

    /// Date and time in one object, or two objects of their own.
    fn local_date_time(&mut self) -> Result<Object, Error> {
        let (days, (seconds, nanos)) = if self.dialect.compact_time {
            (self.local_date()?, self.local_time()?)
        } else {
            let (date, time) = (self.object(Body::LocalDate, true)?, self.object(Body::LocalTime, true)?);
            match (self.finished(date), self.finished(time)) {
                (Some(Object::Date(days)), Some(Object::Time(seconds, nanos))) => (*days, (*seconds, *nanos)),
                _ => return Err(self.input.error("a timestamp without date or time")),
            }
        };
        Ok(Object::Timestamp { seconds: calendar::midnight(days) + i64::from(seconds), nanos })
    }

    fn finished(&self, slot: Slot) -> Option<&Object> {
        if let Slot::Object(number) = slot { self.objects.get(number) } else { None }
    }
}
