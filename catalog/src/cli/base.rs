//! The catalog that a checked one builds on: that of a folder, or the one this program carries with itself.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use apigw_errors_codegen::{Base, BaseFile, stands_alone};

use crate::cli::failure::Failure;

/// The file of the condition tree in a catalog's folder.
pub(crate) const CONDITIONS: &str = "conditions.yaml";

/// What the macro call of this crate names, as it was when this program was built.
const VENDORS: &[(&str, &str)] = &[
    ("tencent", include_str!("../../vendors/tencent.yaml")),
    ("jdcloud", include_str!("../../vendors/jdcloud.yaml")),
    ("huawei", include_str!("../../vendors/huawei.yaml")),
];

/// Where the base is, if there is one.
#[derive(Debug, Clone)]
pub(crate) enum Chosen {
    /// None: the catalog has a root of its own.
    None,
    /// The one built in.
    BuiltIn,
    /// That of a folder.
    Folder(PathBuf),
}

impl Chosen {
    /// The base that was asked for; else the one built in, for a catalog that has no root of its own.
    pub(crate) fn of(folder: &Path, asked: Option<&Path>) -> Self {
        match asked {
            Some(base) => Self::Folder(base.to_owned()),
            None if folder.join(CONDITIONS).exists() && stands_alone(folder, CONDITIONS) => Self::None,
            None => Self::BuiltIn,
        }
    }

    /// Its files.
    pub(crate) fn files(&self) -> Result<Option<Base>, Failure> {
        match self {
            Self::None => Ok(None),
            Self::BuiltIn => {
                let carried = |name: String, text: &str| BaseFile::Text { name, text: text.to_owned() };
                let conditions = carried(format!("apigw-errors/{CONDITIONS}"), include_str!("../../conditions.yaml"));
                let vendors = VENDORS.iter().map(|(id, text)| carried(format!("apigw-errors/vendors/{id}.yaml"), text));
                Ok(Some(Base { conditions, vendors: vendors.collect() }))
            }
            Self::Folder(folder) => {
                let folder =
                    std::path::absolute(folder).map_err(|source| Failure::Read { path: folder.clone(), source })?;
                let vendors = vendors(&folder)?.into_iter().map(|file| BaseFile::Path(folder.join(file)));
                Ok(Some(Base { conditions: BaseFile::Path(folder.join(CONDITIONS)), vendors: vendors.collect() }))
            }
        }
    }
}

/// What is said of it at the end of a check; nothing if there is none.
impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::BuiltIn => writeln!(
                f,
                "base: the catalog of apigw-errors {} built into this program; `--base FOLDER` takes another",
                env!("CARGO_PKG_VERSION")
            ),
            Self::Folder(folder) => writeln!(f, "base: the catalog in {}", folder.display()),
        }
    }
}

/// The vendor files in a catalog's folder, relative to it; by name, so that a report is the same everywhere.
pub(crate) fn vendors(folder: &Path) -> Result<Vec<String>, Failure> {
    let missing = |file| Failure::NoCatalog { folder: folder.to_owned(), file };
    let listed = folder.join("vendors");
    let entries = match fs::read_dir(&listed) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing("vendors")),
        Err(source) => return Err(Failure::Read { path: listed, source }),
    };
    let mut vendors = Vec::new();
    for entry in entries {
        let name = entry.map_err(|source| Failure::Read { path: listed.clone(), source })?.file_name();
        if let Some(name) = name.to_str().filter(|name| Path::new(name).extension().is_some_and(|end| end == "yaml")) {
            vendors.push(format!("vendors/{name}"));
        }
    }
    if vendors.is_empty() {
        return Err(missing("vendors/*.yaml"));
    }
    vendors.sort();
    Ok(vendors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_of_ours_is_carried_along() {
        let carried: Vec<&str> = VENDORS.iter().map(|(id, _)| *id).collect();
        let ours: Vec<&str> = apigw_errors::CATALOG.vendors.iter().map(|vendor| vendor.id).collect();
        assert_eq!(carried, ours);
    }
}
