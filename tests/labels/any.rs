//! What must hold of any two labels.

use labelgate::Label;
use labelgate::json::{Reader, Writer};
use labelgate::label::{BoundingBox, Distance, Keypoint, LabelSchema, NumberScale, Polygon, Span};
use proptest::prelude::*;

fn class() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[abé]{1,2}")
}

/// Small whole numbers meet each other often; others hardly ever.
fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![(-4..8i32).prop_map(f64::from), -100.0..100.0f64, -1e9..1e9f64, Just(-0.0),]
}

fn a_box() -> impl Strategy<Value = BoundingBox> {
    let length = || prop_oneof![(1..6i32).prop_map(f64::from), 1e-6..100.0f64];
    (class(), coordinate(), coordinate(), length(), length()).prop_map(
        |(class, x, y, width, height)| BoundingBox { class, x: x + 0.0, y: y + 0.0, width, height },
    )
}

fn polygon() -> impl Strategy<Value = Polygon> {
    let points = prop::collection::vec([coordinate(), coordinate()], 3..12);
    (class(), points).prop_filter_map("3 corners", |(class, points)| Polygon::new(class, points))
}

fn span() -> impl Strategy<Value = Span> {
    (class(), 0..30u32, 1..12u32).prop_map(|(class, start, length)| Span {
        class,
        start,
        end: start + length,
    })
}

fn keypoint() -> impl Strategy<Value = Keypoint> {
    ("[abcd]", coordinate(), coordinate()).prop_map(|(name, x, y)| Keypoint {
        name,
        x: x + 0.0,
        y: y + 0.0,
    })
}

fn ranking() -> impl Strategy<Value = Label> {
    let items: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec();
    (Just(items).prop_shuffle(), 1..=6usize, any::<u8>()).prop_map(|(items, count, ties)| {
        let mut tiers: Vec<Vec<String>> = Vec::new();
        for (n, item) in items.into_iter().take(count).enumerate() {
            match tiers.last_mut().filter(|_| ties >> n & 1 == 1) {
                Some(tier) => tier.push(item),
                None => tiers.push(vec![item]),
            }
        }
        Label::ranking(tiers).unwrap()
    })
}

fn label() -> impl Strategy<Value = Label> {
    use prop::collection::vec;
    prop_oneof![
        vec(a_box(), 0..5).prop_map(|boxes| Label::boxes(boxes).unwrap()),
        "[ab]".prop_map(Label::Class),
        prop::collection::btree_set("[abcd]", 0..4)
            .prop_map(|set| Label::class_set(set.into_iter().collect()).unwrap()),
        vec(keypoint(), 0..5).prop_filter_map("names once", Label::keypoints),
        prop_oneof![-2.0..30.0f64, any::<f64>().prop_filter("finite", |n| n.is_finite())]
            .prop_map(|number| Label::Number(number + 0.0)),
        vec(polygon(), 0..4).prop_map(|polygons| Label::polygons(polygons).unwrap()),
        ranking(),
        (-3..8i32).prop_map(Label::Rating),
        vec(span(), 0..6).prop_map(|spans| Label::spans(spans).unwrap()),
        "[ab é日]{0,90}".prop_map(Label::Text),
    ]
}

fn schemas() -> Vec<Option<LabelSchema>> {
    let number = |min, max, scale| Some(LabelSchema::Number { min, max, scale });
    vec![
        None,
        Some(LabelSchema::Rating { min: 0, max: 5 }),
        number(Some(0.0), Some(24.0), NumberScale::Circular),
        number(Some(0.0), Some(24.0), NumberScale::Interval),
        number(Some(0.0), None, NumberScale::Ratio),
        number(Some(f64::MIN), Some(f64::MAX), NumberScale::Interval),
        Some(LabelSchema::Keypoints {
            names: vec!["a".into(), "b".into()],
            sigmas: vec![0.03, 0.1],
            size: Some(50.0),
            width: None,
            height: None,
        }),
    ]
}

