//! `skep partitions stats`: how fresh a table is, what is missing, which partitions are small or large.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::list_partition_stats_response::Item;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;

use super::ask::progress;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::heat;
use super::moment::{Moment, bytes_text, span_text};
use super::output::{Format, visible};
use super::partition_days::{Slot, TimeKeys};
use super::table_arg::TableArg;
use crate::clock::Clock;

/// Gaps that are told one by one.
const GAPS_TOLD: usize = 20;
const MIB: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep partitions stats web.clicks\n  \
skep partitions stats web.clicks --filter \"dt >= '2024-01-01'\" --output json\n\n\
Days and hours are found in keys such as dt, day, year/month/day and hour. Sizes are those that engines and jobs wrote \
into partitions (totalSize, numFiles, numRows).")]
pub struct StatsArgs {
    /// DATABASE.TABLE
    table: TableArg,
    /// Only partitions that this keeps
    #[arg(long)]
    filter: Option<String>,
    /// Days shown in the picture, the last ones
    #[arg(long, value_name = "COUNT", default_value_t = 31)]
    days: usize,
    /// A partition whose files are smaller than this on average, in MiB, has small files
    #[arg(long, value_name = "MIB", default_value_t = 32)]
    small_mib: u64,
    #[command(flatten)]
    client: ClientArgs,
}

/// What was seen.
#[derive(Default)]
struct Seen {
    partitions: u64,
    files: u64,
    bytes: u64,
    rows: u64,
    /// Partitions that say nothing of their size.
    unknown: u64,
    small: u64,
    sizes: Vec<u64>,
    largest: Option<(u64, Vec<String>)>,
    by_slot: BTreeMap<Slot, u64>,
    /// Partitions whose values are no time although the table's keys are.
    timeless: u64,
    newest_change: i64,
    keys: Option<TimeKeys>,
}

impl Seen {
    fn add(&mut self, one: p::PartitionStats, key_names: &[String], small: u64) {
        self.partitions += 1;
        self.newest_change = self.newest_change.max(one.change_time.unwrap_or_default()).max(one.create_time);
        let known = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        let (files, bytes) = (known(one.num_files), known(one.total_size));
        self.files += files.unwrap_or_default();
        self.rows += known(one.num_rows).unwrap_or_default();
        match bytes {
            Some(bytes) => {
                self.bytes += bytes;
                self.sizes.push(bytes);
                if files.is_some_and(|files| files > 0 && bytes / files < small) {
                    self.small += 1;
                }
                if self.largest.as_ref().is_none_or(|(most, _)| bytes > *most) {
                    self.largest = Some((bytes, one.values.clone()));
                }
            }
            None => self.unknown += 1,
        }
        if self.keys.is_none() {
            self.keys = TimeKeys::detect(key_names, &one.values);
        }
        match self.keys.and_then(|keys| keys.slot(&one.values)) {
            Some(slot) => *self.by_slot.entry(slot).or_default() += bytes.unwrap_or_default(),
            None => self.timeless += 1,
        }
    }

    /// Runs of slots between the first and the last that are not there: the first, the last, how many.
    fn gaps(&self) -> Vec<(i64, i64, i64)> {
        let mut gaps = Vec::new();
        let mut before: Option<Slot> = None;
        for slot in self.by_slot.keys() {
            if let Some(before) = before
                && slot.begin() > before.end()
            {
                let missing = (slot.begin() - before.end()) / before.step().max(1);
                gaps.push((before.end(), slot.begin() - before.step(), missing));
            }
            before = Some(*slot);
        }
        gaps
    }
}

