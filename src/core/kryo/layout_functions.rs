//! The fields of Hive's functions.

use super::class::{Body, Field, Kind, Release};
use super::layout::{DECIMAL_WRITABLE, Family, NONE, TYPE_INFO_ONLY, any, field, text};

const RESULT: &[Field] = &[any("result")];

const CONVERTED: &[Field] = &[any("conditionConverter"), any("result")];

const COMPARE: &[Field] = &[
    any("compareOI"),
    field("compareType", Kind::Final(Body::Enum)),
    text("opDisplayName"),
    text("opName"),
    any("result"),
];

const ARITHMETIC: &[Field] = &[
    field("ansiSqlArithmetic", Kind::Boolean),
    any("arithmeticOperation"),
    field("confLookupNeeded", Kind::Boolean),
    text("opDisplayName"),
    text("opName"),
];

/// GenericUDFBaseNumeric up to 3.1. HiveDecimalWritable is final.
const NUMERIC: &[Field] = &[
    field("ansiSqlArithmetic", Kind::Boolean),
    any("byteWritable"),
    field("confLookupNeeded", Kind::Boolean),
    field("decimalWritable", Kind::Final(DECIMAL_WRITABLE)),
    any("doubleWritable"),
    any("floatWritable"),
    any("intWritable"),
    any("longWritable"),
    text("opDisplayName"),
    text("opName"),
    any("shortWritable"),
];

const NUMERIC_FUNCTIONS: &[&str] = &[
    "GenericUDFOPNumericPlus",
    "GenericUDFOPNumericMinus",
    "GenericUDFOPMultiply",
    "GenericUDFOPDivide",
    "GenericUDFOPMod",
    "GenericUDFPosMod",
];

const NUMERIC_4: &[Field] = &[
    field("ansiSqlArithmetic", Kind::Boolean),
    any("byteWritable"),
    field("confLookupNeeded", Kind::Boolean),
    field("decimalWritable", Kind::Final(DECIMAL_WRITABLE)),
    any("doubleWritable"),
    any("floatWritable"),
    any("intWritable"),
    any("longWritable"),
    text("opDisplayName"),
    text("opName"),
    any("predefinedTypeInfo"),
    any("shortWritable"),
];

const OUTPUT: &[Field] = &[any("output")];

const CALENDAR: &[Field] = &[any("calendar"), any("output")];

const DAY: &[Field] = &[any("date"), any("output")];

/// GenericUDFBaseUnary.
const UNARY: &[Field] = &[
    any("byteWritable"),
    field("decimalWritable", Kind::Final(DECIMAL_WRITABLE)),
    any("doubleWritable"),
    any("floatWritable"),
    any("intWritable"),
    any("intervalDayTimeWritable"),
    any("intervalYearMonthWritable"),
    any("longWritable"),
    text("opDisplayName"),
    text("opName"),
    any("shortWritable"),
];

const UDF: &str = "org.apache.hadoop.hive.ql.udf.generic";

const SIMPLE_UDF: &str = "org.apache.hadoop.hive.ql.udf";

