//! How sure the answers of an item are of its leading label.

use crate::label::{Label, LabelSchema};
use crate::policy::Policy;
use crate::verdict::Consensus;

use super::Item;

impl Item {
    /// The leading label and how sure the answers are of it.
    ///
    /// The posterior of the one-coin model with an even prior over K labels (Dawid and Skene 1979, with
    /// one accuracy an annotator): an annotator of weight w, whose odds of being right are 2^w, gives the
    /// right label with probability p = 2^w/(1 + 2^w), and each of the others with (1 - p)/(K - 1). So
    /// the logarithm of a label's share is the sum of w ln 2 + ln(K - 1) over those who gave it. K is
    /// the number of classes or steps in the policy's label schema, or else one more than were seen.
    /// Of several that lead, the one that came first.
    ///
    /// For classes, class sets and ratings. None for other labels, which are hardly ever equal, so that
    /// counting equals says nothing of them; and while nobody with any weight has answered.
    #[must_use]
    pub fn consensus(&self, policy: &Policy) -> Option<(&Label, Consensus)> {
        let seen = self.labels.iter().filter(|known| known.answers > 0).count() as f64;
        let possible = possible_labels(policy.label.as_ref()).unwrap_or(seen + 1.0);
        let possible = possible.max(seen).max(2.0);
        let spread = libm::log(possible - 1.0);
        let (mut leading, mut next) = (None, 0.0);
        let mut most = f64::NEG_INFINITY;
        for known in &self.labels {
            let support = known.weight * std::f64::consts::LN_2 + f64::from(known.answers) * spread;
            if support > most {
                (leading, next, most) = (Some(&known.label), most, support);
            } else if support > next {
                next = support;
            }
        }
        let leading = leading.filter(|label| is_counted(label))?;
        let answers = self.labels.iter().fold(0u32, |sum, known| sum.saturating_add(known.answers));
        if answers == 0 {
            return None;
        }
        let mut shares = (possible - seen) * share(-most);
        for known in self.labels.iter().filter(|known| known.answers > 0) {
            let support = known.weight * std::f64::consts::LN_2 + f64::from(known.answers) * spread;
            shares += share(support - most);
        }
        // Labels that nobody gave have a support of 0, as `next` at least has.
        let (probability, next) = (1.0 / shares, share(next.max(0.0) - most) / shares);
        // Who stops at an item must not choose by the labels which answers are scored.
        let enough = self.waiting.is_empty()
            && answers >= policy.item.min_answers
            && probability >= policy.item.enough_probability;
        Some((leading, Consensus { answers, probability, margin: probability - next, enough }))
    }
}

/// How many labels a task allows; none when that is not known.
fn possible_labels(schema: Option<&LabelSchema>) -> Option<f64> {
    match schema {
        Some(LabelSchema::Class { classes }) => Some(classes.len() as f64),
        Some(LabelSchema::Rating { min, max }) => Some(f64::from(*max) - f64::from(*min) + 1.0),
        _ => None,
    }
}

fn is_counted(label: &Label) -> bool {
    matches!(label, Label::Class(_) | Label::Classes(_) | Label::Rating(_))
}

/// e to a power of 0 or less; what no sum of shares would show is left out.
fn share(power: f64) -> f64 {
    if power < -40.0 { 0.0 } else { libm::exp(power) }
}

#[cfg(test)]
mod tests {
    use crate::pool::Pool;
    use crate::submission::Submission;

    use super::*;

