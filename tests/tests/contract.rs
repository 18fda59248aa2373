//! `catalog.json` has the shape that other people's programs are promised.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};

use apigw_errors::CATALOG;
use apigw_tests::generated::root;
use serde_json::{Map, Value};

type Object = Map<String, Value>;

fn catalog() -> Object {
    let text = std::fs::read_to_string(root().join("catalog/catalog.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn objects<'a>(parent: &'a Object, key: &str) -> Vec<&'a Object> {
    let list = parent.get(key).and_then(Value::as_array).unwrap_or_else(|| panic!("`{key}` is no list"));
    list.iter().map(|value| value.as_object().unwrap()).collect()
}

fn text<'a>(object: &'a Object, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("`{key}` is no text in {object:?}"))
}

/// What a member may be.
#[derive(Debug, Clone, Copy)]
enum Is {
    Text,
    TextOrNull,
    NumberOrNull,
    List,
    /// `{"en", "zh"}`
    Both,
    BothOrNull,
    ObjectOrNull,
}

/// Fails unless `object` has exactly these members.
fn shape(what: &str, object: &Object, members: &[(&str, Is)]) {
    let expected: BTreeSet<&str> = members.iter().map(|(key, _)| *key).collect();
    let found: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(found, expected, "members of {what}: {object:?}");
    for (key, is) in members {
        let value = &object[*key];
        let fits = match is {
            Is::Text => value.is_string(),
            Is::TextOrNull => value.is_string() || value.is_null(),
            Is::NumberOrNull => value.is_u64() || value.is_null(),
            Is::List => value.is_array(),
            Is::Both => is_both(value),
            Is::BothOrNull => is_both(value) || value.is_null(),
            Is::ObjectOrNull => value.is_object() || value.is_null(),
        };
        assert!(fits, "`{key}` of {what} is not {is:?}: {value}");
    }
}

fn is_both(value: &Value) -> bool {
    let language = |key| value.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    value.as_object().is_some_and(|texts| texts.len() == 2) && language("en") && language("zh")
}

#[test]
fn every_object_has_exactly_the_promised_members() {
    let catalog = catalog();
    assert_eq!(text(&catalog, "version"), "1");
    assert_eq!(catalog.keys().collect::<Vec<_>>(), ["codes", "conditions", "vendors", "version"]);
    for vendor in objects(&catalog, "vendors") {
        let lists = ["facts", "headers", "authentication", "editions"].map(|list| (list, Is::List));
        let members: Vec<_> = [("id", Is::Text), ("name", Is::Both)].into_iter().chain(lists).collect();
        shape("a vendor", vendor, &members);
        let known = [("evidence", Is::Text), ("source", Is::Text)];
        for fact in objects(vendor, "facts") {
            shape("a fact", fact, &[&[("about", Is::Both)], &known[..]].concat());
        }
        for header in objects(vendor, "headers") {
            let own = [("name", Is::Text), ("example", Is::Text), ("about", Is::Both)];
            shape("a header", header, &[&own[..], &known].concat());
        }
        for way in objects(vendor, "authentication") {
            let own = [("id", Is::Text), ("title", Is::Both), ("example", Is::Text), ("steps", Is::Both)];
            shape("a way to authenticate", way, &[&own[..], &known].concat());
        }
        for edition in objects(vendor, "editions") {
            let members = [("id", Is::Text), ("title", Is::Both), ("source", Is::Text), ("evidence", Is::Text)];
            shape("an edition", edition, &members);
        }
    }
    for condition in objects(&catalog, "conditions") {
        let members = [
            ("id", Is::Text),
            ("parent", Is::TextOrNull),
            ("grpc", Is::Text),
            ("params", Is::List),
            ("title", Is::Both),
        ];
        shape("a condition", condition, &members);
        for param in objects(condition, "params") {
            shape("a parameter", param, &[("name", Is::Text), ("type", Is::Text)]);
        }
    }
    for code in objects(&catalog, "codes") {
        let members = [
            ("vendor", Is::Text),
            ("id", Is::Text),
            ("slug", Is::Text),
            ("plane", Is::Text),
            ("code", Is::TextOrNull),
            ("status", Is::NumberOrNull),
            ("message", Is::Text),
            ("printed", Is::Text),
            ("params", Is::List),
            ("condition", Is::Text),
            ("grpc", Is::Text),
            ("origin", Is::Text),
            ("fault", Is::Text),
            ("retry", Is::Text),
            ("summary", Is::Both),
            ("remedy", Is::Both),
            ("notes", Is::BothOrNull),
            ("editions", Is::List),
            ("equivalents", Is::List),
            ("raised_by", Is::TextOrNull),
            ("exchange", Is::ObjectOrNull),
            ("url", Is::Text),
        ];
        shape("a code", code, &members);
        for param in objects(code, "params") {
            shape("a parameter", param, &[("name", Is::Text), ("type", Is::Text)]);
        }
        for edition in objects(code, "editions") {
            let members = [
                ("edition", Is::Text),
                ("table", Is::Text),
                ("code", Is::TextOrNull),
                ("status", Is::NumberOrNull),
                ("message", Is::Text),
                ("printed", Is::Text),
            ];
            shape("an edition of a code", edition, &members);
        }
        for other in objects(code, "equivalents") {
            let members = [("vendor", Is::Text), ("id", Is::Text), ("relation", Is::Text), ("reason", Is::BothOrNull)];
            shape("an equivalent", other, &members);
        }
        if let Some(exchange) = code["exchange"].as_object() {
            shape("an exchange", exchange, &[("request", Is::Text), ("response", Is::Text)]);
        }
    }
}

