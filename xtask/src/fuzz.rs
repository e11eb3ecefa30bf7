//! `cargo xtask fuzz`: every fuzz target for a while, on nightly.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::bench::stream;
use crate::tools;
use crate::workspace::Workspace;

/// Runs the targets named, or all of `fuzz/fuzz_targets`, for so many seconds each. All run, even after a finding.
pub fn run(workspace: &Workspace, targets: &[String], seconds: u32) -> Result<()> {
    let known = known_targets(workspace)?;
    for target in targets {
        ensure!(
            known.contains(target),
            "no fuzz target `{target}`; there are: {}",
            known.join(", ")
        );
    }
    let targets = if targets.is_empty() { &known } else { targets };
    nightly()?;
    let programs = tools::cargo_fuzz(workspace)?;

    let mut findings = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        println!("\n[{}/{}] {target}, {seconds} s", index + 1, targets.len());
        let mut command = Command::new("rustup");
        command.args(["run", "nightly", "cargo", "fuzz", "run", target]);
        let corpus = workspace.join("fuzz/corpus").join(target);
        fs::create_dir_all(&corpus)?;
        command.arg(&corpus);
        // New inputs go to the first folder, so the seeds stay as they are committed.
        let seeds = workspace.join("fuzz/seeds").join(target);
        if seeds.is_dir() {
            command.arg(&seeds);
        }
        command
            .args(["--", &format!("-max_total_time={seconds}"), "-rss_limit_mb=2048"])
            .env("PATH", tools::path_with(programs.clone()))
            // Flags for the wasm target and other folders' settings have no place here.
            .env_remove("RUSTFLAGS");
        if let Err(error) = stream(workspace, command, target) {
            println!("  ✗ {error:#}");
            findings.push(target.as_str());
        }
    }
    if findings.is_empty() {
        println!("\n{} fuzz targets, no finding", targets.len());
        return Ok(());
    }
    bail!("findings in {}: the inputs are in fuzz/artifacts", findings.join(", "))
}

fn known_targets(workspace: &Workspace) -> Result<Vec<String>> {
    let folder = workspace.join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder)
        .with_context(|| format!("cannot list fuzz targets in `{}`", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    ensure!(!names.is_empty(), "no fuzz target in `{}`", folder.display());
    Ok(names)
}

/// libFuzzer and the address sanitizer need a nightly compiler.
fn nightly() -> Result<()> {
    let installed = Command::new("rustup")
        .args(["run", "nightly", "rustc", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match installed {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!(
            "fuzzing needs a nightly compiler: `rustup toolchain install nightly --profile minimal`"
        ),
        Err(_) => {
            bail!("fuzzing needs a nightly compiler, and rustup to find it: see https://rustup.rs")
        }
    }
}
