//! `labelgate bom`: the published list of items.

mod build;
mod folder;

use clap::{Args, Subcommand};

use crate::failure::{Failure, Outcome};

/// Make the ML-BOM that items are checked against
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct BomArguments {
    #[command(subcommand)]
    command: BomCommand,
}

#[derive(Debug, Subcommand)]
enum BomCommand {
    Build(build::BuildArguments),
}

pub fn run(arguments: &BomArguments) -> Result<Outcome, Failure> {
    match &arguments.command {
        BomCommand::Build(arguments) => build::run(arguments),
    }
}
