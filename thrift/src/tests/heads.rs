use super::written;
use crate::method::write_unknown_method;
use crate::wire::WireError;
use crate::wire::message::{Head, MessageKind, read_error, read_head, write_head};
use crate::{Limits, Protocol, Reader};

fn head(protocol: Protocol, bytes: &[u8]) -> Result<Head, WireError> {
    read_head(&mut Reader::new(protocol, bytes, Limits::default()))
}

fn ping(kind: MessageKind, seq: i32) -> Head {
    Head { name: "ping".to_owned(), kind, seq }
}

/// The bytes of the Thrift specification, not of our own writer.
#[test]
fn golden() {
    let strict = *b"\x80\x01\x00\x01\x00\x00\x00\x04ping\x00\x00\x00\x07";
    let old = *b"\x00\x00\x00\x04ping\x01\x00\x00\x00\x07";
    let compact = *b"\x82\x21\x07\x04ping";
    assert_eq!(head(Protocol::Binary, &strict).unwrap(), ping(MessageKind::Call, 7));
    assert_eq!(head(Protocol::Binary, &old).unwrap(), ping(MessageKind::Call, 7));
    assert_eq!(head(Protocol::Compact, &compact).unwrap(), ping(MessageKind::Call, 7));
    assert_eq!(written(Protocol::Binary, |w| write_head(w, "ping", MessageKind::Call, 7)), strict);
    assert_eq!(written(Protocol::Compact, |w| write_head(w, "ping", MessageKind::Call, 7)), compact);
}

#[test]
fn kinds_and_numbers() {
    for protocol in super::PROTOCOLS {
        for kind in [MessageKind::Call, MessageKind::Reply, MessageKind::Exception, MessageKind::Oneway] {
            for seq in [0, 1, -1, i32::MAX, i32::MIN] {
                let bytes = written(protocol, |w| write_head(w, "ping", kind, seq));
                assert_eq!(head(protocol, &bytes).unwrap(), ping(kind, seq));
            }
        }
    }
}

#[test]
fn refused() {
    let bad = |bytes: &[u8]| head(Protocol::Binary, bytes).unwrap_err();
    assert_eq!(bad(b"\x81\x01\x00\x01\x00\x00\x00\x00"), WireError::BadHeader(0x8101_0001));
    assert_eq!(bad(b"\x80\x01\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00"), WireError::BadHeader(9));
    assert_eq!(bad(b"\x80\x01\x00\x01\xff\xff\xff\xff"), WireError::NegativeLength(-1));
    assert_eq!(bad(b"\x80\x01\x00\x01\x7f\xff\xff\xff"), WireError::Truncated);
    assert_eq!(bad(&[&b"\x80\x01\x00\x01\x00\x00\x01\x00"[..], &[b'x'; 260]].concat()), WireError::NameTooLong(256));
    assert!(matches!(head(Protocol::Compact, b"\x82\x22\x00\x00"), Err(WireError::BadHeader(_))));
}

/// Spark and Flink look for this text, Trino and Java for the code.
#[test]
fn unknown_method() {
    for protocol in super::PROTOCOLS {
        let bytes = written(protocol, |w| write_unknown_method(w, &ping(MessageKind::Call, 9)));
        let mut r = Reader::new(protocol, &bytes, Limits::default());
        assert_eq!(read_head(&mut r).unwrap(), ping(MessageKind::Exception, 9));
        assert_eq!(read_error(&mut r).unwrap(), (1, "Invalid method name: 'ping'".to_owned()));
    }
}
