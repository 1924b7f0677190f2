//! Partition names, semantics §5: `key=value` joined by `/` in the order of the table's keys, both sides escaped.

use std::borrow::Cow;

use super::identifier::normalize;
use crate::table::Column;
use crate::{Error, Result};

/// What stands in a name for a null or empty value.
pub const DEFAULT_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

/// Control characters and those with a meaning in paths, by byte.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let (special, mut at) = (b"\"#%'*/:=?\\{[]^\x7f", 0);
    while at < 0x20 || at < special.len() {
        if at < 0x20 {
            escaped[at] = true;
        }
        if at < special.len() {
            escaped[special[at] as usize] = true;
        }
        at += 1;
    }
    escaped
};

fn needs_escaping(byte: u8) -> bool {
    ESCAPED[usize::from(byte)]
}

/// Whether some character of a text is changed in a name.
pub fn is_escaped(text: &str) -> bool {
    text.bytes().any(needs_escaping)
}

/// Escapes one side of a `key=value`: control characters and those with a meaning in paths become `%XX`. Non-ASCII
/// text stays. An empty text stays empty: see [`partition_name_of`] for the default partition.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !is_escaped(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    escape_special(text, &mut out);
    Cow::Owned(out)
}

fn escape_special(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) if needs_escaping(byte) => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
            _ => out.push(c),
        }
    }
}

/// Appends one side of a `key=value` as it stands in a name: escaped, the default partition for an empty text.
pub fn escape_into(text: &str, name: &mut String) {
    if text.is_empty() {
        name.push_str(DEFAULT_PARTITION);
    } else if is_escaped(text) {
        escape_special(text, name);
    } else {
        name.push_str(text);
    }
}

/// The inverse of [`escape`]. Any `%` with two hex digits after it, of either case, is one character (`%E9` is `é`,
/// as Hive reads it); a malformed one stays as it is.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(char::from(byte));
            rest = &rest[at + 3..];
        } else {
            out.push('%');
            rest = &rest[at + 1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads one side of a `key=value` in a path, which any writer may have made: like [`unescape`], but a run of bytes from
/// `%80` on that is UTF-8 is that text (DuckDB, PyArrow and Polars write `T%C3%BCrkiye`). Hive escapes no such character.
pub fn unescape_path(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let code = |at: usize| {
        let hex =
            text.get(at..)?.strip_prefix('%')?.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u8::from_str_radix(hex, 16).ok().filter(|byte| *byte >= 0x80)
    };
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(start) = text[done..].find('%').map(|at| done + at) {
        let run: Vec<u8> = (start..).step_by(3).map_while(code).collect();
        let end = start + run.len() * 3;
        out.push_str(&text[done..start]);
        match String::from_utf8(run) {
            Ok(run) if run.is_empty() => out.push('%'),
            Ok(run) => out.push_str(&run),
            Err(_) => out.push_str(&text[start..end]),
        }
        done = end.max(start + 1);
    }
    out.push_str(&text[done..]);
    Cow::Owned(unescape(&out).into_owned())
}

/// The name of the partition with these keys and values, in the order given.
pub fn partition_name_of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut name = String::new();
    for (key, value) in pairs {
        if !name.is_empty() {
            name.push('/');
        }
        escape_into(&key.to_lowercase(), &mut name);
        name.push('=');
        escape_into(value, &mut name);
    }
    name
}

/// The name of a table's partition.
///
/// # Errors
/// Meta where there are no keys, or not as many values as keys.
pub fn partition_name(keys: &[Column], values: &[impl AsRef<str>]) -> Result<String> {
    if keys.is_empty() || keys.len() != values.len() {
        let list = |items: &mut dyn Iterator<Item = &str>| items.fold(String::new(), |all, item| all + item + ", ");
        return Err(Error::meta(format!(
            "Invalid partition key & values; keys [{}], values [{}]",
            list(&mut keys.iter().map(|key| key.name.as_str())),
            list(&mut values.iter().map(AsRef::as_ref)),
        )));
    }
    Ok(partition_name_of(keys.iter().map(|key| key.name.as_str()).zip(values.iter().map(AsRef::as_ref))))
}

/// The `key=value` components of a name, still escaped. Like Hive it cuts at the last `=` that leaves both sides
/// non-empty, leaves out components without one, and lets the last of equal keys win.
fn components(name: &str) -> Result<Vec<(&str, &str)>> {
    if name.is_empty() {
        return Err(Error::meta("Partition name is invalid. It is empty: expected key=value/key2=value2"));
    }
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for component in name.split('/') {
        let Some((last, _)) = component.char_indices().next_back() else { continue };
        let Some(at) = component[..last].rfind('=').filter(|at| *at > 0) else { continue };
        let (key, value) = (&component[..at], &component[at + 1..]);
        if let Some(pair) = pairs.iter_mut().find(|pair| pair.0 == key) {
            pair.1 = value;
        } else if pairs.len() < MAX_COMPONENTS {
            pairs.push((key, value));
        } else {
            return Err(Error::meta(format!("A partition name may have {MAX_COMPONENTS} components at most")));
        }
    }
    Ok(pairs)
}

/// Keys are looked up one by one, so their number is bounded; real tables have a handful.
const MAX_COMPONENTS: usize = 1000;

/// The keys and values of a name, unescaped, in its own order. `partition_name_to_vals` and `…_to_spec` answer this
/// (and nothing at all for an empty text, which they must look for themselves).
///
/// # Errors
/// Meta for an empty name.
pub fn partition_name_parse(name: &str) -> Result<Vec<(String, String)>> {
    let pairs = components(name)?;
    Ok(pairs.into_iter().map(|(key, value)| (unescape(key).into_owned(), unescape(value).into_owned())).collect())
}

/// The values of a name, unescaped, in its own order.
///
/// # Errors
/// Meta for an empty name.
pub fn partition_name_values(name: &str) -> Result<Vec<Cow<'_, str>>> {
    Ok(components(name)?.into_iter().map(|(_, value)| unescape(value)).collect())
}

