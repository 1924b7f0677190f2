//! What a filter leaves to a key, told without looking at any partition: by it, names of partitions are looked up.

use super::ast::{CompareOp, Expr, Value};
use super::bound::Filter;
use crate::types::{KeyType, calendar};

/// Texts that a partition may have for a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fixed {
    /// This one.
    Text(String),
    /// All that begin so.
    Beginning(String),
}

impl Filter {
    /// The texts that a key can have in partitions that the filter keeps, where its top (an AND, if it has several
    /// parts) demands that the key be equal to one of them. For every other text the filter is False, but for those
    /// that are NULL for the key's type; for these it is never True.
    ///
    /// Only of keys whose values are what their texts are: not of numbers (`05` equals 5) nor of char (blanks).
    pub fn fixed(&self, key: usize) -> Option<Vec<Fixed>> {
        let key_type = self.key_types().get(key)?;
        let parts = match self.expr() {
            Expr::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        parts.iter().find_map(|part| {
            let literals = literals(part, key)?;
            let texts: Option<Vec<Vec<Fixed>>> =
                literals.into_iter().map(|literal| texts(literal.as_literal()?, *key_type)).collect();
            Some(texts?.into_iter().flatten().collect())
        })
    }
}

/// What a key must be equal to for a part to be neither False nor NULL.
fn literals(part: &Expr, key: usize) -> Option<Vec<&Expr>> {
    let is_key = |expr: &Expr| expr.as_key() == Some(&key);
    match part {
        Expr::Compare { op: CompareOp::Equal | CompareOp::NullSafeEqual, left, right } if is_key(left) => {
            Some(vec![right])
        }
        Expr::Compare { op: CompareOp::Equal | CompareOp::NullSafeEqual, left, right } if is_key(right) => {
            Some(vec![left])
        }
        Expr::In { operands, rows } => {
            let place = operands.iter().position(is_key)?;
            rows.iter().map(|row| row.get(place)).collect()
        }
        Expr::Literal(_)
        | Expr::Key(_)
        | Expr::Call { .. }
        | Expr::Compare { .. }
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::IsNull(_)
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::Unknown(_) => None,
    }
}

/// All texts that are this value of a key.
fn texts(literal: &Value, key_type: KeyType) -> Option<Vec<Fixed>> {
    match (key_type, literal) {
        (KeyType::Text | KeyType::Varchar(_), Value::Text(text)) => Some(vec![Fixed::Text(text.clone())]),
        (KeyType::Date, Value::Date(days)) => Some(days_texts(*days)),
        _ => None,
    }
}

/// The texts of a day: month and day may have one digit, and a time may follow.
fn days_texts(days: i32) -> Vec<Fixed> {
    let (year, month, day) = calendar::civil(days);
    let digits = |n: u32| {
        let short = (n < 10).then(|| n.to_string());
        std::iter::once(format!("{n:02}")).chain(short)
    };
    let mut texts = Vec::new();
    for month in digits(month) {
        for day in digits(day) {
            let date = format!("{year:04}-{month}-{day}");
            texts.extend([' ', 'T'].map(|part| Fixed::Beginning(format!("{date}{part}"))));
            texts.push(Fixed::Text(date));
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::filter::{Reading, Truth};
    use crate::table::Column;

    fn keys() -> Vec<Column> {
        let key = |name: &str, kind: &str| Column { name: name.into(), type_name: Some(kind.into()), comment: None };
        vec![key("s", "string"), key("d", "date"), key("n", "int"), key("c", "char(4)"), key("v", "varchar(9)")]
    }

    fn fixed(text: &str, key: usize) -> Option<Vec<Fixed>> {
        Filter::parse(text, &keys()).unwrap().fixed(key)
    }

    fn is(text: &str) -> Fixed {
        Fixed::Text(text.to_owned())
    }

    #[test]
    fn equalities_at_the_top_fix_a_key_of_text() {
        assert_eq!(fixed("s = 'x'", 0), Some(vec![is("x")]));
        assert_eq!(fixed("'x' = S and n > 5", 0), Some(vec![is("x")]));
        assert_eq!(fixed("n = 5 and s in ('x', 'y')", 0), Some(vec![is("x"), is("y")]));
        assert_eq!(fixed("s = 'x' or s = 'y'", 0), Some(vec![is("x"), is("y")]));
        assert_eq!(fixed("(struct(s, n)) in (struct('x', 1), struct('y', 2))", 0), Some(vec![is("x"), is("y")]));
        assert_eq!(fixed("v = 'x'", 4), Some(vec![is("x")]));
        for text in [
            "s = 'x' or n = 5",
            "not s = 'x'",
            "s != 'x'",
            "s > 'x'",
            "s like 'x'",
            "s = 5",
            "s in ('x', 5)",
            "s = '__HIVE_DEFAULT_PARTITION__'",
            "s in ('x', '__HIVE_DEFAULT_PARTITION__')",
            "",
        ] {
            assert_eq!(fixed(text, 0), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_padded_texts_are_not_what_their_texts_are() {
        assert_eq!(fixed("n = 5", 2), None);
        assert_eq!(fixed("n in (5, 6)", 2), None);
        assert_eq!(fixed("n = '5'", 2), None);
        assert_eq!(fixed("c = 'x'", 3), None);
        assert_eq!(fixed("s = 'x'", 9), None);
    }

    #[test]
    fn a_day_has_all_its_texts() {
        let texts = fixed("d = '2024-03-10'", 1).unwrap();
        for text in ["2024-03-10", "2024-3-10"] {
            assert!(texts.contains(&is(text)));
            assert!(texts.contains(&Fixed::Beginning(format!("{text} "))));
        }
        assert_eq!(fixed("d = date '2024-12-31'", 1).unwrap().len(), 3);
        assert_eq!(fixed("d = timestamp '2024-12-31 00:00:00'", 1), None);
    }

    fn value() -> impl Strategy<Value = String> {
        let date = (0_i32..3, 1_u32..13, 9_u32..12, 0..4).prop_map(|(year, month, day, form)| match form {
            0 => format!("200{year}-{month:02}-{day:02}"),
            1 => format!("200{year}-{month}-{day}"),
            2 => format!("200{year}-{month}-{day:02} 1{year}:00:00"),
            _ => format!("200{year}-{month:02}-{day}T0{year}:1:2.5"),
        });
        prop_oneof![date, "[ab]{0,2}", "0?[0-2]", Just(crate::name::DEFAULT_PARTITION.to_owned()), "[ab] {0,2}"]
    }

    fn condition() -> impl Strategy<Value = String> {
        let date = (0_i32..3, 1_u32..13, 9_u32..12).prop_map(|(y, m, d)| format!("200{y}-{m:02}-{d:02}"));
        prop_oneof![
            "[ab]{0,2}".prop_map(|text| format!("s = '{text}'")),
            ("[ab]{0,2}", "[ab]{0,2}").prop_map(|(a, b)| format!("s in ('{a}', '{b}')")),
            "[ab]{0,2}".prop_map(|text| format!("v = '{text}'")),
            "[ab] {0,2}".prop_map(|text| format!("c = '{text}'")),
            date.clone().prop_map(|date| format!("d = '{date}'")),
            (date.clone(), date).prop_map(|(a, b)| format!("d in ('{a}', date '{b}')")),
            (0..3).prop_map(|n| format!("n = {n}")),
            (0..3).prop_map(|n| format!("n > {n}")),
        ]
    }

    fn filter() -> impl Strategy<Value = String> {
        prop::collection::vec((condition(), any::<bool>()), 1..4).prop_map(|parts| {
            let mut text = String::new();
            for (at, (part, is_or)) in parts.into_iter().enumerate() {
                text += if at == 0 {
                    ""
                } else if is_or {
                    " or "
                } else {
                    " and "
                };
                text += &part;
            }
            text
        })
    }

    proptest! {
        #[test]
        fn what_has_another_text_is_not_kept(text in filter(), rows in prop::collection::vec(prop::collection::vec(value(), 5), 1..30)) {
            let filter = Filter::parse(&text, &keys()).unwrap();
            for values in rows {
                let truth = filter.evaluate(&filter.values(&values), Reading::Sql);
                for (key, value) in values.iter().enumerate() {
                    let Some(fixed) = filter.fixed(key) else { continue };
                    let may_be = fixed.iter().any(|fixed| match fixed {
                        Fixed::Text(text) => text == value,
                        Fixed::Beginning(text) => value.starts_with(text.as_str()),
                    });
                    if !may_be {
                        prop_assert_ne!(truth, Truth::True, "{} {:?}", text, values);
                        if !filter.value(key, value).is_null() {
                            prop_assert_eq!(truth, Truth::False, "{} {:?}", text, values);
                        }
                    }
                }
            }
        }
    }
}
