//! Kinds of label, as the command line names them.

use clap::ValueEnum;

use labelgate::Label;

use crate::cell;

/// What the labels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// One class out of several, without an order
    Class,
    /// A set of classes
    Set,
    /// Steps of a scale, of which only the order counts
    Ordinal,
    /// Numbers whose differences count
    Interval,
    /// Numbers whose proportions count; none under 0
    Ratio,
    /// Numbers on a circle, such as angles or hours; see `--period`
    Circular,
}

impl Kind {
    /// The kind as it is written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Set => "set",
            Self::Ordinal => "ordinal",
            Self::Interval => "interval",
            Self::Ratio => "ratio",
            Self::Circular => "circular",
        }
    }

    /// Whether an empty cell is an answer: nothing was chosen, marked or written.
    pub fn has_empty_answers(self) -> bool {
        match self {
            Self::Set => true,
            Self::Class | Self::Ordinal | Self::Interval | Self::Ratio | Self::Circular => false,
        }
    }

    /// Reads a label; an error says what was expected.
    pub fn read(self, text: &str) -> Result<Label, String> {
        match self {
            Self::Class => cell::class(text).map(Label::Class),
            Self::Set => cell::class_set(text),
            Self::Ratio => match cell::number(text.trim_ascii())? {
                Label::Number(number) if number < 0.0 => {
                    Err("expected a number of at least 0".into())
                }
                label => Ok(label),
            },
            Self::Ordinal | Self::Interval | Self::Circular => cell::number(text.trim_ascii()),
        }
    }
}
