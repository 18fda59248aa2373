//! The static build: render everything, check it, write it to a folder or compare it with one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::link::Route;
use crate::{Page, Site};

/// Why a build could not be written or compared.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`: {source}", path.display())]
pub struct WriteError {
    /// What was tried.
    pub action: &'static str,
    /// On which file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// What a build amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Files of the site.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were not there yet, or differed.
    pub written: usize,
}

/// A file of a folder that is not as a build would make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// A build would write it.
    Missing(PathBuf),
    /// A build would write other bytes.
    Differs(PathBuf),
    /// No build writes it.
    Unknown(PathBuf),
}

impl std::fmt::Display for Drift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "`{}` is missing", path.display()),
            Self::Differs(path) => write!(f, "`{}` differs from a fresh build", path.display()),
            Self::Unknown(path) => write!(f, "`{}` is no file of the site", path.display()),
        }
    }
}

/// Renders every address of the site.
pub fn render_all(site: &Site) -> Vec<(Route, Page)> {
    site.routes().into_iter().map(|route| (route, site.render(route))).collect()
}

/// The file of an address, relative to the site's folder.
pub(crate) fn file_of(route: Route) -> PathBuf {
    let path = route.path();
    let mut file: PathBuf = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if path.ends_with('/') {
        file.push("index.html");
    }
    file
}

/// Writes the pages below `folder`. A file that is right already is left alone; foreign files stay.
///
/// # Errors
/// The first file or folder that cannot be written.
pub fn write(pages: &[(Route, Page)], folder: &Path) -> Result<Totals, WriteError> {
    let mut totals = Totals::default();
    for (route, page) in pages {
        let path = folder.join(file_of(*route));
        totals.files += 1;
        totals.bytes += page.body.len() as u64;
        if fs::read(&path).is_ok_and(|old| old == *page.body) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at("create", parent))?;
        }
        fs::write(&path, &page.body).map_err(at("write", &path))?;
        totals.written += 1;
    }
    Ok(totals)
}

/// Compares `folder` with the pages, and writes nothing.
///
/// # Errors
/// The first file or folder that cannot be read.
pub fn compare(pages: &[(Route, Page)], folder: &Path) -> Result<Vec<Drift>, WriteError> {
    let mut drift = Vec::new();
    let mut ours = BTreeSet::new();
    for (route, page) in pages {
        let path = folder.join(file_of(*route));
        match fs::read(&path) {
            Ok(old) if old == *page.body => {}
            Ok(_) => drift.push(Drift::Differs(path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => drift.push(Drift::Missing(path.clone())),
            Err(error) => return Err(at("read", &path)(error)),
        }
        ours.insert(path);
    }
    if folder.is_dir() {
        files_below(folder, &mut |path| {
            if !ours.contains(&path) {
                drift.push(Drift::Unknown(path));
            }
        })?;
    }
    Ok(drift)
}

fn files_below(folder: &Path, found: &mut impl FnMut(PathBuf)) -> Result<(), WriteError> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder).and_then(Iterator::collect);
    let mut paths: Vec<_> = entries.map_err(at("read", folder))?.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files_below(&path, found)?;
        } else {
            found(path);
        }
    }
    Ok(())
}

fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError + use<> {
    let path = path.to_owned();
    move |source| WriteError { action, path, source }
}
