//! Looks through a footer's Thrift before the parquet crate decodes it. That decoder calls itself for every level of
//! the schema, and makes room for as many children as a node says it has; both are a stranger's to choose.

use std::borrow::Cow;

/// Nodes of a schema.
const NODES_MAX: u64 = 100_000;
/// Levels of a schema's tree, lists and maps counting two: deeper ones no engine reads.
const DEPTH_MAX: usize = 100;
const ROW_GROUPS_MAX: u64 = 100_000;
/// Levels of Thrift structures; FileMetaData has a dozen.
const THRIFT_DEPTH_MAX: usize = 32;

/// What the guard noted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// The footer is plain and some columns are not.
    pub(super) is_encrypted: bool,
    /// Where nodes of the schema end that are decimals without a scale. It is 0 then, and the decoder takes none.
    scaleless: Vec<usize>,
}

/// `scale = 0` of a schema's node, with its field's number written out.
const SCALE_ZERO: [u8; 3] = [I32, 7 << 1, 0];

impl Seen {
    /// Gives the metadata as the decoder takes it.
    pub(super) fn mended<'m>(&self, metadata: &'m [u8]) -> Cow<'m, [u8]> {
        if self.scaleless.is_empty() {
            return Cow::Borrowed(metadata);
        }
        let mut mended = Vec::with_capacity(metadata.len() + self.scaleless.len() * SCALE_ZERO.len());
        let mut done = 0;
        for end in &self.scaleless {
            mended.extend_from_slice(&metadata[done..*end]);
            mended.extend_from_slice(&SCALE_ZERO);
            done = *end;
        }
        mended.extend_from_slice(&metadata[done..]);
        Cow::Owned(mended)
    }
}

/// # Errors
/// Says what is wrong, as the end of a sentence.
pub(super) fn check(metadata: &[u8]) -> Result<Seen, String> {
    let mut thrift = Thrift { rest: metadata };
    let mut seen = Seen { is_encrypted: false, scaleless: Vec::new() };
    let mut id = 0;
    while let Some(kind) = thrift.field(&mut id)? {
        match (id, kind) {
            (2, LIST) => seen.scaleless.append(&mut thrift.schema(metadata.len())?),
            (4, LIST) => {
                let (count, kind) = thrift.list()?;
                if count > ROW_GROUPS_MAX {
                    return Err(format!("it has {count} row groups; at most {ROW_GROUPS_MAX} are read"));
                }
                for _ in 0..count {
                    thrift.element_skip(kind, 1)?;
                }
            }
            _ => {
                seen.is_encrypted |= id == 8;
                thrift.skip(kind, 0)?;
            }
        }
    }
    Ok(seen)
}

const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// A cursor over the compact protocol.
struct Thrift<'a> {
    rest: &'a [u8],
}

