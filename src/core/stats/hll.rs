//! HyperLogLog sketches of distinct values, as Hive keeps them in `bitVectors`: p bits of a 64-bit hash choose a
//! register, which holds the longest run of zeros seen after them. Small sketches are sparse: they keep 25 bits of
//! each hash. The byte form is in [`super::hll_stream`].

use std::collections::BTreeMap;

use crate::{Error, Result};

/// Bits of the hash that a sparse sketch keeps.
pub(super) const SPARSE_BITS: u32 = 25;
/// Register index bits. 10 is Hive's default, 14 that of old versions; it allows 16 too, which its byte form has no
/// room for.
pub(super) const INDEX_BITS: std::ops::RangeInclusive<u32> = 4..=15;
/// A sketch of a set of values. Merging is the union: associative, commutative, idempotent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HyperLogLog {
    pub(super) index_bits: u32,
    pub(super) registers: Registers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Registers {
    /// Low 25 bits of the hash → run of zeros after `index_bits`, plus one.
    Sparse(BTreeMap<u32, u8>),
    /// 2^index_bits registers.
    Dense(Vec<u8>),
}

impl HyperLogLog {
    /// An empty sketch.
    ///
    /// # Errors
    /// InvalidInput where `index_bits` is not 4 to 15.
    pub fn new(index_bits: u32) -> Result<Self> {
        if INDEX_BITS.contains(&index_bits) {
            Ok(Self { index_bits, registers: Registers::Sparse(BTreeMap::new()) })
        } else {
            Err(Error::new(
                crate::Kind::InvalidInput,
                format!("A HyperLogLog sketch has {index_bits} index bits, 4 to 15 are allowed"),
            ))
        }
    }

    /// Adds a value by its 64-bit hash. Hive hashes with Murmur3.
    pub fn add_hash(&mut self, hash: u64) {
        let run = ((hash >> self.index_bits).trailing_zeros() as u8 + 1).min(longest_run(self.index_bits));
        match &mut self.registers {
            Registers::Sparse(map) => raise(map.entry((hash & mask(SPARSE_BITS)) as u32).or_default(), run),
            Registers::Dense(registers) => raise(&mut registers[(hash & mask(self.index_bits)) as usize], run),
        }
        self.densify_if_large();
    }

    /// Makes this the sketch of both sets. The coarser of two decides, as the finer can be reduced.
    pub fn merge(&mut self, other: &Self) {
        let index_bits = self.index_bits.min(other.index_bits);
        self.reduce(index_bits);
        let mut other = std::borrow::Cow::Borrowed(other);
        if other.index_bits != index_bits {
            other.to_mut().reduce(index_bits);
        }
        match (&mut self.registers, &other.registers) {
            (Registers::Sparse(map), Registers::Sparse(others)) => {
                for (key, run) in others {
                    raise(map.entry(*key).or_default(), *run);
                }
            }
            (Registers::Dense(registers), Registers::Dense(others)) => {
                for (register, run) in registers.iter_mut().zip(others) {
                    raise(register, *run);
                }
            }
            (Registers::Dense(registers), Registers::Sparse(others)) => raise_all(registers, others),
            (Registers::Sparse(map), Registers::Dense(others)) => {
                let mut registers = others.clone();
                raise_all(&mut registers, map);
                self.registers = Registers::Dense(registers);
            }
        }
        self.densify_if_large();
    }

    /// Rebuilds the sketch with fewer index bits: the bits that an index loses are the first of the run.
    fn reduce(&mut self, index_bits: u32) {
        if index_bits >= self.index_bits {
            return;
        }
        let from = self.index_bits;
        // Enough of the hash to tell its run behind fewer bits. The longest run needs a bit more than a u64 has.
        let run_of = |key: u32, run: u8| {
            let hash = u128::from(key) | (1_u128 << (from + u32::from(run) - 1));
            ((hash >> index_bits).trailing_zeros() as u8 + 1).min(longest_run(index_bits))
        };
        match &mut self.registers {
            Registers::Sparse(map) => {
                for (key, run) in map {
                    *run = run_of(*key, *run);
                }
            }
            Registers::Dense(registers) => {
                let mut fewer = vec![0; 1 << index_bits];
                for (key, run) in (0_u32..).zip(registers.iter()).filter(|(_, run)| **run > 0) {
                    raise(&mut fewer[(u64::from(key) & mask(index_bits)) as usize], run_of(key, *run));
                }
                *registers = fewer;
            }
        }
        self.index_bits = index_bits;
        self.densify_if_large();
    }

