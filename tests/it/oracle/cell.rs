//! A partition's value of a key: its text, and what the text means by the rules of the key's type.

use super::item::{Item, Moment, Number, Sql};
use super::kind::Kind;
use super::random::Random;

pub const DEFAULT: &str = "__HIVE_DEFAULT_PARTITION__";

#[derive(Debug, Clone)]
pub struct Cell {
    pub text: String,
    /// None is NULL: the default partition, or what the type cannot hold.
    pub item: Option<Item>,
    /// Of a text, the number that it is beside a number.
    pub number: Option<Number>,
}

const WORDS: [&str; 44] = [
    "",
    " ",
    "a",
    "A",
    "b",
    "ab",
    "Ab",
    "a ",
    " a",
    "a  b ",
    "%",
    "_",
    "a%",
    "a_b",
    "100%",
    "é",
    "e\u{301}",
    "日本",
    "😀",
    "\u{fffd}",
    "\u{10ffff}",
    "'",
    "\"",
    "it's",
    "say \"x\"",
    "\\",
    "a\\",
    "a\\b",
    "\\%",
    "null",
    "NULL",
    "true",
    "TRUE",
    "__hive_default_partition__",
    "__HIVE_DEFAULT_PARTITION__ ",
    "a/b=c",
    "2024-02-29",
    "2024-2-29",
    "2024-02-29 00:00:00",
    "a.b",
    "a*",
    "[ab]",
    "a|b",
    "a\tb",
];
const NO_NUMBERS: [&str; 16] =
    ["", " ", "x", " 5", "5 ", "-", "+", ".", "5,0", "0x1F", "1_0", "٣", "--5", "5-", "1e", "null"];
const NO_MOMENTS: [&str; 16] = [
    "",
    "x",
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-01-32",
    "2024-02",
    "24-01-01",
    "12024-01-01",
    "2024-01-01 ",
    " 2024-01-01",
    "2024/01/01",
    "2024-01-01 24:00:00",
    "2024-01-01 00:60:00",
    "2024-01-01 00:00:00.",
];
const NO_FLAGS: [&str; 7] = ["", "1", "0", "t", "yes", " true", "true "];
/// A text, and what it is as a double and as a float.
pub const REALS: [(&str, f64, f32); 18] = [
    ("0", 0.0, 0.0),
    ("-0.0", -0.0, -0.0),
    ("0.1", 0.1, 0.1),
    ("+0.10", 0.1, 0.1),
    ("1e-1", 0.1, 0.1),
    ("5", 5.0, 5.0),
    ("05.", 5.0, 5.0),
    (".5", 0.5, 0.5),
    ("-2.5E0", -2.5, -2.5),
    ("16777217", 16_777_217.0, 16_777_216.0),
    ("1e300", 1e300, f32::INFINITY),
    ("-1e300", -1e300, f32::NEG_INFINITY),
    ("1e-320", 1e-320, 0.0),
    ("1e400", f64::INFINITY, f32::INFINITY),
    ("NaN", f64::NAN, f32::NAN),
    ("Infinity", f64::INFINITY, f32::INFINITY),
    ("-Infinity", f64::NEG_INFINITY, f32::NEG_INFINITY),
    ("9007199254740993", 9_007_199_254_740_992.0, 9_007_199_254_740_992.0),
];

impl Cell {
    pub fn new(kind: Kind, random: &mut Random) -> Self {
        if random.chance(6) {
            return Self::null(DEFAULT);
        }
        match kind {
            Kind::Text | Kind::Char => Self::of_text(kind, random),
            Kind::Flag if random.chance(20) => Self::null(random.pick(&NO_FLAGS)),
            Kind::Flag => {
                let flag = random.chance(50);
                let text = random.pick(if flag { &["true", "TRUE", "True"] } else { &["false", "FALSE", "fAlse"] });
                Self::of(text, Item::Flag(flag))
            }
            Kind::Integer { .. } | Kind::Float | Kind::Double | Kind::Decimal { .. } if random.chance(8) => {
                Self::null(random.pick(&NO_NUMBERS))
            }
            Kind::Integer { low, high } => Self::of_integer(low, high, random),
            Kind::Float | Kind::Double => Self::of_real(kind, random),
            Kind::Decimal { precision, scale } => Self::of_decimal(precision, scale, random),
            Kind::Date | Kind::Timestamp if random.chance(8) => Self::null(random.pick(&NO_MOMENTS)),
            Kind::Date | Kind::Timestamp => Self::of_moment(kind, random),
        }
    }

