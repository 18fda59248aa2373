//! `catalog.json`: the contract's keys in the contract's order, every code, the same bytes each time.

use apigw_errors::CATALOG;
use apigw_site::{catalog_json, recording};
use serde_json::Value;

use crate::site;

/// The keys of the contract, in its order.
const KEYS: [&str; 22] = [
    "vendor",
    "id",
    "slug",
    "plane",
    "code",
    "status",
    "message",
    "printed",
    "params",
    "condition",
    "grpc",
    "origin",
    "fault",
    "retry",
    "summary",
    "remedy",
    "notes",
    "editions",
    "equivalents",
    "raised_by",
    "exchange",
    "url",
];

fn parsed() -> Value {
    serde_json::from_str(&catalog_json(&CATALOG)).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn sorted<const N: usize>(mut keys: [&str; N]) -> Vec<&str> {
    keys.sort_unstable();
    keys.to_vec()
}

#[test]
fn every_record_is_in_it() {
    let json = parsed();
    assert_eq!(keys(&json), ["codes", "conditions", "vendors", "version"]);
    assert_eq!(json["version"], "1");
    assert_eq!(json["vendors"].as_array().unwrap().len(), CATALOG.vendors.len());
    assert_eq!(json["conditions"].as_array().unwrap().len(), CATALOG.conditions.len());
    let codes = json["codes"].as_array().unwrap();
    assert_eq!(codes.len(), CATALOG.codes().count());
    for (entry, code) in codes.iter().zip(CATALOG.codes()) {
        assert_eq!(entry["vendor"], code.vendor.id);
        assert_eq!(entry["id"], code.id);
        assert_eq!(entry["code"].as_str(), code.code);
        assert_eq!(entry["status"].as_u64(), code.status.map(|status| u64::from(status.get())));
        assert_eq!(entry["message"], code.message.source);
        assert_eq!(entry["editions"].as_array().unwrap().len(), code.editions.len());
        for (row, edition) in entry["editions"].as_array().unwrap().iter().zip(code.editions) {
            assert_eq!(row["printed"], edition.printed);
            assert_eq!(row["edition"], edition.edition.id);
        }
        assert_eq!(entry["equivalents"].as_array().unwrap().len(), code.equivalents.len());
    }
}

#[test]
fn keys_are_those_of_the_contract_in_its_order() {
    let json = parsed();
    for code in json["codes"].as_array().unwrap() {
        assert_eq!(keys(code), sorted(KEYS));
        for edition in code["editions"].as_array().unwrap() {
            assert_eq!(keys(edition), sorted(["edition", "table", "code", "status", "message", "printed"]));
        }
        for equivalent in code["equivalents"].as_array().unwrap() {
            assert_eq!(keys(equivalent), sorted(["vendor", "id", "relation", "reason"]));
        }
    }
    for vendor in json["vendors"].as_array().unwrap() {
        assert_eq!(keys(vendor), sorted(["id", "name", "facts", "headers", "authentication", "editions"]));
    }
    for condition in json["conditions"].as_array().unwrap() {
        assert_eq!(keys(condition), sorted(["id", "parent", "grpc", "params", "title"]));
    }
    // A parser forgets the order; the text of each line does not.
    let text = catalog_json(&CATALOG);
    let lines = text.lines().filter(|line| line.starts_with("{\"vendor\":"));
    assert_eq!(lines.clone().count(), CATALOG.codes().count());
    for line in lines {
        let mut rest = line;
        for key in KEYS {
            let (_, after) = rest.split_once(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key} late: {line}"));
            rest = after;
        }
    }
}

#[test]
fn urls_lead_to_pages() {
    let site = site();
    for code in parsed()["codes"].as_array().unwrap() {
        assert!(site.page(code["url"].as_str().unwrap()).is_some(), "{code}");
    }
}

#[test]
fn the_site_serves_the_same_text() {
    let page = site().page("/catalog.json").unwrap();
    assert_eq!(page.content_type, "application/json");
    assert_eq!(&*page.body, catalog_json(&CATALOG).as_bytes());
}

#[test]
fn recordings_can_be_read_and_belong_to_codes() {
    for name in recording::read(recording::BUNDLED).unwrap().keys() {
        assert!(CATALOG.codes().any(|code| code.to_string() == *name), "no code `{name}`");
    }
}
