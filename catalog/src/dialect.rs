//! Which vendor, edition and style a gateway speaks, and what it says for a condition.

use std::borrow::Cow;
use std::fmt;

use crate::catalog::Catalog;
use crate::facets::Plane;
use crate::param::ParamRef;
use crate::row::{CodeRow, ConditionRow, Edition, PlainAnswer, Say, VendorRow};
use crate::status::Status;
use crate::template::{Params, Template};

/// Something that happened: a condition with its parameters. The generated `Condition` implements it.
pub trait Occurrence: Params {
    /// The condition's record.
    fn row(&self) -> &'static ConditionRow;
}

/// A vendor's way of speaking: `tencent@v1`, `huawei@v2+detailed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The vendor.
    pub vendor: &'static VendorRow,
    /// The edition; its statuses and messages are used for rows that stand in it.
    pub edition: &'static Edition,
    /// The plane spoken.
    pub plane: Plane,
    /// A style that some variants name: `detailed`, `legacy`, `quoted`.
    pub style: Option<&'static str>,
}

impl PartialEq for Edition {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Edition {}

/// Why a dialect's name could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// No such vendor.
    #[error("unknown vendor `{name}`; known are {known}")]
    Vendor {
        /// As written.
        name: String,
        /// The known ids.
        known: String,
    },
    /// No such edition.
    #[error("vendor `{vendor}` has no edition `{name}`; known are {known}")]
    Edition {
        /// The vendor.
        vendor: &'static str,
        /// As written.
        name: String,
        /// The known ids.
        known: String,
    },
    /// No such style.
    #[error("vendor `{vendor}` has no style `{name}`; known are {known}")]
    Style {
        /// The vendor.
        vendor: &'static str,
        /// As written.
        name: String,
        /// The known styles.
        known: String,
    },
}

impl Dialect {
    /// The vendor's newest edition, data plane, no style.
    pub fn newest(vendor: &'static VendorRow) -> Self {
        Self { vendor, edition: vendor.newest, plane: Plane::Data, style: None }
    }

    /// Reads `vendor[@edition][+style]`; without an edition the newest.
    ///
    /// # Errors
    /// The part that `catalog` does not know, and what it knows.
    pub fn parse(catalog: &Catalog, text: &str) -> Result<Self, DialectError> {
        let (rest, style) = match text.split_once('+') {
            Some((rest, style)) => (rest, Some(style)),
            None => (text, None),
        };
        let (vendor, edition) = match rest.split_once('@') {
            Some((vendor, edition)) => (vendor, Some(edition)),
            None => (rest, None),
        };
        let vendor = catalog.vendor(vendor).ok_or_else(|| DialectError::Vendor {
            name: vendor.to_owned(),
            known: join(catalog.all_vendors().map(|vendor| vendor.id)),
        })?;
        let mut dialect = Self::newest(vendor);
        if let Some(name) = edition {
            dialect.edition = vendor.edition(name).ok_or_else(|| DialectError::Edition {
                vendor: vendor.id,
                name: name.to_owned(),
                known: join(vendor.editions.iter().map(|edition| edition.id)),
            })?;
        }
        if let Some(name) = style {
            let styles = vendor.styles();
            dialect.style = styles.iter().find(|style| **style == name).copied();
            if dialect.style.is_none() {
                return Err(DialectError::Style { vendor: vendor.id, name: name.to_owned(), known: join(styles) });
            }
        }
        Ok(dialect)
    }

