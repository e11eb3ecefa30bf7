//! A submission that was written is the one that is read.

use labelgate::digest::{Algorithm, Digest, Hasher};
use labelgate::{Label, Submission};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::holds;

/// An id: any text of 1 to 128 bytes, with characters that JSON must escape.
fn id() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9_-]{1,40}", "\\PC{1,20}", any::<String>()]
        .prop_filter("1 to 128 bytes", |text| (1..=128).contains(&text.len()))
}

fn label() -> impl Strategy<Value = (Value, Label)> {
    prop_oneof![
        id().prop_map(|class| (json!({"class": class}), Label::Class(class))),
        prop::collection::btree_set(id(), 0..6).prop_map(|classes| {
            // Sent in the other order: the set is what counts.
            let sent: Vec<&String> = classes.iter().rev().collect();
            (json!({"classes": sent}), Label::class_set(classes.into_iter().collect()).unwrap())
        }),
        (-1_000_000_000..=1_000_000_000i32)
            .prop_map(|rating| (json!({"rating": rating}), Label::Rating(rating))),
        any::<f64>()
            .prop_filter("a JSON number", |n| n.is_finite())
            .prop_map(|number| (json!({"number": number}), Label::Number(number + 0.0))),
    ]
}

/// Milliseconds that RFC 3339 can write: years 0000 to 9999.
fn time() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(-62_167_219_200_000..=253_402_300_799_999i64)
}

fn digest(seed: u8, algorithm: Algorithm) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(&[seed]);
    hasher.finish()
}

fn hexadecimal(digest: &Digest) -> String {
    let (_, hexadecimal) =
        digest.to_string().split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    hexadecimal
}

#[test]
fn every_member_is_read_as_it_was_sent() {
    let ids = (id(), id(), id(), prop::option::of(id()), prop::option::of(id()));
    let times = (time(), time(), prop::option::of(any::<u32>()));
    let digests = (any::<u8>(), any::<bool>(), any::<bool>());
    holds(4000, (ids, label(), times, digests, any::<bool>()), |input| {
        let ((id, annotator, item, name, session), (sent_label, label), times, digests, indent) =
            input;
        let (started, submitted, elapsed_ms) = times;
        let (seed, sha256, sha512) = digests;
        let stamp = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
        let mut sent =
            json!({"id": id, "annotator": annotator, "item": {"id": item}, "label": sent_label});
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                sent[name] = value;
            }
        };
        set("started_at", started.map(|ms| stamp(ms).into()));
        set("submitted_at", submitted.map(|ms| stamp(ms).into()));
        set("elapsed_ms", elapsed_ms.map(Value::from));
        set("session", session.clone().map(Value::from));
        let mut expected_digests = Vec::new();
        for (wanted, algorithm, key) in
            [(sha256, Algorithm::Sha256, "sha256"), (sha512, Algorithm::Sha512, "sha512")]
        {
            if wanted {
                let digest = digest(seed, algorithm);
                let text = hexadecimal(&digest);
                // Either case is hexadecimal.
                sent["item"]["digest"][key] =
                    if seed % 2 == 0 { text.to_uppercase() } else { text }.into();
                expected_digests.push(digest);
            }
        }
        if let Some(name) = &name {
            sent["item"]["name"] = name.clone().into();
        }
        let text =
            if indent { serde_json::to_vec_pretty(&sent) } else { serde_json::to_vec(&sent) }
                .unwrap();
        let read =
            Submission::from_json(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read.id, id);
        prop_assert_eq!(read.annotator, annotator);
        prop_assert_eq!(read.item.id, item);
        prop_assert_eq!(read.item.name.as_deref(), name.as_deref());
        prop_assert_eq!(read.item.digests, expected_digests);
        prop_assert_eq!(read.label, label);
        prop_assert_eq!(read.started_at_ms, started);
        prop_assert_eq!(read.submitted_at_ms, submitted);
        prop_assert_eq!(read.elapsed_ms, elapsed_ms);
        prop_assert_eq!(read.session.as_deref(), session.as_deref());
        Ok(())
    });
}
