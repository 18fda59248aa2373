//! `apigw-errors list`

use apigw_errors::export::{CodeEntry, Recorded};
use apigw_errors::{CodeRow, ConditionRow, Fault, Plane, Retry, VendorRow};

use super::Outcome;
use crate::cli::facet::{self, StatusIs};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::cli::subject::catalog;
use crate::cli::words::Words;
use crate::cli::{cell, table};

const EXAMPLES: &str = "\
Examples:
  apigw-errors list --vendor huawei --status 403
  apigw-errors list --status 5xx --fault client
  apigw-errors list --condition auth.signature
  apigw-errors list --edition huawei@v1 --retry after_backoff --json

Filters are combined. Exit status: 0 some codes fit, 1 none.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only codes of this vendor.
    #[arg(long, value_name = "VENDOR", value_parser = facet::vendors())]
    vendor: Option<&'static VendorRow>,
    /// Only codes with this status in some edition: `429`, `4xx`, `none`.
    #[arg(long, value_name = "STATUS")]
    status: Option<StatusIs>,
    /// Only codes of this plane: calling an API, or managing one.
    #[arg(long, value_name = "PLANE", value_parser = facet::planes())]
    plane: Option<Plane>,
    /// Only codes that stand in this edition: `v1`, `huawei@v1`.
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// Only codes after which this side must act.
    #[arg(long, value_name = "FAULT", value_parser = facet::faults())]
    fault: Option<Fault>,
    /// Only codes with this advice on trying again.
    #[arg(long, value_name = "RETRY", value_parser = facet::retries())]
    retry: Option<Retry>,
    /// Only codes of this condition and those below it: `auth.signature`.
    #[arg(long, value_name = "CONDITION")]
    condition: Option<String>,
    /// Print JSON: an array of codes as in catalog.json.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let filter = Filter::new(args)?;
    let codes: Vec<_> = catalog().codes().filter(|code| filter.admits(code)).collect();
    if args.json {
        let entries: Vec<_> = codes.iter().map(|code| CodeEntry::new(catalog(), code, Recorded::default())).collect();
        return Ok(Outcome::json(&entries, !entries.is_empty()));
    }
    let words = Words::of(screen.lang);
    if codes.is_empty() {
        return Ok(Outcome::nothing(format!("{}\n{}\n", words.no_code_fits, words.drop_filter)));
    }
    let heading = [words.id, words.code, words.status, words.plane, words.fault, words.retry, words.message];
    let rows = codes.iter().map(|code| {
        let message = code.message.source.to_owned();
        let (plane, fault, retry) = (code.plane.to_string(), code.fault.to_string(), code.retry.to_string());
        [code.to_string(), cell::code(code.code), cell::status(code.status), plane, fault, retry, message]
    });
    let count = format!("{} {}\n", codes.len(), words.codes);
    Ok(Outcome { complaint: count, ..Outcome::done(table::table(screen, heading, rows)) })
}

/// The arguments, understood.
struct Filter<'a> {
    args: &'a Args,
    condition: Option<&'static ConditionRow>,
    edition: Option<(Option<&'static VendorRow>, &'a str)>,
}

impl<'a> Filter<'a> {
    fn new(args: &'a Args) -> Result<Self, Failure> {
        let condition = args
            .condition
            .as_deref()
            .map(|id| catalog().condition(id).ok_or_else(|| Failure::NoCondition(id.to_owned())));
        let edition = args.edition.as_deref().map(|name| {
            let unknown = || Failure::NoEdition(name.to_owned());
            let (vendor, id) = match name.split_once('@') {
                Some((vendor, id)) => (Some(catalog().vendor(vendor).ok_or_else(unknown)?), id),
                None => (None, name),
            };
            let mut vendors = catalog().all_vendors().filter(|other| vendor.is_none_or(|vendor| vendor == *other));
            let known = vendors.any(|vendor| vendor.edition(id).is_some());
            if known { Ok((vendor, id)) } else { Err(unknown()) }
        });
        Ok(Self { args, condition: condition.transpose()?, edition: edition.transpose()? })
    }

    fn admits(&self, code: &'static CodeRow) -> bool {
        let args = self.args;
        args.vendor.is_none_or(|vendor| code.vendor == vendor)
            && args.status.is_none_or(|status| status.admits(code))
            && args.plane.is_none_or(|plane| code.plane == plane)
            && args.fault.is_none_or(|fault| code.fault == fault)
            && args.retry.is_none_or(|retry| code.retry == retry)
            && self.condition.is_none_or(|condition| condition.covers(code.condition))
            && self.edition.is_none_or(|(vendor, id)| {
                vendor.is_none_or(|vendor| code.vendor == vendor)
                    && code.editions.iter().any(|row| row.edition.id == id)
            })
    }
}

/// The editions of all vendors, for messages.
pub(crate) fn editions() -> String {
    let names = catalog()
        .all_vendors()
        .flat_map(|vendor| vendor.editions.iter().map(|edition| format!("`{}@{}`", vendor.id, edition.id)));
    names.collect::<Vec<_>>().join(", ")
}
