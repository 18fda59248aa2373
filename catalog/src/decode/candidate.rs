//! A code that a response may be of.

use std::borrow::Cow;
use std::fmt;

use super::fit::{Confidence, Fit};
use super::origin::OriginHint;
use super::redact::REDACTED;
use crate::code::VendorError;
use crate::reading::{Reading, Wording, same};
use crate::row::{CodeRow, ConditionRow, Edition};
use crate::{AnyCode, AnyError};

/// One code that a response may be of, with everything that speaks for it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Candidate<'t> {
    /// The code.
    pub code: &'static CodeRow,
    /// Which of its texts was recognised; `None` if only its code text or its status was.
    pub wording: Option<Wording>,
    /// The values found in the message. A variant may have more of them than the code has parameters.
    pub params: Vec<(&'static str, Cow<'t, str>)>,
    /// What follows the known text, where the catalog does not know it.
    pub detail: Option<Cow<'t, str>>,
    /// Who made the response if it is of this code.
    pub origin: OriginHint,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why.
    pub fit: Fit,
    pub(super) status: Option<u16>,
    pub(super) code_text: Option<&'static str>,
}

impl<'t> Candidate<'t> {
    /// The value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// What went wrong: the code's condition, or the one below it that the recognised wording names.
    pub fn condition(&self) -> &'static ConditionRow {
        match self.wording {
            Some(Wording::Variant(variant)) => variant.when.unwrap_or(self.code.condition),
            _ => self.code.condition,
        }
    }

    /// The editions that print what was read, newest first, as far as status, code text and message tell them apart.
    pub fn editions(&self) -> impl Iterator<Item = &'static Edition> + use<'_, 't> {
        let text = self.wording.map(|wording| wording.template_of(self.code).source);
        let worded = move |row: &crate::row::EditionRow| text.is_some_and(|text| same(text, row.message.source));
        let printed = self.code.editions.iter().any(worded);
        let fits = move |row: &&crate::row::EditionRow| {
            let status = self.status.is_none_or(|status| row.status.is_none_or(|own| own.get() == status));
            let code = self.code_text.is_none_or(|code| row.code == Some(code));
            status && code && (!printed || worded(row))
        };
        self.code.editions.iter().filter(fits).map(|row| row.edition)
    }

    /// The code as one of this crate's enums; `None` for a code of another catalog.
    pub fn any_code(&self) -> Option<AnyCode> {
        AnyCode::from_row(self.code)
    }

    /// The typed error; `None` where the text lacks one of its parameters, for a row that is no error, and for a code of
    /// another catalog (see [`Candidate::error_as`]).
    pub fn error(&self) -> Option<AnyError> {
        AnyError::from_reading(&self.reading())
    }

    /// The typed error of a particular vendor, of whatever catalog.
    pub fn error_as<E: VendorError>(&self) -> Option<E> {
        E::from_reading(&self.reading())
    }

    /// The value of a parameter by the condition's name for it.
    pub(super) fn param_of_condition(&self, name: &str) -> Option<&str> {
        let own = self.code.params.iter().find(|param| param.from == name);
        self.param(own.map_or(name, |param| param.name))
    }

    fn reading(&self) -> Reading<'t> {
        Reading::of(self.code, self.wording.unwrap_or(Wording::Message), self.params.clone())
    }

    /// True if a parameter may be a secret or identify a caller.
    pub(super) fn is_sensitive(&self, name: &str) -> bool {
        let codes = self.code.params.iter().any(|param| param.name == name && param.sensitive);
        codes || self.condition().params.iter().any(|param| param.name == name && param.sensitive)
    }

    pub(super) fn into_owned(self) -> Candidate<'static> {
        Candidate {
            code: self.code,
            wording: self.wording,
            params: self.params.into_iter().map(|(name, value)| (name, Cow::Owned(value.into_owned()))).collect(),
            detail: self.detail.map(|detail| Cow::Owned(detail.into_owned())),
            origin: self.origin,
            confidence: self.confidence,
            fit: self.fit,
            status: self.status,
            code_text: self.code_text,
        }
    }
}

impl fmt::Debug for Candidate<'_> {
    /// Without the values of sensitive parameters, and without details, of which nothing is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.params.iter().map(|(name, value)| {
            let shown = if self.is_sensitive(name) { REDACTED } else { value.as_ref() };
            (*name, super::redact::text(shown).into_owned())
        });
        f.debug_struct("Candidate")
            .field("code", &self.code)
            .field("params", &params.collect::<Vec<_>>())
            .field("detail", &self.detail.as_ref().map(|_| REDACTED))
            .field("origin", &self.origin)
            .field("confidence", &self.confidence)
            .field("fit", &self.fit)
            .finish_non_exhaustive()
    }
}
