//! Spans, boxes, polygons and key points in one cell of a CSV: the forms of published crowds. An error says what was
//! expected.

use labelgate::Label;
use labelgate::label::{
    BoundingBox, Keypoint, MAX_BOXES, MAX_KEYPOINTS, MAX_POINTS, MAX_POLYGONS, MAX_SPANS, Polygon,
    Span,
};

/// Joins several boxes or polygons.
const JOINT: char = ';';
/// Before the class of a shape.
const CLASS: char = '@';

/// `start-end|start-end`, perhaps each with `@class`; nothing for none.
pub fn spans(text: &str) -> Result<Label, String> {
    let expected = || {
        format!(
            "expected spans such as `3-9|12-20` or `3-9@PER`, half open, at most {MAX_SPANS}, `start` below `end`"
        )
    };
    let span = |text: &str| {
        let (place, class) = classed(text);
        let (start, end) = place.split_once('-')?;
        Some(Span { class, start: start.parse().ok()?, end: end.parse().ok()? })
    };
    listed(text, '|').map(span).collect::<Option<_>>().and_then(Label::spans).ok_or_else(expected)
}

/// `left top width height`, perhaps with ` @class`; several joined by `;`; nothing for none.
pub fn boxes(text: &str) -> Result<Label, String> {
    let expected = || {
        format!(
            "expected boxes such as `10 20 30 40` or `10 20 30 40@cat; …`: left, top, width, height, at most {MAX_BOXES}"
        )
    };
    let one = |text: &str| {
        let (place, class) = classed(text);
        let numbers = place.split_whitespace().map(number).collect::<Option<Vec<f64>>>()?;
        let [x, y, width, height] = numbers.try_into().ok()?;
        Some(BoundingBox { class, x, y, width, height })
    };
    listed(text, JOINT).map(one).collect::<Option<_>>().and_then(Label::boxes).ok_or_else(expected)
}

/// `x,y x,y x,y …`, perhaps with ` @class`; several joined by `;`; nothing for none.
pub fn polygons(text: &str) -> Result<Label, String> {
    let expected = || {
        format!(
            "expected polygons such as `0,0 4,0 4,3` or `0,0 4,0 4,3@cat; …`, each of 3 points or more, at most \
             {MAX_POLYGONS} with {MAX_POINTS} points together"
        )
    };
    let polygon = |text: &str| {
        let (place, class) = classed(text);
        Polygon::new(class, place.split_whitespace().map(point).collect::<Option<_>>()?)
    };
    let polygons = listed(text, JOINT).map(polygon).collect::<Option<_>>();
    polygons.and_then(Label::polygons).ok_or_else(expected)
}

/// `name:x,y name:x,y`; nothing for none.
pub fn keypoints(text: &str) -> Result<Label, String> {
    let expected = || {
        format!(
            "expected key points such as `nose:1,2 eye:3,4`, each name once, at most {MAX_KEYPOINTS}"
        )
    };
    let keypoint = |text: &str| {
        let (name, place) = text.rsplit_once(':')?;
        let [x, y] = point(place)?;
        Some(Keypoint { name: name.into(), x, y })
    };
    let keypoints = text.split_whitespace().map(keypoint).collect::<Option<_>>();
    keypoints.and_then(Label::keypoints).ok_or_else(expected)
}

fn listed(text: &str, joint: char) -> impl Iterator<Item = &str> {
    text.split(joint).map(str::trim).filter(move |_| !text.trim().is_empty())
}

/// What stands before the class, and the class.
fn classed(text: &str) -> (&str, Option<String>) {
    match text.split_once(CLASS) {
        Some((place, class)) => (place.trim(), Some(class.trim().to_owned())),
        None => (text, None),
    }
}

fn point(text: &str) -> Option<[f64; 2]> {
    let (x, y) = text.split_once(',')?;
    Some([number(x)?, number(y)?])
}

fn number(text: &str) -> Option<f64> {
    super::number(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelgate::json::Writer;

    fn json(label: Result<Label, String>) -> String {
        let mut writer = Writer::new();
        label.unwrap().write(&mut writer);
        String::from_utf8(writer.into_bytes()).unwrap()
    }

    #[test]
    fn shapes_are_read_as_published_crowds_write_them() {
        for (label, expected) in [
            (
                spans("66-131|3-9@PER"),
                r#"{"spans":[{"start":66,"end":131},{"start":3,"end":9,"class":"PER"}]}"#,
            ),
            (spans(""), r#"{"spans":[]}"#),
            (
                boxes("3 56.5 94 93; 1 2 3 4 @cat"),
                r#"{"boxes":[{"x":3,"y":56.5,"width":94,"height":93},{"x":1,"y":2,"width":3,"height":4,"class":"cat"}]}"#,
            ),
            (
                polygons("4,0 0,0 4,3@cat"),
                r#"{"polygons":[{"points":[[0,0],[4,0],[4,3]],"class":"cat"}]}"#,
            ),
            (polygons(" "), r#"{"polygons":[]}"#),
            (
                keypoints("nose:1,2  eye:l:3,-4.5"),
                r#"{"keypoints":[{"name":"eye:l","x":3,"y":-4.5},{"name":"nose","x":1,"y":2}]}"#,
            ),
        ] {
            assert_eq!(json(label), expected);
        }
    }

    #[test]
    fn what_is_no_shape_says_how_one_is_written() {
        for (label, expected) in [
            (spans("9-3"), "expected spans such as"),
            (spans("3-9|"), "expected spans such as"),
            (spans("-3-9"), "expected spans such as"),
            (boxes("1 2 3"), "expected boxes such as"),
            (boxes("1 2 0 4"), "expected boxes such as"),
            (boxes("1 2 3 NaN"), "expected boxes such as"),
            (polygons("0,0 1,1"), "expected polygons such as"),
            (polygons("0,0 1,1 2"), "expected polygons such as"),
            (keypoints("nose"), "expected key points such as"),
            (keypoints("a:1,2 a:3,4"), "expected key points such as"),
        ] {
            assert!(label.unwrap_err().starts_with(expected));
        }
    }
}
