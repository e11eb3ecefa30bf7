//! Consensus of boxes: the median of each edge.

use crate::error::{Error, ErrorCode};
use crate::label::BoundingBox;

/// The box whose four edges are the medians of the edges of `boxes`; none without boxes.
///
/// Of an even number of edges the median is the mean of the middle two. A few boxes anywhere move it no further than to
/// the edges of the others. The class is that of most boxes, of tied classes the smallest.
#[must_use]
pub fn median_box(boxes: &[&BoundingBox]) -> Option<BoundingBox> {
    let edge = |edge: fn(&BoundingBox) -> f64| {
        let mut edges: Vec<f64> = boxes.iter().map(|one| edge(one)).collect();
        edges.sort_unstable_by(f64::total_cmp);
        median(&edges)
    };
    let (left, top) = (edge(|one| one.x)?, edge(|one| one.y)?);
    let (right, bottom) = (edge(|one| one.x + one.width)?, edge(|one| one.y + one.height)?);
    let class = most_common(boxes.iter().map(|one| &one.class).collect());
    // The median of the right edges is above that of the left, for it is so in every box.
    Some(BoundingBox { class, x: left, y: top, width: right - left, height: bottom - top })
}

/// Finds the boxes that annotators agree on where an answer may have several.
///
/// Boxes of one class that different annotators drew around the same object are gathered first: the box that overlaps
/// best with those of the others begins, and takes of every other annotator the box that overlaps it most, if enough;
/// then the next of the boxes that are left. What enough annotators drew becomes a [`median_box`]. Where every annotator
/// gave one box, all of one class, and the boxes of enough of them touch the median of all, there is nothing to gather:
/// it is the consensus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxVote {
    /// The least intersection over union with the first box of a group, above 0 and at most 1; 0.5 by default, as in
    /// the evaluations of PASCAL VOC.
    pub iou: f64,
    /// The least share of the annotators who must have drawn a box, 0 to 1; 0.5 by default. Chosen. One is always
    /// needed.
    pub quorum: f64,
}

impl Default for BoxVote {
    fn default() -> Self {
        Self { iou: 0.5, quorum: 0.5 }
    }
}

/// A box on which annotators agree.
#[derive(Clone, Debug, PartialEq)]
pub struct AgreedBox {
    /// The median of their boxes.
    pub median: BoundingBox,
    /// How many of them drew it.
    pub annotators: usize,
    /// Which share of all annotators of the task that is, above 0 and at most 1.
    pub share: f64,
    /// The mean intersection over union of their boxes with the median, 0 to 1: how well they agree.
    pub iou: f64,
}

impl AgreedBox {
    /// The median of these boxes, of which those count that touch it; none without boxes.
    fn of(group: &[&BoundingBox], annotators: usize) -> Option<Self> {
        let median = median_box(group)?;
        let overlaps = || group.iter().map(|one| overlap(one, &median));
        let touching = overlaps().filter(|overlap| *overlap > 0.0).count();
        let iou = overlaps().sum::<f64>() / group.len() as f64;
        let share = touching as f64 / annotators as f64;
        Some(Self { median, annotators: touching, share, iou })
    }
}

impl BoxVote {
    /// Most boxes in all answers to one task. Every box is compared with every other: under a second.
    pub const MAX_BOXES_OF_TASK: usize = 4096;

