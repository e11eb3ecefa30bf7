//! Which list is in force: another one, an older one, one for ever, one for each reader.

use labelgate::bom::Seen;

use crate::world::{
    Edge, OTHER_SERIAL, SERIAL, altered, bom, checkpoint, honest, item, judged, key, pinning,
    sha256, sign, with_checkpoint,
};

const NEXT_YEAR: &str = "2027-11-23T00:00:00Z";

#[test]
fn bom_substitution() {
    let poisoned = bom(1, &[item("a.png", b"a"), item("b.png", b"poison")]);
    // By nobody, by somebody else, by somebody else under the publisher's name.
    assert_eq!(judged(poisoned.as_bytes()), "reject bom-untrusted no-signature");
    let by_thief = sign(&poisoned, &key(9));
    assert_eq!(judged(&by_thief), "reject bom-untrusted key-not-pinned");
    let x = |seed| {
        let jwk: serde_json::Value = serde_json::from_slice(&key(seed).public().to_jwk()).unwrap();
        jwk["x"].as_str().unwrap().to_owned()
    };
    // The thief's key is spelled as the publisher's.
    let renamed = altered(&by_thief, &x(9), &x(1));
    assert_eq!(judged(&renamed), "reject bom-untrusted bad-signature");
    // By the publisher, for another data set of theirs.
    let policy = format!(r#"{},"serial_number":"{SERIAL}""#, pinning(&[&key(1)], 1));
    let mut edge = Edge::new(&policy);
    let other = sign(&honest().replace(SERIAL, OTHER_SERIAL), &key(1));
    edge.show(&other, None).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "reject bom-untrusted other-serial-number");
    edge.show(&sign(&honest(), &key(1)), None).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "accept");
}

#[test]
fn rollback_to_an_old_bom() {
    let old = sign(&bom(3, &[item("a.png", b"a"), item("withdrawn.png", b"poison")]), &key(1));
    let new = sign(&bom(4, &[item("a.png", b"a")]), &key(1));
    let mut edge = Edge::new(&pinning(&[&key(1)], 1));
    edge.show(&old, None).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    edge.show(&new, None).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    edge.show(&old, None).unwrap();
    assert_eq!(edge.answer("withdrawn.png", b"poison"), "reject bom-rollback");
    // A restart forgets nothing.
    edge.memory = labelgate::Memory::restore(&edge.memory.save()).unwrap();
    assert_eq!(edge.answer("withdrawn.png", b"poison"), "reject bom-rollback");
    // The same list of a log that counts fewer publications.
    let mut edge = Edge::new(&with_checkpoint(None));
    for (size, told) in [(8, "accept"), (7, "reject bom-rollback"), (9, "accept")] {
        edge.show(&new, Some(checkpoint(&new, 4, size, NEXT_YEAR, None))).unwrap();
        assert_eq!(edge.answer("a.png", b"a"), told, "{size}");
    }
}

#[test]
fn freeze() {
    let document = sign(&honest(), &key(1));
    let mut edge = Edge::new(&with_checkpoint(None));
    // Without its checkpoint the list would never lapse.
    edge.show(&document, None).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "reject bom-untrusted no-checkpoint");
    let note = checkpoint(&document, 1, 1, "2026-11-24T10:00:00Z", None);
    edge.show(&document, Some(note.clone())).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    edge.now_ms += 24 * 3_600_000 - 1;
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    edge.now_ms += 1;
    assert_eq!(edge.answer("a.png", b"a"), "reject bom-expired");
    // What a sender says of the time does not turn the clock back.
    let hex = sha256(b"a").to_hex();
    let in_time = format!(
        r#"{{"id":"s","annotator":"a","item":{{"id":"a.png","digest":{{"sha256":"{hex}"}}}},"label":{{"class":"cat"}},"started_at":"2026-11-23T10:00:00Z","submitted_at":"2026-11-23T10:00:09Z"}}"#
    );
    assert_eq!(edge.send(in_time), "reject bom-expired");
    // Nor does a later time that is written into the note.
    let later = altered(&note, "2026-11-24", "2027-11-24");
    edge.show(&document, Some(later)).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "reject bom-untrusted checkpoint-untrusted");
}

#[test]
fn split_view_of_the_bom() {
    let ours = sign(&bom(3, &[item("a.png", b"a")]), &key(1));
    let theirs = sign(&bom(3, &[item("a.png", b"a"), item("b.png", b"poison")]), &key(1));
    // Whoever has met one list is not shown the other under the same version: not in the same place, and
    // not where the places tell each other what they saw.
    let mut here = Edge::new(&pinning(&[&key(1)], 1));
    here.show(&ours, None).unwrap();
    assert_eq!(here.answer("a.png", b"a"), "accept");
    let mut there = Edge::new(&pinning(&[&key(1)], 1));
    there.memory.boms_mut().merge(&Seen::restore(&here.memory.boms_mut().save()).unwrap());
    for edge in [&mut here, &mut there] {
        edge.show(&theirs, None).unwrap();
        assert_eq!(edge.answer("b.png", b"poison"), "reject bom-rollback");
        edge.show(&ours, None).unwrap();
        assert_eq!(edge.answer("a.png", b"a"), "accept");
    }
    // Between places that never speak, witnesses stand for it: they sign one log only.
    let witness = key(5);
    let mut edge = Edge::new(&with_checkpoint(Some(&witness)));
    edge.show(&theirs, Some(checkpoint(&theirs, 3, 3, NEXT_YEAR, None))).unwrap();
    assert_eq!(edge.answer("b.png", b"poison"), "reject bom-untrusted checkpoint-unwitnessed");
    let forged = checkpoint(&theirs, 3, 3, NEXT_YEAR, Some(&key(6)));
    edge.show(&theirs, Some(forged)).unwrap();
    assert_eq!(edge.answer("b.png", b"poison"), "reject bom-untrusted checkpoint-unwitnessed");
    let witnessed = checkpoint(&ours, 3, 3, NEXT_YEAR, Some(&witness));
    edge.show(&theirs, Some(witnessed.clone())).unwrap();
    assert_eq!(edge.answer("b.png", b"poison"), "reject bom-untrusted checkpoint-of-other-bom");
    edge.show(&ours, Some(witnessed)).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "accept");
}

#[test]
fn frontrunning_poisoning() {
    // The page was changed, and a page was added, between the list and the labelling.
    let mut edge = Edge::with(&bom(1, &[item("page-1.html", b"as it was")]));
    assert_eq!(edge.answer("page-1.html", b"as it was"), "accept");
    assert_eq!(edge.answer("page-1.html", b"changed an hour before"), "reject item-altered");
    assert_eq!(edge.answer("page-2.html", b"added an hour before"), "reject item-unlisted");
}

#[test]
fn split_view_poisoning_of_items() {
    // Who buys the lapsed domain serves another picture, to everybody or to annotators alone.
    let name = "https://lapsed.example/cat.png";
    let mut edge = Edge::with(&bom(1, &[item(name, b"cat")]));
    assert_eq!(edge.answer(name, b"cat"), "accept");
    assert_eq!(edge.answer(name, b"trigger"), "reject item-altered");
}
