//! Every published crowd with classes, grades, numbers or sets, against what the peers computed of it.

use std::collections::BTreeSet;

use labelgate::agreement::{
    Agreement, Answers, Coefficient, Comparison, Crowd, CrowdBuilder, Distance, Scale, WeightSet,
};
use labelgate::label::Label;
use serde_json::Value;

use super::support::published::{self, Published};

fn crowd(published: &Published, label: impl Fn(&str) -> Label) -> Crowd {
    let mut crowd = CrowdBuilder::new();
    for row in &published.answers {
        crowd.add(&row.task, &row.worker, label(&row.label)).unwrap();
    }
    crowd.build().unwrap()
}

fn number(label: &Label) -> f64 {
    match label {
        Label::Number(number) => *number,
        other => panic!("{other:?}"),
    }
}

/// How far ours may be: half a unit of the last digit that the peer gives.
const SIX_DIGITS: f64 = 0.51e-6;
/// irrCAC rounds to five.
const FIVE_DIGITS: f64 = 0.51e-5;

struct Table {
    crowd: String,
    /// Name, ours, theirs, tolerance.
    rows: Vec<(String, f64, f64, f64)>,
}

impl Table {
    fn row(&mut self, name: &str, ours: Option<f64>, theirs: &Value, tolerance: f64) {
        if let Some(theirs) = theirs.as_f64() {
            self.rows.push((name.to_owned(), ours.unwrap_or(f64::NAN), theirs, tolerance));
        }
    }

    /// Prints all rows and returns those that are too far apart.
    fn check(self) -> Vec<String> {
        let mut broken = Vec::new();
        for (name, ours, theirs, tolerance) in self.rows {
            let line = format!("{:14} {name:34} {ours:10.6} {theirs:10.6}", self.crowd);
            println!("{line}");
            let off = (ours - theirs).abs();
            if off.is_nan() || off > tolerance {
                broken.push(line);
            }
        }
        broken
    }
}

fn classes(published: &Published, broken: &mut Vec<String>) {
    let crowd = crowd(published, |label| Label::Class(label.to_owned()));
    let all = Agreement::of(&crowd.answers, &Scale::nominal()).unwrap();
    let theirs = &published.reference;
    let mut table = Table { crowd: published.name.clone(), rows: Vec::new() };
    let alpha = all.krippendorff_alpha.value;
    table.row("alpha nominal", alpha, &theirs["krippendorff_alpha_nominal"], SIX_DIGITS);
    table.row("alpha nominal (nltk)", alpha, &theirs["nltk_binary"]["alpha"], SIX_DIGITS);
    let percent = &theirs["percent_agreement"]["mean_over_tasks"];
    table.row("percent agreement", all.percent_agreement.value, percent, SIX_DIGITS);
    for (name, ours) in [
        ("fleiss", all.fleiss_kappa),
        ("gwet_ac1", all.gwet_ac1),
        ("krippendorff", all.krippendorff_alpha),
        ("conger", all.conger_kappa),
        ("bp", all.brennan_prediger),
    ] {
        let theirs = &theirs["irrcac"][name];
        let ci = ours.ci95.unwrap();
        let row = |part: &str| format!("{name} {part} (irrCAC)");
        table.row(&row("value"), ours.value, &theirs["value"], FIVE_DIGITS);
        table.row(&row("se"), ours.se, &theirs["se"], FIVE_DIGITS);
        table.row(&row("ci95 low"), Some(ci[0]), &theirs["ci95"][0], FIVE_DIGITS);
        table.row(&row("ci95 high"), Some(ci[1]), &theirs["ci95"][1], FIVE_DIGITS);
    }
    table.row(
        "fleiss (statsmodels)",
        all.fleiss_kappa.value,
        &theirs["statsmodels"]["fleiss"],
        SIX_DIGITS,
    );
    table.row(
        "randolph (statsmodels)",
        all.brennan_prediger.value,
        &theirs["statsmodels"]["randolph"],
        SIX_DIGITS,
    );
    let nominal = Distance::nominal(crowd.labels.len());
    cohen(&mut table, &crowd.answers, &nominal, &theirs["cohen_pairwise"], "cohen");
    broken.extend(table.check());
}

fn cohen(table: &mut Table, answers: &Answers, by: &Distance, theirs: &Value, name: &str) {
    let pairs = Comparison::new(answers, by).unwrap().pairs(10).unwrap();
    let kappas = || pairs.iter().filter_map(|pair| Some((pair.cohen_kappa.value?, pair.tasks)));
    let count = kappas().count() as f64;
    let undefined = pairs.len() as f64 - count;
    table.row(&format!("{name} pairs"), Some(count), &theirs["pairs"], 0.0);
    table.row(&format!("{name} pairs without"), Some(undefined), &theirs["nan_pairs"], 0.0);
    if count > 0.0 {
        let mean = kappas().map(|(kappa, _)| kappa).sum::<f64>() / count;
        table.row(&format!("{name} mean"), Some(mean), &theirs["mean"], SIX_DIGITS);
        let tasks: f64 = kappas().map(|(_, tasks)| tasks as f64).sum();
        let weighted = kappas().map(|(kappa, tasks)| kappa * tasks as f64).sum::<f64>() / tasks;
        let theirs = &theirs["mean_weighted_by_n"];
        table.row(&format!("{name} mean by tasks"), Some(weighted), theirs, SIX_DIGITS);
    }
}

