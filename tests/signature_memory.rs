//! What checking the signature of a BOM of 100,000 items costs in memory beside reading it, natively,
//! counted by the allocator of this test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

mod support;

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use labelgate::bom::{BomLimits, BomReader};
use labelgate::signature::jsf::{self, Mode};
use labelgate::signature::{Algorithm, PrivateKey, Refusal, Threshold};
use support::peak::{self, Peak};

#[global_allocator]
static ALLOCATOR: Peak = Peak;

const ITEMS: u32 = 100_000;

/// A BOM of 100,000 items; `item` writes one, and `end` comes after them.
fn document(item: impl Fn(&mut String, u32), end: &str) -> Vec<u8> {
    let mut text =
        String::from(r#"{"bomFormat":"CycloneDX","components":[{"bom-ref":"set","components":["#);
    for n in 0..ITEMS {
        text.push_str(if n == 0 { "\n" } else { ",\n" });
        item(&mut text, n);
    }
    text.push_str(r#"],"name":"set","type":"data"}],"#);
    text.push_str(end);
    text.push_str(r#""specVersion":"1.7","version":1}"#);
    text.into_bytes()
}

fn usual(text: &mut String, n: u32) {
    let hash = format!("{:08x}", n.wrapping_mul(2_654_435_761)).repeat(8);
    write!(text, r#"{{"bom-ref":"i{n}","hashes":[{{"alg":"SHA-256","content":"{hash}"}}],"name":"images/train/{n:06}.png","type":"file"}}"#).unwrap();
}

fn out_of_order(text: &mut String, n: u32) {
    let hash = format!("{:08x}", n.wrapping_mul(2_654_435_761)).repeat(8);
    write!(text, r#"{{"type":"file","bom-ref":"i{n}","name":"images/train/{n:06}.png","hashes":[{{"content":"{hash}","alg":"SHA-256"}}]}}"#).unwrap();
}

/// One test at a time: the counter is of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

struct Cost {
    verdict: Result<usize, Refusal>,
    items: usize,
    peak: usize,
}

/// Reads and checks in pieces of 64 KiB, counting what is in memory beside the document.
fn read(document: &[u8], threshold: &Threshold, settings: jsf::Settings) -> Cost {
    let before = peak::restart();
    let start = Instant::now();
    let mut listener = jsf::Listener::new(threshold, settings);
    let mut reader = BomReader::new(BomLimits::default());
    for piece in document.chunks(65_536) {
        reader.push_with(piece, &mut listener).unwrap();
    }
    let verdict = listener.finish().and_then(|found| found.decide().map(|keys| keys.len()));
    let bom = reader.finish().unwrap();
    let peak = peak::highest() - before;
    println!(
        "{} bytes: {peak} bytes of memory at most, {:?}, {verdict:?}",
        document.len(),
        start.elapsed()
    );
    Cost { verdict, items: bom.len(), peak }
}

#[test]
fn a_signed_bom_of_a_hundred_thousand_items_is_read_and_checked_in_one_pass() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).unwrap();
    let other = PrivateKey::generate(Algorithm::Es256, &[2; 32]).unwrap();
    let both = Threshold::new(vec![key.public().clone(), other.public().clone()], 2).unwrap();
    let one = Threshold::one(key.public().clone());
    let settings = jsf::Settings::default();
    // Signed by our signer, whose signature stands first: hashed as it comes.
    for (item, keys, threshold, mode) in [
        (&usual as &dyn Fn(&mut String, u32), vec![&key], &one, Mode::Single),
        (&out_of_order, vec![&key], &one, Mode::Single),
        (&usual, vec![&key, &other], &both, Mode::Signers),
    ] {
        let mut signed = jsf::sign(&document(item, ""), &keys, mode).unwrap();
        let cost = read(&signed, threshold, settings);
        assert_eq!((cost.verdict, cost.items), (Ok(keys.len()), 100_000));
        assert!(cost.peak < 30_000_000, "{} bytes", cost.peak);
        // One byte in the middle, and one at the end.
        let middle = signed.len() / 2
            + signed[signed.len() / 2..].iter().position(|byte| *byte == b'/').unwrap();
        signed[middle] = b'_';
        let cost = read(&signed, threshold, settings);
        assert!(matches!(cost.verdict, Err(Refusal::BadSignature)), "{:?}", cost.verdict);
    }
}

#[test]
fn a_signature_at_the_end_is_checked_from_memory_within_its_bound() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).unwrap();
    let one = Threshold::one(key.public().clone());
    let unsigned = document(usual, "");
    let signed = String::from_utf8(jsf::sign(&unsigned, &[&key], Mode::Single).unwrap()).unwrap();
    let first = signed.find(",\"bomFormat\"").unwrap();
    let (signature, rest) = signed.split_at(first);
    let moved = format!("{{{},{}}}", &rest[1..rest.len() - 1], &signature[1..]);
    let cost = read(moved.as_bytes(), &one, jsf::Settings::default());
    assert_eq!(cost.verdict, Ok(1));
    let small = jsf::Settings { max_kept_bytes: 4 << 20, ..jsf::Settings::default() };
    let cost = read(moved.as_bytes(), &one, small);
    assert_eq!(cost.verdict, Err(Refusal::TooLong));
    assert!(cost.peak < 40_000_000, "{} bytes", cost.peak);
}

#[test]
fn a_long_document_that_stops_being_in_order_is_read_again_from_memory() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).unwrap();
    let one = Threshold::one(key.public().clone());
    let signed =
        jsf::sign(&document(usual, r#""annotations":[],"#), &[&key], Mode::Single).unwrap();
    let cost = read(&signed, &one, jsf::Settings::default());
    assert_eq!(cost.verdict, Err(Refusal::MembersOutOfOrder));
    let kept = jsf::Settings { may_stream: false, ..jsf::Settings::default() };
    assert_eq!(read(&signed, &one, kept).verdict, Ok(1));
    assert_eq!(jsf::verify(&signed, &one).unwrap().unwrap().len(), 1);
}
