use super::*;
use crate::digest::Algorithm;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn sha256(hex: &str) -> Digest {
    Digest::from_hex(Algorithm::Sha256, hex).unwrap()
}

fn file(name: &str, hex: &str) -> String {
    format!(r#"{{"type":"file","name":"{name}","hashes":[{{"alg":"SHA-256","content":"{hex}"}}]}}"#)
}

fn document(members: &str) -> String {
    format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6",{members}}}"#)
}

fn read(members: &str) -> Result<Bom, Error> {
    let document = document(members);
    let whole = Bom::from_slice(document.as_bytes());
    let mut reader = BomReader::new(BomLimits::default());
    let mut pieces = document.as_bytes().chunks(1);
    let bytewise = pieces.try_for_each(|piece| reader.push(piece)).and_then(|()| reader.finish());
    assert_eq!(whole, bytewise, "one byte at a time");
    whole
}

fn refusal(members: &str) -> String {
    let error = read(members).unwrap_err();
    assert_eq!(error.code(), crate::ErrorCode::Bom);
    error.message().to_owned()
}

fn tree(reference: &str, compositions: &str) -> String {
    let (a, b) = (file("a", A), file("b", B));
    format!(
        r#""components":[{{"type":"data","bom-ref":"{reference}","name":"set","components":[{a},
        {{"type":"data","bom-ref":"folder","name":"folder","components":[{b}]}}]}}],
        "compositions":[{compositions}]"#
    )
}

#[test]
fn items_are_found_by_name_bom_ref_and_digest() {
    let bom = read(&format!(
        r#""version":3,"components":[{{"bom-ref":"r-1","hashes":[{{"content":"{A}","alg":"SHA-256"}}],"name":"n-1"}}]"#
    ))
    .unwrap();
    for key in ["n-1", "r-1"] {
        let found: Vec<_> = bom.find(key).collect();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name(), found[0].bom_ref()), ("n-1", Some("r-1")));
        assert_eq!(found[0].digests().collect::<Vec<_>>(), [sha256(A)]);
        assert!(found[0].lists(&sha256(A)) && !found[0].lists(&sha256(B)));
    }
    assert!(bom.find("n-2").next().is_none() && bom.find("").next().is_none());
    assert!(bom.contains(&sha256(A)) && !bom.contains(&sha256(B)));
    assert_eq!(bom.find_digest(&sha256(A)).next().unwrap().name(), "n-1");
    assert_eq!((bom.len(), bom.version(), bom.spec_version()), (1, 3, SpecVersion::V1_6));
}

#[test]
fn a_name_of_two_items_gives_both() {
    let bom = read(&format!(r#""components":[{},{}]"#, file("x", A), file("x", B))).unwrap();
    let found: Vec<Vec<Digest>> = bom.find("x").map(|entry| entry.digests().collect()).collect();
    assert_eq!(found, [[sha256(A)], [sha256(B)]]);
}

#[test]
fn an_empty_data_set_contains_nothing() {
    let bom = read(r#""components":[]"#).unwrap();
    assert!(bom.is_empty() && !bom.is_complete() && !bom.contains(&sha256(A)));
}

#[test]
fn only_parts_of_the_data_set_are_items() {
    let item = file("x", A);
    let bom = read(&format!(
        r#""components":[{{"type":"data","name":"set","pedigree":{{"ancestors":[{item}]}},
        "x":{{"hashes":[{{"alg":"SHA-256","content":"{B}"}}]}}}}],
        "metadata":{{"tools":{{"components":[{item}]}}}},"formulation":[{{"components":[{item}]}}],
        "vulnerabilities":[{{"tools":{{"components":[{item}]}}}}],"services":[{{"components":[{item}]}}]"#
    ))
    .unwrap();
    assert!(bom.is_empty());
}

#[test]
fn the_subject_and_its_parts_are_items() {
    let bom = read(&format!(
        r#""metadata":{{"component":{{"name":"set","hashes":[{{"alg":"SHA-256","content":"{B}"}}],
        "components":[{}]}}}}"#,
        file("x", A)
    ))
    .unwrap();
    let names: Vec<&str> = bom.entries().map(|entry| entry.name()).collect();
    assert_eq!(names, ["x", "set"]);
}

