//! A catalog of 5,000 codes becomes a site in time that grows with their number.

use std::time::{Duration, Instant};

use apigw_errors::{CATALOG, Catalog, CodeRow, VendorRow};
use apigw_site::check::check;
use apigw_site::write::render_all;
use apigw_site::{Options, Site};

fn for_ever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Our catalog with every code `times` times, each under a name of its own.
fn synthetic(times: usize) -> &'static Catalog {
    let vendors: Vec<&'static VendorRow> = CATALOG.vendors.iter().map(|vendor| vendor_of(vendor, times)).collect();
    for_ever(Catalog { base: None, conditions: CATALOG.conditions, vendors: vendors.leak() })
}

fn vendor_of(vendor: &'static VendorRow, times: usize) -> &'static VendorRow {
    let codes: Vec<CodeRow> =
        (0..times).flat_map(|turn| vendor.codes.iter().map(move |code| copy(code, turn))).collect();
    for_ever(VendorRow { codes: codes.leak(), ..vendor.clone() })
}

fn copy(code: &'static CodeRow, turn: usize) -> CodeRow {
    let name = |text: &'static str, sign: &str| -> &'static str {
        if turn == 0 { text } else { for_ever(format!("{text}{sign}{turn}")) }
    };
    CodeRow {
        id: name(code.id, "Turn"),
        slug: name(code.slug, "-turn-"),
        code: code.code.map(|text| name(text, ".")),
        index: u16::try_from(turn * code.vendor.codes.len() + usize::from(code.index)).unwrap(),
        canonical: code.canonical && turn == 0,
        ..code.clone()
    }
}

#[test]
fn time_grows_with_the_number_of_codes() {
    let took = |catalog: &'static Catalog| -> (usize, Duration) {
        let start = Instant::now();
        let pages = render_all(&Site::new(catalog, Options::default()));
        (pages.len(), start.elapsed())
    };
    let (small, large) = (synthetic(1), synthetic(22));
    assert!(large.codes().count() >= 5_000);
    let ((few, quick), (many, slow)) = (took(small), took(large));
    // Figures to be read, not asserted: machines are busy.
    let share = slow.as_secs_f64() / quick.as_secs_f64();
    println!("{few} pages in {quick:?}, {many} in {slow:?}: {share:.1} times the time for 22 times the codes");
    assert!(many > few * 12, "{few} → {many}");
}

#[test]
fn a_large_site_is_sound() {
    let site = Site::new(synthetic(3), Options::default());
    let report = check(&site, &render_all(&site));
    assert!(report.problems.is_empty(), "{:#?}", report.problems.first());
}
