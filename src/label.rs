//! Labels: what an annotator answers, how alike two answers are, and which answers a task allows.
//!
//! Part of the instruments: useful alone, knows nothing of gates. Every label has one form, so equal answers are equal
//! values and are saved as equal bytes.

mod boxes;
pub mod distance;
mod keypoints;
mod order;
mod polygons;
mod ranking;
mod schema;
mod shape;
mod spans;

use crate::error::Error;
use crate::json::{Kind, Reader, Writer};
use crate::state::{Loader, Saver, State};

pub use boxes::{BoundingBox, MAX_BOXES};
pub use distance::Distance;
pub use keypoints::{Keypoint, MAX_KEYPOINTS};
pub use polygons::{MAX_POINTS, MAX_POLYGONS, Polygon};
pub use ranking::MAX_RANKED;
pub use schema::{LabelSchema, NumberScale};
pub use shape::MAX_COORDINATE;
pub use spans::{MAX_SPANS, Span};

/// One answer. The enum is open: more kinds come.
///
/// As JSON an object with one member: `{"class":"cat"}`, `{"classes":["a","b"]}`, `{"rating":4}`, `{"number":0.25}`,
/// `{"ranking":["a",["b","c"]]}`, `{"text":"hello"}`, `{"spans":[{"start":3,"end":9,"class":"PER"}]}`,
/// `{"boxes":[{"x":1,"y":2,"width":3,"height":4,"class":"cat"}]}`,
/// `{"polygons":[{"points":[[0,0],[4,0],[4,3]],"class":"cat"}]}`, `{"keypoints":[{"name":"nose","x":1,"y":2}]}`.
///
/// The constructors make the one form of an answer; a list that was put together by hand may have another.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Label {
    /// Rectangles, each once, kept sorted; at most 256.
    Boxes(Vec<BoundingBox>),
    /// One class out of several, nominal; 1 to 256 bytes.
    Class(String),
    /// A set of classes, each once, kept sorted; at most 64.
    Classes(Vec<String>),
    /// Named points, each name once, kept sorted; at most 256.
    Keypoints(Vec<Keypoint>),
    /// A number on an interval, ratio or circular scale; finite.
    Number(f64),
    /// Outlines, each once, kept sorted; at most 64, with 1,024 corners together.
    Polygons(Vec<Polygon>),
    /// Items, best first, in tiers: those of one tier are as good as each other, and kept sorted. 1 to 256 items, each
    /// once. As JSON a tier of one is a string, a tier of ties an array: `["a",["b","c"],"d"]`. A preference between
    /// two is a ranking of two.
    Ranking(
        #[cfg_attr(feature = "schema", schemars(with = "Vec<ranking::Tier>"))] Vec<Vec<String>>,
    ),
    /// A step of an ordinal scale; a whole number within ±10^9.
    Rating(i32),
    /// Stretches of a text or a recording, each once, kept sorted; at most 1,024. They may overlap.
    Spans(Vec<Span>),
    /// Free text; at most 16 KiB.
    Text(String),
}

/// Longest class name, in bytes. Chosen; the longest seen on the platforms read is 121.
pub const MAX_CLASS_BYTES: usize = 256;
/// Most classes in one set. Chosen; keeps a label bounded.
pub const MAX_CLASSES: usize = 64;
/// Greatest rating, either side of 0. Chosen.
pub const MAX_RATING: i64 = 1_000_000_000;
/// Longest free text, in bytes. Chosen; a page of a transcript has 3 KB.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;

