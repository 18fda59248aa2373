//! A strict reader of the HTML that our templates write: a subset in which every tag is closed and every attribute
//! quoted, so that a slip in a template shows.

/// Elements without content or end tag.
const VOID: [&str; 7] = ["meta", "link", "br", "wbr", "hr", "img", "input"];

/// Elements that a paragraph, heading or inline element may not hold.
const BLOCK: [&str; 26] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
    "li",
    "tr",
];

/// Elements that hold phrasing content only.
const PHRASING_ONLY: [&str; 15] =
    ["p", "h1", "h2", "h3", "h4", "a", "span", "code", "pre", "small", "strong", "var", "summary", "dt", "title"];

/// Attributes that hold an address.
const ADDRESSES: [&str; 2] = ["href", "src"];

/// What a page holds, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Scan<'h> {
    pub(super) ids: Vec<&'h str>,
    pub(super) links: Vec<String>,
    pub(super) problems: Vec<String>,
}

/// Reads a page.
pub(super) fn scan(html: &str) -> Scan<'_> {
    let mut reader = Reader::default();
    let Some(mut rest) = html.strip_prefix("<!doctype html>") else {
        reader.problem("does not start with the document type");
        return reader.scan;
    };
    while let Some((text, tail)) = rest.split_once('<') {
        reader.text(text);
        let Some((tag, tail)) = split_tag(tail) else {
            reader.problem(format!("a tag is not closed: `<{}`", tail.chars().take(40).collect::<String>()));
            return reader.scan;
        };
        match tag.strip_prefix('/') {
            Some(name) => reader.close(name),
            None => reader.open(tag),
        }
        rest = tail;
    }
    reader.text(rest);
    reader.end();
    reader.scan
}

/// The inside of a tag and what follows it; `>` inside quotes does not end it.
fn split_tag(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

#[derive(Default)]
struct Reader<'h> {
    scan: Scan<'h>,
    /// Open elements, each with whether it has text.
    open: Vec<(&'h str, bool)>,
    level: u8,
    mains: usize,
}

impl<'h> Reader<'h> {
    fn problem(&mut self, what: impl Into<String>) {
        self.scan.problems.push(what.into());
    }

    fn text(&mut self, text: &str) {
        if let Some(what) = bad_reference(text) {
            self.problem(what);
        }
        if !text.trim().is_empty() {
            for (_, has_text) in &mut self.open {
                *has_text = true;
            }
        }
    }

    fn open(&mut self, tag: &'h str) {
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            self.problem(format!("odd tag `<{tag}>`"));
        }
        self.attributes(name, attributes);
        self.place(name);
        if !VOID.contains(&name) {
            self.open.push((name, false));
        }
    }

    fn attributes(&mut self, name: &str, attributes: &'h str) {
        let mut seen: Vec<&str> = Vec::new();
        let mut rest = attributes.trim();
        while !rest.is_empty() {
            let Some((key, value, tail)) = attribute(rest) else {
                self.problem(format!("`<{name}>`: attribute not understood: `{rest}`"));
                return;
            };
            if seen.contains(&key) {
                self.problem(format!("`<{name}>`: `{key}` twice"));
            }
            if let Some(what) = bad_reference(value) {
                self.problem(what);
            }
            if key == "id" {
                if value.is_empty() || value.contains(char::is_whitespace) || self.scan.ids.contains(&value) {
                    self.problem(format!("id `{value}` is empty, holds a space or is not unique"));
                }
                self.scan.ids.push(value);
            }
            if ADDRESSES.contains(&key) {
                self.scan.links.push(value.replace("&#38;", "&").replace("&amp;", "&"));
            }
            seen.push(key);
            rest = tail.trim_start();
        }
        let needed: &[&str] = match name {
            "html" => &["lang"],
            "th" => &["scope"],
            "img" => &["alt"],
            _ => &[],
        };
        for key in needed {
            if !seen.contains(key) {
                self.problem(format!("`<{name}>` without `{key}`"));
            }
        }
    }

    /// Where the element stands.
    fn place(&mut self, name: &str) {
        let parent = self.open.last().map_or("", |(parent, _)| *parent);
        let allowed = match name {
            "li" => ["ul", "ol"].contains(&parent),
            "tr" => ["thead", "tbody"].contains(&parent),
            "td" | "th" => parent == "tr",
            "dt" | "dd" => ["dl", "div"].contains(&parent),
            _ => {
                !["ul", "ol", "table", "tr", "dl", "thead", "tbody"].contains(&parent)
                    || ["thead", "tbody", "div"].contains(&name)
            }
        };
        let holder = self.open.iter().rev().map(|(holder, _)| *holder).find(|holder| PHRASING_ONLY.contains(holder));
        let heading = ["h2", "h3", "h4"].contains(&name) && parent == "summary";
        if !allowed || (BLOCK.contains(&name) && holder.is_some() && !heading) {
            self.problem(format!("`<{name}>` inside `<{parent}>` (in `<{}>`)", holder.unwrap_or(parent)));
        }
        if name == "a" && self.open.iter().any(|(holder, _)| *holder == "a") {
            self.problem("a link inside a link");
        }
        if name == "main" {
            self.mains += 1;
        }
        let level = match name {
            "h1" => 1,
            "h2" => 2,
            "h3" => 3,
            "h4" => 4,
            _ => return,
        };
        if level > self.level + 1 || (level == 1 && self.level > 0) {
            self.problem(format!("`<{name}>` after a heading of level {}", self.level));
        }
        self.level = level;
    }

    fn close(&mut self, name: &str) {
        match self.open.pop() {
            Some((open, has_text)) if open == name => {
                let must_say = ["a", "h1", "h2", "h3", "title", "th", "li", "summary", "dt", "dd"];
                if must_say.contains(&name) && !has_text {
                    self.problem(format!("empty `<{name}>`"));
                }
            }
            Some((open, _)) => self.problem(format!("`</{name}>` closes `<{open}>`")),
            None => self.problem(format!("`</{name}>` closes nothing")),
        }
    }

    fn end(&mut self) {
        if let Some((name, _)) = self.open.pop() {
            self.problem(format!("`<{name}>` is never closed"));
        }
        if self.level == 0 {
            self.problem("no heading");
        }
        if self.mains != 1 {
            self.problem(format!("{} `<main>` elements", self.mains));
        }
    }
}

