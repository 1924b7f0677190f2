//! The interface's names in Rust's manner.

/// `dbName` → `db_name`, `exclusiveCTAS` → `exclusive_ctas`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let after_lower = at > 0 && (chars[at - 1].is_ascii_lowercase() || chars[at - 1].is_ascii_digit());
        let starts_word =
            at > 0 && chars[at - 1].is_ascii_uppercase() && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_lower || starts_word) {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A field's name: [`snake`], marked if it is a word of the language.
pub fn field(name: &str) -> String {
    let name = snake(name);
    if matches!(name.as_str(), "type" | "ref" | "fn" | "match" | "move") { format!("r#{name}") } else { name }
}

/// `get_table` → `GetTable`; a name without `_` keeps its capitals.
pub fn pascal(name: &str) -> String {
    name.split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
        })
        .collect()
}

/// `NoSuchObjectException` → `NoSuchObject`.
pub fn exception(name: &str) -> &str {
    name.strip_suffix("Exception").unwrap_or(name)
}
