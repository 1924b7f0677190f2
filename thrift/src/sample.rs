//! Random values of every type, from a seed: what the round-trip tests and the fuzzers' corpora are made of.

use crate::call::write_call;
use crate::method::{self, Method};
use crate::wire::{Decode, Encode, Reader, Set, Shared, WireError, Writer};

/// A source of random numbers (splitmix64) that also bounds how deep values nest.
pub struct Source {
    state: u64,
    depth: usize,
}

const DEPTH_MAX: usize = 8;

impl Source {
    pub fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0 }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next_u64() % bound.max(1) as u64) as usize
    }

    /// Steps into a struct, if it is not too deep already.
    pub fn deeper(&mut self) -> bool {
        let fits = self.depth < DEPTH_MAX;
        self.depth += usize::from(fits);
        fits
    }

    /// Steps out again.
    pub fn back(&mut self) {
        self.depth -= 1;
    }

    fn len(&mut self) -> usize {
        let bound = if self.depth > 3 { 2 } else { 4 };
        // Now and then longer than the 14 elements that Compact counts in a list's first byte.
        if self.depth < 3 && self.below(16) == 0 { 15 + self.below(10) } else { self.below(bound) }
    }
}

/// A type with random values.
pub trait Sample: Sized {
    fn sample(source: &mut Source) -> Self;
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Sample for $type {
            fn sample(source: &mut Source) -> Self {
                let bits = source.next_u64();
                match bits % 8 {
                    0 => <$type>::MIN,
                    1 => <$type>::MAX,
                    2 => 0,
                    3..=5 => (bits >> 8) as $type,
                    _ => ((bits >> 8) % 300) as $type,
                }
            }
        }
    )*};
}

integers!(i8 i16 i32 i64);

impl Sample for bool {
    fn sample(source: &mut Source) -> Self {
        source.below(2) == 1
    }
}

impl Sample for f64 {
    fn sample(source: &mut Source) -> Self {
        match source.below(4) {
            0 => 0.0,
            1 => f64::INFINITY,
            _ => i32::sample(source) as f64 / 8.0,
        }
    }
}

impl Sample for String {
    fn sample(source: &mut Source) -> Self {
        const CHARS: [char; 16] =
            ['a', 'b', 'Z', '0', '_', '.', '/', '=', '"', '\\', '\n', '\u{1}', 'é', '\u{2028}', '漢', '😀'];
        let len = source.below(12);
        (0..len).map(|_| CHARS[source.below(CHARS.len())]).collect()
    }
}

impl Sample for Vec<u8> {
    fn sample(source: &mut Source) -> Self {
        let len = source.below(9);
        (0..len).map(|_| source.next_u64() as u8).collect()
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(source: &mut Source) -> Self {
        (source.below(3) > 0).then(|| T::sample(source))
    }
}

impl<T: Sample> Sample for Box<T> {
    fn sample(source: &mut Source) -> Self {
        Self::new(T::sample(source))
    }
}

impl<T: Sample> Sample for Shared<T> {
    fn sample(source: &mut Source) -> Self {
        Self::from(T::sample(source))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(source: &mut Source) -> Self {
        (0..source.len()).map(|_| T::sample(source)).collect()
    }
}

impl<T: Sample> Sample for Set<T> {
    fn sample(source: &mut Source) -> Self {
        Self(Vec::sample(source))
    }
}

impl<K: Sample, V: Sample> Sample for (K, V) {
    fn sample(source: &mut Source) -> Self {
        (K::sample(source), V::sample(source))
    }
}

/// A struct, without naming its type.
pub struct SampleType {
    pub name: &'static str,
    /// Writes a random one.
    pub encode: fn(&mut Source, &mut Writer),
    /// Reads one and writes it again.
    pub recode: fn(&mut Reader<'_>, &mut Writer) -> Result<(), WireError>,
}

impl SampleType {
    pub const fn of<T: Sample + Encode + Decode>(name: &'static str) -> Self {
        Self {
            name,
            encode: |source, w| T::sample(source).encode(w),
            recode: |r, w| T::decode(r).map(|value| value.encode(w)),
        }
    }
}

/// A method, without naming its type.
pub struct SampleMethod {
    pub name: &'static str,
    /// Writes a whole call with random arguments.
    pub call: fn(&mut Source, &mut Writer),
    /// Writes a whole reply with a random value.
    pub reply: fn(&mut Source, &mut Writer),
    /// Reads arguments and writes them again.
    pub recode_args: fn(&mut Reader<'_>, &mut Writer) -> Result<(), WireError>,
}

impl SampleMethod {
    pub const fn of<M: Method>() -> Self
    where
        M::Args: Sample,
        M::Reply: Sample,
    {
        Self {
            name: M::NAME,
            call: |source, w| write_call::<M>(w, source.next_u64() as i32, &M::Args::sample(source)),
            reply: |source, w| {
                let seq = source.next_u64() as i32;
                method::write_reply(w, M::NAME, seq, &M::Reply::sample(source));
            },
            recode_args: |r, w| M::Args::decode(r).map(|args| args.encode(w)),
        }
    }
}

impl Sample for () {
    fn sample(_: &mut Source) -> Self {}
}
