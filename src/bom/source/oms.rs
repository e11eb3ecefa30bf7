//! Bundles of OpenSSF Model Signing 1.0: <https://github.com/ossf/model-signing-spec>.
//!
//! A Sigstore bundle around a DSSE envelope around an in-toto statement, whose predicate lists every
//! file. Only the list is read here; a signature is not looked at.

use base64ct::{Base64, Encoding};

use crate::digest::{Algorithm, Digest, Hasher};
use crate::error::Error;
use crate::json::{Kind, Reader, shortened};

use super::{MAX_DEPTH, Manifest, ManifestFormat, ManifestItem, digest, refused, text};

const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://model_signing/signature/v1.0";

#[derive(Default)]
struct Statement {
    kind: Option<String>,
    predicate_type: Option<String>,
    /// Name and SHA-256 of each subject.
    subjects: Vec<(Option<String>, Option<String>)>,
    method: Option<String>,
    ignores_paths: bool,
    resources: Vec<Resource>,
}

#[derive(Default)]
struct Resource {
    name: Option<String>,
    algorithm: Option<String>,
    digest: Option<String>,
}

pub(super) fn read(document: &[u8]) -> Result<Manifest, Error> {
    let (mut payload_type, mut payload) = (None, None);
    let mut reader = Reader::new(document, MAX_DEPTH)?;
    reader.object(&mut |reader, member| {
        if member != "dsseEnvelope" {
            return reader.skip();
        }
        reader.object(&mut |reader, member| {
            match member {
                "payloadType" => payload_type = text(reader)?,
                "payload" => payload = text(reader)?,
                _ => reader.skip()?,
            }
            Ok(())
        })
    })?;
    reader.finish()?;
    if payload_type.as_deref() != Some(PAYLOAD_TYPE) {
        return Err(refused(&format!("expected `payloadType` to be `{PAYLOAD_TYPE}`")));
    }
    let payload = payload.and_then(|text| Base64::decode_vec(&text).ok());
    let payload = payload.ok_or_else(|| refused("expected `payload` in Base64"))?;
    statement(&payload)?.manifest()
}

