//! Keys that the library of object stores cannot hold, as keys that it can. Its [`Key`] has no empty segments, no `.`,
//! no `..`, no slash at an end and no control character; keys in a bucket may have all of them.

use object_store::path::Path as Key;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use quick_xml::escape::unescape;
use std::borrow::Cow;
use std::fmt::Write as _;

/// What an escaped key begins with. Keys that have it anywhere are escaped too, so it always means the same.
const MARK: &str = "odd-key:";

/// Beside what is not ASCII: the slash, so that an escaped key is one segment, and what XML or its reader would change.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b'%').add(b'/').add(b' ').add(b'&').add(b'<').add(b'>').add(b'"').add(b'\'').add(b'?').add(b'#');

/// Escapes a key that the library cannot hold, or that its reader of XML would trim; none for all others.
pub(super) fn key_escape(raw: &str) -> Option<String> {
    let is_plain = !raw.contains(MARK) && raw.trim() == raw && Key::parse(raw).is_ok_and(|key| key.as_ref() == raw);
    (!is_plain).then(|| format!("{MARK}{}", utf8_percent_encode(raw, ESCAPED)))
}

/// Gives the raw key of an escaped one; none for all others.
pub(super) fn key_unescape(key: &str) -> Option<String> {
    percent_decode_str(key.strip_prefix(MARK)?).decode_utf8().ok().map(Cow::into_owned)
}

/// Gives the key as it stands in the bucket, for whatever a listing gave.
pub(super) fn raw_key(key: &Key) -> Cow<'_, str> {
    key_unescape(key.as_ref()).map_or(Cow::Borrowed(key.as_ref()), Cow::Owned)
}

/// Escapes the odd keys of a store's answer, which stand in `element`; none if there are none.
pub(super) fn xml_keys_escape(xml: &str, element: &str) -> Option<String> {
    texts_replace(xml, element, |text| key_escape(&unescape(text).ok()?))
}

/// Puts raw keys in the place of escaped ones into a request; none if there are none.
pub(super) fn xml_keys_unescape(xml: &str, element: &str) -> Option<String> {
    texts_replace(xml, element, |text| Some(xml_text(&key_unescape(text)?)))
}

/// Replaces texts of elements that have neither attributes nor children, and nothing else: what the library writes and
/// reads is left to it. None if `change` changed none.
fn texts_replace(xml: &str, element: &str, change: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let (mut replaced, mut done) = (String::new(), 0);
    for (at, _) in xml.match_indices(&open) {
        let begin = at + open.len();
        let Some(length) = xml[begin..].find('<').filter(|length| xml[begin + length..].starts_with(&close)) else {
            continue;
        };
        if let Some(text) = change(&xml[begin..begin + length]) {
            replaced.push_str(&xml[done..begin]);
            replaced.push_str(&text);
            done = begin + length;
        }
    }
    (done > 0).then(|| replaced + &xml[done..])
}

/// Writes control characters as references: a reader would take a bare carriage return for a line feed, and so another
/// key would be deleted.
fn xml_text(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    for c in raw.chars() {
        if c.is_control() || matches!(c, '&' | '<' | '>' | '"' | '\'') {
            let _ = write!(text, "&#{};", u32::from(c)); // a String takes all
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_keys_stay_and_odd_ones_come_back() {
        for plain in ["", "a", "t/a b", "t/a%20b", "t/a+b", "t/a#b?c", "t/é😀", "t/a..b/.c", "t/=:&<"] {
            assert_eq!(key_escape(plain), None, "{plain:?}");
            assert_eq!(key_unescape(plain), None, "{plain:?}");
        }
        for odd in
            ["/", "t/", "/t", "t//y", "t/./z", "t/../q", "..", "t/a\rb", "t/a ", " t", "x/odd-key:a%2F", "a\u{1}/"]
        {
            let escaped = key_escape(odd).unwrap();
            let key = Key::parse(&escaped).unwrap();
            assert_eq!(key.as_ref(), escaped);
            assert_eq!(raw_key(&key), odd);
        }
        assert_eq!(key_escape("t/../é").unwrap(), "odd-key:t%2F..%2F%C3%A9");
    }

    #[test]
    fn only_odd_keys_of_an_answer_change() {
        let xml = "<L><Prefix>t//</Prefix><Contents><Key>t/a&amp;b</Key><Size>1</Size></Contents><Contents><Key>t//a&amp;\
                   b&#13;</Key></Contents><Contents><Key><b/></Key></Contents><Contents><Key>t/</Key></Contents><Key>t//";
        let escaped = xml_keys_escape(xml, "Key").unwrap();
        let odd = "odd-key:t%2F%2Fa%26b%0D";
        let marker = "odd-key:t%2F";
        let wanted = xml.replace("t//a&amp;b&#13;", odd).replace("<Key>t/<", &format!("<Key>{marker}<"));
        assert_eq!(escaped, wanted);
        assert_eq!(
            xml_keys_unescape(&escaped, "Key").unwrap(),
            wanted.replace(odd, "t//a&#38;b&#13;").replace(marker, "t/")
        );
        assert_eq!(xml_keys_escape("<Key>t/a</Key>", "Key"), None);
        assert_eq!(xml_keys_unescape(xml, "Key"), None);
    }

    proptest! {
        #[test]
        fn every_key_comes_back(raw in "(odd-key:|/|\\.|\\.\\.|[a-c%: =é&<\r\u{7f}]){0,12}") {
            let escaped = key_escape(&raw);
            let key = Key::parse(escaped.as_deref().unwrap_or(&raw)).unwrap();
            prop_assert_eq!(raw_key(&key), raw.as_str());
            let text = xml_text(&raw);
            prop_assert_eq!(unescape(&text).unwrap(), raw.as_str());
        }
    }
}