    /// A sparse entry takes up to five bytes, a dense register six bits.
    pub(super) fn densify_if_large(&mut self) {
        let size = 1_usize << self.index_bits;
        if let Registers::Sparse(map) = &self.registers
            && map.len() > size * 6 / 8 / 5
        {
            let mut registers = vec![0; size];
            raise_all(&mut registers, map);
            self.registers = Registers::Dense(registers);
        }
    }

    /// How many distinct values there are, roughly. At least 1: Hive keeps zero away from divisions.
    pub fn estimate(&self) -> i64 {
        let estimate = match &self.registers {
            Registers::Sparse(map) => linear_count(mask(SPARSE_BITS) as f64 + 1.0, map.len() as f64),
            Registers::Dense(registers) => estimate_dense(registers, self.index_bits),
        };
        (estimate.round() as i64).max(1)
    }
}

/// The run of a hash that is all zeros behind the index, plus one. It fits six bits.
pub(super) fn longest_run(index_bits: u32) -> u8 {
    (64 - index_bits + 1) as u8
}

fn mask(bits: u32) -> u64 {
    (1 << bits) - 1
}

fn raise(register: &mut u8, run: u8) {
    *register = (*register).max(run);
}

fn raise_all(registers: &mut [u8], sparse: &BTreeMap<u32, u8>) {
    let mask = registers.len() - 1;
    for (key, run) in sparse {
        raise(&mut registers[*key as usize & mask], *run);
    }
}

/// Expected number of values where `used` of `all` places are taken.
fn linear_count(all: f64, used: f64) -> f64 {
    all * (all / (all - used)).ln()
}

/// Up to this estimate linear counting is the better one; by index bits from 4 on (Heule and others 2013, appendix).
const LINEAR_COUNT_LIMITS: [f64; 12] =
    [10.0, 20.0, 40.0, 80.0, 220.0, 400.0, 900.0, 1800.0, 3100.0, 6500.0, 11500.0, 20000.0];

/// Linear counting for few values and the plain harmonic mean for many, exactly as Hive; between the two, where Hive
/// corrects the mean by tables, Ertl's corrected estimator (2017), which needs none.
fn estimate_dense(registers: &[u8], index_bits: u32) -> f64 {
    let size = registers.len() as f64;
    let longest = usize::from(longest_run(index_bits));
    let mut counts = vec![0_u32; longest + 1];
    for run in registers {
        counts[usize::from(*run)] += 1;
    }
    if counts[0] > 0 {
        let linear = linear_count(size, size - f64::from(counts[0])).round();
        if linear < LINEAR_COUNT_LIMITS[index_bits as usize - 4] {
            return linear;
        }
    }
    let sum: f64 = (0..).zip(&counts).map(|(run, count)| f64::from(*count) * 0.5_f64.powi(run)).sum();
    let raw = (0.7213 / (1.0 + 1.079 / size) * size * size / sum).floor();
    if raw > 5.0 * size { raw } else { estimate_ertl(&counts, size) }
}

/// O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", algorithm 6.
fn estimate_ertl(counts: &[u32], size: f64) -> f64 {
    let longest = counts.len() - 1;
    let mut z = size * tau(1.0 - f64::from(counts[longest]) / size);
    for count in counts[1..longest].iter().rev() {
        z = 0.5 * (z + f64::from(*count));
    }
    z += size * sigma(f64::from(counts[0]) / size);
    size * size / (2.0 * std::f64::consts::LN_2) / z
}

