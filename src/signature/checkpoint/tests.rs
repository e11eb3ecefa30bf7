use super::super::note::NoteKind;
use super::super::{Algorithm as SignatureAlgorithm, PrivateKey};
use super::*;

const BOM: &str = "bom sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

fn text(lines: &[&str]) -> String {
    format!("example.org/pets\n3\n{ROOT}\n{}\n", lines.join("\n"))
}

fn good() -> Vec<&'static str> {
    vec![
        BOM,
        "serial urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version 3",
        "expires 2026-12-31T00:00:00Z",
    ]
}

fn in_force(lines: &[&str]) -> Result<BomInForce, Error> {
    Checkpoint::parse(&text(lines))?.bom_in_force()
}

#[test]
fn the_lines_about_a_bom_are_read_and_written() {
    let bom = in_force(&good()).unwrap();
    assert_eq!((bom.version, bom.expires_ms), (3, 1_798_675_200_000));
    let serial = bom.serial.as_deref();
    assert_eq!(BomInForce::lines(&bom.bom, serial, 3, "2026-12-31T00:00:00Z").unwrap(), good());
    let checkpoint = Checkpoint::parse(&text(&good())).unwrap();
    assert_eq!(checkpoint.to_text().unwrap(), text(&good()));
    let mut without = good();
    without.remove(1);
    without.push("another line");
    assert_eq!(in_force(&without).unwrap().serial, None);
}

#[test]
fn each_line_comes_once_and_in_its_one_form() {
    for at in [0, 2, 3] {
        let mut lines = good();
        lines.remove(at);
        assert!(in_force(&lines).is_err(), "without line {at}");
    }
    for at in 0..4 {
        let mut lines = good();
        lines.push(lines[at]);
        assert!(in_force(&lines).is_err(), "line {at} twice");
    }
    for (from, to) in [
        ("version 3", "version 03"),
        ("version 3", "version 0"),
        ("version 3", "version +3"),
        ("version 3", "version 9007199254740992"),
        ("version 3", "version  3"),
        ("sha256:e3", "sha256:E3"),
        ("sha256:e3", "sha512:e3"),
        ("sha256:e3", "sha256:"),
        ("T00:00:00Z", "t00:00:00Z"),
        ("T00:00:00Z", "T00:00:00z"),
        ("T00:00:00Z", "T00:00:00+00:00"),
        ("T00:00:00Z", "T00:00:00.0Z"),
        ("T00:00:00Z", " 00:00:00Z"),
        ("T00:00:00Z", "T23:59:60Z"),
        ("2026-12-31", "2026-02-30"),
    ] {
        let lines = text(&good()).replace(from, to);
        let read = Checkpoint::parse(&lines).and_then(|checkpoint| checkpoint.bom_in_force());
        assert!(read.is_err(), "{from} to {to}");
    }
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    assert!(Checkpoint::parse(&format!("o\n0\n{ROOT}\n")).is_ok());
    for bad in [
        String::new(),
        format!("o\n0\n{ROOT}"),
        format!("\n0\n{ROOT}\n"),
        format!("o\n00\n{ROOT}\n"),
        format!("o\n18446744073709551616\n{ROOT}\n"),
        format!("o\n-1\n{ROOT}\n"),
        format!("o\n1\n{}\n", ROOT.replace('C', "D").replace("I=", "J=")),
        format!("o\n1\n{ROOT}\n\n"),
        format!("o\n1\n{ROOT}\n\nmore\n"),
        "o\n1\nAAAA\n".to_owned(),
        "o\n1\n".to_owned(),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_checkpoint_is_of_the_log_that_signed_it_and_of_its_witnesses() {
    let key = |seed| PrivateKey::generate(SignatureAlgorithm::Ed25519, &[seed; 32]).unwrap();
    let verifier =
        |name: &str, kind, seed| VerifierKey::new(name, kind, key(seed).public().clone()).unwrap();
    let log = [verifier("example.org/pets", NoteKind::Ed25519, 1)];
    let witnesses =
        [verifier("w1", NoteKind::Cosignature, 2), verifier("w2", NoteKind::Cosignature, 3)];
    let mut note = Note::new(&text(&good())).unwrap();
    note.sign("example.org/pets", &key(1)).unwrap();
    note.cosign("w1", &key(2), 5).unwrap();
    let opened = |keys: &[VerifierKey], needed| {
        open(note.to_string().as_bytes(), keys, &witnesses, needed).unwrap()
    };
    assert_eq!(opened(&log, 1).unwrap().size, 3);
    assert_eq!(opened(&log, 2), Err(Refusal::ThresholdNotMet));
    let mut other =
        Note::new(&text(&good()).replace("example.org/pets", "example.org/cats")).unwrap();
    other.sign("example.org/pets", &key(1)).unwrap();
    let opened = open(other.to_string().as_bytes(), &log, &[], 0).unwrap();
    assert_eq!(opened, Err(Refusal::OriginNotOfKey));
    let other = [verifier("example.org/pets", NoteKind::Ed25519, 9)];
    assert_eq!(
        open(note.to_string().as_bytes(), &other, &[], 0).unwrap(),
        Err(Refusal::KeyNotPinned)
    );
}
