//! The Rust text: tables of fields, from which macros make the code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::ast::{Document, Enum, Field, Literal, Method, Need, Struct};
use crate::names::{exception, field, pascal};
use crate::schema::{Schema, is_primitive, is_repeated, rust_type, words};

const HEAD: &str = "// Made by skep-thrift-gen from thrift/idl. Do not edit.\n\n";

/// How `methods.rs` names the structs.
const METHOD_TYPES: &str = "types::";

/// All files: name and text.
pub fn files(schema: &Schema<'_>) -> Vec<(String, String)> {
    let mut out = vec![
        ("constants.rs".to_owned(), constants(schema)),
        ("exceptions.rs".to_owned(), exceptions(schema)),
        ("methods.rs".to_owned(), methods(schema)),
        ("samples.rs".to_owned(), samples(schema)),
    ];
    for document in typed(schema) {
        out.push((format!("types_{}.rs", document.noun), types(schema, document)));
    }
    out.push(("mod.rs".to_owned(), door(schema)));
    out
}

fn typed<'a>(schema: &Schema<'a>) -> impl Iterator<Item = &'a Document> {
    schema.documents.iter().filter(|d| !d.enums.is_empty() || d.structs.iter().any(|s| !s.is_exception))
}

fn door(schema: &Schema<'_>) -> String {
    let mut out = format!("{HEAD}//! The interface's types and methods, as tables.\n\n");
    out.push_str("pub mod constants;\npub mod exceptions;\npub mod methods;\n");
    out.push_str("#[cfg(any(test, feature = \"sample\"))]\npub mod samples;\n");
    let nouns: Vec<_> = typed(schema).map(|d| d.noun.as_str()).collect();
    for noun in &nouns {
        let _ = writeln!(out, "mod types_{noun};");
    }
    out.push_str("\n/// The structs and enums of all nouns.\npub mod types {\n");
    for noun in &nouns {
        let _ = writeln!(out, "    pub use super::types_{noun}::*;");
    }
    out.push_str("}\n");
    out
}

fn constants(schema: &Schema<'_>) -> String {
    let mut out = String::from(HEAD);
    for document in schema.documents.iter().filter(|d| !d.constants.is_empty()) {
        let _ = writeln!(out, "//! {}\n", document.title);
        for constant in &document.constants {
            let (kind, value) = match &constant.value {
                Literal::Text(text) => ("&str", format!("{text:?}")),
                Literal::Number(number) => ("i8", number.to_string()),
                Literal::Word(word) => ("bool", word.clone()),
            };
            let _ = writeln!(out, "pub const {}: {kind} = {value};", constant.name);
        }
    }
    out
}

fn exceptions(schema: &Schema<'_>) -> String {
    let all: BTreeSet<_> =
        schema.documents.iter().flat_map(|d| &d.structs).filter(|s| s.is_exception).map(|s| s.name.as_str()).collect();
    let mut out = format!("{HEAD}//! The exceptions that methods declare.\n\n");
    out.push_str("/// An exception of the interface. On the wire each is a struct of one field, its text.\n");
    out.push_str("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub enum Exception {\n");
    for name in &all {
        let _ = writeln!(out, "    {},", exception(name));
    }
    out.push_str("}\n\nimpl Exception {\n    /// As the interface calls it.\n");
    out.push_str("    pub fn name(self) -> &'static str {\n        match self {\n");
    for name in &all {
        let _ = writeln!(out, "            Self::{} => \"{name}\",", exception(name));
    }
    out.push_str("        }\n    }\n}\n");
    out
}

fn docs(out: &mut String, indent: &str, lines: &[String]) {
    for line in lines {
        let mut chars = line.chars();
        let capital = chars.next().map(|first| first.to_ascii_uppercase()).into_iter();
        let text: String = capital.chain(chars).collect();
        let stop = if text.ends_with(['.', ':', ',']) { "" } else { "." };
        let _ = writeln!(out, "{indent}/// {text}{stop}");
    }
}

fn types(schema: &Schema<'_>, document: &Document) -> String {
    let structs: Vec<_> = document.structs.iter().filter(|s| !s.is_exception).collect();
    let mut out = format!("{HEAD}//! {}\n\n", document.title);
    let own: BTreeSet<_> = structs.iter().map(|s| &s.name).chain(document.enums.iter().map(|e| &e.name)).collect();
    let mut used = BTreeSet::new();
    for item in &structs {
        for field in &item.fields {
            words(&field.kind, &mut used);
            if let Some((kind, _)) = &field.also {
                words(kind, &mut used);
            }
        }
    }
    let foreign: Vec<_> = used.iter().filter(|w| **w != "set" && !own.iter().any(|o| o == *w)).collect();
    if !foreign.is_empty() {
        let names: Vec<_> = foreign.iter().map(|word| pascal(word)).collect();
        let _ = writeln!(out, "use super::types::{{{}}};", names.join(", "));
    }
    let shares = structs.iter().any(|item| item.fields.iter().any(|field| is_repeated(&item.name, field)));
    for (word, is_used) in [("Set", used.contains("set")), ("Shared", shares)] {
        if is_used {
            let _ = writeln!(out, "use crate::wire::{word};");
        }
    }
    let macros = [(!document.enums.is_empty(), "wire_enum"), (!structs.is_empty(), "wire_struct")];
    let macros: Vec<_> = macros.iter().filter(|(needed, _)| *needed).map(|(_, name)| *name).collect();
    let _ = writeln!(out, "use crate::wire::macros::{{{}}};", macros.join(", "));
    for item in &document.enums {
        enumeration(&mut out, item);
    }
    for item in structs {
        structure(&mut out, schema, item);
    }
    out
}

