//! The whole interface: which word is what, and which types hold themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Document, Field, Type};
use crate::names::pascal;

/// Fields whose value repeats from element to element of a list: struct and field.
const REPEATED: [(&str, &str); 1] = [("StorageDescriptor", "cols")];

pub struct Schema<'a> {
    pub documents: &'a [Document],
    enums: BTreeSet<&'a str>,
    /// Each struct and the structs it holds in place, not through a list.
    holds: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Schema<'a> {
    pub fn new(documents: &'a [Document]) -> Result<Self, String> {
        let enums = documents.iter().flat_map(|d| &d.enums).map(|e| e.name.as_str()).collect();
        let mut holds = BTreeMap::new();
        for item in documents.iter().flat_map(|d| &d.structs) {
            let held = item.fields.iter().filter_map(|field| named(&field.kind)).collect();
            if holds.insert(item.name.as_str(), held).is_some() {
                return Err(format!("{} is defined twice", item.name));
            }
        }
        let schema = Self { documents, enums, holds };
        schema.check()?;
        Ok(schema)
    }

    fn check(&self) -> Result<(), String> {
        let structs = self.documents.iter().flat_map(|d| &d.structs).map(|s| (&s.name, &s.fields));
        let methods = self.documents.iter().flat_map(|d| &d.methods).map(|m| (&m.name, &m.args));
        for (owner, fields) in structs.chain(methods) {
            let mut ids = BTreeSet::new();
            for field in fields {
                if !(1..64).contains(&field.id) || !ids.insert(field.id) {
                    return Err(format!("{owner}: id {} is taken twice or not from 1 to 63", field.id));
                }
                self.check_type(owner, &field.kind)?;
            }
        }
        Ok(())
    }

    fn check_type(&self, owner: &str, kind: &Type) -> Result<(), String> {
        match kind {
            Type::List(item) | Type::Set(item) => self.check_type(owner, item),
            Type::Map(key, value) => self.check_type(owner, key).and_then(|()| self.check_type(owner, value)),
            Type::Named(name) if base(name).is_some() || self.is_enum(name) => Ok(()),
            Type::Named(name) if self.holds.contains_key(name.as_str()) => Ok(()),
            Type::Named(name) => Err(format!("{owner}: no type `{name}`")),
        }
    }

    pub fn is_enum(&self, name: &str) -> bool {
        self.enums.contains(name)
    }

    /// The Rust type of `field` of `owner`, boxed if the owner would hold itself, shared if it repeats.
    pub fn held_type(&self, owner: &str, field: &Field, path: &str) -> String {
        let kind = rust_type(&field.kind, path);
        if is_repeated(owner, field) {
            return format!("Shared<{kind}>");
        }
        match named(&field.kind) {
            Some(held) if self.reaches(held, owner) => format!("Box<{kind}>"),
            _ => kind,
        }
    }

    fn reaches(&self, from: &str, to: &str) -> bool {
        let (mut seen, mut due) = (BTreeSet::new(), vec![from]);
        while let Some(name) = due.pop() {
            if name == to {
                return true;
            }
            if seen.insert(name) {
                due.extend(self.holds.get(name).into_iter().flatten());
            }
        }
        false
    }
}

pub fn is_repeated(owner: &str, field: &Field) -> bool {
    REPEATED.contains(&(owner, &field.name))
}

fn named(kind: &Type) -> Option<&str> {
    match kind {
        Type::Named(name) => Some(name),
        _ => None,
    }
}

fn base(name: &str) -> Option<&'static str> {
    Some(match name {
        "bool" => "bool",
        "byte" | "i8" => "i8",
        "i16" => "i16",
        "i32" => "i32",
        "i64" => "i64",
        "double" => "f64",
        "string" => "String",
        "binary" => "Vec<u8>",
        _ => return None,
    })
}

/// Java knows no null of it: numbers and bools.
pub fn is_primitive(kind: &Type) -> bool {
    matches!(kind, Type::Named(name) if !matches!(name.as_str(), "string" | "binary") && base(name).is_some())
}

/// The Rust type, with `path` before the names of the interface's own types.
pub fn rust_type(kind: &Type, path: &str) -> String {
    let of = |inner: &Type| rust_type(inner, path);
    match kind {
        Type::Named(name) => base(name).map_or_else(|| format!("{path}{}", pascal(name)), str::to_owned),
        Type::List(item) => format!("Vec<{}>", of(item)),
        Type::Set(item) => format!("Set<{}>", of(item)),
        Type::Map(key, value) => format!("Vec<({}, {})>", of(key), of(value)),
    }
}

/// The interface's own types that `kind` names, and whether it has a set.
pub fn words<'a>(kind: &'a Type, out: &mut BTreeSet<&'a str>) {
    match kind {
        Type::Named(name) => {
            if base(name).is_none() {
                out.insert(name);
            }
        }
        Type::List(item) => words(item, out),
        Type::Set(item) => {
            out.insert("set");
            words(item, out);
        }
        Type::Map(key, value) => {
            words(key, out);
            words(value, out);
        }
    }
}