/// `x + sum of x^(2^k) * 2^(k-1)`; infinite for 1.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut weight, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * weight;
        weight *= 2.0;
        if sum <= before {
            return sum;
        }
    }
}

/// `(1 - x - sum of (1 - x^(2^-k))^2 * 2^-k) / 3`.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut weight, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * weight;
        if sum >= before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A well mixing function (splitmix64), so that numbers serve as values.
    pub fn hash(value: u64) -> u64 {
        let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn sketch(index_bits: u32, values: impl IntoIterator<Item = u64>) -> HyperLogLog {
        let mut sketch = HyperLogLog::new(index_bits).unwrap();
        for value in values {
            sketch.add_hash(hash(value));
        }
        sketch
    }

    #[test]
    fn estimates_are_near_over_all_ranges() {
        for index_bits in [10, 12, 14] {
            let allowed = 4.0 * 1.04 / f64::from(1_u32 << index_bits).sqrt();
            let mut all = HyperLogLog::new(index_bits).unwrap();
            let mut next = 1;
            for n in 1..=200_000_u64 {
                all.add_hash(hash(n));
                if n == next {
                    next = next * 5 / 4 + 1;
                    let error = (all.estimate() as f64 - n as f64).abs() / n as f64;
                    assert!(error <= allowed, "{index_bits} bits, {n} values: {}", all.estimate());
                }
            }
        }
    }

    #[test]
    fn few_values_are_exact_and_none_is_one() {
        assert_eq!(HyperLogLog::new(10).unwrap().estimate(), 1);
        assert_eq!(sketch(10, 0..100).estimate(), 100);
        assert!(HyperLogLog::new(3).is_err() && HyperLogLog::new(16).is_err());
    }

    #[test]
    fn extreme_hashes_do_no_harm() {
        for index_bits in INDEX_BITS {
            let mut sketch = HyperLogLog::new(index_bits).unwrap();
            for hash in [0, u64::MAX, 1 << 63, 1 << 24, 1 << 25] {
                sketch.add_hash(hash);
            }
            let mut coarse = HyperLogLog::new(4).unwrap();
            coarse.merge(&sketch);
            assert!(coarse.estimate() >= 1);
        }
        let full = HyperLogLog { index_bits: 4, registers: Registers::Dense(vec![longest_run(4); 16]) };
        assert!(full.estimate() > 0);
    }

    fn merged(a: &HyperLogLog, b: &HyperLogLog) -> HyperLogLog {
        let mut both = a.clone();
        both.merge(b);
        both
    }

    fn values() -> impl Strategy<Value = Vec<u64>> {
        prop_oneof![
            proptest::collection::vec(0_u64..5000, 0..300),
            (0_u64..5000, 0_u64..5000).prop_map(|(from, n)| (from..from + n).collect()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn merging_is_the_union(a in values(), b in values(), bits in 4_u32..=15) {
            let union = sketch(bits, a.iter().chain(&b).copied());
            let (a, b) = (sketch(bits, a), sketch(bits, b));
            prop_assert_eq!(&merged(&a, &b), &union);
            prop_assert_eq!(&merged(&b, &a), &union);
            prop_assert_eq!(&merged(&union, &a), &union);
            prop_assert_eq!(&merged(&a, &a), &a);
        }

        #[test]
        fn a_reduced_sketch_is_the_coarse_one(values in values(), fine in 5_u32..=15, less in 1_u32..5) {
            let coarse = fine.saturating_sub(less).max(4);
            let mut reduced = sketch(fine, values.iter().copied());
            reduced.merge(&HyperLogLog::new(coarse).unwrap());
            prop_assert_eq!(reduced, sketch(coarse, values));
        }

        #[test]
        fn merging_is_associative(a in values(), b in values(), c in values(), p in 4_u32..=15, q in 4_u32..=15) {
            let (a, b, c) = (sketch(p, a), sketch(q, b), sketch(p, c));
            prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        }
    }
}
