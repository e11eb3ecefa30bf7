//! `labelgate policy`: thresholds and actions.

mod explain;
mod pretty;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use labelgate::Policy;
use labelgate::json::Writer;

use crate::failure::{Failure, Outcome};

/// Print, check or explain a policy: the thresholds and actions of the gate
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_long_help = AFTER)]
pub struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Check that a policy can be used, and print its digest
    ///
    /// The digest is that of the policy's canonical form: every member, defaults filled in. It is the
    /// one that verdicts name, unless `check` is told by an option what stands behind the BOM.
    #[command(after_long_help = AFTER_CHECK)]
    Check {
        /// The policy as JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Write the answer as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the default policy, every member with its value
    Default,
    /// Explain every member: its unit, its default, and where the default comes from
    #[command(after_long_help = AFTER_EXPLAIN)]
    Explain {
        /// Write one JSON object for each member
        #[arg(long)]
        json: bool,
    },
}

const AFTER: &str = "\
Examples:
  labelgate policy default > policy.json
  labelgate policy check policy.json
  labelgate policy explain

A policy file needs to hold only what differs from the default:
  {\"label\":{\"kind\":\"class\",\"classes\":[\"cat\",\"dog\"]},\"disagrees\":{\"floor\":0.5}}

Exit codes:
  0  done
  2  wrong usage, or a policy that cannot be used";

const AFTER_CHECK: &str = "\
Example:
  labelgate policy check policy.json

Exit codes:
  0  the policy can be used
  2  it cannot; the message says what was expected, and where";

const AFTER_EXPLAIN: &str = "\
Examples:
  labelgate policy explain
  labelgate policy explain --json

Exit codes:
  0  done";

pub fn run(arguments: &PolicyArguments) -> Result<Outcome, Failure> {
    let text = match &arguments.command {
        PolicyCommand::Check { file, json } => {
            let digest = read(file)?.digest();
            if *json { answer(&digest) } else { format!("ok {digest}\n") }
        }
        PolicyCommand::Default => {
            pretty::indented(&String::from_utf8_lossy(&Policy::default().to_json()))
        }
        PolicyCommand::Explain { json: true } => explain::json_lines(),
        PolicyCommand::Explain { json: false } => explain::table(),
    };
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).map_err(|error| Failure::of_output(&error))?;
    Ok(Outcome::AllAccepted)
}

/// Reads a policy file.
pub fn read(path: &Path) -> Result<Policy, Failure> {
    let input = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
    Policy::from_json(&input).map_err(|error| Failure::in_file(path, &error))
}

fn answer(digest: &str) -> String {
    let mut writer = Writer::new();
    writer.open_object();
    writer.string_member("policy", digest);
    writer.close_object();
    format!("{}\n", String::from_utf8_lossy(&writer.into_bytes()))
}
