//! The catalog for other people's programs: `catalog.json`, CSV, and what changed between two of them.
//!
//! ```
//! use apigw_errors::CATALOG;
//! use apigw_errors::export::{Recorded, catalog_json, diff::diff};
//!
//! let json = catalog_json(&CATALOG, |_| Recorded::default());
//! assert!(json.starts_with("{\"version\":\"1\""));
//! assert!(diff(&json, &json).unwrap().is_empty());
//! ```

pub mod csv;
pub mod diff;
pub mod json;

pub use csv::catalog_csv;
pub use json::{CodeEntry, Exchange, Recorded, catalog_json};
