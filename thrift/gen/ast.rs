//! What the IDL's text says.

/// One file: a noun.
pub struct Document {
    pub noun: String,
    /// The file's first comment.
    pub title: String,
    pub constants: Vec<Constant>,
    pub enums: Vec<Enum>,
    pub structs: Vec<Struct>,
    pub methods: Vec<Method>,
}

pub struct Constant {
    pub name: String,
    pub value: Literal,
}

pub struct Enum {
    pub name: String,
    pub docs: Vec<String>,
    pub values: Vec<EnumValue>,
}

pub struct EnumValue {
    pub name: String,
    pub value: i64,
    pub docs: Vec<String>,
}

pub struct Struct {
    pub name: String,
    pub is_exception: bool,
    pub docs: Vec<String>,
    pub fields: Vec<Field>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    Optional,
    /// Neither keyword: written if there is a value.
    Default,
}

#[derive(Clone)]
pub struct Field {
    pub id: i16,
    pub name: String,
    pub kind: Type,
    pub need: Need,
    pub default: Option<Literal>,
    /// The type and name an older release has under the same id.
    pub also: Option<(Type, String)>,
    pub docs: Vec<String>,
}

pub struct Method {
    pub name: String,
    pub docs: Vec<String>,
    pub oneway: bool,
    /// `None` for void.
    pub returns: Option<Type>,
    pub nullable: bool,
    pub args: Vec<Field>,
    pub throws: Vec<(i16, String)>,
    pub since: String,
    pub until: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Type {
    /// A word: a base type or the name of an enum or a struct.
    Named(String),
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>, Box<Type>),
}

#[derive(Clone)]
pub enum Literal {
    Number(i64),
    Text(String),
    /// `true`, `false`, or `Enum.VALUE`.
    Word(String),
}
