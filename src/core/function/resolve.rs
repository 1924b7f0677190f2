//! From a function and the types of its arguments to a call of it.

use super::call::{Call, Generation, Site, Type};
use super::convert;
use super::result_type::is_number;
use super::table::{CAST, Function, Parameter};
use crate::types::{IntegerWidth, KeyType};

/// A call, and for each argument the conversion that it needs before.
#[derive(Debug)]
pub struct Resolved {
    pub call: Call,
    pub conversions: Vec<Option<Call>>,
    pub result: KeyType,
}

/// Finds out what a call answers and what its arguments are converted to. `declared` is the type that a serialised
/// expression says its answer has. Errors tell what the function does not take.
pub fn call(
    function: &'static Function,
    generation: Generation,
    arguments: &[Type],
    declared: Type,
) -> Result<Resolved, String> {
    let name = function.name;
    let count = arguments.len();
    if function.parameter(0, count).is_none() {
        return Err(format!("{name} takes {} arguments, not {count}", function.wanted()));
    }
    let result = declared.or_else(|| (function.result)(arguments));
    let result = result.ok_or_else(|| format!("{name} does not take ({})", described(arguments)))?;
    let mut conversions = Vec::with_capacity(count);
    let mut types = Vec::with_capacity(count);
    for (at, own) in arguments.iter().enumerate() {
        let refused = || format!("{name} does not take a {} as argument {}", describe(*own), at + 1);
        let parameter = function.parameter(at, count).ok_or_else(refused)?;
        let wanted = match own {
            None => None,
            Some(own) => Some(target(parameter, *own, result).ok_or_else(refused)?),
        };
        conversions.push(own.zip(wanted).and_then(|(own, wanted)| conversion(own, wanted, generation)));
        types.push(wanted);
    }
    let site = Site { generation, arguments: types, result };
    Ok(Resolved { call: Call::typed(function, site), conversions, result })
}

/// The call that converts between two types; none where values are the same in both.
pub fn cast(from: KeyType, to: KeyType, generation: Generation) -> Option<Call> {
    conversion(from, to, generation)
}

fn conversion(from: KeyType, to: KeyType, generation: Generation) -> Option<Call> {
    // A char stays one until it is converted: it is compared without its blanks.
    let is_same = from == to || (to == KeyType::Text && matches!(from, KeyType::Varchar(_)));
    (!is_same).then(|| Call::typed(&CAST, Site { generation, arguments: vec![Some(from)], result: to }))
}

/// What an argument of a type becomes.
fn target(parameter: Parameter, own: KeyType, result: KeyType) -> Option<KeyType> {
    let is_exact = matches!(own, KeyType::Integer(_) | KeyType::Decimal { .. });
    let is_kept = match parameter {
        Parameter::Any | Parameter::Branch => true,
        Parameter::Source => return convert::is_possible(own, result).then_some(own),
        Parameter::Int => return matches!(own, KeyType::Integer(_)).then_some(own),
        Parameter::Condition => return (own == KeyType::Boolean).then_some(own),
        // A char keeps its name where the answer is one.
        Parameter::Text => own.is_text(),
        Parameter::Number => is_number(own),
        Parameter::Day | Parameter::Moment => matches!(own, KeyType::Date | KeyType::Timestamp),
        Parameter::Operand => is_exact && matches!(result, KeyType::Decimal { .. }),
        Parameter::Double | Parameter::Same => false,
    };
    if is_kept {
        return Some(own);
    }
    let wanted = match parameter {
        Parameter::Text => KeyType::Text,
        Parameter::Double => KeyType::Double,
        Parameter::Number if own.is_text() => KeyType::Double,
        Parameter::Day if own.is_text() => KeyType::Date,
        Parameter::Moment if own.is_text() => KeyType::Timestamp,
        Parameter::Same => result,
        Parameter::Operand if is_number(own) || own.is_text() => result,
        _ => return None,
    };
    convert::is_possible(own, wanted).then_some(wanted)
}

fn describe(own: Type) -> &'static str {
    own.map_or("NULL", KeyType::describe)
}

fn described(arguments: &[Type]) -> String {
    arguments.iter().map(|own| describe(*own)).collect::<Vec<_>>().join(", ")
}

/// The type of an integer literal: an int where it has room.
pub fn integer_type(n: i64) -> KeyType {
    let width = if i32::try_from(n).is_ok() { IntegerWidth::Int } else { IntegerWidth::Big };
    KeyType::Integer(width)
}