fn enumeration(out: &mut String, item: &Enum) {
    out.push_str("\nwire_enum! {\n");
    docs(out, "    ", &item.docs);
    let _ = writeln!(out, "    {} {{", pascal(&item.name));
    for value in &item.values {
        docs(out, "        ", &value.docs);
        let _ = writeln!(out, "        {} = {},", value.name, grouped(value.value));
    }
    out.push_str("    }\n}\n");
}

fn structure(out: &mut String, schema: &Schema<'_>, item: &Struct) {
    out.push_str("\nwire_struct! {\n");
    docs(out, "    ", &item.docs);
    if item.fields.is_empty() {
        let _ = writeln!(out, "    {} {{}}\n}}", pascal(&item.name));
        return;
    }
    let _ = writeln!(out, "    {} {{", pascal(&item.name));
    for entry in &item.fields {
        docs(out, "        ", &entry.docs);
        let _ = writeln!(out, "        {},", row(schema, &item.name, entry, ""));
        if let Some((kind, name)) = &entry.also {
            let _ = writeln!(out, "        /// What older releases have under the same id.");
            let _ = writeln!(out, "        {}: {}: Option<{}>,", entry.id, field(name), rust_type(kind, ""));
        }
    }
    out.push_str("    }\n}\n");
}

/// A number as clippy wants to read it: `2_147_483_647`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// A field as a row of the table; see `wire_struct!` for what a row may be.
fn row(schema: &Schema<'_>, owner: &str, entry: &Field, path: &str) -> String {
    let (id, name, kind) = (entry.id, field(&entry.name), schema.held_type(owner, entry, path));
    match (entry.need, &entry.default) {
        (Need::Required, _) => format!("{id} required({:?}): {name}: {kind}", entry.name),
        (_, Some(default)) => format!("{id}: {name}: {kind} = {}", value(default)),
        (Need::Default, None) if is_primitive(&entry.kind) => format!("{id}: {name}: {kind}"),
        (Need::Default | Need::Optional, None) => format!("{id}: {name}: Option<{kind}>"),
    }
}

fn value(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => grouped(*number),
        Literal::Text(text) => format!("{text:?}.to_owned()"),
        Literal::Word(word) => word.replace('.', "::"),
    }
}

fn methods(schema: &Schema<'_>) -> String {
    let mut all: Vec<_> = schema.documents.iter().flat_map(|d| &d.methods).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = format!("{HEAD}//! The methods: a type for each, its arguments, and the table of all.\n\n");
    // By path: a method may be called like a struct (`add_dynamic_partitions`).
    out.push_str("use super::types;\nuse crate::method::methods;\n\nmethods! {\n");
    for item in all {
        method(&mut out, schema, item);
    }
    out.push_str("}\n");
    out
}

fn method(out: &mut String, schema: &Schema<'_>, item: &Method) {
    docs(out, "    ", &item.docs);
    let name = pascal(&item.name);
    let until = item.until.as_ref().map_or_else(String::new, |until| format!(" until {until:?}"));
    let mode = if item.oneway { "oneway" } else { "call" };
    let _ = write!(out, "    {name}({name}Args) {:?} {mode} since {:?}{until} {{", item.name, item.since);
    for arg in &item.args {
        let _ = write!(out, "\n        {},", row(schema, &item.name, arg, METHOD_TYPES));
    }
    out.push_str(if item.args.is_empty() { "}" } else { "\n    }" });
    let reply = item.returns.as_ref().map_or_else(|| "()".to_owned(), |kind| rust_type(kind, METHOD_TYPES));
    let reply = if item.nullable { format!("Option<{reply}>") } else { reply };
    let throws: Vec<_> = item.throws.iter().map(|(id, name)| format!("{id} {}", exception(name))).collect();
    let _ = writeln!(out, " -> {reply}, throws [{}];", throws.join(", "));
}

fn samples(schema: &Schema<'_>) -> String {
    let mut out = format!("{HEAD}//! All structs, for tests that go through them.\n\n");
    out.push_str("use super::types;\nuse crate::sample::SampleType;\n\npub const TYPES: &[SampleType] = &[\n");
    for item in schema.documents.iter().flat_map(|d| &d.structs).filter(|s| !s.is_exception) {
        let _ = writeln!(out, "    SampleType::of::<types::{}>(\"{}\"),", pascal(&item.name), item.name);
    }
    out.push_str("];\n");
    out
}
