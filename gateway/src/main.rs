//! The command `apigw-gateway` over the vendors of this project.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A call takes some ten pieces of memory and gives them back in another order; this allocator makes the least of it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    apigw_gateway::run(&apigw_errors::CATALOG)
}
