//! Editions and their tables.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Scalar};
use crate::model::{self, Evidence};
use crate::name;
use crate::source::FileId;

use super::{Sink, texts};

/// The editions of a vendor, newest first.
pub(crate) fn check(file: FileId, editions: &[document::Edition], sink: &mut Sink) -> Vec<model::Edition> {
    unique(file, editions.iter().map(|edition| &edition.id), Kind::DuplicateEdition, sink);
    let edition = |edition: &document::Edition| {
        unique(file, edition.tables.iter().map(|table| &table.id), Kind::DuplicateTable, sink);
        model::Edition {
            id: edition.id.value.clone(),
            title: texts::text(file, &edition.title, sink),
            source: sink.filled(file, &edition.source),
            evidence: sink
                .word(file, &edition.evidence, Evidence::WORDS, Evidence::from_word)
                .unwrap_or(Evidence::Inferred),
            tables: edition.tables.iter().map(|one| table(file, one, sink)).collect(),
        }
    };
    editions.iter().map(edition).collect()
}

fn table(file: FileId, table: &document::Table, sink: &mut Sink) -> model::Table {
    model::Table {
        id: table.id.value.clone(),
        title: texts::text(file, &table.title, sink),
        rows: usize::try_from(table.rows.value).unwrap_or(usize::MAX),
        // Not trimmed: what the gateway appends usually begins with a space.
        wire_suffix: table.wire_suffix.as_ref().map(|suffix| suffix.value.clone()).unwrap_or_default(),
    }
}

/// Ids that are fit for Rust, each once.
pub(super) fn unique<'a>(file: FileId, ids: impl Iterator<Item = &'a Scalar>, kind: Kind, sink: &mut Sink) {
    let mut seen: HashMap<&str, &Scalar> = HashMap::new();
    for id in ids {
        if !name::is_field(&id.value) {
            let label = format!("`{}` is no snake_case name free in Rust", id.value);
            sink.push(Diagnostic::new(Kind::BadName, file.at(id), label));
        }
        match seen.get(id.value.as_str()) {
            Some(first) => sink.push(
                Diagnostic::new(kind, file.at(id), format!("`{}` is described already", id.value))
                    .related(file.at(first), "first described here"),
            ),
            None => drop(seen.insert(&id.value, id)),
        }
    }
}
