//! `labelgate bom`: the published list of items.

mod build;
mod folder;
mod index;
mod shards;

use clap::{Args, Subcommand};

use crate::failure::{Failure, Outcome};

/// Make the ML-BOM that items are checked against
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_long_help = AFTER)]
pub struct BomArguments {
    #[command(subcommand)]
    command: BomCommand,
}

#[derive(Debug, Subcommand)]
enum BomCommand {
    Build(build::BuildArguments),
    Index(index::IndexArguments),
}

const AFTER: &str = "\
Example:
  labelgate bom build data/ -o bom.json

Exit codes:
  0  done
  2  wrong usage, or something that cannot be read or written";

pub fn run(arguments: &BomArguments) -> Result<Outcome, Failure> {
    match &arguments.command {
        BomCommand::Build(arguments) => build::run(arguments),
        BomCommand::Index(arguments) => index::run(arguments),
    }
}
