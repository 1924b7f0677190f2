//! A literal of a filter: as it is written beside a key of some kind, and what it means there.

use super::cell::{Cell, DEFAULT, REALS, moment, number, written};
use super::item::{Item, Moment, Number, Sql};
use super::kind::Kind;
use super::random::Random;

#[derive(Debug, Clone)]
pub struct Literal {
    pub written: String,
    pub meaning: Meaning,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// Compared with the key's value.
    Value(Sql),
    /// A number beside a text: the text is read as a number.
    Number(Sql),
    /// The two have no common ground: the filter is refused.
    Refused,
}

const NO_NUMBERS: [&str; 8] =
    ["'x'", "''", "' 5'", "'1_0'", "true", "2024-01-01", "date '2024-01-01'", "2024-01-01 00:00:00"];
const NO_FLAGS: [&str; 6] = ["5", "2.5", "'1'", "'yes'", "'true '", "2024-01-01"];
const NO_MOMENTS: [&str; 8] = ["5", "2.5", "false", "'2024-02'", "'2023-02-29'", "'x'", "''", "' 2024-01-01'"];
/// Half of a hundred filters of some conditions each are to be good ones.
const REFUSED_PERCENT: usize = 1;

impl Literal {
    fn new(written: impl Into<String>, value: Sql) -> Self {
        Self { written: written.into(), meaning: Meaning::Value(value) }
    }

    fn refused(written: &str) -> Self {
        Self { written: written.to_owned(), meaning: Meaning::Refused }
    }

    pub fn is_refused(&self) -> bool {
        self.meaning == Meaning::Refused
    }

    /// A literal beside a key; `near` is a value of that key that it may be.
    pub fn new_for(kind: Kind, near: &Cell, random: &mut Random) -> Self {
        let near = near.item.as_ref().filter(|_| random.chance(70));
        let bad = random.chance(REFUSED_PERCENT);
        match kind {
            Kind::Text | Kind::Char => Self::beside_text(kind, near, random),
            Kind::Flag if bad => Self::refused(random.pick(&NO_FLAGS)),
            Kind::Flag => Self::beside_flag(random),
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Float | Kind::Double if bad => {
                Self::refused(random.pick(&NO_NUMBERS))
            }
            Kind::Integer { .. } => {
                let number = match near {
                    Some(Item::Integer(n)) => Number::whole(i128::from(*n)),
                    _ => any_number(random),
                };
                Self::new(number_text(&number, random), beside_integer(&number))
            }
            Kind::Decimal { .. } => {
                let number = match near {
                    Some(Item::Number(number)) => number.clone(),
                    _ => any_number(random),
                };
                Self::new(number_text(&number, random), Item::Number(number).sql())
            }
            Kind::Float | Kind::Double => Self::beside_real(kind, random),
            Kind::Date | Kind::Timestamp if bad => Self::refused(random.pick(&NO_MOMENTS)),
            Kind::Date | Kind::Timestamp => {
                let at = match near {
                    Some(Item::Moment(at)) => *at,
                    _ => moment(random),
                };
                Self::beside_moment(at, random)
            }
        }
    }

    fn beside_text(kind: Kind, near: Option<&Item>, random: &mut Random) -> Self {
        match random.below(10) {
            0 | 1 => {
                let number = any_number(random);
                let written = bare_number(&number, random);
                Self { written, meaning: Meaning::Number(Item::Number(number).sql()) }
            }
            2 => {
                let at = moment(random);
                if random.chance(50) {
                    return Self::new(random.pick(&[at.date(), format!("DATE '{}'", at.date())]), text(at.date()));
                }
                Self::new(format!("timestamp '{}'", at.timestamp()), text(at.timestamp()))
            }
            3 if random.chance(30) => Self::new("True", text("true".to_owned())),
            _ => {
                let (word, blanks) = match near {
                    Some(Item::Text(text)) if kind == Kind::Char && random.chance(30) => (text.clone(), "  "),
                    Some(Item::Text(text)) => (text.clone(), ""),
                    _ => ((random.pick(&["a", "b", "ab", "", "5", "é", "Z", "2024"])).to_owned(), ""),
                };
                // The default partition's name is no text.
                match quoted(&format!("{word}{blanks}"), random).filter(|_| word != DEFAULT) {
                    Some(written) => Self::new(written, text(word)),
                    None => Self::new("'a'", text("a".to_owned())),
                }
            }
        }
    }

