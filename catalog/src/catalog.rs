//! A catalog as a whole: its conditions and vendors, and those of the catalog it builds on.

use crate::row::{CodeRow, ConditionRow, Equivalent, VendorRow};

/// A whole catalog.
#[derive(Debug, Clone, Copy)]
pub struct Catalog {
    /// The catalog that this one builds on; its conditions and vendors take part in everything.
    pub base: Option<&'static Catalog>,
    /// The conditions that this catalog defines; a parent stands before its children, the root of a catalog without a
    /// base is first.
    pub conditions: &'static [ConditionRow],
    /// The vendors that this catalog describes.
    pub vendors: &'static [&'static VendorRow],
}

impl Catalog {
    /// This catalog and those it builds on, the base first.
    pub(crate) fn layers(&self) -> impl Iterator<Item = Self> + use<> {
        self.base.copied().into_iter().chain(std::iter::once(*self))
    }

    /// All conditions, those of the base first.
    pub fn all_conditions(&self) -> impl Iterator<Item = &'static ConditionRow> + use<> {
        self.layers().flat_map(|layer| layer.conditions)
    }

    /// All vendors, those of the base first.
    pub fn all_vendors(&self) -> impl Iterator<Item = &'static VendorRow> + use<> {
        self.layers().flat_map(|layer| layer.vendors.iter().copied())
    }

    /// The vendor with this id.
    pub fn vendor(&self, id: &str) -> Option<&'static VendorRow> {
        self.all_vendors().find(|vendor| vendor.id == id)
    }

    /// The condition with this id.
    pub fn condition(&self, id: &str) -> Option<&'static ConditionRow> {
        self.all_conditions().find(|condition| condition.id == id)
    }

    /// All codes, vendor by vendor, in the order of their newest document.
    pub fn codes(&self) -> impl Iterator<Item = &'static CodeRow> + use<> {
        self.all_vendors().flat_map(|vendor| vendor.codes)
    }

    /// The codes that correspond to this one, over all vendors; sorted by relation, vendor, document order.
    ///
    /// The same as [`CodeRow::equivalents`] in a catalog without a base. Over a base, what the base's codes know is
    /// completed from what the other side knows of them: the base could not know the vendors that build on it.
    pub fn equivalents(&self, code: &'static CodeRow) -> Vec<Equivalent> {
        if self.base.is_none() {
            return code.equivalents.to_vec();
        }
        let mut found: Vec<Equivalent> = code.equivalents.to_vec();
        found.extend(self.codes().filter_map(|other| {
            if code.equivalents.iter().any(|equivalent| equivalent.code == other) {
                return None;
            }
            if let Some(back) = other.equivalents.iter().find(|equivalent| equivalent.code == code) {
                return Some(Equivalent { code: other, relation: back.relation.inverse(), reason: back.reason });
            }
            Some(Equivalent { code: other, relation: code.relation_to(other)?, reason: None })
        }));
        let position = |vendor: &VendorRow| self.all_vendors().position(|known| known == vendor);
        found.sort_by_key(|equivalent| (equivalent.relation, position(equivalent.code.vendor), equivalent.code.index));
        found
    }

    /// The codes mapped to exactly this condition.
    pub fn codes_of(&self, condition: &'static ConditionRow) -> impl Iterator<Item = &'static CodeRow> + use<> {
        self.codes().filter(move |code| code.condition == condition)
    }

    /// The conditions directly below this one.
    pub fn children_of(&self, condition: &'static ConditionRow) -> impl Iterator<Item = &'static ConditionRow> + use<> {
        self.all_conditions().filter(move |child| child.parent == Some(condition))
    }
}
