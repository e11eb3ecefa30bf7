//! npm packages of a folder, exactly as its lock file names them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::fingerprint::Fingerprint;
use crate::step::Step;
use crate::workspace::Workspace;

/// Runs `npm ci` in a folder of the repository, unless what is there came from the same lock file.
pub fn install(workspace: &Workspace, folder: &str, reason: &str) -> Result<()> {
    let path = workspace.join(folder);
    ensure!(
        path.join("package-lock.json").is_file(),
        "`{folder}/package-lock.json` is missing: nothing says which npm packages {folder}/ needs"
    );
    let stamp = path.join("node_modules/.xtask-stamp");
    let wanted = fingerprint(&path)?;
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let mut command = npm(workspace, folder);
    command.args(["ci", "--no-audit", "--no-fund"]);
    let title = format!("install npm packages in {folder}/: {reason}");
    let log = format!("npm-ci-{}", folder.replace('/', "-"));
    Step::new(workspace, &log, &title, command).run_or_fail()?;
    // A folder without dependencies gets no `node_modules` from npm.
    fs::create_dir_all(path.join("node_modules"))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write `{}`", stamp.display()))
}

/// `npm` in a folder of the repository.
pub fn npm(workspace: &Workspace, folder: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(workspace.join(folder)).env("npm_config_update_notifier", "false");
    command
}

/// The optimiser's own folder, installed.
pub fn binaryen(workspace: &Workspace) -> Result<PathBuf> {
    install(
        workspace,
        "xtask/npm",
        "binaryen's wasm-opt makes the wasm module smaller and faster",
    )?;
    Ok(workspace.join("xtask/npm/node_modules/binaryen/bin"))
}

fn fingerprint(folder: &Path) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add_file(&folder.join("package.json"))?;
    fingerprint.add_file(&folder.join("package-lock.json"))?;
    Ok(fingerprint.finish())
}
