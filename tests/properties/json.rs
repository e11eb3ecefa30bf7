//! The strict reader and the writer, against serde_json.

use labelgate::Error;
use labelgate::json::{Kind, MAX_SAFE_INTEGER, Reader, Writer};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::holds;

const MAX_DEPTH: usize = 32;

/// Reads a whole document into a tree. Numbers are doubles.
fn read(input: &[u8]) -> Result<Value, Error> {
    let mut reader = Reader::new(input, MAX_DEPTH)?;
    let value = value(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

fn value(reader: &mut Reader<'_>) -> Result<Value, Error> {
    Ok(match reader.kind()? {
        Kind::Array => {
            let mut elements = Vec::new();
            reader.array(&mut |reader| {
                elements.push(value(reader)?);
                Ok(())
            })?;
            Value::Array(elements)
        }
        Kind::Object => {
            let mut members = Map::new();
            reader.object(&mut |reader, name| {
                // A name that comes twice among many is found when the object ends.
                members.insert(name.to_owned(), value(reader)?);
                Ok(())
            })?;
            Value::Object(members)
        }
        Kind::Boolean => Value::Bool(reader.boolean()?),
        Kind::Null => {
            if !reader.null() {
                return Err(reader.error("expected null"));
            }
            Value::Null
        }
        Kind::Number => Value::from(reader.number()?),
        Kind::String => Value::String(reader.string()?.into_owned()),
    })
}

/// The same tree with every number as a double, as the reader gives it.
fn in_doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(elements) => elements.iter().map(in_doubles).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), in_doubles(value))).collect()
        }
        other => other.clone(),
    }
}

/// What the reader may refuse although it is JSON: it says one of these.
const STRICTER: [&str; 6] = [
    "expected each member name once",
    "expected an integer within 2^53 - 1",
    "expected a number that a double can hold",
    "expected at most 32 levels",
    "expected no lone surrogate",
    "expected no byte order mark",
];

fn agrees_with_serde_json(input: &[u8]) -> Result<(), TestCaseError> {
    match (read(input), serde_json::from_slice::<Value>(input)) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, in_doubles(&theirs)),
        (Ok(_), Err(error)) => {
            return Err(TestCaseError::fail(format!("accepted, but serde_json says: {error}")));
        }
        (Err(error), Ok(_)) => {
            let stricter = STRICTER.iter().any(|reason| error.message().starts_with(reason));
            prop_assert!(stricter, "refused although it is JSON: {error}");
        }
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

/// A piece of JSON text and whether every reader agrees on it.
fn document() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|n| (n % MAX_SAFE_INTEGER).to_string()),
        any::<f64>()
            .prop_filter("JSON has no such number", |n| n.is_finite())
            .prop_map(|n| format!("{n:e}")),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
    ];
    let leaf = prop_oneof![
        number,
        text(),
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("null".to_owned()),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        let space = "[ \t\r\n]{0,2}";
        let element = (space, inner, space).prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        prop_oneof![
            prop::collection::vec(element.clone(), 0..8)
                .prop_map(|elements| format!("[{}]", elements.join(","))),
            // Some twenty names take the way of large objects.
            prop::collection::vec((space, text(), element), 0..24).prop_map(|members| {
                let members: Vec<String> = members
                    .into_iter()
                    .map(|(space, name, value)| format!("{space}{name} :{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// A JSON string with escapes of every kind.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -~&&[^\"\\\\]]{1,12}",
        1 => "\\PC{1,4}".prop_map(|text| text.replace(['"', '\\'], "")),
        1 => r#"\\["\\/bfnrt]"#,
        1 => any::<char>().prop_map(|c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")).collect()
        }),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

#[derive(Clone, Debug)]
enum Edit {
    Change(u8),
    Delete,
    Double,
    Insert(u8),
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, Edit)>> {
    let byte = prop_oneof![
        prop::sample::select(b"\"\\{}[],:0123456789eE+-.tfnu \n\x00\x1f".to_vec()),
        any::<u8>()
    ];
    let edit = prop_oneof![
        byte.clone().prop_map(Edit::Change),
        Just(Edit::Delete),
        Just(Edit::Double),
        byte.prop_map(Edit::Insert),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), edit), 1..4)
}

fn apply(text: String, edits: Vec<(prop::sample::Index, Edit)>) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    for (place, edit) in edits {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match edit {
            Edit::Change(byte) => bytes[at] = byte,
            Edit::Delete => drop(bytes.remove(at)),
            Edit::Double => bytes.insert(at, bytes[at]),
            Edit::Insert(byte) => bytes.insert(at, byte),
        }
    }
    bytes
}

#[test]
fn valid_documents_are_read_as_serde_json_reads_them() {
    holds(2000, document(), |text| agrees_with_serde_json(text.as_bytes()));
}

#[test]
fn broken_documents_are_never_accepted() {
    holds(6000, (document(), edits()), |(text, edits)| agrees_with_serde_json(&apply(text, edits)));
}

#[test]
fn numbers_are_the_nearest_double() {
    // Shortest forms, long forms, and the halfway cases between two doubles.
    let halfway = any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|n| {
        let next = f64::from_bits(n.to_bits().wrapping_add(1));
        format!("{n:.400} {next:.400}")
    });
    let digits = "-?(0|[1-9][0-9]{0,40})\\.[0-9]{0,40}[0-9]([eE][+-]?[0-9]{1,3})?";
    holds(5000, prop_oneof![digits.boxed(), halfway.boxed()], |texts| {
        for text in texts.split(' ') {
            let Ok(mut reader) = Reader::new(text.as_bytes(), 1) else { continue };
            // The standard library rounds correctly; what it has no double for is refused.
            let nearest: f64 = text.parse().unwrap_or(f64::NAN);
            match reader.number() {
                Ok(ours) => prop_assert_eq!(ours.to_bits(), nearest.to_bits(), "{}", text),
                Err(_) => {
                    let lost = nearest == 0.0
                        && text.contains(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
                    prop_assert!(!nearest.is_finite() || lost, "{} refused", text);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn what_the_writer_writes_is_read_back() {
    let words = prop::collection::vec((any::<String>(), any::<f64>(), any::<i64>()), 0..6);
    holds(4000, words, |words| {
        let mut writer = Writer::new();
        writer.open_array();
        for (text, number, integer) in &words {
            writer.open_object();
            writer.name("text");
            writer.string(text);
            writer.close_object();
            writer.number(*number);
            writer.integer(*integer);
        }
        writer.close_array();
        let bytes = writer.into_bytes();
        let read: Value = serde_json::from_slice(&bytes).unwrap();
        let expected: Vec<Value> = words
            .iter()
            .flat_map(|(text, number, integer)| {
                let object =
                    Value::Object(Map::from_iter([("text".to_owned(), text.clone().into())]));
                // A number that JSON cannot hold is null in both.
                [object, Value::from(*number), Value::from(*integer)]
            })
            .collect();
        prop_assert_eq!(read.as_array().unwrap().len(), expected.len());
        for (read, expected) in read.as_array().unwrap().iter().zip(&expected) {
            match (read.as_f64(), expected.as_f64()) {
                (Some(read), Some(expected)) => prop_assert_eq!(read, expected),
                _ => prop_assert_eq!(read, expected),
            }
        }
        Ok(())
    });
}
