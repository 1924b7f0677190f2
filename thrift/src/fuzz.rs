//! What the fuzz targets run; also run over their corpora by a test.

use crate::methods::SAMPLES;
use crate::wire::message::read_head;
use crate::wire::{Kind, Scan, Scanner};
use crate::{Limits, MethodInfo, Protocol, Reader, WireError, Writer};

/// A target's name (its folder in `fuzz/corpus`) and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: &[Target] =
    &[("binary", |bytes| message(Protocol::Binary, bytes)), ("compact", |bytes| message(Protocol::Compact, bytes))];

/// Everything a connection does with bytes.
///
/// # Panics
/// If the scanner and the decoder disagree, or a value changes when it is written and read again.
pub fn message(protocol: Protocol, bytes: &[u8]) {
    let limits = Limits { memory_bytes: 64 << 20, ..Limits::default() };
    let whole = Scanner::new(protocol, limits).advance(bytes);
    let mut stepwise = Scanner::new(protocol, limits);
    let halfway = stepwise.advance(&bytes[..bytes.len() / 2]);
    let in_two = if halfway == Ok(Scan::NeedMore) { stepwise.advance(bytes) } else { halfway };
    assert_eq!(in_two, whole, "a pause changed the scan");
    let decoded = decode(protocol, bytes, limits);
    if let (Ok(Scan::Complete(scanned)), Ok(decoded)) = (&whole, &decoded) {
        assert_eq!(scanned, decoded, "scanner and decoder end at different bytes");
    }
    if whole == Ok(Scan::NeedMore) {
        assert!(decoded.is_err(), "decoded a message that is not complete");
    }
}

/// Decodes a message; gives its length.
fn decode(protocol: Protocol, bytes: &[u8], limits: Limits) -> Result<usize, WireError> {
    let mut r = Reader::new(protocol, bytes, limits);
    let head = read_head(&mut r)?;
    let Some(at) = SAMPLES.iter().position(|method| method.name == head.name) else {
        r.skip(Kind::Struct)?;
        return Ok(r.position());
    };
    assert!(MethodInfo::find(&head.name).is_some());
    let mut once = Writer::new(protocol);
    (SAMPLES[at].recode_args)(&mut r, &mut once)?;
    // What we wrote we can read, and it is the same.
    let mut again = Writer::new(protocol);
    let written = once.into_bytes();
    let reread = (SAMPLES[at].recode_args)(&mut Reader::new(protocol, &written, Limits::default()), &mut again);
    assert_eq!(reread, Ok(()), "{}", head.name);
    assert_eq!(again.into_bytes(), written, "{}", head.name);
    Ok(r.position())
}
