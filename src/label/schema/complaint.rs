//! What is wrong with a label, or with a schema.

use crate::json;
use crate::label::shape::into_order;
use crate::label::{BoundingBox, Label, MAX_COORDINATE};

use super::{LabelSchema, NumberScale};

impl LabelSchema {
    /// Says what is wrong with `label`, as "expected …"; none when the task allows it.
    #[must_use]
    pub fn complaint(&self, label: &Label) -> Option<String> {
        match (self, label) {
            (Self::Boxes { classes, min, max, width, height }, Label::Boxes(boxes)) => {
                let corners =
                    |one: &BoundingBox| [[one.x, one.y], [one.x + one.width, one.y + one.height]];
                counted(boxes.len(), *min, *max, "boxes")
                    .or_else(|| {
                        unlisted(classes, &mut boxes.iter().map(|one| one.class.as_deref()))
                    })
                    .or_else(|| outside(*width, *height, &mut boxes.iter().flat_map(corners)))
            }
            (Self::Class { classes }, Label::Class(class)) => {
                (!classes.contains(class)).then(|| format!("expected one of {}", listed(classes)))
            }
            (Self::Classes { classes, min, max }, Label::Classes(set)) => {
                if !set.iter().all(|class| classes.contains(class)) {
                    return Some(format!("expected only classes of {}", listed(classes)));
                }
                counted(set.len(), *min, *max, "classes")
            }
            (Self::Keypoints { names, width, height, .. }, Label::Keypoints(keypoints)) => {
                let is_known = |name: &String| names.is_empty() || names.contains(name);
                if !keypoints.iter().all(|point| is_known(&point.name)) {
                    return Some(format!("expected only key points of {}", listed(names)));
                }
                outside(*width, *height, &mut keypoints.iter().map(|point| [point.x, point.y]))
            }
            (Self::Number { min, max, .. }, Label::Number(number)) => {
                let low = min.filter(|min| number < min);
                let high = max.filter(|max| number > max);
                match (low, high) {
                    (Some(min), _) => {
                        Some(format!("expected a number of at least {}", json::number_text(min)))
                    }
                    (_, Some(max)) => {
                        Some(format!("expected a number of at most {}", json::number_text(max)))
                    }
                    _ => None,
                }
            }
            (Self::Polygons { classes, min, max, width, height }, Label::Polygons(polygons)) => {
                counted(polygons.len(), *min, *max, "polygons")
                    .or_else(|| {
                        unlisted(classes, &mut polygons.iter().map(|one| one.class.as_deref()))
                    })
                    .or_else(|| {
                        let points = polygons.iter().flat_map(|polygon| &polygon.points);
                        outside(*width, *height, &mut points.copied())
                    })
            }
            (Self::Ranking { items, min, ties }, Label::Ranking(tiers)) => {
                let count: usize = tiers.iter().map(Vec::len).sum();
                let is_known = |item: &String| items.is_empty() || items.contains(item);
                if !tiers.iter().flatten().all(is_known) {
                    Some(format!("expected a ranking of {}", listed(items)))
                } else if !ties && count > tiers.len() {
                    Some("expected a ranking without ties".into())
                } else {
                    counted(count, min.unwrap_or(items.len()), None, "ranked items")
                }
            }
            (Self::Rating { min, max }, Label::Rating(rating)) => (!(*min..=*max).contains(rating))
                .then(|| format!("expected a rating from {min} to {max}")),
            (Self::Spans { classes, min, max, length }, Label::Spans(spans)) => {
                counted(spans.len(), *min, *max, "spans")
                    .or_else(|| {
                        unlisted(classes, &mut spans.iter().map(|one| one.class.as_deref()))
                    })
                    .or_else(|| {
                        let length =
                            length.filter(|length| spans.iter().any(|span| span.end > *length));
                        length.map(|length| format!("expected spans that end by {length}"))
                    })
            }
            (Self::Text { min, max }, Label::Text(text)) => {
                counted(text.chars().count(), *min, *max, "characters")
            }
            _ => Some(format!("expected `{}`", self.kind())),
        }
    }

