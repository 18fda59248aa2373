//! The command `apigw-gateway` over the vendors of this project.

use std::process::ExitCode;

fn main() -> ExitCode {
    apigw_gateway::run(&apigw_errors::CATALOG)
}
