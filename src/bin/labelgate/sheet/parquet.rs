//! A table as Apache Parquet, compressed by Zstandard as most of its readers expect.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::{Column, Sheet};

pub fn write(sheet: &Sheet, out: &mut (impl Write + Send)) -> Result<()> {
    let fields = sheet
        .columns
        .iter()
        .map(|(name, column)| field(name, column).map(Arc::new))
        .collect::<Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder("labelgate").with_fields(fields).build()?);
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    let mut rows = file.next_row_group()?;
    for (_, column) in &sheet.columns {
        let Some(mut writer) = rows.next_column()? else { break };
        match column {
            Column::Number(values) => {
                let (present, levels) = split(values);
                writer.typed::<DoubleType>().write_batch(&present, Some(&levels), None)?;
            }
            Column::Text(values) => {
                let (present, levels) = split(values);
                let present: Vec<ByteArray> =
                    present.iter().map(|text| ByteArray::from(text.as_str())).collect();
                writer.typed::<ByteArrayType>().write_batch(&present, Some(&levels), None)?;
            }
        }
        writer.close()?;
    }
    rows.close()?;
    file.close()?;
    Ok(())
}

fn field(name: &str, column: &Column) -> Result<Type> {
    let (physical, logical) = match column {
        Column::Number(_) => (Physical::DOUBLE, None),
        Column::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

/// The values that are there, and for each place whether one is.
fn split<T: Clone>(values: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
    let present = values.iter().flatten().cloned().collect();
    (present, values.iter().map(|value| i16::from(value.is_some())).collect())
}
