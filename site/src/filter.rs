//! Ready-made selections: a page for everything that codes can have in common and that has no page already.
//!
//! With a script the overview narrows its list in place; these pages are the same filters without one.

use apigw_errors::{Catalog, CodeRow, Edition, Fault, Lang, Origin, Plane, Retry, VendorRow};

use crate::recording;
use crate::words::Words;

/// Something that codes can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// The table family.
    Plane(Plane),
    /// Who makes the response.
    Origin(Origin),
    /// Who must act.
    Fault(Fault),
    /// Whether trying again helps.
    Retry(Retry),
    /// The edition that has the row.
    Edition(&'static VendorRow, &'static Edition),
    /// Whether the test run saw the gateway raise it.
    Raised(bool),
}

impl Filter {
    /// All filters over this catalog, facet by facet.
    pub(crate) fn all(catalog: &'static Catalog) -> impl Iterator<Item = Self> {
        let editions = |vendor: &'static VendorRow| vendor.editions.iter().map(move |one| Self::Edition(vendor, one));
        (Plane::ALL.iter().copied().map(Self::Plane))
            .chain(Fault::ALL.iter().copied().map(Self::Fault))
            .chain(Retry::ALL.iter().copied().map(Self::Retry))
            .chain(Origin::ALL.iter().copied().map(Self::Origin))
            .chain(catalog.all_vendors().flat_map(editions))
            .chain([true, false].map(Self::Raised))
    }

    /// The filter with this facet and value.
    pub(crate) fn find(catalog: &'static Catalog, facet: &str, value: &str) -> Option<Self> {
        Self::all(catalog).find(|filter| filter.facet() == facet && filter.value() == value)
    }

    /// The word for the facet, in paths and in the overview's address.
    pub fn facet(self) -> &'static str {
        match self {
            Self::Plane(_) => "plane",
            Self::Origin(_) => "origin",
            Self::Fault(_) => "fault",
            Self::Retry(_) => "retry",
            Self::Edition(..) => "edition",
            Self::Raised(_) => "raised",
        }
    }

    /// The word for the value.
    pub fn value(self) -> String {
        match self {
            Self::Plane(plane) => plane.to_string(),
            Self::Origin(origin) => origin.to_string(),
            Self::Fault(fault) => fault.to_string(),
            Self::Retry(retry) => retry.to_string(),
            Self::Edition(vendor, edition) => format!("{}-{}", vendor.id, edition.id),
            Self::Raised(raised) => if raised { "yes" } else { "no" }.to_owned(),
        }
    }

    /// Path of the page below the language.
    pub(crate) fn path(self) -> String {
        format!("/codes/{}/{}/", self.facet(), self.value())
    }

    /// True if the code is selected.
    pub(crate) fn admits(self, code: &CodeRow) -> bool {
        match self {
            Self::Plane(plane) => code.plane == plane,
            Self::Origin(origin) => code.origin == origin,
            Self::Fault(fault) => code.fault == fault,
            Self::Retry(retry) => code.retry == retry,
            Self::Edition(vendor, edition) => code.vendor == vendor && code.in_edition(edition).is_some(),
            Self::Raised(raised) => recording::of(code).is_some() == raised,
        }
    }

    /// The facet in words.
    pub(crate) fn facet_name(self, w: &Words) -> &'static str {
        match self {
            Self::Plane(_) => w.plane,
            Self::Origin(_) => w.made_by,
            Self::Fault(_) => w.who_acts,
            Self::Retry(_) => w.retry,
            Self::Edition(..) => w.edition,
            Self::Raised(_) => w.raised,
        }
    }

    /// The value in words.
    pub(crate) fn name(self, lang: Lang) -> String {
        let w = Words::of(lang);
        match self {
            Self::Plane(plane) => plane.label().get(lang).to_owned(),
            Self::Origin(origin) => origin.label().get(lang).to_owned(),
            Self::Fault(fault) => fault.label().get(lang).to_owned(),
            Self::Retry(retry) => retry.label().get(lang).to_owned(),
            Self::Edition(vendor, edition) => format!("{} {}", vendor.name.get(lang), edition.id),
            Self::Raised(raised) => if raised { w.raised_yes } else { w.raised_no }.to_owned(),
        }
    }

    /// A sentence about the value, if there is more to say.
    pub(crate) fn about(self, lang: Lang) -> Option<&'static str> {
        match self {
            Self::Plane(_) => None,
            Self::Origin(origin) => Some(origin.about().get(lang)),
            Self::Fault(fault) => Some(fault.about().get(lang)),
            Self::Retry(retry) => Some(retry.about().get(lang)),
            Self::Edition(_, edition) => Some(edition.title.get(lang)),
            Self::Raised(raised) => {
                let w = Words::of(lang);
                Some(if raised { w.raised_yes_long } else { w.raised_no_long })
            }
        }
    }
}
