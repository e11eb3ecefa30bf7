//! OpenSSF Model Signing 1.0: the signed list of the files of a model or a data set.
//!
//! <https://github.com/ossf/model-signing-spec>. A bundle around an envelope around an in-toto statement
//! that lists every file with its digest. With the key method, the pinned key decides.

use crate::digest::{Algorithm, Digest, Hasher};
use crate::error::{Error, ErrorCode};
use crate::json::Reader;

use super::sigstore::Bundle;
use super::{Refusal, Threshold};

/// The type of the payload of an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The list of files that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The name of the model or data set.
    pub subject: String,
    /// Each file, by its path from the root, sorted.
    pub files: Vec<(String, Digest)>,
}

/// Most files in one list. Chosen.
const MAX_FILES: usize = 1_000_000;

/// Deepest nesting in a statement.
const MAX_DEPTH: usize = 32;

/// The files of a bundle that is signed by pinned keys this build can check.
///
/// A file that is not in the list is not covered; the list is of files that existed and not of all that
/// may be there.
///
/// # Errors
/// [`ErrorCode::Signature`] when the bundle cannot be read, or its statement is not one of OMS 1.0.
pub fn verify(bundle: &[u8], threshold: &Threshold) -> Result<Result<Files, Refusal>, Error> {
    let checked = match Bundle::from_json(bundle)?.check_envelope(threshold, PAYLOAD_TYPE) {
        Ok(checked) => checked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match checked.payload() {
        Ok((payload, _)) => Files::from_statement(payload).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

impl Files {
    /// Reads the statement that an envelope held.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] for JSON that breaks the strict rules; another type of statement or
    /// predicate; hashes of parts of files (`shards`); a hash algorithm that this build does not know, or
    /// two of them; a path that is absolute, has an empty part, `..`, or comes twice; and a root digest
    /// that is not that of the digests.
    pub fn from_statement(statement: &[u8]) -> Result<Self, Error> {
        let read = |mut reader: Reader<'_>| {
            let mut found = Found::default();
            found.statement(&mut reader)?;
            let files = found.files(&reader)?;
            reader.finish()?;
            Ok(files)
        };
        Reader::new(statement, MAX_DEPTH)
            .and_then(read)
            .map_err(|error| error.with_code(ErrorCode::Signature))
    }
}

#[derive(Default)]
struct Found {
    has_type: bool,
    has_predicate_type: bool,
    subjects: Vec<(String, Option<String>)>,
    method: Option<String>,
    hash_type: Option<String>,
    resources: Vec<(String, String, String)>,
}

impl Found {
    fn statement(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        reader.object(&mut |reader, name| {
            match name {
                "_type" => self.has_type = reader.string()? == "https://in-toto.io/Statement/v1",
                "predicateType" => {
                    let wanted = "https://model_signing/signature/v1.0";
                    self.has_predicate_type = reader.string()? == wanted;
                }
                "subject" => reader.array(&mut |reader| {
                    let subject = take_subject(reader)?;
                    self.subjects.push(subject);
                    Ok(())
                })?,
                "predicate" => self.predicate(reader)?,
                _ => return Err(reader.error("expected the members of an in-toto statement")),
            }
            Ok(())
        })
    }

    fn predicate(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        reader.object(&mut |reader, name| match name {
            "resources" => reader.array(&mut |reader| {
                if self.resources.len() == MAX_FILES {
                    return Err(reader.error(&format!("expected at most {MAX_FILES} files")));
                }
                let resource = take_resource(reader)?;
                self.resources.push(resource);
                Ok(())
            }),
            "serialization" => reader.object(&mut |reader, name| {
                match name {
                    "method" => self.method = Some(reader.string()?.into_owned()),
                    "hash_type" => self.hash_type = Some(reader.string()?.into_owned()),
                    _ => reader.skip()?,
                }
                Ok(())
            }),
            _ => Err(reader.error("expected `resources` and `serialization` in a predicate")),
        })
    }

    fn files(self, reader: &Reader<'_>) -> Result<Files, Error> {
        if !self.has_type || !self.has_predicate_type {
            return Err(reader.error("expected a statement of OpenSSF Model Signing 1.0"));
        }
        if self.method.as_deref() != Some("files") {
            return Err(reader.error("expected hashes of whole files (method `files`)"));
        }
        let hash_type = self.hash_type.unwrap_or_default();
        let key = if hash_type == "blake2b" { "blake2b-512" } else { &hash_type };
        let algorithm = Algorithm::from_key(key)
            .ok_or_else(|| reader.error("expected a hash algorithm that this build knows"))?;
        let mut files = Vec::new();
        for (path, digest, named) in self.resources {
            if named != hash_type {
                return Err(reader.error("expected one hash algorithm for all files"));
            }
            if !is_plain_path(&path) {
                return Err(reader.error("expected paths from the root, without `..`"));
            }
            files.push((path, Digest::from_hex(algorithm, &digest)?));
        }
        files.sort();
        if files.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b)) {
            return Err(reader.error("expected each path once"));
        }
        let mut hasher = Hasher::new(Algorithm::Sha256);
        files.iter().for_each(|(_, digest)| hasher.update(digest.as_bytes()));
        let root = hasher.finish().to_hex();
        match <[_; 1]>::try_from(self.subjects) {
            Ok([(subject, Some(digest))]) if digest == root => Ok(Files { subject, files }),
            _ => Err(reader.error("expected one subject with the SHA-256 of all digests")),
        }
    }
}

