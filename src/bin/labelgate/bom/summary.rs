//! The numbers of a BOM as members of a JSON object.

use labelgate::bom::BomSummary;
use labelgate::json::Writer;

/// Writes what [`BomSummary::to_json`] writes, into an object that is open.
pub fn members(writer: &mut Writer, summary: &BomSummary) {
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    writer.integer_member("items", whole(summary.items));
    writer.integer_member("weak_only", whole(summary.weak_only));
    writer.word_member("spec_version", summary.spec_version);
    if let Some(serial_number) = &summary.serial_number {
        writer.string_member("serial_number", serial_number);
    }
    writer.integer_member("version", i64::try_from(summary.version).unwrap_or(i64::MAX));
    writer.name("complete");
    writer.boolean(summary.complete);
    writer.word_member("digest", &summary.digest);
}