impl Thrift<'_> {
    fn take(&mut self, count: u64) -> Result<(), String> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let (_, rest) = self.rest.split_at_checked(count).ok_or("it breaks off")?;
        self.rest = rest;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.rest.split_first().ok_or("it breaks off")?;
        self.rest = rest;
        Ok(*first)
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err("a number is too long".to_owned())
    }

    fn zigzag(&mut self) -> Result<i64, String> {
        let n = self.varint()?;
        Ok((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
    }

    /// The next field's type; its id into `id`. None at the structure's end.
    fn field(&mut self, id: &mut i64) -> Result<Option<u8>, String> {
        let head = self.byte()?;
        let (delta, kind) = (i64::from(head >> 4), head & 0x0f);
        if kind == STOP {
            return Ok(None);
        }
        *id = if delta == 0 { self.zigzag()? } else { id.saturating_add(delta) };
        Ok(Some(kind))
    }

    /// Number and type of a list's elements; there are bytes for all.
    fn list(&mut self) -> Result<(u64, u8), String> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        if count > self.rest.len() as u64 {
            return Err(format!("a list says that it has {count} elements and breaks off"));
        }
        Ok((count, head & 0x0f))
    }

    fn element_skip(&mut self, kind: u8, depth: usize) -> Result<(), String> {
        // in lists a boolean is a byte
        if matches!(kind, TRUE | FALSE) { self.take(1) } else { self.skip(kind, depth) }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), String> {
        if depth > THRIFT_DEPTH_MAX {
            return Err("it is nested too deep".to_owned());
        }
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.take(1),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.take(8),
            BINARY => {
                let length = self.varint()?;
                self.take(length)
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.element_skip(kind, depth + 1))
            }
            MAP => {
                let count = self.varint()?;
                if count == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                (0..count).try_for_each(|_| {
                    self.element_skip(kinds >> 4, depth + 1)?;
                    self.element_skip(kinds & 0x0f, depth + 1)
                })
            }
            STRUCT => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(format!("it has an unknown Thrift type {kind}")),
        }
    }

    /// The schema's nodes, parents before their children: checks that they are a tree, and its depth. Gives the places
    /// in the metadata, of so many bytes, where decimals without a scale end.
    fn schema(&mut self, length: usize) -> Result<Vec<usize>, String> {
        let (count, kind) = self.list()?;
        if kind != STRUCT || count == 0 || count > NODES_MAX {
            return Err(format!("its schema has {count} nodes; it must have 1 to {NODES_MAX}"));
        }
        let mut scaleless = Vec::new();
        // how many children are still to come, of each open node
        let mut open: Vec<i64> = Vec::new();
        for n in 0..count {
            match open.last_mut() {
                Some(left) => *left -= 1,
                None if n > 0 => return Err("its schema has nodes without a parent".to_owned()),
                None => {}
            }
            let node = self.schema_node()?;
            if node.children < 0 || node.children.cast_unsigned() > count {
                return Err(format!("a node of its schema says that it has {} children", node.children));
            }
            if node.is_decimal && !node.has_scale {
                scaleless.push(length - self.rest.len() - 1);
            }
            open.push(node.children);
            if open.len() > DEPTH_MAX {
                return Err(format!("its schema is nested deeper than {DEPTH_MAX} levels"));
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        if open.is_empty() { Ok(scaleless) } else { Err("its schema lacks nodes".to_owned()) }
    }

    /// One SchemaElement.
    fn schema_node(&mut self) -> Result<Node, String> {
        let (mut id, mut node) = (0, Node::default());
        while let Some(kind) = self.field(&mut id)? {
            match (id, kind) {
                (5, I32) => node.children = self.zigzag()?,
                (6, I32) => node.is_decimal = self.zigzag()? == CONVERTED_DECIMAL,
                _ => {
                    node.has_scale |= id == 7;
                    self.skip(kind, 1)?;
                }
            }
        }
        Ok(node)
    }
}

/// ConvertedType's number of decimals.
const CONVERTED_DECIMAL: i64 = 5;

/// What is asked of a node of a schema.
#[derive(Default)]
struct Node {
    children: i64,
    is_decimal: bool,
    has_scale: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FileMetaData with this schema: each node is its number of children.
    fn schema(children: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0x29, 0xfc];
        varint(&mut bytes, children.len() as u32);
        for count in children {
            bytes.push(0x55);
            varint(&mut bytes, count << 1);
            bytes.push(0);
        }
        bytes.push(0);
        bytes
    }

    fn varint(bytes: &mut Vec<u8>, mut n: u32) {
        while n >= 0x80 {
            bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        bytes.push(n as u8);
    }

    #[test]
    fn decimals_without_a_scale_get_one() {
        // Two nodes: one with a child, and an int32 that is a decimal of five digits.
        let node = |scale: &[u8]| {
            let mut bytes = vec![0x29, 0x2c, 0x55, 0x02, 0x00, 0x65, 0x0a];
            bytes.extend_from_slice(scale);
            bytes
        };
        let without = node(&[0x25, 0x0a, 0x00, 0x00]);
        let seen = check(&without).unwrap();
        assert_eq!(seen.mended(&without), node(&[0x25, 0x0a, 0x05, 0x0e, 0x00, 0x00, 0x00]));
        assert!(check(&seen.mended(&without)).unwrap().scaleless.is_empty());
        let with = node(&[0x15, 0x04, 0x15, 0x0a, 0x00, 0x00]);
        assert_eq!(check(&with).unwrap().mended(&with), with);
    }

    #[test]
    fn trees_only() {
        assert!(check(&schema(&[2, 1, 0, 0])).is_ok());
        assert!(check(&schema(&[1; 50])).unwrap_err().contains("lacks nodes"));
        assert!(check(&schema(&vec![1; 50_000])).unwrap_err().contains("deeper"));
        assert!(check(&schema(&[2_000_000, 0])).unwrap_err().contains("children"));
        assert!(check(&schema(&[0, 0])).unwrap_err().contains("without a parent"));
        assert!(check(&[]).unwrap_err().contains("breaks off"));
        assert!(check(&[0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]).unwrap_err().contains("breaks off"));
        assert!(check(&[0x1c; 100]).unwrap_err().contains("deep"));
    }
}
