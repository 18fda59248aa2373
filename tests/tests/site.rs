//! The reference site where it meets the other parts: links that the gateway sends, what serves it, its schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use apigw_errors::CATALOG;
use apigw_gateway::{demo, snapshot};
use apigw_site::{Options, Site, checks};
use apigw_tests::generated::root;
use serde_json::Value;

fn site() -> Site {
    Site::new(&CATALOG, Options::default())
}

/// `Link: rel="help"` and the `type` of RFC 9457 are this path behind the configured base.
#[test]
fn whatever_the_gateway_links_to_is_a_page() {
    let site = site();
    for code in CATALOG.codes() {
        let path = snapshot::help_path(Some(code), code.condition);
        assert!(site.page(&path).is_some(), "{path}");
    }
    for condition in CATALOG.conditions {
        let path = snapshot::help_path(None, condition);
        assert!(site.page(&path).is_some(), "{path}");
    }
}

#[test]
fn every_check_on_the_site_has_its_source() {
    let bundled = checks::read(checks::BUNDLED).unwrap();
    assert_eq!(bundled.len(), apigw_gateway::check::ALL.len());
    for check in bundled {
        assert!(root().join(&check.file).is_file(), "{}: no {}", check.name, check.file);
    }
}

#[test]
fn the_catalog_keeps_to_its_schema() {
    let read =
        |path: &str| -> Value { serde_json::from_str(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap() };
    let schema = jsonschema::validator_for(&read("site/assets/catalog.schema.json")).unwrap();
    let mut catalog = read("catalog/catalog.json");
    let problems: Vec<String> = schema.iter_errors(&catalog).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    // It would notice.
    *catalog.pointer_mut("/codes/0/retry").unwrap() = "perhaps".into();
    assert!(!schema.is_valid(&catalog));
}

/// Head and body of an answer.
fn get(address: SocketAddr, path: &str, headers: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().to_lowercase(), body)
}

#[test]
fn the_gateway_serves_the_site() {
    let address = demo::serve_site(SocketAddr::from(([127, 0, 0, 1], 0)), site()).unwrap();
    let (head, body) = get(address, "/en/", "");
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/html; charset=utf-8"), "{head}");
    assert!(head.contains("vary: accept-encoding") && !head.contains("content-encoding"), "{head}");
    assert_eq!(body, site().page("/en/").unwrap().body.as_ref());

    let (packed, small) = get(address, "/en/", "Accept-Encoding: br, gzip\r\n");
    assert!(packed.contains("content-encoding: gzip") && small.len() * 4 < body.len(), "{packed}");

    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let (same, nothing) = get(address, "/en/", &format!("If-None-Match: {}\r\n", tag.replace("w/", "W/")));
    assert!(same.starts_with("http/1.1 304") && nothing.is_empty(), "{same}");

    for (path, kind) in [
        ("/assets/site.css", "text/css"),
        ("/assets/page.js", "text/javascript"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/catalog.json", "application/json"),
    ] {
        let (head, _) = get(address, path, "");
        assert!(head.contains(&format!("content-type: {kind}")), "{path}: {head}");
    }
    let (head, body) = get(address, "/zh/no/such/page/", "");
    assert!(head.starts_with("http/1.1 404") && String::from_utf8(body).unwrap().contains("没有这个页面"), "{head}");
    let (head, _) = get(address, "/en/conditions", "");
    assert!(head.starts_with("http/1.1 308") && head.contains("location: /en/conditions/"), "{head}");
}
