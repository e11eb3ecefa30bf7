//! `cargo xtask bench`: the figures, natively and in wasm, as they come.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::browser::Browser;
use crate::children::Group;
use crate::npm;
use crate::package;
use crate::tools;
use crate::workspace::Workspace;

/// Runs the native benches, then those of the wasm module in Node and in Chromium.
pub fn run(workspace: &Workspace) -> Result<()> {
    println!("\n[1/3] native");
    let mut command = Command::new("cargo");
    // The bench targets alone: `cargo bench` would also build every unit test with optimisation.
    command.args(["bench", "--package", "labelgate", "--bench", "*"]);
    stream(workspace, command, "cargo bench")?;

    println!("\n[2/3] wasm in Node");
    package::make(workspace)?;
    npm::install(
        workspace,
        "benches/wasm",
        "the peer that we compare with, and a way into Chromium",
    )?;
    stream(workspace, node(workspace, "node.mjs")?, "benches/wasm/node.mjs")?;

    println!("\n[3/3] wasm in Chromium");
    let mut command = node(workspace, "chromium.mjs")?;
    Browser::install(workspace)?.name_to(&mut command);
    stream(workspace, command, "benches/wasm/chromium.mjs")
}

fn node(workspace: &Workspace, script: &str) -> Result<Command> {
    tools::node()?;
    let script = workspace.join("benches/wasm").join(script);
    ensure!(script.is_file(), "`{}` is missing", script.display());
    let mut command = Command::new("node");
    command.arg(script);
    Ok(command)
}

/// Figures are read while they come, so this output goes to the terminal and not to a log.
pub fn stream(workspace: &Workspace, mut command: Command, title: &str) -> Result<()> {
    command.current_dir(workspace.root());
    let mut group = Group::spawn(&mut command)?;
    let status = group.wait_for_ever().with_context(|| format!("cannot wait for {title}"))?;
    if !status.success() {
        bail!("{title} failed: {status}");
    }
    Ok(())
}
