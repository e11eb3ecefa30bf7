//! KOS, M-MSR and CROWDLAB: the share of tasks with the right label.

use labelgate::agreement::{Crowd, CrowdBuilder};
use labelgate::consensus::{Consensus, DawidSkene, Kos, MMsr, crowdlab};
use labelgate::label::Label;

use crate::support::published::{self, Published};
use crate::{ROUNDING, at_least, mean, row};

fn crowds() -> Vec<(Published, Crowd)> {
    let names = published::names().unwrap_or_default();
    let crowds = names.iter().filter_map(|name| published::crowd(name));
    let of_classes = |crowd: &Published| {
        ["nominal", "ordinal", "pairwise"].iter().any(|kind| crowd.kind.starts_with(kind))
            && !crowd.truth.is_empty()
    };
    crowds
        .filter(of_classes)
        .map(|published| {
            let mut builder = CrowdBuilder::new();
            for answer in &published.answers {
                let label = Label::Class(answer.label.clone());
                builder.add(&answer.task, &answer.worker, label).unwrap();
            }
            let crowd = builder.build().unwrap();
            (published, crowd)
        })
        .collect()
}

fn accuracy(published: &Published, crowd: &Crowd, consensus: &Consensus) -> f64 {
    let hits: Vec<f64> = crowd
        .tasks
        .iter()
        .zip(consensus.labels())
        .filter_map(|(task, label)| {
            let truth = Label::Class(published.truth.get(task)?.clone());
            Some(f64::from(u8::from(crowd.labels[label.unwrap() as usize] == truth)))
        })
        .collect();
    mean(&hits)
}

fn peer(published: &Published, path: &str) -> Option<f64> {
    published.reference.pointer(path)?.as_f64()
}

#[test]
fn kos_is_not_below_the_peer_and_does_not_collapse() {
    for (published, crowd) in crowds().iter().filter(|(_, crowd)| crowd.labels.len() == 2) {
        let consensus = Kos::default().infer(&crowd.answers).unwrap();
        let ours = accuracy(published, crowd, &consensus);
        at_least(&published.name, "KOS", ours, peer(published, "/KOS/accuracy"));
        let votes = peer(published, "/mv_random_ties_expected/accuracy").unwrap();
        assert!(ours > votes - 0.05, "{}: {ours} where votes give {votes}", published.name);
        // The sums of the paper, as the peer has them after its 100 iterations.
        let paper = Kos { iterations: 100, degree_power: 0.0 }.infer(&crowd.answers).unwrap();
        let paper = accuracy(published, crowd, &paper);
        row(
            &published.name,
            "KOS as published, 100 rounds",
            paper,
            peer(published, "/KOS/accuracy"),
        );
        // One task of the smallest crowd.
        let peer = peer(published, "/KOS/accuracy").unwrap();
        assert!((paper - peer).abs() < 0.01, "{}: {paper} and {peer}", published.name);
    }
}

#[test]
fn m_msr_is_not_below_the_peer() {
    for (published, crowd) in crowds() {
        let consensus = MMsr::default().infer(&crowd.answers).unwrap();
        let ours = accuracy(&published, &crowd, &consensus);
        at_least(&published.name, "M-MSR", ours, peer(&published, "/MMSR/accuracy"));
    }
}

#[test]
fn crowdlab_is_that_of_cleanlab() {
    for (published, crowd) in crowds() {
        let model = DawidSkene { posteriors: true, ..DawidSkene::default() };
        let consensus = model.infer(&crowd.answers, &[]).unwrap();
        let posteriors = consensus.posteriors.unwrap();
        let probabilities: Vec<f64> =
            (0..crowd.tasks.len()).flat_map(|task| posteriors.of(task).to_vec()).collect();
        let result = crowdlab(&crowd.answers, &probabilities).unwrap();
        let ours = accuracy(&published, &crowd, &result.consensus);
        let name = "crowdlab_with_dawid_skene_posterior_as_pred_probs";
        let path = format!("/cleanlab/{name}/accuracy");
        at_least(&published.name, "CROWDLAB on Dawid-Skene", ours, peer(&published, &path));
        let skills: Vec<f64> =
            result.consensus.annotators.iter().filter_map(|annotator| annotator.skill).collect();
        let ours = mean(&skills);
        let theirs = peer(&published, "/cleanlab/annotator_quality/mean");
        row(&published.name, "CROWDLAB mean annotator quality", ours, theirs);
        // Ours and the peer's Dawid-Skene stop at other iterations.
        if let Some(theirs) = theirs {
            assert!((ours - theirs).abs() < 0.01 + ROUNDING, "{}", published.name);
        }
    }
}
