//! Numbers as text, without the formatter of the standard library.

/// Writes a number in decimal digits.
pub(crate) fn decimal(number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut rest = number;
    let mut start = digits.len();
    for digit in digits.iter_mut().rev() {
        start -= 1;
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
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
            }
        }
    }
}
