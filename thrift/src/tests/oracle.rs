//! Apache's own codec reads what we write, and writes what we read.

use std::io::Cursor;

use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TCompactInputProtocol, TCompactOutputProtocol, TFieldIdentifier,
    TInputProtocol, TListIdentifier, TMapIdentifier, TMessageIdentifier, TMessageType, TOutputProtocol, TSetIdentifier,
    TStructIdentifier, TType,
};

use super::{PROTOCOLS, calls, written};
use crate::Protocol;
use crate::fuzz;
use crate::methods::SAMPLES;
use crate::sample::Source;

/// A value that knows only its type on the wire.
#[derive(Debug, PartialEq)]
enum Value {
    Bool(bool),
    Byte(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    Double(u64),
    Bytes(Vec<u8>),
    Struct(Vec<(i16, TType, Value)>),
    List(TType, Vec<Value>),
    Set(TType, Vec<Value>),
    Map(Option<(TType, TType)>, Vec<(Value, Value)>),
}

fn read(p: &mut dyn TInputProtocol, kind: TType) -> thrift::Result<Value> {
    Ok(match kind {
        TType::Bool => Value::Bool(p.read_bool()?),
        TType::I08 => Value::Byte(p.read_i8()?),
        TType::I16 => Value::I16(p.read_i16()?),
        TType::I32 => Value::I32(p.read_i32()?),
        TType::I64 => Value::I64(p.read_i64()?),
        TType::Double => Value::Double(p.read_double()?.to_bits()),
        TType::String => Value::Bytes(p.read_bytes()?),
        TType::Struct => {
            p.read_struct_begin()?;
            let mut fields = Vec::new();
            loop {
                let field = p.read_field_begin()?;
                if field.field_type == TType::Stop {
                    break;
                }
                fields.push((field.id.unwrap(), field.field_type, read(p, field.field_type)?));
                p.read_field_end()?;
            }
            p.read_struct_end()?;
            Value::Struct(fields)
        }
        TType::List => {
            let list = p.read_list_begin()?;
            Value::List(list.element_type, elements(p, list.element_type, list.size)?)
        }
        TType::Set => {
            let set = p.read_set_begin()?;
            Value::Set(set.element_type, elements(p, set.element_type, set.size)?)
        }
        TType::Map => {
            let map = p.read_map_begin()?;
            let kinds = map.key_type.zip(map.value_type);
            let pair = |p: &mut dyn TInputProtocol, (key, value)| Ok((read(p, key)?, read(p, value)?));
            Value::Map(kinds, (0..map.size).map(|_| pair(p, kinds.unwrap())).collect::<thrift::Result<_>>()?)
        }
        other => panic!("{other:?}"),
    })
}

fn elements(p: &mut dyn TInputProtocol, kind: TType, size: i32) -> thrift::Result<Vec<Value>> {
    (0..size).map(|_| read(p, kind)).collect()
}

fn write(p: &mut dyn TOutputProtocol, value: &Value) -> thrift::Result<()> {
    match value {
        Value::Bool(value) => p.write_bool(*value),
        Value::Byte(value) => p.write_i8(*value),
        Value::I16(value) => p.write_i16(*value),
        Value::I32(value) => p.write_i32(*value),
        Value::I64(value) => p.write_i64(*value),
        Value::Double(bits) => p.write_double(f64::from_bits(*bits)),
        Value::Bytes(bytes) => p.write_bytes(bytes),
        Value::Struct(fields) => {
            p.write_struct_begin(&TStructIdentifier::new(""))?;
            for (id, kind, value) in fields {
                p.write_field_begin(&TFieldIdentifier::new("", *kind, *id))?;
                write(p, value)?;
                p.write_field_end()?;
            }
            p.write_field_stop()?;
            p.write_struct_end()
        }
        Value::List(kind, values) => {
            p.write_list_begin(&TListIdentifier::new(*kind, values.len() as i32))?;
            values.iter().try_for_each(|value| write(p, value))
        }
        Value::Set(kind, values) => {
            p.write_set_begin(&TSetIdentifier::new(*kind, values.len() as i32))?;
            values.iter().try_for_each(|value| write(p, value))
        }
        Value::Map(kinds, pairs) => {
            let (key, value) = kinds.unwrap_or((TType::String, TType::String));
            p.write_map_begin(&TMapIdentifier::new(key, value, pairs.len() as i32))?;
            pairs.iter().try_for_each(|(key, value)| write(p, key).and_then(|()| write(p, value)))
        }
    }
}

fn apache_read(protocol: Protocol, bytes: &[u8]) -> (TMessageIdentifier, Value) {
    let cursor = Cursor::new(bytes);
    let mut p: Box<dyn TInputProtocol> = match protocol {
        Protocol::Binary => Box::new(TBinaryInputProtocol::new(cursor, true)),
        Protocol::Compact => Box::new(TCompactInputProtocol::new(cursor)),
    };
    let head = p.read_message_begin().unwrap();
    let body = read(&mut *p, TType::Struct).unwrap();
    p.read_message_end().unwrap();
    assert!(p.read_byte().is_err(), "bytes left over");
    (head, body)
}

fn apache_write(protocol: Protocol, head: &TMessageIdentifier, body: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    {
        let mut p: Box<dyn TOutputProtocol> = match protocol {
            Protocol::Binary => Box::new(TBinaryOutputProtocol::new(&mut out, true)),
            Protocol::Compact => Box::new(TCompactOutputProtocol::new(&mut out)),
        };
        p.write_message_begin(head).unwrap();
        write(&mut *p, body).unwrap();
        p.write_message_end().unwrap();
        p.flush().unwrap();
    }
    out
}

/// Calls and replies of every method, through Apache and back. Binary has one way to write a value, so there the
/// bytes must be the same; in both, our decoder must find in Apache's bytes what we meant.
#[test]
fn through_apache_and_back() {
    for protocol in PROTOCOLS {
        for seed in 0..3 {
            for (name, message) in calls(protocol, seed) {
                let (head, body) = apache_read(protocol, &message);
                assert_eq!(head.name, name);
                assert!(matches!(head.message_type, TMessageType::Call | TMessageType::OneWay));
                let theirs = apache_write(protocol, &head, &body);
                if protocol == Protocol::Binary {
                    assert_eq!(theirs, message, "{name}");
                }
                fuzz::message(protocol, &theirs);
                assert_eq!(recoded(protocol, name, &theirs), recoded(protocol, name, &message), "{name}");
            }
            for (at, method) in SAMPLES.iter().enumerate() {
                let message = written(protocol, |w| (method.reply)(&mut Source::new(seed ^ at as u64), w));
                let (head, body) = apache_read(protocol, &message);
                assert_eq!(head.message_type, TMessageType::Reply);
                assert!(matches!(body, Value::Struct(fields) if fields.len() <= 1), "{}", method.name);
            }
        }
    }
}

/// The arguments of `message` as we read them, written by us.
fn recoded(protocol: Protocol, name: &str, message: &[u8]) -> Vec<u8> {
    let method = SAMPLES.iter().find(|method| method.name == name).unwrap();
    let mut r = crate::Reader::new(protocol, message, crate::Limits::default());
    crate::wire::message::read_head(&mut r).unwrap();
    let bytes = written(protocol, |w| (method.recode_args)(&mut r, w).unwrap());
    assert_eq!(r.position(), message.len());
    bytes
}
