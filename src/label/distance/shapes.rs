//! Distances of boxes and polygons.

use crate::label::{BoundingBox, Polygon};

use super::area::Overlay;

/// 1 - intersection over union of what the boxes cover, class by class.
///
/// The areas of the classes are added up: IoU = sum of the areas that both answers cover / sum of those that either
/// covers. What two boxes of one class and one answer cover counts once. 0 for two empty lists. Exact but for
/// rounding, up to 64 boxes on either side wherever they are, and mostly beyond; else good to about two percent.
#[must_use]
pub fn box_iou(a: &[BoundingBox], b: &[BoundingBox]) -> f64 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let classes = Classes {
        a: a.iter().map(class_of_box).collect(),
        b: b.iter().map(class_of_box).collect(),
    };
    let mut overlay = Overlay::default();
    for (side, boxes) in [(0, a), (1, b)] {
        for one in boxes {
            let (right, bottom) = (one.x + one.width, one.y + one.height);
            let corners = [[one.x, one.y], [right, one.y], [right, bottom], [one.x, bottom]];
            overlay.add(side, classes.number(class_of_box(one)), &corners);
        }
    }
    beyond(&overlay, a == b)
}

/// 1 - intersection over union of what the polygons cover, class by class, as [`box_iou`].
///
/// Inside is what an outline winds around, also where it crosses itself. Exact but for rounding while the outlines
/// cross like drawn ones; when the exact way would take too long (scribbles, combs across each other), good to about
/// two percent: the areas are then counted as points of a grid.
#[must_use]
pub fn polygon_iou(a: &[Polygon], b: &[Polygon]) -> f64 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let classes = Classes {
        a: a.iter().map(class_of_polygon).collect(),
        b: b.iter().map(class_of_polygon).collect(),
    };
    let mut overlay = Overlay::default();
    for (side, polygons) in [(0, a), (1, b)] {
        for polygon in polygons {
            overlay.add(side, classes.number(class_of_polygon(polygon)), &polygon.points);
        }
    }
    beyond(&overlay, a == b)
}

/// 1 - 2 x sum of the IoU of matched boxes / number of boxes in both answers.
///
/// Boxes of one class are matched one with one, those that overlap most first; overlaps within 1/4096 count as the
/// same and go by order. This is panoptic quality (A. Kirillov et al., Panoptic Segmentation, CVPR 2019) without its
/// threshold. 0 for two empty lists. At most 65,536 pairs.
#[must_use]
pub fn box_match(a: &[BoundingBox], b: &[BoundingBox]) -> f64 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    if a == b {
        return 0.0;
    }
    let mut matched = [vec![false; a.len()], vec![false; b.len()]];
    let mut sum = 0.0;
    for (n, m, overlap) in by_overlap(a, b) {
        let [of_a, of_b] = &mut matched;
        if let (Some(one), Some(other)) = (of_a.get_mut(n), of_b.get_mut(m))
            && !*one
            && !*other
        {
            (*one, *other) = (true, true);
            sum += overlap;
        }
    }
    (1.0 - 2.0 * sum / (a.len() + b.len()) as f64).clamp(0.0, 1.0)
}

/// Pairs of one class that overlap, from the most to the least, by buckets.
fn by_overlap(a: &[BoundingBox], b: &[BoundingBox]) -> Vec<(usize, usize, f64)> {
    const BUCKETS: usize = 4096;
    let mut pairs = Vec::new();
    for (n, one) in a.iter().enumerate() {
        for (m, other) in b.iter().enumerate().filter(|(_, other)| other.class == one.class) {
            let overlap = overlap(one, other);
            if overlap > 0.0 {
                pairs.push((n, m, overlap));
            }
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // from 0 to the number of buckets
    let bucket = |overlap: f64| ((1.0 - overlap) * BUCKETS as f64) as usize;
    let mut starts = vec![0_usize; BUCKETS + 2];
    for (.., overlap) in &pairs {
        if let Some(count) = starts.get_mut(bucket(*overlap) + 1) {
            *count += 1;
        }
    }
    let mut before = 0;
    for start in &mut starts {
        before += *start;
        *start = before;
    }
    let mut sorted = pairs.clone();
    for pair in pairs {
        if let Some(start) = starts.get_mut(bucket(pair.2)) {
            if let Some(place) = sorted.get_mut(*start) {
                *place = pair;
            }
            *start += 1;
        }
    }
    sorted
}

/// Intersection over union of two boxes.
fn overlap(a: &BoundingBox, b: &BoundingBox) -> f64 {
    let width = (a.x + a.width).min(b.x + b.width) - a.x.max(b.x);
    let height = (a.y + a.height).min(b.y + b.height) - a.y.max(b.y);
    let both = width.max(0.0) * height.max(0.0);
    let either = a.width * a.height + b.width * b.height - both;
    if either > 0.0 { (both / either).min(1.0) } else { 0.0 }
}

/// The classes of two answers in canonical order.
struct Classes<'a> {
    a: Vec<Option<&'a str>>,
    b: Vec<Option<&'a str>>,
}

impl Classes<'_> {
    /// A number of a class, the same on both sides: where it starts in the first list that has it.
    fn number(&self, class: Option<&str>) -> usize {
        let place = self.a.partition_point(|known| *known < class);
        if self.a.get(place) == Some(&class) {
            return place;
        }
        self.a.len() + self.b.partition_point(|known| *known < class)
    }
}

fn class_of_box(one: &BoundingBox) -> Option<&str> {
    one.class.as_deref()
}

fn class_of_polygon(polygon: &Polygon) -> Option<&str> {
    polygon.class.as_deref()
}