    /// The boxes of one task, from the answers of its annotators, each a list of boxes and perhaps empty. In order of
    /// class, then place. Without answers or boxes there are none.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for more than [`Self::MAX_BOXES_OF_TASK`] boxes, for boxes without a finite area above 0, and
    /// for settings out of their ranges.
    pub fn infer(&self, answers: &[&[BoundingBox]]) -> Result<Vec<AgreedBox>, Error> {
        let sound_settings =
            self.iou > 0.0 && self.iou <= 1.0 && (0.0..=1.0).contains(&self.quorum);
        if !sound_settings {
            return Err(error(
                "expected an overlap above 0 and at most 1, and a quorum of 0 to 1".into(),
            ));
        }
        let all: Vec<(usize, &BoundingBox)> = answers
            .iter()
            .enumerate()
            .flat_map(|(annotator, boxes)| boxes.iter().map(move |one| (annotator, one)))
            .collect();
        if all.len() > Self::MAX_BOXES_OF_TASK {
            let found = all.len();
            return Err(error(format!(
                "expected at most {} boxes in the answers to one task, found {found}",
                Self::MAX_BOXES_OF_TASK
            )));
        }
        let is_sound = |one: &BoundingBox| {
            one.width > 0.0
                && one.height > 0.0
                && area(one).is_finite()
                && (one.x + one.y).is_finite()
        };
        if !all.iter().all(|(_, one)| is_sound(one)) {
            return Err(error("expected boxes with a finite area above 0".into()));
        }
        let one_each = answers.iter().all(|boxes| boxes.len() == 1);
        let needed = (self.quorum * answers.len() as f64 - SLACK).max(0.5);
        if one_each && all.is_sorted_by(|(_, a), (_, b)| a.class == b.class) {
            let group: Vec<&BoundingBox> = all.iter().map(|(_, one)| *one).collect();
            let agreed = AgreedBox::of(&group, answers.len());
            if let Some(agreed) = agreed.filter(|one| one.annotators as f64 >= needed) {
                return Ok(vec![agreed]);
            }
        }
        let groups = self.gather(answers.len(), &all);
        let agreed = groups.iter().filter(|group| group.len() as f64 >= needed);
        let mut agreed: Vec<AgreedBox> =
            agreed.filter_map(|group| AgreedBox::of(group, answers.len())).collect();
        agreed.sort_by(|a, b| a.median.cmp(&b.median));
        Ok(agreed)
    }

    /// Groups with at most one box of each annotator.
    fn gather<'a>(
        &self,
        annotators: usize,
        all: &[(usize, &'a BoundingBox)],
    ) -> Vec<Vec<&'a BoundingBox>> {
        let mut order: Vec<(f64, usize)> = all
            .iter()
            .enumerate()
            .map(|(at, (annotator, one))| {
                let best = self.best_of_others(annotators, *annotator, one, all, &[]);
                let support: f64 = best.iter().flatten().map(|(overlap, _)| overlap).sum();
                (support, at)
            })
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut taken = vec![false; all.len()];
        let mut groups = Vec::new();
        for (_, at) in order {
            let (Some((annotator, one)), Some(false)) = (all.get(at), taken.get(at)) else {
                continue;
            };
            let others = self.best_of_others(annotators, *annotator, one, all, &taken);
            let members = others.into_iter().flatten().map(|(_, at)| at).chain([at]);
            let mut group = Vec::new();
            for member in members {
                if let (Some((_, one)), Some(taken)) = (all.get(member), taken.get_mut(member)) {
                    *taken = true;
                    group.push(*one);
                }
            }
            groups.push(group);
        }
        groups
    }

    /// Of every other annotator the box that overlaps `one` most, of those not taken, if enough: overlap and place.
    fn best_of_others(
        &self,
        annotators: usize,
        own: usize,
        one: &BoundingBox,
        all: &[(usize, &BoundingBox)],
        taken: &[bool],
    ) -> Vec<Option<(f64, usize)>> {
        let mut best = vec![None; annotators];
        for (at, (annotator, other)) in all.iter().enumerate() {
            if *annotator == own || taken.get(at) == Some(&true) || other.class != one.class {
                continue;
            }
            let overlap = overlap(one, other);
            if let Some(best) = best.get_mut(*annotator)
                && overlap >= self.iou
                && best.is_none_or(|(most, _)| overlap > most)
            {
                *best = Some((overlap, at));
            }
        }
        best
    }
}

/// Intersection over union, 0 to 1.
fn overlap(a: &BoundingBox, b: &BoundingBox) -> f64 {
    let width = (a.x + a.width).min(b.x + b.width) - a.x.max(b.x);
    let height = (a.y + a.height).min(b.y + b.height) - a.y.max(b.y);
    let both = width.max(0.0) * height.max(0.0);
    let either = area(a) + area(b) - both;
    if either > 0.0 { (both / either).clamp(0.0, 1.0) } else { 0.0 }
}

fn area(one: &BoundingBox) -> f64 {
    one.width * one.height
}

