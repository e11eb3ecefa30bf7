//! Distances against the peers, on the crowds that others published.

use std::collections::BTreeMap;

use labelgate::Label;
use labelgate::label::{BoundingBox, Distance, Polygon, Span};

use crate::support::{published, shared};

/// The labels of each task; of several answers of one worker the last counts. What is no label is left out.
fn by_task(name: &str, read: fn(&str) -> Option<Label>) -> Option<BTreeMap<String, Vec<Label>>> {
    let crowd = published::crowd(name)?;
    let mut last = BTreeMap::new();
    for row in &crowd.answers {
        last.insert((row.task.as_str(), row.worker.as_str()), row.label.as_str());
    }
    let mut tasks: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for ((task, _), label) in last {
        tasks.entry(task.to_owned()).or_default().extend(read(label));
    }
    Some(tasks)
}

fn reference(name: &str) -> serde_json::Value {
    published::crowd(name).unwrap().reference
}

fn pairs(labels: &[Label], distance: Distance) -> Vec<f64> {
    let mut found = Vec::new();
    for (n, a) in labels.iter().enumerate() {
        for b in &labels[n + 1..] {
            found.push(distance.between(a, b, None));
        }
    }
    found
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Krippendorff's alpha by any distance, from how often each label was given to each task.
fn alpha(tasks: &BTreeMap<String, Vec<Label>>, distance: Distance) -> f64 {
    let mut kinds: Vec<&Label> = tasks.values().flatten().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let place = |label: &Label| kinds.binary_search(&label).unwrap();
    let table: Vec<Vec<f64>> = kinds
        .iter()
        .map(|a| kinds.iter().map(|b| distance.between(a, b, None)).collect())
        .collect();
    let mut totals = vec![0.0; kinds.len()];
    let mut observed = 0.0;
    for labels in tasks.values().filter(|labels| labels.len() > 1) {
        let places: Vec<usize> = labels.iter().map(place).collect();
        let sum: f64 = places.iter().flat_map(|a| places.iter().map(|b| table[*a][*b])).sum();
        observed += sum / (labels.len() - 1) as f64;
        places.iter().for_each(|place| totals[*place] += 1.0);
    }
    let n: f64 = totals.iter().sum();
    let mut expected = 0.0;
    for (a, row) in totals.iter().zip(&table) {
        expected += a * totals.iter().zip(row).map(|(b, d)| b * d).sum::<f64>();
    }
    1.0 - observed / (expected / (n - 1.0))
}

#[track_caller]
fn near(found: f64, expected: &serde_json::Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= tolerance, "{found} where the peer has {expected}");
}

/// The peers write six digits.
const SIX_DIGITS: f64 = 0.51e-6;

fn a_box(text: &str) -> Option<Label> {
    let numbers: Vec<f64> = text.split(' ').map(|number| number.parse().unwrap()).collect();
    let [x, y, width, height] = numbers.try_into().unwrap();
    Label::boxes(vec![BoundingBox { class: None, x, y, width, height }])
}

#[test]
fn boxes_overlap_as_the_peers_have_it() {
    let Some(tasks) = by_task("otb_bbox_a", a_box) else { return };
    let reference = reference("otb_bbox_a");
    for distance in [Distance::BoxIou, Distance::BoxMatch] {
        let means: Vec<f64> = tasks.values().map(|labels| mean(&pairs(labels, distance))).collect();
        near(1.0 - mean(&means), &reference["mean_pairwise_iou"]["value"], SIX_DIGITS);
        let least = means.iter().fold(f64::INFINITY, |least, mean| least.min(1.0 - mean));
        near(least, &reference["mean_pairwise_iou"]["min_task"], SIX_DIGITS);
    }
    let alpha = alpha(&tasks, Distance::BoxIou);
    near(alpha, &reference["alpha_with_1_minus_iou"]["value"], SIX_DIGITS);
}

