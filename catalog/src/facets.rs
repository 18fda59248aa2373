//! The closed sets of words by which the catalog describes a code.

use std::fmt;

macro_rules! facet {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All values, in the catalog's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word the catalog and `catalog.json` use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

facet! {
    /// The table family a code belongs to. The same text can mean different things in two planes.
    Plane {
        /// Calling an API.
        Data = "data",
        /// Managing one.
        Console = "console",
    }
}

facet! {
    /// What a row of a table is.
    Kind {
        /// An error answered over HTTP.
        Error = "error",
        /// Not an error: the success row of JD's console table.
        Success = "success",
        /// Only the gateway's log shows it, because the client is gone (499).
        LogOnly = "log_only",
        /// Below HTTP: no answer exists that could carry it (TLS).
        NoHttp = "no_http",
    }
}

facet! {
    /// Who made the response.
    Origin {
        /// The gateway.
        Gateway = "gateway",
        /// The service behind it.
        Backend = "backend",
    }
}

facet! {
    /// Who must act so that the error goes away.
    Fault {
        /// The caller of the API.
        Client = "client",
        /// Whoever runs the API on the gateway.
        Operator = "operator",
        /// The service behind the gateway.
        Backend = "backend",
        /// The cloud provider.
        Platform = "platform",
    }
}

facet! {
    /// Whether trying again helps.
    Retry {
        /// It cannot help.
        Never = "never",
        /// Only after something was changed: the request, a key, the API's definition.
        AfterFix = "after_fix",
        /// After waiting.
        AfterBackoff = "after_backoff",
        /// The same request may be sent again at once.
        SameRequestOk = "same_request_ok",
    }
}

impl Retry {
    /// True if the same request, unchanged, may succeed later.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::AfterBackoff | Self::SameRequestOk)
    }
}

facet! {
    /// How a fact is known.
    Evidence {
        /// It stands in one of the source documents.
        Documented = "documented",
        /// It was seen on the wire and published.
        Observed = "observed",
        /// It is our reading.
        Inferred = "inferred",
    }
}

facet! {
    /// How one code stands to another: the SKOS mapping relations.
    Relation {
        /// Both are on the same condition.
        Exact = "exact",
        /// Near each other, though neither covers the other; always with a reason.
        Close = "close",
        /// The other covers more.
        Broad = "broad",
        /// The other covers less.
        Narrow = "narrow",
    }
}

impl Relation {
    /// The relation seen from the other side.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Exact => Self::Exact,
            Self::Close => Self::Close,
            Self::Broad => Self::Narrow,
            Self::Narrow => Self::Broad,
        }
    }
}

facet! {
    /// Canonical gRPC status codes, numbered by their declaration order.
    Grpc {
        /// 0: not an error.
        Ok = "OK",
        /// 1: the caller gave up.
        Cancelled = "CANCELLED",
        /// 2: nothing better is known.
        Unknown = "UNKNOWN",
        /// 3: the request is wrong whatever the state of the system.
        InvalidArgument = "INVALID_ARGUMENT",
        /// 4: no answer in time.
        DeadlineExceeded = "DEADLINE_EXCEEDED",
        /// 5: what was named does not exist.
        NotFound = "NOT_FOUND",
        /// 6: what was to be made exists.
        AlreadyExists = "ALREADY_EXISTS",
        /// 7: known caller, not allowed.
        PermissionDenied = "PERMISSION_DENIED",
        /// 8: a quota or rate is used up.
        ResourceExhausted = "RESOURCE_EXHAUSTED",
        /// 9: the system is not in the state that the operation needs.
        FailedPrecondition = "FAILED_PRECONDITION",
        /// 10: lost against something concurrent.
        Aborted = "ABORTED",
        /// 11: past a valid range.
        OutOfRange = "OUT_OF_RANGE",
        /// 12: not implemented or not enabled.
        Unimplemented = "UNIMPLEMENTED",
        /// 13: an invariant is broken.
        Internal = "INTERNAL",
        /// 14: not available now, try again.
        Unavailable = "UNAVAILABLE",
        /// 15: data is lost for good.
        DataLoss = "DATA_LOSS",
        /// 16: no valid credentials.
        Unauthenticated = "UNAUTHENTICATED",
    }
}

impl Grpc {
    /// The number on the gRPC wire, 0 to 16.
    pub const fn number(self) -> u8 {
        self as u8
    }
}
