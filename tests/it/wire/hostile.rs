//! What strangers send. Whatever it is, the server closes that connection and serves the others.

use skep::hms::{ConnectionLimits, Framing};
use skep_thrift::call::Answer;
use skep_thrift::wire::message::{self, MessageKind};
use skep_thrift::{Protocol, Writer};

use super::client::{BINARY, COMPACT, Client, FRAMED_BINARY, WIRES, call, frame};
use super::fixture::Server;
use super::methods::{self as m, text};

async fn expect_serving(server: &Server) {
    let mut client = Client::connect(server.addr, BINARY).await;
    assert_eq!(client.call::<m::Echo>(1, &text("fine")).await, Answer::Reply("fine".to_owned()));
}

#[tokio::test]
async fn other_protocols_are_closed_without_a_word() {
    let server = Server::start().await;
    let strangers: [&[u8]; 7] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a client hello",
        b"GET / HTTP/1.1\r\nHost: metastore\r\n\r\n",
        b"POST /metastore HTTP/1.1\r\nContent-Type: application/x-thrift\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x01\x00\x00\x00\x06GSSAPI",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    for (stranger, count) in strangers.into_iter().zip(1..) {
        let mut client = Client::connect(server.addr, BINARY).await;
        client.send(stranger).await;
        client.expect_closed().await;
        let seen = server.until(|seen| seen.foreign == count).await;
        assert_eq!(seen.calls.len(), 0);
    }
    expect_serving(&server).await;
}

/// The head of a call of `echo`, and whatever follows.
fn echo_and(protocol: Protocol, rest: &[u8]) -> Vec<u8> {
    let mut w = Writer::new(protocol);
    message::write_head(&mut w, "echo", MessageKind::Call, 9);
    let mut bytes = w.into_bytes();
    bytes.extend_from_slice(rest);
    bytes
}

