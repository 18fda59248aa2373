//! Canonical formatting, over the real catalog: it is in canonical form, and whatever is done to its layout is undone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::path::Path;
use std::sync::LazyLock;

use apigw_errors_codegen::format::format;
use proptest::prelude::*;

static FILES: LazyLock<Vec<(String, &str)>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog");
    let files = [
        ("conditions.yaml", "schema.json"),
        ("relations.yaml", "schema.json"),
        ("vendors/tencent.yaml", "../schema.json"),
        ("vendors/jdcloud.yaml", "../schema.json"),
        ("vendors/huawei.yaml", "../schema.json"),
    ];
    files.map(|(file, schema)| (std::fs::read_to_string(root.join(file)).unwrap(), schema)).to_vec()
});

#[test]
fn the_catalog_is_in_canonical_form() {
    for (text, schema) in FILES.iter() {
        let formatted = format(text, Some(schema)).unwrap();
        let differs = text.lines().zip(formatted.lines()).enumerate().find(|(_, (old, new))| old != new);
        assert_eq!(differs, None, "run `apigw-errors check catalog --fix`");
        assert_eq!(*text, formatted);
    }
}

/// What editors and hands do to a file.
#[derive(Debug, Clone, Copy)]
enum Mess {
    Windows,
    TrailingBlanks,
    DeeperBy(usize),
    ListsBelowKeys,
    EmptyLines,
    NoSchema,
}

fn mess(text: &str, mess: Mess) -> String {
    let scalar = text.contains(": |");
    match mess {
        Mess::Windows => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        // A blank at the end of a block scalar's line is part of it.
        Mess::TrailingBlanks if scalar => text.replace("\n    remedy:\n", "\n    remedy:  \n"),
        Mess::TrailingBlanks => text.replace('\n', " \n"),
        Mess::DeeperBy(by) => indented(text, |indent| if indent == 0 { 0 } else { indent + by }),
        Mess::ListsBelowKeys => indented(text, |indent| indent.saturating_sub(2)),
        Mess::EmptyLines => text.replace("\n  - ", "\n\n\n  - "),
        Mess::NoSchema => text.split_inclusive('\n').skip(1).collect(),
    }
}

fn indented(text: &str, change: impl Fn(usize) -> usize) -> String {
    let moved = text.split_inclusive('\n').map(|line| {
        let rest = line.trim_start_matches(' ');
        let indent = line.len() - rest.len();
        if rest == "\n" { rest.to_owned() } else { " ".repeat(change(indent)) + rest }
    });
    moved.collect()
}

/// Part of a file, so that many cases fit into the time: some whole entries of its longest list.
fn excerpt(text: &str, from: usize, count: usize) -> String {
    let key = ["\ncodes:\n", "\nconditions:\n", "\nclose:\n"].into_iter().find_map(|key| Some((text.find(key)?, key)));
    let (at, key) = key.unwrap();
    let list = text[at..].split("\nstand_ins:\n").next().unwrap();
    let starts: Vec<usize> = list.match_indices("\n  - ").map(|(at, _)| at + 1).collect();
    let first = from % starts.len();
    let end = starts.get(first + count).copied().unwrap_or(list.len());
    format!("{}{}{}", text.lines().next().unwrap(), key, &list[starts[first]..end])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn layout_is_put_right(
        file in 0..5_usize,
        from in 0..200_usize,
        count in 1..6_usize,
        messes in proptest::collection::vec(
            prop_oneof![
                Just(Mess::Windows),
                Just(Mess::TrailingBlanks),
                (1..5_usize).prop_map(Mess::DeeperBy),
                Just(Mess::ListsBelowKeys),
                Just(Mess::NoSchema),
            ],
            1..3,
        ),
    ) {
        let (text, schema) = &FILES[file];
        let clean = format(&excerpt(text, from, count), Some(schema)).unwrap();
        prop_assert_eq!(&format(&clean, Some(schema)).unwrap(), &clean);
        // The line that was taken away is written anew; taking two would be another file.
        let mut seen = false;
        let messy = messes.iter().fold(clean.clone(), |text, &one| match one {
            Mess::NoSchema if std::mem::replace(&mut seen, true) => text,
            // Editors convert line ends last; done before, other messes would be about line ends too.
            Mess::TrailingBlanks | Mess::DeeperBy(_) | Mess::ListsBelowKeys if text.contains('\r') => text,
            // At the margin, a dash cannot go deeper together with its keys.
            Mess::ListsBelowKeys | Mess::DeeperBy(_) if text.lines().any(|line| line.starts_with("- ")) => text,
            one => mess(&text, one),
        });
        prop_assert_eq!(format(&messy, Some(schema)).unwrap(), clean, "{}", messy);
    }
}

#[test]
fn empty_lines_between_entries_stay_single() {
    let (text, schema) = &FILES[2];
    let once = format(&mess(text, Mess::EmptyLines), Some(schema)).unwrap();
    assert!(!once.contains("\n\n\n"));
    assert_eq!(format(&once, Some(schema)).unwrap(), once);
}
