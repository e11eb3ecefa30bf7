//! Every table of `../shared/data/crowd/textbook.json`: the published values and the peers', to the digits given.

use labelgate::agreement::{
    Agreement, Answer, Answers, Coefficient, Comparison, Distance, Scale, Undefined, WeightSet,
};
use serde_json::Value;

use super::support;

/// The tables, by name.
fn textbook() -> Option<Value> {
    let path = support::shared("data/crowd/textbook.json")?;
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// Answers as numbers, and the values of the labels.
pub struct Table {
    pub answers: Answers,
    pub values: Vec<f64>,
}

/// The answers of each annotator, missing ones left out; each distinct value is a label.
pub fn matrix(rows: &[Vec<Option<f64>>]) -> Table {
    let mut values: Vec<f64> = rows.iter().flatten().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let mut answers = Vec::new();
    for (annotator, row) in (0..).zip(rows) {
        for (task, value) in (0..).zip(row) {
            if let Some(value) = value {
                let label = values.iter().position(|other| other == value).unwrap() as u32;
                answers.push(Answer { task, annotator, label });
            }
        }
    }
    let tasks = rows.iter().map(Vec::len).max().unwrap_or(0);
    Table { answers: Answers::new(tasks, rows.len(), values.len(), &answers).unwrap(), values }
}

fn rows(value: &Value) -> Vec<Vec<Option<f64>>> {
    let row = |row: &Value| row.as_array().unwrap().iter().map(Value::as_f64).collect();
    value.as_array().unwrap().iter().map(row).collect()
}

fn table(value: &Value) -> Option<Table> {
    if let Some(raters) = value.get("raters_by_units") {
        return Some(matrix(&rows(raters)));
    }
    if let Some(units) = value.get("units_by_category_counts") {
        let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
        for (task, counts) in rows(units).iter().enumerate() {
            let mut annotator = 0;
            for (label, count) in counts.iter().enumerate() {
                for _ in 0..count.unwrap() as usize {
                    if columns.len() <= annotator {
                        columns.push(Vec::new());
                    }
                    columns[annotator].resize(task, None);
                    columns[annotator].push(Some(label as f64));
                    annotator += 1;
                }
            }
        }
        return Some(matrix(&columns));
    }
    let confusion = rows(value.get("confusion")?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (a, row) in confusion.iter().enumerate() {
        for (b, count) in row.iter().enumerate() {
            for _ in 0..count.unwrap() as usize {
                left.push(Some(a as f64));
                right.push(Some(b as f64));
            }
        }
    }
    Some(matrix(&[left, right]))
}

/// Half a unit of the last digit that is given.
fn tolerance(given: f64) -> f64 {
    let text = format!("{given}");
    let digits = text.split('.').nth(1).map_or(0, str::len).max(3);
    0.5 * 10_f64.powi(-(digits as i32)) + 1e-9
}

#[track_caller]
fn near(ours: f64, given: f64, what: &str) {
    assert!((ours - given).abs() <= tolerance(given), "{what}: ours {ours}, given {given}");
}

fn alpha(table: &Table, level: &str) -> f64 {
    let values = table.values.clone();
    let scale = match level {
        "nominal" => Scale::nominal(),
        "ordinal" => Scale::ordinal(values).unwrap(),
        "interval" => Scale::interval(values).unwrap(),
        _ => Scale::ratio(values).unwrap(),
    };
    Agreement::of(&table.answers, &scale).unwrap().krippendorff_alpha.value.unwrap()
}

fn irrcac(comparison: &Comparison<'_>, name: &str) -> Coefficient {
    match name {
        "fleiss" => comparison.fleiss_kappa(),
        "gwet" => comparison.gwet_ac(),
        "krippendorff" => comparison.krippendorff_alpha(),
        "conger" => comparison.conger_kappa(),
        _ => comparison.brennan_prediger(),
    }
}

/// irrCAC rounds to five digits.
#[track_caller]
fn near_irrcac(ours: Coefficient, given: [f64; 4], what: &str) {
    let ci = ours.ci95.unwrap();
    for (ours, given) in [ours.value.unwrap(), ours.se.unwrap(), ci[0], ci[1]].iter().zip(given) {
        assert!((ours - given).abs() <= 5.1e-6, "{what}: ours {ours}, given {given}");
    }
}

fn check_irrcac(table: &Table, given: &Value, what: &str) -> usize {
    let sets = given.as_object().unwrap();
    let mut checked = 0;
    // Tables of two annotators have the coefficients without a set of weights.
    if sets.contains_key("fleiss") {
        return check_irrcac(table, &serde_json::json!({ "identity": given }), what);
    }
    for (set, coefficients) in sets {
        let weights = WeightSet::ALL.iter().find(|(_, name)| name == set).unwrap().0;
        let distance = weights.distance(&table.values).unwrap();
        let comparison = Comparison::new(&table.answers, &distance).unwrap();
        for (name, one) in coefficients.as_object().unwrap() {
            let number = |value: &Value| value.as_f64().unwrap();
            let mut given = [
                number(&one["value"]),
                number(&one["se"]),
                number(&one["ci95"][0]),
                number(&one["ci95"][1]),
            ];
            if name == "conger"
                && let Some(right) = CONGER_OF_NUMBERS.iter().find(|right| right.0 == what)
            {
                let place = CONGER_SETS.iter().position(|other| other == set).unwrap();
                [given[1], given[2], given[3]] = right.1[place];
            }
            near_irrcac(irrcac(&comparison, name), given, &format!("{what} {set} {name}"));
            checked += 4;
        }
    }
    checked
}

#[test]
fn published_and_peer_values_are_met_to_their_digits() {
    let Some(textbook) = textbook() else { return };
    let mut checked = 0;
    for given in textbook["tables"].as_array().unwrap() {
        let name = given["name"].as_str().unwrap();
        // Dawid and Skene's is one of truth inference, and sets have a test of their own.
        let Some(table) = table(given) else { continue };
        let all = Agreement::of(&table.answers, &Scale::nominal()).unwrap();
        let nominal = Distance::nominal(table.values.len());
        let plain = Comparison::new(&table.answers, &nominal).unwrap();
        let mut check = |path: [&str; 2], ours: f64| {
            if let Some(value) = given[path[0]].get(path[1]).and_then(Value::as_f64) {
                near(ours, value, &format!("{name} {}", path[1]));
                checked += 1;
            }
        };
        for level in ["nominal", "ordinal", "interval", "ratio"] {
            let key = format!("alpha_{level}");
            if given["published"].get(&key).is_some() {
                check(["published", &key], alpha(&table, level));
            }
        }
        let value = |coefficient: Coefficient| coefficient.value.unwrap();
        check(["published", "fleiss_kappa"], value(all.fleiss_kappa));
        check(["published", "fleiss"], value(all.fleiss_kappa));
        check(["published", "gwet_ac1"], value(all.gwet_ac1));
        check(["published", "krippendorff_nominal"], value(all.krippendorff_alpha));
        check(["published", "conger"], value(all.conger_kappa));
        check(["published", "pa"], value(all.percent_agreement));
        check(["peers", "statsmodels_fleiss"], value(all.fleiss_kappa));
        check(["peers", "statsmodels_randolph"], value(all.brennan_prediger));
        check(["peers", "krippendorff_nominal"], value(all.krippendorff_alpha));
        if given.get("confusion").is_some() {
            let weighted = |set: WeightSet| {
                let distance = set.distance(&table.values).unwrap();
                let comparison = Comparison::new(&table.answers, &distance).unwrap();
                let turned = value(comparison.cohen_kappa(1, 0));
                let kappa = value(comparison.cohen_kappa(0, 1));
                assert!((kappa - turned).abs() < 1e-12);
                kappa
            };
            let kappa = weighted(WeightSet::Identity);
            assert!((kappa - value(all.conger_kappa)).abs() < 1e-12);
            check(["published", "cohen_kappa"], kappa);
            check(["peers", "sklearn"], kappa);
            check(["peers", "sklearn_unweighted"], kappa);
            check(["peers", "sklearn_linear"], weighted(WeightSet::Linear));
            check(["peers", "sklearn_quadratic"], weighted(WeightSet::Quadratic));
        }
        if let Some(levels) = given["peers"].get("krippendorff").and_then(Value::as_object) {
            for (level, value) in levels {
                near(alpha(&table, level), value.as_f64().unwrap(), &format!("{name} {level}"));
                checked += 1;
            }
        }
        if let Some(kappas) = given["published"].get("category_kappa") {
            for (ours, given) in plain.category_kappas().iter().zip(kappas.as_array().unwrap()) {
                near(ours.value.unwrap(), given.as_f64().unwrap(), &format!("{name} category"));
                checked += 1;
            }
        }
        if let Some(peer) = given["peers"].get("irrcac") {
            checked += check_irrcac(&table, peer, name);
        }
    }
    println!("{checked} values checked");
    assert!(checked > 250, "only {checked} values checked");
}

/// Standard error and interval of Conger's kappa where the file's differ from ours.
///
/// The file's are of tables that irrCAC was given as objects, with `None` for a missing answer. It then takes the
/// answers for no answers in this one place (`epsi_ig_mat` is false throughout). These are from irrCAC 0.4.4 on the
/// same tables as floating-point numbers; 0.14917 for the four raters is also what Gwet's own package documents.
const CONGER_OF_NUMBERS: [(&str, [[f64; 3]; 4]); 3] = [
    (
        "krippendorff_2011_four_observers",
        [
            [0.15011, 0.43168, 1.0],
            [0.14482, 0.52433, 1.0],
            [0.14587, 0.49208, 1.0],
            [0.14436, 0.53943, 1.0],
        ],
    ),
    (
        "gwet_cac_raw4raters",
        [
            [0.14917, 0.4345, 1.0],
            [0.1441, 0.5265, 1.0],
            [0.14509, 0.49445, 1.0],
            [0.14367, 0.54149, 1.0],
        ],
    ),
    (
        "gwet_cac_raw5obser",
        [
            [0.11666, 0.21906, 0.71949],
            [0.09849, 0.50188, 0.92436],
            [0.10587, 0.39698, 0.85112],
            [0.0925, 0.56338, 0.96019],
        ],
    ),
];
const CONGER_SETS: [&str; 4] = ["identity", "ordinal", "linear", "quadratic"];

/// Value and standard error of Fleiss, Gwet, Krippendorff, Conger, Brennan and Prediger by irrCAC 0.4.4 on the table
/// of four observers, with the four sets of weights that the file does not have.
const OTHER_WEIGHTS: [(WeightSet, [[f64; 2]; 5]); 4] = [
    (
        WeightSet::Bipolar,
        [
            [0.85307, 0.14463],
            [0.90037, 0.10582],
            [0.83499, 0.12813],
            [0.84424, 0.14293],
            [0.88815, 0.11246],
        ],
    ),
    (
        WeightSet::Circular,
        [
            [0.8072, 0.14894],
            [0.8302, 0.13265],
            [0.78998, 0.14101],
            [0.80474, 0.14814],
            [0.82355, 0.13696],
        ],
    ),
    (
        WeightSet::Radical,
        [
            [0.78992, 0.15004],
            [0.81981, 0.12836],
            [0.77198, 0.13961],
            [0.78765, 0.14722],
            [0.81263, 0.13278],
        ],
    ),
    (
        WeightSet::Ratio,
        [
            [0.82134, 0.15239],
            [0.85737, 0.12207],
            [0.7974, 0.14048],
            [0.81101, 0.14961],
            [0.84024, 0.13221],
        ],
    ),
];

#[test]
fn the_other_four_weight_sets_give_what_irrcac_gives() {
    let Some(textbook) = textbook() else { return };
    let table = table(&textbook["tables"][0]).unwrap();
    for (set, given) in OTHER_WEIGHTS {
        let distance = set.distance(&table.values).unwrap();
        let comparison = Comparison::new(&table.answers, &distance).unwrap();
        for (name, [value, se]) in
            ["fleiss", "gwet", "krippendorff", "conger", "bp"].iter().zip(given)
        {
            let ours = irrcac(&comparison, name);
            assert!((ours.value.unwrap() - value).abs() < 5.1e-6, "{set:?} {name} {ours:?}");
            assert!((ours.se.unwrap() - se).abs() < 5.1e-6, "{set:?} {name} {ours:?}");
        }
    }
}

#[test]
fn edge_cases_have_a_reason_and_no_value() {
    let Some(textbook) = textbook() else { return };
    let cases = &textbook["edge_cases"];
    for (case, reason) in [
        ("all_one_category", Undefined::OneLabel),
        ("one_rater", Undefined::OneAnnotator),
        ("no_pairable_unit", Undefined::NoOverlap),
    ] {
        let table = matrix(&rows(&cases[case]["data"]));
        for scale in [Scale::nominal(), Scale::interval(table.values.clone()).unwrap()] {
            let all = Agreement::of(&table.answers, &scale).unwrap();
            for (name, coefficient) in all.coefficients() {
                if case == "all_one_category" && name == "percent_agreement" {
                    assert_eq!(coefficient.value, Some(1.0));
                    continue;
                }
                assert_eq!(coefficient.value, None, "{case} {name}");
                let expected = match name {
                    "mean_pairwise_cohen_kappa" if reason == Undefined::OneLabel => {
                        Undefined::TooFew
                    }
                    _ if scale == Scale::nominal()
                        && (name.starts_with("icc") || name == "kendall_w") =>
                    {
                        Undefined::Scale
                    }
                    _ => reason,
                };
                assert_eq!(coefficient.reason, Some(expected), "{case} {name}");
            }
        }
    }
}

#[test]
fn declared_labels_leave_room_for_chance() {
    // Two annotators say the same label of two, throughout.
    let answers: Vec<Answer> =
        (0..6).map(|n| Answer { task: n / 2, annotator: n % 2, label: 0 }).collect();
    let answers = Answers::new(3, 2, 2, &answers).unwrap();
    let all = Agreement::of(&answers, &Scale::nominal()).unwrap();
    assert_eq!((all.gwet_ac1.value, all.brennan_prediger.value), (Some(1.0), Some(1.0)));
    for kappa in [all.krippendorff_alpha, all.fleiss_kappa, all.conger_kappa] {
        assert_eq!(kappa.reason, Some(Undefined::OneLabel));
    }
}