    fn item(policy: &Policy, answers: &[(&str, f32)]) -> Item {
        let (mut item, mut pool) = (Item::new(), Pool::new());
        for (n, (label, weight)) in answers.iter().enumerate() {
            let json =
                format!(r#"{{"id":"{n}","annotator":"a{n}","item":{{"id":"i"}},"label":{label}}}"#);
            let submission = Submission::from_json(json.as_bytes()).unwrap();
            item.observe(&mut pool, &submission, *weight, None, policy);
        }
        item
    }

    const X: &str = r#"{"class":"x"}"#;
    const Y: &str = r#"{"class":"y"}"#;

    fn three() -> Policy {
        Policy::from_json(br#"{"label":{"kind":"class","classes":["x","y","z"]}}"#).unwrap()
    }

    #[test]
    fn the_posterior_is_that_of_the_one_coin_model() {
        let policy = three();
        let item = item(&policy, &[(X, 1.0), (Y, 2.0), (X, 3.0)]);
        let (label, consensus) = item.consensus(&policy).unwrap();
        // Odds of being right 2, 4, 8 to 1; a wrong answer is either of two. By Bayes' rule.
        let right = [2.0 / 3.0, 4.0 / 5.0, 8.0 / 9.0];
        let wrong = right.map(|p: f64| (1.0 - p) / 2.0);
        let x = right[0] * wrong[1] * right[2];
        let y = wrong[0] * right[1] * wrong[2];
        let z = wrong[0] * wrong[1] * wrong[2];
        assert_eq!(label, &Label::Class("x".into()));
        assert!((consensus.probability - x / (x + y + z)).abs() < 1e-12);
        assert!((consensus.margin - (x - y) / (x + y + z)).abs() < 1e-12);
        assert_eq!((consensus.answers, consensus.enough), (3, false));
    }

    #[test]
    fn the_margin_of_the_only_label_is_over_the_labels_that_nobody_gave() {
        let policy = three();
        let item = item(&policy, &[(X, 1.0)]);
        let consensus = item.consensus(&policy).unwrap().1;
        // Two thirds, against a sixth for each of the others.
        assert!((consensus.probability - 2.0 / 3.0).abs() < 1e-12);
        assert!((consensus.margin - 0.5).abs() < 1e-12);
    }

    #[test]
    fn enough_needs_both_answers_and_probability() {
        let policy = three();
        assert!(!item(&policy, &[(X, 4.0)]).consensus(&policy).unwrap().1.enough);
        // Sure enough, but neither has been compared with two others yet.
        assert!(!item(&policy, &[(X, 4.0), (X, 1.0)]).consensus(&policy).unwrap().1.enough);
        assert!(
            item(&policy, &[(X, 4.0), (X, 1.0), (X, 1.0)]).consensus(&policy).unwrap().1.enough
        );
        assert!(!item(&policy, &[(X, 4.0), (Y, 4.0)]).consensus(&policy).unwrap().1.enough);
    }

    #[test]
    fn who_is_held_does_not_count() {
        let policy = three();
        assert_eq!(item(&policy, &[(X, 0.0)]).consensus(&policy), None);
        let item = item(&policy, &[(X, 0.0), (X, 0.0), (Y, 1.0)]);
        let (label, consensus) = item.consensus(&policy).unwrap();
        assert_eq!((label, consensus.answers), (&Label::Class("y".into()), 1));
    }

    #[test]
    fn labels_of_who_is_held_make_no_more_labels_likely() {
        let policy = Policy::default();
        let fresh = [(X, 1.0), (X, 1.0), (X, 1.0)];
        let alone = item(&policy, &fresh).consensus(&policy).unwrap().1;
        let junk: Vec<String> = (0..100).map(|n| format!(r#"{{"class":"{n}"}}"#)).collect();
        let mut answers: Vec<(&str, f32)> =
            junk.iter().map(|label| (label.as_str(), 0.0)).collect();
        answers.extend(fresh);
        assert_eq!(item(&policy, &answers).consensus(&policy).unwrap().1, alone);
    }

    #[test]
    fn labels_that_are_hardly_ever_equal_have_none() {
        let policy = Policy::default();
        assert_eq!(Item::new().consensus(&policy), None);
        let number = r#"{"number":0.5}"#;
        assert_eq!(item(&policy, &[(number, 1.0), (number, 1.0)]).consensus(&policy), None);
        let rating = r#"{"rating":3}"#;
        assert!(item(&policy, &[(rating, 1.0)]).consensus(&policy).is_some());
    }

    #[test]
    fn many_answers_leave_probability_and_margin_within_bounds() {
        let policy = Policy::default();
        let classes: Vec<String> =
            (0..500).map(|n| format!(r#"{{"class":"{}"}}"#, n % 250)).collect();
        let answers: Vec<(&str, f32)> = classes.iter().map(|label| (label.as_str(), 4.0)).collect();
        let consensus = item(&policy, &answers).consensus(&policy).unwrap().1;
        assert!((consensus.probability - 1.0 / 250.0).abs() < 1e-3, "{consensus:?}");
        assert!((0.0..=1.0).contains(&consensus.margin), "{consensus:?}");
    }
}
