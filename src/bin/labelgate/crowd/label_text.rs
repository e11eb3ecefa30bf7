//! A label as text, as a cell of CSV has it: what is written can be read again.

use labelgate::Label;

/// The text of a label.
pub fn text_of(label: &Label) -> String {
    match label {
        Label::Boxes(boxes) => joined(boxes, ";", |one| {
            let place = format!("{} {} {} {}", one.x, one.y, one.width, one.height);
            classed(place, one.class.as_deref())
        }),
        Label::Class(class) => class.clone(),
        Label::Classes(classes) => classes.join("|"),
        Label::Keypoints(points) => {
            joined(points, " ", |point| format!("{}:{},{}", point.name, point.x, point.y))
        }
        Label::Number(number) => number.to_string(),
        Label::Polygons(polygons) => joined(polygons, ";", |polygon| {
            let points = joined(&polygon.points, " ", |[x, y]| format!("{x},{y}"));
            classed(points, polygon.class.as_deref())
        }),
        Label::Ranking(tiers) => joined(tiers, ">", |tier| tier.join("=")),
        Label::Rating(rating) => rating.to_string(),
        Label::Spans(spans) => joined(spans, "|", |span| {
            classed(format!("{}-{}", span.start, span.end), span.class.as_deref())
        }),
        Label::Text(text) => text.clone(),
        _ => String::new(),
    }
}

fn joined<T>(parts: &[T], joint: &str, text: impl Fn(&T) -> String) -> String {
    parts.iter().map(text).collect::<Vec<_>>().join(joint)
}

fn classed(text: String, class: Option<&str>) -> String {
    match class {
        Some(class) => format!("{text}@{class}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use labelgate::agreement::Kind;

    use super::super::kind;
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (of, text) in [
            (Kind::Boxes, "1 2 3 4;5 6 7.5 8@cat"),
            (Kind::Class, "a|b"),
            (Kind::Set, "a|b"),
            (Kind::Keypoints, "eye:1,2 nose:3,-4"),
            (Kind::Interval, "0.25"),
            (Kind::Polygons, "0,0 1,0 1,1;0,0 2,0 2,2@cat"),
            (Kind::Ranking, "a>b=c>d"),
            (Kind::Spans, "3-9|12-20@PER"),
            (Kind::Text, "two words"),
        ] {
            let label = kind::read(of, text).unwrap();
            assert_eq!(text_of(&label), text);
            assert_eq!(kind::read(of, &text_of(&label)).unwrap(), label);
        }
    }
}
