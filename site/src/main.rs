//! The command `apigw-site` over the vendors of this project.

use std::process::ExitCode;

fn main() -> ExitCode {
    apigw_site::run(&apigw_errors::CATALOG)
}
