//! The type in which Hive compares two types (FunctionRegistry.getCommonClassForComparison, as Hive 4.0.1 answers for
//! every pair).

use crate::types::KeyType;

/// None where Hive has no answer, or one that depends on a time zone (timestamps and numbers).
pub(super) fn common_type(left: KeyType, right: KeyType) -> Option<KeyType> {
    use KeyType::{Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
    if left == right {
        return Some(left);
    }
    match (left, right) {
        (Varchar(a), Varchar(b)) => Some(Varchar(a.max(b))),
        (Char(a), Char(b)) => Some(Char(a.max(b))),
        (a, b) if a.is_text() && b.is_text() => Some(Text),
        (Date, Timestamp) | (Timestamp, Date) => Some(Timestamp),
        (day @ (Date | Timestamp), other) | (other, day @ (Date | Timestamp)) if other.is_text() => Some(day),
        // A date meets a number as text.
        (Date, other) | (other, Date) if is_number(other) => Some(Text),
        (a, b) if a.is_text() && is_number(b) || is_number(a) && b.is_text() => Some(Double),
        (a, b) if !is_number(a) || !is_number(b) => None,
        (Double, _) | (_, Double) => Some(Double),
        (Float, _) | (_, Float) => Some(Float),
        (Decimal { precision: p, scale: s }, Decimal { precision: q, scale: t }) => {
            let scale = s.max(t);
            Some(Decimal { precision: ((p - s).max(q - t) + scale).min(38), scale })
        }
        (decimal @ Decimal { .. }, _) | (_, decimal @ Decimal { .. }) => Some(decimal),
        (Integer(a), Integer(b)) => Some(Integer(a.max(b))),
        _ => None,
    }
}

fn is_number(key_type: KeyType) -> bool {
    matches!(key_type, KeyType::Integer(_) | KeyType::Float | KeyType::Double | KeyType::Decimal { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of Hive 4.0.1's own table, printed by running it; `-` is none.
    #[test]
    fn hives_table() {
        let names = ["string", "varchar(5)", "char(9)", "boolean", "tinyint", "bigint", "float", "double", "date"];
        let rows = [
            ("string", "string string string - double double double double date"),
            ("varchar(9)", "string varchar(9) string - double double double double date"),
            ("char(5)", "string string char(9) - double double double double date"),
            ("boolean", "- - - boolean - - - - -"),
            ("int", "double double double - int bigint float double string"),
            ("float", "double double double - float float float double string"),
            ("double", "double double double - double double double double string"),
            ("date", "date date date - string string string string date"),
        ];
        for (left, expected) in rows {
            for (right, expected) in names.iter().zip(expected.split(' ')) {
                let expected = (expected != "-").then(|| KeyType::parse(expected));
                let (left, right) = (KeyType::parse(left), KeyType::parse(right));
                assert_eq!(common_type(left, right), expected, "{left:?} {right:?}");
                assert_eq!(common_type(right, left), expected, "{right:?} {left:?}");
            }
        }
        let common = |left, right| common_type(KeyType::parse(left), KeyType::parse(right));
        assert_eq!(common("decimal(10,2)", "decimal(12,4)"), Some(KeyType::parse("decimal(12,4)")));
        assert_eq!(common("decimal(10,2)", "float"), Some(KeyType::Float));
        assert_eq!(common("decimal(10,2)", "string"), Some(KeyType::Double));
        assert_eq!(common("timestamp", "date"), Some(KeyType::Timestamp));
        assert_eq!(common("timestamp", "varchar(3)"), Some(KeyType::Timestamp));
        assert_eq!(common("timestamp", "int"), None);
    }
}
