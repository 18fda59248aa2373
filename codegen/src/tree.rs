//! Who stands above and below whom in the condition tree.

/// A tree over `0..len`, with `0` as its root.
///
/// A walk in depth-first order numbers the nodes once, so that "is this below that?" is two comparisons and the nodes
/// below one another are a slice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    parents: Vec<Option<usize>>,
    /// Nodes in depth-first order.
    order: Vec<usize>,
    /// For every node, the part of `order` that is the node and all below it.
    extents: Vec<std::ops::Range<usize>>,
}

impl Tree {
    /// From the parent of each node. A node without one hangs off nothing and is below nobody.
    pub(crate) fn new(parents: Vec<Option<usize>>) -> Self {
        let mut children = vec![Vec::new(); parents.len()];
        let mut roots = Vec::new();
        for (node, parent) in parents.iter().enumerate() {
            match parent.and_then(|parent| children.get_mut(parent)) {
                Some(siblings) => siblings.push(node),
                None => roots.push(node),
            }
        }
        let mut order = Vec::with_capacity(parents.len());
        let mut extents = vec![0..0; parents.len()];
        let mut todo: Vec<Step> = roots.into_iter().rev().map(Step::Enter).collect();
        while let Some(step) = todo.pop() {
            match step {
                Step::Enter(node) => {
                    if let Some(extent) = extents.get_mut(node) {
                        extent.start = order.len();
                    }
                    order.push(node);
                    todo.push(Step::Leave(node));
                    todo.extend(children.get(node).into_iter().flatten().rev().map(|&child| Step::Enter(child)));
                }
                Step::Leave(node) => {
                    if let Some(extent) = extents.get_mut(node) {
                        extent.end = order.len();
                    }
                }
            }
        }
        Self { parents, order, extents }
    }

    /// Number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.parents.len()
    }

    /// The node above; `None` for the root.
    pub(crate) fn parent(&self, node: usize) -> Option<usize> {
        self.parents.get(node).copied().flatten()
    }

    /// The nodes above, nearest first.
    pub(crate) fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parent(node), |&node| self.parent(node))
    }

    /// The nodes below, at any depth.
    pub(crate) fn descendants(&self, node: usize) -> &[usize] {
        let extent = self.extents.get(node).cloned().unwrap_or(0..0);
        self.order.get(extent).and_then(|nodes| nodes.get(1..)).unwrap_or(&[])
    }

    /// Is `node` somewhere below `above`? Not below itself.
    pub(crate) fn is_below(&self, node: usize, above: usize) -> bool {
        match (self.extents.get(node), self.extents.get(above)) {
            (Some(node), Some(above)) => above.start < node.start && node.end <= above.end,
            _ => false,
        }
    }

    /// All nodes, a parent before its children.
    pub(crate) fn top_down(&self) -> &[usize] {
        &self.order
    }
}

enum Step {
    Enter(usize),
    Leave(usize),
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

    #[test]
    fn ancestors_come_nearest_first() {
        assert_eq!(tree().ancestors(5).collect::<Vec<_>>(), [4, 1, 0]);
        assert_eq!(tree().ancestors(0).count(), 0);
    }

    #[test]
    fn descendants_are_the_whole_subtree_without_its_top() {
        assert_eq!(tree().descendants(1), [3, 4, 5]);
        assert_eq!(tree().descendants(0).len(), 5);
        assert!(tree().descendants(2).is_empty());
        assert!(tree().descendants(99).is_empty());
    }

    #[test]
    fn below_is_strict_and_agrees_with_ancestors() {
        let tree = tree();
        for node in 0..tree.len() {
            for above in 0..tree.len() {
                assert_eq!(tree.is_below(node, above), tree.ancestors(node).any(|a| a == above), "{node} {above}");
                assert_eq!(tree.is_below(node, above), tree.descendants(above).contains(&node), "{node} {above}");
            }
        }
    }

    #[test]
    fn parents_come_before_children_whatever_their_numbers() {
        let tree = Tree::new(vec![None, Some(2), Some(0)]);
        assert_eq!(tree.top_down(), [0, 2, 1]);
    }
}
