//! Random calls of random values: nothing panics, nothing grows without bound, and what has a type is of it.

use proptest::prelude::*;
use proptest::sample::select;

use crate::function::table::TABLE;
use crate::function::{Generation, JavaRegex, Type, call};
use crate::types::{IntegerWidth, KeyType, Value};

const TEXTS: [&str; 22] = [
    "",
    " ",
    "a",
    "-",
    "+",
    ".",
    "5",
    "-9223372036854775808",
    "99999999999999999999",
    "1e308",
    "0x1p3",
    "NaN",
    "2024-02-29",
    "2023-02-30",
    "9999-12-31",
    "0000-01-01",
    "2024-01-01 23:59:59.999999999",
    "é日😀",
    "(a",
    "\\",
    "$1",
    "yyyy-MM-dd'x",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Boolean),
        3 => prop_oneof![any::<i64>(), -3_i64..70, Just(i64::MIN), Just(i64::from(i32::MIN))].prop_map(Value::Integer),
        2 => prop_oneof![any::<f64>(), Just(-0.0), Just(f64::MAX)].prop_map(Value::Double),
        2 => (-10_i128.pow(38) + 1..10_i128.pow(38), 0_u8..=38)
            .prop_map(|(digits, scale)| Value::Decimal { digits, scale }),
        4 => select(TEXTS.to_vec()).prop_map(|text| Value::Text(text.to_owned())),
        2 => "\\PC{0,12}".prop_map(Value::Text),
        2 => prop_oneof![-719_528..=2_932_896_i32, Just(i32::MAX), Just(i32::MIN)].prop_map(Value::Date),
        2 => (-62_167_219_200..253_402_300_800_i64, 0_u32..1_000_000_000)
            .prop_map(|(seconds, nanos)| Value::Timestamp { seconds, nanos }),
    ]
}

fn key_type() -> impl Strategy<Value = Type> {
    use KeyType::{Boolean, Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
    select(vec![
        None,
        Some(Text),
        Some(Varchar(4)),
        Some(Char(3)),
        Some(Boolean),
        Some(Integer(IntegerWidth::Tiny)),
        Some(Integer(IntegerWidth::Int)),
        Some(Integer(IntegerWidth::Big)),
        Some(Float),
        Some(Double),
        Some(Decimal { precision: 38, scale: 38 }),
        Some(Decimal { precision: 38, scale: 0 }),
        Some(Decimal { precision: 5, scale: 2 }),
        Some(Date),
        Some(Timestamp),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Values need not be of the types: an expression's types are what a stranger says they are.
    #[test]
    fn no_call_panics(
        function in select((0..TABLE.len()).collect::<Vec<_>>()),
        arguments in prop::collection::vec((value(), key_type(), any::<bool>()), 0..5),
        declared in key_type(),
        generation in select(vec![Generation::Hive2, Generation::Hive4]),
    ) {
        let types: Vec<Type> = arguments.iter().map(|(_, own, _)| *own).collect();
        let Ok(resolved) = call(&TABLE[function], generation, &types, declared) else { return Ok(()) };
        let converted: Vec<Option<Value>> = arguments.iter().zip(&resolved.conversions).map(|((value, _, known), conversion)| {
            let value = known.then_some(value);
            match conversion {
                Some(conversion) => conversion.evaluate(&[value], None),
                None => value.cloned(),
            }
        }).collect();
        let values: Vec<Option<&Value>> = converted.iter().map(Option::as_ref).collect();
        let pattern = match values.get(1) {
            Some(Some(Value::Text(pattern))) => JavaRegex::new(pattern),
            _ => None,
        };
        let answer = resolved.call.evaluate(&values, pattern.as_ref());
        if let Some(Value::Text(text)) = &answer {
            prop_assert!(text.len() <= 16 * 1024);
        }
        if values.iter().any(Option::is_none) && answer.is_some() {
            let lazy = ["if", "coalesce", "nvl"];
            prop_assert!(lazy.contains(&resolved.call.name()), "{:?} knows what is unknown", resolved.call);
        }
    }

    /// A pattern of any characters compiles within bounds, or is none.
    #[test]
    fn no_pattern_panics(pattern in "[-a-c\\[\\](){}?*+.^$|\\\\0-9:i&~ é]{0,20}", text in "[a-c\\n é]{0,8}") {
        if let Some(regex) = JavaRegex::new(&pattern) {
            for function in TABLE {
                let resolved = call(function, Generation::Hive4, &[Some(KeyType::Text), Some(KeyType::Text)], None);
                if let Ok(resolved) = resolved
                    && resolved.call.pattern_argument().is_some()
                {
                    let values = [Value::Text(text.clone()), Value::Text(pattern.clone())];
                    drop(resolved.call.evaluate(&[Some(&values[0]), Some(&values[1])], Some(&regex)));
                }
            }
        }
    }
}
