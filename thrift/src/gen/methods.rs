//! x
use crate::method::MethodInfo;
pub const METHODS: &[MethodInfo] = &[];
crate::wire::macros::wire_struct! { A { 1: a: Option<String>, 2: b: i64 = -1, 4 required("dbName"): db: Vec<(String, Vec<u8>)>, 5: e: Option<E> } }
crate::wire::macros::wire_struct! { B {} }
crate::wire::macros::wire_enum! { E { X = 1, Y = 2 } }
