//! What a vendor's file tells of its wire beside the tables of errors: for readers, with evidence and source.

use crate::facets::Evidence;
use crate::text::Text;

/// A fact of a vendor's responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// In our words; of a way to authenticate one step a line.
    pub about: Text,
    /// How it is known.
    pub evidence: Evidence,
    /// Where it stands or was seen.
    pub source: &'static str,
}

/// A header of a vendor's responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderFact {
    /// As the vendor spells it.
    pub name: &'static str,
    /// A value as it may be seen.
    pub example: &'static str,
    /// What it tells.
    pub fact: Fact,
}

/// A way for callers to prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication {
    /// `key_pair`; unique within the vendor.
    pub id: &'static str,
    /// What it is called.
    pub title: Text,
    /// The lines of a request that carry it.
    pub example: &'static str,
    /// How it is made.
    pub fact: Fact,
}
