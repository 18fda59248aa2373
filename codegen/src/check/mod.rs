//! Turns documents into the model, reporting everything that is wrong with them.
//!
//! Each part of a document is judged where it is converted, and gets a stand-in value if it is wrong, so that the checks
//! after it can go on. Such values never get out: [`catalog`]'s result is used only if nothing was reported.

mod canonical;
mod code;
mod conditions;
mod editions;
mod envelope;
mod facts;
mod identity;
mod messages;
mod params;
mod relations;
mod rows;
mod sink;
mod stand_ins;
mod texts;
mod variants;
mod vendor;

use std::collections::HashMap;
use std::path::Path;

use crate::document::{ConditionsFile, Document, RelationsFile, Scalar, VendorFile};
use crate::model::{Catalog, Place};
use crate::relation;
use crate::source::{FileId, Site, SourceMap};

pub(crate) use conditions::ROOT;
pub(crate) use sink::{Sink, suggest};

use conditions::Conditions;
use texts::Texts;
use vendor::Draft;

/// All files of a catalog, parsed.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) conditions: Inherited<ConditionsFile>,
    /// The vendors of the catalog it builds on, whose codes relations may name.
    pub(crate) base_vendors: Vec<Document<VendorFile>>,
    pub(crate) relations: Option<Document<RelationsFile>>,
    pub(crate) vendors: Vec<Document<VendorFile>>,
}

/// A file of this catalog's, and the file of the catalog it builds on.
#[derive(Debug)]
pub(crate) struct Inherited<T> {
    pub(crate) base: Option<Document<T>>,
    pub(crate) own: Option<Document<T>>,
}

impl<T> Inherited<T> {
    /// The base first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Document<T>> {
        self.base.iter().chain(&self.own)
    }

    /// See [`Document::lost`].
    pub(crate) fn lost(&self, key: &str) -> bool {
        self.iter().any(|document| document.lost(key))
    }

    /// See [`Document::may_have_lost`].
    pub(crate) fn may_have_lost(&self, key: &str, id: &str) -> bool {
        self.iter().any(|document| document.may_have_lost(key, id))
    }
}

/// Checks everything.
pub(crate) fn catalog(documents: &Documents, sources: &SourceMap, sink: &mut Sink) -> Catalog {
    let conditions = Conditions::check(&documents.conditions, sources, sink);
    let base = documents.base_vendors.len();
    let mut drafts: Vec<Draft<'_>> = Vec::with_capacity(base + documents.vendors.len());
    // Which texts a base has is no business of what builds on it, so that each is compared with its own.
    for documents in [&documents.base_vendors, &documents.vendors] {
        let mut texts = Texts::default();
        for document in documents {
            drafts.push(vendor::check(drafts.len(), document, &conditions, sources, &mut texts, sink));
        }
    }
    duplicate_vendors(&drafts, sink);

    let mappings: Vec<_> = drafts.iter().flat_map(|draft| draft.mappings.iter().copied()).collect();
    let close = match &documents.relations {
        Some(document) => relations::check(document, &conditions, (&drafts, base), &mappings, sink),
        None => Vec::new(),
    };
    // Only a catalog without problems gets out, so that this need not be spent on one with some.
    if sink.is_empty() {
        let equivalents = relation::equivalents(&conditions.tree, &mappings, &close);
        for (mapping, equivalents) in mappings.iter().zip(equivalents) {
            let codes = drafts.get_mut(mapping.vendor).map(|draft| &mut draft.vendor.codes);
            if let Some(code) = codes.and_then(|codes| codes.get_mut(mapping.code)) {
                code.equivalents = equivalents;
            }
        }
    }
    let own = drafts.split_off(base);
    Catalog {
        files: sources.readable().map(Path::to_path_buf).collect(),
        conditions: conditions.list,
        base_vendors: drafts.into_iter().map(|draft| draft.vendor.id).collect(),
        vendors: own.into_iter().map(|draft| draft.vendor).collect(),
    }
}

fn duplicate_vendors(drafts: &[Draft<'_>], sink: &mut Sink) {
    use crate::diagnostic::{Diagnostic, Kind};
    let mut seen: HashMap<&str, Site> = HashMap::new();
    for draft in drafts {
        let Some(id) = &draft.document.value.vendor else { continue };
        let site = draft.document.file.at(id);
        match seen.get(id.value.as_str()) {
            Some(&first) => sink.push(
                Diagnostic::new(Kind::DuplicateVendor, site, format!("`{}` is described already", id.value))
                    .related(first, "first described here"),
            ),
            None => drop(seen.insert(&id.value, site)),
        }
    }
}

/// The line of a site, for links.
fn place(sources: &SourceMap, site: Site) -> Place {
    let source = sources.get(site.file);
    Place {
        file: source.map(|source| source.relative.clone()).unwrap_or_default(),
        line: source.map_or(1, |source| source.line(site.start).0),
    }
}

/// A part of a scalar, if the file holds its value as it is; else the whole scalar.
fn within(file: FileId, sources: &SourceMap, scalar: &Scalar, at: usize, len: usize) -> Site {
    let site = file.at(scalar);
    let written = sources.text(file).get(site.span()).unwrap_or_default();
    let unquoted = ['"', '\''].iter().find_map(|&quote| written.strip_prefix(quote)?.strip_suffix(quote));
    if unquoted.unwrap_or(written) != scalar.value {
        return site;
    }
    let start = site.start + usize::from(unquoted.is_some()) + at;
    Site { start, end: start + len, ..site }
}
