//! Headers of the PROXY protocol: a verdict stands whatever follows, and no more is asked for than can be there.

#![no_main]

use apigw_gateway::proxy_protocol::{Header, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut decided = None;
    for length in 0..=data.len() {
        let verdict = read(&data[..length]);
        if let Some(decided) = decided {
            assert_eq!(verdict, decided, "{length} bytes");
            continue;
        }
        match verdict {
            Header::Part(missing) => assert!((1..=4096).contains(&missing), "{missing} missing at {length}"),
            Header::No => decided = Some(verdict),
            Header::Whole(whole, _) => {
                assert_eq!(whole, length, "found late");
                decided = Some(verdict);
            }
        }
    }
});