fn json(label: &Label) -> Vec<u8> {
    let mut writer = Writer::new();
    label.write(&mut writer);
    writer.into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn distances_are_symmetric_to_the_bit_and_from_0_to_1((a, b) in (label(), label())) {
        for schema in schemas() {
            let schema = schema.as_ref();
            for distance in Distance::ALL {
                let apart = distance.between(&a, &b, schema);
                prop_assert!((0.0..=1.0).contains(&apart), "{distance:?} {apart}");
                prop_assert_eq!(apart.to_bits(), distance.between(&b, &a, schema).to_bits());
                prop_assert_eq!(distance.between(&a, &a, schema).to_bits(), 0.0_f64.to_bits());
            }
            let alike = a.similarity(&b, schema);
            prop_assert!((0.0..=1.0).contains(&alike));
            prop_assert_eq!(alike.to_bits(), b.similarity(&a, schema).to_bits());
            prop_assert_eq!(a.similarity(&a, schema).to_bits(), 1.0_f64.to_bits());
        }
    }

    #[test]
    fn distances_within_a_kind_are_symmetric_to_the_bit(
        (a, b) in (prop::collection::vec(polygon(), 0..4), prop::collection::vec(polygon(), 0..4)),
    ) {
        let (a, b) = (Label::polygons(a).unwrap(), Label::polygons(b).unwrap());
        let apart = Distance::PolygonIou.between(&a, &b, None);
        prop_assert!((0.0..=1.0).contains(&apart));
        prop_assert_eq!(apart.to_bits(), Distance::PolygonIou.between(&b, &a, None).to_bits());
    }

    #[test]
    fn boxes_are_as_far_apart_as_counting_cells_has_it(
        (a, b) in (prop::collection::vec(whole_box(), 0..6), prop::collection::vec(whole_box(), 0..6)),
    ) {
        let cells = |boxes: &[BoundingBox], class: Option<&str>| -> Vec<bool> {
            let covers = |one: &BoundingBox, x: f64, y: f64| {
                one.class.as_deref() == class
                    && (one.x..one.x + one.width).contains(&x)
                    && (one.y..one.y + one.height).contains(&y)
            };
            (0..400)
                .map(|n| (f64::from(n % 20) + 0.5, f64::from(n / 20) + 0.5))
                .map(|(x, y)| boxes.iter().any(|one| covers(one, x, y)))
                .collect()
        };
        let (mut both, mut either) = (0, 0);
        for class in [None, Some("a")] {
            for (a, b) in cells(&a, class).into_iter().zip(cells(&b, class)) {
                both += i32::from(a && b);
                either += i32::from(a || b);
            }
        }
        let expected = if either == 0 { 0.0 } else { 1.0 - f64::from(both) / f64::from(either) };
        let (a, b) = (Label::boxes(a).unwrap(), Label::boxes(b).unwrap());
        let apart = Distance::BoxIou.between(&a, &b, None);
        prop_assert!((apart - expected).abs() < 1e-12, "{apart} {expected}");
    }

    #[test]
    fn a_label_reads_back_and_equal_labels_are_equal_bytes((a, b) in (label(), label())) {
        let text = json(&a);
        let read = Label::read(&mut Reader::new(&text, 8).unwrap()).unwrap();
        prop_assert_eq!(&read, &a);
        prop_assert_eq!(json(&read), text);
        prop_assert_eq!(a == b, json(&a) == json(&b));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
    }
}

fn whole_box() -> impl Strategy<Value = BoundingBox> {
    let (place, length) = (|| (0..10i32).prop_map(f64::from), || (1..10i32).prop_map(f64::from));
    (prop::option::of(Just("a".to_owned())), place(), place(), length(), length())
        .prop_map(|(class, x, y, width, height)| BoundingBox { class, x, y, width, height })
}
