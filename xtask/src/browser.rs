//! Chromium and its driver: found, or installed from Debian's packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::step::Step;
use crate::tools::first_line;
use crate::workspace::Workspace;

const CHROMIUM_NAMES: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER_NAMES: [&str; 2] = ["chromedriver", "chromium.chromedriver"];
/// No window, no sandbox (it refuses to run as root), and no talk with the network on its own.
const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Both programs, ready to be named to those who drive them.
#[derive(Clone, Debug)]
pub struct Browser {
    chromium: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// What `CHROMIUM` and `CHROMEDRIVER` name, else what is on the path, else what Debian's packages bring.
    pub fn install(workspace: &Workspace) -> Result<Self> {
        if let Some(browser) = Self::find() {
            return Ok(browser);
        }
        let packages = ["chromium", "chromium-driver"];
        if find_program(&["apt-get"]).is_none() {
            bail!(
                "Chromium or chromedriver is missing: install both, or name them in CHROMIUM and CHROMEDRIVER"
            );
        }
        let title = "refresh the list of Debian packages: Chromium comes from there";
        Step::new(workspace, "apt-update", title, apt(&["update"])?).run_or_fail()?;
        let title =
            "install Debian packages chromium and chromium-driver: tests run in a real browser";
        let mut install = apt(&["install", "-y", "--no-install-recommends"])?;
        install.args(packages);
        Step::new(workspace, "apt-install", title, install).run_or_fail()?;
        Self::find().context(
            "the packages chromium and chromium-driver are installed, but bring no `chromium` and `chromedriver`; \
             install both by hand, or name them in CHROMIUM and CHROMEDRIVER",
        )
    }

    /// Names both programs in the environment of a child.
    pub fn name_to(&self, command: &mut Command) {
        command.env("CHROMIUM", &self.chromium).env("CHROMEDRIVER", &self.driver);
    }

    /// The capabilities file that wasm-bindgen's test runner hands to the driver.
    pub fn webdriver_json(&self, workspace: &Workspace) -> Result<PathBuf> {
        let path = workspace.scratch().join("webdriver.json");
        fs::create_dir_all(workspace.scratch())?;
        let capabilities =
            json!({ "goog:chromeOptions": { "args": FLAGS, "binary": self.chromium } });
        fs::write(&path, capabilities.to_string())?;
        Ok(path)
    }

    fn find() -> Option<Self> {
        let named = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_file());
        Some(Self {
            chromium: named("CHROMIUM").or_else(|| find_program(&CHROMIUM_NAMES))?,
            driver: named("CHROMEDRIVER").or_else(|| find_program(&DRIVER_NAMES))?,
        })
    }
}

/// The first of these names that is a file in a folder of the path.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders.iter().map(|folder: &PathBuf| Path::join(folder, name)).find(|path| path.is_file())
    })
}

/// `apt-get` as root, through sudo when we are not.
fn apt(arguments: &[&str]) -> Result<Command> {
    let root = first_line(Command::new("id").arg("-u"))? == "0";
    let mut command = if root {
        Command::new("apt-get")
    } else if find_program(&["sudo"]).is_some() {
        let mut command = Command::new("sudo");
        // Never ask for a password: nobody sees the question.
        command.args(["-n", "apt-get"]);
        command
    } else {
        bail!(
            "Chromium or chromedriver is missing, and only root may install it: \
             run `apt-get install chromium chromium-driver` as root"
        );
    };
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
