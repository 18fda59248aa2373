//! What is left of a catalog that has problems.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::check::Documents;
use crate::diagnostic::{Colour, Diagnostic};
use crate::name;
use crate::source::SourceMap;

/// Everything that is wrong with a catalog.
#[derive(Debug, Clone)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    sources: SourceMap,
    files: Vec<PathBuf>,
    outline: Outline,
}

/// The names that a correct catalog would define, as far as they are known: enough for stubs, so that one mistake in a
/// catalog is not thirty in the code that uses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Condition ids, each once and fit for Rust.
    pub conditions: Vec<String>,
    /// Vendors, each once and fit for Rust.
    pub vendors: Vec<VendorOutline>,
}

/// A vendor of an [`Outline`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VendorOutline {
    /// The vendor's id.
    pub id: String,
    /// Ids of its codes, each once and fit for Rust.
    pub codes: Vec<String>,
}

impl Report {
    pub(crate) fn new(diagnostics: Vec<Diagnostic>, sources: SourceMap, outline: Outline) -> Self {
        let files = sources.readable().map(Path::to_path_buf).collect();
        Self { diagnostics, sources, files, outline }
    }

    /// The problems, sorted by file and place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The files, for the lines that diagnostics point at.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// The files that could be read, absolute, for tracking rebuilds.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The names in the catalog.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Each problem as plain text.
    pub fn rendered(&self) -> impl Iterator<Item = String> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.render(&self.sources, Colour::Never))
    }

    /// All problems as text, one after the other, with a count at the end.
    pub fn render(&self, colour: Colour) -> String {
        let mut text = String::new();
        for diagnostic in &self.diagnostics {
            text.push_str(&diagnostic.render(&self.sources, colour));
            text.push_str("\n\n");
        }
        match self.diagnostics.len() {
            1 => text + "1 problem in this catalog\n",
            count => text + &format!("{count} problems in this catalog\n"),
        }
    }
}

/// All problems of a report as plain text.
pub fn render_all(report: &Report) -> String {
    report.render(Colour::Never)
}

/// The names in the documents.
pub(crate) fn outline(documents: &Documents) -> Outline {
    // Only own conditions: those of a base are defined there.
    let own = documents.conditions.own.iter();
    let ids = own.flat_map(|document| {
        let written = document.value.conditions.iter().map(|condition| condition.id.value.as_str());
        written.chain(document.lost_ids("conditions"))
    });
    let mut outline =
        Outline { conditions: distinct(ids, name::is_condition_id, name::upper_camel), vendors: Vec::new() };
    for document in &documents.vendors {
        let Some(vendor) = &document.value.vendor else { continue };
        let id = &vendor.value;
        if name::is_field(id) && !outline.vendors.iter().any(|known| known.id == *id) {
            let written = document.value.codes.iter().map(|code| code.id.value.as_str());
            let ids = written.chain(document.lost_ids("codes"));
            let codes = distinct(ids, name::is_upper_camel, str::to_owned);
            outline.vendors.push(VendorOutline { id: id.clone(), codes });
        }
    }
    outline
}

/// The fit names, without those that would be the same in Rust.
fn distinct<'a>(
    names: impl Iterator<Item = &'a str>,
    fit: fn(&str) -> bool,
    in_rust: fn(&str) -> String,
) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|name| fit(name) && seen.insert(in_rust(name))).map(str::to_owned).collect()
}