fn take_subject(reader: &mut Reader<'_>) -> Result<(String, Option<String>), Error> {
    let (mut name, mut root) = (String::new(), None);
    reader.object(&mut |reader, member| {
        match member {
            "name" => name = reader.string()?.into_owned(),
            "digest" => reader.object(&mut |reader, algorithm| {
                let value = reader.string()?;
                if algorithm == "sha256" {
                    root = Some(value.into_owned());
                }
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok((name, root))
}

fn take_resource(reader: &mut Reader<'_>) -> Result<(String, String, String), Error> {
    let (mut name, mut digest, mut algorithm) = (None, None, None);
    reader.object(&mut |reader, member| {
        match member {
            "name" => name = Some(reader.string()?.into_owned()),
            "digest" => digest = Some(reader.string()?.into_owned()),
            "algorithm" => algorithm = Some(reader.string()?.into_owned()),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    match (name, digest, algorithm) {
        (Some(name), Some(digest), Some(algorithm)) => Ok((name, digest, algorithm)),
        _ => Err(reader.error("expected `name`, `digest` and `algorithm` of a file before here")),
    }
}

/// Whether a path stays under its root and has one form. `.` alone is the root itself, where the model
/// is one file.
fn is_plain_path(path: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
    path == "." || path.split('/').all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "f6310066c7320497ea554260c32c43660bff648cb2a61194832cc086077085e1";
    const B: &str = "32dcb1f8e1ae52d5963e56a6ba06ab58b424c15ed2a6b70d2feca1d089370028";
    const ROOT: &str = "61d4849d9d90076d6215f4d525f13d6574af8e3f67aef3e6f36fc40a14fdd226";

    fn statement(edit: (&str, &str)) -> Result<Files, Error> {
        let text = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"m","digest":{{"sha256":"{ROOT}"}}}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{{"resources":[{{"name":"b","digest":"{B}","algorithm":"sha256"}},{{"name":"a","digest":"{A}","algorithm":"sha256"}}],"serialization":{{"method":"files","hash_type":"sha256","allow_symlinks":false}}}}}}"#
        );
        assert!(text.contains(edit.0), "{}", edit.0);
        Files::from_statement(text.replacen(edit.0, edit.1, 1).as_bytes())
    }

    #[test]
    fn the_files_come_sorted_and_bound_to_their_root() {
        let files = statement(("m", "m")).unwrap();
        let names: Vec<&str> = files.files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((files.subject.as_str(), names), ("m", vec!["a", "b"]));
    }

    #[test]
    fn what_is_not_oms_1_0_is_refused() {
        for edit in [
            ("Statement/v1", "Statement/v0.1"),
            ("signature/v1.0", "signature/v0.2"),
            ("\"files\"", "\"shards\""),
            ("sha256\",\"allow", "md5\",\"allow"),
            ("\"algorithm\":\"sha256\"", "\"algorithm\":\"sha512\""),
            ("\"a\"", "\"b\""),
            ("\"a\"", "\"../a\""),
            ("\"a\"", "\"/a\""),
            ("\"a\"", "\"x//a\""),
            ("\"a\"", "\"./a\""),
            ("\"a\"", "\"c\""), // another order gives another root
            ("61d4", "61d5"),
            ("f631", "f632"),
            ("\"name\":\"a\",", ""),
            ("\"subject\":[", "\"subject\":[{\"name\":\"n\",\"digest\":{}},"),
            ("\"_type\"", "\"x\":1,\"_type\""),
        ] {
            assert!(statement(edit).is_err(), "{} to {}", edit.0, edit.1);
        }
    }
}
