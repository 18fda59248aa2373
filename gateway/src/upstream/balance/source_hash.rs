//! By the client's address: the same client meets the same server, as long as it is there.

use super::{Among, Balance, by_hash};

/// See the module.
#[derive(Debug)]
pub(super) struct SourceHash;

impl Balance for SourceHash {
    fn name(&self) -> &'static str {
        "source_hash"
    }

    fn choose(&self, among: &Among<'_>) -> Option<usize> {
        by_hash(among.candidates, among.source)
    }
}
