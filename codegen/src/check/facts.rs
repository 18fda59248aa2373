//! What a vendor's file tells of its wire beside the tables.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Scalar, VendorFile};
use crate::model::{self, Evidence};
use crate::source::FileId;

use super::{Sink, editions, envelope, texts};

/// The facts of the vendor's responses.
pub(crate) fn facts(file: FileId, vendor: &VendorFile, sink: &mut Sink) -> Vec<model::Fact> {
    let facts = vendor.facts.iter();
    facts.map(|one| fact(file, &one.about, &one.evidence, &one.source, sink)).collect()
}

/// The headers, each described once.
pub(crate) fn headers(file: FileId, vendor: &VendorFile, sink: &mut Sink) -> Vec<model::HeaderFact> {
    let mut seen: HashMap<String, &Scalar> = HashMap::new();
    let mut headers = Vec::with_capacity(vendor.headers.len());
    for document::HeaderFact { name, example, about, evidence, source } in &vendor.headers {
        if !envelope::is_token(&name.value) {
            let label = format!("`{}` is no name of a header", name.value);
            sink.push(Diagnostic::new(Kind::BadHeader, file.at(name), label));
        }
        match seen.get(&name.value.to_ascii_lowercase()) {
            Some(first) => {
                let label = format!("`{}` is described already", name.value);
                let twice = Diagnostic::new(Kind::BadHeader, file.at(name), label);
                sink.push(twice.related(file.at(first), "first described here"));
            }
            None => drop(seen.insert(name.value.to_ascii_lowercase(), name)),
        }
        headers.push(model::HeaderFact {
            name: name.value.clone(),
            example: sink.filled(file, example),
            fact: fact(file, about, evidence, source, sink),
        });
    }
    headers
}

/// The ways to prove who calls.
pub(crate) fn authentication(file: FileId, vendor: &VendorFile, sink: &mut Sink) -> Vec<model::Authentication> {
    let ways = &vendor.authentication;
    editions::unique(file, ways.iter().map(|way| &way.id), Kind::DuplicateAuthentication, sink);
    let way = |way: &document::Authentication| model::Authentication {
        id: way.id.value.clone(),
        title: texts::text(file, &way.title, sink),
        example: sink.filled(file, &way.example),
        fact: fact(file, &way.steps, &way.evidence, &way.source, sink),
    };
    ways.iter().map(way).collect()
}

fn fact(file: FileId, about: &document::Text, evidence: &Scalar, source: &Scalar, sink: &mut Sink) -> model::Fact {
    model::Fact {
        about: texts::text(file, about, sink),
        evidence: sink.word(file, evidence, Evidence::WORDS, Evidence::from_word).unwrap_or(Evidence::Inferred),
        source: sink.filled(file, source),
    }
}
