//! `bom-rollback`: the BOM is older than one that was in force before.

use crate::bom::Rollback;
use crate::verdict::{Amount, Finding, ReasonCode};

pub(crate) fn finding(rollback: Rollback) -> Finding {
    let finding = |message| Finding::new(ReasonCode::BomRollback, message);
    match rollback {
        Rollback::Version { shown, newest } => {
            finding("the list of published items is older than one that was in force before")
                .with_amounts(Amount::count(shown, "version"), Amount::count(newest, "version"))
        }
        Rollback::LogSize { shown, newest } => finding(
            "the checkpoint of the list of published items counts fewer publications than one before",
        )
        .with_amounts(Amount::count(shown, "publications"), Amount::count(newest, "publications")),
        Rollback::OtherBytes { version } => finding(
            "the list of published items was seen before under the same version with other content",
        )
        .with_measured(Amount::count(version, "version")),
    }
}