impl Label {
    /// Reads a label.
    ///
    /// # Errors
    /// With the place, when it is not an object with exactly one known member and a value in bounds.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let start = reader.offset();
        let mut label = None;
        reader.object(&mut |reader, kind| {
            let value = Self::read_value(reader, kind)?;
            match label.replace(value) {
                None => Ok(()),
                Some(_) => Err(reader.error_from(start, "expected a label of one kind")),
            }
        })?;
        label.ok_or_else(|| reader.error_from(start, "expected a label of one kind"))
    }

    fn read_value(reader: &mut Reader<'_>, kind: &str) -> Result<Self, Error> {
        let at = reader.offset();
        let (label, expected) = match kind {
            "boxes" => (Self::boxes(BoundingBox::read_list(reader)?), "expected boxes"),
            "class" => return class(reader).map(Self::Class),
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
                (Self::class_set(classes), "expected each class once")
            }
            "keypoints" => {
                (Self::keypoints(Keypoint::read_list(reader)?), "expected each name once")
            }
            // Minus zero and zero are one answer and must have one form.
            "number" => return Ok(Self::Number(reader.number()? + 0.0)),
            "polygons" => (Self::polygons(Polygon::read_list(reader)?), "expected polygons"),
            "ranking" => (
                Self::ranking(ranking::read(reader)?),
                "expected a ranking of at least one item, each once",
            ),
            "rating" => {
                let rating = reader.integer()?;
                let in_bounds = (-MAX_RATING..=MAX_RATING).contains(&rating);
                let rating = i32::try_from(rating).ok().filter(|_| in_bounds);
                (rating.map(Self::Rating), "expected a rating within 10^9")
            }
            "spans" => (Self::spans(Span::read_list(reader)?), "expected spans"),
            "text" => (
                Self::text(reader.string()?.into_owned()),
                "expected a text of at most 16384 bytes",
            ),
            _ => {
                let expected = "expected the label's kind to be `boxes`, `class`, `classes`, `keypoints`, `number`, \
                                `polygons`, `ranking`, `rating`, `spans` or `text`";
                return Err(reader.error_from(at, expected));
            }
        };
        label.ok_or_else(|| reader.error_from(at, expected))
    }

    /// Writes the label as [`Label::read`] reads it. Equal labels are written as equal bytes.
    pub fn write(&self, writer: &mut Writer) {
        writer.open_object();
        match self {
            Self::Boxes(boxes) => write_list(writer, "boxes", boxes, BoundingBox::write),
            Self::Class(class) => writer.string_member("class", class),
            Self::Classes(classes) => {
                writer.name("classes");
                write_strings(writer, classes);
            }
            Self::Keypoints(keypoints) => {
                write_list(writer, "keypoints", keypoints, Keypoint::write);
            }
            Self::Number(number) => writer.number_member("number", *number),
            Self::Polygons(polygons) => write_list(writer, "polygons", polygons, Polygon::write),
            Self::Ranking(tiers) => {
                writer.name("ranking");
                ranking::write(tiers, writer);
            }
            Self::Rating(rating) => writer.integer_member("rating", i64::from(*rating)),
            Self::Spans(spans) => write_list(writer, "spans", spans, Span::write),
            Self::Text(text) => writer.string_member("text", text),
        }
        writer.close_object();
    }

    /// The name of the kind: the member that it is in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Boxes(_) => "boxes",
            Self::Class(_) => "class",
            Self::Classes(_) => "classes",
            Self::Keypoints(_) => "keypoints",
            Self::Number(_) => "number",
            Self::Polygons(_) => "polygons",
            Self::Ranking(_) => "ranking",
            Self::Rating(_) => "rating",
            Self::Spans(_) => "spans",
            Self::Text(_) => "text",
        }
    }

    /// Boxes in canonical order, repeats dropped; none when there are too many or one is out of bounds.
    #[must_use]
    pub fn boxes(mut boxes: Vec<BoundingBox>) -> Option<Self> {
        shape::into_order(&mut boxes);
        Some(Self::Boxes(boxes)).filter(Self::is_canonical)
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

    /// Key points in canonical order; none when a name comes at two places, there are too many or one is out of
    /// bounds.
    #[must_use]
    pub fn keypoints(mut keypoints: Vec<Keypoint>) -> Option<Self> {
        shape::into_order(&mut keypoints);
        Some(Self::Keypoints(keypoints)).filter(Self::is_canonical)
    }

    /// Polygons in canonical order, repeats dropped; none when there are too many, they have too many corners, or one
    /// is not in its one form ([`Polygon::new`]).
    #[must_use]
    pub fn polygons(mut polygons: Vec<Polygon>) -> Option<Self> {
        shape::into_order(&mut polygons);
        Some(Self::Polygons(polygons)).filter(Self::is_canonical)
    }

    /// A ranking, best first, each tier brought into order; none when nothing is ranked, a tier is empty, an item
    /// comes twice, or there are too many.
    #[must_use]
    pub fn ranking(tiers: Vec<Vec<String>>) -> Option<Self> {
        ranking::canonical(tiers).map(Self::Ranking)
    }

    /// Spans in canonical order, repeats dropped; none when there are too many or one is out of bounds.
    #[must_use]
    pub fn spans(mut spans: Vec<Span>) -> Option<Self> {
        shape::into_order(&mut spans);
        Some(Self::Spans(spans)).filter(Self::is_canonical)
    }

    /// A free text; none when it is too long.
    #[must_use]
    pub fn text(text: String) -> Option<Self> {
        Some(Self::Text(text)).filter(Self::is_canonical)
    }

    /// Whether the label is within bounds and in its one form.
    fn is_canonical(&self) -> bool {
        match self {
            Self::Boxes(boxes) => {
                boxes.len() <= MAX_BOXES
                    && shape::in_order(boxes)
                    && boxes.iter().all(BoundingBox::is_sound)
            }
            Self::Class(class) => is_class(class),
            Self::Classes(classes) => classes.len() <= MAX_CLASSES && shape::in_order(classes),
            Self::Keypoints(keypoints) => {
                keypoints.len() <= MAX_KEYPOINTS
                    && Keypoint::are_named_once(keypoints)
                    && keypoints.iter().all(Keypoint::is_sound)
            }
            Self::Number(number) => number.is_finite() && number.to_bits() != (-0.0_f64).to_bits(),
            Self::Polygons(polygons) => {
                Polygon::are_few(polygons)
                    && shape::in_order(polygons)
                    && polygons.iter().all(Polygon::is_sound)
            }
            Self::Ranking(tiers) => ranking::is_canonical(tiers),
            Self::Rating(rating) => i64::from(*rating).abs() <= MAX_RATING,
            Self::Spans(spans) => {
                spans.len() <= MAX_SPANS
                    && shape::in_order(spans)
                    && spans.iter().all(Span::is_sound)
            }
            Self::Text(text) => text.len() <= MAX_TEXT_BYTES,
        }
    }

    /// How alike two answers are: 0 (not at all) to 1 (the same). Symmetric, never NaN.
    ///
    /// 1 - the [usual distance](Distance::usual) of such labels. Ratings and numbers on a scale that `schema` does not
    /// bound are equal or not. Answers of two kinds: 0.
    #[must_use]
    pub fn similarity(&self, other: &Self, schema: Option<&LabelSchema>) -> f64 {
        1.0 - Distance::usual(self, schema).between(self, other, schema)
    }
}

