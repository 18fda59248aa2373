//! The snippets of a code page: a `match` arm and a command line.

use std::fmt::Write as _;

use apigw_errors::{CodeRow, Retry};

use crate::Options;
use crate::words::Words;

/// A `match` on the vendor's typed error with an arm for this code.
pub(crate) fn match_arm(code: &CodeRow, words: &Words) -> String {
    let fields: Vec<&str> = code.params.iter().map(|param| param.name).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" {{ {} }}", fields.join(", ")) };
    let (advice, action) = match code.retry {
        Retry::Never => (words.never_comment, "give_up()"),
        Retry::AfterFix => (words.fix_comment, "report()"),
        Retry::AfterBackoff => (words.wait_comment, "retry_later()"),
        Retry::SameRequestOk => (words.once_comment, "retry_now()"),
    };
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "use {}::Error;\n\nmatch error {{\n    // {advice}\n    Error::{}{fields} => {action},\n    other => return Err(other.into()),\n}}",
        code.vendor.module, code.id
    );
    out
}

/// The command that explains this code in the terminal.
pub(crate) fn command_line(code: &CodeRow, options: &Options) -> String {
    format!("{} explain {code}", options.command)
}
