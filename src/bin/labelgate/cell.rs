//! What stands in one cell of a CSV. An error says what was expected.

mod shapes;

use labelgate::Label;
use labelgate::label::{
    LabelSchema, MAX_CLASS_BYTES, MAX_CLASSES, MAX_RANKED, MAX_RATING, MAX_TEXT_BYTES,
};
use labelgate::timestamp;

pub use shapes::{boxes, keypoints, polygons, spans};

/// Joins several labels or classes in one cell.
const JOINT: char = '|';

/// A time: RFC 3339, or Unix seconds with a fraction or without; as Unix ms. Digits beyond
/// milliseconds are cut off.
pub fn time(text: &str) -> Result<i64, String> {
    const YEAR_10000_MS: i64 = 253_402_300_800_000;
    let text = text.trim_ascii();
    let ms = timestamp::from_rfc3339(text).or_else(|| thousandths(text));
    match ms {
        Some(ms) if ms.abs() < YEAR_10000_MS => Ok(ms),
        Some(_) => Err("expected Unix seconds before the year 10000, not milliseconds".into()),
        None => Err("expected an RFC 3339 time or Unix seconds".into()),
    }
}

/// Milliseconds; a fraction is cut off.
pub fn elapsed_ms(text: &str) -> Result<u32, String> {
    let ms = thousandths(text.trim_ascii()).and_then(|micro| u32::try_from(micro / 1000).ok());
    ms.filter(|_| !text.trim_ascii().starts_with('-'))
        .ok_or_else(|| "expected milliseconds from 0 to 4294967295".into())
}

/// Seconds, with a fraction or without; as milliseconds.
pub fn elapsed_seconds(text: &str) -> Result<u32, String> {
    let ms = thousandths(text.trim_ascii()).and_then(|ms| u32::try_from(ms).ok());
    ms.filter(|_| !text.trim_ascii().starts_with('-'))
        .ok_or_else(|| "expected seconds from 0 to 4294967".into())
}

/// One label, of the kind that the policy's schema asks for; a class without a schema.
pub fn label(text: &str, schema: Option<&LabelSchema>) -> Result<Label, String> {
    match schema {
        None | Some(LabelSchema::Class { .. }) => Ok(Label::Class(class(text)?)),
        Some(LabelSchema::Classes { .. }) => class_set(text),
        Some(LabelSchema::Rating { .. }) => rating(text.trim_ascii()),
        Some(LabelSchema::Number { .. }) => number(text.trim_ascii()).map(Label::Number),
        Some(LabelSchema::Boxes { .. }) => boxes(text),
        Some(LabelSchema::Keypoints { .. }) => keypoints(text),
        Some(LabelSchema::Polygons { .. }) => polygons(text),
        Some(LabelSchema::Ranking { .. }) => ranking(text),
        Some(LabelSchema::Spans { .. }) => spans(text),
        Some(LabelSchema::Text { .. }) => free_text(text),
        Some(_) => Err("expected a kind of label that a table can hold".into()),
    }
}

/// The accepted labels of a gold item: one label, or where `|` means nothing else several joined by it.
pub fn accepted(text: &str, schema: Option<&LabelSchema>) -> Result<Vec<Label>, String> {
    match schema {
        None
        | Some(
            LabelSchema::Class { .. }
            | LabelSchema::Number { .. }
            | LabelSchema::Ranking { .. }
            | LabelSchema::Rating { .. },
        ) => text.split(JOINT).map(|one| label(one, schema)).collect(),
        Some(_) => label(text, schema).map(|one| vec![one]),
    }
}

pub fn free_text(text: &str) -> Result<Label, String> {
    Label::text(text.to_owned())
        .ok_or_else(|| format!("expected a text of at most {MAX_TEXT_BYTES} bytes"))
}

pub fn class(text: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > MAX_CLASS_BYTES {
        return Err(format!("expected a class name of 1 to {MAX_CLASS_BYTES} bytes"));
    }
    Ok(text.to_owned())
}

pub fn class_set(text: &str) -> Result<Label, String> {
    if text.is_empty() {
        return Ok(Label::Classes(Vec::new()));
    }
    if text.split(JOINT).nth(MAX_CLASSES).is_some() {
        return Err(format!("expected at most {MAX_CLASSES} classes"));
    }
    let classes = text.split(JOINT).map(class).collect::<Result<_, _>>()?;
    Label::class_set(classes).ok_or_else(|| "expected each class once".into())
}

