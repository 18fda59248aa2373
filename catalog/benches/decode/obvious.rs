//! What one writes without this library: a JSON value, a hash map by code text, a set of regular expressions.

use std::collections::HashMap;

use apigw_errors::{CodeRow, Piece, Template, VendorRow};
use regex::{Regex, RegexSet, RegexSetBuilder};
use serde_json::Value;

/// Codes and their messages, ready to match.
pub(crate) struct Obvious {
    by_code: HashMap<&'static str, Vec<&'static CodeRow>>,
    set: RegexSet,
    messages: Vec<(&'static CodeRow, Regex)>,
}

/// What was found. Only some of what `decode` tells.
pub(crate) struct Found {
    pub(crate) code: &'static CodeRow,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) request_id: Option<String>,
}

impl Obvious {
    pub(crate) fn over(vendors: &[&'static VendorRow]) -> Self {
        let mut by_code: HashMap<_, Vec<_>> = HashMap::new();
        let mut sources = Vec::new();
        for code in vendors.iter().flat_map(|vendor| vendor.codes) {
            by_code.entry(code.code.unwrap_or_default()).or_default().push(code);
            let editions = code.editions.iter().map(|row| &row.message);
            let variants = code.variants.iter().map(|variant| &variant.message);
            let mut texts: Vec<String> =
                std::iter::once(&code.message).chain(editions).chain(variants).map(pattern).collect();
            texts.sort_unstable();
            texts.dedup();
            sources.extend(texts.into_iter().map(|text| (code, text)));
        }
        let set = RegexSetBuilder::new(sources.iter().map(|(_, text)| text)).size_limit(1 << 30).build().unwrap();
        let messages = sources.into_iter().map(|(code, text)| (code, Regex::new(&text).unwrap())).collect();
        Self { by_code, set, messages }
    }

    pub(crate) fn decode(&self, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Option<Found> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let (code, message) = match &value["error"] {
            Value::Object(error) => (error.get("status"), error.get("message")),
            _ => (value.get("error_code"), value.get("error_msg").or(value.get("message"))),
        };
        let (code, message) = (code.and_then(Value::as_str), message.and_then(Value::as_str)?);
        let message = message.trim().trim_end_matches(" [gw]");
        let request_id = value.get("request_id").or(value.get("requestId")).and_then(Value::as_str).map(str::to_owned);
        let request_id = request_id.or_else(|| {
            headers.iter().find(|(name, _)| name.to_lowercase().ends_with("requestid")).map(|(_, id)| (*id).to_owned())
        });
        let matched = self.set.matches(message).into_iter().filter_map(|at| self.messages.get(at));
        let fits = |code_row: &CodeRow| {
            (code.is_none() || code_row.code == code) && code_row.status.is_none_or(|own| own.get() == status)
        };
        if let Some((row, regex)) = matched.into_iter().find(|(row, _)| fits(row)) {
            let captures = regex.captures(message)?;
            let names = regex.capture_names().flatten();
            let params = names.filter_map(|name| Some((name.to_owned(), captures.name(name)?.as_str().to_owned())));
            return Some(Found { code: row, params: params.collect(), request_id });
        }
        let rows = self.by_code.get(code?)?;
        let row = rows.iter().find(|row| fits(row))?;
        Some(Found { code: row, params: Vec::new(), request_id })
    }
}

fn pattern(template: &Template) -> String {
    let mut text = String::from("^");
    let mut seen = Vec::new();
    for piece in template.pieces {
        match piece {
            Piece::Text(literal) => text.push_str(&regex::escape(literal.trim_end_matches('.'))),
            Piece::Param(name, _) if seen.contains(name) => text.push_str("(?:.*)"),
            Piece::Param(name, _) => {
                seen.push(*name);
                text.push_str("(?P<");
                text.push_str(name);
                text.push_str(">.*)");
            }
        }
    }
    text.push_str("\\.?$");
    text
}
