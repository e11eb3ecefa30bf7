//! `cargo xtask bench`: the figures, natively and in wasm, as they come.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::browser::Browser;
use crate::children::Group;
use crate::npm;
use crate::package;
use crate::tools;
use crate::workspace::Workspace;

/// Runs the native benches, then those of the wasm module in Node and in Chromium.
pub fn run(workspace: &Workspace) -> Result<()> {
    println!("\n[1/7] native");
    let mut command = Command::new("cargo");
    // The bench targets alone: `cargo bench` would also build every unit test with optimisation.
    command.args(["bench", "--package", "labelgate", "--bench", "*"]);
    stream(workspace, command, "cargo bench")?;

    println!("\n[2/7] wasm in Node");
    package::make(workspace)?;
    npm::install(
        workspace,
        "benches/wasm",
        "the peer that we compare with, and a way into Chromium",
    )?;
    let mut command = node(workspace, "node.mjs")?;
    command.arg("--json").arg(figures(workspace));
    stream(workspace, command, "benches/wasm/node.mjs")?;

    println!("\n[3/7] native against wasm in Node, one after the other");
    against_wasm(workspace)?;

    println!("\n[4/7] wasm in Chromium");
    let mut command = node(workspace, "chromium.mjs")?;
    Browser::install(workspace)?.name_to(&mut command);
    stream(workspace, command, "benches/wasm/chromium.mjs")?;
    hashing(workspace)
}

/// Hashing beside its peers, in three runtimes.
fn hashing(workspace: &Workspace) -> Result<()> {
    let peer = peer(workspace)?;
    npm::install(workspace, "edge", "workerd")?;
    for (step, script) in [(5, "node"), (6, "chromium"), (7, "workerd")] {
        println!("\n[{step}/7] hashing in {script}");
        let mut command = node(workspace, &format!("hashing/{script}.mjs"))?;
        Browser::install(workspace)?.name_to(&mut command);
        command.arg(&peer);
        stream(workspace, command, script)?;
    }
    Ok(())
}

/// Builds the peer that comes as a crate, with the flags of `.cargo/config.toml` as our own module has them.
fn peer(workspace: &Workspace) -> Result<PathBuf> {
    tools::wasm_target(workspace)?;
    let target = workspace.scratch().join("peers");
    let mut command = Command::new("cargo");
    command
        .args(["build", "--quiet", "--release", "--locked", "--target", tools::WASM_TARGET])
        .arg("--manifest-path")
        .arg(workspace.join("benches/wasm/peers/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target);
    stream(workspace, command, "the peer tape-sha256")?;
    Ok(target.join(tools::WASM_TARGET).join("release/labelgate_bench_peers.wasm"))
}

/// Where the benches in Node leave their figures.
fn figures(workspace: &Workspace) -> PathBuf {
    workspace.scratch().join("bench-node.json")
}

/// Prints the time of one check natively as a share of that in Node, which was measured just before.
fn against_wasm(workspace: &Workspace) -> Result<()> {
    const BENCH: &str = "ten_thousand_whole_checks";
    const GOAL: f64 = 0.5;
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    command.args(["bench", "--quiet", "--package", "labelgate", "--bench", "check", "--", BENCH]);
    let output = command.output().context("cannot run cargo")?;
    let table = String::from_utf8_lossy(&output.stdout);
    let native_us = median_us(&table, BENCH).with_context(|| {
        format!("no median of `{BENCH}` in the output of cargo bench:\n{table}")
    })? / 10_000.0;
    let text = fs::read_to_string(figures(workspace))?;
    let all: Vec<Value> = serde_json::from_str(&text)?;
    let wasm_us = all
        .iter()
        .find(|figure| figure["name"] == "labelgate, singly, a view")
        .and_then(|figure| figure["value"].as_f64())
        .context("the benches in Node left no time of a single check")?;
    let share = native_us / wasm_us;
    let mark = if share <= GOAL { '✓' } else { '✗' };
    println!(
        "  {mark} one check: {native_us:.2} us natively, {wasm_us:.2} us in Node: {share:.2} x  \
         (goal: at most {GOAL})"
    );
    Ok(())
}

/// The third column of a row of divan's table, in microseconds.
fn median_us(table: &str, bench: &str) -> Option<f64> {
    let row = table.lines().find(|line| line.contains(bench))?;
    let (number, unit) = row.split('│').nth(2)?.trim().split_once(' ')?;
    let in_us = match unit {
        "ns" => 1e-3,
        "µs" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * in_us)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_read_from_the_table_in_its_unit() {
        let table = "check  fastest │ slowest │ median │ mean\n╰─ whole  61.42 ms │ 88.37 ms │ 77.7 ms │ 76 ms │ 30\n";
        assert_eq!(median_us(table, "whole"), Some(77_700.0));
        assert_eq!(median_us(table, "part"), None);
    }
}