pub(super) static FUNCTIONS: &[Family] = &[
    Family::new(
        UDF,
        &[
            "GenericUDFOPEqual",
            "GenericUDFOPEqualNS",
            "GenericUDFOPNotEqual",
            "GenericUDFOPNotEqualNS",
            "GenericUDFOPLessThan",
            "GenericUDFOPGreaterThan",
            "GenericUDFOPEqualOrLessThan",
            "GenericUDFOPEqualOrGreaterThan",
        ],
        COMPARE,
    ),
    Family::new(
        UDF,
        &["GenericUDFOPAnd", "GenericUDFOPOr", "GenericUDFOPNot", "GenericUDFOPNull", "GenericUDFOPNotNull"],
        RESULT,
    ),
    Family::new(
        UDF,
        &["GenericUDFOPTrue", "GenericUDFOPFalse", "GenericUDFOPNotTrue", "GenericUDFOPNotFalse"],
        CONVERTED,
    )
    .since(Release::Hive3),
    Family::new(UDF, &["GenericUDFIn"], &[any("bw"), field("isInSetConstant", Kind::Boolean)]),
    Family::new(UDF, &["GenericUDFBetween"], &[any("argumentOIs"), any("egt"), any("elt"), any("result")]),
    Family::new(
        UDF,
        &["GenericUDFBridge"],
        &[field("isOperator", Kind::Boolean), text("udfClassName"), text("udfName")],
    ),
    Family::new(UDF, &["GenericUDFToVarchar", "GenericUDFToChar", "GenericUDFToDecimal"], TYPE_INFO_ONLY),
    Family::new(UDF, &["GenericUDFTimestamp"], &[field("intToTimestampInSeconds", Kind::Boolean)]),
    Family::new(
        UDF,
        &[
            "GenericUDFStruct",
            "GenericUDFNamedStruct",
            "GenericUDFArray",
            "GenericUDFToDate",
            "GenericUDFDate",
            "GenericUDFCase",
            "GenericUDFWhen",
            "GenericUDFCoalesce",
            "GenericUDFConcat",
            "GenericUDFIf",
            "GenericUDFLower",
            "GenericUDFUpper",
            "GenericUDFToUnixTimeStamp",
            "GenericUDFNullif",
            "GenericUDFGreatest",
            "GenericUDFLeast",
            "GenericUDFIndex",
            "GenericUDFSize",
            "GenericUDFSplit",
            "GenericUDFElt",
            "GenericUDFFromUtcTimestamp",
            "GenericUDFToUtcTimestamp",
            "GenericUDFEncode",
            "GenericUDFDecode",
        ],
        NONE,
    ),
    Family::new(UDF, &["GenericUDFConcatWS", "GenericUDFInstr", "GenericUDFLocate", "GenericUDFField"], NONE),
    Family::new(UDF, &["GenericUDFDateFormat"], OUTPUT),
    Family::new(UDF, &["GenericUDFDateDiff"], &[any("output"), any("result")]).until(Release::Hive3),
    Family::new(UDF, &["GenericUDFDateDiff", "GenericUDFQuarter"], OUTPUT).since(Release::Hive4),
    Family::new(UDF, &["GenericUDFQuarter", "GenericUDFTrunc"], CALENDAR).until(Release::Hive3),
    Family::new(UDF, &["GenericUDFAddMonths"], CALENDAR),
    Family::new(UDF, &["GenericUDFLastDay", "GenericUDFNextDay"], CALENDAR).until(Release::Hive2),
    Family::new(UDF, &["GenericUDFLastDay", "GenericUDFNextDay"], DAY).since(Release::Hive3),
    Family::new(
        UDF,
        &["GenericUDFTrunc"],
        &[
            any("date"),
            field("dateTypeArg", Kind::Boolean),
            field("inputSacleConst", Kind::Boolean),
            any("output"),
            field("scale", Kind::Int),
        ],
    )
    .since(Release::Hive4),
    Family::new(
        UDF,
        &["GenericUDFMonthsBetween"],
        &[any("cal1"), any("cal2"), field("isRoundOffNeeded", Kind::Boolean), any("output")],
    ),
    Family::new(SIMPLE_UDF, &["UDFYear", "UDFMonth", "UDFDayOfMonth", "UDFHour", "UDFMinute", "UDFSecond"], CALENDAR)
        .since(Release::Hive3),
    Family::new(UDF, &["GenericUDFInitCap"], OUTPUT).until(Release::Hive3),
    Family::new(UDF, &["GenericUDFInitCap"], NONE).since(Release::Hive4),
    Family::new(UDF, &["GenericUDFLpad", "GenericUDFRpad"], &[any("result"), text("udfName")]).until(Release::Hive3),
    Family::new(UDF, &["GenericUDFLpad", "GenericUDFRpad"], &[text("builder"), any("result"), text("udfName")])
        .since(Release::Hive4),
    Family::new(UDF, &["GenericUDFRegExp"], OUTPUT).until(Release::Hive2),
    Family::new(UDF, &["GenericUDFRegExp"], &[any("output"), field("useGoogleRegexEngine", Kind::Boolean)])
        .since(Release::Hive3),
    Family::new(
        UDF,
        &["GenericUDFAbs"],
        &[
            field("resultDecimal", Kind::Final(DECIMAL_WRITABLE)),
            any("resultDouble"),
            any("resultInt"),
            any("resultLong"),
        ],
    ),
    Family::new(UDF, &["GenericUDFPower"], &[any("doubleWritable"), text("opDisplayName"), text("opName")]),
    Family::new(UDF, &["GenericUDFOPNegative", "GenericUDFOPPositive"], UNARY),
    Family::new(UDF, &["GenericUDFDateAdd", "GenericUDFDateSub"], &[any("output"), field("signModifier", Kind::Int)]),
    Family::new(UDF, &["GenericUDFTrim", "GenericUDFLTrim", "GenericUDFRTrim"], &[any("result"), text("udfName")]),
    Family::new(UDF, &["GenericUDFLength", "GenericUDFCharacterLength", "GenericUDFOctetLength"], RESULT),
    Family::new(UDF, &["GenericUDFRound", "GenericUDFBRound"], &[field("scale", Kind::Int)]),
    Family::new(
        UDF,
        &["GenericUDFFloor", "GenericUDFCeil"],
        &[
            field("decimalWritable", Kind::Final(DECIMAL_WRITABLE)),
            any("longWritable"),
            text("opDisplayName"),
            text("opName"),
        ],
    ),
    Family::new(UDF, &["GenericUDFNvl"], NONE).until(Release::Hive3),
    Family::new(UDF, &["GenericUDFToString", "GenericUDFFromUnixTime"], NONE).since(Release::Hive4),
    Family::new(UDF, &["GenericUDFUnixTimeStamp"], &[any("currentTimestamp")]).until(Release::Hive3),
    Family::new(UDF, &["GenericUDFUnixTimeStamp"], &[any("currentInstant")]).since(Release::Hive4),
    Family::new(UDF, &["GenericUDFSubstringIndex"], OUTPUT),
    Family::new(UDF, &["GenericUDFOPPlus", "GenericUDFOPMinus"], ARITHMETIC),
    Family::new(UDF, NUMERIC_FUNCTIONS, NUMERIC).until(Release::Hive3),
    Family::new(UDF, NUMERIC_FUNCTIONS, NUMERIC_4).since(Release::Hive4),
];
