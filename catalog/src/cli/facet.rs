//! The catalog's words as values of arguments, so that help and completions list them and slips are pointed out.

use std::str::FromStr;

use apigw_errors::{CodeRow, Fault, Lang, Plane, Retry, VendorRow};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::subject::catalog;

/// The words are listed from the same values, so that every admitted one is found.
fn one_of<T: Copy + Send + Sync + 'static>(
    all: impl IntoIterator<Item = T>,
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let all: Vec<T> = all.into_iter().collect();
    PossibleValuesParser::new(all.iter().map(|&value| word(value)))
        .try_map(move |text| all.iter().copied().find(|&value| word(value) == text).ok_or("not one of the words"))
}

pub(crate) fn langs() -> impl TypedValueParser<Value = Lang> {
    one_of(Lang::ALL, Lang::tag)
}

pub(crate) fn vendors() -> impl TypedValueParser<Value = &'static VendorRow> {
    one_of(catalog().all_vendors(), |vendor| vendor.id)
}

pub(crate) fn planes() -> impl TypedValueParser<Value = Plane> {
    one_of(Plane::ALL.iter().copied(), Plane::as_str)
}

pub(crate) fn faults() -> impl TypedValueParser<Value = Fault> {
    one_of(Fault::ALL.iter().copied(), Fault::as_str)
}

pub(crate) fn retries() -> impl TypedValueParser<Value = Retry> {
    one_of(Retry::ALL.iter().copied(), Retry::as_str)
}

/// A status filter: `429`, `4xx`, `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusIs {
    /// This one.
    Exactly(u16),
    /// One of this hundred.
    Class(u16),
    /// No HTTP status.
    Absent,
}

/// The text is no [`StatusIs`].
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("use a status such as `429`, a class such as `4xx`, or `none`")]
pub(crate) struct NoStatus;

impl FromStr for StatusIs {
    type Err = NoStatus;

    fn from_str(text: &str) -> Result<Self, NoStatus> {
        let text = text.to_ascii_lowercase();
        if text == "none" {
            return Ok(Self::Absent);
        }
        let (digits, class) = text.strip_suffix("xx").map_or((text.as_str(), false), |digit| (digit, true));
        match digits.parse() {
            Ok(class_of @ 1..=5) if class => Ok(Self::Class(class_of)),
            Ok(status @ 100..=599) if !class => Ok(Self::Exactly(status)),
            _ => Err(NoStatus),
        }
    }
}

impl StatusIs {
    /// True for a code with such a status in any edition.
    pub(crate) fn admits(self, code: &CodeRow) -> bool {
        let editions = code.editions.iter().map(|row| row.status);
        std::iter::once(code.status).chain(editions).any(|status| match (self, status.map(u16::from)) {
            (Self::Exactly(wanted), Some(status)) => status == wanted,
            (Self::Class(wanted), Some(status)) => status / 100 == wanted,
            (Self::Absent, status) => status.is_none(),
            (_, None) => false,
        })
    }
}
