//! The reader, given anything: no panic, bounded time, and every diagnostic has a place inside of its file.
//!
//! The twin on stable of the fuzz target `read_catalog` in `tests/fuzz`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use apigw_errors_codegen::format::format;
use apigw_errors_codegen::{Files, Report, read, render_all};
use proptest::prelude::*;

/// A catalog to start from: conditions, relations, and the vendors' files.
struct Seed {
    name: &'static str,
    files: Vec<(&'static str, String)>,
}

impl Seed {
    fn of(name: &'static str, folder: &str, files: &[&'static str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = files.iter().map(|file| (*file, fs::read_to_string(folder.join(file)).unwrap())).collect();
        Self { name, files }
    }
}

static FIXTURE: LazyLock<Seed> = LazyLock::new(|| {
    let files = ["conditions.yaml", "relations.yaml", "vendors/acme.yaml", "vendors/bolt.yaml"];
    Seed::of("fixture", "tests/fixture", &files)
});

/// This project's own catalog: larger, and with everything in it that a catalog can have.
static REAL: LazyLock<Seed> = LazyLock::new(|| {
    let vendors = ["vendors/tencent.yaml", "vendors/jdcloud.yaml", "vendors/huawei.yaml"];
    Seed::of("real", "../catalog", &[&["conditions.yaml", "relations.yaml"], &vendors[..]].concat())
});

/// Reads a catalog with one of its files replaced, and looks at whatever is reported.
fn read_with(seed: &Seed, name: &str, file: usize, text: &[u8]) -> Option<Report> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(seed.name).join(name);
    fs::create_dir_all(root.join("vendors")).unwrap();
    for (at, (path, own)) in seed.files.iter().enumerate() {
        fs::write(root.join(path), if at == file { text } else { own.as_bytes() }).unwrap();
    }
    let mut paths = seed.files.iter().map(|(path, _)| (*path).to_owned());
    let files = Files { base: None, conditions: paths.next(), relations: paths.next(), vendors: paths.collect() };
    let report = read(&root, &files).err()?;
    assert!(!report.diagnostics().is_empty());
    for diagnostic in report.diagnostics() {
        let source = report.sources().get(diagnostic.site.file).expect("a diagnostic is of a file");
        let span = diagnostic.site.span();
        assert!(span.start <= span.end && span.end <= source.text.len(), "{span:?} of {}", source.text.len());
        assert!(source.text.is_char_boundary(span.start) && source.text.is_char_boundary(span.end), "{diagnostic:?}");
    }
    assert!(!render_all(&report).is_empty());
    Some(report)
}

/// The syntax of YAML and of catalogs.
const PIECES: [&str; 44] = [
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    ": ",
    ":",
    "? ",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "!x ",
    "| ",
    "|",
    ">-",
    "\n  \t",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "\\x",
    "#",
    " # ",
    "vendor",
    "codes:",
    "conditions:",
    "id: ",
    "message: ",
    "{header}",
    "editions:",
    "null",
    "~",
    "0x1f",
    "1e999",
    "中文",
    "\u{feff}",
    "\u{2028}",
    "\u{0}",
];

fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<String>().prop_map(String::into_bytes),
        1 => any::<Vec<u8>>(),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A change to a file of the fixture, at a place given in thousandths.
#[derive(Debug, Clone)]
enum Edit {
    Cut(usize, usize),
    Insert(usize, &'static str),
    Move(usize, usize, usize),
    Byte(usize, u8),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (0..1000_usize, 1..60_usize).prop_map(|(at, length)| Edit::Cut(at, length)),
        (0..1000_usize, proptest::sample::select(PIECES.to_vec())).prop_map(|(at, text)| Edit::Insert(at, text)),
        (0..1000_usize, 1..200_usize, 0..1000_usize).prop_map(|(from, length, to)| Edit::Move(from, length, to)),
        (0..1000_usize, any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
    ];
    proptest::collection::vec(edit, 1..8)
}

fn edited(text: &str, edits: &[Edit]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for edit in edits {
        let length = bytes.len();
        let place = |thousandths: usize| length * thousandths / 1000;
        let stretch = |at: usize, count: usize| place(at)..(place(at) + count).min(length);
        match *edit {
            Edit::Cut(at, count) => {
                bytes.drain(stretch(at, count));
            }
            Edit::Insert(at, text) => {
                bytes.splice(place(at)..place(at), text.bytes());
            }
            Edit::Move(from, count, to) => {
                let moved: Vec<u8> = bytes.drain(stretch(from, count)).collect();
                let to = place(to).min(bytes.len());
                bytes.splice(to..to, moved);
            }
            Edit::Byte(at, byte) => {
                let at = place(at);
                bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_at_all(file in 0..4_usize, text in soup()) {
        read_with(&FIXTURE, "soup", file, &text);
    }

    #[test]
    fn a_catalog_after_an_accident(file in 0..4_usize, edits in edits()) {
        survives(&FIXTURE, file, &edits)?;
    }
}

proptest! {
    // Reading all of it takes a second where nothing is optimised.
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_real_catalog_after_an_accident(file in 0..5_usize, edits in edits()) {
        survives(&REAL, file, &edits)?;
    }
}

/// What formatting makes of a changed file says the same, or it is refused.
fn survives(seed: &Seed, file: usize, edits: &[Edit]) -> Result<(), TestCaseError> {
    let text = edited(&seed.files[file].1, edits);
    read_with(seed, "accident", file, &text);
    if let Ok(text) = std::str::from_utf8(&text)
        && let Ok(formatted) = format(text, None)
    {
        let again = format(&formatted, None).map_err(|error| TestCaseError::fail(format!("{error}:\n{formatted}")))?;
        prop_assert_eq!(&again, &formatted);
    }
    Ok(())
}

/// Texts that are made to cost more than they weigh.
#[test]
fn bombs_are_refused() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = level - 1;
        let _ = writeln!(laughs, "a{level}: &a{level} [{}]", vec![format!("*a{before}"); 9].join(", "));
    }
    let bombs = [
        laughs,
        format!("codes: {}{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("codes: {}", "{a: ".repeat(50_000)),
        (0..3_000).fold(String::new(), |mut text, level| {
            let _ = writeln!(text, "{}a:", " ".repeat(level));
            text
        }),
        "- ".repeat(50_000),
        "&a ".repeat(10_000),
        "a: &a [*a]\n".to_owned(),
        format!("vendor: \"{}\"", "x".repeat(1 << 20)),
        format!("vendor: {}", "{x}".repeat(100_000)),
    ];
    for (at, bomb) in bombs.iter().enumerate() {
        for file in [0, 2] {
            let report = read_with(&FIXTURE, "bomb", file, bomb.as_bytes());
            assert!(report.is_some(), "bomb {at} is a catalog");
        }
        let _ = format(bomb, None);
    }
}
