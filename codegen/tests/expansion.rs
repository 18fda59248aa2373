//! What the small valid catalog expands to, for reading and for review: `fixture/expansion.rs`.
//!
//! `REWRITE=1 cargo test` writes that file anew; read the difference.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use apigw_errors_codegen::{Files, expand, read, render_all};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture")
}

fn expansion() -> TokenStream {
    let files = Files {
        base: None,
        conditions: Some("conditions.yaml".into()),
        relations: Some("relations.yaml".into()),
        vendors: vec!["vendors/acme.yaml".into(), "vendors/bolt.yaml".into()],
    };
    let mut catalog = read(&fixture(), &files).unwrap_or_else(|report| panic!("{}", render_all(&report)));
    // The files to be tracked are named by absolute path, which differs from one checkout to the next, and with it
    // where the printer breaks lines.
    for file in &mut catalog.files {
        *file = Path::new("/path/to").join(file.strip_prefix(fixture()).unwrap());
    }
    expand::expand(&catalog)
}

#[test]
fn expansion_is_as_checked_in() {
    let golden = fixture().join("expansion.rs");
    let text = prettyplease::unparse(&syn::parse2(expansion()).unwrap());
    if std::env::var_os("REWRITE").is_some() {
        fs::write(&golden, &text).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    if let Some((line, (old, new))) = expected.lines().zip(text.lines()).enumerate().find(|(_, (old, new))| old != new)
    {
        panic!("line {}:\n- {old}\n+ {new}\n(REWRITE=1 accepts the expansion as it is)", line + 1);
    }
    assert_eq!(expected.lines().count(), text.lines().count(), "REWRITE=1 accepts the expansion as it is");
}

#[test]
fn expansion_is_the_same_every_time() {
    assert_eq!(expansion().to_string(), expansion().to_string());
}

/// A user may have an `Option` or a `Vec` of their own where the macro is called: whatever the expansion names is named
/// from the root of a crate, or is its own.
#[test]
fn every_name_is_absolute_or_of_the_expansion() {
    let file: syn::File = syn::parse2(expansion()).unwrap();
    let mut foreign = Foreign::default();
    foreign.visit_file(&file);
    assert!(foreign.names.is_empty(), "{:#?}", foreign.names);
}

/// The net has no hole: each way to name something of the prelude is caught.
#[test]
fn names_of_the_prelude_are_noticed() {
    for (text, name) in [
        ("fn f() -> Option<u8> { ::core::option::Option::None }", "Option"),
        ("const A: ::core::option::Option<u8> = None;", "None"),
        ("fn f(a: A) -> u8 { match a { Some(n) => n } } struct A;", "Some"),
        ("fn f() { vec![1]; }", "vec"),
        ("fn f() { ::core::todo!(Vec::new()) }", "Vec"),
        ("#[derive(Debug)] struct A;", "Debug"),
        ("struct A; impl Clone for A {}", "Clone"),
        ("fn f(a: impl Into<u8>) {}", "Into"),
        ("struct A; mod b { fn f() -> A {} }", "A"),
        ("fn f() { core::mem::drop(1) }", "core"),
        ("fn f() { String::new(); }", "String"),
    ] {
        let mut foreign = Foreign::default();
        foreign.visit_file(&syn::parse_str(text).unwrap());
        assert_eq!(foreign.names.keys().collect::<Vec<_>>(), [name], "{text}");
    }
}

/// Names that are neither absolute nor of the expansion, and where they stand.
#[derive(Default)]
struct Foreign {
    /// What each module around the current place defines, the innermost last.
    items: Vec<BTreeSet<String>>,
    /// Parameters and bindings of all functions so far.
    locals: BTreeSet<String>,
    names: BTreeMap<String, String>,
}

impl Foreign {
    fn module(&mut self, items: &[syn::Item], visit: impl FnOnce(&mut Self)) {
        let name = |item: &syn::Item| {
            let ident = match item {
                syn::Item::Enum(item) => &item.ident,
                syn::Item::Struct(item) => &item.ident,
                syn::Item::Static(item) => &item.ident,
                syn::Item::Const(item) => &item.ident,
                syn::Item::Fn(item) => &item.sig.ident,
                syn::Item::Mod(item) => &item.ident,
                _ => return None,
            };
            Some(ident.to_string())
        };
        self.items.push(items.iter().filter_map(name).collect());
        visit(self);
        self.items.pop();
    }

    fn name(&mut self, name: &str, place: impl quote::ToTokens) {
        const PRIMITIVE: [&str; 6] = ["bool", "str", "u8", "u16", "u64", "usize"];
        const RELATIVE: [&str; 3] = ["Self", "self", "super"];
        let known = PRIMITIVE.contains(&name)
            || RELATIVE.contains(&name)
            || self.items.last().is_some_and(|items| items.contains(name))
            || self.locals.contains(name);
        if !known {
            self.names.entry(name.to_owned()).or_insert_with(|| place.to_token_stream().to_string());
        }
    }

    /// Inside of a macro's braces there is no syntax to go by: every name that is not behind `::` or `.` counts.
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut before = ' ';
        for token in tokens.clone() {
            match &token {
                TokenTree::Ident(ident) if before != ':' && before != '.' => self.name(&ident.to_string(), tokens),
                TokenTree::Group(group) => self.tokens(&group.stream()),
                _ => {}
            }
            before = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        }
    }
}

impl<'ast> Visit<'ast> for Foreign {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.module(&file.items, |this| visit::visit_file(this, file));
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let items = module.content.as_ref().map_or(&[][..], |(_, items)| items);
        self.module(items, |this| visit::visit_item_mod(this, module));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.name(&path.segments[0].ident.to_string(), path);
        }
        visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        // The names of attributes and their helpers are the compiler's; what is derived is somebody's.
        if attribute.path().is_ident("derive") {
            attribute
                .parse_nested_meta(|derive| {
                    self.visit_path(&derive.path);
                    Ok(())
                })
                .unwrap();
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(&call.tokens);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        // `None` in a pattern is a name, not a binding.
        let name = pattern.ident.to_string();
        if name.starts_with(char::is_uppercase) {
            self.name(&name, pattern);
        } else {
            self.locals.insert(name);
        }
    }
}
