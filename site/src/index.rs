//! Look-ups over a catalog, made once, so that a whole build stays linear in the number of codes.

use std::collections::{BTreeMap, HashMap};

use apigw_errors::{Catalog, CodeRow, ConditionRow, Status};

/// A status and the codes that have it.
#[derive(Debug)]
pub(crate) struct StatusGroup {
    /// The status; `None` where there is no HTTP answer.
    pub(crate) status: Option<Status>,
    /// The codes with it.
    pub(crate) codes: Vec<&'static CodeRow>,
    /// The codes that have it only in an older edition or in a variant.
    pub(crate) also: Vec<&'static CodeRow>,
}

/// All look-ups.
#[derive(Debug)]
pub(crate) struct Index {
    slugs: HashMap<(&'static str, &'static str), &'static CodeRow>,
    texts: BTreeMap<&'static str, Vec<&'static CodeRow>>,
    statuses: Vec<StatusGroup>,
    codes: Vec<Vec<&'static CodeRow>>,
    children: Vec<Vec<&'static ConditionRow>>,
}

impl Index {
    pub(crate) fn new(catalog: &'static Catalog) -> Self {
        let mut slugs = HashMap::new();
        let mut texts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let conditions = catalog.all_conditions().count();
        let mut codes = vec![Vec::new(); conditions];
        for code in catalog.codes() {
            slugs.insert((code.vendor.id, code.slug), code);
            for text in code_texts(code) {
                texts.entry(text).or_default().push(code);
            }
            if let Some(here) = codes.get_mut(usize::from(code.condition.index)) {
                here.push(code);
            }
        }
        let mut children = vec![Vec::new(); conditions];
        for condition in catalog.all_conditions() {
            if let Some(siblings) = condition.parent.and_then(|parent| children.get_mut(usize::from(parent.index))) {
                siblings.push(condition);
            }
        }
        Self { slugs, texts, statuses: statuses(catalog), codes, children }
    }

    pub(crate) fn code(&self, vendor: &str, slug: &str) -> Option<&'static CodeRow> {
        self.slugs.get(&(vendor, slug)).copied()
    }

    /// All code texts, sorted.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'static str> {
        self.texts.keys().copied()
    }

    /// The catalog's own copy of a code text.
    pub(crate) fn text(&self, text: &str) -> Option<&'static str> {
        self.texts.get_key_value(text).map(|(text, _)| *text)
    }

    /// The codes with this text, in whatever edition or variant.
    pub(crate) fn codes_with(&self, text: &str) -> &[&'static CodeRow] {
        self.texts.get(text).map_or(&[], Vec::as_slice)
    }

    /// All statuses in ascending order, the missing one last.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = &StatusGroup> {
        self.statuses.iter()
    }

    pub(crate) fn status(&self, status: Option<Status>) -> Option<&StatusGroup> {
        self.statuses.iter().find(|group| group.status == status)
    }

    /// The codes mapped to exactly this condition.
    pub(crate) fn codes_of(&self, condition: &ConditionRow) -> &[&'static CodeRow] {
        self.codes.get(usize::from(condition.index)).map_or(&[], Vec::as_slice)
    }

    /// The conditions directly below this one.
    pub(crate) fn children_of(&self, condition: &ConditionRow) -> &[&'static ConditionRow] {
        self.children.get(usize::from(condition.index)).map_or(&[], Vec::as_slice)
    }

    /// The codes of all conditions below this one, itself not counted, in the order of the tree.
    pub(crate) fn codes_below(&self, condition: &ConditionRow) -> Vec<&'static CodeRow> {
        let mut found = Vec::new();
        for child in self.children_of(condition) {
            found.extend_from_slice(self.codes_of(child));
            found.extend(self.codes_below(child));
        }
        found
    }
}

/// Every text the code goes by: its own, those of older editions, those of variants; each once.
fn code_texts(code: &'static CodeRow) -> Vec<&'static str> {
    let editions = code.editions.iter().map(|row| row.code);
    let variants = code.variants.iter().map(|variant| variant.code);
    let mut texts: Vec<_> = std::iter::once(code.code).chain(editions).chain(variants).flatten().collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn statuses(catalog: &'static Catalog) -> Vec<StatusGroup> {
    let mut groups: BTreeMap<(bool, Option<Status>), StatusGroup> = BTreeMap::new();
    for code in catalog.codes() {
        let editions = code.editions.iter().map(|row| row.status);
        let variants = code.variants.iter().filter(|variant| variant.status.is_some()).map(|variant| variant.status);
        let mut all: Vec<_> = std::iter::once(code.status).chain(editions).chain(variants).collect();
        all.sort_unstable();
        all.dedup();
        for status in all {
            let group = groups.entry((status.is_none(), status)).or_insert_with(|| StatusGroup {
                status,
                codes: Vec::new(),
                also: Vec::new(),
            });
            if status == code.status { group.codes.push(code) } else { group.also.push(code) }
        }
    }
    groups.into_values().collect()
}
