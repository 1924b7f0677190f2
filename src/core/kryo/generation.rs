//! Bytes → what they say, whatever release wrote them. A stream carries no version, so it is read under every dialect;
//! it counts only where at least one reading consumes every byte and all readings that do agree (`design.md §4`).

use super::class::{Dialect, Release};
use super::error::{Error, MAX_BYTES};
use super::node::Node;
use super::read::read;
use super::tree::tree;
use crate::function::Generation;

/// What a client put into an expression field.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// A serialised Hive expression, and whose functions it calls.
    Expression(Node, Generation),
    /// A filter string in UTF-8, as MSCK sends it.
    Text(String),
}

/// Most recent first: where all fail, the first reading's error is the one to tell.
const DIALECTS: [Dialect; 10] = {
    const HIVE4: Dialect = Dialect { release: Release::Hive4, typed_root: true, hadoop_3_4: false, compact_time: true };
    const UNTYPED: Dialect = Dialect { typed_root: false, ..HIVE4 };
    // 3.1 has Kryo 3.0.3, which writes java.time field by field; a Hive 3 with a newer Kryo does not.
    const HIVE3: Dialect = Dialect { release: Release::Hive3, compact_time: false, ..UNTYPED };
    const HIVE3_COMPACT: Dialect = Dialect { compact_time: true, ..HIVE3 };
    const HIVE2: Dialect = Dialect { release: Release::Hive2, ..HIVE3 };
    [
        HIVE4,
        UNTYPED,
        HIVE3,
        HIVE3_COMPACT,
        HIVE2,
        Dialect { hadoop_3_4: true, ..HIVE4 },
        Dialect { hadoop_3_4: true, ..UNTYPED },
        Dialect { hadoop_3_4: true, ..HIVE3 },
        Dialect { hadoop_3_4: true, ..HIVE3_COMPACT },
        Dialect { hadoop_3_4: true, ..HIVE2 },
    ]
};

/// Every Kryo stream starts with this: the root's class by name, or the root as a new object.
const KRYO_START: u8 = 1;

/// Reads an expression, or the text of a filter. Errors where the bytes are neither, or ambiguous.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::new(MAX_BYTES, "it is longer than expressions may be"));
    }
    if bytes.first() != Some(&KRYO_START) {
        return text(bytes);
    }
    let readings = readings(bytes);
    let mut agreed: Option<(Node, Generation)> = None;
    let mut failure: Option<Error> = None;
    for (dialect, reading) in readings {
        match (reading, &mut agreed) {
            (Ok(node), None) => agreed = Some((node, dialect.release.generation())),
            // Earlier releases come later.
            (Ok(node), Some((earlier, generation))) if node == *earlier => *generation = dialect.release.generation(),
            (Ok(_), Some(_)) => return Err(Error::new(bytes.len(), "releases of Hive read it differently")),
            // The reading that came farthest most probably had the right dialect.
            (Err(error), _) if failure.as_ref().is_none_or(|earlier| earlier.offset < error.offset) => {
                failure = Some(error);
            }
            (Err(_), _) => {}
        }
    }
    let unread = || failure.unwrap_or_else(|| Error::new(0, "it is empty"));
    agreed.map(|(node, generation)| Decoded::Expression(node, generation)).ok_or_else(unread)
}

/// The reading of each dialect. Dialects that differ in classes which do not occur are one.
pub(super) fn readings(bytes: &[u8]) -> impl Iterator<Item = (Dialect, Result<Node, Error>)> {
    let names = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    // The last character of a name may carry a bit of Kryo's.
    let (has_text, has_time) = (names(b"hadoop.io.Tex"), names(b"hive.common.type."));
    let differs = move |dialect: &Dialect| {
        (has_text || !dialect.hadoop_3_4) && (has_time || dialect.release != Release::Hive3 || !dialect.compact_time)
    };
    DIALECTS.into_iter().filter(differs).map(|dialect| {
        let node = read(bytes, dialect).and_then(|graph| tree(&graph, bytes.len()));
        (dialect, node)
    })
}

/// A filter string: UTF-8 without control characters.
fn text(bytes: &[u8]) -> Result<Decoded, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::new(error.valid_up_to(), "it is neither a serialised expression nor a filter in UTF-8")
    })?;
    match text.char_indices().find(|(_, c)| c.is_control() && !c.is_whitespace()) {
        None => Ok(Decoded::Text(text.to_owned())),
        Some((offset, _)) => Err(Error::new(offset, "a control character in a filter")),
    }
}