/// Attributes that need no value.
const FLAGS: [&str; 3] = ["hidden", "defer", "open"];

/// `key="value"` or a flag at the start of the text, and what follows.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(text.len());
    let (key, rest) = text.split_at_checked(end)?;
    if FLAGS.contains(&key) && (rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        return Some((key, "", rest));
    }
    let value = rest.strip_prefix("=\"")?;
    let (value, tail) = value.split_once('"')?;
    let separated = tail.is_empty() || tail.starts_with(char::is_whitespace);
    (!key.is_empty() && separated && !value.contains('<')).then_some((key, value, tail))
}

/// An ampersand that begins no character reference.
fn bad_reference(text: &str) -> Option<String> {
    text.split('&').skip(1).find_map(|after| {
        let (name, _) = after.split_once(';').unwrap_or(("", after));
        let number = name.strip_prefix('#').is_some_and(|digits| digits.parse::<u32>().is_ok());
        let known = number || ["amp", "lt", "gt", "quot"].contains(&name);
        (!known).then(|| format!("bare `&` before `{}`", after.chars().take(20).collect::<String>()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Vec<String> {
        let html = format!("<!doctype html><html lang=\"en\"><body><main>{body}</main></body></html>");
        scan(&html).problems
    }

    #[test]
    fn a_sound_page_passes() {
        assert_eq!(page("<h1>A &amp; b</h1><ul><li><a href=\"x\">y</a></li></ul>"), [""; 0]);
    }

    #[test]
    fn each_slip_is_seen() {
        let slips = [
            "<h1>a</h1><p>b<div>c</div></p>",
            "<h1>a</h1><p>b",
            "<h1>a</h1><h3>b</h3>",
            "<h1>a</h1><a href=x>b</a>",
            "<h1>a</h1><a href=\"x\"></a>",
            "<h1>a</h1><p id=\"a\">b</p><p id=\"a\">c</p>",
            "<h1>a & b</h1>",
            "<h1>a</h1><table><thead><tr><th>b</th></tr></thead></table>",
            "<h1>a</h1><li>b</li>",
            "<p>no heading</p>",
            "<h1>a</h1></b>",
        ];
        for slip in slips {
            assert!(!page(slip).is_empty(), "{slip}");
        }
    }
}
