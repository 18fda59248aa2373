//! Every row of every source document is in the catalog, to the letter, and nothing else is.
//!
//! `tests/sources/*.tsv` are the facts of the five documents (table, row, code, status, message with white space
//! folded), extracted from them independently of the catalog.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::path::Path;

use apigw_errors::{CATALOG, Edition, VendorRow};

/// Rows of the documents by source number and table, counted by hand.
const COUNTS: &[(&str, &str, usize)] = &[
    ("000", "main", 62),
    ("001", "front", 60),
    ("001", "back", 5),
    ("001", "network", 1),
    ("002", "sdk", 20),
    ("002", "common", 24),
    ("002", "console", 38),
    ("003", "main", 78),
    ("004", "main", 35),
];

type Row = (String, usize, String, String, String);

fn document(source: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources").join(format!("{source}.tsv"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut rows: Vec<Row> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [table, row, code, status, message] = cells[..] else { panic!("{source}: {line}") };
            (table.into(), row.parse().unwrap(), code.into(), status.into(), message.into())
        })
        .collect();
    rows.sort();
    rows
}

fn editions() -> impl Iterator<Item = (&'static VendorRow, &'static Edition)> {
    CATALOG.vendors.iter().flat_map(|vendor| vendor.editions.iter().map(move |edition| (*vendor, edition)))
}

/// The same rows as the catalog has them. A cell with two alternatives is two codes and one row: they are joined by
/// the cell that both carry.
fn catalog(vendor: &VendorRow, edition: &Edition) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for code in vendor.codes {
        for row in code.editions.iter().filter(|row| row.edition == edition) {
            let status = row.status.map_or("-".to_owned(), |status| status.to_string());
            let printed = match row.cell {
                // The TLS row has its two texts on lines of their own.
                Some(_) if row.status.is_none() => row.printed,
                Some(cell) => cell,
                None => row.printed,
            };
            rows.push((
                row.table.id.to_owned(),
                usize::from(row.row),
                row.code.unwrap_or("-").to_owned(),
                status,
                printed.to_owned(),
            ));
        }
    }
    rows.sort();
    rows.dedup();
    rows
}

#[test]
fn every_row_is_there_to_the_letter() {
    for (vendor, edition) in editions() {
        let (expected, found) = (document(edition.source), catalog(vendor, edition));
        for row in &expected {
            assert!(found.contains(row), "{} {}: the catalog lacks {row:?}", vendor.id, edition.id);
        }
        for row in &found {
            assert!(expected.contains(row), "{} {}: the document has no {row:?}", vendor.id, edition.id);
        }
    }
}

#[test]
fn rows_are_counted_by_source_and_table() {
    let mut counted: BTreeMap<(&str, &str), Vec<u16>> = BTreeMap::new();
    for (vendor, edition) in editions() {
        for code in vendor.codes {
            for row in code.editions.iter().filter(|row| row.edition == edition) {
                counted.entry((edition.source, row.table.id)).or_default().push(row.row);
            }
        }
    }
    for &(source, table, rows) in COUNTS {
        let mut numbers = counted.remove(&(source, table)).unwrap_or_default();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), rows, "{source} {table}");
        assert_eq!(numbers.last().copied(), u16::try_from(rows).ok(), "{source} {table}");
    }
    assert!(counted.is_empty(), "tables that no document has: {:?}", counted.keys());
}
