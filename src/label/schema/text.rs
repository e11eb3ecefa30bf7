//! Schemas as JSON.

use crate::error::Error;
use crate::json::{Kind, Reader, Writer};
use crate::label::{class, exact, write_strings};

use super::{LabelSchema, NumberScale};

/// The members that are numbers, in the order of [`Draft::numbers`].
const NUMBERS: [&str; 6] = ["height", "length", "max", "min", "size", "width"];
/// The members that are lists of names, in the order of [`Draft::lists`].
const LISTS: [&str; 3] = ["classes", "items", "names"];
/// The kinds, each with the members that it may have.
const KINDS: [(&str, &str); 10] = [
    ("boxes", "classes min max width height"),
    ("class", "classes"),
    ("classes", "classes min max"),
    ("keypoints", "names sigmas size width height"),
    ("number", "min max scale"),
    ("polygons", "classes min max width height"),
    ("ranking", "items min ties"),
    ("rating", "min max"),
    ("spans", "classes min max length"),
    ("text", "min max"),
];

/// The members as they were read.
#[derive(Default)]
struct Draft {
    kind: String,
    /// Names of the members that have a value.
    given: Vec<String>,
    numbers: [Option<f64>; NUMBERS.len()],
    lists: [Option<Vec<String>>; LISTS.len()],
    sigmas: Vec<f64>,
    scale: NumberScale,
    has_no_ties: bool,
}

impl LabelSchema {
    /// Reads a schema: `{"kind":"class","classes":["cat","dog"]}`.
    ///
    /// # Errors
    /// With the place, when a member is unknown, missing or of another type.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let start = reader.offset();
        let mut draft = Draft::default();
        reader.object(&mut |reader, member| draft.read(reader, member))?;
        let Some((kind, members)) = KINDS.iter().find(|(kind, _)| *kind == draft.kind) else {
            return Err(reader.error_from(
                start,
                "expected a `kind` of `boxes`, `class`, `classes`, `keypoints`, `number`, `polygons`, `ranking`, \
                 `rating`, `spans` or `text`",
            ));
        };
        let is_allowed = |given: &String| members.split(' ').any(|member| member == given);
        let schema = draft.given.iter().all(is_allowed).then(|| draft.schema()).flatten();
        schema.ok_or_else(|| {
            let mut expected =
                format!("expected the `kind` `{kind}` with these members alone: {members}");
            expected.push_str(match *kind {
                "class" | "classes" => "; `classes` is needed",
                "rating" => "; both are needed, and whole",
                _ => "",
            });
            reader.error_from(start, &expected)
        })
    }

    /// Writes the schema as [`LabelSchema::read`] reads it.
    pub fn write(&self, writer: &mut Writer) {
        writer.open_object();
        writer.string_member("kind", self.kind());
        match self {
            Self::Boxes { classes, min, max, width, height }
            | Self::Polygons { classes, min, max, width, height } => {
                strings(writer, "classes", classes);
                counts(writer, *min, *max);
                number(writer, "width", *width);
                number(writer, "height", *height);
            }
            Self::Class { classes } => strings(writer, "classes", classes),
            Self::Classes { classes, min, max } => {
                strings(writer, "classes", classes);
                counts(writer, *min, *max);
            }
            Self::Keypoints { names, sigmas, size, width, height } => {
                strings(writer, "names", names);
                if !sigmas.is_empty() {
                    writer.name("sigmas");
                    writer.open_array();
                    sigmas.iter().for_each(|sigma| writer.number(*sigma));
                    writer.close_array();
                }
                number(writer, "size", *size);
                number(writer, "width", *width);
                number(writer, "height", *height);
            }
            Self::Number { min, max, scale } => {
                number(writer, "min", *min);
                number(writer, "max", *max);
                if *scale != NumberScale::Interval {
                    let known = NumberScale::ALL.iter().find(|(_, known)| known == scale);
                    writer.string_member("scale", known.map_or("interval", |(name, _)| name));
                }
            }
            Self::Ranking { items, min, ties } => {
                strings(writer, "items", items);
                if let Some(min) = min {
                    counts(writer, *min, None);
                }
                if !ties {
                    writer.name("ties");
                    writer.boolean(false);
                }
            }
            Self::Rating { min, max } => {
                writer.integer_member("min", i64::from(*min));
                writer.integer_member("max", i64::from(*max));
            }
            Self::Spans { classes, min, max, length } => {
                strings(writer, "classes", classes);
                counts(writer, *min, *max);
                number(writer, "length", length.map(f64::from));
            }
            Self::Text { min, max } => counts(writer, *min, *max),
        }
        writer.close_object();
    }
}

