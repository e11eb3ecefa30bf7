//! `labelgate bom`: the published list of items.

mod build;
mod changes;
mod checkpoint;
mod clock;
mod collect;
mod diff;
mod document;
mod found;
mod in_order;
mod inputs;
mod journal;
mod keygen;
pub mod keys;
mod lookup;
mod manifest;
mod measure;
mod outline;
mod publish;
mod shards;
mod show;
mod sign;
mod sorter;
mod submissions;
mod summary;
mod temporary;
mod update;
mod verify;

use clap::{Args, Subcommand};

pub use document::read_all;

use crate::failure::{Failure, Outcome};

/// Make, sign and verify the ML-BOM that items are checked against
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_long_help = AFTER)]
pub struct BomArguments {
    #[command(subcommand)]
    command: BomCommand,
}

#[derive(Debug, Subcommand)]
enum BomCommand {
    Build(build::BuildArguments),
    Checkpoint(checkpoint::CheckpointArguments),
    Collect(collect::CollectArguments),
    Diff(diff::DiffArguments),
    Keygen(keygen::KeygenArguments),
    Lookup(lookup::LookupArguments),
    /// Write the proof that the item index of a sharded BOM lists an item, for a submission to carry
    Prove(lookup::LookupArguments),
    Show(show::ShowArguments),
    Sign(sign::SignArguments),
    Update(update::UpdateArguments),
    Verify(verify::VerifyArguments),
}

const AFTER: &str = "\
Examples:
  labelgate bom build data/ -o bom.json
  labelgate bom keygen --out key.jwk
  labelgate bom sign bom.json --key key.jwk -o signed.json
  labelgate bom verify signed.json --key key.pub.jwk data/

Exit codes:
  0  done, and everything matches
  1  something does not match
  2  wrong usage, or something that cannot be read or written";

pub fn run(arguments: &BomArguments) -> Result<Outcome, Failure> {
    match &arguments.command {
        BomCommand::Build(arguments) => build::run(arguments),
        BomCommand::Checkpoint(arguments) => checkpoint::run(arguments),
        BomCommand::Collect(arguments) => collect::run(arguments),
        BomCommand::Diff(arguments) => diff::run(arguments),
        BomCommand::Keygen(arguments) => keygen::run(arguments),
        BomCommand::Lookup(arguments) => lookup::run(arguments, false),
        BomCommand::Prove(arguments) => lookup::run(arguments, true),
        BomCommand::Show(arguments) => show::run(arguments),
        BomCommand::Sign(arguments) => sign::run(arguments),
        BomCommand::Update(arguments) => update::run(arguments),
        BomCommand::Verify(arguments) => verify::run(arguments),
    }
}
