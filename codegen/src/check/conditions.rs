//! The condition tree: ids, parents, parameters.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, ConditionsFile, Document, Scalar};
use crate::model::{self, Fault, Grpc, ParamType};
use crate::name;
use crate::source::{FileId, Site, SourceMap};
use crate::tree::Tree;

use super::{Inherited, Sink, place, suggest, texts};

/// Id of the root.
pub(crate) const ROOT: &str = "outcome";

/// The conditions, to be asked by the checks of everything that names one.
pub(crate) struct Conditions<'a> {
    pub(crate) list: Vec<model::Condition>,
    pub(crate) tree: Tree,
    index: HashMap<&'a str, usize>,
    documents: &'a Inherited<ConditionsFile>,
    /// Names of parameters whose type is no known one.
    untyped: HashSet<&'a str>,
}

/// A condition and the file in which it is written.
#[derive(Clone, Copy)]
struct Written<'a> {
    file: FileId,
    condition: &'a document::Condition,
    base: bool,
}

impl Written<'_> {
    /// Where its id is written.
    fn site(&self) -> Site {
        self.file.at(&self.condition.id)
    }
}

impl<'a> Conditions<'a> {
    pub(crate) fn check(documents: &'a Inherited<ConditionsFile>, sources: &SourceMap, sink: &mut Sink) -> Self {
        let written = |base: bool| {
            move |document: &'a Document<ConditionsFile>| {
                let file = document.file;
                document.value.conditions.iter().map(move |condition| Written { file, condition, base })
            }
        };
        let base = documents.base.iter().flat_map(written(true));
        let conditions: Vec<_> = base.chain(documents.own.iter().flat_map(written(false))).collect();
        let index = index(&conditions, sink);
        root_first(documents, &conditions, sink);
        name_clashes(&conditions, sink);
        let parents: Vec<_> = (0..conditions.len()).map(|i| parent(documents, &index, i, &conditions, sink)).collect();
        let tree = Tree::new(parents);

        let mut params: Vec<Vec<model::Param>> = vec![Vec::new(); conditions.len()];
        for &node in tree.top_down() {
            let Some(&Written { file, condition, .. }) = conditions.get(node) else { continue };
            let inherited = tree.parent(node).and_then(|parent| params.get(parent)).cloned().unwrap_or_default();
            let all = own_params(file, condition, inherited, sink, |name| {
                let mut above = tree.ancestors(node).filter_map(|node| conditions.get(node));
                above.find_map(|Written { file, condition, .. }| {
                    condition.params.iter().find(|(key, _)| key.value == name).map(|(key, _)| file.at(key))
                })
            });
            if let Some(slot) = params.get_mut(node) {
                *slot = all;
            }
        }
        let list = conditions.iter().zip(params).zip(0..);
        let list = list.map(|((&Written { file, condition, base }, params), node)| model::Condition {
            id: condition.id.value.clone(),
            base,
            parent: tree.parent(node),
            status: condition.status.as_ref().and_then(|status| sink.status(file, status)),
            grpc: sink.word(file, &condition.grpc, Grpc::WORDS, Grpc::from_word).unwrap_or(Grpc::Unknown),
            fault: sink.word(file, &condition.fault, Fault::WORDS, Fault::from_word).unwrap_or(Fault::Platform),
            params,
            title: texts::text(file, &condition.title, sink),
            summary: texts::text(file, &condition.summary, sink),
            place: place(sources, file.at(&condition.id)),
        });
        let list = list.collect();
        let declared = conditions.iter().flat_map(|written| written.condition.params.iter());
        let untyped = declared.filter(|(_, param)| ParamType::from_word(&param.ty.value).is_none());
        Self { list, tree, index, documents, untyped: untyped.map(|(key, _)| key.value.as_str()).collect() }
    }

    /// The condition that a scalar of another file names.
    pub(crate) fn find(&self, file: FileId, id: &Scalar, sink: &mut Sink) -> Option<usize> {
        let found = self.index.get(id.value.as_str()).copied();
        if found.is_none() && !self.documents.may_have_lost("conditions", &id.value) {
            let label = format!("no condition is called `{}`", id.value);
            let hint = suggest(&id.value, self.index.keys().copied());
            sink.push(Diagnostic::new(Kind::UnknownCondition, file.at(id), label).hint(hint));
        }
        found
    }

    /// Own and inherited parameters.
    pub(crate) fn params(&self, condition: usize) -> &[model::Param] {
        self.list.get(condition).map_or(&[], |condition| &condition.params)
    }

    /// False if the type of a parameter has been reported, so that comparing it proves nothing.
    pub(crate) fn is_typed(&self, param: &str) -> bool {
        !self.untyped.contains(param)
    }

    pub(crate) fn id(&self, condition: usize) -> &str {
        self.list.get(condition).map_or("", |condition| &condition.id)
    }

    /// Do all ways up end at one root, so that a way without an answer is worth reporting?
    pub(crate) fn are_rooted(&self) -> bool {
        let roots = self.list.iter().filter(|condition| condition.parent.is_none()).count();
        roots == 1 && !self.documents.lost("conditions")
    }
}

