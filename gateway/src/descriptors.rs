//! The descriptors of the process: every connection takes one, and the system allows so many.

use std::io;

/// "Too many open files" of a process, and of the system: POSIX names them, and all systems number them so.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// True if something could not be opened because there are no more descriptors.
pub(crate) fn are_used_up(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}

/// How many this process may have open at once; `None` where the system does not tell.
pub(crate) fn allowed() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Says so if connections may need more than there are: each call may have one to a backend as well.
pub(crate) fn warn_if_few(connections: usize) {
    let Some(allowed) = allowed() else { return };
    if connections.saturating_mul(2) > allowed {
        tracing::warn!(
            connections,
            descriptors = allowed,
            "limits.connections is more than there are descriptors for, each call needs a second one for its backend: \
             raise the limit (ulimit -n, LimitNOFILE=) or lower limits.connections"
        );
    }
}
