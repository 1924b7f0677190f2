//! A filter's own cost, without any index: reading the text and binding it to the keys, and evaluating it on the values
//! of one partition. `cargo bench -p skep-core --bench filter`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use skep_core::filter::Filter;
use skep_core::table::Column;

/// What engines send: one partition, a range of days, a list, a pattern.
const FILTERS: [(&str, &str); 4] = [
    ("one", "dt = '2024-06-01' and hour = 5 and region = 'eu'"),
    ("range", "dt >= '2024-06-01' and dt < '2024-07-01' and hour between 6 and 18"),
    ("list", "dt in ('2024-06-01', '2024-06-02', '2024-06-03', '2024-06-04') and not (region = 'sa' or hour = 0)"),
    ("pattern", "dt like '2024-06-__' and region like 'e%'"),
];
/// Partitions that a filter is evaluated on: hourly ones of four regions.
const ROWS: usize = 10_000;

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

fn filter(name: &str) -> Filter {
    let text = FILTERS.iter().find(|(its, _)| *its == name).map_or("", |(_, text)| text);
    Filter::parse(text, &columns()).unwrap_or_else(|error| panic!("{error}"))
}

#[divan::bench(args = FILTERS.map(|(name, _)| name))]
fn parse_and_bind(bencher: Bencher<'_, '_>, name: &str) {
    let (_, text) = FILTERS[FILTERS.iter().position(|(its, _)| *its == name).unwrap_or_default()];
    let columns = columns();
    bencher.bench_local(|| Filter::parse(black_box(text), black_box(&columns)));
}

/// Typed values are at hand, as they are once per distinct value of an index.
#[divan::bench(args = FILTERS.map(|(name, _)| name))]
fn evaluate(bencher: Bencher<'_, '_>, name: &str) {
    let filter = filter(name);
    let rows: Vec<_> = (0..ROWS).map(|row| filter.values(&values(row))).collect();
    let kept = || rows.iter().filter(|values| filter.matches_any_reading(black_box(values))).count();
    assert!((1..ROWS).contains(&kept()), "{name} keeps {} of {ROWS}", kept());
    bencher.counter(ItemsCount::new(ROWS)).bench_local(kept);
}

/// From the partition's texts on.
#[divan::bench(args = FILTERS.map(|(name, _)| name))]
fn evaluate_texts(bencher: Bencher<'_, '_>, name: &str) {
    let filter = filter(name);
    let rows: Vec<_> = (0..ROWS).map(values).collect();
    let kept = || rows.iter().filter(|texts| filter.matches_any_reading(&filter.values(black_box(*texts)))).count();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(kept);
}

fn values(row: usize) -> [String; 3] {
    let day = row / 96;
    let date = format!("2024-{:02}-{:02}", 5 + day / 28, 1 + day % 28);
    [date, (row / 4 % 24).to_string(), ["ap", "eu", "sa", "us"][row % 4].to_owned()]
}
