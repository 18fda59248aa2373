//! A vendor: its envelope, its editions, its tables by plane in the order of the documents.

use apigw_errors::envelope::Part;
use apigw_errors::{CodeRow, EnvelopeForm, Lang, Plane, Table, VendorRow};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::{Difference, Topic};
use crate::recording;
use crate::words::codes;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "vendor.html")]
struct VendorPage<'s> {
    f: Frame<'s>,
    vendor: &'static VendorRow,
    /// A recorded error, to show how they travel.
    example: Option<&'static str>,
    /// Where none was recorded: the body that the vendor's file describes.
    body: Option<String>,
    differences: Vec<Difference>,
    groups: Vec<Group>,
}

/// The codes of one plane.
struct Group {
    plane: Plane,
    tables: Vec<TableGroup>,
    /// Codes that the newest edition no longer has.
    older: Vec<&'static CodeRow>,
}

/// The codes of one table of the newest edition.
struct TableGroup {
    table: &'static Table,
    codes: Vec<&'static CodeRow>,
}

pub(super) fn render(site: &Site, lang: Lang, vendor: &'static VendorRow) -> Page {
    let name = vendor.name.get(lang);
    let description = format!("{name}: {}", codes(lang, vendor.codes.len()));
    let example = vendor.codes.iter().find_map(|code| recording::of(code)?.response.as_deref());
    let groups = Plane::ALL.iter().map(|&plane| group(vendor, plane));
    finish(&VendorPage {
        f: Frame::new(site, lang, Topic::Vendor(vendor), name.to_owned(), description),
        vendor,
        example,
        body: vendor.form.map(template),
        differences: Difference::all(vendor).collect(),
        groups: groups.filter(|group| !group.tables.is_empty() || !group.older.is_empty()).collect(),
    })
}

/// A described body, its fields between braces.
fn template(form: &EnvelopeForm) -> String {
    let parts = form.body.iter().map(|part| match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Field(field) => format!("{{{}}}", field.as_str()),
    });
    parts.collect()
}

fn group(vendor: &'static VendorRow, plane: Plane) -> Group {
    let newest = vendor.editions.first();
    let table_of = |code: &CodeRow| Some(code.in_edition(newest?)?.table.id);
    let here = || vendor.codes.iter().filter(move |code| code.plane == plane);
    let tables = newest.map_or(&[][..], |edition| edition.tables).iter().map(|table| {
        let mut codes: Vec<_> = here().filter(|code| table_of(code) == Some(table.id)).collect();
        codes.sort_by_key(|code| newest.and_then(|edition| code.in_edition(edition)).map(|row| row.row));
        TableGroup { table, codes }
    });
    Group {
        plane,
        tables: tables.filter(|table| !table.codes.is_empty()).collect(),
        older: here().filter(|code| table_of(code).is_none()).collect(),
    }
}