    /// What this dialect says when `occurrence` happens. Total, and without allocation.
    pub fn say<'a, O: Occurrence + ?Sized>(&self, occurrence: &'a O) -> Saying<'a, O> {
        match self.answer(occurrence.row()) {
            Ok(code) => self.say_code(occurrence, code),
            Err(plain) => Saying { occurrence, status: Some(plain.status), said: Said::Plain(plain) },
        }
    }

    /// The row of its tables by which this dialect says `condition`; `None` where it gives a plain answer.
    pub fn code_for(&self, condition: &ConditionRow) -> Option<&'static CodeRow> {
        self.answer(condition).ok()
    }

    fn answer(&self, condition: &ConditionRow) -> Result<&'static CodeRow, &'static PlainAnswer> {
        let mut answer = self.vendor.answer(self.plane, condition);
        loop {
            let code = match &answer.say {
                Say::Plain(plain) => return Err(plain),
                Say::Code(code) => code,
            };
            // An older edition may lack the row. Then it is said by another row of the same condition, or by what the
            // edition has for the next condition upwards.
            match (self.in_edition(code), answer.at.parent) {
                (Some(code), _) => return Ok(self.in_style(code).unwrap_or(code)),
                (None, Some(parent)) => answer = self.vendor.answer(self.plane, parent),
                (None, None) => return Ok(code),
            }
        }
    }

    /// The code, or the one that stood for its condition in this edition.
    fn in_edition(&self, code: &'static CodeRow) -> Option<&'static CodeRow> {
        if code.in_edition(self.edition).is_some() {
            return Some(code);
        }
        let stood = |other: &&CodeRow| {
            other.condition == code.condition && other.plane == code.plane && other.in_edition(self.edition).is_some()
        };
        self.vendor.codes.iter().find(stood)
    }

    /// The code that this dialect's style raises in place of `code`, if it has one.
    fn in_style(&self, code: &CodeRow) -> Option<&'static CodeRow> {
        let style = self.style?;
        let takes_its_place = |other: &&CodeRow| {
            other.style == Some(style)
                && other.condition == code.condition
                && other.plane == code.plane
                && other.in_edition(self.edition).is_some()
        };
        self.vendor.codes.iter().find(takes_its_place)
    }

    /// What this dialect says when `occurrence` happens and `code`, one of its vendor's, is to say it: a row beside the one
    /// that [`say`](Self::say) takes.
    pub fn say_code<'a, O: Occurrence + ?Sized>(&self, occurrence: &'a O, code: &'static CodeRow) -> Saying<'a, O> {
        let condition = occurrence.row();
        let row = code.in_edition(self.edition);
        // The newest edition says the wire text, which is the code's own message; an older one what it prints.
        let (mut template, mut text, mut status) = match row {
            Some(row) if self.edition.index > 0 => (&row.message, row.code, row.status),
            _ => (&code.message, code.code, code.status),
        };
        if let Some(style) = self.style {
            let worded = code.variants.iter().filter(|variant| variant.style == Some(style));
            // The most particular wording wins: the deepest `when` that covers what happened.
            let best = worded
                .filter(|variant| variant.when.is_none_or(|when| when.covers(condition)))
                .max_by_key(|variant| variant.when.map_or(0, |when| 1 + when.ancestry().count()));
            if let Some(variant) = best {
                template = &variant.message;
                text = variant.code.or(text);
                status = variant.status.or(status);
            }
        }
        let suffix = row.or(code.editions.first()).map_or("", |row| row.table.wire_suffix);
        Saying { occurrence, status, said: Said::Code { code, text, template, suffix } }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.vendor.id, self.edition.id)?;
        self.style.map_or(Ok(()), |style| write!(f, "+{style}"))
    }
}

/// `Debug` of a generated `Condition`: id and parameters, the sensitive ones redacted.
///
/// # Errors
/// Only those of `f`.
pub fn debug_occurrence(occurrence: &dyn Occurrence, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let row = occurrence.row();
    let params = row.params.iter().map(|param| (param.name, param.sensitive));
    crate::template::debug(row.id, params, |name| occurrence.param(name), f)
}

fn join<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// What a dialect says; borrowed, rendered on demand.
#[derive(Debug)]
pub struct Saying<'a, O: ?Sized> {
    occurrence: &'a O,
    status: Option<Status>,
    said: Said,
}

#[derive(Debug)]
enum Said {
    Code { code: &'static CodeRow, text: Option<&'static str>, template: &'static Template, suffix: &'static str },
    Plain(&'static PlainAnswer),
}

impl<O: Occurrence + ?Sized> Saying<'_, O> {
    /// The HTTP status; `None` where no HTTP answer exists.
    pub fn status(&self) -> Option<Status> {
        self.status
    }

    /// The vendor's row; `None` for a plain answer of ours.
    pub fn code(&self) -> Option<&'static CodeRow> {
        match self.said {
            Said::Code { code, .. } => Some(code),
            Said::Plain(_) => None,
        }
    }

    /// The string code for the envelope, if there is one.
    pub fn code_text(&self) -> Option<&'static str> {
        match self.said {
            Said::Code { text, .. } => text,
            Said::Plain(plain) => plain.code,
        }
    }

    /// The condition that happened.
    pub fn condition(&self) -> &'static ConditionRow {
        self.occurrence.row()
    }

    /// The message; borrowed where it has no parameters and no suffix.
    pub fn message(&self) -> Cow<'static, str> {
        match self.said {
            Said::Plain(plain) => Cow::Borrowed(plain.message),
            Said::Code { template, suffix: "", .. } if template.as_static().is_some() => {
                Cow::Borrowed(template.as_static().unwrap_or_default())
            }
            Said::Code { .. } => Cow::Owned(self.to_string()),
        }
    }
}

impl<O: Occurrence + ?Sized> fmt::Display for Saying<'_, O> {
    /// The message as it goes on the wire, before the envelope's own escaping.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.said {
            Said::Plain(plain) => f.write_str(plain.message),
            Said::Code { code, template, suffix, .. } => {
                template.render(&Filled { occurrence: self.occurrence, code }, f)?;
                f.write_str(suffix)
            }
        }
    }
}

/// The condition's parameters under the names the code uses, with the code's defaults behind them.
struct Filled<'a, O: ?Sized> {
    occurrence: &'a O,
    code: &'static CodeRow,
}

impl<O: Occurrence + ?Sized> Params for Filled<'_, O> {
    fn param(&self, name: &str) -> Option<ParamRef<'_>> {
        match self.code.params.iter().find(|param| param.name == name) {
            Some(param) => self.occurrence.param(param.from).or(param.default.map(ParamRef::Text)),
            None => self.occurrence.param(name),
        }
    }
}
