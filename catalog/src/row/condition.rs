//! What can go wrong, whoever says it: the nodes of the condition tree.

use std::fmt;

use super::Place;
use crate::facets::{Fault, Grpc};
use crate::param::ParamType;
use crate::status::Status;
use crate::text::Text;

/// A node of the condition tree.
pub struct ConditionRow {
    /// Dotted id: `auth.signature.mismatch`.
    pub id: &'static str,
    /// Position in [`Catalog::all_conditions`](crate::Catalog::all_conditions) of the catalog that defines it.
    pub index: u16,
    /// The node above; `None` for the root alone.
    pub parent: Option<&'static ConditionRow>,
    /// Plain HTTP status: for RFC 9457, and where no vendor row fits.
    pub status: Option<Status>,
    /// Canonical gRPC code.
    pub grpc: Grpc,
    /// Who must act.
    pub fault: Fault,
    /// Own and inherited parameters.
    pub params: &'static [ConditionParam],
    /// RFC 9457 title.
    pub title: Text,
    /// When exactly it holds.
    pub summary: Text,
    /// Where it is written.
    pub place: Place,
}

impl PartialEq for ConditionRow {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.id == other.id
    }
}

impl Eq for ConditionRow {}

impl fmt::Debug for ConditionRow {
    /// The id alone: records point at each other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConditionRow({})", self.id)
    }
}

impl ConditionRow {
    /// The node itself, then its ancestors up to the root.
    pub fn ancestry(&'static self) -> impl Iterator<Item = &'static Self> {
        std::iter::successors(Some(self), |node| node.parent)
    }

    /// True if `other` is this node or lies below it.
    pub fn covers(&'static self, other: &'static Self) -> bool {
        other.ancestry().any(|node| node == self)
    }
}

/// A parameter of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionParam {
    /// Field name.
    pub name: &'static str,
    /// Its type.
    pub ty: ParamType,
    /// May be a secret or identify a caller: never logged.
    pub sensitive: bool,
    /// What it holds.
    pub about: Text,
}
