//! Outlines.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::error::Error;
use crate::json::{Reader, Writer};
use crate::state::{Loader, Saver, State};

use super::order;
use super::shape::{self, Form};

/// An outline, perhaps of a class: its corners in turn, the last joined to the first.
///
/// Where it crosses itself, inside is what the outline winds around (non-zero winding). It has one form: no corner
/// twice in a row, and of all corners to start from and both directions the one whose list comes first. Polygons are
/// in order by class, then by corners.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct Polygon {
    /// What it is; 1 to 256 bytes.
    #[cfg_attr(feature = "schema", schemars(with = "String", default))]
    pub class: Option<String>,
    /// Corners as x and y, in units of the task's choice, mostly pixels; within ±10^9. At least 3 that differ from the
    /// one before.
    pub points: Vec<[f64; 2]>,
}

/// Most polygons in one answer. Chosen; keeps a label and a comparison bounded.
pub const MAX_POLYGONS: usize = 64;
/// Most corners in one answer, of all its polygons together. Chosen; drawn outlines seen have a few hundred.
pub const MAX_POINTS: usize = 1024;
/// Fewest corners of a polygon.
const MIN_POINTS: usize = 3;

const FORM: Form = Form {
    numbers: &[],
    text: "class",
    needs_text: false,
    has_points: true,
    expected: "expected a polygon with `points` and maybe `class`",
};

impl Polygon {
    /// A polygon in its one form; none when a coordinate is out of bounds or fewer than 3 corners are left.
    #[must_use]
    pub fn new(class: Option<String>, points: Vec<[f64; 2]>) -> Option<Self> {
        // Minus zero and zero are one place.
        let points = points.into_iter().map(|point| point.map(|number| number + 0.0)).collect();
        Some(Self { class, points: canonical(points) }).filter(Self::is_in_bounds)
    }

    pub(super) fn is_sound(&self) -> bool {
        self.is_in_bounds() && canonical(self.points.clone()) == self.points
    }

    /// Whether the polygons of an answer have at most so many corners as an answer may have.
    pub(super) fn are_few(polygons: &[Self]) -> bool {
        polygons.len() <= MAX_POLYGONS
            && polygons.iter().map(|polygon| polygon.points.len()).sum::<usize>() <= MAX_POINTS
    }

    pub(super) fn read_list(reader: &mut Reader<'_>) -> Result<Vec<Self>, Error> {
        let mut polygons = Vec::new();
        let mut room = MAX_POINTS;
        shape::list(reader, MAX_POLYGONS, &mut |reader| {
            let at = reader.offset();
            let parts = shape::parts(reader, &FORM, room)?;
            room -= parts.points.len();
            let points = canonical(parts.points);
            if points.len() < MIN_POINTS {
                return Err(reader.error_from(at, "expected a polygon of at least 3 points"));
            }
            polygons.push(Self { class: parts.text, points });
            Ok(())
        })?;
        Ok(polygons)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open_object();
        writer.name("points");
        writer.open_array();
        for [x, y] in &self.points {
            writer.open_array();
            writer.number(*x);
            writer.number(*y);
            writer.close_array();
        }
        writer.close_array();
        shape::write_class(writer, self.class.as_deref());
        writer.close_object();
    }

    fn is_in_bounds(&self) -> bool {
        (MIN_POINTS..=MAX_POINTS).contains(&self.points.len())
            && self.points.as_flattened().iter().all(|number| shape::is_coordinate(*number))
            && self.class.as_deref().is_none_or(super::is_class)
    }
}

/// The one form of a closed outline.
fn canonical(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let start = least_start(&points);
    points.rotate_left(start);
    let mut reversed = points.clone();
    reversed.reverse();
    let start = least_start(&reversed);
    reversed.rotate_left(start);
    match order::numbers(reversed.as_flattened(), points.as_flattened()) {
        Ordering::Less => reversed,
        _ => points,
    }
}

/// Where the rotation that comes first starts. Of two candidates each comparison drops one, with all starts between:
/// linear time.
fn least_start(points: &[[f64; 2]]) -> usize {
    let count = points.len();
    let (mut one, mut other, mut same) = (0, 1, 0);
    while one < count && other < count && same < count {
        let at = |start: usize| points.get((start + same) % count).map_or(&[][..], |point| point);
        match order::numbers(at(one), at(other)) {
            Ordering::Equal => {
                same += 1;
                continue;
            }
            Ordering::Greater => one += same + 1,
            Ordering::Less => other += same + 1,
        }
        other += usize::from(one == other);
        same = 0;
    }
    one.min(other)
}

impl State for Polygon {
    fn save_to(&self, out: &mut Saver) {
        self.class.save_to(out);
        out.list(&self.points);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self { class: input.take()?, points: input.list()? })
    }
}

impl Ord for Polygon {
    fn cmp(&self, other: &Self) -> Ordering {
        self.class
            .cmp(&other.class)
            .then_with(|| order::numbers(self.points.as_flattened(), other.points.as_flattened()))
    }
}

impl Hash for Polygon {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.class.hash(state);
        for number in self.points.as_flattened() {
            number.to_bits().hash(state);
        }
    }
}

order::by_order!(Polygon);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_one_form_wherever_it_starts_and_whichever_way_it_goes() {
        let points = [[3.0, 1.0], [0.0, 0.0], [2.0, 2.0], [0.0, 0.0], [1.0, 5.0], [0.0, 0.0]];
        let expected = Polygon::new(None, points.to_vec()).unwrap();
        for start in 0..points.len() {
            let mut turned = points.to_vec();
            turned.rotate_left(start);
            assert_eq!(Polygon::new(None, turned.clone()).unwrap(), expected);
            turned.reverse();
            turned.push(turned[0]);
            assert_eq!(Polygon::new(None, turned).unwrap(), expected);
        }
        assert!(expected.is_sound());
    }

    #[test]
    fn the_least_rotation_is_that_of_trying_all() {
        let mut seed = 1_u32;
        for _ in 0..2000 {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed >> 24
            };
            let count = 3 + next() as usize % 9;
            let points: Vec<[f64; 2]> = (0..count).map(|_| [f64::from(next() % 3), 0.0]).collect();
            let turned = |start: usize| {
                let mut turned = points.clone();
                turned.rotate_left(start);
                turned
            };
            let best = (0..count)
                .map(turned)
                .min_by(|a, b| order::numbers(a.as_flattened(), b.as_flattened()))
                .unwrap();
            assert_eq!(turned(least_start(&points)), best);
        }
    }

    #[test]
    fn what_has_no_three_corners_is_no_polygon() {
        assert!(Polygon::new(None, vec![[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]).is_none());
        assert!(Polygon::new(None, vec![[0.0, 0.0], [1e10, 0.0], [1.0, 1.0]]).is_none());
        assert!(Polygon::new(None, vec![[0.0, 0.0], [f64::NAN, 0.0], [1.0, 1.0]]).is_none());
        assert!(
            Polygon::new(Some(String::new()), vec![[0.0, 0.0], [2.0, 0.0], [1.0, 1.0]]).is_none()
        );
    }
}
