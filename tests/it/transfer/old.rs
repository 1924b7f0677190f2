//! Metastores of older releases, as far as they differ in the methods that they know: between the copier and the server
//! stands somebody who answers like them.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use skep_thrift::method::write_unknown_method;
use skep_thrift::wire::{Scan, Scanner, message};
use skep_thrift::{Limits, MethodInfo, Protocol, Reader, Writer};

use super::fixture::{Pair, command, report};
use super::round_trip::assert_same;

/// Had the release the method?
fn knows(release: &str, method: &str) -> bool {
    let info = MethodInfo::find(method).unwrap();
    info.since <= release && info.until.is_none_or(|until| release <= until)
}

/// The next message; none at the connection's end.
fn next(from: &mut TcpStream, inbox: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut scanner = Scanner::new(Protocol::Binary, Limits::default());
    loop {
        if let Ok(Scan::Complete(end)) = scanner.advance(inbox) {
            return Some(inbox.drain(..end).collect());
        }
        let mut chunk = [0; 16 << 10];
        match from.read(&mut chunk) {
            Ok(count) if count > 0 => inbox.extend_from_slice(&chunk[..count]),
            _ => return None,
        }
    }
}

fn serve(mut client: TcpStream, server: SocketAddr, release: &'static str) {
    let mut server = TcpStream::connect(server).unwrap();
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    while let Some(call) = next(&mut client, &mut asked) {
        let head = message::read_head(&mut Reader::new(Protocol::Binary, &call, Limits::default())).unwrap();
        let answer = if knows(release, &head.name) {
            server.write_all(&call).unwrap();
            next(&mut server, &mut answered)
        } else {
            let mut w = Writer::new(Protocol::Binary);
            write_unknown_method(&mut w, &head);
            Some(w.into_bytes())
        };
        // The copier may be gone by now.
        let Some(answer) = answer else { return };
        if client.write_all(&answer).is_err() {
            return;
        }
    }
}

fn old(server: SocketAddr, release: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            std::thread::spawn(move || serve(client.unwrap(), server, release));
        }
    });
    address
}

fn import(from: SocketAddr, to: SocketAddr) -> (serde_json::Value, bool) {
    let (from, to) = (format!("thrift://{from}"), format!("thrift://{to}"));
    report(&command(&["import", &from, "--to", &to, "--output", "json"]).output().unwrap())
}

#[test]
fn releases_with_catalogs_give_all_by_older_calls() {
    for release in ["3.1", "4.2"] {
        let pair = Pair::new(1100);
        let (report, done) = import(old(pair.source.address, release), pair.target.address);
        assert!(done && report["complete"] == true, "{release}: {report:#}");
        assert_same(&pair);
    }
}

#[test]
fn a_release_without_catalogs_gives_its_databases() {
    let pair = Pair::new(10);
    let (report, done) = import(old(pair.source.address, "2.3"), pair.target.address);
    assert!(done && report["complete"] == true, "{report:#}");
    // The tables of the one catalog, and the constraints that the release has.
    assert_eq!(report["objects"]["table"]["compared"], 8);
    assert_eq!(report["objects"]["constraint"]["compared"], 2);
    assert_eq!(report["objects"].get("catalog"), None);
}

#[test]
fn a_target_without_catalogs_takes_what_it_can() {
    let pair = Pair::new(10);
    let (report, done) = import(pair.source.address, old(pair.target.address, "2.3"));
    assert!(!done, "{report:#}");
    let left_out = report["left_out"].as_array().unwrap();
    assert!(left_out.iter().any(|left| left["what"] == "catalog second"), "{left_out:?}");
    assert_eq!(report["objects"]["table"]["created"], 8);
}