    /// Says what is wrong with the schema itself; none when it can be used.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        let wrong = |is_wrong: bool, expected| is_wrong.then_some(expected);
        match self {
            Self::Class { classes } | Self::Classes { classes, .. } if classes.is_empty() => {
                Some("expected at least one class")
            }
            Self::Classes { classes, min, max }
            | Self::Boxes { classes, min, max, .. }
            | Self::Polygons { classes, min, max, .. }
            | Self::Spans { classes, min, max, .. } => twice(classes)
                .or(wrong(max.is_some_and(|max| max < *min), "expected `min` up to `max`")),
            Self::Class { classes } => twice(classes),
            Self::Keypoints { names, sigmas, size, .. } => twice(names)
                .or(wrong(
                    !sigmas.is_empty() && sigmas.len() != names.len(),
                    "expected as many `sigmas` as `names`",
                ))
                .or(wrong(
                    !sigmas.iter().chain(size).all(|number| *number > 0.0),
                    "expected `sigmas` and `size` above 0",
                )),
            Self::Number { scale: NumberScale::Circular, min, max }
                if min.is_none() || max.is_none() =>
            {
                Some("expected `min` and `max` on a circular scale")
            }
            Self::Number { scale: NumberScale::Ratio, min, .. }
                if min.is_none_or(|min| min < 0.0) =>
            {
                Some("expected a `min` of at least 0 on a ratio scale")
            }
            Self::Number { min: Some(min), max: Some(max), .. } => {
                wrong(min >= max, "expected `min` below `max`")
            }
            Self::Number { .. } => None,
            Self::Ranking { items, min, .. } => twice(items).or(wrong(
                !items.is_empty() && min.is_some_and(|min| min > items.len()),
                "expected `min` up to the number of `items`",
            )),
            Self::Rating { min, max } => wrong(min >= max, "expected `min` below `max`"),
            Self::Text { min, max } => {
                wrong(max.is_some_and(|max| max < *min), "expected `min` up to `max`")
            }
        }
    }
}

/// Whether there are too few or too many.
fn counted(count: usize, min: usize, max: Option<usize>, what: &str) -> Option<String> {
    (!(min..=max.unwrap_or(usize::MAX)).contains(&count)).then(|| match max {
        Some(max) => format!("expected {min} to {max} {what}"),
        None => format!("expected at least {min} {what}"),
    })
}

/// Whether a shape has not one of the classes.
fn unlisted(
    classes: &[String],
    mut found: &mut dyn Iterator<Item = Option<&str>>,
) -> Option<String> {
    let is_listed = |class: &str| classes.iter().any(|known| known == class);
    (!classes.is_empty() && !Iterator::all(&mut found, |class| class.is_some_and(is_listed)))
        .then(|| format!("expected only classes of {}", listed(classes)))
}

/// Whether a point lies outside the frame; by more than rounding, as platforms that count in percent have it.
fn outside(
    width: Option<f64>,
    height: Option<f64>,
    mut points: &mut dyn Iterator<Item = [f64; 2]>,
) -> Option<String> {
    const ROUNDING: f64 = 1e-9;
    let is_within = |at: f64, length: Option<f64>| {
        length.is_none_or(|length| (-length * ROUNDING..=length * (1.0 + ROUNDING)).contains(&at))
    };
    (!Iterator::all(&mut points, |[x, y]| is_within(x, width) && is_within(y, height))).then(|| {
        let text = |length: Option<f64>| json::number_text(length.unwrap_or(MAX_COORDINATE));
        format!("expected shapes within the frame of {} by {}", text(width), text(height))
    })
}

fn twice(names: &[String]) -> Option<&'static str> {
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    into_order(&mut sorted);
    (sorted.len() < names.len()).then_some("expected each name once")
}

/// The first classes of a list, for a message.
fn listed(classes: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = String::new();
    for (n, class) in classes.iter().take(SHOWN).enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        text.push('`');
        text.push_str(class);
        text.push('`');
    }
    if classes.len() > SHOWN {
        text.push_str(&format!(" and {} more", classes.len() - SHOWN));
    }
    text
}
