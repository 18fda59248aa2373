//! Reads, checks and expands catalogs of API gateway errors.
//!
//! ```text
//! YAML files ──▶ documents ──▶ checks ──▶ model ──▶ expansion
//! (source)      (document)    (check)    (model)   (expand)
//!                    │            │
//!                    └─ diagnostics: all of them, each with file, line, column, the line itself, a caret and a hint
//! ```
//!
//! [`read`] takes the first three steps. The documents say what is written, with the place of every value; the checks
//! convert them piece by piece and gather what is wrong; the model is what is left when nothing is. What follows from
//! the model alone is added on the way: which codes correspond to each other ([`model::Equivalent`]) and what a vendor
//! answers for a condition that it has no row for ([`model::Answer`]).
//!
//! This crate knows no HTTP and no proc-macro API: the macro, the command line and the tests all call it alike.

pub mod diagnostic;
pub mod envelope;
pub mod expand;
pub mod format;
pub mod model;
pub mod name;
#[cfg(feature = "schema")]
pub mod schema;
pub mod source;
pub mod template;

mod answer;
mod base;
mod check;
mod document;
mod relation;
mod report;
mod tree;
mod vocabulary;

use std::path::Path;

use check::{Documents, Inherited, Sink};
use diagnostic::{Diagnostic, Kind};
use document::Document;
use source::{FileId, SourceMap};

pub use base::{Base, BaseFile, stands_alone};
pub use report::{Outline, Report, VendorOutline, render_all};

/// The files of a catalog: paths relative to its folder, with `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// The catalog that this one builds on: its conditions come first, and this catalog's own stand below them; its
    /// vendors' codes may be related to.
    pub base: Option<Base>,
    /// The condition tree, or what this catalog adds to that of its base; may be missing only with a base.
    pub conditions: Option<String>,
    /// Explicit relations, if there are any.
    pub relations: Option<String>,
    /// One file per vendor, in the order in which the vendors are to appear.
    pub vendors: Vec<String>,
}

/// Reads and checks a catalog.
///
/// # Errors
/// Everything that is wrong with it, and what could be made out nevertheless.
pub fn read(root: &Path, files: &Files) -> Result<model::Catalog, Report> {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let base = files.base.as_ref().map(|base| {
        let conditions = base.conditions.load(&mut sources, root, &mut sink);
        let vendors: Vec<_> = base.vendors.iter().map(|file| file.load(&mut sources, root, &mut sink)).collect();
        (conditions, vendors)
    });
    let (base_conditions, base_vendors) = base.unzip();
    let conditions = files.conditions.as_ref().map(|path| load(&mut sources, root, path, &mut sink));
    let relations = files.relations.as_ref().map(|path| load(&mut sources, root, path, &mut sink));
    let vendors: Vec<_> = files.vendors.iter().map(|path| load(&mut sources, root, path, &mut sink)).collect();

    let documents = Documents {
        conditions: Inherited {
            base: base_conditions.map(|file| parse(file, &sources, &mut sink)),
            own: conditions.map(|file| parse(file, &sources, &mut sink)),
        },
        base_vendors: base_vendors.into_iter().flatten().map(|file| parse(file, &sources, &mut sink)).collect(),
        relations: relations.map(|file| parse(file, &sources, &mut sink)),
        vendors: vendors.into_iter().map(|file| parse(file, &sources, &mut sink)).collect(),
    };
    let catalog = check::catalog(&documents, &sources, &mut sink);
    if sink.is_empty() {
        return Ok(catalog);
    }
    let outline = report::outline(&documents);
    Err(Report::new(sink.into_sorted(), sources, outline))
}

fn load(sources: &mut SourceMap, root: &Path, path: impl AsRef<Path>, sink: &mut Sink) -> FileId {
    let (file, result) = sources.load(root, path.as_ref());
    if let Err(error) = result {
        sink.push(Diagnostic::new(Kind::UnreadableFile, file.start(), error.to_string()));
    }
    file
}

fn parse<T: serde::de::DeserializeOwned + Default>(file: FileId, sources: &SourceMap, sink: &mut Sink) -> Document<T> {
    match sources.get(file) {
        Some(source) if source.readable => document::parse(file, &source.text, sink),
        _ => Document::unreadable(file, T::default()),
    }
}
