//! What a file's type is to a table's.

use super::hive_type::HiveType;

/// The answer for one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fit {
    /// Readers of the table's type read the file.
    Same,
    /// They do, and nested fields that the table lacks could be added: the type with them.
    Add(HiveType),
    /// The file has more than the table's type holds; this type holds both.
    Widen(HiveType),
    /// No type that readers know holds both.
    Conflict,
}

/// The place of integers by width.
fn integer_rank(name: &str) -> Option<u8> {
    ["tinyint", "smallint", "int", "bigint"].iter().position(|known| *known == name).map(|at| at as u8)
}

fn is_text(name: &str) -> bool {
    name == "string" || name.starts_with("varchar(") || name.starts_with("char(")
}

fn is_timestamp(name: &str) -> bool {
    name == "timestamp" || name == "timestamp with local time zone"
}

/// How `file` fits into `table`.
pub(super) fn fit(table: &HiveType, file: &HiveType) -> Fit {
    match (table, file) {
        (_, HiveType::Primitive(void)) if void == "void" => Fit::Same,
        // A table that was made when nobody knew more.
        (HiveType::Primitive(void), file) if void == "void" => file.known().map_or(Fit::Same, Fit::Add),
        (HiveType::Primitive(table), HiveType::Primitive(file)) => fit_primitive(table, file),
        (
            HiveType::Decimal { precision, scale },
            HiveType::Decimal { precision: file_precision, scale: file_scale },
        ) => fit_decimal((*precision, *scale), (*file_precision, *file_scale)),
        (HiveType::List(table), HiveType::List(file)) => fit(table, file).map(|t| HiveType::List(Box::new(t))),
        (HiveType::Map(key, value), HiveType::Map(file_key, file_value)) => {
            let fits = [fit(key, file_key), fit(value, file_value)];
            let types = [fits[0].type_or(key), fits[1].type_or(value)];
            let [key, value] = types;
            joined(&fits, HiveType::Map(Box::new(key), Box::new(value)))
        }
        (HiveType::Struct(table), HiveType::Struct(file)) => fit_struct(table, file),
        _ => Fit::Conflict,
    }
}

fn fit_primitive(table: &str, file: &str) -> Fit {
    let widened = || Fit::Widen(HiveType::Primitive(file.to_owned()));
    if table == file || (is_text(table) && is_text(file)) || (is_timestamp(table) && is_timestamp(file)) {
        return Fit::Same;
    }
    if let (Some(table), Some(file)) = (integer_rank(table), integer_rank(file)) {
        return if file <= table { Fit::Same } else { widened() };
    }
    match (table, file) {
        // Bytes without a mark of text: Impala, old Spark and old Hive wrote texts so; readers go by the table.
        ("double", "float") | ("binary", "string") => Fit::Same,
        (text, "binary") if is_text(text) => Fit::Same,
        ("float", "double") => widened(),
        _ => Fit::Conflict,
    }
}

/// Readers bring a file's decimals to the table's scale only where no place is lost.
fn fit_decimal(table: (u8, u8), file: (u8, u8)) -> Fit {
    let whole = |(precision, scale): (u8, u8)| precision.saturating_sub(scale);
    if file == table || (file.1 == table.1 && file.0 <= table.0) {
        return Fit::Same;
    }
    let scale = table.1.max(file.1);
    let precision = whole(table).max(whole(file)) + scale;
    if precision > crate::types::decimal::MAX_DIGITS {
        return Fit::Conflict;
    }
    if (precision, scale) == table { Fit::Same } else { Fit::Widen(HiveType::Decimal { precision, scale }) }
}

fn fit_struct(table: &[(String, HiveType)], file: &[(String, HiveType)]) -> Fit {
    let mut fits = Vec::with_capacity(file.len());
    let mut fields = table.to_vec();
    for (name, file_type) in file {
        if let Some(field) = fields.iter_mut().find(|field| field.0 == *name) {
            let found = fit(&field.1, file_type);
            field.1 = found.type_or(&field.1);
            fits.push(found);
        } else if let Some(known) = file_type.known() {
            fields.push((name.clone(), known.clone()));
            fits.push(Fit::Add(known));
        }
    }
    joined(&fits, HiveType::Struct(fields))
}

