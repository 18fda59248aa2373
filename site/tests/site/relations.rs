//! Relations as the pages show them: each has its inverse on the other page.

use std::collections::BTreeMap;

use apigw_errors::{CATALOG, Relation};

use crate::{site, text};

/// The relations on a code's page: slug of the other code (with its vendor) and the word.
fn shown(page: &str) -> BTreeMap<String, &str> {
    let (_, section) = page.split_once("id=\"elsewhere\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let items = section.split("<li class=\"").skip(1);
    let relation = |item: &'_ str| -> Option<(String, usize)> {
        let (_, link) = item.split_once("class=\"other\"")?;
        let (_, href) = link.split_once("href=\"")?;
        let (href, _) = href.split_once('"')?;
        Some((href.trim_matches(['.', '/']).to_owned(), item.find('"')?))
    };
    items
        .map(|item| {
            let (other, end) = relation(item).unwrap_or_else(|| panic!("{item}"));
            (other, &item[..end])
        })
        .collect()
}

#[test]
fn shown_relations_have_their_inverse() {
    let site = site();
    let pages: BTreeMap<String, String> = CATALOG
        .codes()
        .map(|code| (code.path().trim_matches('/').to_owned(), text(&site, &format!("/en{}", code.path()))))
        .collect();
    let relations: BTreeMap<&str, BTreeMap<String, &str>> = pages
        .iter()
        .map(|(path, page)| {
            let vendor = path.split('/').next().unwrap();
            // Links to the same vendor name the slug alone.
            let full = |other: String| if other.contains('/') { other } else { format!("{vendor}/{other}") };
            (path.as_str(), shown(page).into_iter().map(|(other, word)| (full(other), word)).collect())
        })
        .collect();
    let mut count = 0;
    for (path, others) in &relations {
        for (other, word) in others {
            let relation = Relation::ALL.iter().find(|relation| relation.as_str() == *word).unwrap();
            let back = relations[other.as_str()].get(*path).unwrap_or_else(|| panic!("{other} does not show {path}"));
            assert_eq!(*back, relation.inverse().as_str(), "{path} and {other}");
            count += 1;
        }
    }
    let stated: usize = CATALOG.codes().map(|code| code.equivalents.len()).sum();
    assert_eq!(count, stated);
}
