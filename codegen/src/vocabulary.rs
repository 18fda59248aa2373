//! The closed sets of words that a catalog may use, each as the YAML writes it and as Rust names it.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The words the YAML may use, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as the YAML writes it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The name of the variant, here and in the generated code's runtime types.
            pub const fn variant(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// Reads the YAML's word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// The table a code belongs to.
    Plane { /// Calling an API.
        Data = "data", /// Managing one.
        Console = "console" }
}
words! {
    /// What a row is.
    Kind {
        /// An error answered over HTTP.
        Error = "error",
        /// Not an error at all.
        Success = "success",
        /// A row that only the gateway's log shows: the client is gone.
        LogOnly = "log_only",
        /// Below HTTP: there is no answer to carry it.
        NoHttp = "no_http",
    }
}
words! {
    /// What stands in an envelope's templates.
    EnvelopeField {
        /// The HTTP status.
        Status = "status",
        /// The vendor's code text.
        Code = "code",
        /// The message.
        Message = "message",
        /// The call's id.
        RequestId = "request_id",
        /// The condition's id.
        Condition = "condition",
        /// Seconds after which a call may succeed, where a rate limit tells.
        RetryAfter = "retry_after",
    }
}
words! {
    /// The form of request ids.
    RequestIdForm {
        /// 32 hexadecimal digits in lower case.
        Hex = "hex",
        /// Hexadecimal digits in five groups.
        Uuid = "uuid",
        /// 32 digits and lower-case letters.
        Alphanumeric = "alphanumeric",
    }
}
words! {
    /// Who makes the response.
    Origin { /// The gateway itself.
        Gateway = "gateway", /// The service behind it.
        Backend = "backend" }
}
words! {
    /// Who must act.
    Fault {
        /// The caller.
        Client = "client",
        /// Whoever runs the API on the gateway.
        Operator = "operator",
        /// The service behind the gateway.
        Backend = "backend",
        /// The cloud provider.
        Platform = "platform",
    }
}
words! {
    /// Whether trying again helps.
    Retry {
        /// It cannot help.
        Never = "never",
        /// Only after something was changed.
        AfterFix = "after_fix",
        /// After waiting.
        AfterBackoff = "after_backoff",
        /// The same request may be sent again at once.
        SameRequestOk = "same_request_ok",
    }
}
words! {
    /// How we know a fact.
    Evidence {
        /// Stands in a source document.
        Documented = "documented",
        /// Seen on the wire.
        Observed = "observed",
        /// Our reading.
        Inferred = "inferred",
    }
}
words! {
    /// SKOS mapping relation.
    Relation {
        /// Same condition.
        Exact = "exact",
        /// Near, though neither covers the other; has a reason.
        Close = "close",
        /// The other is broader.
        Broad = "broad",
        /// The other is narrower.
        Narrow = "narrow",
    }
}
words! {
    /// Canonical gRPC status code.
    Grpc {
        /// 0
        Ok = "OK", /// 1
        Cancelled = "CANCELLED", /// 2
        Unknown = "UNKNOWN", /// 3
        InvalidArgument = "INVALID_ARGUMENT", /// 4
        DeadlineExceeded = "DEADLINE_EXCEEDED", /// 5
        NotFound = "NOT_FOUND", /// 6
        AlreadyExists = "ALREADY_EXISTS", /// 7
        PermissionDenied = "PERMISSION_DENIED", /// 8
        ResourceExhausted = "RESOURCE_EXHAUSTED", /// 9
        FailedPrecondition = "FAILED_PRECONDITION", /// 10
        Aborted = "ABORTED", /// 11
        OutOfRange = "OUT_OF_RANGE", /// 12
        Unimplemented = "UNIMPLEMENTED", /// 13
        Internal = "INTERNAL", /// 14
        Unavailable = "UNAVAILABLE", /// 15
        DataLoss = "DATA_LOSS", /// 16
        Unauthenticated = "UNAUTHENTICATED",
    }
}
words! {
    /// Type of a message parameter.
    ParamType {
        /// Any text.
        Text = "text",
        /// RFC 9110 token: a header name, an algorithm.
        Token = "token",
        /// RFC 9110 method.
        Method = "method",
        /// Host name with optional port.
        Host = "host",
        /// Request target or path.
        Uri = "uri",
        /// Unsigned number.
        Number = "number",
        /// `HTTP`, `HTTPS`, …
        Protocol = "protocol",
        /// Comma-separated protocols.
        Protocols = "protocols",
        /// `TLSv1.1`.
        TlsVersion = "tls_version",
    }
}
