//! How each type of value is read from text and printed as TOML. Every source hands over text, so a value means the
//! same wherever it stands.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use toml::Value;

/// A type that a key may have.
pub trait Setting: Sized {
    /// Reads the value; the error says what is allowed, without naming the key.
    fn parse(text: &str) -> Result<Self, String>;

    /// The value as TOML, secrets masked; `None` when it is not set.
    fn print(&self) -> Option<Value>;
}

/// The word that unsets an optional key in any source.
pub const NONE: &str = "none";

impl<T: Setting> Setting for Option<T> {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text == NONE { Ok(None) } else { T::parse(text).map(Some) }
    }
    fn print(&self) -> Option<Value> {
        self.as_ref().and_then(T::print)
    }
}

impl Setting for bool {
    fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!("`{text}` is neither true nor false")),
        }
    }
    fn print(&self) -> Option<Value> {
        Some(Value::Boolean(*self))
    }
}

macro_rules! whole_number {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn parse(text: &str) -> Result<Self, String> {
                text.replace('_', "").parse().map_err(|_| format!("`{text}` is not a whole number from 0 to {}", Self::MAX))
            }
            fn print(&self) -> Option<Value> {
                i64::try_from(*self).ok().map(Value::Integer)
            }
        }
    )+};
}
whole_number!(u32, u64);

impl Setting for f64 {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| format!("`{text}` is not a number"))
    }
    fn print(&self) -> Option<Value> {
        Some(Value::Float(*self))
    }
}

impl Setting for String {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
    fn print(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl Setting for PathBuf {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("a path is needed".to_owned()) } else { Ok(text.into()) }
    }
    fn print(&self) -> Option<Value> {
        Some(Value::String(self.display().to_string()))
    }
}

/// A list stands in a TOML array, or as text with commas.
impl Setting for Vec<String> {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }
    fn print(&self) -> Option<Value> {
        Some(Value::Array(self.iter().cloned().map(Value::String).collect()))
    }
}

/// `HOST:PORT`; a host name is resolved here, IPv4 before IPv6.
impl Setting for SocketAddr {
    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(address);
        }
        let wanted = || format!("`{text}` is not an address; write HOST:PORT, e.g. 127.0.0.1:9083 or [::1]:9083");
        if text.starts_with(':') {
            return Err(wanted());
        }
        let found: Vec<Self> = text.to_socket_addrs().map_err(|_| wanted())?.collect();
        found.iter().find(|address| address.is_ipv4()).or(found.first()).copied().ok_or_else(wanted)
    }
    fn print(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::Setting;

    #[test]
    fn wrong_values_are_told_with_what_is_allowed() {
        assert_eq!(bool::parse("yes"), Err("`yes` is neither true nor false".to_owned()));
        assert_eq!(u32::parse("-1"), Err("`-1` is not a whole number from 0 to 4294967295".to_owned()));
        assert!(f64::parse("NaN").is_err());
        assert!(SocketAddr::parse(":9083").is_err());
        assert!(SocketAddr::parse("127.0.0.1").is_err());
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        assert_eq!(bool::parse("TRUE"), Ok(true));
        assert_eq!(u64::parse("1_000"), Ok(1000));
        assert_eq!(Option::<u64>::parse("none"), Ok(None));
        assert_eq!(Vec::<String>::parse(" a, ,b "), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert!(SocketAddr::parse("localhost:0").is_ok_and(|address| address.ip().is_loopback()));
    }
}
