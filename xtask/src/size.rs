//! The size of the wasm module, and the most it may have.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::tools::first_line;
use crate::workspace::Workspace;

/// Sizes of one file in bytes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sizes {
    pub raw: u64,
    /// After gzip -9, what a plain web server sends.
    pub gzip: u64,
    /// After brotli 11, what a CDN sends.
    pub brotli: u64,
}

impl Sizes {
    /// Measures a file with Node's zlib and brotli.
    pub fn measure(workspace: &Workspace, file: &Path) -> Result<Self> {
        let script = workspace.join("xtask/npm/sizes.mjs");
        let line = first_line(Command::new("node").arg(script).arg(file))?;
        Self::from_json(&serde_json::from_str(&line)?).context("sizes.mjs printed no sizes")
    }

    pub fn from_json(value: &Value) -> Option<Self> {
        let size = |name: &str| value.get(name)?.as_u64();
        Some(Self { raw: size("raw")?, gzip: size("gzip")?, brotli: size("brotli")? })
    }

    pub fn to_json(self) -> Value {
        json!({ "raw": self.raw, "gzip": self.gzip, "brotli": self.brotli })
    }
}

/// The most bytes that the module may have after gzip, from the text of `pkg/package.json`.
pub fn budget(package_json: &str) -> Result<u64> {
    let package: Value =
        serde_json::from_str(package_json).context("`pkg/package.json` is not JSON")?;
    let budget = package.pointer("/labelgate/wasmGzipBudget").context(
        "`pkg/package.json` names no size budget: it needs \"labelgate\": { \"wasmGzipBudget\": <bytes> }",
    )?;
    budget.as_u64().filter(|bytes| *bytes > 0).with_context(|| {
        format!(
            "`labelgate.wasmGzipBudget` in `pkg/package.json` is `{budget}`, not a number of bytes"
        )
    })
}

/// Fails when the module is over the budget of `pkg/package.json`; else says how much is left.
pub fn check(workspace: &Workspace, sizes: Sizes) -> Result<String> {
    let text = fs::read_to_string(workspace.join("pkg/package.json"))
        .context("cannot read `pkg/package.json`, which names the size budget")?;
    let budget = budget(&text)?;
    if sizes.gzip > budget {
        bail!(
            "the wasm module has {} after gzip, {} over the budget of {} (`labelgate.wasmGzipBudget` in `pkg/package.json`)",
            bytes(sizes.gzip),
            bytes(sizes.gzip - budget),
            bytes(budget)
        );
    }
    Ok(format!("{} % of the budget of {}", sizes.gzip * 100 / budget, bytes(budget)))
}

/// `71 680 B`, digits in groups of three.
pub fn bytes(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text + " B"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_read_from_the_package() {
        let text = r#"{"name":"labelgate","labelgate":{"wasmGzipBudget":71680}}"#;
        assert_eq!(budget(text).unwrap(), 71_680);
    }

    #[test]
    fn a_missing_or_senseless_budget_is_an_error_that_names_the_member() {
        for text in [
            r#"{"name":"labelgate"}"#,
            r#"{"labelgate":{"wasmGzipBudget":"70 KB"}}"#,
            r#"{"labelgate":{"wasmGzipBudget":0}}"#,
            r#"{"labelgate":{"wasmGzipBudget":-1}}"#,
        ] {
            let error = budget(text).unwrap_err().to_string();
            assert!(error.contains("wasmGzipBudget"), "{text}: {error}");
        }
    }

    #[test]
    fn sizes_survive_the_stamp() {
        let sizes = Sizes { raw: 3, gzip: 2, brotli: 1 };
        assert_eq!(Sizes::from_json(&sizes.to_json()), Some(sizes));
        assert_eq!(Sizes::from_json(&json!({ "raw": 3, "gzip": 2 })), None);
    }

    #[test]
    fn bytes_are_grouped() {
        assert_eq!(bytes(7), "7 B");
        assert_eq!(bytes(71_680), "71 680 B");
        assert_eq!(bytes(1_000_000), "1 000 000 B");
    }
}