/// The values for a table's keys, by key name in whatever order `name` has them; further keys are ignored.
///
/// # Errors
/// Meta for an empty name; InvalidObject where a key is missing, which get and drop turn into NotFound.
pub fn partition_values_of(keys: &[Column], name: &str) -> Result<Vec<String>> {
    let pairs: Vec<(String, String)> =
        partition_name_parse(name)?.into_iter().map(|(key, value)| (normalize(&key), value)).collect();
    keys.iter()
        .map(|key| {
            let wanted = normalize(&key.name);
            let found = pairs.iter().rev().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.clone()).ok_or_else(|| {
                Error::invalid_object(format!("incomplete partition name - missing {} in {name}", key.name))
            })
        })
        .collect()
}

/// The form in which statistics calls name partitions: keys in lower case, the values' escaping kept.
///
/// # Errors
/// Meta for an empty name.
pub fn partition_name_for_statistics(name: &str) -> Result<String> {
    let pairs = components(name)?;
    Ok(pairs.into_iter().map(|(key, value)| format!("{}={value}", key.to_lowercase())).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Kind;

    fn keys(names: &[&str]) -> Vec<Column> {
        names.iter().map(|name| Column { name: (*name).to_owned(), ..Column::default() }).collect()
    }

    #[test]
    fn escapes_what_hive_escapes_and_no_more() {
        let escaped: String = (0..=0xff_u8).map(char::from).filter(|c| escape(&c.to_string()).len() == 3).collect();
        let mut wanted: String = (0..0x20_u8).map(char::from).collect();
        wanted.push_str("\"#%'*/:=?[\\]^{\u{7f}");
        assert_eq!(escaped, wanted);
        assert_eq!(escape("2024-01-01 10:00"), "2024-01-01 10%3A00");
        assert_eq!(escape("a{b}"), "a%7Bb}");
        assert_eq!(escape("né|~"), "né|~");
    }

    #[test]
    fn unescapes_leniently() {
        assert_eq!(unescape("a%3ab%3Ac"), "a:b:c");
        assert_eq!(unescape("%"), "%");
        assert_eq!(unescape("100%"), "100%");
        assert_eq!(unescape("%4"), "%4");
        assert_eq!(unescape("%zz%+5"), "%zz%+5");
        assert_eq!(unescape("%é1"), "%é1");
        assert_eq!(unescape("%E9"), "é");
        assert_eq!(unescape("%%41"), "%A");
    }

    #[test]
    fn paths_of_other_writers_are_utf8() {
        for (path, value) in [
            ("T%C3%BCrkiye", "Türkiye"),
            ("%e6%97%a5%e6%9c%ac", "日本"),
            ("%F0%9F%98%80%20%2F", "😀 /"),
            ("a%3Ab", "a:b"),
            // No UTF-8: as Hive reads it.
            ("%E9t%E9", "été"),
            ("%C3%BC%FF", "Ã¼ÿ"),
            ("%25C3%25BC", "%C3%BC"),
            ("%", "%"),
            ("100%", "100%"),
            ("%C3", "Ã"),
            ("é%C3%A9", "éé"),
        ] {
            assert_eq!(unescape_path(path), value, "{path}");
        }
    }

    #[test]
    fn names_of_partitions() {
        let name = partition_name(&keys(&["DS", "hr"]), &["2024/01", ""]).unwrap();
        assert_eq!(name, "ds=2024%2F01/hr=__HIVE_DEFAULT_PARTITION__");
        let error = partition_name(&keys(&["a", "b"]), &["1"]).unwrap_err();
        assert_eq!(error.message, "Invalid partition key & values; keys [a, b, ], values [1, ]");
        assert_eq!(partition_name(&[], &[] as &[&str]).unwrap_err().kind, Kind::Meta);
    }

    #[test]
    fn parsing_follows_hive_in_the_odd_cases() {
        let parse = |name: &str| partition_name_parse(name).unwrap();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(parse("a=1/b=x%2Fy"), [pair("a", "1"), pair("b", "x/y")]);
        assert_eq!(parse("a=b=c"), [pair("a=b", "c")]);
        assert_eq!(parse("a=b="), [pair("a", "b=")]);
        assert_eq!(parse("/a=1//junk/b=2/"), [pair("a", "1"), pair("b", "2")]);
        assert_eq!(parse("a=1/b=2/a=3"), [pair("a", "3"), pair("b", "2")]);
        assert_eq!(parse("=1"), []);
        assert_eq!(parse("a="), []);
        assert_eq!(parse("a=é"), [pair("a", "é")]);
        assert_eq!(partition_name_parse("").unwrap_err().kind, Kind::Meta);
    }

    #[test]
    fn values_are_found_by_key_in_any_order() {
        let keys = keys(&["ds", "hr"]);
        assert_eq!(partition_values_of(&keys, "HR=5/ds=a%3Ab/x=1").unwrap(), ["a:b", "5"]);
        assert_eq!(partition_values_of(&keys, "ds=1/hr=2/DS=3").unwrap(), ["3", "2"]);
        let error = partition_values_of(&keys, "ds=1").unwrap_err();
        assert_eq!(error.kind, Kind::InvalidObject);
        assert!(error.message.starts_with("incomplete partition name - missing hr"), "{error}");
        assert_eq!(partition_values_of(&keys, "").unwrap_err().kind, Kind::Meta);
    }

    #[test]
    fn statistics_lower_the_keys_only() {
        assert_eq!(partition_name_for_statistics("DS=A%2FB/Hr=X").unwrap(), "ds=A%2FB/hr=X");
    }

    #[test]
    fn the_number_of_components_is_bounded() {
        let name = |n: usize| (0..n).map(|i| format!("k{i}=1")).collect::<Vec<_>>().join("/");
        assert_eq!(partition_name_parse(&name(MAX_COMPONENTS)).unwrap().len(), MAX_COMPONENTS);
        assert_eq!(partition_name_parse(&name(MAX_COMPONENTS + 1)).unwrap_err().kind, Kind::Meta);
    }

    proptest! {
        #[test]
        fn unescape_undoes_escape(text in any::<String>()) {
            let escaped = escape(&text).into_owned();
            prop_assert!(!escaped.contains(['/', '=']));
            prop_assert_eq!(unescape(&escaped), text.as_str());
            prop_assert_eq!(unescape_path(&escaped), text.as_str());
        }

        #[test]
        fn any_writers_escaping_is_undone(text in any::<String>(), plain in "[a-zA-Z0-9_.-]{0,3}") {
            let escaped = text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"));
            let path = format!("{plain}{escaped}");
            prop_assert_eq!(unescape_path(&path), format!("{plain}{text}"));
        }

        #[test]
        fn names_come_back(values in proptest::collection::vec(any::<String>(), 1..5)) {
            let names: Vec<String> = (0..values.len()).map(|i| format!("K {i}=")).collect();
            let keys = keys(&names.iter().map(String::as_str).collect::<Vec<_>>());
            let name = partition_name(&keys, &values).unwrap();
            let wanted: Vec<String> =
                values.into_iter().map(|v| if v.is_empty() { DEFAULT_PARTITION.to_owned() } else { v }).collect();
            prop_assert_eq!(partition_values_of(&keys, &name).unwrap(), wanted);
        }

        #[test]
        fn never_panics(text in "[a-c%=/é😀0-9A-F]{0,40}") {
            let _ = partition_name_parse(&text);
            let _ = partition_name_for_statistics(&text);
            let _ = partition_values_of(&keys(&["a"]), &text);
            unescape(&text);
            unescape_path(&text);
        }
    }
}
