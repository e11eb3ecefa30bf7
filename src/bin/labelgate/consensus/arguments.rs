//! The arguments of `labelgate consensus`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use labelgate::consensus::Method;

use crate::crowd::{self, CrowdArguments};

/// Say what the answers of a crowd make true, and how good each annotator is
///
/// Reads the answers of a crowd, infers the label of each task by the method of choice, and writes one row a task:
/// task, label, probability and margin to the next label. The majority vote is the floor: in how many tasks a method
/// departs from it is told.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER.to_owned() + crowd::AFTER + EXAMPLES)]
pub struct ConsensusArguments {
    #[command(flatten)]
    pub crowd: CrowdArguments,

    /// How the label is inferred [default: dawid-skene for classes, and what is usual for each other kind]
    #[arg(long, value_name = "METHOD", value_parser = methods())]
    pub method: Option<Method>,

    /// What is true: a table with the columns of task and label; adds how right the result is
    ///
    /// Tasks that `--gold` has too are left out of the score.
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,

    /// Tasks whose label is known, a table as for `--truth`: they teach Dawid-Skene how good annotators are
    ///
    /// They are left out of the score that `--truth` gives.
    #[arg(long, value_name = "FILE")]
    pub gold: Option<PathBuf>,

    /// A model's probabilities for `crowdlab`: CSV with the column of the task and one for each label
    #[arg(long, value_name = "FILE", required_if_eq("method", "crowdlab"))]
    pub probabilities: Option<PathBuf>,

    /// The share of annotators that a class, a character or a box must have [default: 0.5]
    #[arg(long, value_name = "SHARE", value_parser = number_within::<0, 1>)]
    pub share: Option<f64>,

    /// Most iterations [default: each method's own]
    #[arg(long, value_name = "N", value_parser = count_within::<1, 100_000>)]
    pub iterations: Option<usize>,

    /// When methods that iterate stop, below 0 for after the last iteration [default: each method's own]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, value_parser = number_within::<-1, 1_000_000>)]
    pub tolerance: Option<f64>,

    /// How many random starts `mace` makes [default: 10]
    #[arg(long, value_name = "N", value_parser = count_within::<1, 1_000>)]
    pub restarts: Option<usize>,

    /// Which random starts those are
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Spam of each label that annotators are thought to have given before, for `mace`; 10 in its paper [default: 1000]
    #[arg(long, value_name = "COUNT")]
    pub strategy: Option<f64>,

    /// Answers of each kind that annotators are thought to have given before, for Dawid-Skene [default: 0]
    #[arg(long, value_name = "COUNT", value_parser = number_within::<0, 1_000_000>)]
    pub smoothing: Option<f64>,

    /// Write the tasks into this file: .csv, .ndjson or .parquet
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write the annotators into this file: .csv, .ndjson or .parquet
    #[arg(long, value_name = "FILE")]
    pub annotators: Option<PathBuf>,

    /// Write one JSON object
    #[arg(long)]
    pub json: bool,
}

fn number_within<const LEAST: i32, const MOST: i32>(text: &str) -> Result<f64, String> {
    let (least, most) = (f64::from(LEAST), f64::from(MOST));
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("expected a number from {LEAST} to {MOST}"))
}

fn count_within<const LEAST: usize, const MOST: usize>(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (LEAST..=MOST).contains(count));
    count.ok_or_else(|| format!("expected a whole number from {LEAST} to {MOST}"))
}

fn methods() -> impl TypedValueParser<Value = Method> {
    let values =
        Method::ALL.map(|method| PossibleValue::new(method.as_str()).help(method.summary()));
    PossibleValuesParser::new(values)
        .try_map(|name| Method::from_name(&name).ok_or("unknown method"))
}

const AFTER: &str = "\
Columns of the result:
  task, label, probability, margin, tied
    `probability` is the label's posterior or share of the votes; for boxes, spans, sets, rankings
    and texts how far annotators agree with it. `tied` is how many labels were the best.
  annotator, answers, skill, accuracy, spamming, spammer_score
    An empty cell is a measure that the method does not have.

";
const EXAMPLES: &str = "

Examples:
  labelgate consensus answers.csv > labels.csv
  labelgate consensus --method majority-vote --truth truth.csv answers.csv
  labelgate consensus --method mace --annotators skills.csv -o labels.parquet answers.parquet
  labelgate consensus --kind spans --share 0.34 spans.csv
  labelgate consensus --kind ranking --method bradley-terry --json preferences.csv

Exit codes:
  0  the labels were inferred
  2  wrong usage, input that cannot be read, or answers that the method cannot work with";
