//! Sizes and durations, written with their unit.

use std::fmt;
use std::time::Duration;

use toml::Value;

use super::setting::Setting;

/// A number of bytes; written `64KiB`, `100MiB`, `2GiB` or as a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

const SIZES: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];

impl ByteSize {
    pub const fn mib(count: u64) -> Self {
        Self(count << 20)
    }
    pub fn bytes(self) -> u64 {
        self.0
    }
    /// For buffers; saturates on a machine whose addresses are shorter than the number.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SIZES.iter().rev().find(|(_, size)| self.0 != 0 && self.0.is_multiple_of(*size)) {
            Some((unit, size)) => write!(f, "{}{unit}", self.0 / size),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Setting for ByteSize {
    fn parse(text: &str) -> Result<Self, String> {
        let (digits, unit) = split_unit(text);
        let size = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => Some(1),
            unit => SIZES
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(unit) || name[..1].eq_ignore_ascii_case(unit))
                .map(|(_, size)| *size),
        };
        let bytes = digits.parse::<u64>().ok().zip(size).and_then(|(count, size)| count.checked_mul(size));
        bytes.map(Self).ok_or_else(|| format!("`{text}` is not a size; write e.g. 65536, 64KiB, 100MiB or 2GiB"))
    }
    fn print(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

/// Hive's units of time and their long names (`TimeUnit`), in milliseconds; the first name is the one we print.
const UNITS: [(&[&str], u64); 5] = [
    (&["ms", "msec", "millisecond", "milliseconds"], 1),
    (&["s", "sec", "second", "seconds"], 1_000),
    (&["m", "min", "minute", "minutes"], 60_000),
    (&["h", "hour", "hours"], 3_600_000),
    (&["d", "day", "days"], 86_400_000),
];

impl Setting for Duration {
    fn parse(text: &str) -> Result<Self, String> {
        duration_parse(text, None)
    }
    fn print(&self) -> Option<Value> {
        Some(Value::String(duration_text(*self)))
    }
}

/// Reads a duration. A number without unit counts in `unit_ms` where the key has such a unit (Hive's do), else only
/// 0 may stand without.
pub fn duration_parse(text: &str, unit_ms: Option<u64>) -> Result<Duration, String> {
    let (digits, unit) = split_unit(text);
    let count = digits.parse::<u64>().ok();
    let size = match unit {
        "" if count == Some(0) => Some(1),
        "" => unit_ms,
        unit => {
            let unit = unit.to_ascii_lowercase();
            UNITS.iter().find(|(names, _)| names.contains(&unit.as_str())).map(|(_, size)| *size)
        }
    };
    let ms = count.zip(size).and_then(|(count, size)| count.checked_mul(size));
    ms.map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is not a duration; write a number and a unit: 500ms, 30s, 5m, 8h or 1d"))
}

/// The duration in the largest unit that divides it.
pub fn duration_text(duration: Duration) -> String {
    let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if ms == 0 {
        return "0s".to_owned();
    }
    let (names, size) = UNITS.iter().rev().find(|(_, size)| ms.is_multiple_of(*size)).unwrap_or(&UNITS[0]);
    format!("{}{}", ms / size, names[0])
}

fn split_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{any, proptest};

    use super::{ByteSize, Setting, duration_parse, duration_text};

    #[test]
    fn durations_need_a_unit_unless_the_key_has_one() {
        assert_eq!(duration_parse("300s", None), Ok(Duration::from_mins(5)));
        assert_eq!(duration_parse("5m", None), Ok(Duration::from_mins(5)));
        assert_eq!(duration_parse("1d", None), Ok(Duration::from_hours(24)));
        assert_eq!(duration_parse("0", None), Ok(Duration::ZERO));
        assert_eq!(duration_parse("30", Some(60_000)), Ok(Duration::from_mins(30)));
        for wrong in ["30", "", "s", "-1s", "1.5h", "1 fortnight", "99999999999999999999d", "18446744073709551615d"] {
            assert!(duration_parse(wrong, None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_know_their_units() {
        assert_eq!(ByteSize::parse("100MiB"), Ok(ByteSize(104_857_600)));
        assert_eq!(ByteSize::parse("64k"), Ok(ByteSize(65_536)));
        assert_eq!(ByteSize::parse("104857600").map(|size| size.to_string()), Ok("100MiB".to_owned()));
        for wrong in ["", "MiB", "1MB", "-1", "1.5GiB", "18446744073709551615KiB"] {
            assert!(ByteSize::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(ms in 0..u64::MAX / 2, bytes in any::<u64>(), noise in ".{0,12}") {
            let duration = Duration::from_millis(ms);
            assert_eq!(duration_parse(&duration_text(duration), None), Ok(duration));
            assert_eq!(ByteSize::parse(&ByteSize(bytes).to_string()), Ok(ByteSize(bytes)));
            let _ = (duration_parse(&noise, Some(1)), ByteSize::parse(&noise));
        }
    }
}
