//! The codec against itself, against Apache's, and against hostile bytes.

mod corpus;
mod generated;
mod heads;
mod hostile;
mod json;
mod oracle;
mod releases;
mod round_trip;
mod scanner;
mod shared;

use crate::sample::Source;
use crate::wire::{Protocol, Writer};

/// No test may need much memory: a length believed before it was checked ends the run.
#[global_allocator]
static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, 512 << 20);

const PROTOCOLS: [Protocol; 2] = [Protocol::Binary, Protocol::Compact];

/// What `write` writes.
fn written(protocol: Protocol, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::new(protocol);
    write(&mut w);
    w.into_bytes()
}

/// A call with random arguments for each method.
fn calls(protocol: Protocol, seed: u64) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    crate::methods::SAMPLES.iter().enumerate().map(move |(at, method)| {
        let mut source = Source::new(seed ^ (at as u64) << 32);
        (method.name, written(protocol, |w| (method.call)(&mut source, w)))
    })
}
