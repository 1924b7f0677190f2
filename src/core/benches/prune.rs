//! How long it takes to find partitions: `cargo bench -p skep-core`. Tables are hourly partitions of four regions.

use divan::{Bencher, black_box};
use skep_core::filter::Filter;
use skep_core::prune::{PartitionSet, PartitionSetBuilder};
use skep_core::table::Column;
use skep_core::types::KeyType;
use skep_core::types::calendar;

const SIZES: [usize; 3] = [100_000, 1_000_000, 10_000_000];
const REGIONS: [&str; 4] = ["ap", "eu", "sa", "us"];

fn main() {
    divan::main();
}

fn columns() -> [Column; 3] {
    let key = |(name, type_name): (&str, &str)| Column {
        name: name.to_owned(),
        type_name: Some(type_name.to_owned()),
        comment: None,
    };
    [("dt", "string"), ("hour", "int"), ("region", "string")].map(key)
}

fn key_types() -> Vec<KeyType> {
    columns().iter().map(|key| KeyType::parse(key.type_name.as_deref().unwrap_or_default())).collect()
}

/// The day that is looked for stands in the middle.
fn day(rows: usize, at: usize) -> String {
    let first = calendar::days(2024, 6, 1).unwrap_or_default() - (rows / 96 / 2) as i32;
    calendar::format_date(first + at as i32)
}

fn values(rows: usize, row: usize) -> [String; 3] {
    // Names are in the order of texts, and so are hours here.
    [day(rows, row / 96), format!("{:02}", row / 4 % 24), REGIONS[row % 4].to_owned()]
}

fn set(rows: usize) -> PartitionSet {
    let mut set = PartitionSetBuilder::new(&key_types());
    let mut texts: Option<(usize, [String; 3])> = None;
    for row in 0..rows {
        // A day's text is made once.
        let [dt, hour, region] = match texts.take() {
            Some((of, [dt, ..])) if of == row / 96 => [dt, format!("{:02}", row / 4 % 24), REGIONS[row % 4].to_owned()],
            _ => values(rows, row),
        };
        let values = [dt, hour, region];
        set.push(&values);
        texts = Some((row / 96, values));
    }
    set.finish()
}

fn filter(bencher: Bencher<'_, '_>, rows: usize, text: &str, expected: usize) {
    let set = set(rows);
    let filter = Filter::parse(text, &columns()).unwrap_or_else(|error| panic!("{error}"));
    let kept = set.evaluate(&filter).kept().len();
    assert_eq!(kept, expected, "{text}");
    bencher.bench_local(|| black_box(set.evaluate(black_box(&filter)).kept()));
}

#[divan::bench(args = SIZES, max_time = 2)]
fn one_partition(bencher: Bencher<'_, '_>, rows: usize) {
    filter(bencher, rows, "dt='2024-06-01' and hour=5 and region='eu'", 1);
}

#[divan::bench(args = SIZES, max_time = 2)]
fn one_partition_with_parsing(bencher: Bencher<'_, '_>, rows: usize) {
    let (set, columns) = (set(rows), columns());
    bencher.bench_local(|| {
        let filter = Filter::parse("dt='2024-06-01' and hour=5 and region='eu'", black_box(&columns))
            .unwrap_or_else(|error| panic!("{error}"));
        black_box(set.evaluate(&filter).kept())
    });
}

#[divan::bench(args = SIZES, max_time = 2)]
fn range_of_one_percent(bencher: Bencher<'_, '_>, rows: usize) {
    let days = rows / 96 / 100;
    let (from, to) = (day(rows, rows / 96 / 2), day(rows, rows / 96 / 2 + days));
    filter(bencher, rows, &format!("dt>='{from}' and dt<'{to}'"), days * 96);
}

#[divan::bench(args = SIZES, max_time = 2)]
fn scattered(bencher: Bencher<'_, '_>, rows: usize) {
    let expected = (0..rows).filter(|row| row / 4 % 24 == 5 && row % 4 == 1).count();
    filter(bencher, rows, "hour=5 and region='eu'", expected);
}

#[divan::bench(args = SIZES, max_time = 2)]
fn negated(bencher: Bencher<'_, '_>, rows: usize) {
    let expected = (0..rows).filter(|row| !(row / 4 % 24 == 5 && row % 4 == 1)).count();
    filter(bencher, rows, "not (hour=5 and region='eu')", expected);
}

#[divan::bench(args = SIZES, max_time = 2)]
fn like(bencher: Bencher<'_, '_>, rows: usize) {
    filter(bencher, rows, "dt like '2024-06-0_' and hour=5", 36);
}

#[divan::bench(args = SIZES, max_time = 2)]
fn list_of_combinations(bencher: Bencher<'_, '_>, rows: usize) {
    let item = |at: usize| {
        let [dt, hour, region] = values(rows, rows / 200 * at);
        format!("(dt='{dt}' and hour={hour} and region='{region}')")
    };
    let items: Vec<String> = (0..100).map(item).collect();
    filter(bencher, rows, &items.join(" or "), 100);
}

#[divan::bench(args = SIZES, max_time = 2)]
fn find_by_values(bencher: Bencher<'_, '_>, rows: usize) {
    let (set, wanted) = (set(rows), values(rows, rows / 3));
    assert_eq!(set.find(&wanted).collect::<Vec<_>>(), [rows as u32 / 3]);
    bencher.bench_local(|| set.find(black_box(&wanted)).next());
}

#[divan::bench(args = [100_000, 1_000_000], max_time = 3)]
fn build(bencher: Bencher<'_, '_>, rows: usize) {
    let all: Vec<[String; 3]> = (0..rows).map(|row| values(rows, row)).collect();
    bencher.bench_local(|| {
        let mut set = PartitionSetBuilder::new(&key_types());
        for values in &all {
            set.push(values);
        }
        set.finish()
    });
}

/// Not a time: bytes a row, as a count of bytes.
#[divan::bench(args = SIZES, sample_count = 1, sample_size = 1)]
fn bytes_of_all_rows(bencher: Bencher<'_, '_>, rows: usize) {
    let set = set(rows);
    bencher.counter(divan::counter::BytesCount::new(set.bytes())).bench_local(|| set.bytes());
}
