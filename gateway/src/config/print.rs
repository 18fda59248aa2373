//! The configuration in force, as YAML.

use super::file::File;
use crate::snapshot::Snapshot;

/// Serialises what was read. Secrets serialise as `[redacted]`; defaults that matter follow as comments.
pub(super) fn yaml(file: &File, snapshot: &Snapshot) -> String {
    let mut text = serde_yaml::to_string(file).unwrap_or_else(|error| format!("# cannot be printed: {error}\n"));
    let (connection, request) = (&snapshot.limits, &snapshot.request_limits);
    let effective = format!(
        "\n# In force, defaults included:\n#   threads: {}\n#   {request:?}\n#   {connection:?}\n",
        snapshot.threads
    );
    text.push_str(&effective);
    text
}