/// The share of the joint area that is not shared. Answers that cover nothing are alike when they are equal.
fn beyond(overlay: &Overlay, are_equal: bool) -> f64 {
    if are_equal {
        return 0.0;
    }
    let areas = overlay.areas();
    if areas.either > 0.0 { (1.0 - areas.both / areas.either).clamp(0.0, 1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice::from_ref;

    fn a_box(class: Option<&str>, numbers: [f64; 4]) -> BoundingBox {
        let [x, y, width, height] = numbers;
        BoundingBox { class: class.map(str::to_owned), x, y, width, height }
    }

    fn polygon(points: &[[f64; 2]]) -> Polygon {
        Polygon::new(None, points.to_vec()).unwrap()
    }

    fn near(distance: f64, expected: f64) {
        assert!((distance - expected).abs() < 1e-12, "{distance} {expected}");
    }

    #[test]
    fn boxes_overlap_by_class_and_what_is_covered_twice_counts_once() {
        let a = [a_box(None, [0.0, 0.0, 10.0, 10.0]), a_box(None, [5.0, 0.0, 10.0, 10.0])];
        near(box_iou(&a, &[a_box(None, [0.0, 0.0, 15.0, 10.0])]), 0.0);
        near(box_iou(&a, &[a_box(None, [0.0, 0.0, 15.0, 5.0])]), 0.5);
        near(box_iou(&a, &[a_box(Some("cat"), [0.0, 0.0, 15.0, 5.0])]), 1.0);
        let two = [a_box(None, [0.0, 0.0, 2.0, 1.0]), a_box(Some("cat"), [0.0, 0.0, 1.0, 1.0])];
        near(box_iou(&two, &[a_box(Some("cat"), [0.0, 0.0, 1.0, 1.0])]), 2.0 / 3.0);
        assert_eq!((box_iou(&[], &[]), box_iou(&a, &[])), (0.0, 1.0));
    }

    #[test]
    fn boxes_are_matched_one_with_one() {
        let a = [a_box(None, [0.0, 0.0, 10.0, 10.0]), a_box(None, [0.0, 0.0, 10.0, 9.0])];
        let b = [a_box(None, [0.0, 0.0, 10.0, 10.0])];
        near(box_match(&a, &b), 1.0 - 2.0 / 3.0);
        assert_eq!((box_match(&a, &a), box_match(&a, &[])), (0.0, 1.0));
        assert_eq!(box_match(&a, &b).to_bits(), box_match(&b, &a).to_bits());
    }

    #[test]
    fn outlines_that_cross_each_other_or_themselves_are_exact() {
        let square = polygon(&[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]);
        let diamond = polygon(&[[1.0, 0.0], [2.0, 1.0], [1.0, 2.0], [0.0, 1.0]]);
        near(polygon_iou(from_ref(&square), &[diamond]), 0.5);
        // A bow tie: two triangles of area 1, wound around in opposite ways.
        let tie = polygon(&[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]);
        near(polygon_iou(from_ref(&square), &[tie]), 0.5);
        // A pentagram is filled: winding twice around the middle is inside.
        let corner = |n: u32| {
            let angle = f64::from(n) * 0.8 * std::f64::consts::PI;
            [libm::cos(angle), libm::sin(angle)]
        };
        let star: Vec<[f64; 2]> = (0..5).map(corner).collect();
        let outline: Vec<[f64; 2]> = (0..5).map(|n| corner((n * 3) % 5)).collect();
        // A pentagram is 2 (sqrt 5 - 2) of the pentagon around it.
        let notches = 1.0 - 2.0 * (5.0_f64.sqrt() - 2.0);
        near(polygon_iou(&[polygon(&star)], &[polygon(&outline)]), notches);
        // Two squares that overlap, drawn in opposite ways.
        let moved = polygon(&[[1.0, 0.0], [3.0, 0.0], [3.0, 2.0], [1.0, 2.0]]);
        let wide = polygon(&[[0.0, 0.0], [3.0, 0.0], [3.0, 2.0], [0.0, 2.0]]);
        near(polygon_iou(&[square, moved], &[wide]), 0.0);
    }

    #[test]
    fn outlines_without_area_are_alike_when_they_are_equal() {
        let (a, b) = (
            polygon(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]),
            polygon(&[[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]]),
        );
        assert_eq!(
            (polygon_iou(from_ref(&a), from_ref(&b)), polygon_iou(from_ref(&a), from_ref(&a))),
            (1.0, 0.0)
        );
    }

    #[test]
    fn combs_are_compared_within_bounds_and_about_right() {
        let comb = |teeth: u32, across: bool| {
            let mut points = vec![[0.0, 0.0]];
            for n in 0..teeth {
                let n = f64::from(n);
                points.extend([[n, 1000.0], [n + 0.5, 1000.0], [n + 0.5, 0.1], [n + 1.0, 0.1]]);
            }
            points.push([f64::from(teeth), 0.0]);
            let turned = |[x, y]: [f64; 2]| {
                let (x, y) = (x * 1000.0 / f64::from(teeth), y);
                if across { [y, x] } else { [x, y] }
            };
            polygon(&points.into_iter().map(turned).collect::<Vec<_>>())
        };
        for teeth in [5, 40, 250] {
            let (a, b) = (comb(teeth, false), comb(teeth, true));
            let distance = polygon_iou(from_ref(&a), from_ref(&b));
            // Half and half, crossed: a quarter of three quarters.
            assert!((distance - 2.0 / 3.0).abs() < 0.03, "{teeth}: {distance}");
            assert_eq!(distance.to_bits(), polygon_iou(&[b], from_ref(&a)).to_bits());
        }
    }
}
