//! Lists of files in other formats: Croissant and SPDX.

use labelgate::bom::{Manifest, ManifestFormat};
use serde_json::Value;

use crate::decision::Decision;
use crate::manifest::Case;

/// Why the 0.8 of Croissant is not judged.
const CROISSANT_0_8: &str =
    "the format had not settled in 0.8; 1.0 and 1.1 are read, and it is refused by its version";

/// The manifest gives no verdict here; what we read is compared with a plain count of the same document.
pub fn croissant(case: &Case) -> Decision {
    let read = Manifest::from_json(&case.bytes);
    if case.path.starts_with("croissant/0.8/") {
        let error = read.expect_err(case.path);
        assert!(error.message().contains("expected Croissant 1.0 or 1.1"), "{error}");
        return Decision::not_decided(format!("refused: {error}"), CROISSANT_0_8);
    }
    let manifest = read.unwrap_or_else(|error| panic!("{}: {error}", case.path)).unwrap();
    let document = case.json();
    let (proven, others) = count(&document);
    for left in &manifest.left_out {
        println!("{}: `{}` proves no bytes: {}", case.path, left.name, left.why);
    }
    Decision::agrees_if(
        manifest.format == ManifestFormat::Croissant
            && manifest.name.as_deref() == document["name"].as_str()
            && (manifest.items.len(), manifest.left_out.len()) == (proven, others)
            && manifest.is_complete == (others == 0),
        format!("read, {proven} files with a hash, {others} entries named that prove no bytes"),
    )
}

/// How many `FileObject`s have 64 hexadecimal digits in `sha256`, and how many entries have not.
fn count(document: &Value) -> (usize, usize) {
    let entries = document["distribution"].as_array().unwrap();
    let is_proven = |entry: &&Value| {
        entry["@type"].as_str().unwrap().ends_with("FileObject")
            && entry["sha256"].as_str().is_some_and(|value| {
                value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
    };
    let proven = entries.iter().filter(is_proven).count();
    (proven, entries.len() - proven)
}

/// The example gives nothing that is not a hash.
pub fn spdx(case: &Case) -> Decision {
    let manifest = Manifest::from_json(&case.bytes).unwrap().unwrap();
    let mut digests = manifest.items.iter().flat_map(|item| &item.digests);
    let left: Vec<&str> = manifest.left_out.iter().map(|left| left.name.as_str()).collect();
    Decision::agrees_if(
        manifest.format == ManifestFormat::Spdx
            && digests.all(|digest| case.text().contains(&digest.to_hex()))
            && ["data.csv", "codebook.csv"].iter().all(|name| left.contains(name))
            && !manifest.is_complete,
        format!("read, {} with a hash, without: {}", manifest.items.len(), left.join(", ")),
    )
}
