//! The byte form of a HyperLogLog sketch, semantics §9: `HLL`, a byte `p << 4 | width`, the estimate as a varint, and
//! the registers. Width 0 is sparse: a count and the deltas of `key << 6 | run`, all varints; 1 to 6 are dense
//! registers of so many bits, packed from the top bit; 7 stands for whole bytes.

use std::collections::BTreeMap;

use super::hll::{HyperLogLog, INDEX_BITS, Registers, SPARSE_BITS, longest_run};
use crate::{Error, Kind, Result};

const MAGIC: &[u8] = b"HLL";
/// Bits of a run in a sparse entry.
const RUN_BITS: u32 = 6;
/// The width that stands for whole bytes.
const WHOLE_BYTES: u8 = 7;

fn invalid(what: &'static str) -> Error {
    Error::new(Kind::InvalidInput, what)
}

impl HyperLogLog {
    /// Reads a sketch. The older `FM` sketches are none of these.
    ///
    /// # Errors
    /// InvalidInput where the bytes are no such sketch. Nothing is allocated beyond what the bytes fill.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| invalid("The bit vectors are not a HyperLogLog sketch"))?;
        let (&header, mut rest) = rest.split_first().ok_or_else(truncated)?;
        let index_bits = u32::from(header >> 4);
        if !INDEX_BITS.contains(&index_bits) {
            return Err(invalid("The sketch's index bits are not between 4 and 15"));
        }
        // The estimate is a cached one; it follows from the registers.
        varint(&mut rest)?;
        let registers = match header & 7 {
            0 => Registers::Sparse(read_sparse(rest, longest_run(index_bits))?),
            WHOLE_BYTES => Registers::Dense(read_dense(rest, index_bits, 8)?),
            width => Registers::Dense(read_dense(rest, index_bits, u32::from(width))?),
        };
        let mut sketch = Self { index_bits, registers };
        sketch.densify_if_large();
        Ok(sketch)
    }

    /// Writes the sketch as Hive does.
    pub fn write(&self) -> Vec<u8> {
        let header = (self.index_bits as u8) << 4;
        let mut out = MAGIC.to_vec();
        let estimate = self.estimate().unsigned_abs();
        match &self.registers {
            Registers::Dense(registers) if registers.iter().any(|run| *run > 0) => {
                let longest = registers.iter().max().copied().unwrap_or_default();
                let width = 8 - longest.leading_zeros();
                out.push(header | (width as u8).min(WHOLE_BYTES));
                varint_write(&mut out, estimate);
                write_dense(&mut out, registers, if width > 6 { 8 } else { width });
            }
            registers => {
                let empty = BTreeMap::new();
                let map = if let Registers::Sparse(map) = registers { map } else { &empty };
                out.push(header);
                varint_write(&mut out, estimate);
                varint_write(&mut out, map.len() as u64);
                let mut before = 0;
                for (key, run) in map {
                    let entry = (u64::from(*key) << RUN_BITS) | u64::from(*run);
                    varint_write(&mut out, entry - before);
                    before = entry;
                }
            }
        }
        out
    }
}

fn truncated() -> Error {
    invalid("The HyperLogLog sketch is cut short")
}

fn varint(rest: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or_else(truncated)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(invalid("A number in the HyperLogLog sketch is too long"))
}

fn varint_write(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(0x80 | (value & 0x7f) as u8);
        value >>= 7;
    }
    out.push(value as u8);
}

fn read_sparse(mut rest: &[u8], longest: u8) -> Result<BTreeMap<u32, u8>> {
    let mut map = BTreeMap::new();
    if rest.is_empty() {
        // An empty dense sketch has width 0 in Hive, and no registers.
        return Ok(map);
    }
    let count = varint(&mut rest)?;
    let mut entry = 0_u32;
    for _ in 0..count {
        // Hive adds as 32-bit integers, and its maps have no order: deltas may be negative.
        entry = entry.wrapping_add(varint(&mut rest)? as u32);
        let (key, run) = (entry >> RUN_BITS, (entry & ((1 << RUN_BITS) - 1)) as u8);
        if key >> SPARSE_BITS != 0 || run > longest {
            return Err(invalid("An entry of the HyperLogLog sketch is too large"));
        }
        if run > 0 {
            let known = map.entry(key).or_insert(run);
            *known = run.max(*known);
        }
    }
    Ok(map)
}

