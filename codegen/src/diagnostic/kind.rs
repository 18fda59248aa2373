//! Every kind of problem a catalog can have, as a table.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal: $about:literal),+ $(,)?) => {
        /// What kind of problem a [`Diagnostic`](super::Diagnostic) reports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind { $(#[doc = $about] $kind),+ }

        impl Kind {
            /// All kinds, in the order in which a catalog is checked.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Stable name in kebab case, shown in brackets.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// The problem in one line.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$kind => $about),+ }
            }
        }
    };
}

kinds! {
    // Files and their shape.
    UnreadableFile = "unreadable-file": "a file of the catalog cannot be read",
    Syntax = "syntax": "this is not YAML",
    UnknownField = "unknown-field": "unknown field",
    MissingField = "missing-field": "a field is missing",
    DuplicateKey = "duplicate-key": "a key stands twice",
    WrongType = "wrong-type": "a value of another type belongs here",
    UnknownWord = "unknown-word": "this word is not in the vocabulary of its field",
    BadName = "bad-name": "this cannot be a name",
    EmptyText = "empty-text": "a text is empty",
    WrongLanguage = "wrong-language": "a text is in the wrong language",
    StatusOutOfRange = "status-out-of-range": "no HTTP status has this number",

    // The condition tree.
    RootNotFirst = "root-not-first": "the root `outcome` must be the first condition",
    DuplicateCondition = "duplicate-condition": "two conditions have the same id",
    ConditionNameClash = "condition-name-clash": "two conditions would have the same name in Rust",
    MissingParent = "missing-parent": "the parent of a condition does not exist",
    ParentAfterChild = "parent-after-child": "a condition stands before its parent",
    RepeatedParam = "repeated-param": "a condition declares a parameter that it inherits",

    // Vendors and their editions.
    ReservedVendor = "reserved-vendor": "a vendor cannot have this id",
    DuplicateVendor = "duplicate-vendor": "two files describe the same vendor",
    BadEnvelope = "bad-envelope": "an envelope that cannot be written or read back",
    BadHeader = "bad-header": "this cannot be a header",
    DuplicateAuthentication = "duplicate-authentication": "two ways to authenticate have the same id",
    DuplicateEdition = "duplicate-edition": "two editions have the same id",
    DuplicateTable = "duplicate-table": "two tables of an edition have the same id",

    // Codes.
    BadCodeId = "bad-code-id": "the id of a code must be in upper camel case",
    DuplicateCode = "duplicate-code": "two codes have the same id",
    DuplicateSlug = "duplicate-slug": "two codes would have the same address",
    DuplicateIdentity = "duplicate-identity": "two codes agree in plane, code text, status and message",
    MissingStatus = "missing-status": "an error that is answered over HTTP needs a status",
    NeedlessStatus = "needless-status": "what has no HTTP answer has no status",
    UnsuccessfulSuccess = "unsuccessful-success": "a success must have a status of 2xx",
    UnknownCondition = "unknown-condition": "no such condition",
    SecondCanonical = "second-canonical": "two canonical codes for one condition",
    NoCanonical = "no-canonical": "a further code of a condition that has no canonical one",
    RepeatedText = "repeated-text": "two codes share a text",

    // Rows.
    NoEdition = "no-edition": "a code that stands in no edition",
    UnknownEdition = "unknown-edition": "no such edition",
    UnknownTable = "unknown-table": "no such table in this edition",
    RowOutOfRange = "row-out-of-range": "the table has no row of this number",
    RepeatedRow = "repeated-row": "two codes claim the same row",
    MissingRows = "missing-rows": "rows of a table have no code",

    // Messages.
    BadTemplate = "bad-template": "malformed message template",
    UndeclaredParam = "undeclared-param": "a parameter that is not declared",
    UnusedParam = "unused-param": "a parameter that the message does not use",
    PlaceholderNotOnce = "placeholder-not-once": "a placeholder must occur exactly once in the printed text",
    MessageNotPrinted = "message-not-printed": "the message is not what the newest edition prints",
    UnavailableParam = "unavailable-param": "the condition has no such parameter",
    ParamTypeMismatch = "param-type-mismatch": "a parameter has another type in its condition",
    BadDefault = "bad-default": "the default is no value of the parameter's type",
    WhenElsewhere = "when-elsewhere": "a variant words a condition that its code does not answer",

    // What has no row.
    BadStandIn = "bad-stand-in": "a stand-in is either a code or an answer of its own",
    UnknownCode = "unknown-code": "no such code",
    DuplicateStandIn = "duplicate-stand-in": "two stand-ins for one condition",
    Unanswerable = "unanswerable": "conditions that the vendor has no answer for",

    // Close relations.
    NotAPair = "not-a-pair": "a relation is between two codes",
    AlreadyRelated = "already-related": "the condition tree already relates these codes",
    RepeatedPair = "repeated-pair": "this pair has been related before",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_follow_the_variants_and_are_unique() {
        let mut names = HashSet::new();
        for kind in Kind::ALL {
            assert_eq!(kind.name(), crate::name::kebab(&format!("{kind:?}")));
            assert!(names.insert(kind.name()));
        }
    }

    #[test]
    fn descriptions_read_after_error_colon() {
        for kind in Kind::ALL {
            assert!(!kind.about().ends_with('.') && kind.about().starts_with(|c: char| c.is_lowercase()), "{kind:?}");
        }
    }
}
