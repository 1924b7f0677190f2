use super::{PROTOCOLS, calls};
use crate::sample::Source;
use crate::wire::message::read_head;
use crate::wire::{Scan, Scanner};
use crate::{Limits, MethodInfo, Protocol, Reader};

fn decoded_len(protocol: Protocol, message: &[u8]) -> usize {
    let mut r = Reader::new(protocol, message, Limits::default());
    let head = read_head(&mut r).unwrap();
    (MethodInfo::find(&head.name).unwrap().decode_args)(&mut r).unwrap();
    r.position()
}

/// With another message behind it, the scanner ends where the decoder ends.
#[test]
fn agrees_with_the_decoder() {
    for protocol in PROTOCOLS {
        for seed in 0..4 {
            for (name, message) in calls(protocol, seed) {
                let two = [&message[..], &message].concat();
                let scan = Scanner::new(protocol, Limits::default()).advance(&two).unwrap();
                assert_eq!(scan, Scan::Complete(message.len()), "{name}");
                assert_eq!(decoded_len(protocol, &two), message.len(), "{name}");
            }
        }
    }
}

/// It never says "complete" too early, whatever pieces the bytes come in; one byte at a time included.
#[test]
fn resumes_anywhere() {
    for protocol in PROTOCOLS {
        for (name, message) in calls(protocol, 5).filter(|(_, message)| message.len() < 20_000) {
            let mut bytewise = Scanner::new(protocol, Limits::default());
            for end in 0..message.len() {
                assert_eq!(bytewise.advance(&message[..end]).unwrap(), Scan::NeedMore, "{name} {end}");
            }
            assert_eq!(bytewise.advance(&message).unwrap(), Scan::Complete(message.len()), "{name}");
        }
        let mut source = Source::new(6);
        for (name, message) in calls(protocol, 6) {
            let mut scanner = Scanner::new(protocol, Limits::default());
            let mut end = 0;
            while end < message.len() {
                assert_eq!(scanner.advance(&message[..end]).unwrap(), Scan::NeedMore, "{name}");
                end += 1 + source.below(200);
            }
            assert_eq!(scanner.advance(&message).unwrap(), Scan::Complete(message.len()), "{name}");
        }
    }
}

#[test]
fn old_head() {
    let message = b"\x00\x00\x00\x08shutdown\x01\x00\x00\x00\x07\x00rest";
    let scan = Scanner::new(Protocol::Binary, Limits::default()).advance(message).unwrap();
    assert_eq!(scan, Scan::Complete(18));
}
