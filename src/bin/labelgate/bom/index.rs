//! `labelgate bom index`: the index of a data set that is too large to be listed in its BOM.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use indicatif::HumanBytes;
use labelgate::bom::shards::{BuildSettings, Built, KeyForm, ShardsBuilder};
use labelgate::digest::{Algorithm, Digest};

use super::shards::FolderStorage;
use crate::failure::{Failure, Outcome, quoted};
use crate::terminal;
use crate::whole_file;

/// Make the index of a data set from the SHA-256 digests of its items
///
/// For up to 10^9 items. Writes `index.json` and files of shards into a folder: put them on any object
/// store as they are. The root BOM refers to `index.json` by the digest that is printed. One range read
/// of these files then tells whether an item is listed, and proves it.
///
/// The same digests make the same files, whatever order they come in. Digests that come twice are there
/// once. Memory is bounded; twice the size of the digests is needed on disk meanwhile.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct IndexArguments {
    /// Lines that begin with a SHA-256 in hexadecimal, such as `sha256sum` writes; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    list: PathBuf,

    /// The folder to write into; it is made, and must not hold an index already
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// The bom-ref of the data set in the root BOM
    #[arg(long, default_value = "./")]
    bom_ref: String,

    /// Bind the name of each item, too: what follows the digest in its line
    #[arg(long)]
    names: bool,

    /// Memory for sorting, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64)]
    memory: usize,
}

const AFTER: &str = "\
Example:
  sha256sum images/* | labelgate bom index -o items/

Exit codes:
  0  the index was written
  2  wrong usage, a line that is no digest, or something that cannot be read or written";

pub fn run(arguments: &IndexArguments) -> Result<Outcome, Failure> {
    let folder = &arguments.output;
    let manifest_path = folder.join("index.json");
    if manifest_path.exists() {
        return Err(Failure::new(format!("expected no index yet in {}", quoted(folder))));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::unwritable(folder, &error))?;
    let begun = Instant::now();
    let built = build(arguments)?;
    // Last, so that an index is there whole or not at all.
    whole_file::write(&manifest_path, |out| {
        io::Write::write_all(out, &built.manifest.to_json())
            .map_err(|error| Failure::unwritable(&manifest_path, &error))
    })?;
    tell(arguments, &built, begun);
    Ok(Outcome::AllAccepted)
}

fn build(arguments: &IndexArguments) -> Result<Built, Failure> {
    let form = if arguments.names { KeyForm::NamedDigest } else { KeyForm::Digest };
    let settings = BuildSettings {
        key: form,
        memory_bytes: arguments.memory.saturating_mul(1 << 20),
        ..BuildSettings::new(&arguments.bom_ref)
    };
    let storage = FolderStorage::new(&arguments.output)?;
    let failed = |error: labelgate::Error| Failure::new(error.message());
    let mut builder = ShardsBuilder::new(storage, settings).map_err(failed)?;
    let list = &arguments.list;
    let unreadable = |error: io::Error| Failure::unreadable(list, &error);
    let mut input: Box<dyn BufRead> = if list.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::with_capacity(1 << 18, fs::File::open(list).map_err(unreadable)?))
    };
    let mut line = String::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        number += 1;
        // No name is longer than this, and a file without line ends must not fill the memory.
        let mut bounded = io::Read::take(&mut input, 1 << 16);
        if bounded.read_line(&mut line).map_err(unreadable)? == 0 {
            break;
        }
        let Some(key) = key_of(line.trim_end_matches(['\n', '\r']), form) else {
            return Err(Failure::new(format!(
                "expected a SHA-256 in hexadecimal{} in line {number} of {}",
                if arguments.names { ", two spaces and a name" } else { "" },
                quoted(list)
            )));
        };
        builder.add(key).map_err(failed)?;
    }
    let (built, storage) = builder.finish(&mut |_| {}).map_err(failed)?;
    storage.keep(|file| built.manifest.file_name(file))?;
    Ok(built)
}

/// The key in one line: a digest, a space, a space or `*`, and the name.
fn key_of(line: &str, form: KeyForm) -> Option<[u8; 32]> {
    let (hex, rest) = line.split_at_checked(64)?;
    let digest = Digest::from_hex(Algorithm::Sha256, hex).ok()?;
    let name = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"));
    match form {
        KeyForm::NamedDigest => form.key(name.filter(|name| !name.is_empty())?, &digest),
        KeyForm::Digest if rest.is_empty() || rest.starts_with(' ') => form.key("", &digest),
        KeyForm::Digest => None,
    }
}

fn tell(arguments: &IndexArguments, built: &Built, begun: Instant) {
    let manifest = &built.manifest;
    let duplicates = match built.duplicates {
        0 => String::new(),
        count => format!(", {count} of the given ones again"),
    };
    let peak = peak_memory()
        .map_or_else(String::new, |bytes| format!(", {} of memory at most", HumanBytes(bytes)));
    terminal::tell(&format!(
        "labelgate: {} items{duplicates} in {} shards of {} bytes, {} files in {}; {:.1} s{peak}",
        manifest.items,
        manifest.shards(),
        manifest.slot_bytes(),
        manifest.file_count(),
        quoted(&arguments.output),
        begun.elapsed().as_secs_f64(),
    ));
    terminal::tell(&format!("labelgate: index.json is {}", built.digest()));
}

/// The most memory that this process had, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
