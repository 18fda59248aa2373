//! By path and query: the same address is answered by the same server, whose cache knows it.

use super::{Among, Balance, by_hash};

/// See the module.
#[derive(Debug)]
pub(super) struct UriHash;

impl Balance for UriHash {
    fn name(&self) -> &'static str {
        "uri_hash"
    }

    fn choose(&self, among: &Among<'_>) -> Option<usize> {
        by_hash(among.candidates, among.uri)
    }
}
