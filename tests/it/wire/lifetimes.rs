//! How long a connection lives: timeouts, the cap, draining.

use skep::hms::ConnectionLimits;
use skep_thrift::call::Answer;
use std::time::Duration;

use super::client::{BINARY, Client, WIRES, call};
use super::fixture::{Server, hasty};
use super::methods::{self as m, text};

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = Server::with(ConnectionLimits { first_byte_timeout: hasty().first_byte_timeout, ..patient() }).await;
    Client::connect(server.addr, BINARY).await.expect_closed().await;
    server.until(|seen| seen.closed == 1).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Server::with(ConnectionLimits { idle_timeout: hasty().idle_timeout, ..patient() }).await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        assert_eq!(client.call::<m::Void>(1, &text("")).await, Answer::Reply(()));
        client.expect_closed().await;
    }
}

/// Only the message as a whole has a time: bytes that trickle in do not renew it.
#[tokio::test]
async fn a_message_that_never_ends_is_closed() {
    let server = Server::with(ConnectionLimits { message_timeout: hasty().message_timeout, ..patient() }).await;
    for wire in WIRES {
        let mut client = Client::connect(server.addr, wire).await;
        let whole = call::<m::Echo>(wire, 1, &text(&"drip ".repeat(1000)));
        client.send(&whole[..10]).await;
        client.wait_closed().await;
        let mut client = Client::connect(server.addr, wire).await;
        // Both first bytes and a second message that stops halfway.
        client.send(&[call::<m::Void>(wire, 1, &text("")), whole[..200].to_vec()].concat()).await;
        assert_eq!(client.answer::<m::Void>().await.1, Answer::Reply(()));
        client.wait_closed().await;
    }
    assert_eq!(server.until(|seen| seen.closed == 8).await.foreign, 0);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed() {
    let server = Server::with(ConnectionLimits { write_timeout: hasty().write_timeout, ..patient() }).await;
    let mut client = Client::connect(server.addr, BINARY).await;
    // More than all the buffers between the two hold.
    client.send(&call::<m::Big>(BINARY, 1, &text("100000000"))).await;
    server.until(|seen| seen.closed == 1).await;
    drop(client);
}

#[tokio::test]
async fn connections_over_the_cap_are_closed_at_once() {
    let server = Server::with(ConnectionLimits { connections_max: 2, ..patient() }).await;
    let mut first = Client::connect(server.addr, BINARY).await;
    let mut second = Client::connect(server.addr, BINARY).await;
    server.until(|seen| seen.opened == 2).await;
    Client::connect(server.addr, BINARY).await.wait_closed().await;
    assert_eq!(server.until(|seen| seen.refused == 1).await.opened, 2);
    assert_eq!(first.call::<m::Void>(1, &text("")).await, Answer::Reply(()));
    drop(first);
    server.until(|seen| seen.closed == 1).await;
    let mut third = Client::connect(server.addr, BINARY).await;
    assert_eq!(third.call::<m::Void>(1, &text("")).await, Answer::Reply(()));
    assert_eq!(second.call::<m::Void>(1, &text("")).await, Answer::Reply(()));
}

#[tokio::test]
async fn draining_ends_running_calls_and_closes_idle_connections() {
    let server = Server::with(patient()).await;
    let mut busy = Client::connect(server.addr, BINARY).await;
    let mut idle = Client::connect(server.addr, BINARY).await;
    let mut fresh = Client::connect(server.addr, BINARY).await;
    assert_eq!(idle.call::<m::Void>(1, &text("")).await, Answer::Reply(()));
    busy.send(&[call::<m::Wait>(BINARY, 7, &text("worth it")), call::<m::Void>(BINARY, 8, &text(""))].concat()).await;
    server.until_waiting(1).await;
    server.until(|seen| seen.opened == 3).await;

    server.drain.cancel();
    idle.expect_closed().await;
    fresh.expect_closed().await;
    server.gate.notify_one();
    assert_eq!(busy.answer::<m::Wait>().await.1, Answer::Reply("worth it".to_owned()));
    // The call behind it had not begun, and the unread bytes of it do not cost the reply before.
    busy.expect_closed().await;
    drop(busy);
    server.done.await.unwrap();
}

#[tokio::test]
async fn a_call_that_does_not_end_is_dropped_at_the_end_of_the_drain() {
    let server = Server::with(ConnectionLimits { drain_timeout: hasty().drain_timeout, ..patient() }).await;
    let mut busy = Client::connect(server.addr, BINARY).await;
    busy.send(&call::<m::Wait>(BINARY, 7, &text("for ever"))).await;
    server.until_waiting(1).await;
    server.drain.cancel();
    busy.wait_closed().await;
    server.done.await.unwrap();
}

/// No timeout of these strikes within a test.
fn patient() -> ConnectionLimits {
    ConnectionLimits { drain_timeout: Duration::from_hours(1), ..ConnectionLimits::default() }
}
