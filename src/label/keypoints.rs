//! Named points.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::error::Error;
use crate::json::{Reader, Writer};
use crate::state;

use super::order;
use super::shape::{self, Form};

/// A named point, such as a nose. One that cannot be seen is left out.
///
/// Coordinates are in units of the task's choice, mostly pixels; within ±10^9. Key points are in order by name.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct Keypoint {
    /// What it is; 1 to 256 bytes, once in an answer.
    pub name: String,
    /// Across.
    pub x: f64,
    /// Down, or up: as the task has it.
    pub y: f64,
}

/// Most key points in one answer. Chosen; the largest sets of faces and hands have 133.
pub const MAX_KEYPOINTS: usize = 256;

const FORM: Form = Form {
    numbers: &["x", "y"],
    text: "name",
    needs_text: true,
    has_points: false,
    expected: "expected a key point with `name`, `x` and `y`",
};

state::fields!(Keypoint { name, x, y });

impl Keypoint {
    pub(super) fn is_sound(&self) -> bool {
        [self.x, self.y].into_iter().all(shape::is_coordinate) && super::is_class(&self.name)
    }

    /// Whether each name comes once, in a list that is in order.
    pub(super) fn are_named_once(keypoints: &[Self]) -> bool {
        keypoints.is_sorted_by(|a, b| a.name < b.name)
    }

    pub(super) fn read_list(reader: &mut Reader<'_>) -> Result<Vec<Self>, Error> {
        let mut keypoints = Vec::new();
        shape::list(reader, MAX_KEYPOINTS, &mut |reader| {
            let parts = shape::parts(reader, &FORM, 0)?;
            let [x, y, ..] = parts.numbers;
            keypoints.push(Self { name: parts.text.unwrap_or_default(), x, y });
            Ok(())
        })?;
        Ok(keypoints)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open_object();
        writer.string_member("name", &self.name);
        writer.number_member("x", self.x);
        writer.number_member("y", self.y);
        writer.close_object();
    }
}

impl Ord for Keypoint {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name
            .cmp(&other.name)
            .then_with(|| order::numbers(&[self.x, self.y], &[other.x, other.y]))
    }
}

impl Hash for Keypoint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        [self.x, self.y].map(f64::to_bits).hash(state);
    }
}

order::by_order!(Keypoint);
