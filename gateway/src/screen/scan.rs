//! Runs of bytes of one kind. Long runs are compared in blocks that the compiler turns into vector instructions.

/// Bytes of a block.
const BLOCK: usize = 16;

const fn table(yes: fn_table::Kind) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::cast_possible_truncation, clippy::indexing_slicing, reason = "below 128, at compile time")]
        {
            table[byte] = fn_table::is(yes, byte as u8);
        }
        byte += 1;
    }
    table
}

/// Which bytes belong where.
mod fn_table {
    #[derive(Clone, Copy)]
    pub(super) enum Kind {
        Token,
        Target,
    }

    pub(super) const fn is(kind: Kind, byte: u8) -> bool {
        match kind {
            // RFC 9110, section 5.6.2.
            Kind::Token => {
                byte.is_ascii_alphanumeric()
                    || matches!(
                        byte,
                        b'!' | b'#'
                            | b'$'
                            | b'%'
                            | b'&'
                            | b'\''
                            | b'*'
                            | b'+'
                            | b'-'
                            | b'.'
                            | b'^'
                            | b'_'
                            | b'`'
                            | b'|'
                            | b'~'
                    )
            }
            // Visible, without what no address holds unescaped, and without the mark of a fragment, which is never
            // sent. Escapes are looked at apart.
            Kind::Target => byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'#' | b'`' | b'%'),
        }
    }
}

const TOKEN: [bool; 256] = table(fn_table::Kind::Token);
const TARGET: [bool; 256] = table(fn_table::Kind::Target);

fn run(bytes: &[u8], table: &[bool; 256]) -> usize {
    let is_in = |byte: &u8| table.get(usize::from(*byte)).copied().unwrap_or(false);
    bytes.iter().position(|byte| !is_in(byte)).unwrap_or(bytes.len())
}

/// Length of the token that `bytes` begin with.
pub(super) fn token(bytes: &[u8]) -> usize {
    run(bytes, &TOKEN)
}

/// Length of the run of bytes of a request target, up to the first escape.
fn plain_target(bytes: &[u8]) -> usize {
    run(bytes, &TARGET)
}

/// Length of the target that `bytes` begin with; what stands behind it is no byte of a target, or the beginning of an
/// escape, or nothing yet. If an escape is broken, where it stands is the error.
pub(super) fn target(bytes: &[u8]) -> Result<usize, usize> {
    let mut at = 0;
    loop {
        at += plain_target(bytes.get(at..).unwrap_or_default());
        match bytes.get(at..).unwrap_or_default() {
            [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => at += 3,
            [b'%'] => return Ok(at),
            [b'%', high] if high.is_ascii_hexdigit() => return Ok(at),
            [b'%', ..] => return Err(at),
            _ => return Ok(at),
        }
    }
}

const fn is_text(byte: u8) -> bool {
    (byte >= b' ' && byte != 0x7f) || byte == b'\t'
}

/// True if no byte of a block ends a run of text. A tab counts as if it did: it is looked at again.
fn is_clean(block: &[u8; BLOCK]) -> bool {
    // No early end within a block: that is what makes it one comparison of all its bytes.
    block.iter().fold(0, |odd, byte| odd | u8::from(*byte < b' ') | u8::from(*byte == 0x7f)) == 0
}

/// Length of the run of bytes that a field's value may have.
pub(super) fn text(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        if is_clean(block) {
            at += BLOCK;
            continue;
        }
        match block.iter().position(|byte| !is_text(*byte)) {
            Some(end) => return at + end,
            // Tabs alone.
            None => at += BLOCK,
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !is_text(*byte)).unwrap_or(rest.len())
}
