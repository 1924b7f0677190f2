//! Telling by the first bytes how a client speaks, so that one port serves all of Hive's wire forms.

use std::fmt;

use skep_thrift::Protocol;

/// Whether messages come with a four-byte length before them (`metastore.thrift.framed.transport.enabled`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    Unframed,
    Framed,
}

/// How one connection speaks; settled by its first message and kept to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    pub framing: Framing,
    pub protocol: Protocol,
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let framing = match self.framing {
            Framing::Unframed => "unframed",
            Framing::Framed => "framed",
        };
        let protocol = match self.protocol {
            Protocol::Binary => "binary",
            Protocol::Compact => "compact",
        };
        write!(f, "{framing} {protocol}")
    }
}

/// What came to the Thrift port and is not Thrift as this port speaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    Tls,
    Http,
    Sasl,
    /// Its first bytes.
    Unknown([u8; 5]),
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls => f.write_str("a TLS handshake, but this port speaks plain Thrift"),
            Self::Http => f.write_str("an HTTP request, but this port speaks plain Thrift"),
            Self::Sasl => f.write_str("a SASL negotiation, but this port speaks Thrift without SASL"),
            Self::Unknown(bytes) => write!(f, "no Thrift message: its first bytes are {bytes:02x?}"),
        }
    }
}

/// What the first bytes of a connection say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniff {
    /// Too few bytes to tell; never answered to five or more.
    More,
    Thrift(Wire),
    Foreign(Foreign),
}

const BINARY: u8 = 0x80;
const COMPACT: u8 = 0x82;
const TLS_HANDSHAKE: u8 = 0x16;
const SASL_START: u8 = 0x01;
/// Starts of HTTP requests, `PRI ` being HTTP/2's preface.
const HTTP: [&[u8; 4]; 8] = [b"GET ", b"POST", b"PUT ", b"HEAD", b"OPTI", b"DELE", b"PATC", b"PRI "];
/// Above this a name length is no name: the old header (no version, the name's length first) is told apart by it.
const NAME_BYTES_MAX: u32 = 255;

/// Decides from the bytes received so far. Binary's version starts with 80, Compact's with 82; in a frame either
/// stands after the four bytes of the length. The old Binary header has the name's length there and a letter
/// where a framed one would have its version; a framed old header has the first zero of its name length there.
pub fn sniff(bytes: &[u8]) -> Sniff {
    let wire = |framing, protocol| Sniff::Thrift(Wire { framing, protocol });
    match bytes {
        [] | [BINARY | COMPACT] => return Sniff::More,
        [BINARY, 0x01, ..] => return wire(Framing::Unframed, Protocol::Binary),
        // Version 1 in the low five bits; the high three are the message's type.
        [COMPACT, version, ..] if version & 0x1f == 1 => return wire(Framing::Unframed, Protocol::Compact),
        _ => {}
    }
    let Some(&[a, b, c, d, fifth]) = bytes.first_chunk() else { return Sniff::More };
    let head = [a, b, c, d];
    if a == TLS_HANDSHAKE && b == 0x03 {
        return Sniff::Foreign(Foreign::Tls);
    }
    if HTTP.contains(&&head) {
        return Sniff::Foreign(Foreign::Http);
    }
    match (u32::from_be_bytes(head), fifth) {
        (0x8000_0000.., _) => Sniff::Foreign(Foreign::Unknown([a, b, c, d, fifth])),
        (_, BINARY) => wire(Framing::Framed, Protocol::Binary),
        (_, COMPACT) => wire(Framing::Framed, Protocol::Compact),
        (1..=NAME_BYTES_MAX, b'a'..=b'z' | b'A'..=b'Z' | b'_') => wire(Framing::Unframed, Protocol::Binary),
        (_, 0) if a == 0 => wire(Framing::Framed, Protocol::Binary),
        _ if a == SASL_START && b == 0 && c == 0 && d == 0 => Sniff::Foreign(Foreign::Sasl),
        _ => Sniff::Foreign(Foreign::Unknown([a, b, c, d, fifth])),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wire(framing: Framing, protocol: Protocol) -> Sniff {
        Sniff::Thrift(Wire { framing, protocol })
    }

    #[test]
    fn each_form_is_told_by_its_first_bytes() {
        use Framing::{Framed, Unframed};
        use Protocol::{Binary, Compact};
        let cases: [(&[u8], Sniff); 21] = [
            (b"\x80\x01\0\x01", wire(Unframed, Binary)),
            (b"\x82\x21", wire(Unframed, Compact)),
            (b"\x82\x81", wire(Unframed, Compact)),
            (b"\0\0\x01\0\x80", wire(Framed, Binary)),
            (b"\0\0\x01\0\x82", wire(Framed, Compact)),
            // Frames of 100 MB start with other bytes than 0, also with SASL's or TLS's.
            (b"\x06\0\0\0\x80", wire(Framed, Binary)),
            (b"\x01\0\0\0\x82", wire(Framed, Compact)),
            (b"\x16\0\0\0\x82", wire(Framed, Compact)),
            // The old head, plain and framed; a name as long as a name can be.
            (b"\0\0\0\x09get_t", wire(Unframed, Binary)),
            (b"\0\0\0\xffget_t", wire(Unframed, Binary)),
            (b"\0\0\0\x19\0\0\0\x09get_t", wire(Framed, Binary)),
            (b"\0\0\x01\0get_t", Sniff::Foreign(Foreign::Unknown(*b"\0\0\x01\0g"))),
            (b"\x80\x02\0\x01\0", Sniff::Foreign(Foreign::Unknown(*b"\x80\x02\0\x01\0"))),
            (b"\x82\x22\0\x01\0", Sniff::Foreign(Foreign::Unknown(*b"\x82\x22\0\x01\0"))),
            (b"\x16\x03\x01\x02\0\x01", Sniff::Foreign(Foreign::Tls)),
            (b"\x16\x03\x01\x02\x80\x01", Sniff::Foreign(Foreign::Tls)),
            (b"GET / HTTP/1.1", Sniff::Foreign(Foreign::Http)),
            (b"PRI * HTTP/2.0", Sniff::Foreign(Foreign::Http)),
            (b"\x01\0\0\0\x05PLAIN", Sniff::Foreign(Foreign::Sasl)),
            (b"", Sniff::More),
            (b"\0\0\0\x09", Sniff::More),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), expected, "{bytes:02x?}");
        }
    }

    proptest! {
        #[test]
        fn five_bytes_always_suffice_and_more_change_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            for end in 0..bytes.len() {
                let early = sniff(&bytes[..end]);
                prop_assert!(end < 5 || early != Sniff::More);
                prop_assert!(early == Sniff::More || early == sniff(&bytes));
            }
        }
    }
}
