//! Answers in Apache Parquet.

use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::columns::Columns;
use super::rows::{NOBODY, Rows};
use crate::failure::{Failure, quoted};
use crate::progress::Progress;

/// The library that reads the format panics at some files that are broken on purpose: that is a failure like any other.
pub fn read(
    path: &Path,
    file: File,
    columns: &Columns,
    rows: &mut Rows<'_>,
    progress: &Progress,
) -> Result<(), Failure> {
    let told = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    // Rows of a file that fails are never used: the command ends with it.
    let read =
        panic::catch_unwind(AssertUnwindSafe(|| read_rows(path, file, columns, rows, progress)));
    panic::set_hook(told);
    let broken = || Failure::new(format!("{}: expected Parquet that is not damaged", quoted(path)));
    read.unwrap_or_else(|_| Err(broken()))
}

fn read_rows(
    path: &Path,
    file: File,
    columns: &Columns,
    rows: &mut Rows<'_>,
    progress: &Progress,
) -> Result<(), Failure> {
    let failed = |what: String| Failure::new(format!("{}: {what}", quoted(path)));
    let unreadable =
        |error: parquet::errors::ParquetError| failed(format!("expected Parquet: {error}"));
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let reader = SerializedFileReader::new(file).map_err(unreadable)?;
    let schema = reader.metadata().file_metadata().schema();
    let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
    let places = columns.places(&names).map_err(failed)?;
    let wanted: Vec<usize> =
        [Some(places.task), places.annotator, Some(places.label)].into_iter().flatten().collect();
    // Only these columns are decoded. They come in the order of the file.
    let kept: Vec<_> = schema
        .get_fields()
        .iter()
        .enumerate()
        .filter(|(at, _)| wanted.contains(at))
        .map(|(_, field)| field.clone())
        .collect();
    let place = |at: usize| wanted.iter().filter(|other| **other < at).count();
    let (task, label) = (place(places.task), place(places.label));
    let annotator = places.annotator.map(place);
    let projection = Type::group_type_builder(schema.name()).with_fields(kept).build();
    let all = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0).max(1);
    let mut told = 0;
    let read = reader.get_row_iter(Some(projection.map_err(unreadable)?)).map_err(unreadable)?;
    for (row, number) in read.zip(1_u64..) {
        let row = row.map_err(unreadable)?;
        let cells: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let cell = |at: usize| {
            cells.get(at).map_or(Ok(String::new()), |field| {
                text(field).ok_or_else(|| "expected columns of text or numbers".to_owned())
            })
        };
        let taken = cell(task).and_then(|task| {
            let annotator = annotator.map_or_else(|| Ok(NOBODY.to_owned()), cell)?;
            rows.take(&task, &annotator, &cell(label)?)
        });
        taken.map_err(|expected| failed(format!("row {number}: {expected}")))?;
        if number % ROWS_TOLD == 0 {
            // Nobody sees which bytes are read when: the rows stand for them.
            let read = (u128::from(bytes) * u128::from(number) / u128::from(all)).min(bytes.into());
            let read = u64::try_from(read).unwrap_or(bytes);
            progress.skip(read.saturating_sub(told));
            told = read.max(told);
        }
    }
    progress.skip(bytes.saturating_sub(told));
    Ok(())
}

/// Rows between two moves of the bar.
const ROWS_TOLD: u64 = 4096;

/// A value as CSV would have it; an absent one is empty. None for dates, lists and maps.
fn text(field: &Field) -> Option<String> {
    Some(match field {
        Field::Null => String::new(),
        // What data frames write for a missing number.
        Field::Float(value) if value.is_nan() => String::new(),
        Field::Double(value) if value.is_nan() => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bool(value) => value.to_string(),
        Field::Byte(value) => value.to_string(),
        Field::Short(value) => value.to_string(),
        Field::Int(value) => value.to_string(),
        Field::Long(value) => value.to_string(),
        Field::UByte(value) => value.to_string(),
        Field::UShort(value) => value.to_string(),
        Field::UInt(value) => value.to_string(),
        Field::ULong(value) => value.to_string(),
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Bytes(bytes) => std::str::from_utf8(bytes.data()).ok()?.to_owned(),
        _ => return None,
    })
}
