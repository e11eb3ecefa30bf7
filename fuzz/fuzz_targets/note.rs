//! Notes, verifier keys and checkpoints never panic, and read back as they were written.
#![no_main]

use labelgate::signature::checkpoint::{self, Checkpoint};
use labelgate::signature::note::{Note, NoteKind, VerifierKey};
use labelgate::signature::{Algorithm, PrivateKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).expect("32 bytes");
    let verifier = |kind| VerifierKey::new("k", kind, key.public().clone()).expect("a name");
    let keys = [verifier(NoteKind::Ed25519), verifier(NoteKind::Cosignature)];
    if let Ok(note) = Note::parse(input) {
        assert_eq!(note.to_string().as_bytes(), input);
        let _ = note.verify(&keys, 1);
    }
    let _ = checkpoint::open(input, &keys[..1], &keys[1..], 1);
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(read) = Checkpoint::parse(text) {
        let _ = read.bom_in_force();
        if let Ok(written) = read.to_text() {
            assert_eq!(written, text);
        }
    }
    if let Ok(mut note) = Note::new(text) {
        note.sign("k", &key).expect("a name");
        note.cosign("k", &key, 7).expect("a time");
        let whole = note.to_string();
        if whole.len() <= Note::MAX_BYTES {
            let read = Note::parse(whole.as_bytes()).expect("our own note");
            let (verified, signers) = read.verify(&keys, 1).expect("our own signature");
            assert_eq!((verified, signers.len()), (text, 1));
        }
    }
});
