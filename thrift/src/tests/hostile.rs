use super::{PROTOCOLS, calls, written};
use crate::sample::Source;
use crate::types::{Partition, Table};
use crate::wire::message::{MessageKind, read_head, write_head};
use crate::wire::{Decode, Encode, Kind, Scan, Scanner, WireError};
use crate::{Limits, MethodInfo, Protocol, Reader, Writer};

/// Everything a connection does with bytes: whatever they are, an answer and no panic.
fn drive(protocol: Protocol, bytes: &[u8]) -> Result<(), WireError> {
    if let Scan::Complete(len) = Scanner::new(protocol, Limits::default()).advance(bytes)? {
        assert!(len <= bytes.len());
    }
    // A framed message is decoded without being scanned.
    let mut r = Reader::new(protocol, bytes, Limits::default());
    let head = read_head(&mut r)?;
    match MethodInfo::find(&head.name) {
        Some(method) => (method.decode_args)(&mut r),
        None => r.skip(Kind::Struct),
    }
}

/// The start of a call of `create_table`, up to the value of its first field.
fn call(protocol: Protocol, kind: Kind, value: impl FnOnce(&mut Writer)) -> Vec<u8> {
    written(protocol, |w| {
        write_head(w, "create_table", MessageKind::Call, 1);
        w.struct_begin();
        w.field_begin(kind, 1);
        value(w);
    })
}

#[test]
fn lengths() {
    for len in [i32::MAX, -1, i32::MIN, 1 << 24] {
        for kind in [Kind::String, Kind::List, Kind::Map, Kind::Set] {
            let binary = call(Protocol::Binary, kind, |w| {
                match kind {
                    Kind::String => {}
                    Kind::Map => w.raw(&[11, 12]),
                    _ => w.raw(&[12]),
                }
                w.raw(&len.to_be_bytes());
            });
            assert!(drive(Protocol::Binary, &binary).is_err());
            let compact = call(Protocol::Compact, kind, |w| {
                if !matches!(kind, Kind::String | Kind::Map) {
                    w.raw(&[0xfc]);
                }
                let mut n = len as u32;
                while n >= 0x80 {
                    w.raw(&[n as u8 | 0x80]);
                    n >>= 7;
                }
                w.raw(&[n as u8, 0x8c]);
            });
            assert!(drive(Protocol::Compact, &compact).is_err());
        }
    }
}

#[test]
fn lengths_are_told_apart() {
    let scan = |len: i32| {
        let bytes = call(Protocol::Binary, Kind::String, |w| w.raw(&len.to_be_bytes()));
        Scanner::new(Protocol::Binary, Limits::default()).advance(&bytes)
    };
    assert_eq!(scan(-1), Err(WireError::NegativeLength(-1)));
    assert_eq!(scan(i32::MAX), Err(WireError::StringTooLong { len: 0x7fff_ffff, limit: 100 << 20 }));
    assert_eq!(scan(100 << 20), Err(WireError::MessageTooLong { limit: 100 << 20 }));
    assert_eq!(scan(99 << 20), Ok(Scan::NeedMore));
}

/// Nesting of a field nobody knows, and of the types that really hold themselves.
#[test]
fn nesting() {
    for protocol in PROTOCOLS {
        let unknown = call(protocol, Kind::Struct, |w| {
            for _ in 0..100_000 {
                w.struct_begin();
                w.field_begin(Kind::Struct, 40);
            }
        });
        assert_eq!(drive(protocol, &unknown), Err(WireError::TooDeep { limit: 64 }));
        let lists = call(protocol, Kind::List, |w| (0..100_000).for_each(|_| w.list_begin(Kind::List, 1)));
        assert_eq!(drive(protocol, &lists), Err(WireError::TooDeep { limit: 64 }));

        // Table.creationMetadata.sourceTables[0].table. ...
        let tables = written(protocol, |w| {
            for _ in 0..30_000 {
                w.struct_begin();
                w.field_begin(Kind::Struct, 16);
                w.struct_begin();
                w.field_begin(Kind::List, 7);
                w.list_begin(Kind::Struct, 1);
                w.struct_begin();
                w.field_begin(Kind::Struct, 1);
            }
        });
        let mut r = Reader::new(protocol, &tables, Limits::default());
        assert!(matches!(Table::decode(&mut r), Err(WireError::TooDeep { limit: 64 })));
    }
}

/// A byte on the wire is hundreds in memory: the budget ends it, and not the machine.
#[test]
fn memory() {
    for protocol in PROTOCOLS {
        let bytes = written(protocol, |w| {
            w.list_begin(Kind::Struct, 100_000);
            w.raw(&vec![0; 100_000]);
        });
        let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
        let read = |limits| Vec::<Partition>::decode(&mut Reader::new(protocol, &bytes, limits)).map(|list| list.len());
        assert_eq!(read(limits), Err(WireError::TooMuchMemory { limit: 1 << 20 }));
        assert_eq!(read(Limits::default()), Ok(100_000));
    }
}

#[test]
fn elements() {
    let limits = Limits { elements: 1000, ..Limits::default() };
    for protocol in PROTOCOLS {
        let scan = |len| {
            let bytes = call(protocol, Kind::List, |w| vec![true; len].encode(w));
            Scanner::new(protocol, limits).advance(&bytes)
        };
        assert_eq!(scan(1001), Err(WireError::TooManyElements { limit: 1000 }));
        assert_eq!(scan(1000), Ok(Scan::NeedMore));
    }
}

/// Every message cut at every byte: an error, and the decoder never runs over the end.
#[test]
fn truncated() {
    for protocol in PROTOCOLS {
        for (name, message) in calls(protocol, 1).filter(|(_, message)| message.len() < 3000) {
            for end in 0..message.len() {
                assert!(drive(protocol, &message[..end]).is_err(), "{name} {end}");
            }
        }
    }
}

/// Random bytes, and real messages with some bytes changed, which come further.
#[test]
fn random() {
    let mut source = Source::new(11);
    for protocol in PROTOCOLS {
        for _ in 0..10_000 {
            let len = source.below(200);
            let mut bytes = written(protocol, |w| write_head(w, "create_table", MessageKind::Call, 1));
            bytes.extend((0..len).map(|_| source.next_u64() as u8 & 0x8f));
            let _ = drive(protocol, &bytes);
            let _ = drive(protocol, &bytes[bytes.len() - len..]);
        }
        for (_, mut message) in (0..8).flat_map(|seed| calls(protocol, seed)) {
            for _ in 0..4 {
                let at = source.below(message.len());
                message[at] = source.next_u64() as u8;
            }
            let _ = drive(protocol, &message);
        }
    }
}

#[test]
fn text_is_never_refused() {
    for protocol in PROTOCOLS {
        let bytes = written(protocol, |w| w.binary(b"a\xff\xc3b"));
        let text = String::decode(&mut Reader::new(protocol, &bytes, Limits::default())).unwrap();
        assert_eq!(text, "a\u{fffd}\u{fffd}b");
    }
}

#[test]
fn numbers() {
    let read = |bytes: &[u8]| i32::decode(&mut Reader::new(Protocol::Compact, bytes, Limits::default()));
    assert_eq!(read(&[0xfe, 0xff, 0xff, 0xff, 0x0f]), Ok(i32::MAX));
    assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(i32::MIN));
    assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x1f]), Err(WireError::BadNumber));
    assert_eq!(read(&[0x80; 11]), Err(WireError::BadNumber));
    assert_eq!(read(&[0x80; 4]), Err(WireError::Truncated));
}
