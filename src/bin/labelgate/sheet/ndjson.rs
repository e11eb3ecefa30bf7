//! A table as NDJSON: one object a row.

use std::io::{self, Write};

use labelgate::json::Writer;

use super::{Column, Sheet, rounded};

pub fn write(sheet: &Sheet, out: &mut impl Write) -> io::Result<()> {
    for row in 0..sheet.len() {
        let mut writer = Writer::new();
        writer.open_object();
        for (name, column) in &sheet.columns {
            writer.name(name);
            match column {
                Column::Number(values) => match values.get(row).copied().flatten() {
                    Some(value) => writer.number(rounded(value)),
                    None => writer.null(),
                },
                Column::Text(values) => match values.get(row).and_then(Option::as_ref) {
                    Some(text) => writer.string(text),
                    None => writer.null(),
                },
            }
        }
        writer.close_object();
        out.write_all(&writer.into_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
