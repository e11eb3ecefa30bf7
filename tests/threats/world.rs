//! A publisher with keys, a data set of theirs, and a gate that pins those keys.

use std::fmt::Write as _;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use labelgate::bom::{BomLimits, BomLoader};
use labelgate::digest::{self, Digest, Hasher};
use labelgate::json::canonical::canonicalize;
use labelgate::signature::checkpoint::{BomInForce, Checkpoint};
use labelgate::signature::jsf::{self, Mode};
use labelgate::signature::note::{Note, NoteKind, VerifierKey};
use labelgate::signature::{Algorithm, PrivateKey};
use labelgate::{Error, Gate, Memory, Policy};

/// The data set.
pub const SERIAL: &str = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";
/// Another data set.
pub const OTHER_SERIAL: &str = "urn:uuid:00000000-0000-4000-8000-000000000001";
/// The clock of the gate: 2026-11-23T10:00:00Z.
pub const NOW_MS: i64 = 1_795_428_000_000;
/// The name of the publisher's log, and of the key that signs its checkpoints.
pub const LOG: &str = "example.org/pets";

/// The publisher's key is 1; other numbers are other people.
pub fn key(seed: u8) -> PrivateKey {
    PrivateKey::generate(Algorithm::Ed25519, &[seed; 32]).unwrap()
}

pub fn sha256(content: &[u8]) -> Digest {
    of(digest::Algorithm::Sha256, content)
}

pub fn of(algorithm: digest::Algorithm, content: &[u8]) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(content);
    hasher.finish()
}

/// One item with its SHA-256.
pub fn item(name: &str, content: &[u8]) -> String {
    item_with(name, &format!(r#"{{"alg":"SHA-256","content":"{}"}}"#, sha256(content).to_hex()))
}

/// One item with these hashes.
pub fn item_with(name: &str, hashes: &str) -> String {
    format!(r#"{{"type":"file","name":"{name}","hashes":[{hashes}]}}"#)
}

/// A complete list of these items, in this version; not signed.
pub fn bom(version: u64, items: &[String]) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","serialNumber":"{SERIAL}","version":{version},"components":[{{"type":"data","bom-ref":"set","name":"set","components":[{}]}}],"compositions":[{{"aggregate":"complete","assemblies":["set"]}}]}}"#,
        items.join(",")
    )
}

/// The honest list: `a.png`, whose content is `a`.
pub fn honest() -> String {
    bom(1, &[item("a.png", b"a")])
}

pub fn sign(document: &str, key: &PrivateKey) -> Vec<u8> {
    jsf::sign(document.as_bytes(), &[key], Mode::Single).unwrap()
}

/// Signs a document whose `signature` has all its members but `value`, whatever they are.
pub fn sign_by_hand(document: &str, key: &PrivateKey) -> Vec<u8> {
    let form = canonicalize(document.as_bytes()).unwrap();
    with_value(document, &key.sign(&form))
}

/// Puts a signature value where [`sign_by_hand`] does.
pub fn with_value(document: &str, value: &[u8]) -> Vec<u8> {
    let value =
        format!("\"signature\":{{\"value\":\"{}\",", Base64UrlUnpadded::encode_string(value));
    altered(document.as_bytes(), "\"signature\":{", &value)
}

/// The same document with one thing changed, which must be there.
pub fn altered(document: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(document).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1).into_bytes()
}

/// Puts members at the start of a document.
pub fn with_members(document: &str, members: &str) -> String {
    document.replacen('{', &format!("{{{members},"), 1)
}

/// A checkpoint of the publisher's log that names this document; the witness, if any, is named `witness`.
pub fn checkpoint(
    document: &[u8],
    version: u64,
    size: u64,
    expires: &str,
    witness: Option<&PrivateKey>,
) -> Vec<u8> {
    let extensions = BomInForce::lines(&sha256(document), Some(SERIAL), version, expires).unwrap();
    let head = Checkpoint { origin: LOG.to_owned(), size, root: [7; 32], extensions };
    let mut note = Note::new(&head.to_text().unwrap()).unwrap();
    note.sign(LOG, &key(1)).unwrap();
    if let Some(witness) = witness {
        note.cosign("witness", witness, 1_795_400_000).unwrap();
    }
    note.to_string().into_bytes()
}