impl Draft {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        if member == "kind" {
            self.kind = reader.string()?.into_owned();
            return Ok(());
        }
        if reader.kind()? == Kind::Null && reader.null() {
            return Ok(());
        }
        let place = |names: &[&str]| names.iter().position(|name| *name == member);
        if let Some(slot) = place(&NUMBERS).and_then(|place| self.numbers.get_mut(place)) {
            *slot = Some(reader.number()?);
        } else if let Some(slot) = place(&LISTS).and_then(|place| self.lists.get_mut(place)) {
            let mut list = Vec::new();
            reader.array(&mut |reader| {
                list.push(class(reader)?);
                Ok(())
            })?;
            *slot = Some(list);
        } else {
            match member {
                "sigmas" => reader.array(&mut |reader| {
                    self.sigmas.push(reader.number()?);
                    Ok(())
                })?,
                "scale" => {
                    let at = reader.offset();
                    let word = reader.string()?;
                    let known = NumberScale::ALL.iter().find(|(name, _)| *name == word);
                    let expected = "expected `circular`, `interval` or `ratio`";
                    (_, self.scale) = *known.ok_or_else(|| reader.error_from(at, expected))?;
                }
                "ties" => self.has_no_ties = !reader.boolean()?,
                _ => return Err(reader.error(&format!("expected no member `{member}`"))),
            }
        }
        self.given.push(member.to_owned());
        Ok(())
    }

    /// The schema; none when a member is missing or not of its type.
    fn schema(self) -> Option<LabelSchema> {
        let [height, length, max, min, size, width] = self.numbers;
        let [classes, items, names] = self.lists;
        // A number that is no count makes the whole no schema.
        let count =
            |number: Option<f64>| number.map(exact::<usize>).map_or(Some(None), |n| n.map(Some));
        let listed = classes.is_some();
        let classes = classes.unwrap_or_default();
        Some(match self.kind.as_str() {
            "boxes" => LabelSchema::Boxes {
                classes,
                min: count(min)?.unwrap_or(0),
                max: count(max)?,
                width,
                height,
            },
            "class" if listed => LabelSchema::Class { classes },
            "classes" if listed => {
                LabelSchema::Classes { classes, min: count(min)?.unwrap_or(0), max: count(max)? }
            }
            "keypoints" => LabelSchema::Keypoints {
                names: names.unwrap_or_default(),
                sigmas: self.sigmas,
                size,
                width,
                height,
            },
            "number" => LabelSchema::Number { min, max, scale: self.scale },
            "polygons" => LabelSchema::Polygons {
                classes,
                min: count(min)?.unwrap_or(0),
                max: count(max)?,
                width,
                height,
            },
            "ranking" => LabelSchema::Ranking {
                items: items.unwrap_or_default(),
                min: count(min)?,
                ties: !self.has_no_ties,
            },
            "rating" => LabelSchema::Rating { min: exact(min?)?, max: exact(max?)? },
            "spans" => LabelSchema::Spans {
                classes,
                min: count(min)?.unwrap_or(0),
                max: count(max)?,
                length: match length {
                    Some(length) => Some(exact(length)?),
                    None => None,
                },
            },
            "text" => LabelSchema::Text { min: count(min)?.unwrap_or(0), max: count(max)? },
            _ => return None,
        })
    }
}

fn strings(writer: &mut Writer, name: &'static str, strings: &[String]) {
    if !strings.is_empty() || name == "classes" {
        writer.name(name);
        write_strings(writer, strings);
    }
}

fn counts(writer: &mut Writer, min: usize, max: Option<usize>) {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    writer.integer_member("min", count(min));
    if let Some(max) = max {
        writer.integer_member("max", count(max));
    }
}

fn number(writer: &mut Writer, name: &'static str, value: Option<f64>) {
    if let Some(value) = value {
        writer.number_member(name, value);
    }
}
