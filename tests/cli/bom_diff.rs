//! `labelgate bom diff`, `labelgate bom update` and `labelgate bom show`.

use labelgate::bom::Bom;
use serde_json::json;

use crate::run::{Folder, Run};

fn folder() -> Folder {
    let folder = Folder::new();
    for name in ["a", "b", "c", "d/e"] {
        folder.write(&format!("data/{name}"), name);
    }
    let more = ["--license", "CC-BY-4.0", "--supplier", "Pet Lab", "--version", "7"];
    let run = folder.labelgate(&[&["bom", "build", "data", "-o", "one.json"], &more[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    folder
}

fn update(folder: &Folder, more: &[&str]) -> Run {
    folder.labelgate(&[&["bom", "update", "one.json", "data", "-o", "two.json"], more].concat())
}

#[test]
fn what_changed_is_printed_and_the_new_version_keeps_the_rest() {
    let folder = folder();
    folder.write("data/a", "changed");
    std::fs::remove_file(folder.path("data/b")).unwrap();
    std::fs::rename(folder.path("data/c"), folder.path("data/z")).unwrap();
    folder.write("data/new", "new");
    let run = update(&folder, &[]);
    let changes = "altered   a\nremoved   b\nrenamed   c -> z\nadded     new\n\
                   1 added, 1 removed, 1 altered, 1 renamed, 1 the same\n";
    assert_eq!((run.code, run.out.as_str()), (Some(0), changes), "{run:?}");
    assert_eq!(run.err, "wrote version 2\n");
    let (one, two) = (folder.read("one.json"), folder.read("two.json"));
    let (old, new) = (Bom::from_slice(&one).unwrap(), Bom::from_slice(&two).unwrap());
    assert_eq!(old.serial_number(), new.serial_number());
    assert_eq!((new.version(), new.len(), new.is_complete()), (2, 4, true));
    let set = |bom: &[u8]| serde_json::from_slice::<serde_json::Value>(bom).unwrap();
    for member in ["licenses", "supplier", "version", "name", "properties"] {
        assert_eq!(set(&one)["components"][0][member], set(&two)["components"][0][member]);
        assert!(!set(&two)["components"][0][member].is_null());
    }
    let diff = folder.labelgate(&["bom", "diff", "one.json", "two.json"]);
    assert_eq!((diff.code, diff.out.as_str()), (Some(1), changes));
    let diff = folder.labelgate(&["bom", "diff", "--json", "one.json", "two.json"]).json();
    assert_eq!((&diff[0]["renamed"], &diff[0]["same"]), (&json!(1), &json!(1)));
    assert_eq!(diff[0]["changes"][2]["to"], "z");
    assert_eq!(diff[0]["changes"][0]["old"][0].as_str().unwrap().len(), "sha256:".len() + 64);
}

#[test]
fn nothing_changed_writes_nothing_unless_it_is_asked_for() {
    let folder = folder();
    let run = update(&folder, &["--json"]);
    assert_eq!((run.code, &run.json()[0]["written"]), (Some(0), &json!(false)));
    assert!(!folder.path("two.json").exists());
    assert_eq!(folder.labelgate(&["bom", "diff", "one.json", "one.json"]).code, Some(0));
    let run = update(&folder, &["--force"]);
    assert_eq!(run.err, "wrote version 2\n");
    let run = folder.labelgate(&[
        "bom",
        "update",
        "two.json",
        "data",
        "-o",
        "two.json",
        "--license",
        "MIT",
    ]);
    assert_eq!(run.err, "wrote version 3\n");
    assert_eq!(Bom::from_slice(&folder.read("two.json")).unwrap().version(), 3);
    assert_eq!(std::fs::read_dir(folder.path(".")).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn a_bom_is_shown_with_what_it_claims() {
    let folder = folder();
    let run = folder.labelgate(&["bom", "show", "one.json", "--items"]);
    for line in ["data set    data", "licence     CC-BY-4.0", "items       4", "signature   none"] {
        assert!(run.out.contains(&format!("{line}\n")), "{line}: {}", run.out);
    }
    assert!(run.out.contains("\nd/e  sha256:"), "{}", run.out);
    let md5 = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
        {"type":"file","name":"w\u001b[2J","hashes":[{"alg":"MD5","content":"900150983cd24fb0d6963f7d28e17f72"}]}]}"#;
    let run = folder.labelgate_on(&["bom", "show", "--items", "-"], md5.as_bytes());
    assert!(run.out.contains("1, 1 of them without a digest that proves anything"), "{}", run.out);
    assert!(run.out.contains("w\\u{1b}[2J    (MD5)"), "{}", run.out);
    let lines =
        folder.labelgate_on(&["bom", "show", "--items", "--json", "-"], md5.as_bytes()).json();
    assert_eq!((&lines[0]["weak_only"], &lines[1]["weak"]), (&json!(1), &json!(["MD5"])));
}
