//! Whole responses: the first two bytes are the status, up to the first empty line stand headers, then the body.

#![no_main]

use apigw_errors::decode::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (status, rest) = data.split_at(data.len().min(2));
    let status = status.try_into().ok().map(u16::from_be_bytes);
    let at = rest.windows(2).position(|window| window == b"\n\n");
    let (head, body) = at.map_or((&[][..], rest), |at| (&rest[..at], &rest[at + 2..]));
    let head = String::from_utf8_lossy(head);
    let headers: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(':')).collect();
    let decoded = decode(status, &headers, body);
    let _ = format!("{decoded:?}");
    for candidate in &decoded.candidates {
        let _ = (candidate.error(), candidate.editions().count(), candidate.condition());
    }
    let clean = decoded.clone().redact();
    assert_eq!(clean.candidates.len(), decoded.candidates.len());
    let _ = decoded.into_owned().occurrence();
});
