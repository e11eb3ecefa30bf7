//! The files of the project, and how a broken rule is told.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that holds everything.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of the project, as paths from the root with `/`: those that git tracks, and new ones that it
/// does not ignore. In an unpacked archive, which git knows nothing of, the files that are there.
pub fn files() -> Vec<String> {
    let mut files = tracked().unwrap_or_else(unpacked);
    // A file that was removed and not yet committed is still tracked.
    files.retain(|path| root().join(path).is_file());
    files.sort_unstable();
    assert!(files.len() > 100, "only {} files found in {}", files.len(), root().display());
    files
}

/// The files whose path starts and ends like this; at least `at_least` of them, else the rule that asks has
/// lost its subject.
pub fn files_in(start: &str, end: &str, at_least: usize) -> Vec<String> {
    let mut files = files();
    files.retain(|path| path.starts_with(start) && path.ends_with(end));
    let found = files.len();
    assert!(found >= at_least, "{found} files `{start}…{end}`, expected at least {at_least}");
    files
}

/// The text of a file.
#[track_caller]
pub fn read(path: &str) -> String {
    let bytes = std::fs::read(root().join(path));
    let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    text.unwrap_or_else(|error| panic!("{path}: expected a file that can be read: {error}"))
}

/// Fails with all that is broken: one `file:line: expected …` each.
#[track_caller]
pub fn expect_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

fn tracked() -> Option<Vec<String>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root()).output().ok()?;
    let paths = String::from_utf8(output.stdout).ok()?;
    // Where the root lies ignored inside of another repository, git finds nothing.
    let files: Vec<String> =
        paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (output.status.success() && !files.is_empty()).then_some(files)
}

fn unpacked() -> Vec<String> {
    let ignored = read(".gitignore");
    let is_ignored = |path: &Path| {
        let from_root = format!("/{}", slashed(path));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name == ".git"
            || ignored.lines().any(|line| match line.strip_prefix('*') {
                Some(end) => name.ends_with(end),
                None => line == from_root || line == name,
            })
    };
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if is_ignored(&path) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path)
            } else {
                files.push(slashed(&path))
            }
        }
    }
    files
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[test]
fn an_unpacked_archive_shows_every_file_of_the_repository_and_nothing_that_is_made() {
    let unpacked = unpacked();
    for file in files() {
        assert!(unpacked.contains(&file), "{file} is not found without git");
    }
    // Whoever works here may have more: what git ignores by settings of their own.
    let made =
        |file: &&String| ["target/", "node_modules/"].iter().any(|folder| file.contains(folder));
    assert_eq!(unpacked.iter().find(made), None);
}
