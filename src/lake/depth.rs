//! How deep a footer's schema nests, before anything recurses over it: it comes as a flat list of elements with the
//! number of their children, written by a stranger.

/// A footer nests at most so deep.
pub(super) const DEPTH_MAX: usize = 64;
/// Structs within structs that may be skipped.
const SKIP_MAX: usize = 16;

/// `FileMetaData.schema` and `SchemaElement.num_children` in Parquet's own Thrift text.
const SCHEMA_FIELD: i16 = 2;
const CHILDREN_FIELD: i16 = 5;

// Types of Thrift's compact protocol.
const BOOLEANS: [u8; 2] = [1, 2];
const BYTE: u8 = 3;
const INTEGERS: [u8; 3] = [4, 5, 6];
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LISTS: [u8; 2] = [9, 10];
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// Whether the schema is there and nests no deeper than [`DEPTH_MAX`].
pub(super) fn is_shallow(footer: &[u8]) -> bool {
    depth(&mut Scan { rest: footer }).is_some_and(|depth| depth <= DEPTH_MAX)
}

fn depth(scan: &mut Scan<'_>) -> Option<usize> {
    let mut last = 0;
    loop {
        let (id, kind) = scan.field(last)??;
        last = id;
        if id == SCHEMA_FIELD {
            break;
        }
        scan.skip(kind, 0)?;
    }
    let (kind, count) = scan.list()?;
    if kind != STRUCT {
        return None;
    }
    // How many elements each open group still lacks.
    let mut open: Vec<u64> = Vec::new();
    let mut deepest = 0;
    for _ in 0..count {
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(lacking) = open.last_mut() {
            *lacking -= 1;
        }
        let children = scan.children()?;
        if children > 0 {
            open.push(children);
            deepest = deepest.max(open.len());
            if deepest > DEPTH_MAX {
                return Some(deepest);
            }
        }
    }
    Some(deepest)
}

struct Scan<'b> {
    rest: &'b [u8],
}

impl Scan<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    /// The next field's id and type; the inner None at the end of the struct.
    #[expect(clippy::option_option, reason = "cut off, or the end")]
    fn field(&mut self, last: i16) -> Option<Option<(i16, u8)>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        let id = match head >> 4 {
            0 => i16::try_from(zigzag(self.varint()?)).ok()?,
            step => last.checked_add(i16::from(step))?,
        };
        Some(Some((id, head & 0x0f)))
    }

    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        // An element has a byte at least.
        (count <= self.rest.len() as u64).then_some((head & 0x0f, count))
    }

    /// Reads one schema element; gives how many children it has.
    fn children(&mut self) -> Option<u64> {
        let (mut last, mut children) = (0, 0);
        while let Some((id, kind)) = self.field(last)? {
            last = id;
            if id == CHILDREN_FIELD && INTEGERS.contains(&kind) {
                children = u64::try_from(zigzag(self.varint()?)).ok()?;
            } else {
                self.skip(kind, 0)?;
            }
        }
        Some(children)
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > SKIP_MAX {
            return None;
        }
        match kind {
            kind if BOOLEANS.contains(&kind) => Some(()),
            BYTE => self.take(1),
            kind if INTEGERS.contains(&kind) => self.varint().map(drop),
            DOUBLE => self.take(8),
            BINARY => {
                let length = self.varint()?;
                self.take(length)
            }
            kind if LISTS.contains(&kind) => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind, depth + 1))
            }
            MAP => {
                let count = self.varint()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count.min(self.rest.len() as u64 + 1)).try_for_each(|_| {
                    self.skip_element(kinds >> 4, depth + 1)?;
                    self.skip_element(kinds & 0x0f, depth + 1)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some((id, kind)) = self.field(last)? {
                    last = id;
                    self.skip(kind, depth + 1)?;
                }
                Some(())
            }
            _ => None,
        }
    }

    /// In lists a boolean takes a byte.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Option<()> {
        if BOOLEANS.contains(&kind) { self.take(1) } else { self.skip(kind, depth) }
    }
}

fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A footer whose schema nests `depth` groups, and a leaf.
    fn nested(depth: usize) -> Vec<u8> {
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        let mut count = depth as u64 + 1;
        while count >= 0x80 {
            footer.push(count as u8 | 0x80);
            count >>= 7;
        }
        footer.push(count as u8);
        for _ in 0..depth {
            footer.extend([0x48, 1, b'a', 0x15, 2, 0]);
        }
        footer.extend([0x15, 2, 0x38, 1, b'b', 0]);
        footer.push(0);
        footer
    }

    #[test]
    fn deep_schemas_are_told_from_shallow_ones() {
        for (depth, shallow) in [(1, true), (DEPTH_MAX, true), (DEPTH_MAX + 1, false), (1_000_000, false)] {
            assert_eq!(is_shallow(&nested(depth)), shallow, "{depth}");
        }
        assert!(!is_shallow(b"") && !is_shallow(&[0]) && !is_shallow(&nested(3)[..10]));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            is_shallow(&bytes);
        }
    }
}
