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
