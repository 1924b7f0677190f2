//! Random filters on random partitions: the index keeps what the evaluation of one row after the other keeps, and both
//! what SQLite keeps. `SKEP_ORACLE_PAIRS` says how many filters (10,000), in steps of [`FILTERS`], and `SKEP_ORACLE_SEED` where to begin.

use std::time::Instant;

use skep_core::Kind;
use skep_core::filter::{Filter, Selector};
use skep_core::rows::TablePartitions;

use super::clause::Clause;
use super::model::Model;
use super::random::Random;
use super::sample::{Oracle, Sample};

/// Filters for each set of partitions.
const FILTERS: usize = 200;
const DEPTH: usize = 3;

fn number(variable: &str, default: u64) -> u64 {
    let set = std::env::var(variable);
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// One set of partitions, in all its forms.
struct Bench {
    sample: Sample,
    partitions: TablePartitions,
    /// The number in name order of each of the partitions' own row numbers.
    places: Vec<usize>,
    oracle: Oracle,
}

/// What a filter's text was found to be.
enum Verdict {
    Agreed {
        kept: usize,
    },
    /// The filter was refused, as it must be.
    Refused,
    Differs(String),
}

impl Bench {
    async fn new(random: &mut Random) -> Self {
        let sample = Sample::new(random);
        let partitions = sample.partitions(random);
        let listed = partitions.all().listed(&partitions);
        let mut places = vec![usize::MAX; listed.iter().max().map_or(0, |most| *most as usize + 1)];
        for (place, number) in listed.into_iter().enumerate() {
            places[number as usize] = place;
        }
        let oracle = sample.oracle().await;
        Self { sample, partitions, places, oracle }
    }

    /// Asks of many filters at once, for a way to SQLite and back takes longer than an answer.
    async fn ask(&mut self, models: &[Model], random: &mut Random) -> Vec<Verdict> {
        let columns = self.sample.columns();
        let mut asked = Vec::new();
        let mut verdicts: Vec<Verdict> = Vec::new();
        for (at, model) in models.iter().enumerate() {
            let text = model.text(&self.sample, random);
            verdicts.push(match (Filter::parse(&text, &columns), model.is_refused()) {
                (Ok(filter), false) => {
                    asked.push((at, text, filter));
                    Verdict::Refused
                }
                (Err(error), true) if error.kind == Kind::Meta && error.message.contains("at character ") => {
                    Verdict::Refused
                }
                (Ok(_), true) => Verdict::Differs(format!("{text}\n  is not refused")),
                (Err(error), _) => Verdict::Differs(format!("{text}\n  is refused: {error}")),
            });
        }
        let wanted = self.oracle.rows(asked.iter().map(|(at, ..)| Clause::new(&models[*at])).collect()).await;
        for ((at, text, filter), wanted) in asked.into_iter().zip(wanted) {
            let [by_index, by_evaluation] = [self.by_index(&filter), self.by_evaluation(&filter)];
            verdicts[at] = if by_index == wanted && by_evaluation == wanted {
                Verdict::Agreed { kept: wanted.len() }
            } else {
                Verdict::Differs(self.difference(&text, [&by_index, &by_evaluation, &wanted]))
            };
        }
        verdicts
    }

    fn by_index(&self, filter: &Filter) -> Vec<usize> {
        let selection = self.partitions.select(|set| set.evaluate(filter).kept());
        selection.listed(&self.partitions).into_iter().map(|row| self.places[row as usize]).collect()
    }

    fn by_evaluation(&self, filter: &Filter) -> Vec<usize> {
        let mut selector = Selector::new(filter);
        let mut keeps = |row: usize| selector.select(&self.sample.rows[row].texts()).keeps();
        (0..self.sample.rows.len()).filter(|row| keeps(*row)).collect()
    }

    /// A row that not all keep.
    fn difference(&self, text: &str, kept: [&Vec<usize>; 3]) -> String {
        let said = |row: usize| kept.map(|rows| rows.binary_search(&row).is_ok());
        let row = (0..self.sample.rows.len()).find(|row| {
            let [index, evaluation, oracle] = said(*row);
            index != evaluation || index != oracle
        });
        let Some(row) = row else { return format!("{text}\n  keeps the same rows in another order: {kept:?}") };
        let [index, evaluation, oracle] = said(row);
        let keys: Vec<String> = self.sample.keys.iter().map(|key| format!("{} {}", key.name, key.type_name)).collect();
        let cells = &self.sample.rows[row].cells;
        format!("{text}\n  {keys:?} = {cells:?}\n  kept by index: {index}, evaluation: {evaluation}, SQLite: {oracle}")
    }

    /// The smallest filter that still differs, and how.
    async fn smallest(&mut self, mut model: Model, mut difference: String) -> String {
        'smaller: loop {
            for simpler in model.simpler() {
                let verdicts = self.ask(std::slice::from_ref(&simpler), &mut Random::new(0)).await;
                if let Some(Verdict::Differs(still)) = verdicts.into_iter().next() {
                    (model, difference) = (simpler, still);
                    continue 'smaller;
                }
            }
            return format!("{difference}\n  as {:?}", Clause::new(&model));
        }
    }
}

#[tokio::test]
async fn the_index_and_the_evaluation_keep_what_sqlite_keeps() {
    let pairs = number("SKEP_ORACLE_PAIRS", 10_000) as usize;
    let first = number("SKEP_ORACLE_SEED", 1);
    let start = Instant::now();
    let (mut done, mut refused, mut rows, mut kept, mut nothing) = (0, 0, 0, 0, 0);
    for seed in first.. {
        if done >= pairs {
            break;
        }
        let mut random = Random::new(seed);
        let mut bench = Bench::new(&mut random).await;
        let models: Vec<Model> = (0..FILTERS).map(|_| Model::new(&bench.sample, DEPTH, &mut random)).collect();
        let verdicts = bench.ask(&models, &mut random).await;
        for (model, verdict) in models.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Agreed { kept: count } => {
                    (rows, kept) = (rows + bench.sample.rows.len(), kept + count);
                    nothing += usize::from(count == 0);
                }
                Verdict::Refused => refused += 1,
                Verdict::Differs(difference) => {
                    let smallest = bench.smallest(model, difference).await;
                    panic!("SKEP_ORACLE_SEED={seed} SKEP_ORACLE_PAIRS={FILTERS} shows it:\n{smallest}");
                }
            }
        }
        done += FILTERS;
    }
    let took = start.elapsed();
    eprintln!(
        "{done} filters from seed {first} in {took:?}: {refused} refused as they must be, {kept} of {rows} partitions \
         kept, none by {nothing}"
    );
    // What is made here must be worth asking: neither all refused, nor all kept, nor none.
    assert!(refused * 5 < done && nothing * 2 < done && kept * 10 > rows && kept * 10 < rows * 9);
}
