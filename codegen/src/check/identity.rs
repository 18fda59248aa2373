//! No two codes of a vendor may be mistaken for each other.

use std::collections::HashMap;
use std::hash::Hash;

use crate::diagnostic::{Diagnostic, Kind};
use crate::document;
use crate::model::Code;
use crate::source::{FileId, Site};

use super::Sink;

/// Compares ids, addresses, and what is on the wire.
pub(crate) fn check(file: FileId, written: &[document::Code], codes: &[Code], sink: &mut Sink) {
    let mut ids = HashMap::new();
    let mut slugs = HashMap::new();
    let mut wires = HashMap::new();
    for (written, code) in written.iter().zip(codes) {
        let site = file.at(&written.id);
        if let Some(first) = seen(&mut ids, &code.id, site) {
            report(Kind::DuplicateCode, site, first, format!("`{}` is described already", code.id), sink);
        } else if let Some(first) = seen(&mut slugs, &code.slug, site) {
            report(Kind::DuplicateSlug, site, first, format!("the address would be `{}`, too", code.slug), sink);
        }
        let wire = (code.plane, &code.text, code.status, written.message.value.as_str());
        if let Some(first) = seen(&mut wires, wire, site) {
            let label = "nothing on the wire could tell this code from the other".to_owned();
            report(Kind::DuplicateIdentity, site, first, label, sink);
        }
    }
}

/// Remembers the first site of a key; returns it for later ones.
fn seen<K: Hash + Eq>(sites: &mut HashMap<K, Site>, key: K, site: Site) -> Option<Site> {
    match sites.entry(key) {
        std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
        std::collections::hash_map::Entry::Vacant(slot) => {
            slot.insert(site);
            None
        }
    }
}

fn report(kind: Kind, site: Site, first: Site, label: String, sink: &mut Sink) {
    sink.push(Diagnostic::new(kind, site, label).related(first, "the other one"));
}
