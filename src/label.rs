//! Labels: what an annotator answers, how alike two answers are, and which answers a task allows.
//!
//! Part of the instruments: useful alone, knows nothing of gates.

mod order;
mod schema;

use crate::error::Error;
use crate::json::{Kind, Reader};
use crate::state::{Loader, Saver, State};

pub use schema::LabelSchema;

/// One answer. The enum is open: more kinds come.
///
/// As JSON an object with one member: `{"class":"cat"}`, `{"classes":["a","b"]}`, `{"rating":4}`,
/// `{"number":0.25}`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Label {
    /// One class out of several, nominal; 1 to 256 bytes.
    Class(String),
    /// A set of classes, each once, kept sorted; at most 64.
    Classes(Vec<String>),
    /// A number on an interval or ratio scale; finite.
    Number(f64),
    /// A step of an ordinal scale; a whole number within ±10^9.
    Rating(i32),
}

/// Longest class name, in bytes. Chosen; the longest seen on the platforms read is 121.
pub const MAX_CLASS_BYTES: usize = 256;
/// Most classes in one set. Chosen; keeps a label bounded.
pub const MAX_CLASSES: usize = 64;
/// Greatest rating, either side of 0. Chosen.
pub const MAX_RATING: i64 = 1_000_000_000;

impl Label {
    /// Reads a label.
    ///
    /// # Errors
    /// With the place, when it is not an object with exactly one known member and a value in bounds.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let start = reader.offset();
        let mut label = None;
        reader.object(&mut |reader, kind| {
            let at = reader.offset();
            let value = match kind {
                "class" => Self::Class(class(reader)?),
                "classes" => {
                    let mut classes = Vec::new();
                    reader.array(&mut |reader| {
                        if classes.len() == MAX_CLASSES {
                            return Err(
                                reader.error(&format!("expected at most {MAX_CLASSES} classes"))
                            );
                        }
                        classes.push(class(reader)?);
                        Ok(())
                    })?;
                    Self::class_set(classes)
                        .ok_or_else(|| reader.error_from(at, "expected each class once"))?
                }
                "rating" => {
                    let rating = reader.integer()?;
                    let in_bounds = (-MAX_RATING..=MAX_RATING).contains(&rating);
                    match i32::try_from(rating) {
                        Ok(rating) if in_bounds => Self::Rating(rating),
                        _ => return Err(reader.error_from(at, "expected a rating within 10^9")),
                    }
                }
                // Minus zero and zero are one answer and must have one form.
                "number" => Self::Number(reader.number()? + 0.0),
                _ => {
                    return Err(reader.error_from(
                        at,
                        "expected the label's kind to be `class`, `classes`, `rating` or `number`",
                    ));
                }
            };
            match label.replace(value) {
                None => Ok(()),
                Some(_) => Err(reader.error_from(start, "expected a label of one kind")),
            }
        })?;
        label.ok_or_else(|| reader.error_from(start, "expected a label of one kind"))
    }

    /// A set of classes in canonical order; none when a class comes twice.
    #[must_use]
    pub fn class_set(classes: Vec<String>) -> Option<Self> {
        let mut sorted = Vec::with_capacity(classes.len());
        for class in classes {
            // A handful of classes: inserting keeps a whole sort out of the module.
            match sorted.binary_search(&class) {
                Ok(_) => return None,
                Err(place) => sorted.insert(place, class),
            }
        }
        Some(Self::Classes(sorted))
    }

    /// How alike two answers are: 0 (not at all) to 1 (the same). Symmetric, never NaN.
    ///
    /// Classes: equal or not. Sets: Jaccard, and two empty sets are the same. Ratings and numbers:
    /// 1 - |a - b| / (max - min) when `schema` bounds the scale, else equal or not. Answers of two
    /// kinds: 0.
    #[must_use]
    pub fn similarity(&self, other: &Self, schema: Option<&LabelSchema>) -> f64 {
        match (self, other) {
            (Self::Class(a), Self::Class(b)) => f64::from(u8::from(a == b)),
            (Self::Classes(a), Self::Classes(b)) => jaccard(a, b),
            (Self::Rating(a), Self::Rating(b)) => match schema {
                Some(LabelSchema::Rating { min, max }) => {
                    closeness(f64::from(*a), f64::from(*b), f64::from(*min), f64::from(*max))
                }
                _ => f64::from(u8::from(a == b)),
            },
            (Self::Number(a), Self::Number(b)) => match schema {
                Some(LabelSchema::Number { min: Some(min), max: Some(max) }) => {
                    closeness(*a, *b, *min, *max)
                }
                _ => f64::from(u8::from((a - b).abs() <= 0.0)),
            },
            _ => 0.0,
        }
    }
}

