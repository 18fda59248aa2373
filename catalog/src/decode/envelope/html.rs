//! Error pages of nginx's form, which an outer proxy sends where the gateway itself could not answer.
//!
//! The title holds status and phrase; the line at the foot names the software. Only that line tells whose page it is.

use std::borrow::Cow;

use super::{ENVELOPES, Envelope, Read, Shape};

pub(super) fn read(page: &str) -> Read<'_> {
    let foot = after(page, "<hr>").and_then(|rest| between(rest, "<center>", "</center>")).map(str::trim);
    let signs = |envelope: &&&dyn Envelope| envelope.foot().zip(foot).is_some_and(|(own, foot)| foot.starts_with(own));
    let owner = ENVELOPES.iter().find(signs).map(|envelope| envelope.name());
    let shape = if owner.is_some() { Shape::Own } else { Shape::Shared };
    let mut read = Read::new(owner, shape);
    read.signed = owner.is_some();
    let title = between(page, "<title>", "</title>").or_else(|| between(page, "<h1>", "</h1>"));
    let title = title.map(str::trim).unwrap_or_default();
    let (status, phrase) = title.split_at_checked(3).unwrap_or(("", title));
    read.status = status.parse().ok().filter(|status| (100..=599).contains(status));
    let message = if read.status.is_some() { phrase.trim() } else { title };
    read.message = Some(message).filter(|message| !message.is_empty()).map(Cow::Borrowed);
    read
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let inside = after(text, open)?;
    inside.get(..find(inside, close)?)
}

fn after<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    text.get(find(text, tag)? + tag.len()..)
}

/// Position of `tag` whatever its case.
fn find(text: &str, tag: &str) -> Option<usize> {
    text.as_bytes().windows(tag.len()).position(|window| window.eq_ignore_ascii_case(tag.as_bytes()))
}
