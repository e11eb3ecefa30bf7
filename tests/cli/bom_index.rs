//! `labelgate bom index`.

use std::fs;

use labelgate::bom::shards::{KeyForm, Lookup, Shards};
use labelgate::digest::{Algorithm, Digest, Hasher};

use crate::run::Folder;

fn digest(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(bytes);
    hasher.finish()
}

fn list(items: usize) -> String {
    (0..items).map(|n| format!("{}  {n}.png\n", digest(&n.to_le_bytes()).to_hex())).collect()
}

/// The index in a folder, opened by the digest that the run printed.
fn open(folder: &Folder, told: &str) -> Shards {
    let manifest = folder.read("items/index.json");
    assert!(told.contains(&format!("index.json is {}", digest(&manifest))), "{told}");
    Shards::open(&manifest, &digest(&manifest)).unwrap()
}

fn look_up(folder: &Folder, shards: &mut Shards, key: &[u8; 32]) -> Lookup {
    if let Some(read) = shards.wanted(key) {
        let file = folder.read(&format!("items/{}", shards.manifest().file_name(read.file)));
        let start = usize::try_from(read.offset).unwrap();
        shards.take(read.shard, &file[start..start + read.length]).unwrap();
    }
    shards.look_up(key)
}

#[test]
fn a_list_of_digests_becomes_an_index_that_answers() {
    for names in [false, true] {
        let folder = Folder::new();
        folder.write("SHA256SUMS", list(70_000));
        // 1 MiB holds 32,768 digests: runs go to the disk.
        let mut arguments = vec!["bom", "index", "SHA256SUMS", "-o", "items", "--memory", "1"];
        arguments.extend(names.then_some("--names"));
        let run = folder.labelgate(&arguments);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(run.err.contains("70000 items in 256 shards"), "{}", run.err);
        let mut shards = open(&folder, &run.err);
        assert_eq!(shards.binds_names(), names);
        let form = if names { KeyForm::NamedDigest } else { KeyForm::Digest };
        for n in (0..70_000_usize).step_by(997) {
            let key = form.key(&format!("{n}.png"), &digest(&n.to_le_bytes())).unwrap();
            assert_eq!(look_up(&folder, &mut shards, &key), Lookup::Listed);
            let swapped = form.key("other.png", &digest(&n.to_le_bytes())).unwrap();
            let expected = if names { Lookup::Absent } else { Lookup::Listed };
            assert_eq!(look_up(&folder, &mut shards, &swapped), expected);
        }
        let absent = form.key("x", &digest(b"another")).unwrap();
        assert_eq!(look_up(&folder, &mut shards, &absent), Lookup::Absent);
        let files = fs::read_dir(folder.path("items")).unwrap().count();
        assert_eq!(files, 2, "the manifest, one file of shards, and no scratch");
    }
}

#[test]
fn standard_input_in_another_order_and_twice_gives_the_same_files() {
    let (folder, other) = (Folder::new(), Folder::new());
    let lines = list(3_000);
    let run = folder.labelgate_on(&["bom", "index", "-o", "items"], lines.as_bytes());
    assert_eq!(run.code, Some(0), "{}", run.err);
    let backwards: Vec<&str> = lines.lines().rev().chain(lines.lines()).collect();
    let run = other.labelgate_on(&["bom", "index", "-o", "items"], backwards.join("\n").as_bytes());
    assert!(run.err.contains("3000 items, 3000 of the given ones again"), "{}", run.err);
    assert_eq!(folder.read("items/index.json"), other.read("items/index.json"));
    let shards = open(&folder, &run.err);
    let name = format!("items/{}", shards.manifest().file_name(0));
    assert_eq!(folder.read(&name), other.read(&name));
}

#[test]
fn what_is_no_digest_is_named_by_its_line_and_nothing_is_left() {
    for (bad, names) in [
        ("d41d8cd98f00b204e9800998ecf8427e  md5.png", false),
        ("", false),
        (&*format!("{}x", "0".repeat(64)), false),
        (&*"g".repeat(64), false),
        (&*"0".repeat(64), true),
        (&*"é".repeat(40), false),
    ] {
        let folder = Folder::new();
        folder.write("list", format!("{}{bad}\n", list(2)));
        let mut arguments = vec!["bom", "index", "list", "-o", "items"];
        arguments.extend(names.then_some("--names"));
        let run = folder.labelgate(&arguments);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains("in line 3 of `list`"), "{}", run.err);
        assert_eq!(fs::read_dir(folder.path("items")).unwrap().count(), 0);
    }
}

#[test]
fn an_index_that_is_there_is_not_written_over() {
    let folder = Folder::new();
    folder.write("list", list(10));
    let arguments = ["bom", "index", "list", "-o", "items"];
    assert_eq!(folder.labelgate(&arguments).code, Some(0));
    let run = folder.labelgate(&arguments);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("expected no index yet in `items`"), "{}", run.err);
    let run = folder.labelgate_on(&["bom", "index", "-o", "empty"], b"");
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("at least one item"), "{}", run.err);
}
