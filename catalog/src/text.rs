//! Texts in the catalog's two languages.

use std::fmt;
use std::str::FromStr;

/// A language of the catalog's explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    /// English.
    En,
    /// Chinese (simplified).
    Zh,
}

impl Lang {
    /// Both languages, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// BCP 47 tag as used in paths: `en`, `zh`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The words of a program in both languages side by side: a missing translation does not compile.
///
/// Makes a struct `Words` of texts, and `Words::of` for those of one language. For the command line and the site, which
/// are shown in the reader's language; the catalog's own texts are in the catalog.
#[doc(hidden)]
#[macro_export]
macro_rules! words {
    ($($key:ident: $en:literal, $zh:literal;)+) => {
        /// The words of one language.
        #[derive(Debug)]
        pub(crate) struct Words { $(pub(crate) $key: &'static str),+ }

        impl Words {
            /// The words of this language.
            pub(crate) const fn of(lang: $crate::Lang) -> &'static Self {
                const EN: Words = Words { $($key: $en),+ };
                const ZH: Words = Words { $($key: $zh),+ };
                match lang {
                    $crate::Lang::En => &EN,
                    $crate::Lang::Zh => &ZH,
                }
            }
        }
    };
}

/// The text is neither `en` nor `zh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown language: use `en` or `zh`")]
pub struct UnknownLang;

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        match text {
            "en" => Ok(Self::En),
            "zh" => Ok(Self::Zh),
            _ => Err(UnknownLang),
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Chinese (simplified).
    pub zh: &'static str,
}

impl Text {
    /// The text in `lang`.
    pub const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}
