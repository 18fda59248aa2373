//! The files that are made from the catalog and from what the scenarios saw.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use apigw_errors::export::{Exchange, Recorded, catalog_json};
use apigw_errors::{CATALOG, Kind, Plane};
use apigw_gateway::check;
use serde::Serialize;

use crate::configuration;
use crate::conformance::{Outcome, Recording, recordings};

/// Begins the part of the README that is made.
const TABLE: &str = "<!-- generated: cargo run -p apigw-tests --bin generate -->\n";

/// Ends it.
const TABLE_END: &str = "<!-- end of generated -->\n";

/// The reference of the gateway's configuration.
const CONFIGURATION: &str = "gateway/CONFIGURATION.md";

/// A file as it should be.
#[derive(Debug)]
pub struct Generated {
    /// From the root of the repository.
    pub path: &'static str,
    /// All of it.
    pub text: String,
}

/// Why the files could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file that is made in part cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file that is made in part lacks the marks around that part.
    #[error("{path} lacks the marks around its generated part: {TABLE}")]
    NoMarks {
        /// The file.
        path: PathBuf,
    },
    /// The reference of the configuration cannot be made.
    #[error(transparent)]
    Configuration(#[from] configuration::Failure),
    /// A value cannot be written.
    #[error("a recording cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All generated files, sorted by path.
///
/// # Errors
/// See [`Failure`].
pub fn files(outcomes: &[Outcome<'_>]) -> Result<Vec<Generated>, Failure> {
    let recordings = recordings(outcomes);
    Ok(vec![
        Generated { path: "README.md", text: readme(&recordings)? },
        Generated { path: "catalog/catalog.json", text: catalog(&recordings) },
        Generated { path: CONFIGURATION, text: configuration::reference(&root().join("gateway/src/config"))? },
        Generated { path: "site/checks.json", text: checks_json()? },
        Generated { path: "site/recordings.json", text: recordings_json(&recordings)? },
    ])
}

/// One recording a line, so that a change to one is a change to one line.
fn recordings_json(recordings: &BTreeMap<String, Recording>) -> Result<String, Failure> {
    let mut text = String::from("{");
    for (number, (code, recording)) in recordings.iter().enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(code)?);
        text.push(':');
        text.push_str(&serde_json::to_string(recording)?);
    }
    text.push_str("\n}\n");
    Ok(text)
}

/// A check as the site reads it.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    phase: &'static str,
    /// From the root of the repository.
    file: String,
    what: Both,
    raises: Vec<&'static str>,
}

/// A text in both languages.
#[derive(Serialize)]
struct Both {
    en: &'static str,
    zh: &'static str,
}

/// The gateway's checks in their order, one a line.
fn checks_json() -> Result<String, Failure> {
    let mut text = String::from("[");
    for (number, info) in check::ALL.iter().enumerate() {
        let file = format!("gateway/src/check/{}.rs", info.name.rsplit(':').next().unwrap_or_default());
        let raises = info.raises.iter().map(|condition| condition.row().id).collect();
        let what = Both { en: info.what.en, zh: info.what.zh };
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(&Check {
            name: info.name,
            phase: info.phase.name(),
            file,
            what,
            raises,
        })?);
    }
    text.push_str("\n]\n");
    Ok(text)
}

fn catalog(recordings: &BTreeMap<String, Recording>) -> String {
    catalog_json(&CATALOG, |code| {
        let Some(recording) = recordings.get(&code.to_string()) else { return Recorded::default() };
        let response = recording.response.as_deref().map(for_ever);
        let exchange = response.map(|response| Exchange { request: for_ever(&recording.request), response });
        Recorded { raised_by: Some(for_ever(&recording.raised_by)), exchange }
    })
}

/// The export is made for texts that live as long as the program, as the site's recordings do.
fn for_ever(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn readme(recordings: &BTreeMap<String, Recording>) -> Result<String, Failure> {
    let path = root().join("README.md");
    let text = std::fs::read_to_string(&path).map_err(|source| Failure::Unreadable { path: path.clone(), source })?;
    let parts = text.split_once(TABLE).and_then(|(before, rest)| Some((before, rest.split_once(TABLE_END)?.1)));
    let Some((before, after)) = parts else { return Err(Failure::NoMarks { path }) };
    Ok(format!("{before}{TABLE}{}{TABLE_END}{after}", table(recordings)))
}

/// What there is of each vendor, and how much of it the gateway raises.
fn table(recordings: &BTreeMap<String, Recording>) -> String {
    let mut table = String::from(
        "| vendor | rows in each edition | codes | for calls | of these, raised by the gateway |\n|---|---|---|---|---|\n",
    );
    for vendor in CATALOG.vendors {
        let rows = |edition: &apigw_errors::Edition| {
            let rows: u16 = edition.tables.iter().map(|table| table.rows).sum();
            format!("{} {rows}", edition.id)
        };
        let editions: Vec<String> = vendor.editions.iter().map(rows).collect();
        let for_calls = vendor.codes.iter().filter(|code| code.plane == Plane::Data && code.kind != Kind::Success);
        let (mut total, mut raised) = (0, 0);
        for code in for_calls {
            total += 1;
            raised += usize::from(recordings.contains_key(&code.to_string()));
        }
        let share = raised * 100 / total.max(1);
        let (name, codes, editions) = (vendor.name.en, vendor.codes.len(), editions.join(", "));
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {name} | {editions} | {codes} | {total} | {raised} ({share} %) |");
    }
    table
}
