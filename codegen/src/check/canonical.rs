//! Each plane of a vendor raises one code for a condition, and in each style at most one other in its place; further codes
//! of the condition say that they are further ones.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{Document, VendorFile};
use crate::relation::Mapping;
use crate::source::Site;

use super::Sink;
use super::conditions::Conditions;

pub(crate) fn check(
    document: &Document<VendorFile>,
    conditions: &Conditions<'_>,
    mappings: &[Mapping],
    sink: &mut Sink,
) {
    let site = |mapping: &Mapping| -> Option<Site> {
        Some(document.file.at(&document.value.codes.get(mapping.code)?.condition))
    };
    let key = |mapping: &Mapping| (mapping.plane, mapping.condition);
    let mut canonical: HashMap<_, &Mapping> = HashMap::new();
    for mapping in mappings.iter().filter(|mapping| mapping.canonical) {
        let Some(first) = canonical.get(&key(mapping)) else {
            canonical.insert(key(mapping), mapping);
            continue;
        };
        if let (Some(site), Some(first)) = (site(mapping), site(first)) {
            let id = conditions.id(mapping.condition);
            let label = format!("`{id}` has a canonical code on the {} plane already", mapping.plane.word());
            sink.push(
                Diagnostic::new(Kind::SecondCanonical, site, label)
                    .related(first, "that of this code")
                    .help("write `canonical: false` at the one that is not to be raised"),
            );
        }
    }
    let mut styled: HashMap<_, Site> = HashMap::new();
    for mapping in mappings {
        let Some(written) = document.value.codes.get(mapping.code) else { continue };
        let Some(style) = &written.style else { continue };
        let site = document.file.at(style);
        match styled.entry((key(mapping), &*style.value)) {
            Entry::Vacant(slot) => {
                slot.insert(site);
            }
            Entry::Occupied(first) => {
                let id = conditions.id(mapping.condition);
                let label = format!("the style `{}` has a code for `{id}` already", style.value);
                sink.push(Diagnostic::new(Kind::SecondCanonical, site, label).related(*first.get(), "this one"));
            }
        }
    }
    if document.lost("codes") {
        return;
    }
    for mapping in mappings.iter().filter(|mapping| !mapping.canonical) {
        if let Some(site) = site(mapping)
            && !canonical.contains_key(&key(mapping))
        {
            let id = conditions.id(mapping.condition);
            let label = format!("no code of the {} plane is canonical for `{id}`", mapping.plane.word());
            sink.push(Diagnostic::new(Kind::NoCanonical, site, label).help("remove `canonical: false` from one"));
        }
    }
}