/// The size that this share of partitions does not pass.
fn quantile(sorted: &[u64], share: f64) -> u64 {
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

pub async fn run(args: StatsArgs) -> Result<(), Failure> {
    let mut calls = client!(PartitionServiceClient, args.client.connect().await?);
    let request = p::ListPartitionStatsRequest {
        table: Some(args.table.name()),
        filter: args.filter.clone().unwrap_or_default(),
    };
    let mut stream = calls.list_partition_stats(request).await?.into_inner();
    let (mut seen, mut head, mut bar) = (Seen::default(), p::PartitionListHead::default(), None);
    let mut keys = Vec::new();
    while let Some(message) = stream.message().await? {
        match message.item {
            Some(Item::Head(given)) => {
                bar = Some(progress("partitions", given.count.and_then(|count| u64::try_from(count).ok())));
                keys = given.partition_keys.iter().map(|key| key.name.clone()).collect();
                head = given;
            }
            Some(Item::Batch(batch)) => {
                let count = batch.partitions.len();
                for one in batch.partitions {
                    seen.add(one, &keys, args.small_mib.saturating_mul(MIB));
                }
                if let Some(bar) = &bar {
                    bar.inc(count as u64);
                }
            }
            None => {}
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    seen.sizes.sort_unstable();
    let mut output = args.client.output();
    let now = Clock::system().now_seconds();
    match output.format() {
        Format::Table => output.text(&text(&args, &head, &keys, &seen, now))?,
        Format::Json | Format::Csv => output.record(&fields(&args, &head, &keys, &seen, now))?,
    }
    Ok(())
}

fn name(keys: &[String], values: &[String]) -> String {
    keys.iter().zip(values).map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("/")
}

fn ratio(most: u64, median: u64) -> Option<f64> {
    (median > 0).then(|| (most as f64 / median as f64 * 10.0).round() / 10.0)
}

fn fields(
    args: &StatsArgs,
    head: &p::PartitionListHead,
    keys: &[String],
    seen: &Seen,
    now: i64,
) -> Vec<(&'static str, Value)> {
    let newest = seen.by_slot.keys().next_back();
    let (median, p99) = (quantile(&seen.sizes, 0.5), quantile(&seen.sizes, 0.99));
    let most = seen.largest.as_ref();
    let gaps = seen.gaps();
    let gap = |(from, to, missing): &(i64, i64, i64)| json!({"from": from, "to": to, "missing": missing});
    let slot = |(slot, bytes): (&Slot, &u64)| json!({"begin": slot.begin(), "hour": slot.hour, "bytes": bytes});
    vec![
        ("table", json!(args.table.to_string())),
        ("version", json!(head.version)),
        ("partition_keys", json!(keys)),
        ("partitions", json!(seen.partitions)),
        ("files", json!(seen.files)),
        ("bytes", json!(seen.bytes)),
        ("rows", json!(seen.rows)),
        ("partitions_without_size", json!(seen.unknown)),
        ("last_change", json!(seen.newest_change)),
        ("oldest", json!(seen.by_slot.keys().next().map(|slot| slot.begin()))),
        ("newest", json!(newest.map(|slot| slot.begin()))),
        ("lag_seconds", json!(newest.map(|slot| now - slot.end()))),
        ("missing", json!(gaps.iter().map(|(_, _, missing)| missing).sum::<i64>())),
        ("gaps", gaps.iter().map(gap).collect()),
        ("small_file_partitions", json!(seen.small)),
        ("average_file_bytes", json!(seen.bytes.checked_div(seen.files))),
        ("median_bytes", json!(median)),
        ("p99_bytes", json!(p99)),
        ("largest_bytes", json!(most.map(|(bytes, _)| bytes))),
        ("largest", json!(most.map(|(_, values)| name(keys, values)))),
        ("skew", json!(most.and_then(|(most, _)| ratio(*most, median)))),
        ("slots", seen.by_slot.iter().map(slot).collect()),
    ]
}

/// A summary and a picture.
fn text(args: &StatsArgs, head: &p::PartitionListHead, keys: &[String], seen: &Seen, now: i64) -> String {
    let mut text = String::new();
    let mut line = |title: &str, value: String| {
        let _ = writeln!(text, "{title:<12}  {}", visible(&value));
    };
    line("table", format!("{}, version {}", args.table, head.version));
    let unknown = if seen.unknown > 0 { format!(", {} without a size", seen.unknown) } else { String::new() };
    line("partitions", format!("{}{unknown}", seen.partitions));
    line("content", format!("{} in {} files, {} rows", bytes_text(seen.bytes), seen.files, seen.rows));
    line("last change", Moment::Seconds(seen.newest_change).told());
    if let (Some(oldest), Some(newest)) = (seen.by_slot.keys().next(), seen.by_slot.keys().next_back()) {
        line("oldest", Moment::Seconds(oldest.begin()).to_string());
        let lag = now - newest.end();
        let lag = if lag > 0 { format!("ended {} ago", span_text(lag)) } else { "not over yet".to_owned() };
        line("newest", format!("{}, {lag}", Moment::Seconds(newest.begin())));
        line("gaps", gaps_text(&seen.gaps(), newest.hour.is_some()));
    }
    let average = seen.bytes.checked_div(seen.files).map(bytes_text).unwrap_or_default();
    line(
        "small files",
        format!("{} partitions with files below {} MiB on average; all: {average}", seen.small, args.small_mib),
    );
    if let Some((most, values)) = &seen.largest {
        let median = quantile(&seen.sizes, 0.5);
        let times = ratio(*most, median)
            .filter(|ratio| *ratio > 1.0)
            .map(|ratio| format!(", {ratio} times the median"))
            .unwrap_or_default();
        line("sizes", format!("median {}, 99 % to {}", bytes_text(median), bytes_text(quantile(&seen.sizes, 0.99))));
        line("largest", format!("{} {}{times}", name(keys, values), bytes_text(*most)));
    }
    text.push('\n');
    let has_hours = seen.by_slot.keys().next_back().is_some_and(|slot| slot.hour.is_some());
    text += &match (seen.by_slot.is_empty(), has_hours) {
        (false, true) => heat::by_day_and_hour(&seen.by_slot, args.days),
        (false, false) => heat::by_day(&seen.by_slot, args.days),
        (true, _) => {
            let mut powers = BTreeMap::new();
            for size in &seen.sizes {
                *powers.entry(heat::power(*size)).or_default() += 1;
            }
            heat::histogram(&powers)
        }
    };
    text
}

fn gaps_text(gaps: &[(i64, i64, i64)], hours: bool) -> String {
    let missing: i64 = gaps.iter().map(|(_, _, missing)| missing).sum();
    if missing == 0 {
        return "none".to_owned();
    }
    let time =
        |at: &i64| Moment::Seconds(*at).to_string().chars().take(if hours { 13 } else { 10 }).collect::<String>();
    let gap = |(from, to, missing): &(i64, i64, i64)| {
        if *missing == 1 { time(from) } else { format!("{} to {}", time(from), time(to)) }
    };
    let told: Vec<_> = gaps.iter().take(GAPS_TOLD).map(gap).collect();
    let more = if gaps.len() > GAPS_TOLD { ", …" } else { "" };
    let unit = match (hours, missing) {
        (true, 1) => "hour",
        (true, _) => "hours",
        (false, 1) => "day",
        (false, _) => "days",
    };
    format!("{missing} {unit} missing: {}{more}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use skep_proto::admin::v1::PartitionStats;

    use super::{Seen, gaps_text, quantile};

    fn seen(values: &[[&str; 2]]) -> Seen {
        let keys = ["dt".to_owned(), "hour".to_owned()];
        let mut seen = Seen::default();
        for (at, values) in values.iter().enumerate() {
            let values = values.map(str::to_owned).to_vec();
            let size = Some(at as i64 * 100);
            seen.add(PartitionStats { values, total_size: size, num_files: Some(1), ..Default::default() }, &keys, 150);
        }
        seen
    }

    #[test]
    fn gaps_between_hours_and_days() {
        let seen = seen(&[["2024-01-01", "22"], ["2024-01-02", "00"], ["2024-01-02", "04"], ["x", "1"]]);
        let gaps = seen.gaps();
        assert_eq!(gaps.iter().map(|gap| gap.2).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(gaps_text(&gaps, true), "4 hours missing: 2024-01-01 23, 2024-01-02 01 to 2024-01-02 03");
        assert_eq!((seen.partitions, seen.timeless, seen.small, seen.bytes), (4, 1, 2, 600));
        assert_eq!(seen.largest.unwrap().0, 300);
    }

    #[test]
    fn quantiles() {
        assert_eq!((quantile(&[], 0.5), quantile(&[7], 0.99), quantile(&[1, 2, 3], 0.5)), (0, 7, 2));
    }
}
