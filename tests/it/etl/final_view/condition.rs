//! The condition by which a view's text picks partitions of the log: read here by itself, as a filter for the server and as
//! what it means.

/// Picks partitions.
#[derive(Debug, PartialEq)]
pub enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    After { column: String, value: String },
    Among { column: String, values: Vec<String> },
}

/// The rest of a text, and what it is in error messages.
struct Cursor<'t>(&'t str);

impl<'t> Cursor<'t> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.0.trim_start().strip_prefix(word);
        self.0 = found.unwrap_or(self.0);
        found.is_some()
    }

    fn need(&mut self, word: &str) -> Result<(), String> {
        if self.take(word) { Ok(()) } else { Err(format!("{word} is expected before {:.60}", self.0)) }
    }

    fn until(&mut self, end: char) -> Result<&'t str, String> {
        let (before, after) = self.0.split_once(end).ok_or_else(|| format!("no {end} in {:.60}", self.0))?;
        self.0 = after;
        Ok(before)
    }

    /// A text without quotes in it, or a number.
    fn literal(&mut self) -> Result<String, String> {
        if self.take("'") {
            return self.until('\'').map(str::to_owned);
        }
        let rest = self.0.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        self.0 = &rest[end..];
        if end == 0 { Err(format!("no literal before {rest:.60}")) } else { Ok(rest[..end].to_owned()) }
    }
}

impl Condition {
    /// What stands between parentheses at the beginning of `text`, whose names are in backticks.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::primary(&mut Cursor(text))
    }

    fn primary(cursor: &mut Cursor<'_>) -> Result<Self, String> {
        if !cursor.take("(") {
            return Self::comparison(cursor);
        }
        let mut all = vec![Self::primary(cursor)?];
        let word = ["AND", "OR"].into_iter().find(|word| cursor.take(word));
        if let Some(word) = word {
            all.push(Self::primary(cursor)?);
            while cursor.take(word) {
                all.push(Self::primary(cursor)?);
            }
        }
        cursor.need(")")?;
        Ok(if word == Some("AND") { Self::All(all) } else { Self::Any(all) })
    }

    fn comparison(cursor: &mut Cursor<'_>) -> Result<Self, String> {
        cursor.need("`events`.`")?;
        let column = cursor.until('`')?.to_owned();
        if cursor.take(">") {
            return Ok(Self::After { column, value: cursor.literal()? });
        }
        if cursor.take("=") {
            return Ok(Self::Among { column, values: vec![cursor.literal()?] });
        }
        cursor.need("IN")?;
        cursor.need("(")?;
        let mut values = vec![cursor.literal()?];
        while cursor.take(",") {
            values.push(cursor.literal()?);
        }
        cursor.need(")")?;
        Ok(Self::Among { column, values })
    }

    /// As a filter of `get_partitions_by_filter`.
    pub fn filter(&self) -> String {
        let joined = |all: &[Self], word| {
            let all: Vec<String> = all.iter().map(Self::filter).collect();
            format!("({})", all.join(word))
        };
        match self {
            Self::Any(all) => joined(all, " or "),
            Self::All(all) => joined(all, " and "),
            Self::After { column, value } => format!("{column} > {}", quoted(column, value)),
            Self::Among { column, values } => {
                let all: Vec<String> = values.iter().map(|v| format!("{column} = {}", quoted(column, v))).collect();
                format!("({})", all.join(" or "))
            }
        }
    }

    /// Whether it holds for `dt=…/hour=…`.
    pub fn keeps(&self, dt: &str, hour: i64) -> bool {
        let is_hour = |column: &str| column == "hour";
        match self {
            Self::Any(all) => all.iter().any(|one| one.keeps(dt, hour)),
            Self::All(all) => all.iter().all(|one| one.keeps(dt, hour)),
            Self::After { column, value } if is_hour(column) => hour > value.parse().unwrap(),
            Self::After { value, .. } => dt > value.as_str(),
            Self::Among { column, values } if is_hour(column) => values.contains(&hour.to_string()),
            Self::Among { values, .. } => values.iter().any(|value| value == dt),
        }
    }
}

fn quoted(column: &str, value: &str) -> String {
    if column == "hour" { value.to_owned() } else { format!("'{value}'") }
}

#[test]
fn a_condition_is_read_as_it_is_written() {
    let text = "((`events`.`dt` > 'b' OR (`events`.`dt` = 'b' AND `events`.`hour` > 6)) OR \
                (`events`.`dt` = 'a' AND `events`.`hour` IN (3, 4))) `u`";
    let condition = Condition::parse(text).unwrap();
    assert_eq!(
        condition.filter(),
        "((dt > 'b' or ((dt = 'b') and hour > 6)) or ((dt = 'a') and (hour = 3 or hour = 4)))"
    );
    let kept = [("a", 3), ("a", 5), ("b", 6), ("b", 7), ("c", 0)].map(|(dt, hour)| condition.keeps(dt, hour));
    assert_eq!(kept, [true, false, false, true, true]);
    assert!(Condition::parse("(`events`.`dt` < 'b')").is_err() && Condition::parse("(`x`.`dt` = 'b')").is_err());
}