fn rating(text: &str) -> Result<Label, String> {
    let rating = text.parse::<i32>().ok();
    rating
        .filter(|rating| i64::from(*rating).abs() <= MAX_RATING)
        .map(Label::Rating)
        .ok_or_else(|| "expected a rating: a whole number within 10^9".into())
}

/// Best first, as `a>b=c>d`.
pub fn ranking(text: &str) -> Result<Label, String> {
    let tier = |tier: &str| tier.split('=').map(|item| class(item.trim_ascii())).collect();
    let tiers = text.split('>').map(tier).collect::<Result<_, _>>();
    let expected =
        || format!("expected a ranking such as `a>b=c>d`, each of 1 to {MAX_RANKED} items once");
    tiers.ok().and_then(Label::ranking).ok_or_else(expected)
}

/// A finite number; minus zero is zero.
pub fn number(text: &str) -> Result<f64, String> {
    let is_decimal =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number = text.parse::<f64>().ok().filter(|number| is_decimal && number.is_finite());
    // Minus zero and zero are one answer and must have one form.
    number.map(|number| number + 0.0).ok_or_else(|| "expected a number".into())
}

/// A decimal number times 1000, cut off towards zero; none when it is not of the form `-12.345` or
/// beyond 64 bits.
fn thousandths(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let value = whole.parse::<i64>().ok()?.checked_mul(1000)?;
    let value = value.checked_add(thousandths.parse().ok()?)?;
    Some(if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelgate::label::NumberScale;

    #[test]
    fn times_are_rfc_3339_or_unix_seconds() {
        for (text, ms) in [
            ("1970-01-01T00:00:01.5Z", 1500),
            ("1429656370", 1_429_656_370_000),
            (" 1429656370.1239 ", 1_429_656_370_123),
            ("0.5", 500),
            ("-1.25", -1250),
        ] {
            assert_eq!(time(text), Ok(ms), "{text}");
        }
        for bad in ["", "yesterday", "1429656370000", "1.", ".5", "1e9", "0x10", "--1", "+1"] {
            assert!(time(bad).is_err(), "{bad}");
        }
        assert!(time("1429656370000").unwrap_err().contains("not milliseconds"));
    }

    #[test]
    fn time_spent_is_never_negative() {
        assert_eq!(elapsed_ms("7000"), Ok(7000));
        assert_eq!(elapsed_ms("12.9"), Ok(12));
        assert_eq!(elapsed_seconds("7.25"), Ok(7250));
        for bad in ["-1", "-0.5", "-0", "4294967296", "x"] {
            assert!(elapsed_ms(bad).is_err(), "{bad}");
        }
        assert!(elapsed_seconds("-0.0001").is_err());
        assert!(elapsed_seconds("4294968").is_err());
    }

    #[test]
    fn labels_are_of_the_kind_that_the_schema_asks_for() {
        let classes = || vec!["a".to_owned(), "b".to_owned()];
        let set = LabelSchema::Classes { classes: classes(), min: 0, max: None };
        let rating_schema = LabelSchema::Rating { min: 1, max: 5 };
        let number_schema =
            LabelSchema::Number { min: None, max: None, scale: NumberScale::Interval };
        assert_eq!(label("a|b", None), Ok(Label::Class("a|b".into())));
        assert_eq!(label("b|a", Some(&set)), Ok(Label::Classes(classes())));
        assert_eq!(label("", Some(&set)), Ok(Label::Classes(vec![])));
        assert_eq!(label("9", Some(&rating_schema)), Ok(Label::Rating(9)));
        assert_eq!(label("-0", Some(&number_schema)), Ok(Label::Number(0.0)));
        for (bad, schema) in [
            ("", None),
            ("a|a", Some(&set)),
            ("a|", Some(&set)),
            ("1.5", Some(&rating_schema)),
            ("2000000000", Some(&rating_schema)),
            ("NaN", Some(&number_schema)),
            ("inf", Some(&number_schema)),
            ("1e999", Some(&number_schema)),
        ] {
            assert!(label(bad, schema).is_err(), "{bad}");
        }
        assert!(label(&"x".repeat(257), None).is_err());
    }

    #[test]
    fn gold_accepts_several_labels_or_one_set() {
        let set = LabelSchema::Classes { classes: vec!["a".into()], min: 0, max: None };
        assert_eq!(
            accepted("a|b", None),
            Ok(vec![Label::Class("a".into()), Label::Class("b".into())])
        );
        assert_eq!(
            accepted("a|b", Some(&set)),
            Ok(vec![Label::Classes(vec!["a".into(), "b".into()])])
        );
        assert!(accepted("a|", None).is_err());
    }
}
