//! One port, all wire forms.

use skep_thrift::call::Answer;

use super::client::{BINARY, Client, FRAMED_BINARY, WIRES, call, frame};
use super::fixture::Server;
use super::methods::{self as m, text};

#[tokio::test]
async fn every_form_is_answered_in_kind_on_one_port() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        for (seq, said) in [(1, ""), (-2, "héllo"), (i32::MAX, &"long ".repeat(100_000))] {
            assert_eq!(client.call::<m::Echo>(seq, &text(said)).await, Answer::Reply(said.to_owned()), "{wire}");
        }
        assert_eq!(client.call::<m::Void>(4, &text("")).await, Answer::Reply(()), "{wire}");
    }
}

/// The head before Thrift had versions: the name's length, the name, the type, the sequence number.
#[tokio::test]
async fn the_old_binary_head_is_understood() {
    let server = Server::start().await;
    for wire in [BINARY, FRAMED_BINARY] {
        let mut client = Client::connect(server.addr, wire).await;
        for seq in [7_i32, 8] {
            let mut old = vec![0, 0, 0, 4];
            old.extend_from_slice(b"echo\x01");
            old.extend_from_slice(&seq.to_be_bytes());
            old.extend_from_slice(b"\x0b\0\x01\0\0\0\x03old\0");
            client.send(&frame(wire, &old)).await;
            let (head, answer) = client.answer::<m::Echo>().await;
            assert_eq!((head.seq, answer), (seq, Answer::Reply("old".to_owned())));
        }
    }
}

#[tokio::test]
async fn a_sender_of_single_bytes_is_understood() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        for byte in call::<m::Echo>(wire, 1, &text("slowly")) {
            client.send(&[byte]).await;
        }
        assert_eq!(client.answer::<m::Echo>().await.1, Answer::Reply("slowly".to_owned()), "{wire}");
    }
}

#[tokio::test]
async fn pipelined_calls_are_answered_in_their_order() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let texts: Vec<String> = (0..200).map(|i| "x".repeat(i * 7)).collect();
        let calls: Vec<u8> = texts.iter().zip(0..).flat_map(|(t, seq)| call::<m::Echo>(wire, seq, &text(t))).collect();
        client.send(&calls).await;
        for (said, seq) in texts.into_iter().zip(0..) {
            let (head, answer) = client.answer::<m::Echo>().await;
            assert_eq!((head.seq, answer), (seq, Answer::Reply(said)), "{wire}");
        }
    }
}

#[tokio::test]
async fn spliced_replies_are_read_like_any_other() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        for count in [0, 1, 20, 50_000] {
            let Answer::Reply(lines) = client.call::<m::Lines>(1, &text(&count.to_string())).await else { panic!() };
            assert_eq!(lines.len(), count, "{wire}");
            assert!(lines.iter().all(|line| line == "a line that stands in the reply many times"));
        }
    }
}

/// On several threads, where long decoding steps aside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn megabytes_pass_in_both_directions() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let said = "y".repeat(3_000_000);
        assert_eq!(client.call::<m::Echo>(1, &text(&said)).await, Answer::Reply(said), "{wire}");
        let Answer::Reply(big) = client.call::<m::Big>(2, &text("5000000")).await else { panic!() };
        assert_eq!(big.len(), 5_000_000);
    }
}
