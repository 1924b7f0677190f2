//! Calls of Hive's functions, as its driver puts them into expressions.

use super::evaluation::table;
use crate::filter::{Reading, Truth};
use crate::function::Generation;
use crate::kryo::{ClientZone, Constant, Decoded, Function, Node, NodeType, Style, decode, filter};
use crate::name::DEFAULT_PARTITION;
use crate::types::Value;

fn of_type(name: &str) -> NodeType {
    NodeType(name.to_owned())
}

fn column(name: &str, type_name: &str) -> Node {
    Node::Column { name: name.to_owned(), node_type: of_type(type_name) }
}

fn constant(value: Value, type_name: &str) -> Node {
    Node::Constant { value: Constant::Value(value), node_type: of_type(type_name) }
}

fn text(text: &str) -> Node {
    constant(Value::Text(text.to_owned()), "string")
}

fn int(n: i64) -> Node {
    constant(Value::Integer(n), "int")
}

fn generic(class: &str, children: impl Into<Vec<Node>>, type_name: &str) -> Node {
    let function = Function::Generic(class.to_owned());
    Node::Function { function, children: children.into(), node_type: of_type(type_name) }
}

fn bridge(class: &str, children: impl Into<Vec<Node>>, type_name: &str) -> Node {
    let (name, class) = (class.to_lowercase(), format!("org.apache.hadoop.hive.ql.udf.{class}"));
    let function = Function::Bridge { name, class, is_operator: false };
    Node::Function { function, children: children.into(), node_type: of_type(type_name) }
}

fn condition(op: &str, left: Node, right: Node) -> Node {
    generic(&format!("GenericUDFOP{op}"), [left, right], "boolean")
}

/// One letter a row of the table.
fn letters(node: &Node, generation: Generation) -> String {
    let table = table();
    let filter = filter(node, generation, &table.keys, DEFAULT_PARTITION, ClientZone::Unknown).unwrap();
    let truth = |row: &Vec<String>| match filter.evaluate(&filter.values(row), Reading::Sql) {
        Truth::True => 'T',
        Truth::False => 'F',
        Truth::Null => 'N',
        Truth::Unknown => 'U',
    };
    table.rows().iter().map(truth).collect()
}

fn check(node: &Node, expected: &str) {
    for generation in [Generation::Hive2, Generation::Hive4] {
        assert_eq!(letters(node, generation), expected, "{node} in {generation:?}");
    }
}

#[test]
fn dates() {
    let year = condition("Equal", generic("UDFYear", [column("dt", "date")], "int"), int(2020));
    assert_eq!(letters(&year, Generation::Hive4), "TTFFNNTFTN");
    // The year 1 has other days in Hive 2's calendar.
    let year = condition("Equal", bridge("UDFYear", [column("dt", "date")], "int"), int(2020));
    assert_eq!(letters(&year, Generation::Hive2), "TTFFNNTUTN");
    let later = generic("GenericUDFDateAdd", [column("dt", "date"), int(30)], "date");
    let day = constant(Value::Date(18_292), "date");
    assert_eq!(letters(&condition("GreaterThan", later, day), Generation::Hive4), "TFFTNNTFTN");
    let of_text = condition("EqualOrGreaterThan", bridge("UDFYear", [column("ds", "string")], "int"), int(2020));
    assert_eq!(letters(&of_text, Generation::Hive4), "TNNNNTNNNN");
}

#[test]
fn texts() {
    let part = bridge("UDFSubstr", [column("ds", "string"), int(1), int(4)], "string");
    check(&condition("Equal", part, text("2020")), "TFFFNTFUFT");
    let split = generic("GenericUDFSplit", [column("ds", "string"), text("-")], "array<string>");
    let part = generic("GenericUDFIndex", [split, int(1)], "string");
    check(&condition("Equal", part, text("01")), "TNNNNTNNNT");
    check(&generic("GenericUDFRegExp", [column("ds", "string"), text("^[0-9]+$")], "boolean"), "FFFFNFTFFF");
    // A pattern that is no constant, and one that linear time has not.
    let same = generic("GenericUDFRegExp", [column("ds", "string"), column("vc", "varchar(10)")], "boolean");
    check(&same, "UUUUNUUUUU");
    check(&generic("GenericUDFRegExp", [column("ds", "string"), text("(a)\\1")], "boolean"), "UUUUNUUUUU");
}

#[test]
fn choices() {
    let known = generic("GenericUDFCoalesce", [column("hr", "int"), int(-1)], "int");
    check(&condition("GreaterThan", known, int(4)), "TFFTFTFFTF");
    let is_small = condition("LessThan", column("hr", "int"), int(3));
    let chosen = generic("GenericUDFIf", [is_small, column("ds", "string"), text("no")], "string");
    check(&condition("Equal", chosen, text("no")), "TFFTTTTFTT");
    let case = [column("ds", "string"), text("a"), int(1), text("b"), int(2), int(3)];
    check(&condition("EqualOrGreaterThan", generic("GenericUDFCase", case, "int"), int(2)), "TFTTTTTTTT");
    let is_large = condition("GreaterThan", column("hr", "int"), int(4));
    let when = generic("GenericUDFWhen", [is_large, text("x")], "string");
    check(&condition("Equal", when, text("x")), "TNNTNTNNTN");
}

