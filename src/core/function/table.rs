//! The functions: what they are called, what they take, what they answer. One line each; the families' files evaluate.

use super::call::Site;
use super::regex::{self, JavaRegex};
use super::result_type::{self as of, Rule};
use super::{arithmetic, conditional, convert, date, date_format, date_math, math, pad, search, text};
use crate::types::Value;

/// One of Hive's functions.
pub struct Function {
    pub name: &'static str,
    /// Other names in filter texts.
    pub aliases: &'static [&'static str],
    /// Hive's classes, without their package.
    pub classes: &'static [&'static str],
    /// The last one may be there once, not at all, or again and again, by `arity`.
    pub parameters: &'static [Parameter],
    pub arity: Arity,
    pub result: Rule,
    pub kernel: Kernel,
}

/// What an argument is converted to before the function sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// As it is.
    Any,
    /// As it is, where it can become what the answer is.
    Source,
    Text,
    /// An integer of any width; others are refused.
    Int,
    Double,
    /// A number; a text becomes a double.
    Number,
    /// A date or timestamp; a text becomes a date.
    Day,
    /// A date or timestamp; a text becomes a timestamp.
    Moment,
    Condition,
    /// The answer's type.
    Same,
    /// The answer's type; integers and decimals stay exact where that is a decimal.
    Operand,
    /// Conditions and values by turns, the last one may be a value.
    Branch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    Exact,
    /// So many of the last may be missing.
    Optional(usize),
    /// The last one, any number of times, so that there are at least as many.
    AtLeast(usize),
}

/// How a function is evaluated.
pub enum Kernel {
    /// NULL where an argument is, unknown where one is.
    Strict(fn(&Site, &[&Value]) -> Option<Value>),
    /// Sees arguments that are NULL, or unknown (none).
    Lenient(fn(&Site, &[Option<&Value>]) -> Option<Value>),
    /// Strict; its second argument is a pattern.
    Pattern(fn(&JavaRegex, &[&Value]) -> Option<Value>),
}

use Arity::{AtLeast, Exact, Optional};
use Kernel::{Lenient, Pattern, Strict};
use Parameter::{Any, Branch, Condition, Day, Double, Int, Moment, Number, Operand, Same, Source, Text};

const fn new(
    name: &'static str,
    classes: &'static [&'static str],
    parameters: &'static [Parameter],
    result: Rule,
    kernel: Kernel,
) -> Function {
    Function { name, aliases: &[], classes, parameters, arity: Exact, result, kernel }
}

impl Function {
    const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn optional(self, count: usize) -> Self {
        Self { arity: Optional(count), ..self }
    }

    const fn at_least(self, count: usize) -> Self {
        Self { arity: AtLeast(count), ..self }
    }

    /// What the argument at a place is converted to; none where the function does not take so many, or more.
    pub(super) fn parameter(&self, at: usize, count: usize) -> Option<Parameter> {
        let all = self.parameters.len();
        let fits = match self.arity {
            Exact => count == all,
            Optional(missing) => (all - missing..=all).contains(&count),
            AtLeast(least) => count >= least,
        };
        let parameter = self.parameters.get(at).or(self.parameters.last()).copied().filter(|_| fits)?;
        Some(match parameter {
            Branch if at.is_multiple_of(2) && at + 1 < count => Condition,
            Branch => Same,
            other => other,
        })
    }

    /// How many arguments it takes, in words.
    pub(super) fn wanted(&self) -> String {
        let all = self.parameters.len();
        match self.arity {
            Exact => all.to_string(),
            Optional(missing) => format!("{} to {all}", all - missing),
            AtLeast(least) => format!("{least} or more"),
        }
    }
}