fn spans(text: &str) -> Option<Label> {
    let span = |text: &str| {
        let (start, end) = text.split_once('-').unwrap();
        Span { class: None, start: start.parse().unwrap(), end: end.parse().unwrap() }
    };
    Label::spans(text.split('|').filter(|text| !text.is_empty()).map(span).collect())
}

#[test]
fn spans_overlap_as_the_peers_have_it() {
    let Some(tasks) = by_task("pico_spans_a", spans) else { return };
    let reference = reference("pico_spans_a");
    for (distance, name) in [
        (Distance::SpanExact, "pairwise_exact_span_f1"),
        (Distance::SpanOverlap, "pairwise_char_f1"),
    ] {
        let all: Vec<f64> = tasks.values().flat_map(|labels| pairs(labels, distance)).collect();
        near(1.0 - mean(&all), &reference[name], SIX_DIGITS);
    }
}

fn class_set(text: &str) -> Option<Label> {
    let mut classes: Vec<String> =
        text.split('|').filter(|text| !text.is_empty()).map(str::to_owned).collect();
    classes.sort_unstable();
    classes.dedup();
    Label::class_set(classes)
}

#[test]
fn sets_are_as_far_apart_as_nltk_has_it() {
    let Some(tasks) = by_task("medrel", class_set) else { return };
    let reference = reference("medrel");
    near(alpha(&tasks, Distance::Masi), &reference["nltk_masi"]["alpha"], SIX_DIGITS);
    near(alpha(&tasks, Distance::Jaccard), &reference["nltk_jaccard"]["alpha"], SIX_DIGITS);
}

#[test]
fn sets_of_the_textbook_are_as_far_apart_as_nltk_has_it() {
    let Some(path) = shared("data/crowd/textbook.json") else { return };
    let book: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let tables = book["tables"].as_array().unwrap();
    let table = tables.iter().find(|table| table["name"] == "sets_three_coders").unwrap();
    let mut tasks: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for triple in table["triples"].as_array().unwrap() {
        let classes = triple[2].as_array().unwrap().iter();
        let set = classes.map(|class| class.as_str().unwrap().to_owned()).collect();
        let task = triple[1].as_str().unwrap().to_owned();
        tasks.entry(task).or_default().push(Label::class_set(set).unwrap());
    }
    near(alpha(&tasks, Distance::Masi), &table["peers"]["nltk_alpha_masi"], SIX_DIGITS);
    near(alpha(&tasks, Distance::Jaccard), &table["peers"]["nltk_alpha_jaccard"], SIX_DIGITS);
}

fn outlines(text: &str) -> Vec<Polygon> {
    let point = |text: &str| {
        let (x, y) = text.split_once(',').unwrap();
        [x.parse().unwrap(), y.parse().unwrap()]
    };
    let outline = |text: &str| Polygon::new(None, text.split_whitespace().map(point).collect());
    text.split(';').filter_map(outline).collect()
}

fn polygons(text: &str) -> Option<Label> {
    // The peer leaves out what has no corners at all.
    Label::polygons(outlines(text)).filter(|label| *label != Label::Polygons(vec![]))
}

/// Shapely's `buffer(0)`, by which the reference makes outlines that cross themselves valid, drops loops that go the
/// other way round; non-zero winding keeps them. In three tasks there are such loops. What is expected there was worked
/// out with shapely too: `polygonize` of the outline's lines, and those faces that the outline winds around.
#[test]
fn polygons_overlap_as_shapely_has_it() {
    let Some(tasks) = by_task("cat_polygons", polygons) else { return };
    let reference =
        &reference("cat_polygons")["mean_pairwise_iou_of_union_of_polygons"]["per_task"];
    let wound = serde_json::json!({"t9": 0.580497, "t17": 0.760624, "t24": 0.464051});
    let mut compared = 0;
    for (task, labels) in tasks.iter().filter(|(_, labels)| labels.len() > 1) {
        let found = 1.0 - mean(&pairs(labels, Distance::PolygonIou));
        let expected = if wound[task].is_null() { &reference[task] } else { &wound[task] };
        near(found, expected, 1e-6);
        compared += 1;
    }
    assert_eq!(compared, 30);
}