#[test]
fn numbers() {
    let rest = generic("GenericUDFOPMod", [column("hr", "int"), int(2)], "int");
    check(&condition("Equal", rest, int(1)), "TTFFNTNFTN");
    let one = constant(Value::Integer(1), "int");
    let sum = generic("GenericUDFOPPlus", [column("dc", "decimal(10,2)"), one], "decimal(13,2)");
    let wanted = constant(Value::Decimal { digits: 25, scale: 1 }, "decimal(2,1)");
    check(&condition("Equal", sum, wanted), "TTFFNNFFTN");
    // Hive's reader of integers knows no exponent: what is no number for it keeps nothing by `= 1000`.
    let cast = bridge("UDFToInteger", [text("1e3")], "int");
    check(&condition("Equal", cast, int(1000)), "NNNNNNNNNN");
}

/// Whatever surrounds a function that is not known here still decides where it can.
#[test]
fn other_functions_are_unknown() {
    let other = condition("Equal", generic("GenericUDFSha2", [column("ds", "string"), int(1)], "string"), text("x"));
    check(&other, "UUUUUUUUUU");
    let own = Function::Bridge { name: "year".into(), class: "com.example.UDFYear".into(), is_operator: false };
    let own = Node::Function { function: own, children: vec![column("dt", "date")], node_type: of_type("int") };
    check(&condition("Equal", own, int(2020)), "UUUUUUUUUU");
    let either = generic("GenericUDFOPOr", [other.clone(), condition("Equal", column("hr", "int"), int(5))], "boolean");
    check(&either, "TUUUUUUUTU");
    let known =
        generic("GenericUDFCoalesce", [column("ds", "string"), generic("GenericUDFSha2", [], "string")], "string");
    check(&condition("Equal", known, text("a")), "FTFFUFFFFF");
}

/// A tree of calls within calls is bounded, as are its texts.
#[test]
fn large_calls_are_unknown() {
    let mut long = text("ab");
    for _ in 0..20 {
        long = generic("GenericUDFConcat", [long.clone(), bridge("UDFRepeat", [long, int(9)], "string")], "string");
        if long.to_string().len() > 100_000 {
            break;
        }
    }
    check(&condition("Equal", long, text("x")), "UUUUUUUUUU");
    let mut deep = column("ds", "string");
    for _ in 0..300 {
        deep = generic("GenericUDFUpper", [deep], "string");
    }
    check(&condition("Equal", deep, text("A")), "UUUUUUUUUU");
}

/// A class by its name: told once, then by its number.
fn named(number: u8, name: &str) -> Vec<u8> {
    let mut bytes = vec![1, number];
    bytes.extend(ended(name));
    bytes
}

/// ASCII, of which the last byte has a bit more.
fn ended(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last |= 0x80;
    }
    bytes
}

/// `month(dt) = 2` of Hive 4, whose function holds a calendar.
#[test]
fn a_function_with_a_calendar() {
    const PLAN: &str = "org.apache.hadoop.hive.ql.plan.";
    let plan = |number, name: &str| named(number, &format!("{PLAN}{name}"));
    let parts: Vec<Vec<u8>> = vec![
        plan(0, "ExprNodeGenericFuncDesc"),
        vec![1],
        named(1, "java.util.ArrayList"),
        vec![1, 3, 1, 0, 1, 1, 1, 1, 0x82],
        plan(2, "ExprNodeColumnDesc"),
        vec![0, 1, 1],
        // One letter is two bytes long with its length, unlike longer texts.
        vec![0x83, b'd', b't', 1, 0, 1, 0x82, b't'],
        named(3, "org.apache.hadoop.hive.serde2.typeinfo.PrimitiveTypeInfo"),
        vec![1, 1],
        ended("date"),
        named(4, "org.apache.hadoop.hive.ql.udf.UDFMonth"),
        vec![1],
        named(5, "java.util.GregorianCalendar"),
        vec![1],
        ended("UTC"),
        // A moment, its rules, and no day on which calendars change.
        vec![0x9a, 0xc9, 0xcc, 0xfd, 0xa2, 0x34, 1, 1, 1],
        vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        named(6, "org.apache.hadoop.io.IntWritable"),
        vec![1, 0, 0, 1, 3, 1, 1],
        ended("int"),
        plan(7, "ExprNodeConstantDesc"),
        vec![1, 1, 3, 14, 2, 4],
        named(8, "org.apache.hadoop.hive.ql.udf.generic.GenericUDFOPEqual"),
        vec![1, 0, 1, 3, 1, 0x82, b'=', 1],
        ended("EQUAL"),
        named(9, "org.apache.hadoop.io.BooleanWritable"),
        vec![1, 0, 0, 1, 3, 1, 1],
        ended("boolean"),
    ];
    match decode(&parts.concat()) {
        Ok(Decoded::Expression(node, Generation::Hive4)) => {
            assert_eq!(node.print(Style::Marked), "(month(dt) = 2)");
            assert_eq!(letters(&node, Generation::Hive4), "FFFTNNFFFN");
        }
        other => panic!("{other:?}"),
    }
}
