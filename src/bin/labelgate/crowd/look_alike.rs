//! Classes that a person takes for one: told, never joined.

use std::collections::BTreeMap;

use labelgate::Label;
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// Most groups that are told.
const MOST_TOLD: usize = 5;

/// A sentence for each group of different classes that look alike: other case, other white space, other form of
/// Unicode, or letters of another script (Unicode Technical Standard 39, section 4).
pub fn told(labels: &[Label]) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for label in labels {
        if let Label::Class(class) = label {
            groups.entry(look(class)).or_default().push(class);
        }
    }
    let mut told: Vec<String> = groups
        .into_values()
        .filter(|group| group.len() > 1)
        .map(|group| {
            let shown: Vec<String> =
                group.iter().take(MOST_TOLD).map(|class| format!("`{}`", escaped(class))).collect();
            format!("{} look alike and count as {} labels", shown.join(", "), group.len())
        })
        .collect();
    if let Some(more) = told.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        told.truncate(MOST_TOLD);
        told.push(format!("{more} more groups of labels look alike"));
    }
    told
}

fn look(class: &str) -> String {
    let seen: String = class
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|letter| !letter.is_whitespace() && !is_invisible(*letter))
        .collect();
    skeleton(&seen).collect()
}

fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// What is not plain ASCII by its number, because otherwise nobody sees the difference.
fn escaped(class: &str) -> String {
    class
        .chars()
        .flat_map(|letter| {
            let is_plain = letter.is_ascii_graphic() || letter == ' ';
            let escaped: Box<dyn Iterator<Item = char>> = if is_plain {
                Box::new(std::iter::once(letter))
            } else {
                Box::new(letter.escape_default())
            };
            escaped
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_of(classes: &[&str]) -> Vec<String> {
        told(&classes.iter().map(|class| Label::Class((*class).into())).collect::<Vec<_>>())
    }

    #[test]
    fn case_space_form_and_script_are_seen() {
        for pair in [
            ["Cat", "cat"],
            ["cat ", "cat"],
            ["caf\u{e9}", "cafe\u{301}"],
            ["cat", "c\u{430}t"],
            ["ca\u{200b}t", "cat"],
        ] {
            assert_eq!(told_of(&pair).len(), 1, "{pair:?}");
        }
        assert_eq!(told_of(&["cat", "dog", "1", "2"]), Vec::<String>::new());
    }

    #[test]
    fn the_difference_is_shown() {
        assert_eq!(
            told_of(&["cat", "c\u{430}t"]),
            ["`cat`, `c\\u{430}t` look alike and count as 2 labels"]
        );
    }

    #[test]
    fn many_groups_are_counted() {
        let classes: Vec<String> =
            (0..9).flat_map(|n| [format!("Group {n}"), format!("group {n}")]).collect();
        let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
        let told = told_of(&classes);
        assert_eq!((told.len(), told[5].as_str()), (6, "4 more groups of labels look alike"));
    }
}