fn statement(payload: &[u8]) -> Result<Statement, Error> {
    let mut statement = Statement::default();
    let mut reader = Reader::new(payload, MAX_DEPTH)?;
    reader.object(&mut |reader, member| {
        match member {
            "_type" => statement.kind = text(reader)?,
            "predicateType" => statement.predicate_type = text(reader)?,
            "subject" => reader.array(&mut |reader| {
                statement.subjects.push(subject(reader)?);
                Ok(())
            })?,
            "predicate" => reader.object(&mut |reader, member| match member {
                "serialization" => reader.object(&mut |reader, member| {
                    match member {
                        "method" => statement.method = text(reader)?,
                        "ignore_paths" if reader.kind()? == Kind::Array => {
                            reader.array(&mut |reader| {
                                statement.ignores_paths = true;
                                reader.skip()
                            })?;
                        }
                        _ => reader.skip()?,
                    }
                    Ok(())
                }),
                "resources" => reader.array(&mut |reader| {
                    statement.resources.push(resource(reader)?);
                    Ok(())
                }),
                _ => reader.skip(),
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.finish()?;
    Ok(statement)
}

fn subject(reader: &mut Reader<'_>) -> Result<(Option<String>, Option<String>), Error> {
    let (mut name, mut sha256) = (None, None);
    reader.object(&mut |reader, member| match member {
        "name" => {
            name = text(reader)?;
            Ok(())
        }
        "digest" => reader.object(&mut |reader, member| {
            if member == "sha256" {
                sha256 = text(reader)?;
                return Ok(());
            }
            reader.skip()
        }),
        _ => reader.skip(),
    })?;
    Ok((name, sha256))
}

fn resource(reader: &mut Reader<'_>) -> Result<Resource, Error> {
    let mut resource = Resource::default();
    reader.object(&mut |reader, member| {
        match member {
            "name" => resource.name = text(reader)?,
            "algorithm" => resource.algorithm = text(reader)?,
            "digest" => resource.digest = text(reader)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(resource)
}

impl Statement {
    fn manifest(self) -> Result<Manifest, Error> {
        let expect = |found: &Option<String>, wanted: &str, what: &str| {
            if found.as_deref() == Some(wanted) {
                return Ok(());
            }
            let found = shortened(found.as_deref().unwrap_or_default());
            Err(refused(&format!("expected {what} `{wanted}`, found `{found}`")))
        };
        expect(&self.kind, STATEMENT, "`_type`")?;
        expect(&self.predicate_type, PREDICATE, "`predicateType`")?;
        expect(&self.method, "files", "the serialization method")?;
        let [(subject, root)] = self.subjects.as_slice() else {
            return Err(refused("expected one subject"));
        };
        let mut manifest = Manifest::new(ManifestFormat::ModelSigning);
        manifest.name = subject.clone();
        manifest.is_complete = !self.ignores_paths;
        // The subject is the SHA-256 of all digests in their order: section 6.5.1 of the specification.
        let mut all = Hasher::new(Algorithm::Sha256);
        let mut is_known = true;
        for resource in &self.resources {
            let (Some(name), Some(value)) = (&resource.name, &resource.digest) else {
                return Err(refused("expected `name` and `digest` of every resource"));
            };
            let name = match (name.as_str(), self.resources.len(), subject) {
                // A file that was signed alone.
                (".", 1, Some(subject)) => subject,
                _ => name,
            };
            if !is_path(name) {
                return Err(refused(&format!(
                    "expected a path without `.`, `..` and empty parts, found `{}`",
                    shortened(name)
                )));
            }
            match resource.algorithm.as_deref().and_then(algorithm) {
                Some(algorithm) => {
                    let digest: Digest = digest(algorithm, value).map_err(|why| refused(&why))?;
                    all.update(digest.as_bytes());
                    manifest.items.push(ManifestItem { name: name.clone(), digests: vec![digest] });
                }
                None => {
                    is_known = false;
                    let algorithm = shortened(resource.algorithm.as_deref().unwrap_or_default());
                    manifest.leave_out(name.clone(), format!("`{algorithm}` is not read here"));
                }
            }
        }
        if is_known && root.as_deref() != Some(all.finish().to_hex().as_str()) {
            return Err(refused("expected the subject to be the digest of all resources"));
        }
        manifest.finish()
    }
}

/// The algorithms of section 6.1 of the specification.
fn algorithm(name: &str) -> Option<Algorithm> {
    Algorithm::from_key(match name {
        "blake2b" => "blake2b-512",
        other => other,
    })
}

fn is_path(name: &str) -> bool {
    !name.contains('\\') && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(predicate_type: &str, root: &str, resources: &str) -> Vec<u8> {
        let statement = format!(
            r#"{{"_type":"{STATEMENT}","subject":[{{"name":"set","digest":{{"sha256":"{root}"}}}}],"predicateType":"{predicate_type}","predicate":{{"serialization":{{"method":"files"}},"resources":[{resources}]}}}}"#
        );
        let payload = Base64::encode_string(statement.as_bytes());
        format!(r#"{{"dsseEnvelope":{{"payloadType":"{PAYLOAD_TYPE}","payload":"{payload}","signatures":[]}}}}"#)
            .into_bytes()
    }

    fn resource(name: &str) -> String {
        format!(r#"{{"name":"{name}","algorithm":"sha256","digest":"{}"}}"#, "0".repeat(64))
    }

    /// SHA-256 of 32 zero bytes.
    const ROOT: &str = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";

    #[test]
    fn the_list_is_read_when_the_subject_fits_it() {
        let read = |document: &[u8]| Manifest::from_json(document).map(Option::unwrap);
        let manifest = read(&bundle(PREDICATE, ROOT, &resource("a/b"))).unwrap();
        assert_eq!(manifest.items[0].name, "a/b");
        assert!(manifest.is_complete);
        assert_eq!(read(&bundle(PREDICATE, ROOT, &resource("."))).unwrap().items[0].name, "set");
        assert!(read(&bundle(PREDICATE, &"0".repeat(64), &resource("a"))).is_err());
    }

    #[test]
    fn a_path_that_leads_out_and_another_predicate_are_refused() {
        for name in ["../a", "/a", "a/./b", "a//b", ""] {
            assert!(
                Manifest::from_json(&bundle(PREDICATE, ROOT, &resource(name))).is_err(),
                "{name}"
            );
        }
        let other = bundle("https://model_signing/Digests/v0.1", ROOT, &resource("a"));
        let error = Manifest::from_json(&other).unwrap_err();
        assert!(error.message().starts_with("expected `predicateType`"), "{error}");
    }
}
