//! `labelgate schema`: the JSON Schemas of the public documents.

use std::io::{self, Write};

use clap::Args;

use crate::failure::{Failure, Outcome};

/// Print the JSON Schema of a document
///
/// Draft 2020-12, for editors and for validation in other programs. What labelgate itself accepts is
/// stricter in places that a schema cannot say, such as repeated member names.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_long_help = AFTER)]
pub struct SchemaArguments {
    /// Which document; see `--list`
    #[arg(required_unless_present = "list")]
    name: Option<String>,

    /// List the names of the documents
    #[arg(long, conflicts_with = "name")]
    list: bool,
}

const AFTER: &str = "\
Examples:
  labelgate schema --list
  labelgate schema policy > policy.schema.json

Exit codes:
  0  it was printed
  2  there is no document of that name";

pub fn run(arguments: &SchemaArguments) -> Result<Outcome, Failure> {
    let schemas = labelgate::schema::all();
    let text = match &arguments.name {
        None => schemas.map(|(name, _)| format!("{name}\n")).concat(),
        Some(wanted) => {
            let found = schemas.iter().find(|(name, _)| name == wanted);
            let (_, schema) = found.ok_or_else(|| {
                let names = schemas.each_ref().map(|(name, _)| format!("`{name}`")).join(", ");
                Failure::new(format!("expected one of {names}, got `{wanted}`"))
            })?;
            format!("{schema:#}\n")
        }
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::of_output(&error))?;
    Ok(Outcome::AllAccepted)
}
