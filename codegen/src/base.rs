//! The catalog that another one builds on, as far as its files are needed for that.

use std::path::{Path, PathBuf};

use crate::check::{ROOT, Sink};
use crate::document::ConditionsFile;
use crate::source::{FileId, SourceMap};

/// The files of the catalog that another one builds on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its condition tree.
    pub conditions: BaseFile,
    /// One file per vendor. Their codes can be related to, and their ids are taken.
    pub vendors: Vec<BaseFile>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseFile {
    /// Where it is, absolute.
    Path(PathBuf),
    /// What it says, where there is no file: a program carries it with itself.
    Text {
        /// How diagnostics call it.
        name: String,
        /// Its YAML.
        text: String,
    },
}

impl BaseFile {
    pub(crate) fn load(&self, sources: &mut SourceMap, root: &Path, sink: &mut Sink) -> FileId {
        match self {
            Self::Path(path) => crate::load(sources, root, path, sink),
            Self::Text { name, text } => sources.insert(name, text),
        }
    }
}

/// Does a condition tree begin with its root, so that its catalog builds on no other? Also true where too little of the
/// file can be read to tell, so that what is wrong with it is not hidden by what would follow from a base.
pub fn stands_alone(root: &Path, conditions: &str) -> bool {
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let file = crate::load(&mut sources, root, conditions, &mut sink);
    let document = crate::parse::<ConditionsFile>(file, &sources, &mut sink);
    let has_root = document.value.conditions.iter().any(|condition| condition.id.value == ROOT);
    has_root || document.may_have_lost("conditions", ROOT)
}
