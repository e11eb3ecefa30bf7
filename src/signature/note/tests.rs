use super::super::{Algorithm, PrivateKey};
use super::*;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::generate(Algorithm::Ed25519, &[seed; 32]).unwrap()
}

fn verifier(name: &str, kind: NoteKind, key: &PrivateKey) -> VerifierKey {
    VerifierKey::new(name, kind, key.public().clone()).unwrap()
}

const TEXT: &str = "example.org/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

fn signed() -> (Note, [VerifierKey; 3]) {
    let mut note = Note::new(TEXT).unwrap();
    note.sign("example.org/log", &key(1)).unwrap();
    note.cosign("witness.example/w1", &key(2), 1_679_315_147).unwrap();
    note.cosign("witness.example/w2", &key(3), 0).unwrap();
    let keys = [
        verifier("example.org/log", NoteKind::Ed25519, &key(1)),
        verifier("witness.example/w1", NoteKind::Cosignature, &key(2)),
        verifier("witness.example/w2", NoteKind::Cosignature, &key(3)),
    ];
    (note, keys)
}

#[test]
fn what_is_signed_verifies_and_says_when_a_witness_signed() {
    let (note, keys) = signed();
    let text = note.to_string();
    assert_eq!(Note::parse(text.as_bytes()).unwrap(), note);
    let (verified, signers) = note.verify(&keys, 3).unwrap();
    assert_eq!(verified, TEXT);
    let times: Vec<_> = signers.iter().map(|signer| signer.time_s).collect();
    assert_eq!(times, [None, Some(1_679_315_147), Some(0)]);
    for key in &keys {
        assert_eq!(&VerifierKey::parse(&key.to_string()).unwrap(), key);
    }
}

#[test]
fn a_known_key_whose_line_is_bad_refuses_the_whole_note() {
    let (note, keys) = signed();
    let other = note.to_string().replacen("\n3\n", "\n4\n", 1);
    let other = Note::parse(other.as_bytes()).unwrap();
    assert_eq!(other.verify(&keys[..1], 1), Err(Refusal::BadSignature));
    // A witness that signed another time.
    let mut moved = note.clone();
    moved.signatures[1].bytes[11] ^= 1;
    assert_eq!(moved.verify(&keys, 1), Err(Refusal::BadSignature));
    assert!(moved.verify(&keys[..1], 1).is_ok(), "lines of unknown keys are passed over");
}

#[test]
fn unknown_keys_are_passed_over_and_the_same_key_counts_once() {
    let (note, keys) = signed();
    let stranger = [verifier("example.org/log", NoteKind::Ed25519, &key(9))];
    assert_eq!(note.verify(&stranger, 1), Err(Refusal::KeyNotPinned));
    let renamed = [verifier("example.org/other", NoteKind::Ed25519, &key(1))];
    assert_eq!(note.verify(&renamed, 1), Err(Refusal::KeyNotPinned));
    let as_log = [verifier("witness.example/w1", NoteKind::Ed25519, &key(2))];
    assert_eq!(note.verify(&as_log, 1), Err(Refusal::KeyNotPinned));
    assert_eq!(note.verify(&keys[1..], 3), Err(Refusal::ThresholdNotMet));
    let mut twice = note.clone();
    twice.cosign("witness.example/w3", &key(2), 7).unwrap();
    let three = [
        keys[1].clone(),
        keys[2].clone(),
        verifier("witness.example/w3", NoteKind::Cosignature, &key(2)),
    ];
    assert_eq!(twice.verify(&three, 3), Err(Refusal::ThresholdNotMet));
}

#[test]
fn the_text_ends_at_the_last_blank_line() {
    let mut note = Note::new("a\n\nb\n\n").unwrap();
    note.sign("k", &key(1)).unwrap();
    let keys = [verifier("k", NoteKind::Ed25519, &key(1))];
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read.verify(&keys, 1).unwrap().0, "a\n\nb\n\n");
}

#[test]
fn what_is_no_note_is_refused() {
    let (note, _) = signed();
    let text = note.to_string();
    assert!(Note::parse(text.as_bytes()).is_ok());
    for (from, to) in [
        ("\n\n", "\n"),
        ("— example", "- example"),
        ("— example", "—  example"),
        ("log A", "log  A"),
        ("example.org/log\n", "example.org/log\r\n"),
        ("example.org/log\n", "example\torg\n"),
        ("— example.org/log ", "— example+org "),
        ("— example.org/log ", "— example\u{a0}org "),
        ("==\n", "=\n"),
    ] {
        let other = text.replacen(from, to, 1);
        if other != text {
            assert!(Note::parse(other.as_bytes()).is_err(), "{from:?} to {to:?}");
        }
    }
    for bad in [
        &b""[..],
        b"\n",
        b"\n\n",
        b"text\n\n",
        b"text\n",
        b"\xff\n\n",
        b"text\n\n\xe2\x80\x94 k AAAA\n",
    ] {
        assert!(Note::parse(bad).is_err(), "{bad:?}");
    }
    assert!(Note::parse(text.trim_end().as_bytes()).is_err());
    assert!(Note::parse(&vec![b'a'; Note::MAX_BYTES + 1]).is_err());
}

#[test]
fn verifier_keys_are_strict() {
    let good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert!(VerifierKey::parse(good).is_ok());
    for (from, to) in [
        ("c74f20a3", "c74f20a4"),
        ("c74f20a3", "C74F20A3"),
        ("c74f20a3+", ""),
        ("PeterNeumann", "Peter Neumann"),
        ("PeterNeumann", ""),
        ("+ARpc", "+AhpC"),
        ("10TW", "10TX"),
        ("10TW", "10"),
    ] {
        assert!(VerifierKey::parse(&good.replace(from, to)).is_err(), "{from} to {to}");
    }
}
