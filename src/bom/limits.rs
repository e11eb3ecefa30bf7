//! What reading a BOM may cost.

use crate::json::stream::StreamLimits;

/// Bounds on a BOM. What is beyond is refused with the place, never cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BomLimits {
    /// Longest document, in bytes. Default 2 GiB: some 13 million inline items at the measured 165
    /// bytes each, beyond what a BOM without shards is for.
    pub max_bytes: u64,
    /// Deepest nesting of arrays and objects; the document itself is level 1. Default 64, which is 30
    /// components inside each other. Chosen; the deepest of the official examples we test with has
    /// 12 levels.
    pub max_depth: usize,
    /// Most items, together with the components that hold them; also the most references in
    /// compositions. Default 5,000,000, some 450 MB at the measured 88 bytes each; a
    /// host with less sets less.
    pub max_items: usize,
    /// Most member names in all JSON objects that are open at one time, 16 bytes of memory each.
    /// Default 65,536. Chosen; the largest object of the schema, a component, has 36
    /// properties.
    pub max_open_names: usize,
    /// Longest name, bom-ref, member name, url or comment of a component's reference, in bytes of UTF-8. Default 64 KiB. Chosen: a path may
    /// have 4,096 bytes, a package URL some more. Strings that the gate does not read (embedded
    /// files, licence texts) have no bound but the document's.
    pub max_string_bytes: usize,
}

impl Default for BomLimits {
    fn default() -> Self {
        Self {
            max_bytes: 2 << 30,
            max_depth: 64,
            max_items: 5_000_000,
            max_open_names: 65_536,
            max_string_bytes: 64 * 1024,
        }
    }
}

impl BomLimits {
    pub(super) fn stream(self) -> StreamLimits {
        StreamLimits {
            max_bytes: self.max_bytes,
            max_depth: self.max_depth,
            max_open_names: self.max_open_names,
            max_string_bytes: self.max_string_bytes,
        }
    }
}
