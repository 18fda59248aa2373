//! How well a row of the catalog fits what was read, and what that is worth.

use crate::text::{Lang, Text};

/// Whether two things that can be compared agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// Both are there and the same.
    Same,
    /// One of them is not there.
    Unknown,
    /// Both are there and differ.
    Differs,
}

/// How much of a row's message was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageFit {
    /// All of it.
    Full,
    /// It stands at the beginning, and a detail that the catalog does not know follows.
    Detail,
    /// There was a message, but none that any row is known with.
    Unread,
    /// It is the message of another row.
    Other,
    /// There was no message.
    Absent,
}

/// What the form of the body says of the row's vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnvelopeFit {
    /// It is the vendor's, and hardly anyone else's.
    Own,
    /// It is the vendor's, and others' too.
    Shared,
    /// A text without form.
    Bare,
    /// It is another one's.
    Other,
}

/// Why a text proves little by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Commonplace {
    /// It is the wording of Kong, from which two of the gateways descend: a plain Kong says the same.
    Kong,
    /// It is the status' own phrase, which any server may say.
    Phrase,
    /// The code text is a word of gRPC's, or a single one, that many APIs use; and no message speaks for the row.
    Word,
}

/// How sure it is that a response is of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// It may be; something contradicts it, or something else fits as well.
    Possible,
    /// Nothing else fits, but not everything that tells codes apart was there to be read.
    Likely,
    /// Everything that tells this code from others was there, and agrees; and the text is one that others do not use.
    Certain,
}

impl Confidence {
    /// The word that `--json` and serialised forms use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// The evidence for and against a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Fit {
    /// The code text.
    pub code: Agreement,
    /// The message.
    pub message: MessageFit,
    /// The HTTP status, against that of the wording recognised.
    pub status: Agreement,
    /// The form of the body.
    pub envelope: EnvelopeFit,
    /// Whether the headers tell of the vendor's gateway.
    pub headers: Agreement,
    /// The text is not the vendor's alone, and nothing beside it says whose it is.
    pub commonplace: Option<Commonplace>,
    /// Another candidate fits as well.
    pub rivalled: bool,
}

impl Fit {
    /// More is better. A code text outweighs a message, a message outweighs a status.
    pub(super) fn score(self) -> i8 {
        let code = match self.code {
            Agreement::Same => 8,
            Agreement::Unknown => 0,
            Agreement::Differs => -6,
        };
        let message = match self.message {
            MessageFit::Full => 6,
            MessageFit::Detail => 5,
            MessageFit::Unread | MessageFit::Other | MessageFit::Absent => 0,
        };
        let status = match self.status {
            Agreement::Same => 3,
            Agreement::Unknown => 0,
            Agreement::Differs => -3,
        };
        let headers = match self.headers {
            Agreement::Same => 1,
            Agreement::Unknown => 0,
            Agreement::Differs => -1,
        };
        code + message + status + headers
    }

    /// True if a message of the row was recognised, with or without a detail.
    pub(super) const fn has_message(self) -> bool {
        matches!(self.message, MessageFit::Full | MessageFit::Detail)
    }

    /// What the evidence is worth; `coded`: the vendor has code texts.
    pub(super) fn confidence(self, coded: bool) -> Confidence {
        let against =
            [self.code, self.status, self.headers].contains(&Agreement::Differs) || self.message == MessageFit::Other;
        let marked = self.headers == Agreement::Same;
        let unproven = self.commonplace.is_some() && !marked && self.envelope != EnvelopeFit::Own;
        if against || self.rivalled || unproven || self.envelope == EnvelopeFit::Other {
            return Confidence::Possible;
        }
        let named = self.code == Agreement::Same;
        // What others say too is never certain, whoever signed it.
        let complete = self.commonplace.is_none()
            && if coded { named && self.has_message() } else { self.message == MessageFit::Full };
        let proven = match self.envelope {
            EnvelopeFit::Own => true,
            EnvelopeFit::Shared => marked,
            EnvelopeFit::Bare | EnvelopeFit::Other => false,
        };
        match (complete && proven, named || self.message == MessageFit::Full) {
            (true, _) => Confidence::Certain,
            (false, true) => Confidence::Likely,
            (false, false) if marked && self.message == MessageFit::Detail => Confidence::Likely,
            (false, false) => Confidence::Possible,
        }
    }

