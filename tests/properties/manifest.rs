//! The readers of Croissant, OpenSSF Model Signing and SPDX.

use labelgate::bom::Manifest;
use proptest::prelude::*;

use crate::holds;

#[test]
fn bytes_of_any_kind_never_panic() {
    let names =
        vec!["@context", "@type", "@graph", "distribution", "conformsTo", "dsseEnvelope", "name"];
    let values = vec![
        "1",
        "null",
        "[]",
        "{}",
        "\"sc:Dataset\"",
        "[{\"@type\":[1]}]",
        "\"https://spdx.org/rdf/3\"",
        "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\"}",
    ];
    let member = (prop::sample::select(names), prop::sample::select(values));
    let members = prop::collection::vec(member, 0..5);
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    holds(256, (bytes, members), |(bytes, members)| {
        let _ = Manifest::from_json(&bytes);
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let _ = Manifest::from_json(format!("{{{}}}", members.join(",")).as_bytes());
        Ok(())
    });
}
