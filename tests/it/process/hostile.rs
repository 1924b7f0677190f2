//! Strangers by the hundred: afterwards the same process answers, and is not much larger.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use skep_thrift::methods as m;
use skep_thrift::wire::message::{self, MessageKind};
use skep_thrift::{Protocol, Writer};

use super::client::Client;
use super::server::{Server, log_of};

const GROWTH_MAX_BYTES: usize = 64 << 20;
const METHODS: [&str; 6] =
    ["create_table", "add_partitions", "get_partitions_by_filter", "get_table_req", "set_ugi", "no_such_method"];

/// Sends it all, as far as the server listens, says that nothing follows, and waits for the end of the connection.
fn attack(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).unwrap();
    // The server may have closed before the last byte.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
}

fn head(protocol: Protocol, method: &str) -> Vec<u8> {
    let mut w = Writer::new(protocol);
    message::write_head(&mut w, method, MessageKind::Call, 1);
    w.into_bytes()
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes(), message].concat()
}

/// Reproducible noise.
struct Noise(u64);

impl Noise {
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 56) as u8
        };
        (0..count).map(|_| next()).collect()
    }
}

fn noise() -> Vec<Vec<u8>> {
    let mut noise = Noise(20_261_122);
    let mut attacks: Vec<_> = (1..200).map(|length| noise.bytes(length * 7)).collect();
    for method in METHODS {
        for protocol in [Protocol::Binary, Protocol::Compact] {
            for length in [1, 30, 3000] {
                let message = [head(protocol, method), noise.bytes(length)].concat();
                attacks.extend([framed(&message), message]);
            }
        }
    }
    attacks
}

/// Lengths that no message can have: of texts, lists, maps and frames.
fn lengths() -> Vec<Vec<u8>> {
    let mut attacks = Vec::new();
    for length in [[0x7f, 0xff, 0xff, 0xff], [0xff; 4], [0x80, 0, 0, 0], [0x10, 0, 0, 0]] {
        for method in METHODS {
            for field in [&b"\x0b\0\x01"[..], b"\x0f\0\x01\x0c", b"\x0d\0\x01\x0b\x0b", b"\x0c\0\x01\x0b\0\x01"] {
                let message = [&head(Protocol::Binary, method), field, &length].concat();
                attacks.extend([framed(&message), message]);
            }
        }
        attacks.push([&length[..], &head(Protocol::Binary, "set_ugi")].concat());
    }
    for field in [&b"\x18\xff\xff\xff\xff\x07"[..], b"\x19\xfc\xff\xff\xff\xff\x07", b"\x1b\xff\xff\xff\xff\x07\x88"] {
        attacks.push([&head(Protocol::Compact, "add_partitions"), field].concat());
    }
    attacks
}

/// Structs and lists inside each other, a hundred thousand deep.
fn depths() -> Vec<Vec<u8>> {
    let nested = [
        (Protocol::Binary, b"\x0c\0\x01".repeat(100_000)),
        (Protocol::Binary, [b"\x0f\0\x01".to_vec(), b"\x0f\0\0\0\x01".repeat(100_000)].concat()),
        (Protocol::Compact, b"\x1c".repeat(100_000)),
        (Protocol::Compact, [b"\x19".to_vec(), b"\x19".repeat(100_000)].concat()),
    ];
    let mut attacks = Vec::new();
    for (protocol, body) in nested {
        for method in METHODS {
            let message = [head(protocol, method), body.clone()].concat();
            attacks.extend([framed(&message), message]);
        }
    }
    attacks
}

/// A byte for each element, which would be hundreds in memory.
fn swarms() -> Vec<Vec<u8>> {
    let elements = 4_000_000_u32;
    let list = [&b"\x0f\0\x01\x0c"[..], &elements.to_be_bytes(), &vec![0; elements as usize], b"\0"].concat();
    ["add_partitions", "no_such_method"].map(|method| [head(Protocol::Binary, method), list.clone()].concat()).into()
}

#[test]
fn a_hostile_hour_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), "sqlite:skep.db");
    let address = server.address;
    let expect_serving = |address| {
        let mut client = Client::connect(address).unwrap();
        assert_eq!(client.get::<m::GetAllDatabases>(&m::GetAllDatabasesArgs::default()), ["default"]);
    };
    expect_serving(address);
    let before = server.resident_bytes();

    std::thread::scope(|scope| {
        for attacks in [noise, lengths, depths, swarms] {
            scope.spawn(move || attacks().iter().for_each(|bytes| attack(address, bytes)));
        }
    });
    expect_serving(address);

    // Messages of which half has come, and frames that promise 90 MB: on four hundred connections at once.
    let half =
        [head(Protocol::Binary, "create_table"), b"\x0c\0\x01\x0b\0\x01\0\0\xff\xff".to_vec(), vec![b'x'; 16 << 10]];
    let promise = [&(90_u32 << 20).to_be_bytes()[..], &head(Protocol::Binary, "add_partitions"), b"\x0f\0\x01\x0c"];
    let open: Vec<_> = (0..400)
        .map(|at| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(&if at % 2 == 0 { half.concat() } else { promise.concat() }).unwrap();
            stream
        })
        .collect();
    expect_serving(address);
    drop(open);
    expect_serving(address);

    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_MAX_BYTES, "grown by {} MiB", grown >> 20);
    assert!(server.is_running());
    let log = log_of(folder.path());
    assert!(!log.contains("panic"), "{log}");
}
