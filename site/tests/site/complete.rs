//! Everything in the catalog has a page in both languages, and the page says what the catalog says.

use apigw_errors::{CATALOG, Lang, Piece, Template};

use crate::{escaped, seen, site, text};

fn message(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => escaped(text),
        Piece::Param(name, _) => (*name).to_owned(),
    };
    template.pieces.iter().map(piece).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> String {
    escaped(&text.replace('`', "")).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_code_has_a_page_that_tells_all() {
    let site = site();
    assert!(CATALOG.codes().count() > 0);
    for code in CATALOG.codes() {
        for lang in Lang::ALL {
            let path = format!("/{lang}{}", code.path());
            let page = seen(&text(&site, &path));
            let mut wanted = vec![
                message(&code.message),
                words(code.summary.get(lang)),
                code.condition.id.to_owned(),
                code.condition.grpc.to_string(),
                format!("Error::{}", code.id),
                format!("{}:{}", code.place.file, code.place.line),
            ];
            wanted.extend(code.remedy.get(lang).lines().map(words));
            wanted.extend(code.code.map(escaped));
            wanted.extend(code.status.map(|status| status.to_string()));
            wanted.extend(code.params.iter().map(|param| param.name.to_owned()));
            wanted.extend(code.editions.iter().map(|row| words(row.printed)));
            wanted.extend(code.variants.iter().map(|variant| message(&variant.message)));
            wanted.extend(code.notes.iter().flat_map(|notes| notes.get(lang).lines().map(words)));
            wanted.extend(code.equivalents.iter().map(|equivalent| message(&equivalent.code.message)));
            for wanted in wanted {
                assert!(page.contains(&wanted), "{path} does not say `{wanted}`");
            }
        }
    }
}

#[test]
fn every_condition_vendor_and_status_has_a_page() {
    let site = site();
    for lang in Lang::ALL {
        for condition in CATALOG.conditions {
            let page = seen(&text(&site, &format!("/{lang}/conditions/{}/", condition.id)));
            assert!(page.contains(&words(condition.summary.get(lang))), "{lang} {}", condition.id);
            for code in CATALOG.codes_of(condition) {
                assert!(page.contains(&message(&code.message)), "{lang} {} lacks {code}", condition.id);
            }
        }
        for vendor in CATALOG.vendors {
            let page = text(&site, &format!("/{lang}/{}/", vendor.id));
            for code in vendor.codes {
                assert!(page.contains(code.slug), "{lang} {} lacks {code}", vendor.id);
            }
        }
        for code in CATALOG.codes() {
            let status = code.status.map_or("none".to_owned(), |status| status.to_string());
            assert!(text(&site, &format!("/{lang}/status/{status}/")).contains(code.slug), "{lang} {status}: {code}");
        }
        let overview = text(&site, &format!("/{lang}/"));
        assert!(CATALOG.codes().all(|code| overview.contains(&format!("id=\"{code}\""))));
    }
}

/// The site's own words are translated: a Chinese page without its wire texts, names and code has no English sentence.
#[test]
fn chinese_pages_say_no_english_words_of_ours() {
    let site = site();
    for code in CATALOG.codes() {
        let page = seen(&text(&site, &format!("/zh{}", code.path())));
        for word in ["What happened", "What to do", "Who must act", "source document", "After a fix"] {
            assert!(!page.contains(word), "{code}: {word}");
        }
    }
}

/// The site works over records; a vendor's name in its code would be a rule that no catalog can see.
#[test]
fn the_site_names_no_vendor() {
    for folder in ["src", "src/page", "src/check", "templates", "assets/script", "assets/style"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                for vendor in CATALOG.vendors {
                    assert!(!line.contains(vendor.id), "{}: {line}", path.display());
                }
            }
        }
    }
}
