//! Values of the model, and how SQLite keeps them so that its own comparison is the right one.

/// A value in SQLite. Its columns have no affinity, so that nothing is converted.
#[derive(Debug, Clone, PartialEq)]
pub enum Sql {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
}

/// A value of a type, known by the way it was made and not by reading.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Text(String),
    Flag(bool),
    Integer(i64),
    Number(Number),
    Real(f64),
    Moment(Moment),
}

/// An exact number, or one that is beyond all those.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// `digits * 10^-scale`.
    Exact {
        digits: i128,
        scale: u32,
    },
    Huge {
        negative: bool,
    },
}

/// A day of the calendar, and what of it went by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub year: u32,
    pub month: u32,
    pub day: u32,
    pub seconds: u32,
    pub nanos: u32,
}

impl Item {
    /// As SQLite keeps it: integers, booleans and doubles as they are (NaN, which SQLite does not know, as a text: text
    /// is greater than every number), exact numbers and moments as texts that sort as they do.
    pub fn sql(&self) -> Sql {
        match self {
            Self::Text(text) => Sql::Text(text.clone()),
            Self::Flag(flag) => Sql::Integer(i64::from(*flag)),
            Self::Integer(n) => Sql::Integer(*n),
            Self::Number(number) => Sql::Text(number.sorting()),
            Self::Real(real) if real.is_nan() => Sql::Text("NaN".to_owned()),
            Self::Real(real) => Sql::Real(*real),
            Self::Moment(moment) => Sql::Text(moment.sorting()),
        }
    }
}

impl Number {
    pub fn whole(n: i128) -> Self {
        Self::Exact { digits: n, scale: 0 }
    }

    /// 39 digits before the point and 38 behind it, complements of 9 where negative, behind a digit for the sign.
    fn sorting(&self) -> String {
        let (digits, scale) = match self {
            Self::Huge { negative } => return if *negative { "/" } else { "2" }.to_owned(),
            Self::Exact { digits, scale } => (*digits, *scale),
        };
        let unit = 10_u128.pow(scale);
        let (whole, fraction) = (digits.unsigned_abs() / unit, digits.unsigned_abs() % unit);
        let magnitude = format!("{whole:039}{:038}", fraction * 10_u128.pow(38 - scale));
        if digits >= 0 {
            return format!("1{magnitude}");
        }
        let complement = magnitude.bytes().map(|digit| char::from(b'9' - (digit - b'0')));
        std::iter::once('0').chain(complement).collect()
    }

    /// Digits and a point, no more zeros than needed.
    pub fn plain(&self) -> String {
        let (digits, scale) = match self {
            Self::Huge { negative } => return if *negative { "-1e300" } else { "1e300" }.to_owned(),
            Self::Exact { digits, scale } => (*digits, *scale),
        };
        let sign = if digits < 0 { "-" } else { "" };
        let padded = format!("{:0width$}", digits.unsigned_abs(), width = scale as usize + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale as usize);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// The nearest double.
    pub fn real(&self) -> f64 {
        self.plain().parse().unwrap()
    }
}

impl Moment {
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    pub fn midnight(self) -> Self {
        Self { seconds: 0, nanos: 0, ..self }
    }

    pub fn time(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)
    }

    /// `.f`, without needless zeros; nothing where there is no fraction.
    pub fn fraction(&self) -> String {
        let fraction = format!(".{:09}", self.nanos);
        fraction.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    pub fn timestamp(&self) -> String {
        format!("{} {}{}", self.date(), self.time(), self.fraction())
    }

    fn sorting(&self) -> String {
        format!("{} {}.{:09}", self.date(), self.time(), self.nanos)
    }
}
