//! Boxes against the truth, spans against the truth by character, polygons against each other.

use labelgate::consensus::{BoxVote, Medoid, SpanVote, median_box};
use labelgate::label::{BoundingBox, Distance, Label, Polygon, Span};

use crate::numbers_and_sets::by_task;
use crate::support::{self, published};
use crate::{at_least, mean, row, same};

fn read_box(text: &str) -> BoundingBox {
    let numbers: Vec<f64> = text.split(' ').map(|number| number.parse().unwrap()).collect();
    let [x, y, width, height] = numbers[..] else { panic!("{text}") };
    BoundingBox { class: None, x, y, width, height }
}

fn iou(one: &BoundingBox, other: &BoundingBox) -> f64 {
    let label = |one: &BoundingBox| Label::Boxes(vec![one.clone()]);
    1.0 - Distance::BoxIou.between(&label(one), &label(other), None)
}

#[test]
fn the_median_box_is_that_of_the_reference() {
    let Some(crowd) = published::crowd("otb_bbox_a") else { return };
    let (mut medians, mut gathered, mut medoids) = (Vec::new(), Vec::new(), Vec::new());
    for (task, answers) in by_task(&crowd) {
        let boxes: Vec<BoundingBox> = answers.iter().map(|(_, label)| read_box(label)).collect();
        let truth = read_box(&crowd.truth[task]);
        let single: Vec<&[BoundingBox]> = boxes.chunks(1).collect();
        let median = median_box(&boxes.iter().collect::<Vec<_>>()).unwrap();
        medians.push(iou(&median, &truth));
        // Where half of the annotators drew something at the median, it is the consensus.
        let agreed = BoxVote::default().infer(&single).unwrap();
        let touching = boxes.iter().filter(|one| iou(one, &median) > 0.0).count();
        if touching * 2 >= boxes.len() {
            assert_eq!(agreed.iter().map(|one| &one.median).collect::<Vec<_>>(), [&median]);
        } else {
            assert!(agreed.iter().all(|one| one.median != median), "{task}");
        }
        // With an annotator who drew nothing, boxes are gathered first: wild ones are left out, and so may be all.
        let more: Vec<&[BoundingBox]> = single.into_iter().chain([&[][..]]).collect();
        let agreed = BoxVote::default().infer(&more).unwrap();
        let best = agreed.iter().max_by_key(|agreed| agreed.annotators);
        gathered.push(best.map_or(0.0, |agreed| iou(&agreed.median, &truth)));
        let annotators: Vec<u32> = (0..).take(boxes.len()).collect();
        let chosen = Medoid::default()
            .infer(boxes.len(), &[&annotators], |_, a, b| 1.0 - iou(&boxes[a], &boxes[b]))
            .unwrap();
        medoids.push(iou(&boxes[chosen.tasks[0].unwrap().place], &truth));
    }
    let peer = &crowd.reference["coordinate_median_vs_truth"];
    let peer = |key: &str| peer[key].as_f64().unwrap();
    let share = |least: f64| {
        medians.iter().filter(|iou| **iou >= least).count() as f64 / medians.len() as f64
    };
    same(&crowd.name, "median box, mean IoU", mean(&medians), peer("mean_iou"));
    same(&crowd.name, "median box, share from .5", share(0.5), peer("share_ge_0.5"));
    same(&crowd.name, "median box, share from .75", share(0.75), peer("share_ge_0.75"));
    row(&crowd.name, "gathered, then median, mean IoU", mean(&gathered), Some(peer("mean_iou")));
    row(&crowd.name, "medoid, mean IoU", mean(&medoids), Some(peer("mean_iou")));
}

fn read_spans(text: &str, length: u32) -> Vec<Span> {
    let spans = text.split('|').filter(|span| !span.is_empty());
    spans
        .filter_map(|span| {
            let (start, end) = span.split_once('-').unwrap();
            let (start, end) = (start.parse().unwrap(), end.parse::<u32>().unwrap().min(length));
            (start < end).then_some(Span { class: None, start, end })
        })
        .collect()
}

