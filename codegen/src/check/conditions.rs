//! The condition tree: ids, parents, parameters.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, ConditionsFile, Document, Scalar};
use crate::model::{self, Fault, Grpc, ParamType};
use crate::name;
use crate::source::{FileId, Site, SourceMap};
use crate::tree::Tree;

use super::{Sink, place, suggest, texts};

/// Id of the root.
const ROOT: &str = "outcome";

/// The conditions, to be asked by the checks of everything that names one.
pub(crate) struct Conditions<'a> {
    pub(crate) list: Vec<model::Condition>,
    pub(crate) tree: Tree,
    index: HashMap<&'a str, usize>,
    document: &'a Document<ConditionsFile>,
    /// Names of parameters whose type is no known one.
    untyped: HashSet<&'a str>,
}

impl<'a> Conditions<'a> {
    pub(crate) fn check(document: &'a Document<ConditionsFile>, sources: &SourceMap, sink: &mut Sink) -> Self {
        let file = document.file;
        let conditions = &document.value.conditions;
        let index = index(document, sink);
        root_first(document, sink);
        name_clashes(file, conditions, sink);
        let parents: Vec<_> = (0..).zip(conditions).map(|(i, c)| parent(document, &index, i, c, sink)).collect();
        let tree = Tree::new(parents);

        let mut params: Vec<Vec<model::Param>> = vec![Vec::new(); conditions.len()];
        for &node in tree.top_down() {
            let Some(condition) = conditions.get(node) else { continue };
            let inherited = tree.parent(node).and_then(|parent| params.get(parent)).cloned().unwrap_or_default();
            let all = own_params(file, condition, inherited, sink, |name| {
                let mut above = tree.ancestors(node).filter_map(|node| conditions.get(node));
                above.find_map(|c| c.params.iter().find(|(key, _)| key.value == name).map(|(key, _)| file.at(key)))
            });
            if let Some(slot) = params.get_mut(node) {
                *slot = all;
            }
        }
        let list = conditions.iter().zip(params).zip(0..);
        let list = list.map(|((condition, params), node)| model::Condition {
            id: condition.id.value.clone(),
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
        let declared = conditions.iter().flat_map(|condition| condition.params.iter());
        let untyped = declared.filter(|(_, param)| ParamType::from_word(&param.ty.value).is_none());
        Self { list, tree, index, document, untyped: untyped.map(|(key, _)| key.value.as_str()).collect() }
    }

    /// The condition that a scalar of another file names.
    pub(crate) fn find(&self, file: FileId, id: &Scalar, sink: &mut Sink) -> Option<usize> {
        let found = self.index.get(id.value.as_str()).copied();
        if found.is_none() && !self.document.may_have_lost("conditions", &id.value) {
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
        roots == 1 && !self.document.lost("conditions")
    }
}

fn index<'a>(document: &'a Document<ConditionsFile>, sink: &mut Sink) -> HashMap<&'a str, usize> {
    let file = document.file;
    let mut index: HashMap<&str, (usize, Site)> = HashMap::new();
    for (node, condition) in document.value.conditions.iter().enumerate() {
        let (id, site) = (&condition.id, file.at(&condition.id));
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

fn root_first(document: &Document<ConditionsFile>, sink: &mut Sink) {
    let first = document.value.conditions.first();
    if first.is_none_or(|first| first.id.value != ROOT) && !document.may_have_lost("conditions", ROOT) {
        let site = first.map_or(document.file.start(), |first| document.file.at(&first.id));
        let help = format!("put `- id: {ROOT}` above all others: every way up the tree ends there");
        sink.push(Diagnostic::new(Kind::RootNotFirst, site, "this is not the root").help(help));
    }
}

/// Dots and underscores vanish in Rust names, so two ids may meet there.
fn name_clashes(file: FileId, conditions: &[document::Condition], sink: &mut Sink) {
    let mut seen: HashMap<String, &Scalar> = HashMap::new();
    for condition in conditions {
        let id = &condition.id;
        let rust = name::upper_camel(&id.value);
        match seen.get(&rust) {
            Some(first) if first.value != id.value => {
                let label = format!("`{}` and `{}` are both `{rust}` in Rust", first.value, id.value);
                sink.push(
                    Diagnostic::new(Kind::ConditionNameClash, file.at(id), label)
                        .related(file.at(first), "the other one"),
                );
            }
            Some(_) => {}
            None => drop(seen.insert(rust, id)),
        }
    }
}

/// The parent of the condition at `node`: the one whose id is its own without the last segment.
fn parent(
    document: &Document<ConditionsFile>,
    index: &HashMap<&str, usize>,
    node: usize,
    condition: &document::Condition,
    sink: &mut Sink,
) -> Option<usize> {
    let id = &condition.id;
    if id.value == ROOT {
        return None;
    }
    let parent = id.value.rsplit_once('.').map_or(ROOT, |(parent, _)| parent);
    let site = document.file.at(id);
    let Some(&found) = index.get(parent) else {
        // A missing root is reported once, as such.
        if parent != ROOT && !document.may_have_lost("conditions", parent) {
            let label = format!("its parent would be `{parent}`");
            let hint = suggest(parent, index.keys().copied().filter(|&known| known != id.value));
            sink.push(Diagnostic::new(Kind::MissingParent, site, label).hint(hint));
        }
        return None;
    };
    if found > node && parent != ROOT {
        let first = document.value.conditions.get(found).map_or(site, |parent| document.file.at(&parent.id));
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
