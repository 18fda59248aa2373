//! What has to hold of a built site: markup is well-formed, every link and anchor leads somewhere, nothing is foreign.

mod markup;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use crate::link::{Route, resolve};
use crate::{Page, Site};

/// Something wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The page.
    pub path: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// What a check of rendered pages found.
#[derive(Debug, Default)]
pub struct Report {
    /// Pages looked at.
    pub pages: usize,
    /// Links followed.
    pub links: usize,
    /// What is wrong, in the order of the pages.
    pub problems: Vec<Problem>,
}

/// Checks pages that were rendered for `site`.
pub fn check(site: &Site, pages: &[(Route, Page)]) -> Report {
    let mut report = Report { pages: pages.len(), ..Report::default() };
    let scans: Vec<(String, markup::Scan<'_>)> = pages
        .iter()
        .filter(|(_, page)| page.content_type.starts_with("text/html"))
        .map(|(route, page)| {
            let text = std::str::from_utf8(&page.body).unwrap_or_default();
            (route.path(), markup::scan(text))
        })
        .collect();
    let mut anchors: BTreeMap<String, HashSet<&str>> =
        pages.iter().map(|(route, _)| (route.path(), HashSet::new())).collect();
    for (path, scan) in &scans {
        if let Some(ids) = anchors.get_mut(path) {
            ids.extend(scan.ids.iter().copied());
        }
    }
    for (path, scan) in &scans {
        let problem = |what: String| Problem { path: path.clone(), what };
        report.problems.extend(scan.problems.iter().cloned().map(problem));
        report.links += scan.links.len();
        for link in &scan.links {
            if let Err(what) = follow(site, path, link, &anchors) {
                report.problems.push(problem(what));
            }
        }
    }
    report
}

fn follow(site: &Site, from: &str, link: &str, anchors: &BTreeMap<String, HashSet<&str>>) -> Result<(), String> {
    let (address, anchor) = link.split_once('#').map_or((link, None), |(address, anchor)| (address, Some(anchor)));
    let base = site.options.base_url.as_deref().map(|base| base.trim_end_matches('/'));
    let target = if address.is_empty() {
        from.to_owned()
    } else if let Some(path) = base.and_then(|base| address.strip_prefix(base)) {
        path.to_owned()
    } else if address.contains(':') || address.starts_with('/') {
        let ours = site.options.source_url.as_deref().is_some_and(|source| address.starts_with(source));
        return if ours { Ok(()) } else { Err(format!("link to a foreign place `{link}`")) };
    } else {
        resolve(from, address).ok_or_else(|| format!("link `{link}` leaves the site"))?
    };
    let ids = anchors.get(&target).ok_or_else(|| format!("link `{link}` leads to `{target}`, which does not exist"))?;
    match anchor {
        Some(anchor) if !ids.contains(anchor) => Err(format!("link `{link}`: `{target}` has no `#{anchor}`")),
        _ => Ok(()),
    }
}
