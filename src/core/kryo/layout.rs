//! The fields of the classes that occur in an expression: in alphabetical order, superclasses included, as Kryo's
//! field serializer writes them (read by reflection from Hive 2.3.10, 3.1.3 and 4.0.1; semantics §8).

use super::class::{Body, Dialect, Field, Kind, Primitive, Release};

/// Classes of one package that have the same fields.
pub(super) struct Family {
    pub(super) package: &'static str,
    pub(super) classes: &'static [&'static str],
    pub(super) fields: &'static [Field],
    since: Release,
    until: Release,
    /// Fields that depend on the client's Hadoop.
    hadoop_3_4: Option<bool>,
}

impl Family {
    pub(super) fn fits(&self, dialect: Dialect) -> bool {
        (self.since..=self.until).contains(&dialect.release)
            && self.hadoop_3_4.is_none_or(|newer| newer == dialect.hadoop_3_4)
    }

    pub(super) const fn new(package: &'static str, classes: &'static [&'static str], fields: &'static [Field]) -> Self {
        Self { package, classes, fields, since: Release::Hive2, until: Release::Hive4, hadoop_3_4: None }
    }

    pub(super) const fn since(self, since: Release) -> Self {
        Self { since, ..self }
    }

    pub(super) const fn until(self, until: Release) -> Self {
        Self { until, ..self }
    }

    pub(super) const fn hadoop_3_4(self, newer: bool) -> Self {
        Self { hadoop_3_4: Some(newer), ..self }
    }
}

pub(super) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

pub(super) const fn any(name: &'static str) -> Field {
    field(name, Kind::Any)
}

pub(super) const fn text(name: &'static str) -> Field {
    field(name, Kind::Final(Body::Text))
}

const fn bytes(name: &'static str) -> Field {
    field(name, Kind::Final(Body::Bytes))
}

const PLAN: &str = "org.apache.hadoop.hive.ql.plan";
const TYPE_INFO: &str = "org.apache.hadoop.hive.serde2.typeinfo";
const VALUE: &str = "org.apache.hadoop.hive.common.type";
const INSPECTOR: &str = "org.apache.hadoop.hive.serde2.objectinspector";
const PRIMITIVE: &str = "org.apache.hadoop.hive.serde2.objectinspector.primitive";
const HIVE_IO: &str = "org.apache.hadoop.hive.serde2.io";
const HADOOP_IO: &str = "org.apache.hadoop.io";

pub(super) const NONE: &[Field] = &[];
const VALUE_ANY: &[Field] = &[any("intervalValue")];
const VALUE_TEXT: &[Field] = &[text("value")];
const LENGTH_AND_NAME: &[Field] = &[field("length", Kind::Int), text("typeName")];
pub(super) const TYPE_INFO_ONLY: &[Field] = &[any("typeInfo")];
/// `fast2 * 10^32 + fast1 * 10^16 + fast0`, times the sign.
const DECIMAL: &[Field] = &[
    field("fast0", Kind::Long),
    field("fast1", Kind::Long),
    field("fast2", Kind::Long),
    field("fastIntegerDigitCount", Kind::Int),
    field("fastScale", Kind::Int),
    field("fastSerializationScale", Kind::Int),
    field("fastSignum", Kind::Int),
];

pub(super) const DECIMAL_WRITABLE: Body = Body::Fields(
    "HiveDecimalWritable",
    &[
        field("fast0", Kind::Long),
        field("fast1", Kind::Long),
        field("fast2", Kind::Long),
        field("fastIntegerDigitCount", Kind::Int),
        field("fastScale", Kind::Int),
        field("fastSerializationScale", Kind::Int),
        field("fastSignum", Kind::Int),
        bytes("internalScratchBuffer"),
        field("internalScratchLongs", Kind::Final(Body::Longs)),
        field("isSet", Kind::Boolean),
    ],
);

const CONSTANT_INSPECTOR: &[Field] = &[any("typeInfo"), any("value")];

/// The writable of a timestamp; its `timestamp` is java.sql.Timestamp (not final) up to 2.3, Hive's own after that.
const TIMESTAMP_WRITABLE: &[Field] = &[
    field("bytesEmpty", Kind::Boolean),
    bytes("currentBytes"),
    bytes("externalBytes"),
    bytes("internalBytes"),
    field("offset", Kind::Int),
    any("timestamp"),
    field("timestampEmpty", Kind::Boolean),
];

const FUNCTION_TAIL: [Field; 3] = [any("genericUDF"), field("isSortedExpr", Kind::Boolean), any("typeInfo")];

pub(super) static FAMILIES: &[Family] = &[
    Family::new(
        PLAN,
        &["ExprNodeGenericFuncDesc"],
        &[any("chidren"), FUNCTION_TAIL[0], FUNCTION_TAIL[1], FUNCTION_TAIL[2]],
    )
    .until(Release::Hive3),
    Family::new(
        PLAN,
        &["ExprNodeGenericFuncDesc"],
        &[any("children"), FUNCTION_TAIL[0], FUNCTION_TAIL[1], FUNCTION_TAIL[2]],
    )
    .since(Release::Hive4),
    Family::new(
        PLAN,
        &["ExprNodeColumnDesc"],
        &[
            text("column"),
            field("isPartitionColOrVirtualCol", Kind::Boolean),
            field("isSkewedCol", Kind::Boolean),
            text("tabAlias"),
            any("typeInfo"),
        ],
    ),
    Family::new(PLAN, &["ExprNodeConstantDesc"], &[any("typeInfo"), any("value")]),
    Family::new(PLAN, &["ExprNodeColumnListDesc"], &[any("columns"), any("typeInfo")]),
    Family::new(
        PLAN,
        &["ExprNodeFieldDesc"],
        &[
            any("desc"),
            text("fieldName"),
            field("isList", Kind::Final(Body::Boxed(Primitive::Boolean))),
            any("typeInfo"),
        ],
    ),
    Family::new(PLAN, &["ExprDynamicParamDesc"], &[field("index", Kind::Int), any("typeInfo"), any("value")])
        .since(Release::Hive4),
    Family::new(HIVE_IO, &["HiveIntervalDayTimeWritable", "HiveIntervalYearMonthWritable"], VALUE_ANY),
    Family::new(VALUE, &["HiveIntervalDayTime"], &[field("nanos", Kind::Int), field("totalSeconds", Kind::Long)]),
    Family::new(VALUE, &["HiveIntervalYearMonth"], &[field("totalMonths", Kind::Int)]),
    Family::new(TYPE_INFO, &["PrimitiveTypeInfo"], &[text("typeName")]),
    Family::new(TYPE_INFO, &["CharTypeInfo", "VarcharTypeInfo"], LENGTH_AND_NAME),
    Family::new(
        TYPE_INFO,
        &["DecimalTypeInfo"],
        &[field("precision", Kind::Int), field("scale", Kind::Int), text("typeName")],
    ),
    Family::new(TYPE_INFO, &["ListTypeInfo"], &[any("listElementTypeInfo")]),
    Family::new(TYPE_INFO, &["MapTypeInfo"], &[any("mapKeyTypeInfo"), any("mapValueTypeInfo")]),
    Family::new(
        TYPE_INFO,
        &["StructTypeInfo"],
        &[field("allStructFieldNames", Kind::Strings), any("allStructFieldTypeInfos")],
    ),
    Family::new(TYPE_INFO, &["UnionTypeInfo"], &[any("allUnionObjectTypeInfos")]),
    Family::new(VALUE, &["HiveChar", "HiveVarchar"], VALUE_TEXT),
    Family::new(VALUE, &["HiveDecimal"], DECIMAL),
    Family::new(VALUE, &["Date"], &[field("localDate", Kind::Final(Body::LocalDate))]).since(Release::Hive3),
    Family::new(VALUE, &["Timestamp"], &[field("localDateTime", Kind::Final(Body::LocalDateTime))])
        .since(Release::Hive3),
    Family::new(
        PRIMITIVE,
        &[
            "WritableBinaryObjectInspector",
            "WritableBooleanObjectInspector",
            "WritableByteObjectInspector",
            "WritableDateObjectInspector",
            "WritableDoubleObjectInspector",
            "WritableFloatObjectInspector",
            "WritableHiveCharObjectInspector",
            "WritableHiveDecimalObjectInspector",
            "WritableHiveIntervalDayTimeObjectInspector",
            "WritableHiveIntervalYearMonthObjectInspector",
            "WritableHiveVarcharObjectInspector",
            "WritableIntObjectInspector",
            "WritableLongObjectInspector",
            "WritableShortObjectInspector",
            "WritableStringObjectInspector",
            "WritableTimestampLocalTZObjectInspector",
            "WritableTimestampObjectInspector",
            "WritableVoidObjectInspector",
        ],
        TYPE_INFO_ONLY,
    ),
    Family::new(
        PRIMITIVE,
        &["WritableConstantHiveDecimalObjectInspector"],
        &[any("typeInfo"), field("value", Kind::Final(DECIMAL_WRITABLE))],
    ),
    Family::new(
        PRIMITIVE,
        &[
            "WritableConstantBinaryObjectInspector",
            "WritableConstantBooleanObjectInspector",
            "WritableConstantByteObjectInspector",
            "WritableConstantDateObjectInspector",
            "WritableConstantDoubleObjectInspector",
            "WritableConstantFloatObjectInspector",
            "WritableConstantHiveCharObjectInspector",
            "WritableConstantHiveVarcharObjectInspector",
            "WritableConstantIntObjectInspector",
            "WritableConstantLongObjectInspector",
            "WritableConstantShortObjectInspector",
            "WritableConstantStringObjectInspector",
            "WritableConstantTimestampObjectInspector",
        ],
        CONSTANT_INSPECTOR,
    ),
    Family::new(INSPECTOR, &["StandardListObjectInspector"], &[any("listElementObjectInspector")]),
    Family::new(INSPECTOR, &["StandardStructObjectInspector"], &[any("fields"), field("warned", Kind::Boolean)]),
    Family::new(
        INSPECTOR,
        &["StandardStructObjectInspector$MyField"],
        &[text("fieldComment"), field("fieldID", Kind::Int), text("fieldName"), any("fieldObjectInspector")],
    ),
    Family::new(INSPECTOR, &["ObjectInspectorConverters$IdentityConverter"], NONE),
    Family::new(HADOOP_IO, &["BooleanWritable"], &[field("value", Kind::Boolean)]),
    Family::new(HADOOP_IO, &["IntWritable"], &[field("value", Kind::Int)]),
    Family::new(HADOOP_IO, &["LongWritable"], &[field("value", Kind::Long)]),
    Family::new(HADOOP_IO, &["FloatWritable"], &[field("value", Kind::Float)]),
    Family::new(HIVE_IO, &["DoubleWritable"], &[field("value", Kind::Double)]),
    Family::new(HIVE_IO, &["ByteWritable"], &[field("value", Kind::Byte)]),
    Family::new(HIVE_IO, &["ShortWritable"], &[field("value", Kind::Short)]),
    Family::new(HADOOP_IO, &["BytesWritable"], &[bytes("bytes"), field("size", Kind::Int)]),
    Family::new(HADOOP_IO, &["Text"], &[bytes("bytes"), field("length", Kind::Int)]).hadoop_3_4(false),
    Family::new(HADOOP_IO, &["Text"], &[bytes("bytes"), field("length", Kind::Int), field("textLength", Kind::Int)])
        .hadoop_3_4(true),
    Family::new(HIVE_IO, &["HiveCharWritable", "HiveVarcharWritable"], &[any("value")]).until(Release::Hive3),
    Family::new(HIVE_IO, &["HiveCharWritable", "HiveVarcharWritable"], &[field("charLength", Kind::Int), any("value")])
        .since(Release::Hive4),
    Family::new(HIVE_IO, &["DateWritable"], &[field("daysSinceEpoch", Kind::Int)]).until(Release::Hive2),
    Family::new(HIVE_IO, &["DateWritableV2"], &[any("date")]).since(Release::Hive3),
    Family::new(HIVE_IO, &["TimestampWritable"], TIMESTAMP_WRITABLE).until(Release::Hive2),
    Family::new(HIVE_IO, &["TimestampWritableV2"], TIMESTAMP_WRITABLE).since(Release::Hive3),
];
