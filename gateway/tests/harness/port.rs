//! Ports for servers that have to be told theirs.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// A port at which nobody listens. It lies below those that a system gives to clients and to whoever asks for any, so nobody
/// takes it by chance before it is used, nor while a server at it is away.
pub(crate) fn free() -> u16 {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = process::id().wrapping_mul(61).wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(number % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
