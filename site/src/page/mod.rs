//! One file per kind of page, all of one shape: gather what the template shows, then render it.

mod about;
pub(crate) mod candidates;
mod checks;
mod code;
mod compare;
mod condition;
mod conditions;
mod decode;
mod difference;
mod filtered;
pub(crate) mod not_found;
mod overview;
pub(crate) mod redirect;
mod search;
mod status;
mod statuses;
mod vendor;

use apigw_errors::Lang;
use askama::Template;

use crate::link::Topic;
use crate::{Page, Site};

/// Renders the page of a topic.
pub(crate) fn render(site: &Site, lang: Lang, topic: Topic) -> Page {
    match topic {
        Topic::Overview => overview::render(site, lang),
        Topic::Vendor(vendor) => vendor::render(site, lang, vendor),
        Topic::Code(code) => code::render(site, lang, code),
        Topic::Conditions => conditions::render(site, lang),
        Topic::Condition(condition) => condition::render(site, lang, condition),
        Topic::Statuses => statuses::render(site, lang),
        Topic::Status(status) => status::render(site, lang, status),
        Topic::Candidates(text) => candidates::render(site, lang, text),
        Topic::Filter(filter) => filtered::render(site, lang, filter),
        Topic::Difference(pair) => difference::render(site, lang, pair),
        Topic::Compare => compare::render(site, lang),
        Topic::Checks => checks::render(site, lang),
        Topic::Decode => decode::render(site, lang),
        Topic::Search => search::render(site, lang),
        Topic::About => about::render(site, lang),
    }
}

/// Rendering into a string fails only if the `Display` of a value does, and none of ours can.
fn finish(template: &impl Template) -> Page {
    Page::html(template.render().unwrap_or_default())
}