    fn beside_flag(random: &mut Random) -> Self {
        let flag = random.chance(50);
        let forms = if flag {
            ["true", "TRUE", "'true'", "\"True\"", "1"]
        } else {
            ["false", "False", "'FALSE'", "'false'", "0"]
        };
        Self::new(random.pick(&forms), Item::Flag(flag).sql())
    }

    fn beside_real(kind: Kind, random: &mut Random) -> Self {
        let (written, double, float) = random.pick(&REALS);
        let bare = written.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            && !written.ends_with('y')
            && written != "1e400";
        let written = if bare && random.chance(70) { written.to_owned() } else { format!("'{written}'") };
        Self::new(written, Item::Real(if kind == Kind::Float { f64::from(float) } else { double }).sql())
    }

    fn beside_moment(at: Moment, random: &mut Random) -> Self {
        let day = at.midnight();
        let date = at.date();
        match random.below(8) {
            0 => Self::new(date, Item::Moment(day).sql()),
            1 => Self::new(format!("'{date}'"), Item::Moment(day).sql()),
            2 => Self::new(format!("date \"{date}\""), Item::Moment(day).sql()),
            3 => Self::new(format!("'{}-{}-{}'", &date[..4], at.month, at.day), Item::Moment(day).sql()),
            4 => Self::new(at.timestamp(), Item::Moment(at).sql()),
            5 => Self::new(format!("TimeStamp '{}'", at.timestamp()), Item::Moment(at).sql()),
            6 => Self::new(format!("'{date}T{}{}'", at.time(), at.fraction()), Item::Moment(at).sql()),
            _ => Self::new(format!("\"{}\"", at.timestamp()), Item::Moment(at).sql()),
        }
    }
}

fn text(text: String) -> Sql {
    Sql::Text(text)
}

fn any_number(random: &mut Random) -> Number {
    if random.chance(3) { Number::Huge { negative: random.chance(50) } } else { number(random) }
}

fn bare_number(number: &Number, random: &mut Random) -> String {
    // `.5` is a number, `-.5` too; a plus is none.
    written(number, false, random)
}

fn number_text(number: &Number, random: &mut Random) -> String {
    if random.chance(25) { format!("'{}'", written(number, true, random)) } else { bare_number(number, random) }
}

/// SQLite compares integers and doubles exactly. A double stands for what no integer is: a fraction, or what is beyond
/// all integers, where any double beyond them will do.
fn beside_integer(number: &Number) -> Sql {
    match number {
        Number::Exact { digits, scale: 0 } => match i64::try_from(*digits) {
            Ok(n) => Sql::Integer(n),
            Err(_) => Sql::Real(if *digits < 0 { -1e30 } else { 1e30 }),
        },
        number => Sql::Real(number.real()),
    }
}

/// A string in quotes that it does not hold. Backslashes stay what they are, so one at the end cannot be written.
pub fn quoted(text: &str, random: &mut Random) -> Option<String> {
    let backslashes = text.len() - text.trim_end_matches('\\').len();
    if backslashes % 2 == 1 {
        return None;
    }
    match (text.contains('\''), text.contains('"')) {
        (true, true) => None,
        (true, false) => Some(format!("\"{text}\"")),
        (false, true) => Some(format!("'{text}'")),
        (false, false) => Some(if random.chance(50) { format!("'{text}'") } else { format!("\"{text}\"") }),
    }
}