fn numbers(published: &Published, broken: &mut Vec<String>) {
    let crowd = crowd(published, |label| Label::Number(label.parse().unwrap()));
    let values: Vec<f64> = crowd.labels.iter().map(number).collect();
    let theirs = &published.reference;
    let mut table = Table { crowd: published.name.clone(), rows: Vec::new() };
    let alpha = |scale| Agreement::of(&crowd.answers, &scale).unwrap().krippendorff_alpha.value;
    let ordinal = alpha(Scale::ordinal(values.clone()).unwrap());
    table.row("alpha ordinal", ordinal, &theirs["krippendorff_alpha_ordinal"], SIX_DIGITS);
    let interval = alpha(Scale::interval(values.clone()).unwrap());
    table.row("alpha interval", interval, &theirs["krippendorff_alpha_interval"], SIX_DIGITS);
    if theirs["cohen_pairwise_quadratic"].is_object() {
        // Their weights go by the place of a grade, ours by its value; the grades are 1 apart.
        let quadratic = WeightSet::Quadratic.distance(&values).unwrap();
        let theirs = &theirs["cohen_pairwise_quadratic"];
        cohen(&mut table, &crowd.answers, &quadratic, theirs, "cohen quadratic");
    }
    broken.extend(table.check());
}

/// Classes of a set, sorted.
fn set(label: &Label) -> BTreeSet<&str> {
    match label {
        Label::Class(classes) => classes.split('|').collect(),
        other => panic!("{other:?}"),
    }
}

/// NLTK's distance of sets after Passonneau 2006 (MASI), and without monotonicity that of Jaccard.
fn set_distance(a: &BTreeSet<&str>, b: &BTreeSet<&str>, masi: bool) -> f64 {
    let (both, any) = (a.intersection(b).count(), a.union(b).count());
    let monotonicity = match () {
        () if !masi || a == b => 1.0,
        () if both == a.len().min(b.len()) => 2.0 / 3.0,
        () if both > 0 => 1.0 / 3.0,
        () => 0.0,
    };
    1.0 - both as f64 / any as f64 * monotonicity
}

fn set_alpha(crowd: &Crowd, masi: bool) -> Coefficient {
    let sets: Vec<BTreeSet<&str>> = crowd.labels.iter().map(set).collect();
    let distance =
        Distance::between(sets.len(), |a, b| set_distance(&sets[a], &sets[b], masi)).unwrap();
    Comparison::new(&crowd.answers, &distance).unwrap().krippendorff_alpha()
}

fn sets(published: &Published, broken: &mut Vec<String>) {
    // The sets are compared as they are written: two of them differ in order alone nowhere.
    let crowd = crowd(published, |label| {
        let classes: BTreeSet<&str> = label.split('|').collect();
        Label::Class(classes.into_iter().collect::<Vec<_>>().join("|"))
    });
    let theirs = &published.reference;
    let mut table = Table { crowd: published.name.clone(), rows: Vec::new() };
    let alpha = |masi| set_alpha(&crowd, masi).value;
    table.row("alpha MASI (nltk)", alpha(true), &theirs["nltk_masi"]["alpha"], SIX_DIGITS);
    table.row("alpha Jaccard (nltk)", alpha(false), &theirs["nltk_jaccard"]["alpha"], SIX_DIGITS);
    let percent = Agreement::of(&crowd.answers, &Scale::nominal()).unwrap().percent_agreement;
    table.row(
        "percent agreement of whole sets",
        percent.value,
        &theirs["percent_agreement_of_whole_set"]["mean_over_tasks"],
        SIX_DIGITS,
    );
    broken.extend(table.check());
}

#[test]
fn coefficients_are_those_of_the_peers() {
    let Some(names) = published::names() else { return };
    let mut broken = Vec::new();
    let mut compared = 0;
    for name in names {
        let published = published::crowd(&name).unwrap();
        let kind = published.kind.split([':', ' ']).next().unwrap().to_owned();
        match kind.as_str() {
            "nominal" | "pairwise" => classes(&published, &mut broken),
            "ordinal" => {
                classes(&published, &mut broken);
                numbers(&published, &mut broken);
            }
            "interval" => numbers(&published, &mut broken),
            "multilabel-set" => sets(&published, &mut broken),
            _ => continue,
        }
        compared += 1;
    }
    assert!(compared > 20, "only {compared} crowds compared");
    assert!(broken.is_empty(), "ours and theirs differ:\n{}", broken.join("\n"));
}

#[test]
fn sets_of_the_textbook_are_compared_as_nltk_does() {
    let Some(path) = super::support::shared("data/crowd/textbook.json") else { return };
    let textbook: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let tables = textbook["tables"].as_array().unwrap();
    let table = tables.iter().find(|table| table["name"] == "sets_three_coders").unwrap();
    let mut crowd = CrowdBuilder::new();
    for triple in table["triples"].as_array().unwrap() {
        let classes: Vec<&str> =
            triple[2].as_array().unwrap().iter().map(|class| class.as_str().unwrap()).collect();
        let (who, what) = (triple[0].as_str().unwrap(), triple[1].as_str().unwrap());
        crowd.add(what, who, Label::Class(classes.join("|"))).unwrap();
    }
    let crowd = crowd.build().unwrap();
    let theirs = |name: &str| table["peers"][name].as_f64().unwrap();
    for (masi, name) in [(true, "nltk_alpha_masi"), (false, "nltk_alpha_jaccard")] {
        let ours = set_alpha(&crowd, masi).value.unwrap();
        assert!((ours - theirs(name)).abs() <= SIX_DIGITS, "{name}: {ours}");
    }
    let (a, ab) = (BTreeSet::from(["a"]), BTreeSet::from(["a", "b"]));
    assert!((set_distance(&a, &ab, true) - theirs("nltk_masi_a_ab")).abs() < 1e-9);
}
