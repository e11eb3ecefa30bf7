//! The programs that building and testing need, installed when absent: each says what and why.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::step::Step;
use crate::workspace::Workspace;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The oldest Node that the npm package supports.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// A crate that is installed by `cargo install` into `target/tools`.
#[derive(Debug)]
struct Tool<'a> {
    package: &'a str,
    version: Option<&'a str>,
    programs: &'a [&'a str],
    reason: &'a str,
}

/// The standard library for WebAssembly.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let library = first_line(Command::new("rustc").current_dir(workspace.root()).args([
        "--print",
        "target-libdir",
        "--target",
        WASM_TARGET,
    ]))?;
    if PathBuf::from(library).is_dir() {
        return Ok(());
    }
    ensure!(
        first_line(Command::new("rustup").arg("--version")).is_ok(),
        "the Rust target {WASM_TARGET} is missing, and so is rustup, which would add it; see https://rustup.rs"
    );
    let mut command = Command::new("rustup");
    command.args(["target", "add", WASM_TARGET]);
    let title = "install the Rust target wasm32-unknown-unknown: the core runs in WebAssembly";
    Step::new(workspace, "install-wasm-target", title, command).run_or_fail()?;
    Ok(())
}

/// The folder of `wasm-bindgen` and its test runner, in exactly the version of the crate that `Cargo.lock` names.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let lock = workspace.join("Cargo.lock");
    let lock =
        fs::read_to_string(&lock).with_context(|| format!("cannot read `{}`", lock.display()))?;
    let version = locked_version(&lock, "wasm-bindgen").context("no wasm-bindgen in Cargo.lock")?;
    cargo_install(
        workspace,
        &Tool {
            package: "wasm-bindgen-cli",
            version: Some(version),
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            reason: "writes the JavaScript of the wasm module and runs its tests",
        },
    )
}

/// The folder of `cargo-fuzz`.
pub fn cargo_fuzz(workspace: &Workspace) -> Result<PathBuf> {
    cargo_install(
        workspace,
        &Tool {
            package: "cargo-fuzz",
            version: Some("0.13.2"),
            programs: &["cargo-fuzz"],
            reason: "builds and runs the fuzz targets",
        },
    )
}

/// Node in a version that can run what we ship.
pub fn node() -> Result<()> {
    let wanted = format!("{}.{}", OLDEST_NODE.0, OLDEST_NODE.1);
    let version = first_line(Command::new("node").arg("--version"))
        .with_context(|| format!("node is missing: install Node.js {wanted} or later"))?;
    let found = node_version(&version).with_context(|| format!("node calls itself `{version}`"))?;
    if found < OLDEST_NODE {
        bail!("node is {version}, but {wanted} or later is needed");
    }
    Ok(())
}

/// The first line that a program prints, when it can be run and succeeds.
pub fn first_line(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run `{program}`"))?;
    ensure!(output.status.success(), "`{program}` failed: {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or("").trim().to_string())
}

/// The search path with a folder before all others.
pub fn path_with(folder: PathBuf) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(folder).chain(env::split_paths(&path))).unwrap_or(path)
}

fn cargo_install(workspace: &Workspace, tool: &Tool) -> Result<PathBuf> {
    let root = workspace.tools();
    let folder = root.join("bin");
    let package = match tool.version {
        Some(version) => format!("{} {version}", tool.package),
        None => tool.package.to_string(),
    };
    // Cargo keeps the list of what it installed; a line is `"name 1.2.3 (registry+…)" = ["program"]`.
    let installed = fs::read_to_string(root.join(".crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"{package} "))
        && tool.programs.iter().all(|program| folder.join(program).is_file())
    {
        return Ok(folder);
    }

    let mut command = Command::new("cargo");
    command.args(["install", "--debug", "--force", "--root"]).arg(&root);
    // A folder of its own, so that an interrupted build goes on where it was.
    command.arg("--target-dir").arg(workspace.scratch().join("build-tools")).arg(tool.package);
    if let Some(version) = tool.version {
        command.args(["--version", version]);
    }
    // Without debug information it builds in half the time. Not `--locked`: the lock file inside a tool may
    // name versions that were withdrawn since.
    command
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "fallback")
        .env_remove("CARGO_TARGET_DIR");
    let title = format!("install {package} into target/tools: {}", tool.reason);
    Step::new(workspace, &format!("install-{}", tool.package), &title, command).run_or_fail()?;
    // Hundreds of megabytes that nobody needs again.
    let _ = fs::remove_dir_all(workspace.scratch().join("build-tools"));
    Ok(folder)
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// `v20.19.4` as major and minor.
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_tells_the_version_of_exactly_this_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-test\"\nversion = \"0.3.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn the_lock_file_of_this_project_names_wasm_bindgen() {
        let lock = fs::read_to_string(Workspace::find().unwrap().join("Cargo.lock")).unwrap();
        assert!(locked_version(&lock, "wasm-bindgen").is_some());
    }

    #[test]
    fn node_versions_compare_by_number() {
        assert_eq!(node_version("v20.19.4"), Some((20, 19)));
        assert!(node_version("v20.9.0") < node_version("v20.19.0"));
        assert!(node_version("v100.0.0") > node_version("v22.0.0"));
        assert_eq!(node_version("20.19.4"), None);
    }
}