#[tokio::test]
async fn absurd_lengths_are_told_and_closed() {
    let server = Server::start().await;
    let most = [0x7f, 0xff, 0xff, 0xff];
    let minus = [0xff; 4];
    let binary = |rest: &[&[u8]]| echo_and(Protocol::Binary, &rest.concat());
    let compact = |rest: &[u8]| echo_and(Protocol::Compact, rest);
    let cases = [
        (BINARY, binary(&[b"\x0b\0\x01", &most])),
        (BINARY, binary(&[b"\x0b\0\x01", &minus])),
        (BINARY, binary(&[b"\x0f\0\x01\x0c", &most])),
        (BINARY, binary(&[b"\x0f\0\x01\x0c", &minus])),
        (BINARY, binary(&[b"\x0d\0\x01\x0b\x0b", &most])),
        (BINARY, binary(&[b"\x63\0\x01 no such type"])),
        (COMPACT, compact(b"\x18\xff\xff\xff\xff\x07")),
        (COMPACT, compact(b"\x19\xfc\xff\xff\xff\xff\x07")),
        (COMPACT, compact(b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")),
    ];
    for (wire, bytes) in cases {
        let mut client = Client::connect(server.addr, wire).await;
        client.send(&bytes).await;
        let (head, answer) = client.answer::<m::Echo>().await;
        assert_eq!((head.name.as_str(), head.seq), ("echo", 9), "{wire} {bytes:?}");
        let Answer::Error(7, _) = answer else { panic!("{wire} {bytes:?}: {answer:?}") };
        client.expect_closed().await;
    }
    expect_serving(&server).await;
}

#[tokio::test]
async fn absurd_frames_and_names_are_told_and_closed() {
    let server = Server::start().await;
    let whole = echo_and(Protocol::Binary, b"\0");
    let claim = |length: u32| [&length.to_be_bytes(), whole.as_slice()].concat();
    let limit = u32::try_from(ConnectionLimits::default().message_bytes_max).unwrap();
    let cases = [
        (FRAMED_BINARY, claim(limit + 1)),
        (FRAMED_BINARY, claim(0x7fff_ffff)),
        (BINARY, b"\x80\x01\0\x01\x7f\xff\xff\xff".to_vec()),
        (BINARY, b"\x80\x01\0\x01\xff\xff\xff\xff".to_vec()),
        (BINARY, b"\x80\x01\0\x01\0\0\x01\0".to_vec()),
        (COMPACT, b"\x82\x21\x01\xff\xff\xff\xff\x0f".to_vec()),
    ];
    for (wire, bytes) in cases {
        let mut client = Client::connect(server.addr, wire).await;
        client.send(&bytes).await;
        let Answer::Error(7, _) = client.answer::<m::Echo>().await.1 else { panic!("{wire} {bytes:?}") };
        client.expect_closed().await;
    }
    // A negative frame length can only follow a good frame: as first bytes it is no frame at all.
    let mut client = Client::connect(server.addr, FRAMED_BINARY).await;
    client.send(&call::<m::Echo>(FRAMED_BINARY, 1, &text(""))).await;
    client.send(&[0xff; 8]).await;
    assert_eq!(client.answer::<m::Echo>().await.1, Answer::Reply(String::new()));
    let Answer::Error(7, _) = client.answer::<m::Echo>().await.1 else { panic!() };
    client.expect_closed().await;
    expect_serving(&server).await;
}

#[tokio::test]
async fn nesting_of_a_hundred_thousand_is_refused() {
    let server = Server::start().await;
    let nested = [
        (Protocol::Binary, b"\x0c\0\x02".repeat(100_000)),
        (Protocol::Binary, [b"\x0f\0\x02".to_vec(), b"\x0f\0\0\0\x01".repeat(100_000)].concat()),
        (Protocol::Compact, b"\x2c".repeat(100_000)),
        (Protocol::Compact, [b"\x29".to_vec(), b"\x19".repeat(100_000)].concat()),
    ];
    for (protocol, body) in nested {
        let message = echo_and(protocol, &body);
        for wire in WIRES.into_iter().filter(|wire| wire.protocol == protocol) {
            let mut client = Client::connect(server.addr, wire).await;
            client.send_anyway(&frame(wire, &message)).await;
            let Answer::Error(7, told) = client.answer::<m::Echo>().await.1 else { panic!("{wire}") };
            assert!(told.starts_with("message nests deeper than"), "{told}");
            if wire.framing == Framing::Framed {
                assert_eq!(client.call::<m::Echo>(2, &text("on")).await, Answer::Reply("on".to_owned()));
            } else {
                client.expect_closed().await;
            }
        }
    }
    expect_serving(&server).await;
}

#[tokio::test]
async fn a_message_one_byte_over_the_limit_is_refused() {
    let limits = ConnectionLimits { message_bytes_max: 1000, ..ConnectionLimits::default() };
    let server = Server::with(limits).await;
    for wire in WIRES {
        let empty = call::<m::Echo>(BINARY, 1, &text("")).len();
        let overhead = match wire.protocol {
            Protocol::Binary => empty,
            // Two bytes for a text's length from 128 on, one for an empty one.
            Protocol::Compact => call::<m::Echo>(COMPACT, 1, &text("")).len() + 1,
        };
        let mut client = Client::connect(server.addr, wire).await;
        let fits = "x".repeat(1000 - overhead);
        assert_eq!(client.call::<m::Echo>(1, &text(&fits)).await, Answer::Reply(fits.clone()), "{wire}");
        client.send(&call::<m::Echo>(wire, 2, &text(&(fits + "x")))).await;
        let Answer::Error(7, _) = client.answer::<m::Echo>().await.1 else { panic!("{wire}") };
        client.expect_closed().await;
    }
}

#[tokio::test]
async fn half_messages_harm_nobody() {
    let server = Server::start().await;
    for wire in WIRES {
        let whole = call::<m::Echo>(wire, 1, &text("never finished"));
        for end in 0..whole.len() {
            let mut client = Client::connect(server.addr, wire).await;
            client.send(&whole[..end]).await;
        }
    }
    let seen = server.until(|seen| seen.closed > 0 && seen.closed == seen.opened).await;
    assert_eq!(seen.calls.len(), 0);
    expect_serving(&server).await;
}

#[tokio::test]
async fn random_bytes_harm_nobody() {
    let server = Server::start().await;
    let mut state = 20_261_122_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    for round in 0..400 {
        let wire = WIRES[round % WIRES.len()];
        let noise: Vec<u8> = (0..usize::from(next()) + 8).map(|_| next()).collect();
        let mut bytes = frame(wire, &echo_and(wire.protocol, &noise));
        if round % 3 == 0 {
            bytes = noise;
        }
        let mut client = Client::connect(server.addr, wire).await;
        client.send_anyway(&bytes).await;
    }
    server.until(|seen| seen.opened >= 400 && seen.closed == seen.opened).await;
    expect_serving(&server).await;
}
