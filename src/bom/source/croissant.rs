//! Croissant: <https://docs.mlcommons.org/croissant/docs/croissant-spec.html>.
//!
//! Many `sha256` in the wild hold an MD5, a placeholder or a word; only 64 hexadecimal digits count.
//! A `FileSet` stands for files that it does not list, so its data set is not complete.

use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::json::Reader;

use super::{
    MAX_DEPTH, Manifest, ManifestFormat, ManifestItem, digest, local_name, refused, text, texts,
};

/// One entry of `distribution`.
#[derive(Default)]
struct Resource {
    kind: Vec<String>,
    id: Option<String>,
    name: Option<String>,
    content_url: Option<String>,
    sha256: Option<String>,
    has_md5: bool,
    is_contained: bool,
}

pub(super) fn read(document: &[u8]) -> Result<Manifest, Error> {
    let mut manifest = Manifest::new(ManifestFormat::Croissant);
    let mut versions = Vec::new();
    let mut resources = Vec::new();
    let mut reader = Reader::new(document, MAX_DEPTH)?;
    reader.object(&mut |reader, member| {
        match member {
            "name" => manifest.name = text(reader)?,
            "conformsTo" | "dct:conformsTo" => versions = texts(reader)?,
            "distribution" => reader.array(&mut |reader| {
                resources.push(resource(reader)?);
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.finish()?;
    let is_known = |version: &String| {
        let (_, rest) = version.split_once("://").unwrap_or_default();
        matches!(rest, "mlcommons.org/croissant/1.0" | "mlcommons.org/croissant/1.1")
    };
    if !versions.iter().any(is_known) {
        return Err(refused("expected Croissant 1.0 or 1.1 by `conformsTo`"));
    }
    for resource in resources {
        let name = resource.item_name()?;
        match resource.digest() {
            Ok(digest) => manifest.items.push(ManifestItem { name, digests: vec![digest] }),
            Err(why) => manifest.leave_out(name, why),
        }
    }
    manifest.finish()
}

fn resource(reader: &mut Reader<'_>) -> Result<Resource, Error> {
    let mut resource = Resource::default();
    reader.object(&mut |reader, member| {
        match member {
            "@type" => resource.kind = texts(reader)?,
            "@id" => resource.id = text(reader)?,
            "name" => resource.name = text(reader)?,
            "contentUrl" => resource.content_url = text(reader)?,
            "sha256" => resource.sha256 = text(reader)?,
            "md5" => {
                resource.has_md5 = true;
                reader.skip()?;
            }
            "containedIn" => {
                resource.is_contained = true;
                reader.skip()?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(resource)
}

impl Resource {
    fn item_name(&self) -> Result<String, Error> {
        let path = self.content_url.as_deref().filter(|url| !self.is_contained && is_path(url));
        let name = path.or(self.id.as_deref()).or(self.name.as_deref());
        let name = name.filter(|name| !name.is_empty());
        name.map(str::to_owned)
            .ok_or_else(|| refused("expected an `@id` of every entry of `distribution`"))
    }

    fn digest(&self) -> Result<Digest, String> {
        let is_kind = |name: &str| self.kind.iter().any(|kind| local_name(kind) == name);
        if is_kind("FileSet") {
            return Err("a `FileSet` does not list its files".to_owned());
        }
        if !is_kind("FileObject") {
            return Err("expected a `FileObject`".to_owned());
        }
        match &self.sha256 {
            Some(value) => digest(Algorithm::Sha256, value),
            None if self.has_md5 => Err("an MD5 proves nothing".to_owned()),
            None if self.is_contained => {
                Err("inside of another file, without a `sha256` of its own".to_owned())
            }
            None => Err("no `sha256`".to_owned()),
        }
    }
}

/// Whether a `contentUrl` is a path beside the document.
fn is_path(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    let has_scheme = scheme.is_some_and(|scheme| {
        !scheme.is_empty()
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
    });
    !url.is_empty()
        && !has_scheme
        && !url.contains('\\')
        && url.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(resources: &str) -> String {
        format!(
            r#"{{"@type":"sc:Dataset","name":"pets","conformsTo":"http://mlcommons.org/croissant/1.1","distribution":[{resources}]}}"#
        )
    }

    #[test]
    fn only_sixty_four_digits_count_and_the_rest_is_named() {
        let object = |id: &str, more: &str| {
            format!(
                r#"{{"@type":"cr:FileObject","@id":"{id}","contentUrl":"https://x/{id}"{more}}}"#
            )
        };
        let hash = |value: &str| format!(r#","sha256":"{value}""#);
        let resources = [
            object("good", &hash(&"aB".repeat(32))),
            object("md5", &hash(&"a".repeat(32))),
            object("word", &hash("sha256")),
            object("issue", &hash("https://github.com/mlcommons/croissant/issues/80")),
            object("only-md5", r#","md5":"d41d8cd98f00b204e9800998ecf8427e""#),
            object("none", ""),
            r#"{"@type":["cr:FileSet"],"@id":"set","containedIn":{"@id":"good"}}"#.to_owned(),
        ];
        let manifest =
            Manifest::from_json(document(&resources.join(",")).as_bytes()).unwrap().unwrap();
        assert_eq!(manifest.name.as_deref(), Some("pets"));
        assert_eq!(manifest.items.len(), 1);
        assert!(!manifest.is_complete);
        let why: Vec<&str> = manifest.left_out.iter().map(|left| left.why.as_str()).collect();
        assert_eq!(
            why,
            [
                "expected 64 hexadecimal digits of `sha256`, found as many as MD5 has",
                "expected 64 hexadecimal digits of `sha256`, found `sha256`",
                "expected 64 hexadecimal digits of `sha256`, found `https://github.com/mlcommons/cro…`",
                "an MD5 proves nothing",
                "no `sha256`",
                "a `FileSet` does not list its files",
            ]
        );
    }

    #[test]
    fn a_path_beside_the_document_is_the_name_and_no_way_out_of_the_folder() {
        let object = |url: &str| {
            let hash = "0".repeat(64);
            let one = format!(
                r#"{{"@type":"cr:FileObject","@id":"id","contentUrl":"{url}","sha256":"{hash}"}}"#
            );
            Manifest::from_json(document(&one).as_bytes()).unwrap().unwrap().items[0].name.clone()
        };
        assert_eq!(object("data/a.csv"), "data/a.csv");
        for other in ["https://x/a", "../a", "/a", "a//b", "./a", "", "c:/a", "s3:a"] {
            assert_eq!(object(other), "id", "{other}");
        }
    }

    #[test]
    fn one_name_with_two_digests_is_refused_and_the_same_entry_twice_is_not() {
        let object = |digit: &str| {
            let hash = digit.repeat(64);
            format!(r#"{{"@type":"cr:FileObject","@id":"a","sha256":"{hash}"}}"#)
        };
        let two = |a: &str, b: &str| {
            Manifest::from_json(document(&format!("{},{}", object(a), object(b))).as_bytes())
        };
        assert_eq!(two("0", "0").unwrap().unwrap().items.len(), 1);
        assert!(
            two("0", "1").unwrap_err().message().contains("found `a` with other digests again")
        );
    }

    #[test]
    fn another_version_is_refused() {
        let old = document("").replace("1.1", "0.8");
        assert!(Manifest::from_json(old.as_bytes()).unwrap_err().message().contains("1.0 or 1.1"));
    }
}
