//! Explicit `close` relations.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{Close, Document, RelationsFile, Scalar};
use crate::model::Relation;
use crate::relation::{self, CloseEntry, Mapping};
use crate::source::FileId;

use super::conditions::Conditions;
use super::vendor::Draft;
use super::{Sink, suggest, texts};

/// The entries that relate two codes which the tree does not relate. The first `base` of the drafts are the vendors of
/// the catalog that this one builds on.
pub(crate) fn check(
    document: &Document<RelationsFile>,
    conditions: &Conditions<'_>,
    (drafts, base): (&[Draft<'_>], usize),
    mappings: &[Mapping],
    sink: &mut Sink,
) -> Vec<CloseEntry> {
    let file = document.file;
    let codes = Codes::new(drafts, mappings);
    let mut seen: HashMap<[usize; 2], &Scalar> = HashMap::new();
    let mut entries = Vec::new();
    for close in &document.value.close {
        let reason = texts::text(file, &close.reason, sink);
        let Some((between, first)) = pair(file, close, &codes, sink) else { continue };
        let [one, two] = between;
        let mut sorted = between;
        sorted.sort_unstable();
        if let Some(before) = seen.get(&sorted) {
            sink.push(
                Diagnostic::new(Kind::RepeatedPair, file.at(first), "these two stand in another entry")
                    .related(file.at(before), "the other entry"),
            );
            continue;
        }
        seen.insert(sorted, first);
        let same = one == two;
        let by_tree = mappings.get(one).zip(mappings.get(two));
        let by_tree = by_tree.and_then(|(one, two)| relation::by_tree(&conditions.tree, one, two));
        if same || by_tree.is_some() {
            let label = match by_tree {
                _ if same => "a code is not close to itself".to_owned(),
                Some(Relation::Exact) => "both stand on the same condition".to_owned(),
                _ => "the condition of one is above that of the other".to_owned(),
            };
            sink.push(Diagnostic::new(Kind::AlreadyRelated, file.at(first), label).help("remove this entry"));
            continue;
        }
        if by_base(mappings, between, base) {
            let label = "both are codes of the catalog that this one builds on".to_owned();
            let help = "name a code of this catalog, or propose the pair for that one";
            sink.push(Diagnostic::new(Kind::NotAPair, file.at(first), label).help(help));
            continue;
        }
        entries.push(CloseEntry { between, reason });
    }
    entries
}

/// Do both codes belong to the catalog underneath, whose own records could not tell of the pair?
fn by_base(mappings: &[Mapping], between: [usize; 2], base: usize) -> bool {
    between.iter().all(|&at| mappings.get(at).is_some_and(|mapping| mapping.vendor < base))
}

/// The two codes of an entry, and the scalar that names the first.
fn pair<'a>(file: FileId, close: &'a Close, codes: &Codes<'_>, sink: &mut Sink) -> Option<([usize; 2], &'a Scalar)> {
    let [one, two] = close.between.as_slice() else {
        let site = close.between.first().map_or_else(|| file.at(&close.reason.en), |first| file.at(first));
        let label = format!("`between` names {} codes", close.between.len());
        sink.push(Diagnostic::new(Kind::NotAPair, site, label));
        return None;
    };
    let found = [one, two].map(|name| codes.find(file, name, sink));
    let [Some(first), Some(second)] = found else { return None };
    Some(([first, second], one))
}

/// All codes by `vendor.CodeId`.
struct Codes<'a> {
    drafts: &'a [Draft<'a>],
    index: HashMap<(&'a str, &'a str), usize>,
    /// Known, but on an unknown condition.
    unmapped: HashSet<(&'a str, &'a str)>,
}

impl<'a> Codes<'a> {
    fn new(drafts: &'a [Draft<'a>], mappings: &[Mapping]) -> Self {
        let name = |mapping: &Mapping| {
            let vendor = &drafts.get(mapping.vendor)?.vendor;
            Some((vendor.id.as_str(), vendor.codes.get(mapping.code)?.id.as_str()))
        };
        let index: HashMap<_, _> = mappings.iter().zip(0..).filter_map(|(m, at)| Some((name(m)?, at))).collect();
        let all = drafts.iter().flat_map(|draft| {
            let vendor = &draft.vendor;
            vendor.codes.iter().map(|code| (vendor.id.as_str(), code.id.as_str()))
        });
        let unmapped = all.filter(|name| !index.contains_key(name)).collect();
        Self { drafts, index, unmapped }
    }

    fn find(&self, file: FileId, name: &Scalar, sink: &mut Sink) -> Option<usize> {
        let Some((vendor, code)) = name.value.split_once('.') else {
            let label = format!("`{}` does not say whose code it is", name.value);
            let help = "write `vendor.CodeId`";
            sink.push(Diagnostic::new(Kind::UnknownCode, file.at(name), label).help(help));
            return None;
        };
        if let Some(&found) = self.index.get(&(vendor, code)) {
            return Some(found);
        }
        let draft = self.drafts.iter().find(|draft| draft.vendor.id == vendor);
        let lost = match draft {
            Some(draft) => draft.document.may_have_lost("codes", code),
            None => self.drafts.iter().any(|draft| draft.vendor.id.is_empty()),
        };
        if !lost && !self.unmapped.contains(&(vendor, code)) {
            let (label, hint) = if let Some(draft) = draft {
                let known = draft.vendor.codes.iter().map(|code| code.id.as_str());
                (format!("`{vendor}` has no code `{code}`"), suggest(code, known))
            } else {
                let known = self.drafts.iter().map(|draft| draft.vendor.id.as_str());
                (format!("there is no vendor `{vendor}`"), suggest(vendor, known))
            };
            sink.push(Diagnostic::new(Kind::UnknownCode, file.at(name), label).hint(hint));
        }
        None
    }
}
