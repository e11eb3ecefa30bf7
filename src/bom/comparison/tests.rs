use super::*;
use crate::digest::Hasher;

fn digest(algorithm: Algorithm, content: &str) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(content.as_bytes());
    hasher.finish()
}

fn sha256(content: &str) -> Digest {
    digest(Algorithm::Sha256, content)
}

fn component(name: &str, hashes: &[Digest]) -> String {
    let hashes: Vec<String> = hashes
        .iter()
        .map(|hash| {
            let alg = hash.algorithm().cyclonedx();
            format!(r#"{{"alg":"{alg}","content":"{}"}}"#, hash.to_hex())
        })
        .collect();
    format!(r#"{{"type":"file","name":"{name}","hashes":[{}]}}"#, hashes.join(","))
}

fn bom(components: &[String]) -> Bom {
    let document = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","components":[{}]}}"#,
        components.join(",")
    );
    Bom::from_slice(document.as_bytes()).unwrap()
}

/// A BOM in which each item's content is its name.
fn bom_of(names: &[&str]) -> Bom {
    bom(&names.iter().map(|name| component(name, &[sha256(name)])).collect::<Vec<_>>())
}

/// Compares files of these names and contents; what is not matched, in words.
fn differences(bom: &Bom, files: &[(&str, &str)]) -> Vec<String> {
    let mut comparison = Comparison::default();
    for (name, content) in files {
        comparison.meet(bom, name, &[sha256(content)]);
    }
    let compared = comparison.conclude(bom);
    let mut found = Vec::new();
    for standing in Standing::ALL {
        let all: Vec<_> = compared.all(bom, standing).collect();
        assert_eq!(all.len(), compared.count(standing));
        if standing != Standing::Matched {
            found.extend(all.iter().map(|difference| {
                let Difference { name, other, .. } = difference;
                format!(
                    "{} {name}{}",
                    standing.as_str(),
                    other.map_or(String::new(), |o| format!(" {o}"))
                )
            }));
        }
    }
    assert_eq!(compared.is_equal(), found.is_empty());
    found
}

#[test]
fn the_same_files_are_equal_in_any_order() {
    let bom = bom_of(&["a", "b", "c"]);
    assert!(differences(&bom, &[("c", "c"), ("a", "a"), ("b", "b")]).is_empty());
}

#[test]
fn altered_missing_and_extra_are_told_apart() {
    let bom = bom_of(&["a", "b", "c"]);
    let found = differences(&bom, &[("a", "other"), ("c", "c"), ("d", "d")]);
    assert_eq!(found, ["altered a", "missing b", "extra d"]);
}

#[test]
fn expected_and_measured_digests_are_given() {
    let bom = bom_of(&["a", "b"]);
    let mut comparison = Comparison::default();
    assert_eq!(comparison.meet(&bom, "a", &[sha256("x")]), Standing::Altered);
    let compared = comparison.conclude(&bom);
    let altered = compared.all(&bom, Standing::Altered).next().unwrap();
    assert_eq!((altered.expected, altered.measured), (vec![sha256("a")], [sha256("x")].as_slice()));
    let missing = compared.all(&bom, Standing::Missing).next().unwrap();
    assert_eq!((missing.expected, missing.measured), (vec![sha256("b")], [].as_slice()));
}

#[test]
fn a_swap_is_both_files_and_a_ring_of_three_is_none() {
    let bom = bom_of(&["a", "b", "c"]);
    let found = differences(&bom, &[("b", "a"), ("a", "b"), ("c", "c")]);
    assert_eq!(found, ["swapped b a", "swapped a b"]);
    let found = differences(&bom, &[("a", "b"), ("b", "c"), ("c", "a")]);
    assert_eq!(found, ["altered a b", "altered b c", "altered c a"]);
}

#[test]
fn a_file_with_the_bytes_of_another_that_is_in_its_place_is_altered() {
    let bom = bom_of(&["a", "b"]);
    assert_eq!(differences(&bom, &[("a", "b"), ("b", "b")]), ["altered a b"]);
}

#[test]
fn a_missing_item_whose_bytes_are_elsewhere_was_moved_once() {
    let bom = bom_of(&["a", "b"]);
    let found = differences(&bom, &[("x", "a"), ("y", "a"), ("b", "b")]);
    assert_eq!(found, ["extra y a", "moved a x"]);
}

#[test]
fn a_copy_of_a_present_item_is_extra_and_says_of_which() {
    let bom = bom_of(&["a"]);
    assert_eq!(differences(&bom, &[("a", "a"), ("b", "a")]), ["extra b a"]);
}

#[test]
fn equal_items_that_were_moved_each_have_their_file() {
    let names: Vec<String> = (0..200).map(|n| format!("item-{n}")).collect();
    let same = sha256("same");
    let bom = bom(&names.iter().map(|name| component(name, &[same])).collect::<Vec<_>>());
    let mut comparison = Comparison::default();
    for n in 0..150 {
        comparison.meet(&bom, &format!("new-{n}"), &[same]);
    }
    let compared = comparison.conclude(&bom);
    assert_eq!((compared.count(Standing::Moved), compared.count(Standing::Missing)), (150, 50));
    let moved: std::collections::BTreeSet<_> =
        compared.all(&bom, Standing::Moved).map(|difference| difference.name.to_owned()).collect();
    assert_eq!(moved.len(), 150);
}

#[test]
fn every_measured_algorithm_must_agree() {
    let both = [sha256("a"), digest(Algorithm::Sha512, "a")];
    let bom = bom(&[component("a", &both)]);
    assert_eq!(bom.algorithms_of("a"), [Algorithm::Sha256, Algorithm::Sha512]);
    let meet = |measured: &[Digest]| Comparison::default().meet(&bom, "a", measured);
    assert_eq!(meet(&both), Standing::Matched);
    assert_eq!(meet(&both[1..]), Standing::Matched);
    assert_eq!(meet(&[sha256("a"), digest(Algorithm::Sha512, "b")]), Standing::Altered);
    assert_eq!(meet(&[digest(Algorithm::Sha384, "a")]), Standing::Unproven);
    assert_eq!(meet(&[]), Standing::Unproven);
}

#[test]
fn a_name_that_is_listed_twice_asks_for_both() {
    let bom = bom(&[component("a", &[sha256("1")]), component("a", &[sha256("2")])]);
    assert_eq!(differences(&bom, &[("a", "1")]), ["altered a"]);
    let bom = bom_of(&["a", "a"]);
    assert!(differences(&bom, &[("a", "a")]).is_empty());
}

#[test]
fn a_listed_name_without_a_strong_digest_is_unproven() {
    let bom = bom(&[component("a", &[]), component("b", &[sha256("b")])]);
    assert_eq!(differences(&bom, &[("a", "b"), ("b", "b")]), ["unproven a"]);
    assert_eq!(bom.algorithms_of("a"), [Algorithm::Sha256]);
}

#[test]
fn a_file_of_an_unlisted_name_is_measured_as_the_first_item() {
    let bom = bom(&[component("a", &[digest(Algorithm::Sha512, "a")])]);
    assert_eq!(bom.algorithms_of("elsewhere"), [Algorithm::Sha512]);
    assert_eq!(bom_of(&[]).algorithms_of("elsewhere"), [Algorithm::Sha256]);
}

#[test]
fn a_bom_ref_is_no_name() {
    let component = component("a", &[sha256("a")]).replace(r#""name""#, r#""bom-ref":"r","name""#);
    assert_eq!(differences(&bom(&[component]), &[("r", "a")]), ["moved a r"]);
}

#[test]
fn nothing_and_nothing_are_equal() {
    assert!(differences(&bom_of(&[]), &[]).is_empty());
    assert_eq!(differences(&bom_of(&[]), &[("a", "a")]), ["extra a"]);
}

#[test]
fn many_copies_of_the_same_bytes_take_no_quadratic_time() {
    let names: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let same = sha256("same");
    let bom = bom(&names.iter().map(|name| component(name, &[same])).collect::<Vec<_>>());
    let mut comparison = Comparison::default();
    for name in &names {
        comparison.meet(&bom, name, &[sha256("other")]);
        comparison.meet(&bom, &format!("{name}.copy"), &[same]);
    }
    let compared = comparison.conclude(&bom);
    assert_eq!(
        (compared.count(Standing::Altered), compared.count(Standing::Extra)),
        (20_000, 20_000)
    );
}
