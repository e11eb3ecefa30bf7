//! Bradley-Terry: Spearman's correlation of the scores with the ranking of the source, by topic.

use std::collections::{BTreeMap, BTreeSet};

use labelgate::consensus::{BradleyTerry, Comparison, NoisyBradleyTerry, Preferred};

use crate::support::{self, published};
use crate::{at_least, mean, row};

struct Topic {
    items: Vec<String>,
    annotators: usize,
    comparisons: Vec<Comparison>,
}

type Topics = BTreeMap<String, Topic>;

/// The comparisons of each topic; ties are left out, as in the reference, or kept.
fn topics(with_ties: bool) -> Option<(Topics, BTreeMap<String, f64>, [f64; 2])> {
    let crowd = published::crowd("ukp_convarg_a")?;
    let folder = support::shared("data/crowd/ukp_convarg_a")?;
    let pairs: BTreeMap<String, BTreeMap<String, String>> = published::table(&folder, "pairs.csv")
        .unwrap()
        .into_iter()
        .map(|cells| (cells["task"].clone(), cells))
        .collect();
    let ranking = published::table(&folder, "ranking.csv").unwrap();
    let ranking = ranking
        .iter()
        .map(|cells| (cells["item"].clone(), cells["score"].parse().unwrap()))
        .collect();
    let mut rows: BTreeMap<String, Vec<(&str, &str, &str, Preferred)>> = BTreeMap::new();
    for answer in &crowd.answers {
        let pair = &pairs[&answer.task];
        let preferred = match answer.label.as_str() {
            "a1" => Preferred::Left,
            "a2" => Preferred::Right,
            _ if with_ties => Preferred::Tied,
            _ => continue,
        };
        let row =
            (answer.worker.as_str(), pair["left"].as_str(), pair["right"].as_str(), preferred);
        rows.entry(pair["topic"].clone()).or_default().push(row);
    }
    let topics = rows
        .into_iter()
        .map(|(topic, rows)| {
            let items: BTreeSet<&str> = rows.iter().flat_map(|row| [row.1, row.2]).collect();
            let workers: BTreeSet<&str> = rows.iter().map(|row| row.0).collect();
            let items: Vec<String> = items.into_iter().map(str::to_owned).collect();
            let workers: Vec<&str> = workers.into_iter().collect();
            let item = |name: &str| {
                u32::try_from(items.binary_search_by(|item| item.as_str().cmp(name)).unwrap())
                    .unwrap()
            };
            let comparisons = rows
                .iter()
                .map(|(worker, left, right, preferred)| Comparison {
                    annotator: u32::try_from(workers.binary_search(worker).unwrap()).unwrap(),
                    left: item(left),
                    right: item(right),
                    preferred: *preferred,
                })
                .collect();
            (topic, Topic { annotators: workers.len(), comparisons, items: items.clone() })
        })
        .collect();
    let reference = |name: &str| {
        let path = format!("/bradley_terry/{name}/mean_spearman_with_ranking");
        crowd.reference.pointer(&path).unwrap().as_f64().unwrap()
    };
    Some((topics, ranking, [reference("BradleyTerry"), reference("NoisyBradleyTerry")]))
}

/// Ranks from 1, of equals the mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .map(|value| {
            let below = values.iter().filter(|other| *other < value).count();
            let equal = values.iter().filter(|other| *other == value).count();
            below as f64 + (equal as f64 + 1.0) / 2.0
        })
        .collect()
}

pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |a: &[f64], mean_a: f64, b: &[f64], mean_b: f64| -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b)).sum()
    };
    product(a, mean_a, b, mean_b)
        / (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt()
}

pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    pearson(&ranks(a), &ranks(b))
}

/// The mean over topics of the absolute correlation; the source's ranking counts from the best.
fn correlation(
    topics: &BTreeMap<String, Topic>,
    ranking: &BTreeMap<String, f64>,
    strengths: impl Fn(&Topic) -> Vec<f64>,
) -> f64 {
    let correlations: Vec<f64> = topics
        .values()
        .map(|topic| {
            let strengths = strengths(topic);
            let ranked =
                topic.items.iter().zip(strengths).filter_map(|(item, strength)| {
                    ranking.get(item).map(|score| (strength, *score))
                });
            let (ours, theirs): (Vec<f64>, Vec<f64>) = ranked.unzip();
            spearman(&ours, &theirs).abs()
        })
        .collect();
    assert_eq!(correlations.len(), 24);
    mean(&correlations)
}

#[test]
fn bradley_terry_ranks_as_the_source_does() {
    let Some((topics, ranking, [plain, noisy])) = topics(false) else { return };
    let of_plain = |model: BradleyTerry| {
        correlation(&topics, &ranking, |topic| {
            model.infer(topic.items.len(), &topic.comparisons).unwrap().strengths
        })
    };
    let crowd = "ukp_convarg_a";
    at_least(crowd, "Bradley-Terry", of_plain(BradleyTerry::default()), Some(plain));
    let likelihood = of_plain(BradleyTerry { prior: 0.0, ..BradleyTerry::default() });
    row(crowd, "Bradley-Terry, no prior", likelihood, Some(plain));
    let of_noisy = correlation(&topics, &ranking, |topic| {
        let model = NoisyBradleyTerry::default();
        model
            .infer(topic.items.len(), topic.annotators, &topic.comparisons)
            .unwrap()
            .items
            .strengths
    });
    at_least(crowd, "noisy Bradley-Terry", of_noisy, Some(noisy));
}

#[test]
fn ties_count_as_half_a_comparison_each_way() {
    let Some((topics, ranking, [plain, _])) = topics(true) else { return };
    let ours = correlation(&topics, &ranking, |topic| {
        BradleyTerry::default().infer(topic.items.len(), &topic.comparisons).unwrap().strengths
    });
    at_least("ukp_convarg_a", "Bradley-Terry with ties", ours, Some(plain));
}
