//! The arguments of `labelgate check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Check submissions in files, and say of each whether it would pass
///
/// Reads submissions from NDJSON or CSV as a stream and writes one verdict for each: accept, review
/// (held for a person) or reject (refused, with proof), with the reasons. They are checked in the
/// order of the file: what an annotator did before, and what others said about the item before,
/// counts. Sort files by time of arrival.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct CheckArguments {
    /// Submissions: NDJSON or CSV files, read one after the other; `-` is standard input
    #[arg(required = true, value_name = "SUBMISSIONS")]
    pub submissions: Vec<PathBuf>,

    /// The published ML-BOM: CycloneDX 1.5, 1.6 or 1.7 JSON
    ///
    /// Needs `--key` or `--unsigned`, unless the policy itself pins keys or says that an unsigned BOM is taken.
    #[arg(long, value_name = "FILE", conflicts_with = "no_bom")]
    pub bom: Option<PathBuf>,

    /// A public key that may have signed the BOM, as `bom keygen` writes it; several, each with `--key`
    ///
    /// In place of the keys that the policy pins. A BOM that is not signed as it must be refuses every
    /// submission as `bom-untrusted`.
    #[arg(
        long = "key", value_name = "FILE", requires = "bom",
        conflicts_with_all = ["unsigned", "no_bom"]
    )]
    pub keys: Vec<PathBuf>,

    /// How many of the keys must have signed [default: 1]
    #[arg(long, value_name = "N", requires = "keys")]
    pub threshold: Option<usize>,

    /// The checkpoint beside the BOM, a signed note: for a policy that asks for one
    #[arg(long, value_name = "FILE", requires = "bom", conflicts_with_all = ["unsigned", "no_bom"])]
    pub checkpoint: Option<PathBuf>,

    /// Take the BOM without a signature: for development only
    ///
    /// Anybody who can change the BOM can then change the items. Every verdict says
    /// `"bom":"unsigned-for-development"`.
    #[arg(long, requires = "bom", conflicts_with = "no_bom")]
    pub unsigned: bool,

    /// Check labels only, not the items' bytes
    ///
    /// Every verdict says `"bom":"none"`.
    #[arg(long)]
    pub no_bom: bool,

    /// The policy: thresholds and actions as JSON. Without it, the default policy
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Measure the items themselves: hash the file that each item names under this folder
    ///
    /// The SHA-256 of the file replaces whatever digest the submission claims. The file is the
    /// item's `name`, or its `id` when it has no name. An item whose file cannot be read, or whose
    /// name leads out of the folder, is held as `unchecked`. Needs `--bom`.
    #[arg(long, value_name = "DIR", requires = "bom", conflicts_with = "no_bom")]
    pub items: Option<PathBuf>,

    /// Gold: items whose answer is known
    ///
    /// JSON: `{"item id":[{"class":"cat"}]}`, each list holding the accepted labels. CSV: a header
    /// with `task` and `label`; accepted labels joined by `|`, or in several rows of the same task.
    #[arg(long, value_name = "FILE")]
    pub gold: Option<PathBuf>,

    /// How submissions are written
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    pub format: Format,

    /// Remember annotators and items from run to run
    ///
    /// Read when it exists, and replaced as a whole at the end of a run that read all of its input.
    /// Checking a file in two runs gives the same verdicts as in one.
    #[arg(long, value_name = "FILE")]
    pub memory: Option<PathBuf>,

    /// Write full verdicts as NDJSON; with `--summary`, write that as NDJSON
    #[arg(long)]
    pub json: bool,

    /// Write a table of annotators in place of verdicts
    ///
    /// For each annotator: answers taken, how many submissions of this run were accepted, held and
    /// rejected, the wealth of each check (1 at the start; an honest annotator ever reaches the
    /// threshold with at most that check's share of `alpha`), what the evidence leads to, and the
    /// first answer at which they were held, by which check.
    #[arg(long)]
    pub summary: bool,

    /// Write what the annotator may see of each verdict, as NDJSON
    #[arg(long, conflicts_with = "summary")]
    pub annotator_view: bool,
}

/// How submissions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// By the file's name, else by its first character
    Auto,
    /// CSV with a header
    Csv,
    /// One JSON submission a line
    Labelgate,
}

const AFTER: &str = "\
Exactly one of `--bom FILE --key FILE`, `--bom FILE --unsigned` and `--no-bom` is needed, unless
the policy file says by `bom.trust` what is trusted.

CSV:
  A header is required. Columns: task, worker, label, and as wanted started_at, submitted_at,
  received_at, elapsed_ms or seconds, session, gold, id. Others are ignored, and named once.
  - An empty cell is an absent value.
  - Labels are classes, unless the policy's label schema says otherwise; a set of classes is joined
    by `|`, and an empty cell is then the empty set.
  - Times are RFC 3339 or Unix seconds, with a fraction or without.
  - `elapsed_ms` is used before `seconds`, the time spent on the answer.
  - `gold` holds the accepted labels joined by `|` (for class sets: one set), and counts from its
    row on. Where `--gold` says otherwise about the item, the cell stands.
  - Without `id`, a submission is named by file, line and content.
  - A row that cannot be read is a `malformed` verdict with its line.

Time of arrival:
  `received_at`, else the submission's own `submitted_at`, else unknown; then the checks that need
  it are off. A submission that arrived before an earlier one of the same annotator in the file
  counts as of unknown arrival, and their number is told at the end.

Examples:
  labelgate check --no-bom answers.csv
  labelgate check --no-bom --summary --gold gold.csv answers.csv
  labelgate check --bom bom.json --unsigned --items data/ --json submissions.ndjson
  labelgate check --bom signed.json --key key.pub.jwk submissions.ndjson
  tail -f submissions.ndjson | labelgate check --no-bom --json -
  labelgate check --no-bom --memory crowd.memory monday.csv
  labelgate check --no-bom --memory crowd.memory tuesday.csv

Exit codes:
  0  all submissions were accepted
  1  a submission was held or rejected
  2  wrong usage or input that cannot be read, or standard output was closed; the memory file is
     then left as it was";
