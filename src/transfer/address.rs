//! Where a metastore listens.

use std::fmt;
use std::str::FromStr;

/// Hive's own port.
const PORT: u16 = 9083;

/// `thrift://HOST[:PORT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name or an address; one of IPv6 without its brackets.
    pub host: String,
    pub port: u16,
}

impl FromStr for Address {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("{text:?} is no metastore's address: {why}; expected thrift://HOST[:PORT]");
        let place = text.strip_prefix("thrift://").ok_or_else(|| wrong("it does not start with thrift://"))?;
        let place = place.strip_suffix('/').unwrap_or(place);
        if place.contains(',') {
            return Err(wrong("it names several servers, of which one must be chosen"));
        }
        let (host, port) = match place.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or_else(|| wrong("a bracket is not closed"))?,
            None => place.find(':').map_or((place, ""), |at| place.split_at(at)),
        };
        let port = match port {
            "" => PORT,
            port => {
                port.strip_prefix(':').and_then(|port| port.parse().ok()).ok_or_else(|| wrong("its port is none"))?
            }
        };
        if host.is_empty() || host.contains(['/', '@', ' ', '?', '#']) {
            return Err(wrong("its host is none"));
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "thrift://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "thrift://{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        for (text, shown) in [
            ("thrift://hms:9083", "thrift://hms:9083"),
            ("thrift://hms", "thrift://hms:9083"),
            ("thrift://10.0.0.1:1/", "thrift://10.0.0.1:1"),
            ("thrift://[::1]:9084", "thrift://[::1]:9084"),
            ("thrift://[::1]", "thrift://[::1]:9083"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_told_why() {
        for text in [
            "hms:9083",
            "http://localhost:9083",
            "thrift://",
            "thrift://a:b",
            "thrift://a:70000",
            "thrift://a:1,thrift://b:1",
            "thrift://[::1",
            "thrift://a/b",
        ] {
            assert!(text.parse::<Address>().unwrap_err().contains("expected thrift://HOST[:PORT]"), "{text}");
        }
    }
}
