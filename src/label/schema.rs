//! Which answers a task allows.

use crate::error::Error;
use crate::json::{self, Kind, Reader, Writer};

use super::Label;

/// Which answers a task allows.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(tag = "kind", rename_all = "snake_case", deny_unknown_fields)
)]
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
        #[cfg_attr(feature = "schema", schemars(default))]
        min: usize,
        /// Most classes in an answer. Default: no bound of its own.
        #[cfg_attr(feature = "schema", schemars(default))]
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
        #[cfg_attr(feature = "schema", schemars(default))]
        min: Option<f64>,
        /// Greatest number. Default: no bound.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<f64>,
    },
}

impl LabelSchema {
    /// Reads a schema: `{"kind":"class","classes":["cat","dog"]}`.
    ///
    /// # Errors
    /// With the place, when a member is unknown, missing or of another type.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let start = reader.offset();
        let mut kind = None;
        let mut classes = None;
        let (mut min, mut max) = (None, None);
        reader.object(&mut |reader, member| {
            match member {
                "kind" => kind = Some(reader.string()?.into_owned()),
                "classes" => {
                    let mut list = Vec::new();
                    reader.array(&mut |reader| {
                        list.push(super::class(reader)?);
                        Ok(())
                    })?;
                    classes = Some(list);
                }
                "min" => min = bound(reader)?,
                "max" => max = bound(reader)?,
                _ => return Err(reader.error(&format!("expected no member `{member}`"))),
            }
            Ok(())
        })?;
        let count = |bound: Option<f64>| match bound {
            None => Some(None),
            Some(bound) => super::exact::<usize>(bound).map(Some),
        };
        let rating = |bound: Option<f64>| bound.and_then(super::exact::<i32>);
        let schema = match (kind.as_deref(), classes) {
            (Some("class"), Some(classes)) if min.is_none() && max.is_none() => {
                Some(Self::Class { classes })
            }
            (Some("classes"), Some(classes)) => match (count(min), count(max)) {
                (Some(min), Some(max)) => {
                    Some(Self::Classes { classes, min: min.unwrap_or(0), max })
                }
                _ => None,
            },
            (Some("rating"), None) => {
                rating(min).zip(rating(max)).map(|(min, max)| Self::Rating { min, max })
            }
            (Some("number"), None) => Some(Self::Number { min, max }),
            _ => None,
        };
        schema.ok_or_else(|| {
            reader.error_from(
                start,
                "expected a `kind` of `class` or `classes` with `classes`, `rating` with whole `min` \
                 and `max`, or `number`",
            )
        })
    }

    /// Writes the schema as [`LabelSchema::read`] reads it.
    pub fn write(&self, writer: &mut Writer) {
        writer.open_object();
        match self {
            Self::Class { classes } => {
                writer.string_member("kind", "class");
                write_classes(writer, classes);
            }
            Self::Classes { classes, min, max } => {
                writer.string_member("kind", "classes");
                write_classes(writer, classes);
                let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
                writer.integer_member("min", count(*min));
                if let Some(max) = max {
                    writer.integer_member("max", count(*max));
                }
            }
            Self::Rating { min, max } => {
                writer.string_member("kind", "rating");
                writer.integer_member("min", i64::from(*min));
                writer.integer_member("max", i64::from(*max));
            }
            Self::Number { min, max } => {
                writer.string_member("kind", "number");
                if let Some(min) = min {
                    writer.number_member("min", *min);
                }
                if let Some(max) = max {
                    writer.number_member("max", *max);
                }
            }
        }
        writer.close_object();
    }

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
                let low = min.filter(|min| number < min);
                let high = max.filter(|max| number > max);
                match (low, high) {
                    (Some(min), _) => {
                        Some(format!("expected a number of at least {}", json::number_text(min)))
                    }
                    (_, Some(max)) => {
                        Some(format!("expected a number of at most {}", json::number_text(max)))
                    }
                    _ => None,
                }
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
                Label::class_set(classes.clone()).is_none().then_some("expected each class once")
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

fn write_classes(writer: &mut Writer, classes: &[String]) {
    writer.name("classes");
    writer.open_array();
    for class in classes {
        writer.string(class);
    }
    writer.close_array();
}

fn bound(reader: &mut Reader<'_>) -> Result<Option<f64>, Error> {
    if reader.kind()? == Kind::Null && reader.null() {
        return Ok(None);
    }
    reader.number().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<LabelSchema> {
        LabelSchema::read(&mut Reader::new(text.as_bytes(), 4).unwrap()).ok()
    }

    #[test]
    fn what_is_written_is_read_back() {
        for schema in [
            LabelSchema::Class { classes: vec!["a".into()] },
            LabelSchema::Classes { classes: vec!["a".into()], min: 1, max: Some(2) },
            LabelSchema::Classes { classes: vec!["a".into()], min: 0, max: None },
            LabelSchema::Rating { min: -1, max: 5 },
            LabelSchema::Number { min: Some(0.5), max: None },
        ] {
            let mut writer = Writer::new();
            schema.write(&mut writer);
            let text = String::from_utf8(writer.into_bytes()).unwrap();
            assert_eq!(read(&text), Some(schema), "{text}");
        }
    }

    #[test]
    fn a_schema_that_says_too_little_or_too_much_is_refused() {
        for bad in [
            r#"{}"#,
            r#"{"kind":"class"}"#,
            r#"{"kind":"box","classes":["a"]}"#,
            r#"{"kind":"rating","min":1}"#,
            r#"{"kind":"rating","min":1.5,"max":2}"#,
            r#"{"kind":"class","classes":["a"],"min":1}"#,
            r#"{"kind":"number","classes":["a"]}"#,
            r#"{"kind":"classes","classes":["a"],"max":-1}"#,
            r#"{"kind":"class","classes":[1]}"#,
            r#"{"kind":"rating","min":1,"max":99999999999}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
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
