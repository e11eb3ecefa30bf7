//! The golden verdict files inside the test binary, for where there is no file system: a browser.
//!
//! `tests/tidy.rs` fails when a file of `tests/data` is missing here.

/// Name (`<check>/<case>`) and text of each file.
pub const FILES: &[(&str, &str)] = &[
    ("accept/listed", include_str!("../data/accept/listed.vector")),
    ("accept/plain", include_str!("../data/accept/plain.vector")),
    ("bom_untrusted/missing", include_str!("../data/bom_untrusted/missing.vector")),
    ("bom_untrusted/pinned_key", include_str!("../data/bom_untrusted/pinned_key.vector")),
    ("disagrees/contrary", include_str!("../data/disagrees/contrary.vector")),
    ("disagrees/ratings", include_str!("../data/disagrees/ratings.vector")),
    ("duplicate/another_id", include_str!("../data/duplicate/another_id.vector")),
    ("duplicate/second_answer", include_str!("../data/duplicate/second_answer.vector")),
    ("duplicate/under_review", include_str!("../data/duplicate/under_review.vector")),
    ("gold_missed/always_wrong", include_str!("../data/gold_missed/always_wrong.vector")),
    ("impossible_clock/times", include_str!("../data/impossible_clock/times.vector")),
    ("item_altered/bytes", include_str!("../data/item_altered/bytes.vector")),
    ("item_unlisted/complete", include_str!("../data/item_unlisted/complete.vector")),
    ("item_unlisted/incomplete", include_str!("../data/item_unlisted/incomplete.vector")),
    ("item_unlisted/names_required", include_str!("../data/item_unlisted/names_required.vector")),
    ("label_out_of_schema/class", include_str!("../data/label_out_of_schema/class.vector")),
    ("label_out_of_schema/classes", include_str!("../data/label_out_of_schema/classes.vector")),
    ("label_out_of_schema/number", include_str!("../data/label_out_of_schema/number.vector")),
    ("label_out_of_schema/rating", include_str!("../data/label_out_of_schema/rating.vector")),
    ("malformed/strict", include_str!("../data/malformed/strict.vector")),
    ("rate_burst/ten_a_second", include_str!("../data/rate_burst/ten_a_second.vector")),
    ("replayed/same_bytes", include_str!("../data/replayed/same_bytes.vector")),
    ("too_fast/bot", include_str!("../data/too_fast/bot.vector")),
    ("too_fast/page", include_str!("../data/too_fast/page.vector")),
    ("too_large/bound", include_str!("../data/too_large/bound.vector")),
    ("unchecked/full_item", include_str!("../data/unchecked/full_item.vector")),
    ("weak_digest/nothing_strong", include_str!("../data/weak_digest/nothing_strong.vector")),
];
