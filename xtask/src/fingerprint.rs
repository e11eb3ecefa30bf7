//! One hash over many files: tells whether anything changed since the last time.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// SHA-256 over names and contents, in the order they are added.
#[derive(Debug, Default)]
pub struct Fingerprint {
    hasher: Sha256,
}

impl Fingerprint {
    /// Adds a name and what belongs to it. The length between them keeps neighbours apart.
    pub fn add(&mut self, name: &str, content: &[u8]) {
        for part in [name.as_bytes(), content] {
            self.hasher.update((part.len() as u64).to_le_bytes());
            self.hasher.update(part);
        }
    }

    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        let content =
            fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        self.add(&path.file_name().unwrap_or_default().to_string_lossy(), &content);
        Ok(())
    }

    /// Adds every file below a folder, sorted by name.
    pub fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .with_context(|| format!("cannot read `{}`", folder.display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                self.add(&entry.file_name().unwrap_or_default().to_string_lossy(), b"folder");
                self.add_folder(&entry)?;
            } else {
                self.add_file(&entry)?;
            }
        }
        Ok(())
    }

    /// The hash in lower-case hexadecimal.
    pub fn finish(self) -> String {
        self.hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_from_name_to_content_changes_the_hash() {
        let hash = |name: &str, content: &str| {
            let mut fingerprint = Fingerprint::default();
            fingerprint.add(name, content.as_bytes());
            fingerprint.finish()
        };
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
        assert_eq!(hash("a", "b").len(), 64);
    }

    #[test]
    fn a_folder_is_told_from_its_changed_copy() {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        fs::write(folder.join("inner/a.rs"), "one").unwrap();
        let hash = || {
            let mut fingerprint = Fingerprint::default();
            fingerprint.add_folder(&folder).unwrap();
            fingerprint.finish()
        };
        let before = hash();
        assert_eq!(before, hash());
        fs::write(folder.join("inner/a.rs"), "two").unwrap();
        assert_ne!(before, hash());
        fs::remove_dir_all(folder).unwrap();
    }
}
