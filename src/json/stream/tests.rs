use super::*;
use crate::fingerprint::of_text;

const LIMITS: StreamLimits = StreamLimits {
    max_bytes: 10_000_000,
    max_depth: 64,
    max_open_names: 100_000,
    max_string_bytes: 1_000,
};

fn run(limits: StreamLimits, input: &[u8], piece_bytes: usize) -> Result<Vec<String>, Error> {
    let mut stream = Stream::new(limits);
    let mut events = Vec::new();
    for mut piece in input.chunks(piece_bytes) {
        while let Some(event) = stream.next(&mut piece, true)? {
            events.push(format!("{event:?}"));
        }
    }
    if let Some(event) = stream.finish()? {
        events.push(format!("{event:?}"));
    }
    Ok(events)
}

/// The events, after making sure that cutting the input differently changes nothing.
fn events(input: &[u8]) -> Result<Vec<String>, Error> {
    let whole = run(LIMITS, input, input.len().max(1));
    for piece_bytes in 1..=input.len().min(7) {
        assert_eq!(run(LIMITS, input, piece_bytes), whole, "pieces of {piece_bytes} bytes");
    }
    whole
}

fn refusal(input: &[u8]) -> String {
    events(input).unwrap_err().message().to_owned()
}

#[test]
fn every_kind_of_value_gives_its_event() {
    assert_eq!(
        events(br#"{"a":[1,-2.5e3,true,false,null,"x"],"b":{}}"#).unwrap(),
        [
            "ObjectStart",
            "Name(\"a\")",
            "ArrayStart",
            "Number(\"1\")",
            "Number(\"-2.5e3\")",
            "Boolean(true)",
            "Boolean(false)",
            "Null",
            "String(\"x\")",
            "ArrayEnd",
            "Name(\"b\")",
            "ObjectStart",
            "ObjectEnd",
            "ObjectEnd"
        ]
    );
}

#[test]
fn a_number_alone_ends_with_the_document() {
    assert_eq!(events(b"-0.5").unwrap(), ["Number(\"-0.5\")"]);
    assert_eq!(refusal(b"-"), "expected a digit at byte 1 (line 1, column 2)");
}

#[test]
fn escapes_are_resolved_and_surrogate_pairs_joined() {
    assert_eq!(
        events(br#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00\u0000""#).unwrap(),
        [format!("{:?}", Event::String("\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{1F600}\0"))]
    );
}

#[test]
fn lone_surrogates_are_refused_in_values_and_names() {
    for input in [
        r#"["\ud800"]"#,
        r#"["\ud800x"]"#,
        r#"["\ud800\n"]"#,
        r#"["\ud800\u0041"]"#,
        r#"["\ude00"]"#,
        r#"{"\ude00":1}"#,
        r#"["\ud800\ud800"]"#,
    ] {
        assert!(refusal(input.as_bytes()).starts_with("expected no lone surrogate"), "{input}");
    }
}

#[test]
fn a_name_twice_is_refused_also_when_one_is_escaped() {
    assert_eq!(
        refusal(b"{\"hashes\":1,\n \"\\u0068ashes\":2}"),
        "expected each member name once at byte 14 (line 2, column 2)"
    );
}

#[test]
fn a_name_twice_among_many_is_refused_and_many_different_ones_are_not() {
    let mut names: Vec<String> =
        (0..1_000).map(|number| format!("\"a-long-member-name-{number}\":1")).collect();
    assert!(run(LIMITS, format!("{{{}}}", names.join(",")).as_bytes(), 64).is_ok());
    names.push(names[3].clone());
    assert!(run(LIMITS, format!("{{{}}}", names.join(",")).as_bytes(), 64).is_err());
}

#[test]
fn the_same_name_in_two_objects_is_fine() {
    assert!(events(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#).is_ok());
}

#[test]
fn a_name_is_not_mistaken_for_one_with_trailing_nul() {
    assert!(events(br#"{"a":1,"a\u0000":2,"":3,"\u0000":4}"#).is_ok());
}

#[test]
fn numbers_beyond_i_json_are_refused() {
    assert!(events(b"[9007199254740991,-9007199254740991,1e308,-0,0e999,0.0]").is_ok());
    for number in [
        "9007199254740992",
        "-9007199254740992",
        "1e309",
        "-1e309",
        "1e-400",
        "100000000000000000000",
    ] {
        assert!(refusal(format!("[{number}]").as_bytes()).contains("I-JSON"), "{number}");
    }
}

#[test]
fn an_endless_number_is_refused() {
    assert!(refusal(&[b"0.".as_slice(), &[b'1'; 3_000]].concat()).contains("at most 1100 bytes"));
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_in_strings_nobody_wants() {
    for bad in [
        b"\xC0\x80".as_slice(),
        b"\xED\xA0\x80",
        b"\xF4\x90\x80\x80",
        b"\x80",
        b"\xE2\x28\xA1",
        b"\xF8\x88\x80\x80\x80",
        b"\xE2\x82",
    ] {
        let mut stream = Stream::new(LIMITS);
        let input = [b"[\"".as_slice(), bad, b"\"]"].concat();
        let mut piece = input.as_slice();
        assert!(stream.next(&mut piece, false).is_ok());
        assert!(stream.next(&mut piece, false).is_err(), "{bad:?}");
    }
}

#[test]
fn a_long_string_nobody_wants_is_not_stored() {
    let mut stream = Stream::new(LIMITS);
    let mut piece: &[u8] = b"[\"";
    while stream.next(&mut piece, false).unwrap().is_some() {}
    for _ in 0..1_000 {
        let mut piece: &[u8] = &[b'A'; 4_096];
        assert_eq!(stream.next(&mut piece, false).unwrap(), None);
    }
    assert_eq!(stream.text.capacity(), 0);
    let mut piece: &[u8] = b"\"]";
    assert_eq!(stream.next(&mut piece, false).unwrap(), Some(Event::SkippedString));
}

#[test]
fn a_long_string_somebody_wants_is_refused_at_its_start() {
    let input = format!("[\"{}\"]", "é".repeat(501));
    assert_eq!(
        refusal(input.as_bytes()),
        "expected a string of at most 1000 bytes at byte 1 (line 1, column 2)"
    );
}

#[test]
fn levels_names_and_bytes_have_their_limits() {
    let deep = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    assert!(events(deep(64).as_bytes()).is_ok());
    assert!(refusal(deep(65).as_bytes()).starts_with("expected at most 64 levels at byte 64"));

    let tight = StreamLimits { max_bytes: 5, max_open_names: 2, ..LIMITS };
    for piece_bytes in 1..9 {
        assert!(run(tight, b"[1,2]", piece_bytes).is_ok());
        let error = run(tight, b"[1,2] ", piece_bytes).unwrap_err();
        assert_eq!(error.message(), "expected at most 5 bytes at byte 5 (line 1, column 6)");
    }
    let few = StreamLimits { max_open_names: 2, ..LIMITS };
    assert!(run(few, br#"[{"a":1,"b":1},{"c":1,"d":1}]"#, 99).is_ok());
    assert!(run(few, br#"[{"a":1,"b":{"c":1}}]"#, 99).is_err());
}

#[test]
fn what_follows_the_value_and_what_is_missing_is_refused_with_the_place() {
    for (input, message) in [
        ("", "expected a value at byte 0 (line 1, column 1)"),
        ("{}\n}", "expected nothing after the value at byte 3 (line 2, column 1)"),
        ("[1,]", "expected a value at byte 3 (line 1, column 4)"),
        ("{\"a\" 1}", "expected `:` after a member name at byte 5 (line 1, column 6)"),
        ("[1}", "expected `,` or `]` at byte 2 (line 1, column 3)"),
        ("{]", "expected a member name in double quotes or `}` at byte 1 (line 1, column 2)"),
        ("[nul]", "expected a value at byte 1 (line 1, column 2)"),
        ("[01]", "expected `,` or `]` at byte 2 (line 1, column 3)"),
        ("[\"a", "expected `\"` at the end of a string at byte 3 (line 1, column 4)"),
        ("\u{feff}{}", "expected no byte order mark at byte 0 (line 1, column 1)"),
    ] {
        assert_eq!(refusal(input.as_bytes()), message, "{input}");
    }
}

#[test]
fn short_and_long_fingerprints_never_meet() {
    let texts = [b"".as_slice(), b"\0", b"a", &[0xFF; 15], &[0xFF; 16], &[0; 15], &[0; 16]];
    for (place, text) in texts.iter().enumerate() {
        for other in &texts[place + 1..] {
            assert_ne!(of_text(text), of_text(other));
        }
    }
}