fn index<'a>(conditions: &[Written<'a>], sink: &mut Sink) -> HashMap<&'a str, usize> {
    let mut index: HashMap<&str, (usize, Site)> = HashMap::new();
    for (node, written) in conditions.iter().enumerate() {
        let (id, site) = (&written.condition.id, written.site());
        if !name::is_condition_id(&id.value) {
            let label = format!("`{}` is not made of snake_case segments joined by dots", id.value);
            sink.push(Diagnostic::new(Kind::BadName, site, label));
        }
        match index.get(id.value.as_str()) {
            Some(&(_, first)) => sink.push(
                Diagnostic::new(Kind::DuplicateCondition, site, format!("`{}` is described already", id.value))
                    .related(first, "first described here"),
            ),
            None => drop(index.insert(&id.value, (node, site))),
        }
    }
    index.into_iter().map(|(id, (node, _))| (id, node)).collect()
}

fn root_first(documents: &Inherited<ConditionsFile>, conditions: &[Written<'_>], sink: &mut Sink) {
    let first = conditions.first();
    if first.is_none_or(|first| first.condition.id.value != ROOT) && !documents.may_have_lost("conditions", ROOT) {
        let start = documents.iter().next().map(|document| document.file.start());
        let Some(site) = first.map(Written::site).or(start) else { return };
        let help = format!("put `- id: {ROOT}` above all others: every way up the tree ends there");
        sink.push(Diagnostic::new(Kind::RootNotFirst, site, "this is not the root").help(help));
    }
}

/// Dots and underscores vanish in Rust names, so two ids may meet there.
fn name_clashes(conditions: &[Written<'_>], sink: &mut Sink) {
    let mut seen: HashMap<String, &Written<'_>> = HashMap::new();
    for written in conditions {
        let id = &written.condition.id;
        let rust = name::upper_camel(&id.value);
        match seen.get(&rust) {
            Some(first) if first.condition.id.value != id.value => {
                let label = format!("`{}` and `{}` are both `{rust}` in Rust", first.condition.id.value, id.value);
                sink.push(
                    Diagnostic::new(Kind::ConditionNameClash, written.site(), label)
                        .related(first.site(), "the other one"),
                );
            }
            Some(_) => {}
            None => drop(seen.insert(rust, written)),
        }
    }
}

/// The parent of the condition at `node`: the one whose id is its own without the last segment.
fn parent(
    documents: &Inherited<ConditionsFile>,
    index: &HashMap<&str, usize>,
    node: usize,
    conditions: &[Written<'_>],
    sink: &mut Sink,
) -> Option<usize> {
    let written = conditions.get(node)?;
    let id = &written.condition.id;
    if id.value == ROOT {
        return None;
    }
    let parent = id.value.rsplit_once('.').map_or(ROOT, |(parent, _)| parent);
    let site = written.site();
    let Some(&found) = index.get(parent) else {
        // A missing root is reported once, as such.
        if parent != ROOT && !documents.may_have_lost("conditions", parent) {
            let label = format!("its parent would be `{parent}`");
            let hint = suggest(parent, index.keys().copied().filter(|&known| known != id.value));
            sink.push(Diagnostic::new(Kind::MissingParent, site, label).hint(hint));
        }
        return None;
    };
    if found > node && parent != ROOT {
        let first = conditions.get(found).map_or(site, Written::site);
        sink.push(
            Diagnostic::new(Kind::ParentAfterChild, site, format!("its parent `{parent}` comes later"))
                .related(first, "the parent stands here"),
        );
    }
    Some(found)
}

/// The parameters inherited and then the condition's own.
fn own_params(
    file: FileId,
    condition: &document::Condition,
    mut params: Vec<model::Param>,
    sink: &mut Sink,
    declared_above: impl Fn(&str) -> Option<Site>,
) -> Vec<model::Param> {
    for (key, param) in condition.params.iter() {
        let (name, site) = (&key.value, file.at(key));
        if !name::is_field(name) {
            sink.push(Diagnostic::new(Kind::BadName, site, format!("`{name}` is no snake_case name free in Rust")));
        }
        if let Some(above) = declared_above(name) {
            sink.push(
                Diagnostic::new(Kind::RepeatedParam, site, format!("`{name}` is inherited already"))
                    .related(above, "declared here"),
            );
            continue;
        }
        params.push(model::Param {
            name: name.clone(),
            ty: sink.word(file, &param.ty, ParamType::WORDS, ParamType::from_word).unwrap_or(ParamType::Text),
            sensitive: param.sensitive,
            about: param.about.as_ref().map(|about| texts::text(file, about, sink)).unwrap_or_default(),
        });
    }
    params
}