impl State for Label {
    fn save_to(&self, out: &mut Saver) {
        match self {
            Self::Class(class) => {
                0u8.save_to(out);
                out.text(class);
            }
            Self::Classes(classes) => {
                1u8.save_to(out);
                out.list(classes);
            }
            Self::Number(number) => {
                2u8.save_to(out);
                number.save_to(out);
            }
            Self::Rating(rating) => {
                3u8.save_to(out);
                rating.save_to(out);
            }
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        match input.take::<u8>()? {
            0 => input.text().map(Self::Class),
            1 => Self::class_set(input.list()?),
            2 => input.take().filter(|number: &f64| number.is_finite()).map(Self::Number),
            3 => input.take().map(Self::Rating),
            _ => None,
        }
    }
}

fn class(reader: &mut Reader<'_>) -> Result<String, Error> {
    let at = reader.offset();
    if reader.kind()? != Kind::String {
        return Err(reader.error("expected a class name as a string"));
    }
    let class = reader.string()?;
    if class.is_empty() || class.len() > MAX_CLASS_BYTES {
        return Err(reader
            .error_from(at, &format!("expected a class name of 1 to {MAX_CLASS_BYTES} bytes")));
    }
    Ok(class.into_owned())
}

/// Size of the intersection over size of the union, of two sorted lists without repeats.
fn jaccard(a: &[String], b: &[String]) -> f64 {
    let both = a.iter().filter(|class| b.binary_search(class).is_ok()).count();
    let either = a.len() + b.len() - both;
    if either == 0 {
        return 1.0;
    }
    #[allow(clippy::cast_precision_loss)] // at most 128
    let share = both as f64 / either as f64;
    share
}

fn closeness(a: f64, b: f64, min: f64, max: f64) -> f64 {
    let range = max - min;
    if range > 0.0 && range.is_finite() { (1.0 - (a - b).abs() / range).max(0.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Label, Error> {
        Label::read(&mut Reader::new(text.as_bytes(), 4)?)
    }

    #[test]
    fn the_four_kinds_are_read() {
        assert_eq!(read(r#"{"class":"cat"}"#).unwrap(), Label::Class("cat".into()));
        assert_eq!(
            read(r#"{"classes":["b","a"]}"#).unwrap(),
            Label::Classes(vec!["a".into(), "b".into()])
        );
        assert_eq!(read(r#"{"rating":-3}"#).unwrap(), Label::Rating(-3));
        assert_eq!(read(r#"{"number":-0}"#).unwrap(), Label::Number(0.0));
    }

    #[test]
    fn a_label_of_no_kind_of_two_kinds_or_out_of_bounds_is_refused() {
        for bad in [
            "{}",
            r#"{"class":"a","rating":1}"#,
            r#"{"class":""}"#,
            r#"{"classes":["a","a"]}"#,
            r#"{"rating":1.5}"#,
            r#"{"rating":1000000001}"#,
            r#"{"number":"1"}"#,
            r#"{"box":[]}"#,
            "[]",
            r#"{"class":1}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn similarity_is_symmetric_and_within_bounds() {
        let scale = LabelSchema::Rating { min: 1, max: 5 };
        let labels = [
            Label::Class("a".into()),
            Label::Class("b".into()),
            Label::Classes(vec![]),
            Label::Classes(vec!["a".into(), "b".into()]),
            Label::Classes(vec!["b".into()]),
            Label::Rating(1),
            Label::Rating(4),
            Label::Number(0.5),
            Label::Number(f64::MAX),
        ];
        for a in &labels {
            assert!((a.similarity(a, Some(&scale)) - 1.0).abs() < 1e-12);
            for b in &labels {
                let ab = a.similarity(b, Some(&scale));
                assert!((0.0..=1.0).contains(&ab));
                assert!((ab - b.similarity(a, Some(&scale))).abs() < 1e-15);
            }
        }
        assert!(
            (Label::Rating(1).similarity(&Label::Rating(4), Some(&scale)) - 0.25).abs() < 1e-12
        );
        let half = labels[3].similarity(&labels[4], None);
        assert!((half - 0.5).abs() < 1e-12);
    }
}
