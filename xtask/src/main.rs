//! The project's chores. `cargo xtask help` lists them.

mod bench;
mod browser;
mod children;
mod counts;
mod crowds;
mod demo;
mod excerpt;
mod fingerprint;
mod fuzz;
mod npm;
mod package;
mod server;
mod size;
mod smoke;
mod step;
mod suite;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::suite::Suite;
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
    /// Build and start everything on this machine: collector, gate and page. Runs until Ctrl-C.
    Demo {
        /// The port of 127.0.0.1 that the gate and the page listen on.
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// Post the three examples, check the answers and the collector's database, and end.
        #[arg(long)]
        smoke: bool,
    },
    /// Build the wasm module and its JavaScript into pkg/wasm, and check its size against the budget.
    Package,
    /// Run every test there is, and print how many passed.
    Test {
        /// Run only these suites, separated by commas.
        #[arg(long, value_delimiter = ',', value_name = "SUITE")]
        only: Vec<Suite>,
    },
    /// Run exactly what CI runs.
    Ready,
    /// Print the figures: native benches, then the wasm module in Node and in Chromium.
    Bench {
        /// Only consensus and agreement of whole crowds, beside their peers: a Python that has these is named by
        /// PEERS_PYTHON.
        #[arg(long)]
        crowds: bool,
    },
    /// Feed the fuzz targets for a while; needs a nightly compiler.
    Fuzz {
        /// How long to feed each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// The targets, as in fuzz/fuzz_targets; all when none is named.
        targets: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = run(&Arguments::parse());
    children::leave_to_interrupt();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<test::Failed>() => ExitCode::FAILURE,
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
        Task::Demo { port, smoke } => demo::run(&workspace, *port, *smoke),
        Task::Package => package::run(&workspace),
        Task::Test { only } => test::run(&workspace, only),
        Task::Ready => test::run(&workspace, &[]),
        Task::Bench { crowds: true } => crowds::run(&workspace),
        Task::Bench { crowds: false } => bench::run(&workspace),
        Task::Fuzz { seconds, targets } => fuzz::run(&workspace, targets, *seconds),
    }
}
