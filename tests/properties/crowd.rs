//! Small crowds of any behaviour: a policy, gold, and submissions in the order they arrive.

use labelgate::{Gate, Gold, Memory, Policy};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A policy with its gold, and what arrives.
#[derive(Clone, Debug)]
pub struct Crowd {
    pub policy: Value,
    pub gold: Value,
    pub arrivals: Vec<Arrival>,
}

/// One submission as bytes, and the host's clock.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub annotator: usize,
    pub input: Vec<u8>,
    pub at_ms: Option<i64>,
}

/// How a crowd is made.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub annotators: usize,
    pub items: usize,
    pub most: usize,
    /// Whether some of the input is broken, repeated, or has no clock.
    pub disorder: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self { annotators: 4, items: 6, most: 80, disorder: true }
    }
}

const START_MS: i64 = 1_795_428_000_000;

impl Crowd {
    pub fn gate(&self) -> Gate {
        let policy = Policy::from_json(self.policy.to_string().as_bytes()).unwrap();
        let gold = Gold::from_json(self.gold.to_string().as_bytes()).unwrap();
        Gate::new(policy, None).with_gold(gold)
    }

    /// Every full verdict, in one memory.
    pub fn verdicts(&self) -> Vec<Vec<u8>> {
        verdicts(&self.gate(), &self.arrivals)
    }
}

pub fn verdicts(gate: &Gate, arrivals: &[Arrival]) -> Vec<Vec<u8>> {
    let mut memory = Memory::new();
    arrivals
        .iter()
        .map(|arrival| gate.check(&mut memory, &arrival.input, arrival.at_ms).to_json())
        .collect()
}

pub fn crowd(shape: Shape) -> impl Strategy<Value = Crowd> {
    let arrivals = prop::collection::vec(draw(), 1..shape.most);
    (policy(), 0..=shape.items, arrivals).prop_map(move |(policy, golds, draws)| {
        let gold =
            (0..golds).map(|item| (format!("i{item}"), json!([label(&policy, 0)]))).collect();
        let mut at_ms = START_MS;
        let arrivals = draws
            .into_iter()
            .enumerate()
            .map(|(n, draw)| {
                at_ms += draw.gap_ms;
                draw.arrival(shape, &policy, n, at_ms)
            })
            .collect();
        Crowd { policy, gold: Value::Object(gold), arrivals }
    })
}

/// Policies that hold soon (alpha 0.5), so that short crowds reach every state.
fn policy() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![
        Just(Value::Null),
        Just(json!({"kind": "class", "classes": ["c0", "c1", "c2"]})),
        Just(json!({"kind": "classes", "classes": ["c0", "c1", "c2"]})),
        Just(json!({"kind": "rating", "min": 0, "max": 4})),
        Just(json!({"kind": "number", "min": 0, "max": 4})),
    ];
    let floor = prop::sample::select(vec![Value::Null, json!(0.4)]);
    let alpha = prop::sample::select(vec![0.01, 0.5]);
    (kind, alpha, 1..4usize, 1..6usize, any::<bool>(), floor).prop_map(
        |(label, alpha, min_others, max_labels, review_duplicates, floor)| {
            json!({
                "bom": {"trust": "none"}, "label": label, "alpha": alpha,
                "item": {"max_labels": max_labels},
                "disagrees": {"min_others": min_others, "min_pool": 4, "floor": floor},
                "too_fast": {"min_times": 2},
                "actions": if review_duplicates { json!({"duplicate": "review"}) } else { json!({}) },
            })
        },
    )
}

/// The label with this number, of the kind that the policy asks for.
fn label(policy: &Value, number: u8) -> Value {
    match policy["label"]["kind"].as_str() {
        None | Some("class") => json!({"class": format!("c{number}")}),
        Some("classes") => {
            let set: Vec<String> =
                (0..3).filter(|bit| number >> bit & 1 == 1).map(|c| format!("c{c}")).collect();
            json!({"classes": set})
        }
        Some("rating") => json!({"rating": number}),
        Some(_) => json!({"number": f64::from(number) + 0.5}),
    }
}

/// The random part of one arrival.
#[derive(Clone, Debug)]
struct Draw {
    annotator: prop::sample::Index,
    item: prop::sample::Index,
    label: u8,
    spent_ms: Option<u32>,
    page: bool,
    gap_ms: i64,
    disorder: u8,
}

fn draw() -> impl Strategy<Value = Draw> {
    let spent = prop::option::of(prop_oneof![0..3000u32, any::<u32>()]);
    let gap = prop_oneof![0..100i64, 0..20_000i64, -5000..5000i64];
    (
        any::<(prop::sample::Index, prop::sample::Index)>(),
        0..5u8,
        spent,
        any::<bool>(),
        gap,
        any::<u8>(),
    )
        .prop_map(|((annotator, item), label, spent_ms, page, gap_ms, disorder)| Draw {
            annotator,
            item,
            label,
            spent_ms,
            page,
            gap_ms,
            disorder,
        })
}

impl Draw {
    fn arrival(self, shape: Shape, policy: &Value, n: usize, at_ms: i64) -> Arrival {
        let annotator = self.annotator.index(shape.annotators);
        let item = self.item.index(shape.items);
        let mut sent = json!({
            "id": format!("s{n}"), "annotator": format!("a{annotator}"),
            "item": {"id": format!("i{item}")}, "label": label(policy, self.label),
        });
        if let Some(spent_ms) = self.spent_ms {
            if self.page {
                // Times to the minute: several answers share them, as on one page.
                let stamp = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
                let end = at_ms - at_ms.rem_euclid(60_000);
                sent["started_at"] = stamp(end - i64::from(spent_ms % 100_000)).into();
                sent["submitted_at"] = stamp(end).into();
            } else {
                sent["elapsed_ms"] = spent_ms.into();
            }
        }
        let mut at_ms = Some(at_ms);
        if shape.disorder {
            match self.disorder {
                0..10 => sent["id"] = format!("s{}", n / 2).into(),
                10..15 => at_ms = None,
                15..20 => sent["trusted"] = true.into(),
                20..25 => sent["label"] = json!({"class": "no such"}),
                25..30 => sent["submitted_at"] = "2099-01-01T00:00:00Z".into(),
                30..35 => return Arrival { annotator, input: vec![self.disorder; n], at_ms },
                _ => {}
            }
        }
        Arrival { annotator, input: sent.to_string().into_bytes(), at_ms }
    }
}
