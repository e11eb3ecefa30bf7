//! The paths that a command is given: folders, files and manifests, as one sorted list of names.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::found::{Origin, Stamp};
use super::manifest::{self, Columns};
use super::sorter::{Sorted, Sorter};
use crate::failure::{Failure, quoted};
use crate::progress::Progress;

/// What is in the inputs, in ascending order of the bytes of the names.
pub struct Inputs {
    roots: Vec<Root>,
    sorted: Sorted,
    /// The name that came last, to find one that comes twice.
    last: Option<(String, Origin)>,
    pub totals: Totals,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub items: u64,
    pub bytes: u64,
    pub warnings: u64,
    /// Entries of manifests that no digest proves.
    pub unproven: u64,
    /// What a manifest calls the data set.
    pub name: Option<String>,
    /// Whether a manifest says that it does not list everything.
    pub is_incomplete: bool,
}

/// How paths are read.
#[derive(Clone, Copy, Default)]
pub struct Reading<'a> {
    /// BOMs of the data set, read or about to be written, which are no items of it.
    pub boms: [Option<&'a Path>; 2],
    /// Whether a file can be a manifest; else it is an item.
    pub manifests: bool,
    pub columns: Columns<'a>,
}

struct Root {
    path: PathBuf,
    /// What stands before each name below it: nothing, or a name and `/`.
    prefix: String,
    is_folder: bool,
}

/// Most things left out that are told one by one.
const MAX_TOLD: u64 = 100;

impl Inputs {
    /// Lists all paths. With one folder its files are named by their paths below it; with several
    /// paths each name begins with the last part of its own path.
    pub fn list(paths: &[PathBuf], reading: &Reading<'_>) -> Result<Self, Failure> {
        let mut roots = Vec::new();
        let mut inputs = Self::gather(|list| Self::list_into(list, paths, reading, &mut roots))?;
        inputs.roots = roots;
        Ok(inputs)
    }

    /// What `fill` lists. Names of files need the roots that [`Inputs::list`] knows.
    pub fn gather(
        fill: impl FnOnce(&mut List<'_>) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let progress = Progress::counting("listing");
        let (sorter, totals) = (Sorter::new(), Totals::default());
        let mut list = List { sorter, totals, boms: Vec::new(), progress: &progress };
        fill(&mut list)?;
        if list.totals.warnings > MAX_TOLD {
            progress.tell(&format!("left out {} more", list.totals.warnings - MAX_TOLD));
        }
        progress.finish();
        let sorted = list.sorter.finish().map_err(|error| of_sorting(&error))?;
        Ok(Self { roots: Vec::new(), sorted, last: None, totals: list.totals })
    }

    fn list_into(
        list: &mut List<'_>,
        paths: &[PathBuf],
        reading: &Reading<'_>,
        roots: &mut Vec<Root>,
    ) -> Result<(), Failure> {
        list.boms = reading.boms.into_iter().flatten().filter_map(Output::of).collect();
        for (path, input) in paths.iter().zip(0..) {
            if is_stdin(path) || path.is_file() {
                if reading.manifests && manifest::read(path, reading.columns, list)? {
                    roots.push(Root {
                        path: path.clone(),
                        prefix: String::new(),
                        is_folder: false,
                    });
                    continue;
                }
                let name = last_part(path)?;
                list.file(path, &name, input)?;
                roots.push(Root { path: path.clone(), prefix: name, is_folder: false });
            } else {
                let prefix = if paths.len() > 1 { last_part(path)? + "/" } else { String::new() };
                list.folder(path, &prefix, input)?;
                roots.push(Root { path: path.clone(), prefix, is_folder: true });
            }
        }
        Ok(())
    }

    /// The next name; none at the end. A manifest may list a name again with the same digests; two
    /// files of one name are refused.
    pub fn next(&mut self) -> Result<Option<(String, Origin)>, Failure> {
        loop {
            let next = self.sorted.next().map_err(|error| of_sorting(&error))?;
            let Some((name, value)) = next else { return Ok(self.last.take()) };
            let damaged = || of_sorting(&io::ErrorKind::InvalidData.into());
            let origin = Origin::from_bytes(&value).ok_or_else(damaged)?;
            match &self.last {
                Some((last, known)) if *last == name => {
                    if matches!(known, Origin::File { .. }) || *known != origin {
                        let name = quoted(Path::new(&name));
                        return Err(Failure::new(format!(
                            "expected each name once, found {name} again"
                        )));
                    }
                }
                _ => {
                    if let Some(next) = self.last.replace((name, origin)) {
                        return Ok(Some(next));
                    }
                }
            }
        }
    }

    /// Where the file of a name is.
    pub fn path(&self, input: u32, name: &str) -> PathBuf {
        let root = usize::try_from(input).ok().and_then(|input| self.roots.get(input));
        match root {
            Some(root) if root.is_folder => {
                root.path.join(name.strip_prefix(root.prefix.as_str()).unwrap_or(name))
            }
            Some(root) => root.path.clone(),
            None => PathBuf::from(name),
        }
    }
}

/// Gathers names.
pub struct List<'p> {
    sorter: Sorter,
    pub totals: Totals,
    boms: Vec<Output>,
    pub progress: &'p Progress,
}

