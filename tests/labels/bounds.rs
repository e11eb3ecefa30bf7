//! The dearest labels that bounds allow, compared. `cargo test --test labels -- --nocapture bounds` shows the times.

use std::time::{Duration, Instant};

use labelgate::Label;
use labelgate::label::{
    BoundingBox, Distance, Keypoint, MAX_BOXES, MAX_KEYPOINTS, MAX_POINTS, MAX_POLYGONS,
    MAX_RANKED, MAX_SPANS, MAX_TEXT_BYTES, Polygon, Span,
};

use crate::support::random::Random;

/// A comb: teeth up and down, or across.
fn comb(points: usize, across: bool, slant: f64) -> Polygon {
    let teeth = (points - 2) / 4;
    let mut corners = vec![[0.0, -1.0]];
    for n in 0..teeth {
        let n = n as f64;
        corners.extend([[n, 0.0], [n + slant, 999.0], [n + 0.5 + slant, 999.0], [n + 0.5, 0.0]]);
    }
    corners.push([teeth as f64, -1.0]);
    let scale = 1000.0 / teeth as f64;
    let turned = |[x, y]: [f64; 2]| if across { [y, x * scale] } else { [x * scale, y] };
    Polygon::new(None, corners.into_iter().map(turned).collect()).unwrap()
}

fn random_points(count: usize, seed: u64) -> Vec<[f64; 2]> {
    let mut random = Random::new(seed);
    (0..count).map(|_| [random.share() * 1000.0, random.share() * 1000.0]).collect()
}

fn polygons(count: usize, each: usize, seed: u64, classes: bool) -> Label {
    let polygon = |n: usize| {
        let class = classes.then(|| format!("c{n}"));
        Polygon::new(class, random_points(each, seed + n as u64)).unwrap()
    };
    Label::polygons((0..count).map(polygon).collect()).unwrap()
}

/// Smooth outlines that wobble around each other, as people draw.
fn drawn(points: usize, seed: u64) -> Label {
    let mut random = Random::new(seed);
    let corner = |n: usize| {
        let angle = n as f64 / points as f64 * std::f64::consts::TAU;
        let radius = 300.0 + 5.0 * random.share();
        [radius * libm::cos(angle), radius * libm::sin(angle)]
    };
    Label::polygons(vec![Polygon::new(None, (0..points).map(corner).collect()).unwrap()]).unwrap()
}

fn boxes(count: usize, length: f64, seed: u64, classes: usize) -> Label {
    let mut random = Random::new(seed);
    let a_box = |n: usize| BoundingBox {
        class: (classes > 0).then(|| format!("c{:03}", n % classes)),
        x: random.share() * (1000.0 - length),
        y: random.share() * (1000.0 - length),
        width: length * (0.5 + random.share() / 2.0),
        height: length * (0.5 + random.share() / 2.0),
    };
    Label::boxes((0..count).map(a_box).collect()).unwrap()
}

fn text(characters: &[char], seed: u64) -> Label {
    let mut random = Random::new(seed);
    let mut text = String::new();
    loop {
        let next = characters[random.below(characters.len())];
        if text.len() + next.len_utf8() > MAX_TEXT_BYTES {
            return Label::text(text).unwrap();
        }
        text.push(next);
    }
}

fn spans(seed: u64) -> Label {
    let mut random = Random::new(seed);
    let span = |_| {
        let start = random.below(100_000) as u32;
        Span { class: None, start, end: start + 1 + random.below(1000) as u32 }
    };
    Label::spans((0..MAX_SPANS).map(span).collect()).unwrap()
}

fn keypoints(seed: u64) -> Label {
    let points = random_points(MAX_KEYPOINTS, seed);
    let point = |(n, [x, y]): (usize, [f64; 2])| Keypoint { name: format!("p{n}"), x, y };
    Label::keypoints(points.into_iter().enumerate().map(point).collect()).unwrap()
}

fn ranking(seed: u64) -> Label {
    let mut random = Random::new(seed);
    let mut items: Vec<String> = (0..MAX_RANKED).map(|n| format!("item {n}")).collect();
    for n in (1..items.len()).rev() {
        items.swap(n, random.below(n + 1));
    }
    Label::ranking(items.into_iter().map(|item| vec![item]).collect()).unwrap()
}

