//! Which answers a task allows.

mod complaint;
mod text;

/// Which answers a task allows.
///
/// Where a list of classes is empty, any class or none will do; where it is not, each shape needs one of them. Where
/// `width` and `height` of the frame are given, shapes must lie within it, from 0.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(tag = "kind", rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum LabelSchema {
    /// Rectangles along the axes.
    Boxes {
        /// The classes, each once. Default: any.
        #[cfg_attr(feature = "schema", schemars(default))]
        classes: Vec<String>,
        /// Fewest boxes in an answer. Default 0.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: usize,
        /// Most boxes in an answer. Default: 256, as in any label.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<usize>,
        /// Width of the frame. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        width: Option<f64>,
        /// Height of the frame. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        height: Option<f64>,
    },
    /// One of these classes.
    Class {
        /// The classes; at least one, each once.
        classes: Vec<String>,
    },
    /// A set of these classes.
    Classes {
        /// The classes; at least one, each once.
        classes: Vec<String>,
        /// Fewest classes in an answer. Default 0.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: usize,
        /// Most classes in an answer. Default: no bound of its own.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<usize>,
    },
    /// Named points.
    Keypoints {
        /// The names, each once. Default: any.
        #[cfg_attr(feature = "schema", schemars(default))]
        names: Vec<String>,
        /// How far apart annotators place each of `names`, in shares of the object's size; above 0. Default 0.09 each.
        #[cfg_attr(feature = "schema", schemars(default))]
        sigmas: Vec<f64>,
        /// Size of the object: the square root of its area, in units of the coordinates; above 0. Default: of the box
        /// around the points.
        #[cfg_attr(feature = "schema", schemars(default))]
        size: Option<f64>,
        /// Width of the frame. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        width: Option<f64>,
        /// Height of the frame. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        height: Option<f64>,
    },
    /// A number.
    Number {
        /// Least number. Default: no bound.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: Option<f64>,
        /// Greatest number. Default: no bound.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<f64>,
        /// What differences mean. Default `interval`.
        #[cfg_attr(feature = "schema", schemars(default))]
        scale: NumberScale,
    },
    /// Outlines.
    Polygons {
        /// The classes, each once. Default: any.
        #[cfg_attr(feature = "schema", schemars(default))]
        classes: Vec<String>,
        /// Fewest polygons in an answer. Default 0.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: usize,
        /// Most polygons in an answer. Default: 64, as in any label.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<usize>,
        /// Width of the frame. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        width: Option<f64>,
        /// Height of the frame. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        height: Option<f64>,
    },
    /// Items in order, best first.
    Ranking {
        /// The items, each once. Default: any, as where each task has its own.
        #[cfg_attr(feature = "schema", schemars(default))]
        items: Vec<String>,
        /// Fewest items in an answer. Default: all of `items`; 1 where any will do.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: Option<usize>,
        /// Whether items may be as good as each other. Default true.
        #[cfg_attr(feature = "schema", schemars(default = "ties"))]
        ties: bool,
    },
    /// A whole number from `min` to `max`.
    Rating {
        /// Least rating.
        min: i32,
        /// Greatest rating.
        max: i32,
    },
    /// Stretches of a text or a recording.
    Spans {
        /// The classes, each once. Default: any.
        #[cfg_attr(feature = "schema", schemars(default))]
        classes: Vec<String>,
        /// Fewest spans in an answer. Default 0.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: usize,
        /// Most spans in an answer. Default: 1,024, as in any label.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<usize>,
        /// Length of the text or recording, in units of the offsets. Default: not checked.
        #[cfg_attr(feature = "schema", schemars(default))]
        length: Option<u32>,
    },
    /// Free text.
    Text {
        /// Fewest characters. Default 0.
        #[cfg_attr(feature = "schema", schemars(default))]
        min: usize,
        /// Most characters. Default: 16 KiB, as in any label.
        #[cfg_attr(feature = "schema", schemars(default))]
        max: Option<usize>,
    },
}

/// What the differences of numbers mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "snake_case"))]
pub enum NumberScale {
    /// They go around a circle: `max` is `min` again, and the period is between. Both are needed.
    Circular,
    /// Equal differences mean the same anywhere.
    #[default]
    Interval,
    /// Equal ratios mean the same anywhere; needs a `min` of at least 0.
    Ratio,
}

