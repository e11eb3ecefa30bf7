//! Kinds of label on the command line, and how a label is written in a cell.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use labelgate::Label;
use labelgate::agreement::Kind;
use labelgate::label::Distance;

use crate::cell;

/// Reads a kind by its name.
pub fn parser() -> impl TypedValueParser<Value = Kind> {
    let values = Kind::ALL.map(|kind| PossibleValue::new(kind.as_str()).help(help(kind)));
    PossibleValuesParser::new(values).try_map(|name| Kind::from_name(&name).ok_or("unknown kind"))
}

/// Reads a distance by its name.
pub fn distance_parser() -> impl TypedValueParser<Value = Distance> {
    let values = Distance::ALL.map(|distance| PossibleValue::new(distance.as_str()));
    PossibleValuesParser::new(values)
        .try_map(|name| Distance::from_name(&name).ok_or("unknown distance"))
}

fn help(kind: Kind) -> &'static str {
    match kind {
        Kind::Boxes => "Rectangles: intersection over union",
        Kind::Circular => "Numbers on a circle, such as hours; see `--period`",
        Kind::Class => "One class out of several, without an order",
        Kind::Interval => "Numbers whose differences count",
        Kind::Keypoints => "Named points: similarity of key points",
        Kind::Ordinal => "Steps of a scale, of which only the order counts",
        Kind::Polygons => "Outlines: intersection over union",
        Kind::Ranking => "Items by preference: Kendall's distance",
        Kind::Ratio => "Numbers of at least 0 whose proportions count",
        Kind::Set => "Sets of classes: MASI",
        Kind::Spans => "Stretches of a text: F1 of the characters",
        Kind::Text => "Free text: edit distance",
        _ => "",
    }
}

/// Whether an empty cell is an answer: nothing was chosen, marked or written.
pub fn has_empty_answers(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Set | Kind::Spans | Kind::Boxes | Kind::Polygons | Kind::Keypoints | Kind::Text
    )
}

/// Reads a label; an error says what was expected.
pub fn read(kind: Kind, text: &str) -> Result<Label, String> {
    let number = || cell::number(text.trim_ascii());
    match kind {
        Kind::Boxes => cell::boxes(text),
        Kind::Circular | Kind::Interval | Kind::Ordinal => number().map(Label::Number),
        Kind::Keypoints => cell::keypoints(text),
        Kind::Polygons => cell::polygons(text),
        Kind::Ranking => cell::ranking(text),
        Kind::Ratio => match number()? {
            negative if negative < 0.0 => Err("expected a number of at least 0".into()),
            number => Ok(Label::Number(number)),
        },
        Kind::Set => cell::class_set(text),
        Kind::Spans => cell::spans(text),
        Kind::Text => cell::free_text(text),
        _ => cell::class(text).map(Label::Class),
    }
}