fn cases() -> Vec<(&'static str, Distance, Label, Label)> {
    let one = |polygon: Polygon| Label::polygons(vec![polygon]).unwrap();
    let letters: Vec<char> = ('a'..='d').collect();
    let spaced: Vec<char> = "ab c d e f".chars().collect();
    let wide: Vec<char> = ('\u{4e00}'..'\u{8000}').collect();
    let iou = Distance::PolygonIou;
    let each = MAX_POINTS / MAX_POLYGONS;
    vec![
        ("combs across", iou, one(comb(MAX_POINTS, false, 0.0)), one(comb(MAX_POINTS, true, 0.0))),
        (
            "combs along",
            iou,
            one(comb(MAX_POINTS, false, 0.0)),
            one(comb(MAX_POINTS - 4, false, 0.1)),
        ),
        (
            "combs lying",
            iou,
            one(comb(MAX_POINTS, true, 0.0)),
            one(comb(MAX_POINTS - 4, true, 0.1)),
        ),
        ("combs of 1000", iou, one(comb(1000, true, 0.2)), one(comb(1000, false, 0.2))),
        ("scribbles", iou, polygons(1, MAX_POINTS, 1, false), polygons(1, MAX_POINTS, 2, false)),
        ("scribbles of 300", iou, polygons(1, 300, 1, false), polygons(1, 300, 2, false)),
        (
            "many scribbles",
            iou,
            polygons(MAX_POLYGONS, each, 1, false),
            polygons(MAX_POLYGONS, each, 99, false),
        ),
        (
            "many classes",
            iou,
            polygons(MAX_POLYGONS, each, 1, true),
            polygons(MAX_POLYGONS, each, 99, true),
        ),
        ("drawn, 60", iou, drawn(60, 1), drawn(60, 2)),
        ("drawn, 500", iou, drawn(500, 1), drawn(500, 2)),
        ("drawn, most", iou, drawn(MAX_POINTS, 1), drawn(MAX_POINTS, 2)),
        (
            "large boxes",
            Distance::BoxIou,
            boxes(MAX_BOXES, 1000.0, 1, 0),
            boxes(MAX_BOXES, 1000.0, 2, 0),
        ),
        ("boxes", Distance::BoxIou, boxes(MAX_BOXES, 100.0, 1, 0), boxes(MAX_BOXES, 100.0, 2, 0)),
        (
            "boxes of classes",
            Distance::BoxIou,
            boxes(MAX_BOXES, 1000.0, 1, 256),
            boxes(MAX_BOXES, 1000.0, 2, 256),
        ),
        ("128 large boxes", Distance::BoxIou, boxes(128, 1000.0, 1, 0), boxes(128, 1000.0, 2, 0)),
        (
            "matched boxes",
            Distance::BoxMatch,
            boxes(MAX_BOXES, 1000.0, 1, 0),
            boxes(MAX_BOXES, 1000.0, 2, 0),
        ),
        ("letters", Distance::CharacterEdit, text(&letters, 1), text(&letters, 2)),
        ("wide letters", Distance::CharacterEdit, text(&wide, 1), text(&wide, 2)),
        ("words", Distance::TokenEdit, text(&spaced, 1), text(&spaced, 2)),
        ("spans", Distance::SpanOverlap, spans(1), spans(2)),
        ("whole spans", Distance::SpanExact, spans(1), spans(2)),
        ("key points", Distance::Oks, keypoints(1), keypoints(2)),
        ("rankings", Distance::Kendall, ranking(1), ranking(2)),
    ]
}

/// The bound is ten times what was measured, so that a busy machine does not fail the test; work without a bound
/// would take seconds.
#[test]
fn the_dearest_comparisons_stay_within_bounds() {
    for (name, distance, a, b) in cases() {
        let mut best = Duration::MAX;
        let mut apart = 0.0;
        for _ in 0..5 {
            let start = Instant::now();
            apart = distance.between(&a, &b, None);
            best = best.min(start.elapsed());
        }
        println!("{name}: {:.0} µs, {apart:.4}", best.as_secs_f64() * 1e6);
        assert!((0.0..=1.0).contains(&apart), "{name}: {apart}");
        assert_eq!(apart.to_bits(), distance.between(&b, &a, None).to_bits(), "{name}");
        assert!(best < Duration::from_millis(25), "{name}: {best:?}");
    }
}