#[cfg(feature = "schema")]
fn ties() -> bool {
    true
}

impl NumberScale {
    const ALL: [(&'static str, Self); 3] =
        [("circular", Self::Circular), ("interval", Self::Interval), ("ratio", Self::Ratio)];
}

impl LabelSchema {
    /// The name of the kind, in schemas and in labels.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Boxes { .. } => "boxes",
            Self::Class { .. } => "class",
            Self::Classes { .. } => "classes",
            Self::Keypoints { .. } => "keypoints",
            Self::Number { .. } => "number",
            Self::Polygons { .. } => "polygons",
            Self::Ranking { .. } => "ranking",
            Self::Rating { .. } => "rating",
            Self::Spans { .. } => "spans",
            Self::Text { .. } => "text",
        }
    }

    /// The length of the scale of ratings or numbers, `max` - `min`; none when it has no bounds or none of length.
    #[must_use]
    pub fn range(&self) -> Option<f64> {
        let range = match self {
            Self::Rating { min, max } => f64::from(*max) - f64::from(*min),
            Self::Number { min: Some(min), max: Some(max), .. } => max - min,
            _ => return None,
        };
        Some(range).filter(|range| *range > 0.0 && range.is_finite())
    }

    /// How far apart annotators place the key point of this name; none when the schema does not say.
    #[must_use]
    pub fn sigma(&self, name: &str) -> Option<f64> {
        match self {
            Self::Keypoints { names, sigmas, .. } => {
                let place = names.iter().position(|known| known == name)?;
                sigmas.get(place).copied()
            }
            _ => None,
        }
    }

    /// The size of the object that has the key points; none when the schema does not say.
    #[must_use]
    pub fn object_size(&self) -> Option<f64> {
        match self {
            Self::Keypoints { size, .. } => *size,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Reader, Writer};
    use crate::label::Label;

    fn read(text: &str) -> Option<LabelSchema> {
        LabelSchema::read(&mut Reader::new(text.as_bytes(), 4).unwrap()).ok()
    }

    #[test]
    fn what_is_written_is_read_back() {
        for schema in [
            LabelSchema::Class { classes: vec!["a".into()] },
            LabelSchema::Classes { classes: vec!["a".into()], min: 1, max: Some(2) },
            LabelSchema::Classes { classes: vec!["a".into()], min: 0, max: None },
            LabelSchema::Rating { min: -1, max: 5 },
            LabelSchema::Number { min: Some(0.5), max: None, scale: NumberScale::Interval },
        ] {
            let mut writer = Writer::new();
            schema.write(&mut writer);
            let text = String::from_utf8(writer.into_bytes()).unwrap();
            assert_eq!(read(&text), Some(schema), "{text}");
        }
    }

    #[test]
    fn a_schema_that_says_too_little_or_too_much_is_refused() {
        for bad in [
            r#"{}"#,
            r#"{"kind":"class"}"#,
            r#"{"kind":"box","classes":["a"]}"#,
            r#"{"kind":"rating","min":1}"#,
            r#"{"kind":"rating","min":1.5,"max":2}"#,
            r#"{"kind":"class","classes":["a"],"min":1}"#,
            r#"{"kind":"number","classes":["a"]}"#,
            r#"{"kind":"classes","classes":["a"],"max":-1}"#,
            r#"{"kind":"class","classes":[1]}"#,
            r#"{"kind":"rating","min":1,"max":99999999999}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_schema_says_what_it_expected() {
        let schema = LabelSchema::Class { classes: vec!["cat".into(), "dog".into()] };
        assert_eq!(schema.complaint(&Label::Class("cat".into())), None);
        assert_eq!(
            schema.complaint(&Label::Class("cow".into())).unwrap(),
            "expected one of `cat`, `dog`"
        );
        assert_eq!(schema.complaint(&Label::Rating(1)).unwrap(), "expected `class`");
        let sets = LabelSchema::Classes { classes: vec!["a".into()], min: 1, max: None };
        assert!(sets.complaint(&Label::Classes(vec![])).is_some());
        let number = LabelSchema::Number { min: Some(0.0), max: None, scale: NumberScale::Ratio };
        assert!(number.complaint(&Label::Number(-0.1)).is_some());
        assert!(number.complaint(&Label::Number(7.0)).is_none());
    }
}
