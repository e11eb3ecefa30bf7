//! `labelgate`: the command line of the gate, for people who have labels in files.

// Input never panics: what could is denied here, and only in tests allowed (clippy.toml).
#![deny(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod agreement;
mod bom;
mod cell;
mod check;
mod consensus;
mod crowd;
mod failure;
mod hashing;
mod inputs;
mod lines;
mod policy;
mod progress;
mod records;
mod schema;
mod sheet;
mod terminal;
mod whole_file;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::{Failure, Outcome};

/// Check crowdsourced labels before they reach a data set.
///
/// labelgate checks every submission against the published ML-BOM of the items, against the
/// annotator's own rate and history, and against other annotators, and says why it holds or refuses
/// one.
#[derive(Debug, Parser)]
#[command(name = "labelgate", version, arg_required_else_help = true, after_long_help = EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Agreement(agreement::AgreementArguments),
    Bom(bom::BomArguments),
    Check(check::CheckArguments),
    Consensus(Box<consensus::ConsensusArguments>),
    Policy(policy::PolicyArguments),
    Schema(schema::SchemaArguments),
}

const EXAMPLES: &str = "\
Examples:
  labelgate check --no-bom answers.csv
  labelgate check --no-bom --summary answers.csv
  labelgate bom build data/ -o bom.json
  labelgate check --bom bom.json --unsigned --items data/ submissions.ndjson
  labelgate policy explain

Exit codes:
  0  all submissions were accepted, or the command did what it was asked
  1  a submission was held or rejected
  2  wrong usage, or input that cannot be read

`labelgate help COMMAND` says more about each command.";

fn main() -> ExitCode {
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => return failure::exit_of_usage(&error),
    };
    match run(&command_line.command) {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => failure.tell(),
    }
}

fn run(command: &Command) -> Result<Outcome, Failure> {
    match command {
        Command::Agreement(arguments) => agreement::run(arguments),
        Command::Bom(arguments) => bom::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Consensus(arguments) => consensus::run(arguments),
        Command::Policy(arguments) => policy::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
    }
}
