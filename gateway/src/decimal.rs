//! Numbers as text, without the formatter of the standard library.

/// Room for the digits of every number.
type Room = [u8; 20];

/// Writes a number in decimal digits.
pub(crate) fn decimal(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(digits(number, &mut Room::default()));
}

/// Two numbers with a stroke between them: `3/10`.
pub(crate) fn ratio(of: u64, whole: u64) -> Vec<u8> {
    // In one piece of just that length, so that whoever keeps it need not take another.
    [digits(of, &mut Room::default()), b"/", digits(whole, &mut Room::default())].concat()
}

fn digits(number: u64, room: &mut Room) -> &[u8] {
    let mut rest = number;
    let mut start = room.len();
    for digit in room.iter_mut().rev() {
        start -= 1;
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    room.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_the_library_writes_them(number: u64) {
            for number in [number, number >> 40, 0, 9, 10, u64::MAX] {
                let mut out = Vec::new();
                decimal(number, &mut out);
                prop_assert_eq!(out, number.to_string().into_bytes());
                prop_assert_eq!(ratio(number, 7), format!("{number}/7").into_bytes());
            }
        }
    }
}
