//! Where things are: the repository, its `target` folder, the logs.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The paths of one checkout.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The checkout that this program was started in.
    pub fn find() -> Result<Self> {
        // `cargo run` says where the crate is now; a program copied elsewhere falls back to where it was built.
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir
            .parent()
            .with_context(|| format!("`{}` has no parent folder", manifest_dir.display()))?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Where cargo puts what it builds.
    pub fn cargo_target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.join("target"), |folder| self.root.join(folder))
    }

    /// Programs that we install for ourselves; `bin` below it holds them.
    pub fn tools(&self) -> PathBuf {
        self.join("target/tools")
    }

    /// Our own stamps, logs and intermediate files.
    pub fn scratch(&self) -> PathBuf {
        self.join("target/xtask")
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.scratch().join("logs").join(format!("{name}.log"))
    }

    /// Holds off every other `cargo xtask` of this checkout from installing or packaging until dropped.
    pub fn lock(&self) -> Result<File> {
        let path = self.scratch().join("lock");
        fs::create_dir_all(self.scratch())?;
        let file =
            File::create(&path).with_context(|| format!("cannot create `{}`", path.display()))?;
        if file.try_lock().is_err() {
            println!("  waiting for another `cargo xtask` that installs or packages …");
            file.lock().with_context(|| format!("cannot lock `{}`", path.display()))?;
        }
        Ok(file)
    }
}