fn read_dense(bytes: &[u8], index_bits: u32, width: u32) -> Result<Vec<u8>> {
    let size = 1_usize << index_bits;
    // The size is at least 16, so this is no fraction.
    let packed = bytes.get(..size * width as usize / 8).ok_or_else(truncated)?;
    let mut registers = Vec::with_capacity(size);
    let (mut pending, mut bits) = (0_u32, 0);
    for byte in packed {
        pending = (pending << 8) | u32::from(*byte);
        bits += 8;
        while bits >= width {
            bits -= width;
            registers.push((pending >> bits) as u8);
            pending &= (1 << bits) - 1;
        }
    }
    if registers.iter().any(|run| *run > longest_run(index_bits)) {
        return Err(invalid("A register of the HyperLogLog sketch is too large"));
    }
    Ok(registers)
}

fn write_dense(out: &mut Vec<u8>, registers: &[u8], width: u32) {
    let (mut pending, mut bits) = (0_u32, 0);
    for run in registers {
        pending = (pending << width) | u32::from(*run);
        bits += width;
        while bits >= 8 {
            bits -= 8;
            out.push((pending >> bits) as u8);
            pending &= (1 << bits) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::hll::tests::sketch;
    use super::*;

    #[test]
    fn known_bytes() {
        let mut sparse = HyperLogLog::new(10).unwrap();
        // Key 1 << 10: the run after ten index bits is empty, so 1.
        sparse.add_hash(1 << 10);
        assert_eq!(sparse.write(), [b'H', b'L', b'L', 0xa0, 1, 1, 0x81, 0x80, 0x04]);
        assert_eq!(HyperLogLog::read(&sparse.write()).unwrap(), sparse);

        let mut registers = vec![0; 16];
        registers[..4].copy_from_slice(&[1, 2, 3, 7]);
        let dense = HyperLogLog { index_bits: 4, registers: Registers::Dense(registers) };
        // Three bits each: 001 010 011 111, then zeros.
        assert_eq!(dense.write()[5..], [0b0010_1001, 0b1111_0000, 0, 0, 0, 0]);
        assert_eq!(dense.write()[..4], [b'H', b'L', b'L', 0x43]);
    }

    #[test]
    fn hives_unordered_deltas_are_read() {
        // Two entries, the second lower than the first: its delta is written as a negative 64-bit number.
        let mut bytes = b"HLL\xa0\x02\x02".to_vec();
        varint_write(&mut bytes, (9 << RUN_BITS) | 1);
        varint_write(&mut bytes, (-(4_i64 << RUN_BITS)).cast_unsigned());
        let Registers::Sparse(map) = HyperLogLog::read(&bytes).unwrap().registers else { panic!("not sparse") };
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [(5, 1), (9, 1)]);
    }

    #[test]
    fn refusals() {
        let good = sketch(10, 0..1000).write();
        for n in 0..good.len() {
            assert!(HyperLogLog::read(&good[..n]).is_err() || n == 6, "{n}");
        }
        for bad in [&b"FM"[..], b"HLL", b"HLL\x30\x01\x00", b"HLL\xa0\x01\xff\xff\xff\xff\xff\x0f", b"HLL\xa7\x01\xff"]
        {
            assert_eq!(HyperLogLog::read(bad).unwrap_err().kind, Kind::InvalidInput, "{bad:?}");
        }
        let mut large = b"HLL\x47\x01".to_vec();
        large.extend([200; 16]);
        assert!(HyperLogLog::read(&large).is_err());
    }

    proptest! {
        #[test]
        fn sketches_come_back(n in 0_u64..5000, bits in 4_u32..=15) {
            let sketch = sketch(bits, 0..n);
            prop_assert_eq!(HyperLogLog::read(&sketch.write()).unwrap(), sketch);
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), header: u8) {
            let _ = HyperLogLog::read(&bytes);
            let mut framed = b"HLL".to_vec();
            framed.push(header);
            framed.append(&mut bytes);
            if let Ok(sketch) = HyperLogLog::read(&framed) {
                let mut twice = sketch.clone();
                twice.merge(&sketch);
                prop_assert_eq!(&twice, &sketch);
                prop_assert_eq!(HyperLogLog::read(&sketch.write()).unwrap().estimate(), sketch.estimate());
            }
        }
    }
}
