//! What a stream says, without Java: Hive's ExprNodeDesc.

use crate::types::Value;

/// A node of a Hive expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Column {
        name: String,
        node_type: NodeType,
    },
    Constant {
        value: Constant,
        node_type: NodeType,
    },
    Function {
        function: Function,
        children: Vec<Node>,
        node_type: NodeType,
    },
    /// Something that has no value here (a field of a struct, a dynamic parameter), with what it is.
    Other(String),
}

/// A type in Hive's own words: `decimal(10,2)`, `struct<col1:string,col2:int>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeType(pub String);

/// What a function node calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// A GenericUDF of Hive, by its class without the package: `GenericUDFOPEqual`.
    Generic(String),
    /// A simple UDF, called through GenericUDFBridge.
    Bridge {
        /// The name it was called by: `like`.
        name: String,
        /// Its class, with the package.
        class: String,
        /// Printed between its operands.
        is_operator: bool,
    },
}

/// A constant of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    Value(Value),
    /// java.sql.Date of Hive 2: midnight of some day in the client's zone, in milliseconds since the epoch.
    LocalDate {
        millis: i64,
    },
    /// java.sql.Timestamp of Hive 2: an instant, written for the time that the client's clock shows then.
    LocalTimestamp {
        millis: i64,
        nanos: u32,
    },
    /// A struct's or list's constants.
    List(Vec<Constant>),
    /// A value of a class that has no counterpart here.
    Other,
}
