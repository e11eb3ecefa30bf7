//! The project's chores. `cargo xtask help` lists them.

mod children;
mod fingerprint;
mod npm;
mod package;
mod size;
mod step;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Builds, tests and shows labelgate. Each command installs what it lacks, into this folder where it can.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the wasm module and its JavaScript into pkg/wasm, and check its size against the budget.
    Package,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::find()?;
    children::end_with_us()?;
    match &arguments.command {
        Task::Package => package::run(&workspace),
    }
}
