//! What a reader has to load.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use apigw_site::{Route, Topic};

use crate::site;

/// Compressed size; `None` where the machine has no `gzip`.
fn gzip(bytes: &[u8]) -> Option<usize> {
    let mut child = Command::new("gzip").arg("-9c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut input = child.stdin.take()?;
    let bytes = bytes.to_vec();
    let feed = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().ok()?;
    feed.join().ok()?.ok()?;
    output.status.success().then_some(output.stdout.len())
}

/// The kind of an address, and the most bytes that its page may have compressed.
fn kind(route: Route) -> (&'static str, usize) {
    match route {
        Route::Page(_, Topic::Overview) => ("overview", 60_000),
        Route::Page(_, Topic::Code(_)) => ("code", 15_000),
        Route::Page(_, Topic::Condition(_)) => ("condition", 30_000),
        Route::Page(_, Topic::Conditions) => ("tree", 30_000),
        Route::Page(_, Topic::Vendor(_)) => ("vendor", 30_000),
        Route::Page(_, _) => ("other", 30_000),
        Route::Asset(asset) if asset.content_type.starts_with("text/css") => ("style", 6_000),
        Route::Asset(asset) if asset.path == "/assets/decode.js" => ("decode.js", 9_600),
        Route::Asset(_) => ("script", 4_500),
        Route::Data => ("data.js", 60_000),
        Route::Catalog => ("catalog.json", 500_000),
        _ => ("small", 3_000),
    }
}

#[test]
fn pages_are_light() {
    let site = site();
    let mut heaviest: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for route in site.routes() {
        let (kind, _) = kind(route);
        let bytes = site.render(route).body.len();
        if heaviest.get(kind).is_none_or(|(most, _)| bytes > *most) {
            heaviest.insert(kind, (bytes, route.path()));
        }
    }
    for (name, (bytes, path)) in heaviest {
        let route = site.route(&path).unwrap();
        let Some(packed) = gzip(&site.render(route).body) else { return println!("no gzip here: not measured") };
        println!("{name:13} {bytes:8} bytes, {packed:6} gzip  {path}");
        assert!(packed <= kind(route).1, "{path}: {packed} bytes");
    }
}
