//! The distance of key points.

use std::cmp::Ordering;

use crate::label::Keypoint;

/// How far annotators place a key point apart, in shares of the object's size, when nothing else is known. Source:
/// the default `oks_sigma` of CVAT, 0.09; those of COCO's body points are 0.025 to 0.107.
pub const DEFAULT_SIGMA: f64 = 0.09;

/// 1 - object key point similarity: the mean over all names that either answer has of exp(-d^2 / (8 s^2 sigma^2)).
///
/// d is the distance of the two places, s the object's size: the square root of its area. A name that only one answer
/// has counts 0. `sigma` gives the spread of a name. Without a `size`, s^2 is the area of the smaller of the two boxes
/// around the points, so that a point far off helps nobody; where that is 0, only the same place counts. 0 for two
/// empty lists. The lists must be in canonical order.
///
/// COCO, `cocoeval.py`: there the area is that of the true outline, and points that the truth has not do not count.
#[must_use]
pub fn oks(a: &[Keypoint], b: &[Keypoint], sigma: &dyn Fn(&str) -> f64, size: Option<f64>) -> f64 {
    let area = size.map_or_else(|| area(a).min(area(b)), |size| size * size);
    let (mut names, mut sum) = (0_u32, 0.0);
    let (mut rest_a, mut rest_b) = (a.iter().peekable(), b.iter().peekable());
    while rest_a.peek().is_some() || rest_b.peek().is_some() {
        names += 1;
        let order = match (rest_a.peek(), rest_b.peek()) {
            (Some(one), Some(other)) => one.name.cmp(&other.name),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let one = rest_a.next_if(|_| order.is_le());
        let other = rest_b.next_if(|_| order.is_ge());
        if let (Some(one), Some(other)) = (one, other) {
            sum += closeness(one, other, area, sigma(&one.name));
        }
    }
    if names == 0 { 0.0 } else { (1.0 - sum / f64::from(names)).clamp(0.0, 1.0) }
}

fn closeness(a: &Keypoint, b: &Keypoint, area: f64, sigma: f64) -> f64 {
    let (across, down) = (a.x - b.x, a.y - b.y);
    let apart = across * across + down * down;
    if apart <= 0.0 {
        return 1.0;
    }
    let spread = 8.0 * area * sigma * sigma;
    if spread > 0.0 { libm::exp(-apart / spread) } else { 0.0 }
}

/// The area of the box around the points.
fn area(points: &[Keypoint]) -> f64 {
    let extent = |of: fn(&Keypoint) -> f64| {
        let low = points.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        (high - low).max(0.0)
    };
    extent(|point| point.x) * extent(|point| point.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(name: &str, x: f64, y: f64) -> Keypoint {
        Keypoint { name: name.into(), x, y }
    }

    #[test]
    fn similarity_is_that_of_coco_with_the_smaller_box() {
        let a = [point("a", 0.0, 0.0), point("b", 10.0, 20.0), point("c", 5.0, 5.0)];
        let b = [point("a", 3.0, 4.0), point("b", 10.0, 20.0)];
        // s^2 = 7 x 16, d^2 = 25.
        let near = libm::exp(-25.0 / (8.0 * 112.0 * 0.01));
        let distance = oks(&a, &b, &|_| 0.1, None);
        assert!((distance - (1.0 - (1.0 + near) / 3.0)).abs() < 1e-15);
        assert_eq!(distance.to_bits(), oks(&b, &a, &|_| 0.1, None).to_bits());
        assert_eq!((oks(&[], &[], &|_| 0.1, None), oks(&a, &[], &|_| 0.1, None)), (0.0, 1.0));
    }

    #[test]
    fn single_points_need_a_size_to_be_near() {
        let (a, b) = ([point("a", 0.0, 0.0)], [point("a", 0.0, 1.0)]);
        assert_eq!(oks(&a, &b, &|_| 0.1, None), 1.0);
        assert!(oks(&a, &b, &|_| 0.1, Some(100.0)) < 0.01);
    }
}
