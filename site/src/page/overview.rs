//! The overview: one light list of all codes, vendor by vendor, and the ways into it.

use apigw_errors::{CodeRow, ConditionRow, Lang, Plane, Status, VendorRow};
use askama::Template;

use super::finish;
use crate::filter::Filter;
use crate::frame::Frame;
use crate::link::Topic;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview<'s> {
    f: Frame<'s>,
    total: usize,
    statuses: Vec<StatusEntry>,
    branches: Vec<Branch>,
    facets: Vec<Facet>,
    vendors: Vec<Vendor>,
}

/// The ready-made selections of one facet.
struct Facet {
    id: &'static str,
    name: &'static str,
    entries: Vec<FacetEntry>,
}

struct FacetEntry {
    filter: Filter,
    count: usize,
}

struct StatusEntry {
    status: Option<Status>,
    count: usize,
}

struct Branch {
    condition: &'static ConditionRow,
    count: usize,
}

struct Vendor {
    row: &'static VendorRow,
    planes: Vec<PlaneGroup>,
}

struct PlaneGroup {
    plane: Plane,
    codes: Vec<&'static CodeRow>,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let catalog = site.catalog;
    let f = Frame::new(
        site,
        lang,
        Topic::Overview,
        crate::words::Words::of(lang).overview_title.to_owned(),
        crate::words::Words::of(lang).overview_lead.to_owned(),
    );
    let statuses = site.index.statuses().map(|group| StatusEntry { status: group.status, count: group.codes.len() });
    let top = catalog.all_conditions().next().map_or(&[][..], |root| site.index.children_of(root));
    let branches = top.iter().map(|condition| Branch {
        condition,
        count: site.index.codes_of(condition).len() + site.index.codes_below(condition).len(),
    });
    let vendors = catalog.all_vendors().map(|row| Vendor { row, planes: planes(row) });
    finish(&Overview {
        total: catalog.codes().count(),
        statuses: statuses.filter(|entry| entry.count > 0).collect(),
        branches: branches.filter(|branch| branch.count > 0).collect(),
        facets: facets(site, crate::words::Words::of(lang)),
        vendors: vendors.collect(),
        f,
    })
}

fn facets(site: &Site, w: &crate::words::Words) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for filter in Filter::all(site.catalog) {
        let count = site.catalog.codes().filter(|code| filter.admits(code)).count();
        let entry = FacetEntry { filter, count };
        match facets.last_mut() {
            Some(facet) if facet.id == filter.facet() => facet.entries.push(entry),
            _ => facets.push(Facet { id: filter.facet(), name: filter.facet_name(w), entries: vec![entry] }),
        }
    }
    facets
}

fn planes(vendor: &'static VendorRow) -> Vec<PlaneGroup> {
    let groups = Plane::ALL
        .iter()
        .map(|&plane| PlaneGroup { plane, codes: vendor.codes.iter().filter(|code| code.plane == plane).collect() });
    groups.filter(|group| !group.codes.is_empty()).collect()
}
