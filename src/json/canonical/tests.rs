use super::*;
use proptest::prelude::*;

fn canonical(text: &str) -> String {
    String::from_utf8(canonicalize(text.as_bytes()).unwrap()).unwrap()
}

#[test]
fn numbers_are_those_of_ecmascript() {
    for (text, expected) in [
        ("-0", "0"),
        ("-0.0", "0"),
        ("0e5", "0"),
        ("1.0", "1"),
        ("-1.5e3", "-1500"),
        ("1e21", "1e+21"),
        ("1.5e300", "1.5e+300"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("-12.5e-10", "-1.25e-9"),
        ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("9007199254740991", "9007199254740991"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn two_integers_that_a_double_cannot_tell_apart_are_refused() {
    for text in ["9007199254740992", "9007199254740993", "-9007199254740992", "[1e400]", "1e20"] {
        assert!(canonicalize(text.as_bytes()).is_err(), "{text}");
    }
    let mut out = Vec::new();
    write_number(&mut out, 123_456_789_012_345_678_901.5);
    assert_eq!(out, b"123456789012345680000");
}

#[test]
fn members_stand_in_the_order_of_utf16_and_not_of_code_points() {
    // U+1F600 is D83D DE00 in UTF-16, which is before U+FB33.
    assert_eq!(
        canonical(
            r#"{"\ufb33":1,"\ud83d\ude00":2,"b":{"z":[{"y":1,"x":2}],"a":null},"a":true,"":3}"#
        ),
        "{\"\":3,\"a\":true,\"b\":{\"a\":null,\"z\":[{\"x\":2,\"y\":1}]},\"\u{1F600}\":2,\"\u{FB33}\":1}"
    );
}

#[test]
fn names_that_are_the_same_after_unescaping_are_refused() {
    assert!(canonicalize(br#"{"a":1,"\u0061":2}"#).is_err());
}

#[test]
fn what_is_drained_and_what_is_left_are_the_whole_form() {
    let text = br#"{"a":[{"y":1,"x":[1,2,3]},{"b":"text","a":"text"}],"b":{"d":4,"c":3},"c":5}"#;
    let whole = canonicalize(text).unwrap();
    for window in 0..40 {
        let limits = StreamLimits {
            max_bytes: 1000,
            max_depth: 9,
            max_open_names: 99,
            max_string_bytes: 99,
        };
        let mut stream = Stream::new(limits);
        let mut canonical = Canonical::default();
        let mut drained = Vec::new();
        let mut rest = &text[..];
        let mut in_order = true;
        while let Some(event) = stream.next(&mut rest, true).unwrap() {
            in_order = canonical.take(event).is_ok();
            if !in_order {
                break;
            }
            let settled = canonical.settled(window);
            drained.extend_from_slice(&canonical.as_bytes()[..settled]);
            canonical.drain(settled);
        }
        // `{"b":"text"` has eleven bytes, and the next member must stand before it.
        assert_eq!(in_order, window > 11, "window {window}");
        if in_order {
            drained.extend_from_slice(canonical.as_bytes());
            assert_eq!(String::from_utf8_lossy(&drained), String::from_utf8_lossy(&whole));
        }
    }
}

#[test]
fn the_place_of_a_further_member_is_where_it_sorts() {
    let mut canonical = Canonical::default();
    for event in [Event::ObjectStart, Event::Name("z"), Event::Null, Event::Name("b"), Event::Null]
    {
        canonical.take(event).unwrap();
    }
    canonical.sort();
    assert_eq!(canonical.as_bytes(), br#"{"b":null,"z":null"#);
    assert_eq!(canonical.place_in_root("a"), Some(1));
    assert_eq!(canonical.place_in_root("signature"), Some(10));
    assert_eq!(canonical.place_in_root("zz"), None);
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(serde_json::Value::from),
        any::<f64>()
            .prop_filter("a large integer", |value| !(9e15..1e21).contains(&value.abs()))
            .prop_map(serde_json::Value::from),
        ".*".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(serde_json::Value::from),
            prop::collection::hash_map(
                "[a-c\u{e000}-\u{ffff}\u{10000}-\u{10400}\\PC]{0,4}",
                inner,
                0..8
            )
            .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_another_implementation(value in any_json()) {
        // Members in the order of bytes, or of the map; then in the order of serde_json's own map.
        let text = value.to_string();
        let ours = canonicalize(text.as_bytes()).unwrap();
        let theirs = serde_json_canonicalizer::to_vec(&value).unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
        prop_assert_eq!(&canonicalize(&ours).unwrap(), &ours, "canonical form of itself");
    }

    #[test]
    fn numbers_agree_with_another_implementation(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        prop_assume!(value.is_finite());
        let mut ours = Vec::new();
        write_number(&mut ours, value);
        let theirs = serde_json_canonicalizer::to_vec(&value).unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
    }
}
