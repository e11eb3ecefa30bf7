//! The arguments that say which answers are read, and how.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use labelgate::agreement::Kind;
use labelgate::label::Distance;

use super::kind;

/// Which answers are read, and how.
#[derive(Debug, Args)]
pub struct CrowdArguments {
    /// Answers: CSV, NDJSON or Parquet files, gzip-compressed or not, read as one; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// What the labels are, and so when two of them are alike [default: class, or what typed labels say]
    #[arg(long, value_name = "KIND", value_parser = kind::parser())]
    pub kind: Option<Kind>,

    /// The labels that may be given, whether they are or not; with `--kind ordinal` from the least to the greatest
    ///
    /// Coefficients such as Gwet's AC1 depend on how many labels there are. Without it, those that were given.
    #[arg(long, value_name = "LABEL,…", value_delimiter = ',')]
    pub labels: Vec<String>,

    /// The period of `--kind circular`, for instance 360
    #[arg(long, value_name = "NUMBER", required_if_eq("kind", "circular"), value_parser = above_zero)]
    pub period: Option<f64>,

    /// How two labels are compared, in place of what is usual for their kind
    #[arg(long, value_name = "DISTANCE", value_parser = kind::distance_parser())]
    pub distance: Option<Distance>,

    /// The column of the task [default: `task`, else `item`]
    #[arg(long, value_name = "NAME")]
    pub task: Option<String>,

    /// The column of the annotator [default: `annotator`, else `worker`]
    #[arg(long, value_name = "NAME")]
    pub annotator: Option<String>,

    /// The column of the label [default: `label`]
    #[arg(long, value_name = "NAME")]
    pub label: Option<String>,

    /// What stands for a missing answer, beside an empty cell; several, each with `--missing`
    #[arg(long, value_name = "TEXT")]
    pub missing: Vec<String>,

    /// How the answers are written
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    pub format: Format,
}

fn above_zero(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "expected a number above 0".to_owned())
}

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// By the file's name, else by its first bytes
    Auto,
    /// CSV with a header
    Csv,
    /// One JSON object a line
    Ndjson,
    /// Apache Parquet
    Parquet,
}

/// For the long help of each command that reads answers.
pub const AFTER: &str = "\
Answers:
  One answer a row. CSV has a header with the columns `task`, `annotator` (or `worker`) and
  `label`; NDJSON has these members, or is what `labelgate check` reads, whose labels say their
  own kind; Parquet has these columns. Other columns are not read.

How a label is written, by kind:
  class       any text                 ordinal, interval, ratio, circular   a number
  set         a|b                      ranking      a>b=c>d, best first, ties with =
  spans       3-9|12-20@PER            boxes        left top width height, the next one after ;
  keypoints   nose:1,2 eye:3,4         polygons     x,y x,y x,y, the next one after ;
  text        any text                 boxes, polygons and spans may end in @class

Rules:
  duplicates  of several answers of one annotator to one task, the last in the file counts
  missing     a row without a label is left out; a task without answers is no task. An empty cell of
              a set, of spans, boxes, polygons, keypoints or text is an answer that marks nothing,
              unless `--missing ''` is given
  alike       labels are compared byte for byte; those that only look alike are told";
