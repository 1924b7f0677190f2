//! Pictures of characters: days by hours, days, and histograms.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::moment::{bytes_text, day_text};
use super::partition_days::Slot;

/// From little to much; the first is nothing there.
const SHADES: [char; 6] = ['·', '░', '▒', '▓', '█', '█'];
const BAR: usize = 40;

/// A day a line, an hour a column: the darker, the more. What is not there is a dot.
pub fn by_day_and_hour(amounts: &BTreeMap<Slot, u64>, days_max: usize) -> String {
    let most = amounts.values().copied().max().unwrap_or_default();
    let mut text = format!("{:<10}  00  03  06  09  12  15  18  21\n", "day");
    for day in last_days(amounts, days_max) {
        let mut line = format!("{}  ", day_text(day));
        for hour in 0..24 {
            line.push(shade(amounts.get(&Slot { day, hour: Some(hour) }).copied(), most));
            // Three hours stand together, as wide as their title.
            if hour % 3 == 2 {
                line.push(' ');
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(
        text,
        "{:<10}  {} nothing there, {} little … {} {}",
        "",
        SHADES[0],
        SHADES[1],
        SHADES[4],
        bytes_text(most)
    );
    text
}

/// A day a line, with a bar.
pub fn by_day(amounts: &BTreeMap<Slot, u64>, days_max: usize) -> String {
    let most = amounts.values().copied().max().unwrap_or_default();
    let mut text = String::new();
    for day in last_days(amounts, days_max) {
        match amounts.get(&Slot { day, hour: None }) {
            Some(amount) => {
                let _ = writeln!(text, "{}  {:<BAR$}  {}", day_text(day), bar(*amount, most), bytes_text(*amount));
            }
            None => {
                let _ = writeln!(text, "{}  {}", day_text(day), SHADES[0]);
            }
        }
    }
    text
}

/// How many of each size, by powers of two.
pub fn histogram(sizes: &BTreeMap<u32, u64>) -> String {
    let most = sizes.values().copied().max().unwrap_or_default();
    let mut text = String::new();
    for (power, count) in sizes {
        let range = match power {
            0 => "empty".to_owned(),
            power => format!("from {}", bytes_text(1_u64 << (power - 1))),
        };
        let _ = writeln!(text, "{range:<15}  {:<BAR$}  {count}", bar(*count, most));
    }
    text
}

/// The bucket of a size in a [`histogram`].
pub fn power(size: u64) -> u32 {
    u64::BITS - size.leading_zeros()
}

/// All days from the first to the last, at most so many of the last.
fn last_days(amounts: &BTreeMap<Slot, u64>, days_max: usize) -> impl Iterator<Item = i64> + use<> {
    let last = amounts.keys().next_back().map_or(0, |slot| slot.day);
    let first = amounts.keys().next().map_or(1, |slot| slot.day);
    let shown = i64::try_from(days_max).unwrap_or(i64::MAX);
    first.max(last.saturating_sub(shown - 1))..=last
}

fn shade(amount: Option<u64>, most: u64) -> char {
    let Some(amount) = amount else { return SHADES[0] };
    if most == 0 {
        return SHADES[1];
    }
    let share = amount as f64 / most as f64;
    SHADES[1 + (share * 3.999) as usize]
}

fn bar(amount: u64, most: u64) -> String {
    let share = if most == 0 { 0.0 } else { amount as f64 / most as f64 };
    let length = (share * BAR as f64).round() as usize;
    if amount > 0 { "█".repeat(length.max(1)) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Slot, by_day, by_day_and_hour, histogram, power};

    #[test]
    fn days_by_hours() {
        let slot = |day, hour, amount| (Slot { day, hour: Some(hour) }, amount);
        let amounts = BTreeMap::from([slot(0, 0, 4_096), slot(0, 1, 1), slot(0, 23, 2_048), slot(2, 3, 0)]);
        let text = by_day_and_hour(&amounts, 10);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "1970-01-01  █░· ··· ··· ··· ··· ··· ··· ··▒");
        assert_eq!(lines[2], "1970-01-02  ··· ··· ··· ··· ··· ··· ··· ···");
        assert_eq!(lines[3], "1970-01-03  ··· ░·· ··· ··· ··· ··· ··· ···");
        assert_eq!(by_day_and_hour(&amounts, 1).lines().count(), 3);
    }

    #[test]
    fn days_alone_and_sizes() {
        let slot = |day, amount| (Slot { day, hour: None }, amount);
        let text = by_day(&BTreeMap::from([slot(0, 1_024), slot(2, 512)]), 10);
        assert!(text.starts_with("1970-01-01  ████") && text.contains("1970-01-02  ·\n"), "{text}");
        assert_eq!([power(0), power(1), power(1_023), power(1_024), power(u64::MAX)], [0, 1, 10, 11, 64]);
        assert!(histogram(&BTreeMap::from([(0, 1), (11, 3)])).contains("from 1.0 KiB"));
    }
}
