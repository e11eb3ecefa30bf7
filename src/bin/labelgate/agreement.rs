//! `labelgate agreement`: how far annotators agree.

mod table;

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};
use labelgate::agreement::{By, Report};
use labelgate::json::Writer;

use crate::crowd::{self, CrowdArguments};
use crate::failure::{Failure, Outcome};

/// Say how far annotators agree, beyond what chance would give
///
/// Reads the answers of a crowd and works out the coefficients of agreement, each with its standard error and 95 %
/// interval, or with the reason why it has no value. Krippendorff's alpha, Gwet's AC2 and the agreement of annotators
/// and pairs go by the kind of the labels; the others compare labels as the same or not.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER.to_owned() + crowd::AFTER + EXAMPLES)]
pub struct AgreementArguments {
    #[command(flatten)]
    crowd: CrowdArguments,

    /// Also tell the agreement of each of these
    ///
    /// Annotators and pairs go by the distance of the kind; of ordinal labels, boxes, texts and the like there may be
    /// at most 2,048 different ones then. Each label against all others goes by the same or not.
    #[arg(long, value_enum)]
    by: Option<Part>,

    /// Also tell standard errors and intervals by so many draws of the tasks, 2 to 10,000
    ///
    /// An independent check of the others. Of boxes, texts and the like there may be at most 2,048 different ones.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=i64::from(Report::MAX_REPLICATES)))]
    bootstrap: Option<u32>,

    /// Which draws those are
    #[arg(long, value_name = "N", default_value_t = 0, requires = "bootstrap")]
    seed: u32,

    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

/// Of what agreement is told beside the whole.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// Each annotator against the rest
    Annotator,
    /// Each pair of annotators with ten common tasks or more
    Pair,
    /// Each label against all others
    Class,
}

const AFTER: &str = "\
Coefficients:
  A coefficient is 1 for full agreement and 0 for what chance gives. It has a value when some task
  has two answers and chance leaves room to agree better than by chance; otherwise its reason is
  told: no-answers, one-annotator, no-overlap, one-label, no-chance, incomplete, scale, too-few or
  too-many. Standard errors see the tasks as a sample and the annotators as given.

";
const EXAMPLES: &str = "

Examples:
  labelgate agreement answers.csv
  labelgate agreement --kind ordinal --labels bad,fair,good ratings.csv
  labelgate agreement --by annotator --json answers.parquet
  labelgate agreement --bootstrap 1000 --seed 7 answers.csv

Exit codes:
  0  the agreement was worked out, or each coefficient's reason is told
  2  wrong usage or input that cannot be read";

pub fn run(arguments: &AgreementArguments) -> Result<Outcome, Failure> {
    let mut answered = crowd::read(&arguments.crowd)?;
    let by = arguments.by.map(|part| match part {
        Part::Annotator => By::Annotator,
        Part::Class => By::Class,
        Part::Pair => By::Pair,
    });
    let CrowdArguments { period, distance, .. } = arguments.crowd;
    let failed = |error: labelgate::Error| Failure::new(error.to_string());
    let mut report =
        Report::of(&answered.crowd, answered.kind, period, distance, by).map_err(failed)?;
    if let Some(replicates) = arguments.bootstrap {
        report
            .resample(&answered.crowd, period, distance, replicates, arguments.seed)
            .map_err(failed)?;
    }
    answered.name_steps(&arguments.crowd);
    let mut out = BufWriter::new(io::stdout());
    let written = if arguments.json {
        let mut writer = Writer::new();
        report.write(&answered.crowd, &mut writer);
        writer.end_line();
        out.write_all(&writer.into_bytes())
    } else {
        table::write(&report, &answered, &mut out)
    };
    written.and_then(|()| out.flush()).map_err(|error| Failure::of_output(&error))?;
    Ok(Outcome::AllAccepted)
}
