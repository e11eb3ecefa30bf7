use super::*;
use crate::state;

const KIND: state::Kind = state::Kind { magic: *b"LGLA", noun: "label" };

fn read(text: &str) -> Result<Label, Error> {
    Label::read(&mut Reader::new(text.as_bytes(), 8)?)
}

#[test]
fn the_simple_kinds_are_read() {
    assert_eq!(read(r#"{"class":"cat"}"#).unwrap(), Label::Class("cat".into()));
    assert_eq!(
        read(r#"{"classes":["b","a"]}"#).unwrap(),
        Label::Classes(vec!["a".into(), "b".into()])
    );
    assert_eq!(read(r#"{"rating":-3}"#).unwrap(), Label::Rating(-3));
    assert_eq!(read(r#"{"number":-0}"#).unwrap(), Label::Number(0.0));
}

#[test]
fn a_label_of_no_kind_of_two_kinds_or_out_of_bounds_is_refused() {
    for bad in [
        "{}",
        r#"{"class":"a","rating":1}"#,
        r#"{"class":""}"#,
        r#"{"classes":["a","a"]}"#,
        r#"{"rating":1.5}"#,
        r#"{"rating":1000000001}"#,
        r#"{"number":"1"}"#,
        r#"{"box":[]}"#,
        "[]",
        r#"{"class":1}"#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn equal_answers_are_equal_bytes_however_they_were_sent() {
    for (sent, canonical) in [
        (r#"{"ranking":[["c","b"],"a"]}"#, r#"{"ranking":[["b","c"],"a"]}"#),
        (r#"{"ranking":[["b"],["a"]]}"#, r#"{"ranking":["b","a"]}"#),
        (
            r#"{"spans":[{"end":9,"start":3.0,"class":"P"},{"start":5,"end":7},{"start":5,"end":7}]}"#,
            r#"{"spans":[{"start":5,"end":7},{"start":3,"end":9,"class":"P"}]}"#,
        ),
        (
            r#"{"boxes":[{"x":1,"y":-0,"width":3,"height":4},{"height":1,"width":1,"x":0,"y":0}]}"#,
            r#"{"boxes":[{"x":0,"y":0,"width":1,"height":1},{"x":1,"y":0,"width":3,"height":4}]}"#,
        ),
        (
            r#"{"polygons":[{"class":"cat","points":[[4,0],[4,0],[-0,0],[4,3],[4,0]]}]}"#,
            r#"{"polygons":[{"points":[[0,0],[4,0],[4,3]],"class":"cat"}]}"#,
        ),
        (
            r#"{"keypoints":[{"name":"nose","x":1,"y":2},{"name":"eye","x":-0.0,"y":2.5}]}"#,
            r#"{"keypoints":[{"name":"eye","x":0,"y":2.5},{"name":"nose","x":1,"y":2}]}"#,
        ),
        (r#"{"text":""}"#, r#"{"text":""}"#),
        (r#"{"spans":[]}"#, r#"{"spans":[]}"#),
    ] {
        let label = read(sent).unwrap_or_else(|error| panic!("{sent}: {error}"));
        let mut writer = Writer::new();
        label.write(&mut writer);
        assert_eq!(std::str::from_utf8(writer.as_bytes()).unwrap(), canonical);
        assert_eq!(read(canonical).unwrap(), label);
        let saved = state::save(KIND, &label);
        assert_eq!(state::restore::<Label>(KIND, &saved).unwrap(), label);
    }
}

#[test]
fn what_has_not_the_one_form_is_not_restored() {
    let span = |start, end| Span { class: None, start, end };
    let corners = vec![[4.0, 0.0], [0.0, 0.0], [4.0, 3.0]];
    for label in [
        Label::Number(f64::NAN),
        Label::Number(-0.0),
        Label::Rating(i32::MAX),
        Label::Class(String::new()),
        Label::Classes(vec!["b".into(), "a".into()]),
        Label::Spans(vec![span(5, 9), span(1, 2)]),
        Label::Spans(vec![span(5, 5)]),
        Label::Spans(vec![span(0, u32::MAX)]),
        Label::Boxes(vec![BoundingBox { class: None, x: 0.0, y: 0.0, width: 0.0, height: 1.0 }]),
        Label::Boxes(vec![BoundingBox { class: None, x: -0.0, y: 0.0, width: 1.0, height: 1.0 }]),
        Label::Keypoints(vec![Keypoint { name: "a".into(), x: 2e9, y: 0.0 }]),
        Label::Polygons(vec![Polygon { class: None, points: corners }]),
        Label::Ranking(vec![]),
        Label::Ranking(vec![vec!["a".into()], vec!["a".into()]]),
        Label::Ranking(vec![vec![]]),
        Label::Text("x".repeat(MAX_TEXT_BYTES + 1)),
    ] {
        let saved = state::save(KIND, &label);
        assert!(state::restore::<Label>(KIND, &saved).is_err(), "{label:?}");
    }
}

#[test]
fn shapes_out_of_bounds_are_refused_with_what_was_expected() {
    for (bad, expected) in [
        (r#"{"spans":[{"start":3}]}"#, "expected a span with `start`, `end`"),
        (r#"{"spans":[{"start":3,"end":3}]}"#, "expected `start` and `end` to be whole"),
        (r#"{"spans":[{"start":-1,"end":3}]}"#, "expected `start` and `end` to be whole"),
        (r#"{"spans":[{"start":0.5,"end":3}]}"#, "expected `start` and `end` to be whole"),
        (r#"{"boxes":[{"x":1,"y":2,"width":0,"height":4}]}"#, "expected `width` and `height`"),
        (r#"{"boxes":[{"x":1e10,"y":2,"width":1,"height":4}]}"#, "expected a number within"),
        (r#"{"boxes":[{"x":1,"y":2,"w":1,"h":4}]}"#, "expected a box with"),
        (r#"{"polygons":[{"points":[[0,0],[1,1],[0,0]]}]}"#, "expected a polygon of at least"),
        (r#"{"polygons":[{"points":[[0,0],[1],[2,0]]}]}"#, "expected a point as `[x,y]`"),
        (r#"{"polygons":[{"class":"a"}]}"#, "expected a polygon of at least"),
        (r#"{"keypoints":[{"x":1,"y":2}]}"#, "expected a key point with"),
        (
            r#"{"keypoints":[{"name":"a","x":1,"y":2},{"name":"a","x":1,"y":3}]}"#,
            "expected each name once",
        ),
        (r#"{"ranking":[]}"#, "expected a ranking of at least one item, each once"),
        (r#"{"ranking":["a",["b","a"]]}"#, "expected a ranking of at least one"),
        (r#"{"ranking":[["a","a"]]}"#, "expected a ranking of at least one"),
        (r#"{"ranking":["a",[]]}"#, "expected a ranking of at least one"),
        (r#"{"ranking":[[["a"]]]}"#, "expected a class name"),
    ] {
        let error = Label::read(&mut Reader::new(bad.as_bytes(), 8).unwrap()).unwrap_err();
        assert!(error.message().starts_with(expected), "{bad}: {error}");
    }
}

#[test]
fn lists_are_bounded() {
    let list = |kind: &str, one: &str, count: usize| {
        format!("{{\"{kind}\":[{}]}}", vec![one; count].join(","))
    };
    let square = r#"{"points":[[0,0],[1,0],[1,1],[0,1]]}"#;
    for (kind, one, most) in [
        ("spans", r#"{"start":0,"end":1}"#, MAX_SPANS),
        ("boxes", r#"{"x":1,"y":2,"width":3,"height":4}"#, MAX_BOXES),
        ("polygons", square, MAX_POLYGONS),
        ("keypoints", r#"{"name":"a","x":1,"y":2}"#, MAX_KEYPOINTS),
    ] {
        assert!(read(&list(kind, one, most)).is_ok(), "{kind}");
        assert!(read(&list(kind, one, most + 1)).is_err(), "{kind}");
    }
    let zigzag: Vec<_> = (0..=MAX_POINTS).map(|n| format!("[{n},{}]", n % 2)).collect();
    let polygon =
        |points: &[String]| format!(r#"{{"polygons":[{{"points":[{}]}}]}}"#, points.join(","));
    assert!(read(&polygon(&zigzag[..MAX_POINTS])).is_ok());
    assert!(read(&polygon(&zigzag)).is_err());
    let text = |bytes: usize| format!(r#"{{"text":"{}"}}"#, "x".repeat(bytes));
    assert!(read(&text(MAX_TEXT_BYTES)).is_ok());
    assert!(read(&text(MAX_TEXT_BYTES + 1)).is_err());
}

#[test]
fn similarity_is_symmetric_and_within_bounds() {
    let scale = LabelSchema::Rating { min: 1, max: 5 };
    let labels = [
        Label::Class("a".into()),
        Label::Class("b".into()),
        Label::Classes(vec![]),
        Label::Classes(vec!["a".into(), "b".into()]),
        Label::Classes(vec!["b".into()]),
        Label::Rating(1),
        Label::Rating(4),
        Label::Number(0.5),
        Label::Number(f64::MAX),
    ];
    for a in &labels {
        assert!((a.similarity(a, Some(&scale)) - 1.0).abs() < 1e-12);
        for b in &labels {
            let ab = a.similarity(b, Some(&scale));
            assert!((0.0..=1.0).contains(&ab));
            assert!((ab - b.similarity(a, Some(&scale))).abs() < 1e-15);
        }
    }
    assert!((Label::Rating(1).similarity(&Label::Rating(4), Some(&scale)) - 0.25).abs() < 1e-12);
    let half = labels[3].similarity(&labels[4], None);
    assert!((half - 0.5).abs() < 1e-12);
}