impl State for Label {
    fn save_to(&self, out: &mut Saver) {
        self.kind_number().save_to(out);
        match self {
            Self::Boxes(boxes) => out.list(boxes),
            Self::Class(text) | Self::Text(text) => out.text(text),
            Self::Classes(classes) => out.list(classes),
            Self::Keypoints(keypoints) => out.list(keypoints),
            Self::Number(number) => number.save_to(out),
            Self::Polygons(polygons) => out.list(polygons),
            Self::Ranking(tiers) => {
                // The number of tiers, then each.
                u32::try_from(tiers.len()).unwrap_or(u32::MAX).save_to(out);
                tiers.iter().for_each(|tier| out.list(tier));
            }
            Self::Rating(rating) => rating.save_to(out),
            Self::Spans(spans) => out.list(spans),
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let label = match input.take::<u8>()? {
            0 => Self::Class(input.text()?),
            1 => Self::Classes(input.list()?),
            2 => Self::Number(input.take()?),
            3 => Self::Rating(input.take()?),
            4 => Self::Boxes(input.list()?),
            5 => Self::Keypoints(input.list()?),
            6 => Self::Polygons(input.list()?),
            7 => {
                let count: u32 = input.take()?;
                let tiers = (0..count).map(|_| input.list()).collect::<Option<_>>()?;
                Self::Ranking(tiers)
            }
            8 => Self::Spans(input.list()?),
            9 => Self::Text(input.text()?),
            _ => return None,
        };
        Some(label).filter(Self::is_canonical)
    }
}

fn class(reader: &mut Reader<'_>) -> Result<String, Error> {
    let at = reader.offset();
    if reader.kind()? != Kind::String {
        return Err(reader.error("expected a class name as a string"));
    }
    let class = reader.string()?;
    if is_class(&class) {
        Ok(class.into_owned())
    } else {
        Err(reader
            .error_from(at, &format!("expected a class name of 1 to {MAX_CLASS_BYTES} bytes")))
    }
}

fn is_class(class: &str) -> bool {
    (1..=MAX_CLASS_BYTES).contains(&class.len())
}

/// A number that is whole and fits the type.
fn exact<T: TryFrom<i64>>(number: f64) -> Option<T> {
    #[allow(clippy::cast_possible_truncation)] // saturates; compared with the number again
    let whole = number as i64;
    #[allow(clippy::cast_precision_loss)] // a number that does not survive is not the same
    let same = (whole as f64 - number).abs() <= 0.0;
    T::try_from(whole).ok().filter(|_| same)
}

fn write_list<T>(
    writer: &mut Writer,
    name: &'static str,
    values: &[T],
    write: fn(&T, &mut Writer),
) {
    writer.name(name);
    writer.open_array();
    values.iter().for_each(|value| write(value, writer));
    writer.close_array();
}

fn write_strings(writer: &mut Writer, strings: &[String]) {
    writer.open_array();
    strings.iter().for_each(|string| writer.string(string));
    writer.close_array();
}

#[cfg(test)]
mod tests;
