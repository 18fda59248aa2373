//! What a vendor answers for each condition: the nearest code or stand-in on the way up the tree.

use std::collections::HashMap;

use crate::model::{Answer, Plane, Say, Text};
use crate::relation::Mapping;
use crate::tree::Tree;

/// How a vendor says a condition that has no row of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StandIn {
    pub(crate) condition: usize,
    pub(crate) say: Say,
    pub(crate) reason: Text,
}

/// An [`Answer`] while it is being looked for: the way up may end without one.
#[derive(Debug, Clone, Default)]
struct Found {
    say: Option<(Say, usize, Option<Text>)>,
    code: Option<usize>,
}

/// The answer of one vendor and plane for every condition; `None` where no way up leads to a code.
///
/// On each node its canonical code wins over its stand-in; the console plane looks for its own code first and takes the
/// data plane's where it has none.
pub(crate) fn answers(tree: &Tree, plane: Plane, mappings: &[Mapping], stand_ins: &[StandIn]) -> Vec<Option<Answer>> {
    let canonical: HashMap<(Plane, usize), usize> = mappings
        .iter()
        .filter(|mapping| mapping.canonical)
        .map(|mapping| ((mapping.plane, mapping.condition), mapping.code))
        .collect();
    let code_at = |node: usize| match plane {
        Plane::Data => canonical.get(&(Plane::Data, node)),
        Plane::Console => canonical.get(&(Plane::Console, node)).or_else(|| canonical.get(&(Plane::Data, node))),
    };
    let stand_in_at: HashMap<usize, &StandIn> = stand_ins.iter().map(|entry| (entry.condition, entry)).collect();

    let mut found = vec![Found::default(); tree.len()];
    for &node in tree.top_down() {
        let mut here = tree.parent(node).and_then(|parent| found.get(parent)).cloned().unwrap_or_default();
        if let Some(stand_in) = stand_in_at.get(&node) {
            here.say = Some((stand_in.say, node, Some(stand_in.reason.clone())));
            if let Say::Code(code) = stand_in.say {
                here.code = Some(code);
            }
        }
        if let Some(&code) = code_at(node) {
            here = Found { say: Some((Say::Code(code), node, None)), code: Some(code) };
        }
        if let Some(slot) = found.get_mut(node) {
            *slot = here;
        }
    }
    let answer = |found: Found| {
        let (say, at, reason) = found.say?;
        Some(Answer { say, code: found.code?, at, reason })
    };
    found.into_iter().map(answer).collect()
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

    fn mapping(code: usize, plane: Plane, condition: usize) -> Mapping {
        Mapping { vendor: 0, code, plane, canonical: true, success: false, condition }
    }

    fn stand_in(condition: usize, say: Say) -> StandIn {
        StandIn { condition, say, reason: Text { en: "why".into(), zh: "缘由".into() } }
    }

    fn says(answers: &[Option<Answer>]) -> Vec<Option<(Say, usize, usize)>> {
        answers.iter().map(|answer| answer.as_ref().map(|a| (a.say, a.code, a.at))).collect()
    }

    #[test]
    fn the_nearest_on_the_way_up_answers() {
        let mappings = [mapping(10, Plane::Data, 0), mapping(11, Plane::Data, 4)];
        let answers = answers(&tree(), Plane::Data, &mappings, &[]);
        let code = |code, at| Some((Say::Code(code), code, at));
        assert_eq!(says(&answers), [code(10, 0), code(10, 0), code(10, 0), code(10, 0), code(11, 4), code(11, 4)]);
    }

    #[test]
    fn a_code_wins_over_a_stand_in_of_its_own_node_only() {
        let mappings = [mapping(10, Plane::Data, 0), mapping(11, Plane::Data, 4)];
        let stand_ins = [stand_in(1, Say::Code(10)), stand_in(4, Say::Plain(0)), stand_in(5, Say::Plain(1))];
        let answers = answers(&tree(), Plane::Data, &mappings, &stand_ins);
        let at = |node: usize| answers[node].clone().unwrap();
        assert_eq!((at(3).say, at(3).at, at(3).reason.is_some()), (Say::Code(10), 1, true));
        assert_eq!((at(4).say, at(4).at, at(4).reason), (Say::Code(11), 4, None));
        assert_eq!((at(5).say, at(5).code, at(5).at), (Say::Plain(1), 11, 5));
    }

    #[test]
    fn plain_answers_do_not_hide_the_code_above() {
        let stand_ins = [stand_in(0, Say::Code(7)), stand_in(1, Say::Plain(0))];
        let answers = answers(&tree(), Plane::Data, &[], &stand_ins);
        assert_eq!(says(&answers)[4], Some((Say::Plain(0), 7, 1)));
        assert_eq!(says(&answers)[2], Some((Say::Code(7), 7, 0)));
    }

    #[test]
    fn the_console_borrows_from_the_data_plane() {
        let mappings = [mapping(1, Plane::Data, 0), mapping(2, Plane::Console, 1), mapping(3, Plane::Data, 1)];
        let code = |plane, node: usize| answers(&tree(), plane, &mappings, &[])[node].clone().unwrap().code;
        assert_eq!(code(Plane::Console, 3), 2);
        assert_eq!(code(Plane::Data, 3), 3);
        assert_eq!(code(Plane::Console, 2), 1);
    }

    #[test]
    fn further_codes_are_never_raised_and_holes_show() {
        let further = Mapping { canonical: false, ..mapping(1, Plane::Data, 1) };
        let answers =
            answers(&tree(), Plane::Data, &[further, mapping(2, Plane::Data, 2)], &[stand_in(1, Say::Plain(0))]);
        assert_eq!(answers.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true, false, false, false]);
    }
}
