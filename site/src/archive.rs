//! The whole site in one file, to be taken along: a `tar.gz` of the same bytes each time.

use std::path::Path;

use crate::encoded::gzip;
use crate::link::Route;
use crate::write::file_of;
use crate::{Page, Site};

/// Size of a block of a tar archive.
const BLOCK: usize = 512;

/// The folder that the archive unpacks to.
const FOLDER: &str = "apigw-errors-site";

/// Packs all pages. Entries are in the order of the routes, belong to nobody and have no date.
pub fn archive(pages: &[(Route, Page)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (route, page) in pages {
        let file = file_of(*route);
        tar.extend_from_slice(&header(&file, page.body.len()));
        tar.extend_from_slice(&page.body);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks are the end.
    tar.resize(tar.len() + 2 * BLOCK, 0);
    gzip(&tar)
}

/// Renders and packs a site.
pub fn archive_of(site: &Site) -> Vec<u8> {
    archive(&crate::write::render_all(site))
}

/// A `ustar` header. A path that is too long for one field is split at a slash, as the format has it.
fn header(file: &Path, size: usize) -> [u8; BLOCK] {
    let name = format!("{FOLDER}/{}", file.to_string_lossy());
    let split = name.match_indices('/').map(|(at, _)| at).find(|at| name.len() - at <= 100).unwrap_or_default();
    let (prefix, name) = if name.len() <= 100 { ("", name.as_str()) } else { name.split_at(split) };
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| {
        for (to, from) in block.iter_mut().skip(at).zip(text.as_bytes()) {
            *to = *from;
        }
    };
    put(0, name.trim_start_matches('/'));
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{size:011o}"));
    put(136, "00000000000");
    // The sum is taken with blanks in its own place.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    put(345, prefix);
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    let mut put = |at: usize, text: &str| {
        for (to, from) in block.iter_mut().skip(at).zip(text.as_bytes()) {
            *to = *from;
        }
    };
    put(148, &format!("{sum:06o}\0 "));
    block
}
