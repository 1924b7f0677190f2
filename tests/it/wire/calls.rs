//! What a call can end in, and that the connection stays usable after each.

use skep::hms::{Framing, Outcome};
use skep_core::Kind;
use skep_thrift::call::Answer;
use skep_thrift::wire::message::{self, MessageKind};
use skep_thrift::wire::{Encode, Kind as WireKind};
use skep_thrift::{Exception, Method, Writer};

use super::client::{BINARY, Client, WIRES, call, frame};
use super::fixture::Server;
use super::methods::{self as m, text};

async fn expect_usable(client: &mut Client) {
    assert_eq!(client.call::<m::Echo>(99, &text("still here")).await, Answer::Reply("still here".to_owned()));
}

#[tokio::test]
async fn an_unknown_method_is_named_and_the_connection_stays() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let answer = client.call::<m::Absent>(3, &text("skipped")).await;
        assert_eq!(answer, Answer::Error(1, "Invalid method name: 'get_indexes'".to_owned()), "{wire}");
        expect_usable(&mut client).await;
    }
    let seen = server.until(|seen| seen.calls.len() == 8).await;
    // The client's text is no label.
    assert_eq!(seen.calls[0], ("unknown", Outcome::UnknownMethod));
    assert_eq!(seen.calls[1], ("echo", Outcome::Ok));
}

#[tokio::test]
async fn errors_come_as_the_exceptions_that_the_method_declares() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let declared = |exception, said: &str| Answer::Exception(Some(exception), said.to_owned());
        let cases = [
            ("NotFound", declared(Exception::NoSuchObject, "because")),
            ("Meta", declared(Exception::Meta, "because")),
            ("TxnAborted", declared(Exception::Meta, "because")),
            ("Internal", declared(Exception::Meta, "because")),
            (
                "Unavailable",
                declared(Exception::Meta, "The metastore cannot reach its database now, try again later: because"),
            ),
        ];
        for (kind, expected) in cases {
            assert_eq!(client.call::<m::Fail>(1, &text(kind)).await, expected, "{wire} {kind}");
        }
        let undeclared = Answer::Error(6, "Internal error processing fail_bare".to_owned());
        assert_eq!(client.call::<m::FailBare>(1, &text("NotFound")).await, undeclared, "{wire}");
        let away = "The metastore cannot reach its database now, try again later: because";
        let away = Answer::Error(6, away.to_owned());
        assert_eq!(client.call::<m::FailBare>(1, &text("Unavailable")).await, away, "{wire}");
        expect_usable(&mut client).await;
    }
    let calls = server.seen().calls;
    assert_eq!(calls[0], ("fail", Outcome::Declared(Kind::NotFound)));
    assert_eq!(calls[5], ("fail_bare", Outcome::Undeclared(Kind::NotFound)));
}

#[tokio::test]
async fn a_panic_fails_one_call() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let expected = Answer::Error(6, "Internal error processing panic".to_owned());
        assert_eq!(client.call::<m::Panic>(1, &text("")).await, expected, "{wire}");
        expect_usable(&mut client).await;
    }
    assert_eq!(server.seen().calls[0], ("panic", Outcome::Panicked));
}

#[tokio::test]
async fn arguments_that_do_not_decode_fail_one_call() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let mut w = Writer::new(wire.protocol);
        message::write_head(&mut w, "echo", MessageKind::Call, 5);
        let outer = w.struct_begin();
        w.field_begin(WireKind::I32, 1);
        w.i32(3);
        w.field_end();
        w.struct_end(outer);
        client.send(&frame(wire, &w.into_bytes())).await;
        let (head, answer) = client.answer::<m::Echo>().await;
        let expected = Answer::Error(7, "Required field 'text' is unset! Struct:Text".to_owned());
        assert_eq!((head.name.as_str(), head.seq, answer), ("echo", 5, expected), "{wire}");
        expect_usable(&mut client).await;
    }
    assert_eq!(server.seen().calls[0], ("echo", Outcome::Malformed));
}

