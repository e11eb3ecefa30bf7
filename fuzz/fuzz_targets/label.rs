//! A label is read or refused with a place; what is read has one form, and any two are compared within bounds.
#![no_main]

use labelgate::Label;
use labelgate::json::{Reader, Writer};
use labelgate::label::Distance;
use libfuzzer_sys::fuzz_target;

fn read(input: &[u8]) -> Option<Label> {
    let mut reader = Reader::new(input, 8).ok()?;
    match Label::read(&mut reader) {
        Ok(label) => Some(label),
        Err(error) => {
            assert!(error.sentence_and_place().1.is_some());
            None
        }
    }
}

fn written(label: &Label) -> Vec<u8> {
    let mut writer = Writer::new();
    label.write(&mut writer);
    writer.into_bytes()
}

// Two labels, one a line.
fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let labels = [lines.next(), lines.next()].map(|line| line.and_then(read));
    for label in labels.iter().flatten() {
        let text = written(label);
        let again = read(&text).expect("written by us");
        assert_eq!(again, *label);
        assert_eq!(written(&again), text);
    }
    if let [Some(a), Some(b)] = &labels {
        for distance in Distance::ALL {
            let apart = distance.between(a, b, None);
            assert!((0.0..=1.0).contains(&apart));
            assert_eq!(apart.to_bits(), distance.between(b, a, None).to_bits());
        }
        assert_eq!(a == b, written(a) == written(b));
    }
});
