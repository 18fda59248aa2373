//! The language that the environment asks for.

use apigw_errors::Lang;

/// Chinese for a Chinese locale, else English. POSIX order: the first variable that is set and not empty decides.
pub(crate) fn lang(var: impl Fn(&str) -> Option<String>) -> Lang {
    let set =
        ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| var(name).filter(|value| !value.is_empty()));
    match set {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        for (vars, wanted) in [
            (&[("LANG", "zh_CN.UTF-8")][..], Lang::Zh),
            (&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], Lang::En),
            (&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "zh_TW")], Lang::Zh),
            (&[("LC_ALL", ""), ("LANG", "zh")], Lang::Zh),
            (&[("LANG", "de_DE")], Lang::En),
            (&[], Lang::En),
        ] {
            let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(lang(var), wanted, "{vars:?}");
        }
    }
}
