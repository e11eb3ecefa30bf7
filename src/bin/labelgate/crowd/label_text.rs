//! A label as text, as a cell of CSV has it: what is written can be read again.

use labelgate::Label;
use labelgate::json::Writer;

/// The text of a label.
pub fn text_of(label: &Label) -> String {
    match label {
        Label::Class(class) => class.clone(),
        Label::Classes(classes) => classes.join("|"),
        Label::Number(number) => number.to_string(),
        Label::Rating(rating) => rating.to_string(),
        Label::Text(text) => text.clone(),
        other => {
            let mut writer = Writer::new();
            other.write(&mut writer);
            String::from_utf8_lossy(&writer.into_bytes()).into_owned()
        }
    }
}
