//! A catalog's files in canonical form: which are not, and writing them.

use std::fs;
use std::path::{Path, PathBuf};

use apigw_errors_codegen::Files;
use apigw_errors_codegen::format::format;

use crate::cli::failure::Failure;

/// A file whose canonical form is another than its own.
pub(crate) struct Change {
    /// The file.
    pub(crate) path: PathBuf,
    /// The first line that differs, from 1.
    pub(crate) line: usize,
    text: String,
}

/// What formatting would change, file by file.
pub(crate) fn changes(folder: &Path, files: &Files) -> Result<Vec<Change>, Failure> {
    let schema = folder.join("schema.json").exists();
    let own = files.conditions.iter().chain(&files.relations).chain(&files.vendors);
    let mut changes = Vec::new();
    for file in own {
        let path = folder.join(file);
        let old = fs::read_to_string(&path).map_err(|source| Failure::Read { path: path.clone(), source })?;
        let above = "../".repeat(file.matches('/').count());
        let schema = schema.then(|| format!("{above}schema.json"));
        let text = format(&old, schema.as_deref()).map_err(|why| Failure::Format { path: path.clone(), why })?;
        if text != old {
            let same = old.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
            changes.push(Change { path, line: same + 1, text });
        }
    }
    Ok(changes)
}

impl Change {
    /// Writes the file.
    pub(crate) fn apply(&self) -> Result<(), Failure> {
        fs::write(&self.path, &self.text).map_err(|source| Failure::Write { path: self.path.clone(), source })
    }
}