/// The median of ascending numbers.
pub(super) fn median(ascending: &[f64]) -> Option<f64> {
    let upper = ascending.get(ascending.len() / 2)?;
    match ascending.len() % 2 {
        1 => Some(*upper),
        // Halved before they are added: the sum of two large numbers may not be one.
        _ => ascending.get(ascending.len() / 2 - 1).map(|lower| lower / 2.0 + upper / 2.0),
    }
}

fn most_common(mut classes: Vec<&Option<String>>) -> Option<String> {
    classes.sort_unstable();
    let groups = classes.chunk_by(|a, b| a == b);
    // `max_by_key` keeps the last of equals.
    let most = groups.rev().max_by_key(|group| group.len());
    most.and_then(|group| group.first().copied().cloned()).flatten()
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

/// A quorum of a third of three is one.
const SLACK: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> BoundingBox {
        BoundingBox { class: None, x, y, width: side, height: side }
    }

    #[test]
    fn one_wild_box_does_not_move_the_median() {
        let boxes = [square(0.0, 0.0, 10.0), square(1.0, 1.0, 10.0), square(900.0, 900.0, 5.0)];
        let agreed = BoxVote::default().infer(&[&boxes[..1], &boxes[1..2], &boxes[2..]]).unwrap();
        assert_eq!(agreed.len(), 1);
        assert_eq!(agreed[0].median, square(1.0, 1.0, 10.0));
        assert_eq!((agreed[0].annotators, agreed.len()), (2, 1));
    }

    #[test]
    fn two_groups_of_single_boxes_are_two_boxes_and_none_between_them() {
        let [a, b] = [[square(0.0, 0.0, 2.0)], [square(10.0, 10.0, 2.0)]];
        let agreed = BoxVote::default().infer(&[&a, &a, &b, &b]).unwrap();
        assert_eq!(agreed.iter().map(|one| &one.median).collect::<Vec<_>>(), [&a[0], &b[0]]);
        let strict = BoxVote { quorum: 0.9, ..BoxVote::default() };
        assert_eq!(strict.infer(&[&a, &a, &b, &b]).unwrap(), []);
    }

    #[test]
    fn boxes_of_several_objects_are_gathered_and_need_a_quorum() {
        let first = [square(0.0, 0.0, 10.0), square(50.0, 0.0, 10.0)];
        let second = [square(51.0, 0.0, 10.0), square(1.0, 0.0, 10.0), square(0.0, 90.0, 3.0)];
        let third = [square(49.0, 0.0, 10.0)];
        let agreed = BoxVote::default().infer(&[&first, &second, &third, &[]]).unwrap();
        let medians: Vec<_> =
            agreed.iter().map(|agreed| (agreed.median.x, agreed.annotators)).collect();
        assert_eq!(medians, [(0.5, 2), (50.0, 3)]);
        assert!((agreed[1].share - 0.75).abs() < 1e-12);
    }

    #[test]
    fn boxes_of_two_classes_are_not_gathered() {
        let named =
            |class: &str| BoundingBox { class: Some(class.into()), ..square(0.0, 0.0, 4.0) };
        let (cat, dog) = ([named("cat")], [named("dog")]);
        let agreed = BoxVote::default().infer(&[&cat, &cat, &dog]).unwrap();
        assert_eq!(agreed.len(), 1);
        assert_eq!(agreed[0].median.class.as_deref(), Some("cat"));
        let all = BoxVote { quorum: 0.0, ..BoxVote::default() };
        assert_eq!(all.infer(&[&cat, &cat, &dog]).unwrap().len(), 2);
    }

    #[test]
    fn nothing_too_much_and_what_is_no_box() {
        let vote = BoxVote::default();
        assert!(vote.infer(&[]).unwrap().is_empty());
        assert!(vote.infer(&[&[], &[]]).unwrap().is_empty());
        let many = vec![square(0.0, 0.0, 1.0); BoxVote::MAX_BOXES_OF_TASK + 1];
        assert_eq!(vote.infer(&[&many]).unwrap_err().code(), ErrorCode::Answers);
        for bad in
            [square(f64::NAN, 0.0, 1.0), square(0.0, 0.0, 0.0), square(0.0, 0.0, f64::INFINITY)]
        {
            assert!(vote.infer(&[&[bad]]).is_err());
        }
        assert!(BoxVote { iou: 0.0, ..vote }.infer(&[]).is_err());
    }
}