/// A frame tells where the next message begins, so rubbish in one harms only itself.
#[tokio::test]
async fn rubbish_in_a_frame_fails_one_call() {
    let server = Server::start().await;
    for wire in WIRES.into_iter().filter(|wire| wire.framing == Framing::Framed) {
        let mut client = Client::connect(server.addr, wire).await;
        expect_usable(&mut client).await;
        let whole = call::<m::Echo>(wire, 1, &text("cut"));
        for rubbish in [&[] as &[u8], b"\xff\xfe\xfd\xfc", &whole[4..whole.len() - 3]] {
            client.send(&frame(wire, rubbish)).await;
            let Answer::Error(7, _) = client.answer::<m::Echo>().await.1 else { panic!("{wire} {rubbish:?}") };
        }
        expect_usable(&mut client).await;
    }
}

#[tokio::test]
async fn nobody_answers_one_way_calls() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let as_kind = |name: &str, kind| {
            let mut w = Writer::new(wire.protocol);
            message::write_head(&mut w, name, kind, 1);
            text(&format!("{name} {kind:?}")).encode(&mut w);
            frame(wire, &w.into_bytes())
        };
        // The first reply that comes is the last call's: none of those before it got one.
        client.send(&as_kind(m::Note::NAME, MessageKind::Oneway)).await;
        client.send(&as_kind(m::Note::NAME, MessageKind::Call)).await;
        client.send(&as_kind(m::Panic::NAME, MessageKind::Oneway)).await;
        client.send(&as_kind(m::Absent::NAME, MessageKind::Oneway)).await;
        client.send(&as_kind(m::Echo::NAME, MessageKind::Oneway)).await;
        expect_usable(&mut client).await;
    }
    let notes = server.notes.lock().unwrap().clone();
    assert_eq!(notes[..2], ["note Oneway", "note Call"]);
    assert_eq!(notes.len(), 8);
}

#[tokio::test]
async fn shutdown_ends_its_own_connection_and_nothing_else() {
    let server = Server::start().await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let mut other = Client::connect(server.addr, wire).await;
        expect_usable(&mut other).await;
        // What comes behind it is not answered any more, and does not garble the end.
        client.send(&[call::<m::Shutdown>(wire, 1, &text("")), call::<m::Echo>(wire, 2, &text(""))].concat()).await;
        client.expect_closed().await;
        expect_usable(&mut other).await;
        expect_usable(&mut Client::connect(server.addr, wire).await).await;
    }
}

#[tokio::test]
async fn a_reply_is_no_call() {
    let server = Server::start().await;
    let mut client = Client::connect(server.addr, BINARY).await;
    for kind in [MessageKind::Reply, MessageKind::Exception] {
        let mut w = Writer::new(BINARY.protocol);
        message::write_head(&mut w, "echo", kind, 1);
        text("").encode(&mut w);
        client.send(&w.into_bytes()).await;
        let Answer::Error(2, _) = client.answer::<m::Echo>().await.1 else { panic!() };
    }
    expect_usable(&mut client).await;
}

#[tokio::test]
async fn a_write_whose_client_is_gone_is_not_begun() {
    let server = Server::start().await;
    for (count, wire) in WIRES.into_iter().enumerate() {
        let mut client = Client::connect(server.addr, wire).await;
        client.send(&call::<m::Write>(wire, 1, &text(""))).await;
        drop(client);
        server.until(|seen| seen.calls.len() == 2 * count + 1).await;
        // Who sends a call that has no answer may close right behind it.
        let mut client = Client::connect(server.addr, wire).await;
        client.send(&call::<m::WriteOneWay>(wire, 1, &text(""))).await;
        drop(client);
        server.until(|seen| seen.calls.len() == 2 * count + 2).await;
    }
    let notes = server.notes.lock().unwrap().clone();
    assert_eq!(notes, ["Unavailable", "committed"].repeat(WIRES.len()));
}