impl List<'_> {
    /// Takes one name.
    pub fn push(&mut self, name: &str, origin: &Origin) -> Result<(), Failure> {
        self.totals.items += 1;
        self.progress.count(self.totals.items);
        self.sorter.push(name, &origin.to_bytes()).map_err(|error| of_sorting(&error))
    }

    /// Tells about something that is left out.
    pub fn warn(&mut self, what: &str) {
        self.totals.warnings += 1;
        if self.totals.warnings <= MAX_TOLD {
            self.progress.tell(what);
        }
    }

    fn file(&mut self, path: &Path, name: &str, input: u32) -> Result<(), Failure> {
        let metadata = path.metadata().map_err(|error| Failure::unreadable(path, &error))?;
        self.totals.bytes += metadata.len();
        self.push(name, &Origin::File { input, stamp: Stamp::of(&metadata) })
    }

    fn folder(&mut self, folder: &Path, prefix: &str, input: u32) -> Result<(), Failure> {
        if !folder.is_dir() {
            let error = match folder.metadata() {
                Ok(_) => io::ErrorKind::NotADirectory.into(),
                Err(error) => error,
            };
            return Err(Failure::unreadable(folder, &error));
        }
        for entry in WalkDir::new(folder).min_depth(1) {
            let entry = entry.map_err(|error| of_walk(folder, &error))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let path = entry.path();
            if entry.path_is_symlink() {
                self.warn(&format!("left out the symbolic link {}", quoted(path)));
            } else if !entry.file_type().is_file() {
                self.warn(&format!("left out {}, which is no file", quoted(path)));
            } else if let Some(what) = self.boms.iter().find_map(|bom| bom.is_part(path)) {
                self.warn(&format!("left out {}, {what}", quoted(path)));
            } else {
                let metadata = entry.metadata().map_err(|error| of_walk(folder, &error))?;
                let name = format!("{prefix}{}", name_below(folder, path)?);
                self.totals.bytes += metadata.len();
                self.push(&name, &Origin::File { input, stamp: Stamp::of(&metadata) })?;
            }
        }
        Ok(())
    }
}

/// A BOM, and the files that come with it.
struct Output {
    /// Free of symbolic links.
    folder: PathBuf,
    name: String,
}

impl Output {
    fn of(path: &Path) -> Option<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let name = path.file_name()?.to_str()?.to_owned();
        Some(Self { folder: folder.canonicalize().ok()?, name })
    }

    /// What a file is, when it is one of ours.
    fn is_part(&self, path: &Path) -> Option<&'static str> {
        let name = path.file_name()?.to_str()?;
        let rest = name.trim_start_matches('.').strip_prefix(self.name.trim_start_matches('.'))?;
        let what = match rest {
            "" if name == self.name => "the BOM itself",
            ".partial" => "the journal of its BOM",
            _ if rest.ends_with(".tmp") && name.starts_with('.') => "what an earlier run left",
            _ => return None,
        };
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok())?;
        (folder == self.folder).then_some(what)
    }
}

pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The last part of a path, also of `.` or `data/..`.
pub fn last_part(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::unreadable(path, &error);
    let name = match path.components().next_back() {
        Some(Component::Normal(name)) => Some(name.to_owned()),
        _ => path.canonicalize().map_err(unreadable)?.file_name().map(OsStr::to_owned),
    };
    let name = name.ok_or_else(|| {
        Failure::new(format!("expected a path with a name, got {}", quoted(path)))
    })?;
    Ok(part_of_name(&name, path)?.to_owned())
}

fn name_below(folder: &Path, path: &Path) -> Result<String, Failure> {
    let mut name = String::new();
    for part in path.strip_prefix(folder).unwrap_or(path).components() {
        if let Component::Normal(part) = part {
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(part_of_name(part, path)?);
        }
    }
    Ok(name)
}

/// One part of a name. What two systems would read as two names is refused.
fn part_of_name<'p>(part: &'p OsStr, path: &Path) -> Result<&'p str, Failure> {
    let Some(text) = part.to_str() else {
        return Err(Failure::new(format!(
            "expected file names in UTF-8, because a BOM can hold no others; rename {}",
            quoted(path)
        )));
    };
    if text.contains('\\') {
        return Err(Failure::new(format!(
            "expected file names without a backslash, because Windows reads it as `/`; rename {}",
            quoted(path)
        )));
    }
    Ok(text)
}

fn of_walk(folder: &Path, error: &walkdir::Error) -> Failure {
    let path = error.path().unwrap_or(folder);
    match error.io_error() {
        Some(error) => Failure::unreadable(path, error),
        None => Failure::new(format!("cannot read {}", quoted(path))),
    }
}

fn of_sorting(error: &io::Error) -> Failure {
    Failure::new(format!("cannot sort the names: {}", crate::failure::reason(error)))
}
