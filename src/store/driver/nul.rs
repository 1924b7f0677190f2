//! The character U+0000, which Postgres has in no text. JSON writes it as an escape, which passes as a text and then ends
//! every statement that reads it as JSON.

use std::borrow::Cow;

const ESCAPE: &str = "\\u0000";

/// Where it stands: behind an even number of backslashes, for these escape each other.
fn escapes(json: &str) -> impl Iterator<Item = usize> + '_ {
    let is_escape = |at: &usize| json[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0;
    json.match_indices(ESCAPE).map(|(at, _)| at).filter(is_escape)
}

/// Tells whether any text in a JSON text holds U+0000, before it is stored.
pub fn holds_nul_escape(json: &str) -> bool {
    // The search for this alone is the quicker one, and nearly always the only one.
    json.contains(ESCAPE) && escapes(json).next().is_some()
}

/// Gives a stored JSON text with U+FFFD for every U+0000, to be read: stores from before these were refused may hold some,
/// and what is read so can be written again.
pub fn without_nul(json: &str) -> Cow<'_, str> {
    if !json.contains(ESCAPE) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut done = 0;
    for at in escapes(json) {
        text.push_str(&json[done..at]);
        text.push_str("\\ufffd");
        done = at + ESCAPE.len();
    }
    text.push_str(&json[done..]);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn harmless_texts_are_told_from_escapes() {
        for (text, holds) in [("", false), ("\\u0000", false), ("\0", true), ("\\\0", true), ("\\\\u0000", false)] {
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(holds_nul_escape(&json), holds, "{json}");
        }
    }

    proptest! {
        #[test]
        fn exactly_nul_is_found_and_replaced(texts in prop::collection::vec("[\\\\u0\0a\"\n]{0,12}", 0..4)) {
            let json = serde_json::to_string(&texts).unwrap();
            prop_assert_eq!(holds_nul_escape(&json), texts.iter().any(|text| text.contains('\0')), "{}", json);
            let read: Vec<String> = serde_json::from_str(&without_nul(&json)).unwrap();
            let expected: Vec<String> = texts.iter().map(|text| text.replace('\0', "\u{fffd}")).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
