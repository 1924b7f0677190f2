//! What is told when there is no metastore, or one that cannot be spoken to.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::fixture::{command, server};

/// A server that answers the first bytes of each client with these, and then closes.
fn answering(with: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let _ = client.read(&mut [0; 1024]);
            let _ = client.write_all(with);
        }
    });
    format!("thrift://{address}")
}

fn said(args: &[&str]) -> String {
    let output = command(args).output().unwrap();
    assert_ne!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_answers_in_another_language_is_named() {
    for (answer, word) in [
        (&b"\x04\x00\x00\x00\x13Invalid status -128"[..], "SASL"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "TLS"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "no Thrift message"),
        (b"", "closed the connection without an answer"),
        (b"\x80\x01\x00\x02\xff\xff\xff\xff", "no Thrift message"),
    ] {
        let told = said(&["import", &answering(answer)]);
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn a_metastore_that_is_away_is_told_with_its_address() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = said(&["import", &format!("thrift://{free}")]);
    assert!(told.contains(&format!("thrift://{free}: cannot connect")), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let source = server(folder.path(), "source");
    let told = said(&["import", &format!("thrift://{}", source.address), "--to", &format!("thrift://{free}")]);
    assert!(told.contains(&format!("thrift://{free}: cannot connect")), "{told}");
}

#[test]
fn what_is_no_address_is_refused_before_anything() {
    for args in [["import", "hms:9083"], ["export", "http://localhost:9083"]] {
        assert!(said(&args).contains("expected thrift://HOST[:PORT]"));
    }
}
