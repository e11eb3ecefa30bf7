//! The distance of rankings.

use std::cmp::Ordering;

/// Kendall tau distance with ties, over all pairs of items that either ranking has, from 0 to 1.
///
/// A pair counts 1 when the rankings order it in opposite ways, 1/2 when it is tied in one of them alone, and 1 when
/// one of them does not have both items; the sum is divided by the number of pairs. R. Fagin et al., Comparing and
/// Aggregating Rankings with Ties, PODS 2004: K^(1/2), which is for the same items in both. The tiers must be in
/// canonical order ([`Label::ranking`](crate::Label::ranking)). At most 130,816 pairs.
#[must_use]
pub fn kendall(a: &[Vec<String>], b: &[Vec<String>]) -> f64 {
    let (a, b) = (places(a), places(b));
    let mut items: Vec<Places> = Vec::with_capacity(a.len() + b.len());
    let (mut rest_a, mut rest_b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let order = match (rest_a.peek(), rest_b.peek()) {
            (Some(one), Some(other)) => one.0.cmp(other.0),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let one = rest_a.next_if(|_| order.is_le()).map(|(_, tier)| *tier);
        let other = rest_b.next_if(|_| order.is_ge()).map(|(_, tier)| *tier);
        items.push((one, other));
    }
    let mut halves = 0_u32;
    let mut pairs = 0_u32;
    for (n, one) in items.iter().enumerate() {
        for other in items.iter().take(n) {
            pairs += 1;
            halves += halves_apart(*one, *other);
        }
    }
    if pairs == 0 { 0.0 } else { f64::from(halves) / f64::from(2 * pairs) }
}

/// Tiers of an item in the two rankings.
type Places = (Option<u16>, Option<u16>);

fn halves_apart(one: Places, other: Places) -> u32 {
    let ((Some(one_a), Some(one_b)), (Some(other_a), Some(other_b))) = (one, other) else {
        return 2;
    };
    let (a, b) = (one_a.cmp(&other_a), one_b.cmp(&other_b));
    if a == b {
        0
    } else if a.is_eq() || b.is_eq() {
        1
    } else {
        2
    }
}

/// Items by name, each with its tier.
fn places(tiers: &[Vec<String>]) -> Vec<(&str, u16)> {
    let mut places = Vec::new();
    for (tier, place) in tiers.iter().zip(0..) {
        places.extend(tier.iter().map(|item| (item.as_str(), place)));
    }
    crate::sort::heap_sort(&mut places, &|a, b| a.0 < b.0);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(text: &str) -> Vec<Vec<String>> {
        text.split('>').map(|tier| tier.split('=').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn pairs_count_whole_half_or_not() {
        for (a, b, expected) in [
            ("a>b>c", "a>b>c", 0.0),
            ("a>b>c", "c>b>a", 1.0),
            ("a>b", "a=b", 0.5),
            ("a>b>c", "b>a>c", 1.0 / 3.0),
            ("a>b=c", "a=b>c", 1.0 / 3.0),
            ("a>b>c", "a>b", 2.0 / 3.0),
            ("a>b", "c>d", 1.0),
            ("a", "b", 1.0),
            ("a", "a", 0.0),
        ] {
            let (a, b) = (ranking(a), ranking(b));
            assert!((kendall(&a, &b) - expected).abs() < 1e-15, "{a:?} {b:?}");
            assert_eq!(kendall(&a, &b).to_bits(), kendall(&b, &a).to_bits());
        }
    }
}
