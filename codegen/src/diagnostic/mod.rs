//! A problem in a catalog: where, what, and what to do.

mod kind;
mod render;

pub use kind::Kind;
pub use render::Colour;

use crate::source::Site;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem.
    pub kind: Kind,
    /// Where.
    pub site: Site,
    /// What is wrong with what stands there.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that matter.
    pub related: Vec<Related>,
}

/// Another place that matters to a [`Diagnostic`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub site: Site,
    /// Why it matters.
    pub label: String,
}

impl Diagnostic {
    pub(crate) fn new(kind: Kind, site: Site, label: impl Into<String>) -> Self {
        Self { kind, site, label: label.into(), help: None, related: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds help if there is any.
    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        self.help = hint.or(self.help);
        self
    }

    pub(crate) fn related(mut self, site: Site, label: impl Into<String>) -> Self {
        self.related.push(Related { site, label: label.into() });
        self
    }
}