/// The worst of the parts, with the type of the whole.
fn joined(fits: &[Fit], whole: HiveType) -> Fit {
    if fits.contains(&Fit::Conflict) {
        Fit::Conflict
    } else if fits.iter().any(|fit| matches!(fit, Fit::Widen(_))) {
        Fit::Widen(whole)
    } else if fits.iter().any(|fit| matches!(fit, Fit::Add(_))) {
        Fit::Add(whole)
    } else {
        Fit::Same
    }
}

impl Fit {
    fn map(self, with: impl FnOnce(HiveType) -> HiveType) -> Self {
        match self {
            Self::Add(found) => Self::Add(with(found)),
            Self::Widen(found) => Self::Widen(with(found)),
            Self::Same | Self::Conflict => self,
        }
    }

    fn type_or(&self, table: &HiveType) -> HiveType {
        match self {
            Self::Add(found) | Self::Widen(found) => found.clone(),
            Self::Same | Self::Conflict => table.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits() {
        let shown =
            |table: &str, file: &str| match fit(&HiveType::parse(table).unwrap(), &HiveType::parse(file).unwrap()) {
                Fit::Same => "same".to_owned(),
                Fit::Add(t) => format!("add {t}"),
                Fit::Widen(t) => format!("widen {t}"),
                Fit::Conflict => "conflict".to_owned(),
            };
        for (table, file, wanted) in [
            ("bigint", "tinyint", "same"),
            ("int", "bigint", "widen bigint"),
            ("float", "double", "widen double"),
            ("double", "float", "same"),
            ("double", "int", "conflict"),
            ("date", "timestamp", "conflict"),
            ("timestamp", "date", "conflict"),
            ("string", "int", "conflict"),
            ("varchar(5)", "string", "same"),
            ("string", "binary", "same"),
            ("boolean", "tinyint", "conflict"),
            ("int", "void", "same"),
            ("decimal(10,2)", "decimal(8,2)", "same"),
            ("decimal(10,2)", "decimal(12,2)", "widen decimal(12,2)"),
            ("decimal(10,2)", "decimal(10,4)", "widen decimal(12,4)"),
            ("decimal(12,4)", "decimal(10,2)", "same"),
            ("decimal(38,0)", "decimal(10,2)", "conflict"),
            ("decimal(10,2)", "double", "conflict"),
            ("array<int>", "array<bigint>", "widen array<bigint>"),
            ("array<int>", "int", "conflict"),
            ("map<string,int>", "map<string,struct<a:int>>", "conflict"),
            ("map<string,struct<a:int>>", "map<string,struct<a:int,b:int>>", "add map<string,struct<a:int,b:int>>"),
            ("struct<a:int,b:string>", "struct<b:string>", "same"),
            ("struct<a:int>", "struct<b:array<int>,a:bigint>", "widen struct<a:bigint,b:array<int>>"),
            ("struct<a:int>", "struct<b:int,a:string>", "conflict"),
            ("struct<a:int>", "struct<a:int,b:void>", "same"),
            ("struct<a:int>", "struct<a:int,b:array<void>>", "same"),
            ("struct<a:int>", "struct<a:int,b:struct<c:int,d:void>>", "add struct<a:int,b:struct<c:int>>"),
            ("array<int>", "array<void>", "same"),
            ("map<string,array<int>>", "map<string,void>", "same"),
            ("int", "array<void>", "conflict"),
            ("void", "void", "same"),
            ("void", "array<void>", "same"),
            ("void", "struct<a:int,b:void>", "add struct<a:int>"),
            ("array<void>", "array<int>", "add array<int>"),
            ("map<string,void>", "map<string,date>", "add map<string,date>"),
            ("struct<a:int,b:void>", "struct<a:int,b:string>", "add struct<a:int,b:string>"),
        ] {
            assert_eq!(shown(table, file), wanted, "{table} <- {file}");
        }
    }
}
