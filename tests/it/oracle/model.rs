//! A filter of the model: how it is made, and its text.

use super::cell::DEFAULT;
use super::literal::{Literal, quoted};
use super::pattern::Pattern;
use super::random::Random;
use super::sample::Sample;

pub const OPERATORS: [&str; 9] = ["=", "==", "!=", "<>", "<", "<=", ">", ">=", "<=>"];

/// None among the items of a list is the default partition's name, which stands for NULL.
pub type Listed = Option<Literal>;

#[derive(Debug, Clone)]
pub enum Model {
    Compare {
        key: usize,
        op: &'static str,
        literal: Literal,
        reversed: bool,
    },
    /// A comparison with the default partition's name.
    Default {
        key: usize,
        op: &'static str,
        reversed: bool,
    },
    Between {
        key: usize,
        negated: bool,
        low: Literal,
        high: Literal,
    },
    In {
        key: usize,
        negated: bool,
        bracketed: bool,
        list: Vec<Listed>,
    },
    Structs {
        keys: Vec<usize>,
        negated: bool,
        rows: Vec<Vec<Listed>>,
    },
    Like {
        key: usize,
        negated: bool,
        pattern: Pattern,
    },
    IsNull {
        key: usize,
        negated: bool,
    },
    Not(Box<Model>),
    And(Vec<Model>),
    Or(Vec<Model>),
}

impl Model {
    pub fn new(sample: &Sample, depth: usize, random: &mut Random) -> Self {
        if depth == 0 || random.chance(25) {
            return Self::condition(sample, random);
        }
        let several = |random: &mut Random| {
            let count = random.within(1, 4);
            (0..count).map(|_| Self::new(sample, depth - 1, random)).collect()
        };
        match random.below(9) {
            0 | 1 => Self::Not(Box::new(Self::new(sample, depth - 1, random))),
            2 => Self::chain(sample, random),
            3..=5 => Self::And(several(random)),
            _ => Self::Or(several(random)),
        }
    }

    /// Equalities of the same keys, as clients write lists: as an OR of `=` or of ANDs of them, as an AND of `!=`.
    fn chain(sample: &Sample, random: &mut Random) -> Self {
        let equal = |key: usize, op, random: &mut Random| Self::Compare {
            key,
            op,
            literal: sample.literal(key, random),
            reversed: false,
        };
        let (key, other) = (random.below(sample.keys.len()), random.below(sample.keys.len()));
        let length = random.within(2, 12);
        match random.below(3) {
            0 => Self::Or((0..length).map(|_| equal(key, "=", random)).collect()),
            1 => Self::And((0..length).map(|_| equal(key, "!=", random)).collect()),
            _ => Self::Or(
                (0..length).map(|_| Self::And(vec![equal(key, "=", random), equal(other, "=", random)])).collect(),
            ),
        }
    }

    fn condition(sample: &Sample, random: &mut Random) -> Self {
        let key = random.below(sample.keys.len());
        let negated = random.chance(40);
        match random.below(20) {
            0..=8 => Self::Compare {
                key,
                op: random.pick(&OPERATORS),
                literal: sample.literal(key, random),
                reversed: random.chance(30),
            },
            9 => Self::Default { key, op: random.pick(&["=", "==", "!=", "<>", "<=>"]), reversed: random.chance(30) },
            10 | 11 => {
                Self::Between { key, negated, low: sample.literal(key, random), high: sample.literal(key, random) }
            }
            12..=14 => {
                let length = if random.chance(10) { random.within(5, 40) } else { random.within(1, 4) };
                let list = (0..length).map(|_| listed(sample, key, random)).collect();
                Self::In { key, negated, bracketed: random.chance(70), list }
            }
            15 | 16 => {
                let keys: Vec<usize> = (0..random.within(1, 3)).map(|_| random.below(sample.keys.len())).collect();
                let row = |random: &mut Random| keys.iter().map(|key| listed(sample, *key, random)).collect();
                let rows = (0..random.within(1, 5)).map(|_| row(random)).collect();
                Self::Structs { keys, negated, rows }
            }
            17 | 18 if sample.keys[key].has_like() => Self::Like { key, negated, pattern: Pattern::new(random) },
            _ => Self::IsNull { key, negated },
        }
    }

    /// Whether some literal has no common ground with its key.
    pub fn is_refused(&self) -> bool {
        let bad = |item: &Listed| item.as_ref().is_some_and(Literal::is_refused);
        match self {
            Self::Compare { literal, .. } => literal.is_refused(),
            Self::Between { low, high, .. } => low.is_refused() || high.is_refused(),
            Self::In { list, .. } => list.iter().any(bad),
            Self::Structs { rows, .. } => rows.iter().flatten().any(bad),
            Self::Default { .. } | Self::Like { .. } | Self::IsNull { .. } => false,
            Self::Not(inner) => inner.is_refused(),
            Self::And(children) | Self::Or(children) => children.iter().any(Self::is_refused),
        }
    }

