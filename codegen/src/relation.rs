//! Which codes correspond to which: everything but `close` follows from the condition tree.

use std::collections::BTreeMap;

use crate::model::{Equivalent, Plane, Relation, Text};
use crate::tree::Tree;

/// Where a code stands in the condition tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) vendor: usize,
    pub(crate) code: usize,
    pub(crate) plane: Plane,
    pub(crate) canonical: bool,
    /// True for a row that is no error.
    pub(crate) success: bool,
    pub(crate) condition: usize,
}

/// An explicit `close` entry, by position in the list of mappings.
#[derive(Debug, Clone)]
pub(crate) struct CloseEntry {
    pub(crate) between: [usize; 2],
    pub(crate) reason: Text,
}

/// How `other` stands to `this` by the tree alone.
pub(crate) fn by_tree(tree: &Tree, this: &Mapping, other: &Mapping) -> Option<Relation> {
    let is_root = |mapping: &Mapping| tree.parent(mapping.condition).is_none();
    if (this.vendor, this.code) == (other.vendor, other.code)
        || this.success != other.success
        || is_root(this)
        || is_root(other)
    {
        return None;
    }
    if this.condition == other.condition {
        return Some(Relation::Exact);
    }
    if this.vendor == other.vendor && this.plane == other.plane {
        return None;
    }
    if tree.is_below(this.condition, other.condition) {
        Some(Relation::Broad)
    } else if tree.is_below(other.condition, this.condition) {
        Some(Relation::Narrow)
    } else {
        None
    }
}

/// The equivalents of each mapping, in the order of `mappings`; sorted by relation, vendor, document order.
pub(crate) fn equivalents(tree: &Tree, mappings: &[Mapping], close: &[CloseEntry]) -> Vec<Vec<Equivalent>> {
    let mut at_node: BTreeMap<usize, Vec<&Mapping>> = BTreeMap::new();
    for mapping in mappings {
        at_node.entry(mapping.condition).or_default().push(mapping);
    }
    let mut all: Vec<Vec<Equivalent>> = Vec::with_capacity(mappings.len());
    for this in mappings {
        let near = std::iter::once(this.condition)
            .chain(tree.ancestors(this.condition))
            .chain(tree.descendants(this.condition).iter().copied());
        let others = near.filter_map(|node| at_node.get(&node)).flatten();
        let related = others.filter_map(|other| {
            let relation = by_tree(tree, this, other)?;
            Some(Equivalent { vendor: other.vendor, code: other.code, relation, reason: None })
        });
        all.push(related.collect());
    }
    for entry in close {
        let [one, two] = entry.between;
        for (this, other) in [(one, two), (two, one)] {
            if let (Some(list), Some(other)) = (all.get_mut(this), mappings.get(other)) {
                list.push(Equivalent {
                    vendor: other.vendor,
                    code: other.code,
                    relation: Relation::Close,
                    reason: Some(entry.reason.clone()),
                });
            }
        }
    }
    for list in &mut all {
        list.sort_by_key(|equivalent| (equivalent.relation, equivalent.vendor, equivalent.code));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```text
    /// 0 ─┬─ 1 ─┬─ 3
    ///    │     └─ 4 ─── 5
    ///    └─ 2
    /// ```
    fn tree() -> Tree {
        Tree::new(vec![None, Some(0), Some(0), Some(1), Some(1), Some(4)])
    }

    fn mapping(vendor: usize, code: usize, condition: usize) -> Mapping {
        Mapping { vendor, code, plane: Plane::Data, canonical: true, success: false, condition }
    }

    #[test]
    fn same_node_is_exact_above_is_broad_below_is_narrow() {
        let tree = tree();
        let (this, same) = (mapping(0, 0, 4), mapping(1, 0, 4));
        let (above, below, beside) = (mapping(1, 1, 1), mapping(1, 2, 5), mapping(1, 3, 3));
        assert_eq!(by_tree(&tree, &this, &same), Some(Relation::Exact));
        assert_eq!(by_tree(&tree, &this, &above), Some(Relation::Broad));
        assert_eq!(by_tree(&tree, &this, &below), Some(Relation::Narrow));
        assert_eq!(by_tree(&tree, &this, &beside), None);
    }

    #[test]
    fn the_root_and_successes_relate_to_nothing_else() {
        let tree = tree();
        let success = Mapping { success: true, ..mapping(1, 0, 4) };
        assert_eq!(by_tree(&tree, &mapping(0, 0, 4), &success), None);
        assert_eq!(by_tree(&tree, &mapping(0, 0, 4), &mapping(1, 1, 0)), None);
        assert_eq!(by_tree(&tree, &mapping(0, 0, 0), &mapping(1, 1, 0)), None);
    }

    #[test]
    fn within_a_vendor_only_the_same_condition_or_another_plane_relates() {
        let tree = tree();
        let this = mapping(0, 0, 4);
        assert_eq!(by_tree(&tree, &this, &mapping(0, 1, 4)), Some(Relation::Exact));
        assert_eq!(by_tree(&tree, &this, &mapping(0, 1, 1)), None);
        let console = Mapping { plane: Plane::Console, ..mapping(0, 1, 1) };
        assert_eq!(by_tree(&tree, &this, &console), Some(Relation::Broad));
    }

    /// Every pair of a small world, so that no shape is forgotten.
    #[test]
    fn the_inverse_always_holds() {
        let tree = tree();
        let mut mappings = Vec::new();
        for vendor in 0..2 {
            let mut code = 0;
            for condition in 0..tree.len() {
                for plane in [Plane::Data, Plane::Console] {
                    for success in [false, true] {
                        mappings.push(Mapping { plane, success, ..mapping(vendor, code, condition) });
                        code += 1;
                    }
                }
            }
        }
        let close = [CloseEntry { between: [9, 40], reason: Text::default() }];
        let all = equivalents(&tree, &mappings, &close);
        let find = |from: &Mapping, to: &Mapping| {
            let list = &all[mappings.iter().position(|mapping| mapping == from).unwrap()];
            let mut found = list.iter().filter(|e| (e.vendor, e.code) == (to.vendor, to.code));
            let relation = found.next().map(|e| e.relation);
            assert!(found.next().is_none(), "{from:?} relates twice to {to:?}");
            relation
        };
        let mut related = 0;
        for a in &mappings {
            for b in &mappings {
                let inverse = find(a, b).map(|relation| match relation {
                    Relation::Broad => Relation::Narrow,
                    Relation::Narrow => Relation::Broad,
                    same => same,
                });
                related += usize::from(inverse.is_some());
                assert_eq!(find(b, a), inverse, "{a:?} {b:?}");
            }
        }
        assert!(related > 100);
        assert_eq!(find(&mappings[9], &mappings[40]), Some(Relation::Close));
    }
}