    fn null(text: &str) -> Self {
        Self { text: text.to_owned(), item: None, number: None }
    }

    fn of(text: impl Into<String>, item: Item) -> Self {
        Self { text: text.into(), item: Some(item), number: None }
    }

    fn of_text(kind: Kind, random: &mut Random) -> Self {
        let (mut text, number) = match random.below(10) {
            0..=4 => ((random.pick(&WORDS)).to_owned(), None),
            5..=6 => (moment(random).date(), None),
            7..=8 => {
                let number = number(random);
                (written(&number, true, random), Some(number))
            }
            _ => {
                let letters = ['a', 'b', 'A', '%', '_', '.', 'é', '日'];
                // The last letter tells it from every number.
                let start: String = (0..random.below(3)).map(|_| random.pick(&letters)).collect();
                (start + random.pick(&["a", "b", "é", "%"]), None)
            }
        };
        let value = if kind == Kind::Char { text.trim_end_matches(' ').to_owned() } else { text.clone() };
        if kind == Kind::Char && random.chance(20) {
            text.push(' ');
        }
        if text == DEFAULT {
            return Self::null(DEFAULT);
        }
        Self { text, item: Some(Item::Text(value)), number }
    }

    fn of_integer(low: i64, high: i64, random: &mut Random) -> Self {
        let near = random.below(3) as i128;
        let n = match random.below(8) {
            0 => i128::from(low) - 1 + near,
            1 => i128::from(high) + 1 - near,
            _ => random.below(24) as i128 - 8,
        };
        let (sign, digits) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
        let text = match random.below(5) {
            0 => format!("{sign}00{digits}"),
            1 if n >= 0 => format!("+{digits}"),
            2 if n == 0 => "-0".to_owned(),
            3 if random.chance(20) => return Self::null(&format!("{n}.0")),
            _ => n.to_string(),
        };
        match i64::try_from(n) {
            Ok(n) if (low..=high).contains(&n) => Self::of(text, Item::Integer(n)),
            _ => Self::null(&text),
        }
    }

    fn of_real(kind: Kind, random: &mut Random) -> Self {
        if random.chance(10) {
            return Self::null(random.pick(&["inf", "nan", "infinity", "-NaN", "1.5f", "1e5d"]));
        }
        let (text, double, float) = random.pick(&REALS);
        Self::of(text, Item::Real(if kind == Kind::Float { f64::from(float) } else { double }))
    }

    fn of_decimal(precision: u32, scale: u32, random: &mut Random) -> Self {
        let limit = 10_i128.pow(precision);
        let digits = match random.below(6) {
            0 => limit - 1 - random.below(2) as i128,
            1 => 1 - limit + random.below(2) as i128,
            2 => (random.below(24) as i128 - 8) * 10_i128.pow(scale) % limit,
            3 => i128::from(random.next()) * 1_000_003 % limit,
            _ => random.below(2400) as i128 - 800,
        };
        let exact = Number::Exact { digits, scale };
        if random.chance(15) && exact.plain().len() < 37 {
            return Self::rounded(precision, scale, digits, random);
        }
        if random.chance(5) {
            let beyond = Number::whole(10_i128.pow(precision - scale));
            return Self::null(&if random.chance(50) { beyond.plain() } else { format!("-{}.0", beyond.plain()) });
        }
        Self::of(written(&exact, true, random), Item::Number(exact))
    }

    /// A text with a place more than the type has: half and more is rounded away from zero.
    fn rounded(precision: u32, scale: u32, digits: i128, random: &mut Random) -> Self {
        let place = random.below(10) as i128;
        let sign = if digits < 0 { -1 } else { 1 };
        let text = Number::Exact { digits: digits * 10 + sign * place, scale: scale + 1 }.plain();
        let digits = digits + if place >= 5 { sign } else { 0 };
        if digits.abs() >= 10_i128.pow(precision) {
            return Self::null(&text);
        }
        Self::of(text, Item::Number(Number::Exact { digits, scale }))
    }

