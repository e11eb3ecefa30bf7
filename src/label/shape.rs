//! What spans, boxes, polygons and key points share: how they are read, written and brought into order.

use crate::error::Error;
use crate::json::{Reader, Writer};
use crate::sort::heap_sort;

/// Greatest coordinate, either side of 0, and greatest width, height or offset. Chosen: a billion pixels or characters
/// is beyond any item, and far within what a double keeps exactly.
pub const MAX_COORDINATE: f64 = 1e9;

/// The members that a shape has in JSON.
pub(super) struct Form {
    /// Names of its numbers, all needed.
    pub(super) numbers: &'static [&'static str],
    /// Name of its text.
    pub(super) text: &'static str,
    pub(super) needs_text: bool,
    pub(super) has_points: bool,
    /// What to say when the members are others.
    pub(super) expected: &'static str,
}

/// What was read of one shape.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) numbers: [f64; 4],
    pub(super) text: Option<String>,
    pub(super) points: Vec<[f64; 2]>,
}

/// Reads an array of at most `most` values.
pub(super) fn list(
    reader: &mut Reader<'_>,
    most: usize,
    element: &mut dyn FnMut(&mut Reader<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut count = 0;
    reader.array(&mut |reader| {
        if count == most {
            return Err(reader.error(&format!("expected at most {most} in the list")));
        }
        count += 1;
        element(reader)
    })
}

/// Reads one shape: an object with the members of its form. One copy of this code for all shapes.
pub(super) fn parts(
    reader: &mut Reader<'_>,
    form: &Form,
    most_points: usize,
) -> Result<Parts, Error> {
    let start = reader.offset();
    let mut parts = Parts::default();
    let mut found = 0;
    reader.object(&mut |reader, member| {
        if let Some(place) = form.numbers.iter().position(|name| *name == member) {
            found += 1;
            let number = coordinate(reader)?;
            if let Some(slot) = parts.numbers.get_mut(place) {
                *slot = number;
            }
        } else if member == form.text {
            parts.text = Some(super::class(reader)?);
        } else if member == "points" && form.has_points {
            list(reader, most_points, &mut |reader| {
                parts.points.push(point(reader)?);
                Ok(())
            })?;
        } else {
            return Err(reader.error_from(start, form.expected));
        }
        Ok(())
    })?;
    if found < form.numbers.len() || (form.needs_text && parts.text.is_none()) {
        return Err(reader.error_from(start, form.expected));
    }
    Ok(parts)
}

fn point(reader: &mut Reader<'_>) -> Result<[f64; 2], Error> {
    let start = reader.offset();
    let mut point = [0.0; 2];
    let mut count = 0;
    reader.array(&mut |reader| {
        let number = coordinate(reader)?;
        if let Some(slot) = point.get_mut(count) {
            *slot = number;
        }
        count += 1;
        Ok(())
    })?;
    if count == 2 {
        Ok(point)
    } else {
        Err(reader.error_from(start, "expected a point as `[x,y]`"))
    }
}

fn coordinate(reader: &mut Reader<'_>) -> Result<f64, Error> {
    let at = reader.offset();
    // Minus zero and zero are one place and must have one form.
    let number = reader.number()? + 0.0;
    if is_coordinate(number) {
        Ok(number)
    } else {
        Err(reader.error_from(at, "expected a number within 10^9"))
    }
}

/// Whether a coordinate is within bounds and in its one form.
pub(super) fn is_coordinate(number: f64) -> bool {
    number.abs() <= MAX_COORDINATE && number.to_bits() != (-0.0_f64).to_bits()
}

/// Sorts and drops exact repeats.
pub(super) fn into_order<T: Ord>(values: &mut Vec<T>) {
    if !in_order(values) {
        heap_sort(values, &|a, b| a < b);
        values.dedup();
    }
}

/// Whether the values ascend without repeats.
pub(super) fn in_order<T: Ord>(values: &[T]) -> bool {
    values.is_sorted_by(|a, b| a < b)
}

/// Writes an optional class.
pub(super) fn write_class(writer: &mut Writer, class: Option<&str>) {
    if let Some(class) = class {
        writer.string_member("class", class);
    }
}
