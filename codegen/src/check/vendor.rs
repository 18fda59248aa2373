//! One vendor file, from its head to the answers that follow from it.

use crate::answer::{self, StandIn};
use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Document, Envelope, VendorFile};
use crate::envelope::EnvelopeForm;
use crate::model::{self, Answer, Place, Plane};
use crate::name;
use crate::relation::Mapping;
use crate::source::{FileId, SourceMap};

use super::conditions::Conditions;
use super::texts::Texts;
use super::{Sink, canonical, code, editions, envelope, facts, identity, place, rows, stand_ins, texts, variants};

/// A vendor on its way into the model.
pub(crate) struct Draft<'a> {
    pub(crate) document: &'a Document<VendorFile>,
    pub(crate) vendor: model::Vendor,
    /// Where its codes stand in the tree; without those whose condition is unknown.
    pub(crate) mappings: Vec<Mapping>,
}

/// What the checks of a single code need to know about its surroundings.
pub(crate) struct Scope<'a> {
    pub(crate) file: FileId,
    pub(crate) sources: &'a SourceMap,
    pub(crate) document: &'a Document<VendorFile>,
    pub(crate) conditions: &'a Conditions<'a>,
    pub(crate) editions: &'a [model::Edition],
}

/// Checks a vendor file.
pub(crate) fn check<'a>(
    vendor: usize,
    document: &'a Document<VendorFile>,
    conditions: &Conditions<'_>,
    sources: &SourceMap,
    texts: &mut Texts<'a>,
    sink: &mut Sink,
) -> Draft<'a> {
    let (file, written) = (document.file, &document.value);
    let head = head(document, sources, sink);
    let editions = editions::check(file, &written.editions, sink);
    let scope = Scope { file, sources, document, conditions, editions: &editions };

    let mut codes = Vec::with_capacity(written.codes.len());
    let mut mappings = Vec::with_capacity(written.codes.len());
    for (number, written) in written.codes.iter().enumerate() {
        let draft = code::check(&scope, written, texts, sink);
        mappings.extend(draft.condition.map(|condition| Mapping {
            vendor,
            code: number,
            plane: draft.code.plane,
            canonical: draft.code.canonical,
            success: draft.code.kind == model::Kind::Success,
            condition,
        }));
        codes.push(draft.code);
    }
    identity::check(file, &written.codes, &codes, sink);
    rows::coverage(document, &editions, sink);
    canonical::check(document, conditions, &mappings, sink);
    let (stand_ins, plain) = stand_ins::check(&scope, &codes, sink);

    let [data, console] = [Plane::Data, Plane::Console].map(|plane| {
        let answers = answer::answers(&conditions.tree, plane, &mappings, &stand_ins);
        if plane == Plane::Data && mappings.len() == codes.len() {
            unanswerable(document, conditions, &answers, sink);
        }
        answers
    });
    variants::check_conditions(&scope, &codes, &mappings, [&data, &console], sink);

    let vendor = model::Vendor {
        id: head.id,
        name: head.name,
        envelope: head.envelope,
        form: head.form,
        facts: facts::facts(file, written, sink),
        headers: facts::headers(file, written, sink),
        authentication: facts::authentication(file, written, sink),
        editions,
        codes,
        data_answers: total(data),
        console_answers: total(console),
        plain,
        place: head.place,
    };
    Draft { document, vendor, mappings }
}

struct Head {
    id: String,
    name: model::Text,
    envelope: String,
    form: Option<EnvelopeForm>,
    place: Place,
}

fn head(document: &Document<VendorFile>, sources: &SourceMap, sink: &mut Sink) -> Head {
    let document::VendorFile { vendor, name, envelope, editions, .. } = &document.value;
    let file = document.file;
    let present = [
        ("vendor", vendor.is_some()),
        ("name", name.is_some()),
        ("envelope", envelope.is_some()),
        ("editions", !editions.is_empty()),
    ];
    for (key, present) in present {
        if !present && !document.lost(key) {
            let label = format!("this vendor file has no `{key}`");
            sink.push(Diagnostic::new(Kind::MissingField, file.start(), label));
        }
    }
    if let Some(id) = vendor {
        if !name::is_field(&id.value) {
            let label = format!("`{}` is no snake_case name free in Rust", id.value);
            sink.push(Diagnostic::new(Kind::BadName, file.at(id), label));
        } else if let Some(what) = name::taken_by(&id.value) {
            let label = format!("`{}` is {what}", id.value);
            let help = "choose the vendor's own name; it stands in addresses and names the Rust module";
            sink.push(Diagnostic::new(Kind::ReservedVendor, file.at(id), label).help(help));
        }
    }
    let site = vendor.as_ref().map_or(file.start(), |id| file.at(id));
    let id = vendor.as_ref().map(|id| id.value.clone()).unwrap_or_default();
    let (envelope, form) = match envelope.as_ref().map(|envelope| (envelope, &envelope.value)) {
        Some((place, Envelope::Named(name))) => {
            if name.trim().is_empty() {
                sink.push(Diagnostic::new(Kind::EmptyText, file.at(place), "nothing is said here"));
            }
            (name.trim().to_owned(), None)
        }
        Some((_, Envelope::Described(form))) => (id.clone(), Some(envelope::check(file, sources, form, sink))),
        None => (String::new(), None),
    };
    Head {
        id,
        name: name.as_ref().map(|name| texts::text(file, name, sink)).unwrap_or_default(),
        envelope,
        form,
        place: place(sources, site),
    }
}

/// How many conditions a diagnostic lists by name.
const MOST_NAMED: usize = 5;

/// Reports the conditions from which no way up leads to a code.
fn unanswerable(
    document: &Document<VendorFile>,
    conditions: &Conditions<'_>,
    answers: &[Option<Answer>],
    sink: &mut Sink,
) {
    let holes: Vec<usize> = (0..).zip(answers).filter(|(_, answer)| answer.is_none()).map(|(node, _)| node).collect();
    let incomplete = document.lost("codes") || document.lost("stand_ins") || !conditions.are_rooted();
    if holes.is_empty() || incomplete {
        return;
    }
    let named: Vec<String> = holes.iter().take(MOST_NAMED).map(|&node| format!("`{}`", conditions.id(node))).collect();
    let more = match holes.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let site = document.value.vendor.as_ref().map_or(document.file.start(), |id| document.file.at(id));
    let label = format!("no way up leads to a code from {}{more}", named.join(", "));
    let help = "add a stand-in with a code for `outcome`, or for a condition nearer by";
    sink.push(Diagnostic::new(Kind::Unanswerable, site, label).help(help));
}

/// The answers of a vendor that has them all; what else there is has been reported.
fn total(answers: Vec<Option<Answer>>) -> Vec<Answer> {
    answers.into_iter().flatten().collect()
}

/// The stand-ins and plain answers of a vendor.
pub(crate) type StandIns = (Vec<StandIn>, Vec<model::Plain>);
