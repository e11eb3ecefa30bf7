//! Labels: what an annotator answers, how alike two answers are, and which answers a task allows.
//!
//! Part of the instruments: useful alone, knows nothing of gates.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::json::{Kind, Reader};

/// One answer. The enum is open: more kinds come.
///
/// As JSON an object with one member: `{"class":"cat"}`, `{"classes":["a","b"]}`, `{"rating":4}`,
/// `{"number":0.25}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
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
        reader.object(|reader, kind| {
            let at = reader.offset();
            let value = match kind {
                "class" => Self::Class(class(reader)?),
                "classes" => {
                    let mut classes = Vec::new();
                    reader.array(|reader| {
                        if classes.len() == MAX_CLASSES {
                            return Err(reader
                                .error(format_args!("expected at most {MAX_CLASSES} classes")));
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
    pub fn class_set(mut classes: Vec<String>) -> Option<Self> {
        classes.sort_unstable();
        let twice = classes.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
        (!twice).then_some(Self::Classes(classes))
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

fn class(reader: &mut Reader<'_>) -> Result<String, Error> {
    let at = reader.offset();
    if reader.kind()? != Kind::String {
        return Err(reader.error("expected a class name as a string"));
    }
    let class = reader.string()?;
    if class.is_empty() || class.len() > MAX_CLASS_BYTES {
        return Err(reader.error_from(
            at,
            format_args!("expected a class name of 1 to {MAX_CLASS_BYTES} bytes"),
        ));
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

/// Which answers a task allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LabelSchema {
    /// One of these classes.
    Class {
        /// The classes; at least one, each once.
        classes: Vec<String>,
    },
    /// A set of these classes.
    Classes {
        /// The classes; at least one, each once.
        classes: Vec<String>,
        /// Fewest classes in an answer. Default 0.
        #[serde(default)]
        min: usize,
        /// Most classes in an answer. Default: no bound of its own.
        #[serde(default)]
        max: Option<usize>,
    },
    /// A whole number from `min` to `max`.
    Rating {
        /// Least rating.
        min: i32,
        /// Greatest rating.
        max: i32,
    },
    /// A number.
    Number {
        /// Least number. Default: no bound.
        #[serde(default)]
        min: Option<f64>,
        /// Greatest number. Default: no bound.
        #[serde(default)]
        max: Option<f64>,
    },
}

impl LabelSchema {
    /// Says what is wrong with `label`, as "expected …"; none when the task allows it.
    #[must_use]
    pub fn complaint(&self, label: &Label) -> Option<String> {
        match (self, label) {
            (Self::Class { classes }, Label::Class(class)) => {
                (!classes.contains(class)).then(|| format!("expected one of {}", listed(classes)))
            }
            (Self::Classes { classes, min, max }, Label::Classes(set)) => {
                if !set.iter().all(|class| classes.contains(class)) {
                    return Some(format!("expected only classes of {}", listed(classes)));
                }
                let most = max.unwrap_or(usize::MAX);
                (!(*min..=most).contains(&set.len())).then(|| match max {
                    Some(max) => format!("expected {min} to {max} classes"),
                    None => format!("expected at least {min} classes"),
                })
            }
            (Self::Rating { min, max }, Label::Rating(rating)) => (!(*min..=*max).contains(rating))
                .then(|| format!("expected a rating from {min} to {max}")),
            (Self::Number { min, max }, Label::Number(number)) => {
                let low = min.is_some_and(|min| *number < min);
                let high = max.is_some_and(|max| *number > max);
                (low || high).then(|| match (min, max) {
                    (Some(min), Some(max)) => format!("expected a number from {min} to {max}"),
                    (Some(min), None) => format!("expected a number of at least {min}"),
                    (_, max) => format!("expected a number of at most {}", max.unwrap_or(0.0)),
                })
            }
            (Self::Class { .. }, _) => Some("expected `class`".into()),
            (Self::Classes { .. }, _) => Some("expected `classes`".into()),
            (Self::Rating { .. }, _) => Some("expected `rating`".into()),
            (Self::Number { .. }, _) => Some("expected `number`".into()),
        }
    }

    /// Says what is wrong with the schema itself; none when it can be used.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        match self {
            Self::Class { classes } | Self::Classes { classes, .. } if classes.is_empty() => {
                Some("expected at least one class")
            }
            Self::Class { classes } | Self::Classes { classes, .. } => {
                let mut sorted: Vec<_> = classes.iter().collect();
                sorted.sort_unstable();
                let twice = sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
                twice.then_some("expected each class once")
            }
            Self::Rating { min, max } => (min >= max).then_some("expected `min` below `max`"),
            Self::Number { min: Some(min), max: Some(max) } => {
                (min >= max).then_some("expected `min` below `max`")
            }
            Self::Number { .. } => None,
        }
    }
}

/// The first classes of a list, for a message.
fn listed(classes: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = String::new();
    for (n, class) in classes.iter().take(SHOWN).enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        text.push('`');
        text.push_str(class);
        text.push('`');
    }
    if classes.len() > SHOWN {
        text.push_str(&format!(" and {} more", classes.len() - SHOWN));
    }
    text
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

    #[test]
    fn a_schema_says_what_it_expected() {
        let schema = LabelSchema::Class { classes: vec!["cat".into(), "dog".into()] };
        assert_eq!(schema.complaint(&Label::Class("cat".into())), None);
        assert_eq!(
            schema.complaint(&Label::Class("cow".into())).unwrap(),
            "expected one of `cat`, `dog`"
        );
        assert_eq!(schema.complaint(&Label::Rating(1)).unwrap(), "expected `class`");
        let sets = LabelSchema::Classes { classes: vec!["a".into()], min: 1, max: None };
        assert!(sets.complaint(&Label::Classes(vec![])).is_some());
        let number = LabelSchema::Number { min: Some(0.0), max: None };
        assert!(number.complaint(&Label::Number(-0.1)).is_some());
        assert!(number.complaint(&Label::Number(7.0)).is_none());
    }
}
