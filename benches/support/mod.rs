//! What the native benches check: the same shapes as `benches/wasm/fixture.mjs`.
#![allow(dead_code)] // each bench uses its part

use labelgate::bom::{Bom, BomBuilder, BomIdentity, BomLimits, BomReader, DataSet};
use labelgate::digest::{Algorithm, Digest, Hasher};
use labelgate::{Gate, Gold, Memory, Policy};

/// Items of the BOM; their names ascend, as the builder wants.
pub const ITEMS: usize = 100_000;
/// Labels that every item has when the measured one arrives.
pub const EARLIER_LABELS: usize = 5;
/// The host's clock at the first submission: 2026-11-23T10:00:00Z.
pub const START_MS: i64 = 1_795_428_000_000;

const CLASSES: [&str; 5] = ["cat", "dog", "bird", "fish", "snail"];

pub fn name(item: usize) -> String {
    format!("data/train/{item:06}-{}/image.png", CLASSES[item % CLASSES.len()])
}

pub fn digest(item: usize, algorithm: Algorithm) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(&item.to_le_bytes());
    hasher.finish()
}

fn hexadecimal(item: usize, algorithm: Algorithm) -> String {
    digest(item, algorithm).to_string().split_once(':').unwrap().1.to_owned()
}

/// A BOM of so many items, as bytes.
pub fn document(items: usize) -> Vec<u8> {
    let identity = BomIdentity { serial: [1; 16], version: 1, timestamp: None };
    let set = DataSet { bom_ref: "pets", name: "pets", version: None };
    let mut builder = BomBuilder::new(Vec::new(), &identity, &set).unwrap();
    for item in 0..items {
        builder.add(&name(item), &digest(item, Algorithm::Sha256)).unwrap();
    }
    builder.finish().unwrap()
}

pub fn read(document: &[u8]) -> Bom {
    let mut reader = BomReader::new(BomLimits::default());
    for piece in document.chunks(64 * 1024) {
        reader.push(piece).unwrap();
    }
    reader.finish().unwrap()
}

/// The default policy but for a BOM without signature and the task's classes; every tenth item is gold.
pub fn gate() -> Gate {
    let policy = br#"{"bom":{"trust":"unsigned-for-development"},
        "label":{"kind":"class","classes":["cat","dog","bird","fish","snail"]}}"#;
    let gold: Vec<String> = (0..ITEMS)
        .step_by(10)
        .map(|item| format!(r#""task-{item}":[{{"class":"{}"}}]"#, CLASSES[item % CLASSES.len()]))
        .collect();
    let gold = Gold::from_json(format!("{{{}}}", gold.join(",")).as_bytes()).unwrap();
    Gate::new(Policy::from_json(policy).unwrap(), Some(read(&document(ITEMS)))).with_gold(gold)
}

/// Submission `n`, by one of 101 annotators, to item `n`: about 1,150 bytes, half of them the
/// platform's own, with one string that is not ASCII.
pub fn submission(n: usize) -> Vec<u8> {
    // One answer in seven differs from the others'. 101 and 7 share no factor with 10, so everybody
    // meets gold.
    let class = CLASSES[(n + usize::from(n % 7 == 3)) % CLASSES.len()];
    let (name, annotator) = (name(n), n % 101);
    let submitted = START_MS + n as i64 * 1000;
    let time = |ms: i64| format!("{:.3}", jiff::Timestamp::from_millisecond(ms).unwrap());
    let (started, submitted) = (time(submitted - 9037), time(submitted));
    let (sha256, sha512) = (hexadecimal(n, Algorithm::Sha256), hexadecimal(n, Algorithm::Sha512));
    let probe = |metric: &str, k: usize| {
        format!(
            r#"{{"metric":"{metric}","source":"probe_{n:08x}","k":{},"n":{},"score":0.{:03}}}"#,
            n % 40 + k,
            40 + n % 90,
            (n * 7 + k) % 1000
        )
    };
    let probes =
        [probe("zoom", 1), probe("scroll", 2), probe("hover", 3), probe("undo", 4)].join(",");
    format!(
        r#"{{"id":"01JD{n:022}","annotator":"ann-{annotator:08}","item":{{"id":"task-{n}","name":"{name}","digest":{{"sha256":"{sha256}","sha512":"{sha512}"}}}},"label":{{"class":"{class}"}},"started_at":"{started}","submitted_at":"{submitted}","elapsed_ms":9000,"session":"tab-{n:016x}","platform":{{"project":{},"batch":"urn:uuid:6e1f4cbd-9d1e-4c80-9a7e2a8a4ac0","tool":{{"name":"image-classifier","version":"4.12.1","locale":"de-DE","keyboard":true,"zoom":1.25}},"observations":[{probes}],"labels":["safe","reviewed","lang:de"],"comment":"Seen twice; the second view of “{n:06x}” was unclear. Skipped the café sign {n:012x}."}}}}"#,
        1 + n % 90
    )
    .into_bytes()
}

/// A memory in which each of the first `items` items has its earlier labels.
pub fn memory(gate: &Gate, items: usize) -> Memory {
    let mut memory = Memory::new();
    for annotator in 0..EARLIER_LABELS {
        for item in 0..items {
            let class = CLASSES[(item + usize::from(annotator == 4)) % CLASSES.len()];
            let input = format!(
                r#"{{"id":"earlier-{annotator}-{item}","annotator":"earlier-{annotator}","item":{{"id":"task-{item}","name":"{}","digest":{{"sha256":"{}"}}}},"label":{{"class":"{class}"}},"elapsed_ms":{}}}"#,
                name(item),
                hexadecimal(item, Algorithm::Sha256),
                5000 + annotator * 100
            );
            // Honest people: half a minute an answer.
            let at_ms = START_MS - (items - item) as i64 * 30_000;
            gate.check(&mut memory, input.as_bytes(), Some(at_ms));
        }
    }
    memory
}