#[test]
fn hashes_of_references_belong_to_the_component() {
    let reference = |hex| {
        format!(
            r#"{{"type":"distribution","url":"u","hashes":[{{"alg":"SHA-256","content":"{hex}"}}]}}"#
        )
    };
    let (first, second) = (reference(B), reference(A));
    let bom = read(&format!(
        r#""components":[{{"name":"x","externalReferences":[{first},{second},{first}],
        "hashes":[{{"alg":"SHA-256","content":"{A}"}}]}}]"#
    ))
    .unwrap();
    let digests: Vec<Digest> = bom.find("x").next().unwrap().digests().collect();
    assert_eq!(digests, [sha256(B), sha256(A)]);
}

#[test]
fn members_written_with_escapes_are_the_same_members() {
    let bom = read(&format!(
        r#""components":[{{"n\u0061me":"\u0078","\u0068ashes":[{{"\u0061lg":"SHA-\u003256","content":"{A}"}}]}}]"#
    ))
    .unwrap();
    assert!(bom.find("x").any(|entry| entry.lists(&sha256(A))));
    assert!(
        refusal(&format!(r#""components":[{{"name":"x","hashes":[],"\u0068ashes":[{{"alg":"SHA-256","content":"{A}"}}]}}]"#))
            .contains("each member name once")
    );
}

#[test]
fn weak_digests_are_named_and_prove_nothing() {
    let bom = read(
        r#""components":[{"name":"x","hashes":[{"alg":"SHA-1","content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"alg":"MD5","content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]},{"type":"file","name":"y"}]"#,
    )
    .unwrap();
    let entry = bom.find("x").next().unwrap();
    assert!(entry.is_weak_only());
    assert_eq!(entry.weak_algorithms().collect::<Vec<_>>(), ["MD5", "SHA-1"]);
    let entry = bom.find("y").next().unwrap();
    assert!(entry.is_weak_only() && entry.weak_algorithms().next().is_none());
    assert_eq!(bom.summary().weak_only, 2);
}

#[test]
fn a_digest_that_cannot_be_one_is_refused_with_the_place() {
    assert_eq!(
        refusal(
            "\"components\":[{\"name\":\"x\",\"hashes\":[\n{\"alg\":\"SHA-256\",\"content\":\"abc\"}]}]"
        ),
        "a SHA-256 digest has 64 hexadecimal digits, got 3 at byte 109 (line 2, column 28)"
    );
    for hash in [
        format!(r#"{{"alg":"SHA-512","content":"{A}"}}"#),
        format!(r#"{{"alg":"sha-256","content":"{A}"}}"#),
        format!(r#"{{"alg":"MD5","content":"{A}"}}"#),
        format!(r#"{{"content":"{A}"}}"#),
        r#"{"alg":"SHA-256"}"#.to_owned(),
        r#"{"alg":"SHA-256","content":null}"#.to_owned(),
        "7".to_owned(),
    ] {
        refusal(&format!(r#""components":[{{"name":"x","hashes":[{hash}]}}]"#));
    }
}

#[test]
fn two_values_of_one_algorithm_are_refused_and_a_repeated_one_is_not() {
    let hashes = |second| {
        format!(
            r#""components":[{{"name":"x","hashes":[{{"alg":"SHA-256","content":"{A}"}},{{"alg":"SHA-256","content":"{second}"}}]}}]"#
        )
    };
    assert!(
        refusal(&hashes(B)).starts_with("expected one SHA-256 value in the same `hashes` at byte")
    );
    assert_eq!(
        read(&hashes(&A.to_uppercase())).unwrap().find("x").next().unwrap().digests().count(),
        1
    );
}

#[test]
fn values_of_the_wrong_type_are_refused_where_we_read() {
    for members in [
        r#""components":{}"#,
        r#""components":[1]"#,
        r#""components":null"#,
        r#""components":[{"name":1}]"#,
        r#""components":[{"hashes":{}}]"#,
        r#""components":[{"bom-ref":true}]"#,
        r#""components":[{"externalReferences":"x"}]"#,
        r#""components":[{"externalReferences":[{"hashes":1}]}]"#,
        r#""metadata":[]"#,
        r#""metadata":{"component":[]}"#,
        r#""compositions":{}"#,
        r#""serialNumber":1"#,
        r#""serialNumber":"urn:uuid:3E671687-395B-41F5-A30F-A58921A69B79""#,
        r#""version":"1""#,
        r#""version":0"#,
        r#""version":1.5"#,
        r#""version":-1"#,
        r#""compositions":[{"aggregate":"complete","assemblies":"x"}]"#,
        r#""compositions":[{"aggregate":"complete","assemblies":[1]}]"#,
        r#""compositions":[{}]"#,
    ] {
        assert!(refusal(members).starts_with("expected"), "{members}");
    }
    assert_eq!(read(r#""version":2.0"#).unwrap().version(), 2);
}

#[test]
fn other_formats_and_versions_are_refused_by_name() {
    for (text, message) in [
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.4"}"#,
            "expected CycloneDX 1.5, 1.6 or 1.7, found `1.4` at byte 39 (line 1, column 40)",
        ),
        (
            r#"{"specFormat":"CycloneDX","specVersion":"2.0"}"#,
            "expected CycloneDX 1.5, 1.6 or 1.7, found a draft of 2.0 (`specFormat`) at byte 1 (line 1, column 2)",
        ),
        (
            r#"{"bomFormat":"SPDX"}"#,
            "expected `bomFormat` to be CycloneDX, found `SPDX` at byte 13 (line 1, column 14)",
        ),
        ("{}", "expected a CycloneDX BOM, found no `bomFormat` at byte 1 (line 1, column 2)"),
        (r#"{"bomFormat":"CycloneDX"}"#, "expected a `specVersion` at byte 24 (line 1, column 25)"),
        ("[]", "expected a BOM to be an object at byte 0 (line 1, column 1)"),
        ("7", "expected a BOM to be an object at byte 0 (line 1, column 1)"),
    ] {
        assert_eq!(Bom::from_slice(text.as_bytes()).unwrap_err().message(), message);
    }
}

#[test]
fn complete_over_the_outermost_component_is_complete() {
    let complete = r#"{"aggregate":"complete","assemblies":["set"]}"#;
    assert!(read(&tree("set", complete)).unwrap().is_complete());
    assert!(!read(&tree("set", "")).unwrap().is_complete());
    assert!(!read(&tree("other", complete)).unwrap().is_complete());
    for said in [
        r#"{"aggregate":"incomplete","assemblies":["set"]}"#,
        r#"{"aggregate":"complete"}"#,
        r#"{"aggregate":"complete","dependencies":["set"]}"#,
        r#"{"aggregate":"complete","assemblies":["folder"]}"#,
        r#"{"aggregate":"Complete","assemblies":["set"]}"#,
    ] {
        assert!(!read(&tree("set", said)).unwrap().is_complete(), "{said}");
    }
    for against in ["set", "folder"] {
        let said = format!(r#"{complete},{{"assemblies":["{against}"],"aggregate":"unknown"}}"#);
        assert!(!read(&tree("set", &said)).unwrap().is_complete(), "{against}");
    }
    let elsewhere = format!(r#"{complete},{{"assemblies":["a library"],"aggregate":"unknown"}}"#);
    assert!(read(&tree("set", &elsewhere)).unwrap().is_complete());
}

#[test]
fn a_flat_list_is_complete_when_the_subject_is() {
    let flat = |said: &str| {
        let item = file("a", A);
        let members = format!(
            r#""metadata":{{"component":{{"name":"set","bom-ref":"set"}}}},"components":[{item}],"compositions":[{said}]"#
        );
        read(&members).unwrap().is_complete()
    };
    assert!(flat(r#"{"aggregate":"complete","assemblies":["set"]}"#));
    assert!(
        !flat(r#"{"aggregate":"complete","assemblies":["a"]}"#),
        "`a` is a name, not a bom-ref"
    );
    assert!(!flat(""));
}

#[test]
fn one_of_two_data_sets_is_not_complete() {
    let set = |name: &str, hex| {
        let item = file("x", hex);
        format!(r#"{{"bom-ref":"{name}","name":"{name}","components":[{item}]}}"#)
    };
    let both = |said: &str| {
        let (one, two) = (set("one", A), set("two", B));
        read(&format!(r#""components":[{one},{two}],"compositions":[{said}]"#))
            .unwrap()
            .is_complete()
    };
    assert!(both(r#"{"aggregate":"complete","assemblies":["one","two"]}"#));
    assert!(!both(r#"{"aggregate":"complete","assemblies":["one"]}"#));
}

#[test]
fn a_bom_ref_of_two_items_is_refused() {
    let item = |reference: &str, name: &str, hex: &str| {
        format!(
            r#"{{"bom-ref":"{reference}","name":"{name}","hashes":[{{"alg":"SHA-256","content":"{hex}"}}]}}"#
        )
    };
    for (first, second) in [
        (item("r", "a", A), item("r", "b", B)),
        (item("r", "r", A), item("r", "b", B)),
        (item("r", "r", A), item("r", "r", A)),
    ] {
        assert!(
            refusal(&format!(r#""components":[{first},{second}]"#))
                .starts_with("expected each bom-ref once, found `r` again")
        );
    }
}

#[test]
fn an_item_cannot_stand_for_another_by_taking_its_name_as_bom_ref() {
    let item = |reference: &str, name: &str, hex: &str| {
        format!(
            r#"{{"bom-ref":"{reference}","name":"{name}","hashes":[{{"alg":"SHA-256","content":"{hex}"}}]}}"#
        )
    };
    let both = |first: &str, second: &str| format!(r#""components":[{first},{second}]"#);
    let (takes, taken) = (item("r", "a", A), item("s", "r", B));
    for members in [both(&takes, &taken), both(&taken, &takes)] {
        assert!(refusal(&members).starts_with(
            "expected an item whose bom-ref is not the name of another item, found `r`"
        ));
    }
    // Two versions of one thing may share a name, and a name may be that of what is around.
    let members = both(&item("r", "r", A), &item("s", "r", B));
    assert_eq!(read(&members).unwrap().find("r").count(), 2);
    let around = format!(r#"{{"bom-ref":"x","name":"a","components":[{}]}}"#, item("a", "r", A));
    assert!(read(&format!(r#""components":[{around}]"#)).is_ok());
}

#[test]
fn limits_are_kept() {
    let read = |limits: BomLimits, members: &str| {
        let mut reader = BomReader::new(limits);
        reader.push(document(members).as_bytes())?;
        reader.finish()
    };
    let limits = BomLimits { max_items: 2, max_string_bytes: 100, ..BomLimits::default() };
    let files = |count: usize| vec![file("x", A); count].join(",");
    assert!(read(limits, &format!(r#""components":[{}]"#, files(2))).is_ok());
    assert!(read(limits, &format!(r#""components":[{}]"#, files(3))).is_err());
    assert!(
        read(limits, r#""compositions":[{"aggregate":"unknown","assemblies":["a","b","c"]}]"#)
            .is_err()
    );
    assert!(read(limits, &format!(r#""components":[{}]"#, file(&"x".repeat(101), A))).is_err());
    assert!(
        read(
            limits,
            &format!(
                r#""components":[{{"name":"x","licenses":[{{"text":"{}"}}]}}]"#,
                "x".repeat(9_999)
            )
        )
        .is_ok()
    );
}

#[test]
fn a_thousand_digests_of_one_item_are_refused() {
    let references: Vec<String> = (0..1_000)
        .map(|n| format!(r#"{{"hashes":[{{"alg":"SHA-256","content":"{n:064x}"}}]}}"#))
        .collect();
    let references = references.join(",");
    assert!(
        refusal(&format!(r#""components":[{{"name":"x","externalReferences":[{references}]}}]"#))
            .starts_with("expected at most 64 digests")
    );
}

#[test]
fn an_error_stays() {
    let mut reader = BomReader::new(BomLimits::default());
    let error = reader.push(b"{]").unwrap_err();
    assert_eq!(reader.push(b"{}").unwrap_err(), error);
    assert_eq!(reader.finish().unwrap_err(), error);
}

#[test]
fn equal_prefixes_are_told_apart() {
    let items: Vec<String> =
        (0..500).map(|n| file(&format!("item-{n}"), &format!("00000000{n:056x}"))).collect();
    let bom = read(&format!(r#""components":[{}]"#, items.join(","))).unwrap();
    for n in 0..500 {
        let digest = sha256(&format!("00000000{n:056x}"));
        let found: Vec<&str> = bom.find_digest(&digest).map(|entry| entry.name()).collect();
        assert_eq!(found, [format!("item-{n}")]);
    }
    assert!(!bom.contains(&sha256(&format!("00000000{:056x}", 500))));
}

#[test]
fn the_summary_names_the_document() {
    let document = document(r#""serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79""#);
    let summary = Bom::from_slice(document.as_bytes()).unwrap().summary();
    let mut hasher = crate::digest::Hasher::new(Algorithm::Sha256);
    hasher.update(document.as_bytes());
    assert_eq!(summary.digest, hasher.finish().to_string());
    assert_eq!(
        String::from_utf8(summary.to_json()).unwrap(),
        format!(
            r#"{{"items":0,"weak_only":0,"spec_version":"1.6","serial_number":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,"complete":false,"digest":"{}"}}"#,
            summary.digest
        )
    );
}
