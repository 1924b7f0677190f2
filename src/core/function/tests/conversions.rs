//! Conversions between types.

use crate::function::{Generation, convert};
use crate::types::{IntegerWidth, KeyType, Value};

#[test]
fn as_hive_converts() {
    use KeyType::{Boolean, Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
    let big = Integer(IntegerWidth::Big);
    let int = Integer(IntegerWidth::Int);
    let text = |text: &str| Value::Text(text.to_owned());
    let decimal = |digits, scale| Value::Decimal { digits, scale };
    let timestamp = Value::Timestamp { seconds: -1, nanos: 5 };
    let small_decimal = Decimal { precision: 4, scale: 2 };
    let cases = [
        (Value::Integer(300), int, Integer(IntegerWidth::Tiny), Some(Value::Integer(44))),
        (Value::Integer(-32_769), int, Integer(IntegerWidth::Small), Some(Value::Integer(32_767))),
        (Value::Double(-2.9), Double, int, Some(Value::Integer(-2))),
        (Value::Double(1e10), Double, int, Some(Value::Integer(i64::from(i32::MAX)))),
        (Value::Double(f64::NAN), Double, big, Some(Value::Integer(0))),
        (decimal(-29, 1), small_decimal, int, Some(Value::Integer(-2))),
        (decimal(i128::from(i64::MAX) + 1, 0), Decimal { precision: 38, scale: 0 }, big, Some(Value::Null)),
        (text("12.7"), Text, int, Some(Value::Integer(12))),
        (text("300"), Text, Integer(IntegerWidth::Tiny), Some(Value::Null)),
        (text("x"), Text, int, Some(Value::Null)),
        (Value::Boolean(true), Boolean, int, Some(Value::Integer(1))),
        (timestamp.clone(), Timestamp, big, None),
        (text("1.5"), Text, Double, Some(Value::Double(1.5))),
        (decimal(15, 1), small_decimal, Double, Some(Value::Double(1.5))),
        (Value::Double(0.1), Double, Float, Some(Value::Double(f64::from(0.1_f32)))),
        (Value::Date(0), Date, Double, None),
        (text("1.005"), Text, small_decimal, Some(decimal(101, 2))),
        // Digits beyond 38 are rounded by Hive, in its own way.
        (text(&format!("0.{}", "1".repeat(50))), Text, small_decimal, None),
        (Value::Integer(100), int, small_decimal, Some(Value::Null)),
        (Value::Double(1.5), Double, small_decimal, Some(decimal(15, 1))),
        (Value::Double(f64::from(0.1_f32)), Float, small_decimal, Some(decimal(1, 1))),
        (Value::Double(f64::INFINITY), Double, small_decimal, Some(Value::Null)),
        (timestamp.clone(), Timestamp, Date, Some(Value::Date(-1))),
        (text("1970-01-02 10:00:00"), Text, Date, Some(Value::Date(1))),
        (text("1970-02-30"), Text, Date, Some(Value::Null)),
        (Value::Integer(5), int, Date, None),
        (Value::Date(-1), Date, Timestamp, Some(Value::Timestamp { seconds: -86_400, nanos: 0 })),
        (Value::Integer(5), int, Timestamp, None),
        (Value::Integer(0), int, Boolean, Some(Value::Boolean(false))),
        (text("no"), Text, Boolean, Some(Value::Boolean(false))),
        (timestamp, Timestamp, Text, Some(text("1969-12-31 23:59:59.000000005"))),
        (text("é日x"), Text, Varchar(2), Some(text("é日"))),
        (text("a  b"), Text, Char(3), Some(text("a"))),
        (decimal(15, 1), Decimal { precision: 10, scale: 3 }, Text, Some(text("1.500"))),
        (Value::Null, Text, Date, Some(Value::Null)),
    ];
    for (value, from, to, expected) in cases {
        assert_eq!(convert(&value, from, to, Generation::Hive4), expected, "{value:?} to {to:?}");
    }
}
