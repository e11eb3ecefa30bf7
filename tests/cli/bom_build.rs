//! `labelgate bom build`.

use labelgate::bom::{Bom, SpecVersion};

use crate::run::{Folder, Run};

fn folder() -> Folder {
    let folder = Folder::new();
    // In the order of the bytes `a-b` < `a.b` < `a/c` < `ab`, although the folder `a` comes first by name.
    for name in ["pets/ab", "pets/a/c", "pets/a.b", "pets/a-b", "pets/.hidden", "pets/ü.png"] {
        folder.write(name, name);
    }
    folder
}

fn build(folder: &Folder, more: &[&str]) -> Run {
    folder.labelgate(&[&["bom", "build", "pets"], more].concat())
}

#[test]
fn a_folder_becomes_a_complete_bom() {
    let folder = folder();
    let run = build(&folder, &[]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.err, "6 items, 54 B\n");
    let bom = Bom::from_slice(run.out.as_bytes()).unwrap();
    assert!(bom.is_complete());
    assert_eq!(bom.spec_version(), SpecVersion::V1_7);
    let names: Vec<&str> = bom.entries().map(|entry| entry.name()).collect();
    assert_eq!(names, [".hidden", "a-b", "a.b", "a/c", "ab", "ü.png"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["components"][0]["name"], "pets");
    assert_eq!(json["components"][0].get("version"), None);
    assert_eq!(json["metadata"].get("timestamp"), None);
    assert_eq!(json["metadata"]["tools"]["components"][0]["name"], "labelgate");
    assert_eq!(json["components"][0]["data"][0]["type"], "dataset");
    assert_eq!(json["components"][0]["properties"][0]["name"], "labelgate:canonical");
    assert_eq!(json["components"][0]["properties"][0]["value"], "raw-bytes");
    // printf pets/.hidden | sha256sum
    assert_eq!(
        json["components"][0]["components"][0]["hashes"][0]["content"],
        "75b8d5e023b48d67a836a2906b25ac29a70e6995d30b1ab19d42be14cf83a0d0"
    );
}

#[test]
fn the_same_folder_gives_the_same_bytes_and_another_gives_another_serial() {
    let folder = folder();
    let serial = |run: &Run| {
        let bom = Bom::from_slice(run.out.as_bytes()).unwrap();
        bom.serial_number().unwrap().to_owned()
    };
    let first = build(&folder, &[]);
    // Made from the content and not by chance, which version 8 of a UUID leaves open and 4 does not.
    assert_eq!(serial(&first).as_bytes()["urn:uuid:xxxxxxxx-xxxx-".len()], b'8');
    assert_eq!(first.out, build(&folder, &[]).out);
    assert_eq!(first.out, folder.labelgate(&["bom", "build", "./pets/"]).out);
    let renamed = build(&folder, &["--name", "other"]);
    folder.write("pets/ab", "changed");
    let changed = build(&folder, &[]);
    assert_ne!(serial(&first), serial(&renamed));
    assert_ne!(serial(&first), serial(&changed));
}

#[test]
fn name_version_and_time_are_written() {
    let folder = folder();
    let more = ["--name", "Pets \"1\"", "--version", "2", "--timestamp", "2026-11-23T10:00:00Z"];
    let json: serde_json::Value = serde_json::from_str(&build(&folder, &more).out).unwrap();
    assert_eq!(json["components"][0]["name"], "Pets \"1\"");
    assert_eq!(json["components"][0]["version"], "2");
    assert_eq!(json["metadata"]["timestamp"], "2026-11-23T10:00:00Z");
    let run = build(&folder, &["--timestamp", "yesterday"]);
    assert_eq!(run.failure(), "expected a time of RFC 3339, got `yesterday`");
}

#[test]
fn the_bom_is_never_an_item_of_itself() {
    let folder = folder();
    let run = build(&folder, &["-o", "pets/bom.json", "--json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let first = folder.read("pets/bom.json");
    let run = build(&folder, &["-o", "pets/bom.json", "--json"]);
    assert_eq!(run.err, "labelgate: left out `pets/bom.json`, the BOM itself\n");
    assert_eq!(first, folder.read("pets/bom.json"));
    assert_eq!(run.json()[0]["items"], 6);
    let digest = Bom::from_slice(&first).unwrap().digest().to_string();
    assert_eq!(run.json()[0]["digest"], digest);
    let names = std::fs::read_dir(folder.path("pets")).unwrap().count();
    assert_eq!(names, 7, "no temporary file is left");
}

#[test]
fn what_cannot_be_built_is_told_and_nothing_is_written() {
    let folder = folder();
    std::fs::create_dir(folder.path("empty")).unwrap();
    let fails = |arguments: &[&str]| {
        let run = folder.labelgate(&[&["bom", "build", "-o", "out.json"], arguments].concat());
        assert!(!folder.path("out.json").exists());
        run.failure().to_owned()
    };
    assert_eq!(fails(&["missing"]), "cannot read `missing`: no such file or directory");
    assert_eq!(fails(&["empty"]), "expected at least one file in `empty`");
    let run = build(&folder, &["--json"]);
    assert_eq!(run.failure(), "expected `--output FILE` with `--json`");
    let run = build(&folder, &["-o", "no/such/out.json"]);
    assert_eq!(run.failure(), "cannot write `no/such/out.json`: no such file or directory");
}

#[cfg(target_os = "linux")]
#[test]
fn links_are_named_and_names_that_are_not_utf8_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    std::os::unix::fs::symlink("/etc", folder.path("pets/link")).unwrap();
    let run = build(&folder, &[]);
    assert_eq!(run.err, "labelgate: left out the symbolic link `pets/link`\n6 items, 54 B\n");
    assert!(!run.out.contains("link"));
    let name = std::ffi::OsStr::from_bytes(b"bad\xff");
    std::fs::write(folder.path("pets").join(name), "").unwrap();
    let run = build(&folder, &["-o", "out.json"]);
    assert!(run.err.contains("expected file names in UTF-8"), "{run:?}");
    assert_eq!(run.code, Some(2));
    assert!(!folder.path("out.json").exists());
}

/// The digests of a BOM by name.
fn digests(bom: &[u8]) -> std::collections::BTreeMap<String, String> {
    let bom = Bom::from_slice(bom).unwrap();
    let digest = |entry: labelgate::bom::Entry<'_>| entry.digests().next().unwrap().to_hex();
    bom.entries().map(|entry| (entry.name().to_owned(), digest(entry))).collect()
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_is_continued_and_what_changed_is_hashed_again() {
    let folder = Folder::new();
    for number in 0..6_000 {
        folder.write(&format!("data/{number:04}"), format!("{number}"));
    }
    // Hashing this takes longer than anything else; it has no bytes on disk.
    let last = folder.path("data/last");
    std::fs::File::create(&last).unwrap().set_len(1 << 38).unwrap();
    let mut child = folder.start(&["bom", "build", "data", "-o", "bom.json"]);
    let partial = folder.path("bom.json.partial");
    let lines =
        || std::fs::read(&partial).map_or(0, |journal| journal.split(|b| *b == b'\n').count());
    while lines() < 4_000 {
        assert!(child.try_wait().unwrap().is_none(), "the build ended early");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path("bom.json").exists());
    std::fs::File::create(&last).unwrap().set_len(3).unwrap();
    folder.write("data/0007", "changed");
    std::fs::remove_file(folder.path("data/0008")).unwrap();
    // One that was hashed gets another hash in the journal, so that it shows which is used.
    let journal = String::from_utf8(std::fs::read(&partial).unwrap()).unwrap();
    let of_five = digests(&{
        folder.write("five/0005", "5");
        folder.labelgate(&["bom", "build", "five"]).out.into_bytes()
    });
    let planted = "ab".repeat(32);
    assert!(journal.contains(&of_five["0005"]));
    // And a line that was cut off.
    let journal = journal.replace(&of_five["0005"], &planted);
    std::fs::write(&partial, &journal[..journal.len() - 40]).unwrap();
    let run = folder.labelgate(&["bom", "build", "data", "-o", "bom.json", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let before = run.json()[0]["hashed_before"].as_u64().unwrap();
    assert!((3_000..6_000).contains(&before), "{before}");
    assert!(!partial.exists());
    let continued = digests(&folder.read("bom.json"));
    assert_eq!(continued["0005"], planted);
    let fresh = digests(folder.labelgate(&["bom", "build", "data"]).out.as_bytes());
    let differ: Vec<&str> = fresh
        .iter()
        .filter(|(name, digest)| continued[*name] != **digest)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!((differ, fresh.len(), continued.len()), (vec!["0005"], 6_000, 6_000));
    // A journal of another folder, or of another form, is none.
    std::fs::write(&partial, &journal).unwrap();
    let run = folder.labelgate(&[
        "bom",
        "build",
        "data",
        "--canonical",
        "utf8-nfc",
        "-o",
        "bom.json",
        "--json",
    ]);
    assert_eq!(run.json()[0]["hashed_before"], 0);
    std::fs::write(&partial, &journal).unwrap();
    let run = folder.labelgate(&["bom", "build", "data", "--fresh", "-o", "bom.json", "--json"]);
    assert_eq!(run.json()[0]["hashed_before"], 0);
}

#[test]
fn several_paths_are_told_apart_and_a_name_twice_is_refused() {
    let folder = Folder::new();
    folder.write("train/0.png", "a");
    folder.write("test/0.png", "b");
    folder.write("other/test/0.png", "c");
    let run = folder.labelgate(&["bom", "build", "train", "test/", "--name", "pets"]);
    let names: Vec<String> = digests(run.out.as_bytes()).into_keys().collect();
    assert_eq!(names, ["test/0.png", "train/0.png"]);
    let run = folder.labelgate(&["bom", "build", "train/0.png"]);
    assert_eq!(digests(run.out.as_bytes()).into_keys().collect::<Vec<_>>(), ["0.png"]);
    let run = folder.labelgate(&["bom", "build", "test", "other/test", "--name", "pets"]);
    assert_eq!(run.failure(), "expected each name once, found `test/0.png` again");
    let run = folder.labelgate(&["bom", "build", "train", "test"]);
    assert!(run.failure().starts_with("expected `--name NAME`"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_name_that_windows_would_read_as_a_path_is_refused() {
    let folder = Folder::new();
    folder.write("data/a\\b", "");
    let run = folder.labelgate(&["bom", "build", "data"]);
    assert!(run.failure().starts_with("expected file names without a backslash"), "{run:?}");
    assert!(run.failure().contains("a\\b"), "{run:?}");
}

#[test]
fn checksum_lists_and_tables_become_boms() {
    let folder = Folder::new();
    let (one, two) = ("0a".repeat(32), "0B".repeat(32));
    folder.write("SHA256SUMS", format!("{one}  ./b.png\n{two} *a/c d.png\n{one}  b.png\n"));
    let run = folder.labelgate(&["bom", "build", "SHA256SUMS", "--name", "pets"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), "3 items, 0 B\n"));
    let expected = [("a/c d.png", two.to_lowercase()), ("b.png", one.clone())]
        .map(|(name, hash)| (name.to_owned(), hash))
        .into();
    assert_eq!(digests(run.out.as_bytes()), expected);
    assert!(Bom::from_slice(run.out.as_bytes()).unwrap().is_complete());

    folder.write(
        "items.csv",
        format!("id,file,checksum\n1,b.png,{one}\n2,\"a/c d.png\",sha256:{two}\n"),
    );
    let table = ["--name-column", "file", "--hash-column", "checksum"];
    let run = folder.labelgate(&[&["bom", "build", "items.csv"], &table[..]].concat());
    assert_eq!(digests(run.out.as_bytes()), expected);
    let lines = format!(
        "{{\"name\":\"b.png\",\"sha256\":\"{one}\"}}\n\n{{\"sha256\":\"{two}\",\"name\":\"a/c d.png\",\"n\":1}}\n"
    );
    folder.write("items.ndjson", &lines);
    let run = folder.labelgate(&["bom", "build", "items.ndjson"]);
    assert_eq!(digests(run.out.as_bytes()), expected);
    let stdin = ["bom", "build", "--name", "x", "--hash-column", "sha256", "-"];
    assert_eq!(digests(folder.labelgate_on(&stdin, lines.as_bytes()).out.as_bytes()), expected);

    // Without such columns, or when it is asked for, the file is an item.
    for arguments in
        [["bom", "build", "plain.csv", "--fresh"], ["bom", "build", "items.csv", "--no-manifest"]]
    {
        folder.write("plain.csv", "task,label\n1,cat\n");
        assert_eq!(digests(folder.labelgate(&arguments).out.as_bytes()).len(), 1);
    }
}

#[test]
fn what_a_manifest_cannot_prove_is_named_and_the_list_is_not_complete() {
    let folder = Folder::new();
    let hash = "0a".repeat(32);
    folder.write(
        "items.csv",
        format!("name,sha256\na,{hash}\nb,d41d8cd98f00b204e9800998ecf8427e\nc,\nd,md5:00\n"),
    );
    let run = folder.labelgate(&["bom", "build", "items.csv", "-o", "bom.json"]);
    assert_eq!(run.code, Some(0));
    assert!(run.err.contains("left out `b` of `items.csv`: a SHA-256 digest has 64"), "{run:?}");
    assert!(run.err.contains("left out `d` of `items.csv`: `md5` proves nothing here"), "{run:?}");
    assert!(run.err.ends_with("1 item, 0 B; 3 left out, so the list is not complete\n"), "{run:?}");
    let bom = Bom::from_slice(&folder.read("bom.json")).unwrap();
    assert_eq!((bom.len(), bom.is_complete()), (1, false));
    for (sums, expected) in [
        (format!("{hash}  ../a\n"), "expected a path below the folder of the list in line 1"),
        (
            format!("{hash}  a\n{}  a\n", "0b".repeat(32)),
            "expected each name once, found `a` again",
        ),
        (format!("{hash}  a\n\n{hash} b\n"), "expected a hash, two spaces and a name in line 3"),
        (format!("\\{hash}  a\\\\b\n"), "expected a name without a backslash"),
        (String::new(), "expected at least one file in `SHA256SUMS`"),
    ] {
        folder.write("SHA256SUMS", sums);
        let run = folder.labelgate(&["bom", "build", "SHA256SUMS", "--name", "x"]);
        assert!(run.failure().contains(expected), "{expected}: {run:?}");
    }
}