    fn of_moment(kind: Kind, random: &mut Random) -> Self {
        let mut at = moment(random);
        let day = at.midnight();
        if random.chance(25) {
            // A day alone.
            let padded = random.chance(70);
            let text = if padded { at.date() } else { format!("{:04}-{}-{}", at.year, at.month, at.day) };
            return Self::of(text, Item::Moment(day));
        }
        if random.chance(40) {
            at = day;
        }
        let parted = random.pick(&[" ", "T"]);
        let text = match random.below(3) {
            0 => format!("{}{parted}{}{}", at.date(), at.time(), at.fraction()),
            1 => format!("{}{parted}{}.{:09}", at.date(), at.time(), at.nanos),
            _ => {
                let (hour, minute, second) = (at.seconds / 3600, at.seconds / 60 % 60, at.seconds % 60);
                format!("{}{parted}{hour}:{minute}:{second}{}", at.date(), at.fraction())
            }
        };
        Self::of(text, Item::Moment(if kind == Kind::Date { day } else { at }))
    }

    /// What LIKE sees: the text that the value has when it is cast to a string.
    pub fn shown(&self, kind: Kind) -> Sql {
        let Some(item) = &self.item else { return Sql::Null };
        Sql::Text(match item {
            Item::Text(text) => text.clone(),
            Item::Flag(true) => "TRUE".to_owned(),
            Item::Flag(false) => "FALSE".to_owned(),
            Item::Integer(n) => n.to_string(),
            Item::Number(number) => number.plain(),
            Item::Moment(moment) if kind == Kind::Date => moment.date(),
            Item::Moment(moment) => moment.timestamp(),
            // Java's text of a double has its own tests.
            Item::Real(_) => return Sql::Null,
        })
    }
}

/// A number as people write it; one in quotes may have more forms.
pub fn written(number: &Number, quoted: bool, random: &mut Random) -> String {
    let plain = number.plain();
    let Number::Exact { digits, scale } = number else { return plain };
    let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |unsigned| ("-", unsigned));
    let point = if unsigned.contains('.') { "" } else { "." };
    match random.below(8) {
        0 => format!("{sign}0{unsigned}"),
        1 => format!("{sign}{unsigned}{point}00"),
        2 => format!("{digits}e-{scale}"),
        3 if *scale == 0 => format!("{digits}."),
        4 if quoted && *digits >= 0 => format!("+{unsigned}"),
        5 if quoted && *digits == 0 => "-0.0".to_owned(),
        6 if unsigned.starts_with("0.") => format!("{sign}{}", &unsigned[1..]),
        _ => plain,
    }
}

/// A small number, rarely a large one.
pub fn number(random: &mut Random) -> Number {
    match random.below(12) {
        0 => Number::whole(i128::from(i64::MAX) + random.below(2) as i128),
        1 => Number::whole(i128::from(i64::MIN) - random.below(2) as i128),
        2 => Number::whole(10_i128.pow(38) - 1),
        3 => Number::Exact { digits: 1, scale: 38 },
        4..=6 => Number::Exact { digits: random.below(2400) as i128 - 800, scale: 2 },
        _ => Number::whole(random.below(24) as i128 - 8),
    }
}

pub fn moment(random: &mut Random) -> Moment {
    let year: u32 = random.pick(&[1, 1582, 1900, 1969, 1970, 2000, 2023, 2024, 2024, 9999]);
    let month = random.pick(&[1, 2, 2, 3, 10, 12]);
    let leap = [4, 100, 400].into_iter().filter(|years| year.is_multiple_of(*years)).count() % 2 == 1;
    let length = if month == 2 { 28 + u32::from(leap) } else { 31 };
    let day = (random.pick(&[1, 9, 28, 29, 31])).min(length);
    let seconds = random.pick(&[0, 0, 1, 3600, 43_200, 86_399]);
    let nanos = random.pick(&[0, 0, 0, 1, 500_000_000, 999_999_999]);
    Moment { year, month, day, seconds, nanos }
}
