//! The command `apigw-errors` over the vendors of this project.

use std::process::ExitCode;

fn main() -> ExitCode {
    apigw_errors::cli::run(&apigw_errors::CATALOG)
}
