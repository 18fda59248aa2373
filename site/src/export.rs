//! `catalog.json` with what only the site knows: the exchanges that the conformance tests recorded.
//!
//! The format is the library's ([`apigw_errors::export`]); `apigw-errors export json` writes the same without exchanges.

use apigw_errors::export::{Exchange, Recorded};
use apigw_errors::{Catalog, CodeRow};

use crate::recording;

/// The whole catalog as JSON.
pub fn catalog_json(catalog: &Catalog) -> String {
    apigw_errors::export::catalog_json(catalog, recorded)
}

fn recorded(code: &'static CodeRow) -> Recorded {
    let Some(recording) = recording::of(code) else { return Recorded::default() };
    let exchange = recording.request.as_deref().zip(recording.response.as_deref());
    Recorded {
        raised_by: recording.raised_by.as_deref(),
        exchange: exchange.map(|(request, response)| Exchange { request, response }),
    }
}
