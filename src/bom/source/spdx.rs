//! SPDX 3.0: <https://spdx.github.io/spdx-spec/v3.0.1/>.
//!
//! Items are the elements that are bytes: files and dataset packages. The model does not tie the length
//! of a `hashValue` to its algorithm, so that is done here.

use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::json::{Kind, Reader, shortened};

use super::{MAX_DEPTH, Manifest, ManifestFormat, ManifestItem, digest, local_name, refused, text};

#[derive(Default)]
struct Element {
    kind: Option<String>,
    id: Option<String>,
    name: Option<String>,
    spec_version: Option<String>,
    /// Algorithm and value of each `verifiedUsing` that has both.
    hashes: Vec<(String, String)>,
}

pub(super) fn read(document: &[u8]) -> Result<Manifest, Error> {
    let mut manifest = Manifest::new(ManifestFormat::Spdx);
    let mut elements = Vec::new();
    let mut reader = Reader::new(document, MAX_DEPTH)?;
    reader.object(&mut |reader, member| {
        if member == "@graph" {
            return reader.array(&mut |reader| {
                elements.push(element(reader)?);
                Ok(())
            });
        }
        reader.skip()
    })?;
    reader.finish()?;
    let mut versions = elements.iter().filter_map(|element| element.spec_version.as_deref());
    if let Some(other) = versions.find(|version| !version.starts_with("3.0")) {
        return Err(refused(&format!("expected SPDX 3.0, found `{}`", shortened(other))));
    }
    for element in elements {
        let kind = element.kind.as_deref().map(local_name);
        let is_package = kind == Some("dataset_DatasetPackage");
        if !is_package && kind != Some("software_File") {
            continue;
        }
        let name = element.name.clone().or(element.id.clone()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| refused("expected a `name` of every file"))?;
        if is_package && manifest.name.is_none() {
            manifest.name = Some(name.clone());
        }
        match element.digests() {
            Ok(digests) => manifest.items.push(ManifestItem { name, digests }),
            Err(why) => manifest.leave_out(name, why),
        }
    }
    manifest.finish()
}

fn element(reader: &mut Reader<'_>) -> Result<Element, Error> {
    let mut element = Element::default();
    reader.object(&mut |reader, member| {
        match member {
            "type" | "@type" => element.kind = text(reader)?,
            "spdxId" | "@id" => element.id = text(reader)?,
            "name" => element.name = text(reader)?,
            "specVersion" => element.spec_version = text(reader)?,
            "verifiedUsing" if reader.kind()? == Kind::Array => reader.array(&mut |reader| {
                // A reference to a hash that stands elsewhere in the graph is not followed.
                if reader.kind()? != Kind::Object {
                    return reader.skip();
                }
                let (mut algorithm, mut value) = (None, None);
                reader.object(&mut |reader, member| {
                    match member {
                        "algorithm" => algorithm = text(reader)?,
                        "hashValue" => value = text(reader)?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
                element.hashes.extend(algorithm.zip(value));
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(element)
}

impl Element {
    /// The strong digests, one of each algorithm; why there is none.
    fn digests(&self) -> Result<Vec<Digest>, String> {
        let mut found: Vec<Digest> = Vec::new();
        let mut weak = Vec::new();
        for (name, value) in &self.hashes {
            // `sha3_256`, `blake2b256` and `blake3` in the words of SPDX.
            let key = name.replace('_', "-").replace("blake2b", "blake2b-");
            let Some(algorithm) = Algorithm::from_key(&key) else {
                weak.push(name.as_str());
                continue;
            };
            let digest = digest(algorithm, value)?;
            match found.iter().find(|known| known.algorithm() == algorithm) {
                Some(known) if *known != digest => {
                    return Err(format!("expected one value of `{name}`, found two"));
                }
                Some(_) => {}
                None => found.push(digest),
            }
        }
        match (found.is_empty(), weak.first()) {
            (false, _) => Ok(found),
            (true, Some(weak)) => Err(format!("`{}` proves nothing here", shortened(weak))),
            (true, None) => Err("no hash in `verifiedUsing`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_elements(elements: &str) -> Manifest {
        let document = format!(
            r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{elements}]}}"#
        );
        Manifest::from_json(document.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn files_and_packages_with_strong_hashes_are_items() {
        let element = |kind: &str, name: &str, hashes: &str| {
            format!(r#"{{"type":"{kind}","name":"{name}","verifiedUsing":[{hashes}]}}"#)
        };
        let hash = |algorithm: &str, value: &str| {
            format!(r#"{{"type":"Hash","algorithm":"{algorithm}","hashValue":"{value}"}}"#)
        };
        let strong = hash("sha256", &"a".repeat(64));
        let manifest = read_elements(
            &[
                element("software_File", "a.csv", &format!("{},{strong}", hash("md5", "00"))),
                element("dataset_DatasetPackage", "set", &hash("sha512", &"b".repeat(128))),
                element("software_File", "short", &hash("sha256", &"a".repeat(63))),
                element("software_File", "weak", &hash("sha1", &"a".repeat(40))),
                element("software_File", "bare", ""),
                element("Person", "somebody", &strong),
            ]
            .join(","),
        );
        let names: Vec<&str> = manifest.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["a.csv", "set"]);
        assert_eq!(manifest.name.as_deref(), Some("set"));
        let why: Vec<&str> = manifest.left_out.iter().map(|left| left.why.as_str()).collect();
        assert_eq!(
            why,
            [
                "expected 64 hexadecimal digits of `sha256`, found `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…`",
                "`sha1` proves nothing here",
                "no hash in `verifiedUsing`",
            ]
        );
    }
}
