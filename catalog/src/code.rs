//! What every vendor's typed codes and errors can do, so that code can be generic over vendors.

use std::fmt;
use std::hash::Hash;

use crate::reading::{Parsed, Reading};
use crate::row::{CodeRow, VendorRow};
use crate::template::Params;

/// A vendor's fieldless code.
pub trait VendorCode: Copy + Eq + Ord + Hash + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The same with parameters.
    type Error: VendorError<Code = Self>;

    /// The vendor.
    fn vendor() -> &'static VendorRow;

    /// Everything the catalog says of the code.
    fn row(self) -> &'static CodeRow;

    /// The typed code of a record; `None` for another vendor's.
    fn from_row(row: &'static CodeRow) -> Option<Self>;
}

/// A vendor's error: a code with the parameters of its message.
pub trait VendorError: std::error::Error + Params + Clone + Eq + Send + Sync + 'static {
    /// The same without parameters.
    type Code: VendorCode<Error = Self>;

    /// The code.
    fn code(&self) -> Self::Code;

    /// The typed error of what was read; `None` where the reading lacks a parameter, or is of a row that is no error.
    fn from_reading(reading: &Reading<'_>) -> Option<Self>;
}

/// `Debug` of a generated `Error`: id and parameters, the sensitive ones redacted.
///
/// Called by generated code.
///
/// # Errors
/// Only those of `f`.
pub fn debug_error(error: &impl VendorError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let row = error.code().row();
    let params = row.params.iter().map(|param| (param.name, param.sensitive));
    crate::template::debug(row.id, params, |name| error.param(name), f)
}

/// Reads a message as one vendor's, typed.
pub fn parse_as<'t, E: VendorError>(vendor: &'static VendorRow, text: &'t str) -> Vec<Parsed<'t, E>> {
    let typed = |reading: Reading<'t>| {
        let code = E::Code::from_row(reading.code)?;
        Some(Parsed { code, error: E::from_reading(&reading), reading })
    };
    vendor.read(text).into_iter().filter_map(typed).collect()
}
