//! Graph → tree. Shared objects are copied, so nodes are counted and cycles end at the depth limit.

use super::error::Error;
use super::graph::{Graph, Object, Record, Slot};
use super::node::{Constant, Function, Node, NodeType};
use crate::filter::ast::MAX_DEPTH;
use crate::types::Value;

/// Nodes, constants and types of a tree, after copying what is shared.
const MAX_NODES: usize = 1 << 19;
/// The same for a short stream, by its bytes: a node that is not shared has more of them.
const NODES_PER_BYTE: usize = 4;
/// Bytes of all texts of a tree, after copying what is shared.
const MAX_TEXT: usize = 64 << 20;
/// The same for a short stream, by its bytes: names and types are shared by every node that has them.
const TEXT_PER_BYTE: usize = 64;
/// How the names of Hive's functions begin.
const FUNCTIONS: [&str; 2] = ["GenericUDF", "UDF"];

/// Makes the tree of a graph's root.
pub(super) fn tree(graph: &Graph, offset: usize) -> Result<Node, Error> {
    let left = MAX_NODES.min(offset.saturating_mul(NODES_PER_BYTE));
    let text_left = MAX_TEXT.min(offset.saturating_mul(TEXT_PER_BYTE));
    Builder { graph, offset, left, text_left }.node(graph.root, 0)
}

struct Builder<'a> {
    graph: &'a Graph,
    /// Where the stream ends, for messages.
    offset: usize,
    /// Nodes that may still be made.
    left: usize,
    /// Bytes of text that may still be copied.
    text_left: usize,
}

