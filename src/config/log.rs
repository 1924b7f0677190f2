//! `[log]`: what goes to standard error, and how.

use toml::Value;

use super::section::section;
use super::setting::Setting;

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

section! {
    /// The log on standard error.
    Log in "log" {
        /// error, warn, info, debug, trace; or by module: info,skep::hms=debug.
        level: String = "info,sqlx=warn".to_owned(),
        /// text or json.
        format: LogFormat = LogFormat::Text,
    }
}

impl Setting for LogFormat {
    fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("`{text}` is neither text nor json")),
        }
    }
    fn print(&self) -> Option<Value> {
        let word = match self {
            Self::Text => "text",
            Self::Json => "json",
        };
        Some(Value::String(word.to_owned()))
    }
}