    pub fn has_like(&self) -> bool {
        match self {
            Self::Like { .. } => true,
            Self::Not(inner) => inner.has_like(),
            Self::And(children) | Self::Or(children) => children.iter().any(Self::has_like),
            _ => false,
        }
    }

    /// The filter's text, which differs a little each time.
    pub fn text(&self, sample: &Sample, random: &mut Random) -> String {
        let not = |negated: bool| if negated { "NOT " } else { "" };
        let sides = |key: String, op: &str, literal: &str, reversed: bool| {
            if reversed { format!("{literal} {op} {key}") } else { format!("{key} {op} {literal}") }
        };
        match self {
            Self::Compare { key, op, literal, reversed } => {
                sides(sample.key_text(*key, random), op, &literal.written, *reversed)
            }
            Self::Default { key, op, reversed } => {
                sides(sample.key_text(*key, random), op, &format!("'{DEFAULT}'"), *reversed)
            }
            Self::Between { key, negated, low, high } => {
                let key = sample.key_text(*key, random);
                format!("{key} {}between {} AND {}", not(*negated), low.written, high.written)
            }
            Self::In { key, negated, bracketed, list } => {
                let key = sample.key_text(*key, random);
                let key = if *bracketed { format!("({key})") } else { key };
                format!("{key} {}in ({})", not(*negated), items(list))
            }
            Self::Structs { keys, negated, rows } => {
                let keys: Vec<String> = keys.iter().map(|key| sample.key_text(*key, random)).collect();
                let rows: Vec<String> = rows.iter().map(|row| format!("CONST STRUCT({})", items(row))).collect();
                format!("(struct({})) {}IN ({})", keys.join(","), not(*negated), rows.join(", "))
            }
            Self::Like { key, negated, pattern } => {
                let pattern = quoted(&pattern.text(), random).expect("patterns have no quotes");
                format!("{} {}LIKE {pattern}", sample.key_text(*key, random), not(*negated))
            }
            Self::IsNull { key, negated } => format!("{} is {}null", sample.key_text(*key, random), not(*negated)),
            Self::Not(inner) => format!("not ({})", inner.text(sample, random)),
            Self::And(children) => joined(children, " and ", sample, random),
            Self::Or(children) => joined(children, " OR ", sample, random),
        }
    }

    /// Filters that are this one without a piece, to find the smallest that shows the same fault.
    pub fn simpler(&self) -> Vec<Self> {
        match self {
            Self::Not(inner) => {
                let mut all = vec![(**inner).clone()];
                all.extend(inner.simpler().into_iter().map(|inner| Self::Not(Box::new(inner))));
                all
            }
            Self::And(children) => simpler_children(children, Self::And),
            Self::Or(children) => simpler_children(children, Self::Or),
            Self::In { key, negated, bracketed, list } => {
                shorter(list, |list| Self::In { key: *key, negated: *negated, bracketed: *bracketed, list })
            }
            Self::Structs { keys, negated, rows } => {
                shorter(rows, |rows| Self::Structs { keys: keys.clone(), negated: *negated, rows })
            }
            Self::Like { key, negated, pattern } => {
                let like = |pattern| Self::Like { key: *key, negated: *negated, pattern };
                pattern.shorter().into_iter().map(like).collect()
            }
            Self::Compare { .. } | Self::Default { .. } | Self::Between { .. } | Self::IsNull { .. } => Vec::new(),
        }
    }
}

fn listed(sample: &Sample, key: usize, random: &mut Random) -> Listed {
    if random.chance(8) { None } else { Some(sample.literal(key, random)) }
}

fn items(items: &[Listed]) -> String {
    let default = format!("\"{DEFAULT}\"");
    let texts: Vec<&str> =
        items.iter().map(|item| item.as_ref().map_or(default.as_str(), |literal| &literal.written)).collect();
    texts.join(", ")
}

fn joined(children: &[Model], glue: &str, sample: &Sample, random: &mut Random) -> String {
    let texts: Vec<String> = children.iter().map(|child| format!("({})", child.text(sample, random))).collect();
    texts.join(glue)
}

/// The same list without one of its items, but not empty.
fn shorter<T: Clone>(items: &[T], wrap: impl Fn(Vec<T>) -> Model) -> Vec<Model> {
    let without = |at: usize| {
        let mut items = items.to_vec();
        items.remove(at);
        wrap(items)
    };
    (0..items.len()).filter(|_| items.len() > 1).map(without).collect()
}

fn simpler_children(children: &[Model], wrap: fn(Vec<Model>) -> Model) -> Vec<Model> {
    let mut all = children.to_vec();
    all.extend(shorter(children, wrap));
    for (at, child) in children.iter().enumerate() {
        for simpler in child.simpler() {
            let mut children = children.to_vec();
            children[at] = simpler;
            all.push(wrap(children));
        }
    }
    all
}