/// The section `bom` of a policy that pins the publisher's key and asks for a checkpoint.
pub fn with_checkpoint(witness: Option<&PrivateKey>) -> String {
    let publisher = VerifierKey::new(LOG, NoteKind::Ed25519, key(1).public().clone()).unwrap();
    let mut checkpoint = format!(r#""keys":["{publisher}"]"#);
    if let Some(witness) = witness {
        let public = witness.public().clone();
        let witness = VerifierKey::new("witness", NoteKind::Cosignature, public).unwrap();
        write!(checkpoint, r#","witnesses":["{witness}"],"witness_threshold":1"#).unwrap();
    }
    format!(r#"{},"checkpoint":{{{checkpoint}}}"#, pinning(&[&key(1)], 1))
}

/// Members of the section `bom` of a policy that pins these keys.
pub fn pinning(keys: &[&PrivateKey], threshold: usize) -> String {
    let jwk = |key: &&PrivateKey| String::from_utf8(key.public().to_jwk()).unwrap();
    let keys: Vec<String> = keys.iter().map(jwk).collect();
    format!(r#""keys":[{}],"threshold":{threshold}"#, keys.join(","))
}

/// A gate at work.
pub struct Edge {
    pub gate: Gate,
    pub memory: Memory,
    /// The host's clock.
    pub now_ms: i64,
    sent: u32,
}

impl Edge {
    /// A gate whose policy has these members in its section `bom`, and no BOM yet.
    pub fn new(bom: &str) -> Self {
        let policy = Policy::from_json(format!(r#"{{"bom":{{{bom}}}}}"#).as_bytes()).unwrap();
        Self { gate: Gate::new(policy, None), memory: Memory::new(), now_ms: NOW_MS, sent: 0 }
    }

    /// A gate that pins the publisher's key, with this list in force, signed by that key.
    pub fn with(document: &str) -> Self {
        let mut edge = Self::new(&pinning(&[&key(1)], 1));
        edge.show(&sign(document, &key(1)), None).unwrap();
        assert_eq!(edge.gate.backing().and_then(|backing| backing.refusal()), None);
        edge
    }

    /// Shows the gate a document, in two pieces, with the checkpoint that stands beside it.
    pub fn show(&mut self, document: &[u8], checkpoint: Option<Vec<u8>>) -> Result<(), Error> {
        let settings = self.gate.policy().bom.trust_settings();
        let mut loader = BomLoader::new(settings, BomLimits::default());
        let (first, second) = document.split_at(document.len() / 2);
        loader.push(first)?;
        loader.push(second)?;
        let mut loaded = loader.finish()?;
        if let Some(note) = checkpoint {
            loaded.set_checkpoint(note);
        }
        let (bom, backing) = loaded.conclude()?;
        self.gate.set_judged_bom(bom, backing);
        Ok(())
    }

    /// What the gate says of one more answer by somebody new, to content that is shown under this name.
    pub fn answer(&mut self, name: &str, content: &[u8]) -> String {
        self.answer_with(name, &format!(r#""sha256":"{}""#, sha256(content).to_hex()))
    }

    /// The same with these digests.
    pub fn answer_with(&mut self, name: &str, digests: &str) -> String {
        self.sent += 1;
        let n = self.sent;
        self.send(format!(
            r#"{{"id":"s{n}","annotator":"a{n}","item":{{"id":"{name}","digest":{{{digests}}}}},"label":{{"class":"cat"}}}}"#
        ))
    }

    /// Decision and reason codes, with the code of the refusal when the BOM is not trusted.
    pub fn send(&mut self, submission: impl AsRef<[u8]>) -> String {
        let verdict = self.gate.check(&mut self.memory, submission.as_ref(), Some(self.now_ms));
        let mut told = verdict.decision.as_str().to_owned();
        for reason in &verdict.reasons {
            write!(told, " {}", reason.code.as_str()).unwrap();
            if reason.code.as_str() == "bom-untrusted" {
                let refusal = self.gate.backing().and_then(|backing| backing.refusal());
                write!(told, " {}", refusal.unwrap().code).unwrap();
            }
        }
        told
    }
}

/// What a gate that pins these keys says of an answer to `a.png` with this document in force; `unreadable`
/// when the document is refused as such.
pub fn outcome(document: &[u8], pinned: &[&PrivateKey], threshold: usize) -> String {
    let mut edge = Edge::new(&pinning(pinned, threshold));
    match edge.show(document, None) {
        Ok(()) => edge.answer("a.png", b"a"),
        Err(error) => {
            assert_eq!(error.code().as_str(), "bom");
            "unreadable".to_owned()
        }
    }
}

/// The same for the publisher's key alone.
pub fn judged(document: &[u8]) -> String {
    outcome(document, &[&key(1)], 1)
}
