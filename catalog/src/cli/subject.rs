//! The catalog that the program speaks of.

use std::sync::OnceLock;

use apigw_errors::{CATALOG, Catalog};

/// Set once at the start. A static, because the values that an argument may have are asked for by functions that get
/// nothing from their caller.
static SUBJECT: OnceLock<&'static Catalog> = OnceLock::new();

/// Makes `catalog` the subject; a second one is ignored.
pub(crate) fn speak_of(catalog: &'static Catalog) {
    let _ = SUBJECT.set(catalog);
}

/// The catalog in question; that of this crate where none was named, as in tests.
pub(crate) fn catalog() -> &'static Catalog {
    SUBJECT.get().copied().unwrap_or(&CATALOG)
}
