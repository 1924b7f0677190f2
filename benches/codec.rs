//! The codec on a bulk write, `add_partitions_req` of a thousand partitions: `cargo bench -p skep-bench`. Beside it, what
//! copying the same bytes takes.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use skep_bench::data;
use skep_thrift::call::write_call;
use skep_thrift::wire::{Decode as _, Scan, Scanner, message};
use skep_thrift::{Limits, Protocol, Reader, Writer, methods as m};

const PARTITIONS: usize = 1_000;
const PROTOCOLS: [Protocol; 2] = [Protocol::Binary, Protocol::Compact];

fn main() {
    divan::main();
}

fn args() -> m::AddPartitionsReqArgs {
    let request = data::add_request("file:/warehouse/scale.db/hourly", 0, PARTITIONS);
    m::AddPartitionsReqArgs { request: Some(request) }
}

fn message_of(protocol: Protocol, args: &m::AddPartitionsReqArgs, buffer: Vec<u8>) -> Vec<u8> {
    let mut w = Writer::with_buffer(protocol, buffer);
    write_call::<m::AddPartitionsReq>(&mut w, 1, args);
    w.into_bytes()
}

/// The boundaries of a message that came whole.
#[divan::bench(args = PROTOCOLS)]
fn scan(bencher: Bencher<'_, '_>, protocol: Protocol) {
    let message = message_of(protocol, &args(), Vec::new());
    let bencher = bencher.counter(BytesCount::of_slice(&message)).counter(ItemsCount::new(PARTITIONS));
    bencher.bench_local(|| {
        let scan = Scanner::new(protocol, Limits::default()).advance(black_box(&message));
        assert_eq!(scan, Ok(Scan::Complete(message.len())));
    });
}

#[divan::bench(args = PROTOCOLS)]
fn decode(bencher: Bencher<'_, '_>, protocol: Protocol) {
    let (args, limits) = (args(), Limits::default());
    let message = message_of(protocol, &args, Vec::new());
    let read = || {
        let mut r = Reader::new(protocol, black_box(&message), limits);
        let head = message::read_head(&mut r);
        head.and_then(|_| m::AddPartitionsReqArgs::decode(&mut r))
    };
    assert_eq!(read(), Ok(args));
    bencher.counter(BytesCount::of_slice(&message)).counter(ItemsCount::new(PARTITIONS)).bench_local(read);
}

/// Into a buffer that is kept, as connections do.
#[divan::bench(args = PROTOCOLS)]
fn encode(bencher: Bencher<'_, '_>, protocol: Protocol) {
    let args = args();
    let mut buffer = message_of(protocol, &args, Vec::new());
    let bencher = bencher.counter(BytesCount::of_slice(&buffer)).counter(ItemsCount::new(PARTITIONS));
    bencher.bench_local(|| {
        let mut kept = std::mem::take(&mut buffer);
        kept.clear();
        buffer = message_of(protocol, black_box(&args), kept);
    });
}

#[divan::bench(args = PROTOCOLS)]
fn copy(bencher: Bencher<'_, '_>, protocol: Protocol) {
    let message = message_of(protocol, &args(), Vec::new());
    let mut buffer = message.clone();
    let bencher = bencher.counter(BytesCount::of_slice(&message)).counter(ItemsCount::new(PARTITIONS));
    bencher.bench_local(|| black_box(&mut buffer).copy_from_slice(black_box(&message)));
}