/// Characters in each list and in both.
fn characters(one: &[Span], other: &[Span], length: u32) -> [f64; 3] {
    let inside =
        |spans: &[Span], at: u32| spans.iter().any(|span| (span.start..span.end).contains(&at));
    let mut counts = [0.0; 3];
    for at in 0..length {
        let (a, b) = (inside(one, at), inside(other, at));
        for (count, is) in counts.iter_mut().zip([a, b, a && b]) {
            *count += f64::from(u8::from(is));
        }
    }
    counts
}

#[test]
fn votes_on_characters_are_those_of_the_reference() {
    let Some(crowd) = published::crowd("pico_spans_a") else { return };
    let folder = support::shared("data/crowd/pico_spans_a").unwrap();
    let lengths: std::collections::BTreeMap<String, u32> = published::table(&folder, "lengths.csv")
        .unwrap()
        .into_iter()
        .map(|cells| (cells["task"].clone(), cells["chars"].parse().unwrap()))
        .collect();
    for (name, share) in [("majority", 0.5), ("one_third", 1.0 / 3.0)] {
        let mut counts = [0.0; 3];
        for (task, answers) in by_task(&crowd) {
            let length = lengths[task];
            let spans: Vec<Vec<Span>> =
                answers.iter().map(|(_, label)| read_spans(label, length)).collect();
            let spans: Vec<&[Span]> = spans.iter().map(Vec::as_slice).collect();
            let voted = SpanVote { share }.infer(&spans).unwrap();
            let voted: Vec<Span> = voted.into_iter().map(|voted| voted.span).collect();
            let truth = read_spans(&crowd.truth[task], length);
            for (count, more) in counts.iter_mut().zip(characters(&voted, &truth, length)) {
                *count += more;
            }
        }
        let [ours, truth, both] = counts;
        let peer = &crowd.reference[format!("{name}_char_vote_vs_truth")];
        let values = [
            ("precision", both / ours),
            ("recall", both / truth),
            ("f1", 2.0 * both / (ours + truth)),
        ];
        for (measure, value) in values {
            let peer = peer[measure].as_f64().unwrap();
            same(&crowd.name, &format!("{name} vote, {measure}"), value, peer);
        }
    }
}

fn read_polygons(text: &str) -> Option<Label> {
    let polygons = text.split(';').filter_map(|outline| {
        let points = outline.split_whitespace().map(|point| {
            let (x, y) = point.split_once(',').unwrap();
            [x.parse().unwrap(), y.parse().unwrap()]
        });
        Polygon::new(None, points.collect())
    });
    Label::polygons(polygons.collect())
}

#[test]
fn the_medoid_outline_is_nearer_to_the_others_than_they_are_to_each_other() {
    let Some(crowd) = published::crowd("cat_polygons") else { return };
    let (mut pairs, mut chosen) = (Vec::new(), Vec::new());
    for answers in by_task(&crowd).values() {
        let labels: Vec<Label> =
            answers.iter().filter_map(|(_, label)| read_polygons(label)).collect();
        let annotators: Vec<u32> = (0..).take(labels.len()).collect();
        let count = labels.len() as f64;
        let mut distances = Vec::new();
        let medoid = Medoid::default()
            .infer(labels.len(), &[&annotators], |_, one, other| {
                distances.push(Distance::PolygonIou.between(&labels[one], &labels[other], None));
                distances[distances.len() - 1]
            })
            .unwrap();
        pairs.push(1.0 - mean(&distances));
        // The mean distance counts the chosen outline itself.
        chosen.push(1.0 - medoid.tasks[0].unwrap().distance * count / (count - 1.0));
    }
    let path = "/mean_pairwise_iou_of_union_of_polygons/value";
    let peer = crowd.reference.pointer(path).unwrap().as_f64();
    row(&crowd.name, "pairs of outlines, mean IoU", mean(&pairs), peer);
    at_least(&crowd.name, "medoid against the others, mean IoU", mean(&chosen), peer);
}