    /// The evidence in words, the strongest first.
    pub fn why(self, lang: Lang) -> impl Iterator<Item = &'static str> {
        let code = match self.code {
            Agreement::Same => Some(CODE_SAME),
            Agreement::Unknown => None,
            Agreement::Differs => Some(CODE_DIFFERS),
        };
        let message = match self.message {
            MessageFit::Full => Some(MESSAGE_FULL),
            MessageFit::Detail => Some(MESSAGE_DETAIL),
            MessageFit::Unread => Some(MESSAGE_UNREAD),
            MessageFit::Other => Some(MESSAGE_OTHER),
            MessageFit::Absent => None,
        };
        let status = match self.status {
            Agreement::Same => Some(STATUS_SAME),
            Agreement::Unknown => Some(STATUS_UNKNOWN),
            Agreement::Differs => Some(STATUS_DIFFERS),
        };
        let envelope = match self.envelope {
            EnvelopeFit::Own => Some(ENVELOPE_OWN),
            EnvelopeFit::Shared => Some(ENVELOPE_SHARED),
            EnvelopeFit::Bare => None,
            EnvelopeFit::Other => Some(ENVELOPE_OTHER),
        };
        let headers = match self.headers {
            Agreement::Same => Some(HEADERS_SAME),
            Agreement::Unknown => None,
            Agreement::Differs => Some(HEADERS_DIFFER),
        };
        let marked = self.headers == Agreement::Same;
        let commonplace = self.commonplace.map(|kind| match (kind, marked) {
            (Commonplace::Kong, true) => KONG_BEHIND,
            (Commonplace::Kong, false) => KONG,
            (Commonplace::Phrase, true) => PHRASE_BEHIND,
            (Commonplace::Phrase, false) => PHRASE,
            (Commonplace::Word, _) => WORD,
        });
        let rivalled = self.rivalled.then_some(RIVALLED);
        let all = [code, message, status, envelope, headers, commonplace, rivalled];
        all.into_iter().flatten().map(move |text| text.get(lang))
    }
}

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

const CODE_SAME: Text = text("The code text is this row's.", "错误码文本与该行一致。");
const CODE_DIFFERS: Text = text("The code text is another row's or unknown.", "错误码文本属于其他行或未知。");
const MESSAGE_FULL: Text = text("The message is this row's.", "消息与该行一致。");
const MESSAGE_DETAIL: Text = text(
    "The message begins as this row's and goes on with a detail that no source lists.",
    "消息开头与该行一致，其后附有资料中没有的细节。",
);
const MESSAGE_UNREAD: Text = text("The message is none that any row is known with.", "消息不是任何一行已知的文本。");
const MESSAGE_OTHER: Text = text("The message is another row's.", "消息属于另一行。");
const STATUS_SAME: Text = text("The status agrees.", "状态码一致。");
const STATUS_UNKNOWN: Text = text("No status was given to compare.", "没有可供比对的状态码。");
const STATUS_DIFFERS: Text = text("The status is not the one this row has.", "状态码与该行不同。");
const ENVELOPE_OWN: Text = text("The body has this vendor's form.", "响应体是该厂商特有的格式。");
const ENVELOPE_SHARED: Text =
    text("The body has this vendor's form, which others use too.", "响应体是该厂商的格式，但其他软件也用同样的格式。");
const ENVELOPE_OTHER: Text = text("The body does not have this vendor's form.", "响应体不是该厂商的格式。");
const HEADERS_SAME: Text = text("The headers are those of this vendor's gateway.", "响应头来自该厂商的网关。");
const HEADERS_DIFFER: Text = text("The headers are those of another gateway.", "响应头来自其他网关。");
const KONG: Text = text(
    "The wording is Kong's: it may come from a plain Kong and from no cloud gateway.",
    "该措辞源自 Kong：也可能来自一台普通的 Kong，而不是云厂商的网关。",
);
const KONG_BEHIND: Text = text(
    "The wording is Kong's: a plain Kong used as the backend would say the same.",
    "该措辞源自 Kong：若后端是一台普通的 Kong，也会这样返回。",
);
const PHRASE: Text = text(
    "The text is merely the status' own phrase, which any server may send.",
    "该文本只是状态码自身的短语，任何服务器都可能发送。",
);
const PHRASE_BEHIND: Text = text(
    "The text is merely the status' own phrase, which the backend may have sent as well.",
    "该文本只是状态码自身的短语，也可能由后端发送。",
);
const WORD: Text = text("The code is a word that many APIs use.", "该错误码是许多 API 通用的词。");
const RIVALLED: Text = text("Another row fits as well.", "另有其他行同样吻合。");