impl Builder<'_> {
    fn error(&self, reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        Error::new(self.offset, reason)
    }

    fn count(&mut self, depth: usize) -> Result<(), Error> {
        self.left = self.left.checked_sub(1).ok_or_else(|| self.error("more nodes than bytes make"))?;
        if depth > MAX_DEPTH {
            return Err(self.error(format!("nodes are nested more than {MAX_DEPTH} deep")));
        }
        Ok(())
    }

    /// Copies a text, none where there is none.
    fn copy(&mut self, slot: Slot) -> Result<Option<String>, Error> {
        let graph = self.graph;
        graph.text(slot).map(|text| self.counted(text).map(|()| text.to_owned())).transpose()
    }

    fn counted(&mut self, text: &str) -> Result<(), Error> {
        let left = self.text_left.checked_sub(text.len());
        self.text_left = left.ok_or_else(|| self.error("more text than bytes make"))?;
        Ok(())
    }

    fn node(&mut self, slot: Slot, depth: usize) -> Result<Node, Error> {
        self.count(depth)?;
        let record = self.graph.record(slot).ok_or_else(|| self.error("a node is missing"))?;
        match record.class {
            "ExprNodeColumnDesc" => {
                let name = self.copy(record.get("column"))?.ok_or_else(|| self.error("a column has no name"))?;
                Ok(Node::Column { name, node_type: self.node_type(record, depth)? })
            }
            "ExprNodeConstantDesc" => {
                let value = self.constant(record.get("value"), depth)?;
                Ok(Node::Constant { value, node_type: self.node_type(record, depth)? })
            }
            "ExprNodeGenericFuncDesc" => self.function_node(record, depth),
            other if other.starts_with("Expr") => Ok(Node::Other(other.to_owned())),
            other => Err(self.error(format!("{other} is not a node of an expression"))),
        }
    }

    fn function_node(&mut self, record: &Record, depth: usize) -> Result<Node, Error> {
        let children = self.graph.list(record.get("chidren")).or_else(|| self.graph.list(record.get("children")));
        let children = children.ok_or_else(|| self.error("a function has no list of operands"))?;
        let children = children.iter().map(|child| self.node(*child, depth + 1)).collect::<Result<_, _>>()?;
        let udf = self.graph.record(record.get("genericUDF")).ok_or_else(|| self.error("a node has no function"))?;
        Ok(Node::Function { function: self.function(udf)?, children, node_type: self.node_type(record, depth)? })
    }

    fn function(&mut self, udf: &Record) -> Result<Function, Error> {
        if udf.class == "GenericUDFBridge" {
            let (Some(name), Some(class)) = (self.copy(udf.get("udfName"))?, self.copy(udf.get("udfClassName"))?)
            else {
                return Err(self.error("a bridged function has no name"));
            };
            return Ok(Function::Bridge { name, class, is_operator: udf.get("isOperator") == Slot::Boolean(true) });
        }
        if FUNCTIONS.iter().any(|start| udf.class.starts_with(start)) {
            Ok(Function::Generic(udf.class.to_owned()))
        } else {
            Err(self.error(format!("{} is not a function", udf.class)))
        }
    }

    fn constant(&mut self, slot: Slot, depth: usize) -> Result<Constant, Error> {
        self.count(depth)?;
        let value = match slot {
            Slot::Null => Value::Null,
            Slot::Boolean(b) => Value::Boolean(b),
            Slot::Integer(n) => Value::Integer(n),
            Slot::Float(f) => Value::Double(f),
            Slot::Object(_) => return self.constant_object(slot, depth),
        };
        Ok(Constant::Value(value))
    }

    fn constant_object(&mut self, slot: Slot, depth: usize) -> Result<Constant, Error> {
        Ok(match self.graph.object(slot) {
            Some(Object::Text(text)) => {
                self.counted(text)?;
                Constant::Value(Value::Text(text.clone()))
            }
            Some(Object::SqlDate { millis }) => Constant::LocalDate { millis: *millis },
            Some(Object::SqlTimestamp { millis, nanos }) => {
                let nanos = u32::try_from(*nanos).ok().filter(|nanos| *nanos < 1_000_000_000);
                let nanos = nanos.ok_or_else(|| self.error("a timestamp's nanoseconds are not within a second"))?;
                Constant::LocalTimestamp { millis: *millis, nanos }
            }
            Some(Object::List(slots)) => {
                let items = slots.iter().map(|item| self.constant(*item, depth + 1)).collect::<Result<_, _>>()?;
                Constant::List(items)
            }
            Some(Object::Record(record)) => self.value_record(record)?.map_or(Constant::Other, Constant::Value),
            Some(
                Object::Date(_)
                | Object::Time(..)
                | Object::Timestamp { .. }
                | Object::Bytes
                | Object::Enum
                | Object::Calendar,
            ) => Constant::Other,
            Some(Object::Unfinished) | None => return Err(self.error("a constant holds itself")),
        })
    }

    /// Hive's own value classes.
    fn value_record(&mut self, record: &Record) -> Result<Option<Value>, Error> {
        Ok(match record.class {
            "HiveVarchar" | "HiveChar" => self.copy(record.get("value"))?.map(Value::Text),
            "HiveDecimal" => Some(decimal(record).ok_or_else(|| self.error("a decimal is out of range"))?),
            "Date" => match self.graph.object(record.get("localDate")) {
                Some(Object::Date(days)) => Some(Value::Date(*days)),
                _ => None,
            },
            "Timestamp" => match self.graph.object(record.get("localDateTime")) {
                Some(Object::Timestamp { seconds, nanos }) => {
                    Some(Value::Timestamp { seconds: *seconds, nanos: *nanos })
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn node_type(&mut self, record: &Record, depth: usize) -> Result<NodeType, Error> {
        self.type_text(record.get("typeInfo"), depth).map(NodeType)
    }

    fn type_text(&mut self, slot: Slot, depth: usize) -> Result<String, Error> {
        self.count(depth)?;
        let record = self.graph.record(slot).ok_or_else(|| self.error("a node has no type"))?;
        let name = self.graph.text(record.get("typeName")).unwrap_or_default();
        self.counted(name)?;
        let inner = |builder: &mut Self, name| builder.type_text(record.get(name), depth + 1);
        let text = match record.class {
            "PrimitiveTypeInfo" => name.to_owned(),
            "VarcharTypeInfo" | "CharTypeInfo" => format!("{name}({})", record.integer::<u32>("length").unwrap_or(0)),
            "DecimalTypeInfo" => {
                let part = |field| record.integer::<u8>(field).unwrap_or(0);
                format!("{name}({},{})", part("precision"), part("scale"))
            }
            "ListTypeInfo" => format!("array<{}>", inner(self, "listElementTypeInfo")?),
            "MapTypeInfo" => format!("map<{},{}>", inner(self, "mapKeyTypeInfo")?, inner(self, "mapValueTypeInfo")?),
            "UnionTypeInfo" => {
                let types = self.types(record.get("allUnionObjectTypeInfos"), depth)?;
                format!("uniontype<{}>", types.join(","))
            }
            "StructTypeInfo" => self.struct_text(record, depth)?,
            other => return Err(self.error(format!("{other} is not a type"))),
        };
        self.counted(&text)?;
        Ok(text)
    }

    fn types(&mut self, slot: Slot, depth: usize) -> Result<Vec<String>, Error> {
        let types = self.graph.list(slot).ok_or_else(|| self.error("a type has no list of types"))?;
        types.iter().map(|inner| self.type_text(*inner, depth + 1)).collect()
    }

    fn struct_text(&mut self, record: &Record, depth: usize) -> Result<String, Error> {
        let types = self.types(record.get("allStructFieldTypeInfos"), depth)?;
        let names = self.graph.list(record.get("allStructFieldNames")).unwrap_or_default();
        if names.len() != types.len() {
            return Err(self.error("a struct has not as many names as types"));
        }
        let mut fields = Vec::with_capacity(names.len());
        for (name, field_type) in names.iter().zip(types) {
            let name = self.copy(*name)?.ok_or_else(|| self.error("a field of a struct has no name"))?;
            fields.push(format!("{name}:{field_type}"));
        }
        Ok(format!("struct<{}>", fields.join(",")))
    }
}

/// HiveDecimal's three words of sixteen digits. Its zero has no digits and the sign 0.
fn decimal(record: &Record) -> Option<Value> {
    const WORD: i128 = 10_i128.pow(16);
    let word = |name| record.integer::<i64>(name).map(i128::from).filter(|word| (0..WORD).contains(word));
    let digits = (word("fast2")?.checked_mul(WORD * WORD))?;
    let digits = digits.checked_add(word("fast1")? * WORD)?.checked_add(word("fast0")?)?;
    if digits >= 10_i128.pow(38) {
        return None;
    }
    let scale = record.integer::<u8>("fastScale").filter(|scale| *scale <= 38)?;
    let digits = match record.integer::<i8>("fastSignum")? {
        0 => 0,
        1 => digits,
        -1 => -digits,
        _ => return None,
    };
    Some(Value::Decimal { digits, scale })
}
