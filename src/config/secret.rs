//! Values that must not be printed.

use std::collections::BTreeMap;
use std::fmt;

use toml::Value;

use super::setting::Setting;

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// Free options by name, e.g. of an object store. Those whose name sounds like a secret are masked whenever the
/// whole is printed or logged.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Options(pub BTreeMap<String, String>);

impl Options {
    /// The options with their real values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn masked(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().map(|(name, value)| (name, if is_secret(name) { MASK } else { value }))
    }
}

/// Whether an option's name sounds like a secret. Too much is masked rather than too little.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["secret", "password", "token", "key", "credential", "sas", "account"].iter().any(|word| name.contains(word))
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.masked()).finish()
    }
}

/// A table in TOML; `name=value,name=value` in a variable.
impl Setting for Options {
    fn parse(text: &str) -> Result<Self, String> {
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let read = |pair: &str| {
            let (name, value) = pair.split_once('=').ok_or("options are written name=value,name=value")?;
            Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        };
        pairs.map(read).collect::<Result<_, &str>>().map(Self).map_err(str::to_owned)
    }
    fn print(&self) -> Option<Value> {
        let table = self.masked().map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())));
        Some(Value::Table(table.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Setting};

    #[test]
    fn secrets_are_masked_wherever_options_are_printed() {
        let options = Options::parse("aws_endpoint=http://s3:9000, AWS_SECRET_ACCESS_KEY=hush,token=hush").unwrap();
        for printed in [format!("{options:?}"), format!("{:?}", options.print())] {
            assert!(!printed.contains("hush") && printed.contains("http://s3:9000"), "{printed}");
        }
        let real: Vec<_> = options.iter().filter(|(_, value)| *value == "hush").map(|(name, _)| name).collect();
        assert_eq!(real, ["aws_secret_access_key", "token"]);
        assert!(Options::parse("nonsense").is_err_and(|error| !error.contains("nonsense")));
    }
}