/// A conversion, by whichever name it is called.
const fn conversion(name: &'static str, classes: &'static [&'static str], result: Rule) -> Function {
    new(name, classes, &[Source], result, Strict(convert::kernel))
}

/// The conversion to a type that its call tells.
pub static CAST: Function =
    conversion("cast", &["GenericUDFToVarchar", "GenericUDFToChar", "GenericUDFToDecimal"], |_| None);

pub static CASE: Function = new("case", &[], &[Branch], of::common_of_branches, Lenient(conditional::case)).at_least(2);

/// Of these Hive's driver serialises what a query calls.
pub static TABLE: &[Function] = &[
    conversion("tinyint", &["UDFToByte"], of::tiny),
    conversion("smallint", &["UDFToShort"], of::small),
    conversion("int", &["UDFToInteger"], of::int),
    conversion("bigint", &["UDFToLong"], of::big),
    conversion("float", &["UDFToFloat"], of::float),
    conversion("double", &["UDFToDouble"], of::double),
    conversion("string", &["UDFToString", "GenericUDFToString"], of::text),
    conversion("boolean", &["UDFToBoolean"], of::boolean),
    conversion("date", &["GenericUDFToDate"], of::date),
    conversion("timestamp", &["GenericUDFTimestamp"], of::timestamp),
    // Conditions.
    new("if", &["GenericUDFIf"], &[Condition, Same, Same], of::common_of_rest, Lenient(conditional::choose)),
    new("coalesce", &["GenericUDFCoalesce"], &[Same], of::common, Lenient(conditional::coalesce)).at_least(1),
    new("nvl", &["GenericUDFNvl"], &[Same, Same], of::common, Lenient(conditional::coalesce)),
    new("nullif", &["GenericUDFNullif"], &[Any, Any], of::first, Lenient(conditional::null_if)),
    new("isnull", &[], &[Any], of::boolean, Lenient(conditional::is_null)),
    new("isnotnull", &[], &[Any], of::boolean, Lenient(conditional::is_not_null)),
    new("greatest", &["GenericUDFGreatest"], &[Same], of::common, Strict(conditional::greatest)).at_least(2),
    new("least", &["GenericUDFLeast"], &[Same], of::common, Strict(conditional::least)).at_least(2),
    // Arithmetic.
    new(
        "plus",
        &["GenericUDFOPPlus", "GenericUDFOPNumericPlus"],
        &[Operand, Operand],
        of::sum,
        Strict(arithmetic::plus),
    ),
    new(
        "minus",
        &["GenericUDFOPMinus", "GenericUDFOPNumericMinus"],
        &[Operand, Operand],
        of::sum,
        Strict(arithmetic::minus),
    ),
    new("times", &["GenericUDFOPMultiply"], &[Operand, Operand], of::product, Strict(arithmetic::times)),
    new("divide", &["GenericUDFOPDivide"], &[Operand, Operand], of::quotient, Strict(arithmetic::divide)),
    new("mod", &["GenericUDFOPMod"], &[Operand, Operand], of::remainder, Strict(arithmetic::remainder)),
    new("pmod", &["GenericUDFPosMod"], &[Operand, Operand], of::remainder, Strict(arithmetic::positive_remainder)),
    new("div", &["UDFOPLongDivide"], &[Operand, Operand], of::bits, Strict(arithmetic::whole_divide)),
    new("negative", &["GenericUDFOPNegative"], &[Operand], of::first_number, Strict(arithmetic::negative)),
    new("positive", &["GenericUDFOPPositive"], &[Operand], of::first_number, Strict(arithmetic::positive)),
    new("bitand", &["UDFOPBitAnd"], &[Operand, Operand], of::bits, Strict(arithmetic::bit_and)),
    new("bitor", &["UDFOPBitOr"], &[Operand, Operand], of::bits, Strict(arithmetic::bit_or)),
    new("bitxor", &["UDFOPBitXor"], &[Operand, Operand], of::bits, Strict(arithmetic::bit_xor)),
    new("bitnot", &["UDFOPBitNot"], &[Operand], of::bits, Strict(arithmetic::bit_not)),
    // Numbers.
    new("abs", &["GenericUDFAbs"], &[Number], of::absolute, Strict(math::abs)),
    new("sign", &["UDFSign"], &[Number], of::sign, Strict(math::sign)),
    new("sqrt", &["UDFSqrt"], &[Double], of::double, Strict(math::sqrt)),
    new("power", &["GenericUDFPower"], &[Double, Double], of::double, Strict(math::power)).or(&["pow"]),
    new("floor", &["GenericUDFFloor"], &[Number], of::whole, Strict(math::floor)),
    new("ceil", &["GenericUDFCeil"], &[Number], of::whole, Strict(math::ceil)).or(&["ceiling"]),
    new("round", &["GenericUDFRound"], &[Number, Int], of::rounded, Strict(math::round)).optional(1),
    // Texts.
    new("concat", &["GenericUDFConcat"], &[Text], of::joined, Strict(text::concat)).at_least(1),
    new("concat_ws", &["GenericUDFConcatWS"], &[Text], of::text, Lenient(text::concat_with)).at_least(2),
    new("substr", &["UDFSubstr"], &[Text, Int, Int], of::text, Strict(text::substring))
        .or(&["substring", "mid"])
        .optional(1),
    new("upper", &["GenericUDFUpper"], &[Text], of::first_text, Strict(text::upper)).or(&["ucase"]),
    new("lower", &["GenericUDFLower"], &[Text], of::first_text, Strict(text::lower)).or(&["lcase"]),
    new("initcap", &["GenericUDFInitCap"], &[Text], of::text, Strict(text::initcap)),
    new("trim", &["GenericUDFTrim"], &[Text], of::text, Strict(text::trim)),
    new("ltrim", &["GenericUDFLTrim"], &[Text], of::text, Strict(text::trim_left)),
    new("rtrim", &["GenericUDFRTrim"], &[Text], of::text, Strict(text::trim_right)),
    new("length", &["GenericUDFLength", "GenericUDFCharacterLength"], &[Text], of::int, Strict(text::length))
        .or(&["char_length", "character_length"]),
    new("octet_length", &["GenericUDFOctetLength"], &[Text], of::int, Strict(text::length_in_bytes)),
    new("reverse", &["UDFReverse"], &[Text], of::text, Strict(text::reverse)),
    new("repeat", &["UDFRepeat"], &[Text, Int], of::text, Strict(text::repeat)),
    new("space", &["UDFSpace"], &[Int], of::text, Strict(text::space)),
    new("ascii", &["UDFAscii"], &[Text], of::int, Strict(text::ascii)),
    new("chr", &["UDFChr"], &[Int], of::text, Strict(search::character)),
    new("lpad", &["GenericUDFLpad"], &[Text, Int, Text], of::text, Strict(pad::left)),
    new("rpad", &["GenericUDFRpad"], &[Text, Int, Text], of::text, Strict(pad::right)),
    new("instr", &["GenericUDFInstr"], &[Text, Text], of::int, Strict(search::position)),
    new("locate", &["GenericUDFLocate"], &[Text, Text, Int], of::int, Strict(search::locate)).optional(1),
    new("replace", &["UDFReplace"], &[Text, Text, Text], of::text, Strict(search::replace)),
    new("translate", &["GenericUDFTranslate"], &[Text, Text, Text], of::text, Strict(search::translate)),
    new(
        "substring_index",
        &["GenericUDFSubstringIndex"],
        &[Text, Text, Int],
        of::text,
        Strict(search::substring_index),
    ),
    new("field", &["GenericUDFField"], &[Any], of::int, Lenient(search::field)).at_least(2),
    new("elt", &["GenericUDFElt"], &[Int, Text], of::text, Lenient(search::element)).at_least(2),
    new("rlike", &["GenericUDFRegExp", "UDFRegExp"], &[Text, Text], of::boolean, Pattern(regex::matches))
        .or(&["regexp"]),
    new("regexp_replace", &["UDFRegExpReplace"], &[Text, Text, Text], of::text, Pattern(regex::replace)),
    new("regexp_extract", &["UDFRegExpExtract"], &[Text, Text, Int], of::text, Pattern(regex::extract)).optional(1),
    new("split_part_regexp", &[], &[Text, Text, Int], of::text, Pattern(regex::split_part)),
    // Dates.
    new("to_date", &["GenericUDFDate"], &[Day], of::date, Strict(date::to_date)),
    new("year", &["UDFYear"], &[Day], of::int, Strict(date::year)),
    new("quarter", &["GenericUDFQuarter"], &[Day], of::int, Strict(date::quarter)),
    new("month", &["UDFMonth"], &[Day], of::int, Strict(date::month)),
    new("day", &["UDFDayOfMonth"], &[Day], of::int, Strict(date::day_of_month)).or(&["dayofmonth"]),
    new("dayofweek", &["UDFDayOfWeek"], &[Day], of::int, Strict(date::day_of_week)),
    new("weekofyear", &["UDFWeekOfYear"], &[Day], of::int, Strict(date::week_of_year)),
    new("hour", &["UDFHour"], &[Moment], of::int, Strict(date::hour)),
    new("minute", &["UDFMinute"], &[Moment], of::int, Strict(date::minute)),
    new("second", &["UDFSecond"], &[Moment], of::int, Strict(date::second)),
    new("date_add", &["GenericUDFDateAdd"], &[Day, Int], of::date, Strict(date_math::date_add)),
    new("date_sub", &["GenericUDFDateSub"], &[Day, Int], of::date, Strict(date_math::date_sub)),
    new("datediff", &["GenericUDFDateDiff"], &[Day, Day], of::int, Strict(date_math::date_diff)),
    new("add_months", &["GenericUDFAddMonths"], &[Day, Int], of::text, Strict(date_math::add_months)),
    new(
        "months_between",
        &["GenericUDFMonthsBetween"],
        &[Moment, Moment],
        of::double,
        Strict(date_math::months_between),
    ),
    new("last_day", &["GenericUDFLastDay"], &[Day], of::text, Strict(date_math::last_day)),
    new("next_day", &["GenericUDFNextDay"], &[Day, Text], of::text, Strict(date_math::next_day)),
    new("trunc", &["GenericUDFTrunc"], &[Day, Text], of::text, Strict(date_math::trunc)),
    new("date_format", &["GenericUDFDateFormat"], &[Moment, Text], of::text, Strict(date_format::date_format)),
];
