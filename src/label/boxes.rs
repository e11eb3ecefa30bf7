//! Rectangles along the axes.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::error::Error;
use crate::json::{Reader, Writer};
use crate::state;

use super::order;
use super::shape::{self, Form};

/// A rectangle along the axes, perhaps of a class.
///
/// Coordinates are in units of the task's choice, mostly pixels; within ±10^9. Boxes are in order by class, then by
/// place.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct BoundingBox {
    /// What it is; 1 to 256 bytes.
    #[cfg_attr(feature = "schema", schemars(with = "String", default))]
    pub class: Option<String>,
    /// Left edge.
    pub x: f64,
    /// Top edge, where y grows downwards.
    pub y: f64,
    /// From the left to the right edge; above 0, at most 10^9.
    pub width: f64,
    /// From the top to the bottom edge; above 0, at most 10^9.
    pub height: f64,
}

/// Most boxes in one answer. Chosen; keeps a label and a comparison bounded.
pub const MAX_BOXES: usize = 256;

const FORM: Form = Form {
    numbers: &["x", "y", "width", "height"],
    text: "class",
    needs_text: false,
    has_points: false,
    expected: "expected a box with `x`, `y`, `width`, `height` and maybe `class`",
};

state::fields!(BoundingBox { class, x, y, width, height });

impl BoundingBox {
    pub(super) fn is_sound(&self) -> bool {
        self.numbers().into_iter().all(shape::is_coordinate)
            && self.width > 0.0
            && self.height > 0.0
            && self.class.as_deref().is_none_or(super::is_class)
    }

    pub(super) fn read_list(reader: &mut Reader<'_>) -> Result<Vec<Self>, Error> {
        let mut boxes = Vec::new();
        shape::list(reader, MAX_BOXES, &mut |reader| {
            let at = reader.offset();
            let parts = shape::parts(reader, &FORM, 0)?;
            let [x, y, width, height] = parts.numbers;
            if width <= 0.0 || height <= 0.0 {
                return Err(reader.error_from(at, "expected `width` and `height` above 0"));
            }
            boxes.push(Self { class: parts.text, x, y, width, height });
            Ok(())
        })?;
        Ok(boxes)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open_object();
        writer.number_member("x", self.x);
        writer.number_member("y", self.y);
        writer.number_member("width", self.width);
        writer.number_member("height", self.height);
        shape::write_class(writer, self.class.as_deref());
        writer.close_object();
    }

    fn numbers(&self) -> [f64; 4] {
        [self.x, self.y, self.width, self.height]
    }
}

impl Ord for BoundingBox {
    fn cmp(&self, other: &Self) -> Ordering {
        self.class.cmp(&other.class).then_with(|| order::numbers(&self.numbers(), &other.numbers()))
    }
}

impl Hash for BoundingBox {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.class.hash(state);
        self.numbers().map(f64::to_bits).hash(state);
    }
}

order::by_order!(BoundingBox);
