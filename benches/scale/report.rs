//! The figures, as Markdown.

use std::fmt::Display;
use std::time::Duration;

use super::measure::Sample;

/// What a call is counted in.
#[derive(Clone, Copy)]
pub enum Unit {
    Call,
    /// So many partitions a call; costs are given for one.
    Partitions(usize),
    /// So many bytes of an answer.
    Bytes(usize),
}

#[derive(Default)]
pub struct Report {
    lines: Vec<[String; 6]>,
    facts: Vec<[String; 3]>,
}

pub fn time(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1e3;
    let digits = match ms {
        _ if took.is_zero() => return "0".to_owned(),
        _ if ms >= 1e3 => return format!("{:.2} s", ms / 1e3),
        _ if ms >= 10.0 => 0,
        _ if ms >= 1.0 => 2,
        _ if ms >= 0.1 => 3,
        _ => 4,
    };
    format!("{ms:.digits$} ms")
}

pub fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..1_000_000 => format!("{:.0} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.2} GB", count as f64 / 1e9),
    }
}

/// A number with a comma before each three digits.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn rate(count: f64, time: Duration) -> f64 {
    count / time.as_secs_f64().max(1e-9)
}

impl Report {
    /// Calls: `at_once` of them at a time.
    pub fn calls(&mut self, operation: impl Into<String>, sample: &Sample, unit: Unit, at_once: usize) {
        let count = sample.times.len();
        let (each, answer, speed) = match unit {
            // One after the other, without what the client does between.
            Unit::Call if at_once == 1 => (1, String::new(), per_second(rate(count as f64, sample.total()))),
            Unit::Call => (1, String::new(), per_second(rate(count as f64, sample.wall))),
            Unit::Partitions(each) => (each, String::new(), per_second(rate((count * each) as f64, sample.total()))),
            Unit::Bytes(len) if at_once == 1 => (1, bytes(len as u64), throughput(len, sample.median())),
            Unit::Bytes(len) => (1, bytes(len as u64), throughput(len * count, sample.wall)),
        };
        let cpu = |spent: Duration| time(spent.div_f64((count * each) as f64));
        let cpu = format!("{} + {}", cpu(sample.server), cpu(sample.database));
        let slowest = if count < 100 { sample.times.last().copied() } else { Some(sample.permille(990)) };
        // One call alone has neither a spread nor a rate.
        let (slowest, speed) =
            if count == 1 { Default::default() } else { (slowest.map(time).unwrap_or_default(), speed) };
        self.lines.push([operation.into(), time(sample.median()), slowest, cpu, answer, speed]);
    }

    /// What the machine can do at most.
    pub fn limit(&mut self, operation: impl Into<String>, took: Duration, len: usize) {
        let none = String::new;
        self.lines.push([operation.into(), time(took), none(), none(), bytes(len as u64), throughput(len, took)]);
    }

    /// A figure that is no time of calls.
    pub fn fact(&mut self, what: impl Into<String>, value: impl Into<String>, note: impl Into<String>) {
        self.facts.push([what.into(), value.into(), note.into()]);
    }

    pub fn print(&self, rows: usize) {
        let head = format!(
            "{} partitions | median | p99 (or worst) | CPU server + database | answer | rate",
            number(rows as u64)
        );
        let mut text = vec![head, "--- | --- | --- | --- | --- | ---".to_owned()];
        text.extend(self.lines.iter().map(|line| line.join(" | ")));
        say_table(&text);
        let mut text = vec![" | | ".to_owned(), "--- | --- | ---".to_owned()];
        text.extend(self.facts.iter().map(|fact| fact.join(" | ")));
        say_table(&text);
    }
}

fn per_second(rate: f64) -> String {
    format!("{}/s", number(rate as u64))
}

fn throughput(len: usize, took: Duration) -> String {
    // A short answer says nothing of throughput.
    if len < 1_000_000 { String::new() } else { format!("{}/s", bytes(rate(len as f64, took) as u64)) }
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn say_table(lines: &[String]) {
    println!();
    for line in lines {
        println!("| {line} |");
    }
}

/// Why there is no report.
pub fn complain(error: impl Display) {
    eprintln!("error: {error}");
}