#[test]
fn every_code_says_what_every_edition_of_it_says() {
    let json = catalog();
    let codes = objects(&json, "codes");
    let rows: Vec<_> = CATALOG.codes().collect();
    assert_eq!(codes.len(), rows.len());
    for (code, row) in codes.into_iter().zip(rows) {
        assert_eq!(format!("{}.{}", text(code, "vendor"), text(code, "id")), row.to_string());
        let told: Vec<(&str, &str)> =
            objects(code, "editions").into_iter().map(|told| (text(told, "edition"), text(told, "printed"))).collect();
        let expected: Vec<(&str, &str)> =
            row.editions.iter().map(|edition| (edition.edition.id, edition.printed)).collect();
        assert_eq!(told, expected, "{row}");
        assert_eq!(text(code, "printed"), row.printed(), "{row}");
    }
}

#[test]
fn names_lead_somewhere() {
    let catalog = catalog();
    let conditions: BTreeSet<&str> =
        objects(&catalog, "conditions").into_iter().map(|condition| text(condition, "id")).collect();
    for condition in objects(&catalog, "conditions") {
        if let Some(parent) = condition["parent"].as_str() {
            assert!(conditions.contains(parent), "{parent}");
        }
    }
    for code in objects(&catalog, "codes") {
        assert!(conditions.contains(text(code, "condition")), "{code:?}");
        assert!(text(code, "url").starts_with('/') && text(code, "url").ends_with('/'), "{code:?}");
    }
}

#[test]
fn every_relation_has_its_inverse() {
    let catalog = catalog();
    let mut relations = BTreeMap::new();
    for code in objects(&catalog, "codes") {
        let this = (text(code, "vendor"), text(code, "id"));
        for other in objects(code, "equivalents") {
            let (that, relation) = ((text(other, "vendor"), text(other, "id")), text(other, "relation"));
            assert_eq!(
                relation == "close",
                !other["reason"].is_null(),
                "{this:?} to {that:?}: a reason if it is close"
            );
            assert_eq!(relations.insert((this, that), relation), None, "{this:?} to {that:?} twice");
        }
    }
    for ((this, that), relation) in &relations {
        let inverse = match *relation {
            "broad" => "narrow",
            "narrow" => "broad",
            same => same,
        };
        assert_eq!(relations.get(&(*that, *this)), Some(&inverse), "{that:?} to {this:?}, the inverse of {relation}");
    }
}
