//! The published ML-BOM.
