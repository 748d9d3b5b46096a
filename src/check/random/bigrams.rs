//! How likely one letter follows another in English and in the names of programs.

/// Thirds of a bit (`0`–`9`, `a`–`z`) that a letter costs after another. The first row is for the
/// beginning of a word, the others for what follows `a` … `z`. Counted over an English word list
/// free for any use (SCOWL) and about 500 words of our own that programs are made of, half and half.
const BIGRAMS: [&[u8; 26]; 27] = [
    b"cdacdegfekjedhhbnc9dghgqnq",
    b"udbdpjfqetkadatet9b8ghkngl",
    b"9frk8sulbgu7pkasvbemartvhv",
    b"avho9vv9dvbdou7mrciaepvvku",
    b"bkpe5pip8puekocjudbmdoknju",
    b"dldahjjpksrcf9mgl78doikfks",
    b"aruuabus6ukbvt9uvcheavuvgv",
    b"bqlt6rdc9uudmecsvackcvrvju",
    b"8nrq6ptr8tukjm7rudhcevnvhv",
    b"fjcecgftsupcf6bgqfbbqgumvg",
    b"7vvv6vvvevvvvv6vvvdv9vdvvv",
    b"blro4hrl8spemggmvm9oevmvhv",
    b"9mnf6nps8vmblpakurdfdnstcv",
    b"8dsk6qvt9vvheia9useufutvkv",
    b"cpcb9i7ocqjmngfnqpb8giqpms",
    b"hhfdmkfrhtgcc7det8eebhfmlq",
    b"9rsn8stebvtars9dv9ebevnvjv",
    b"vvvvvvvvvvvavvvvvvvv1vvvvv",
    b"9lhf6khp9tjkggaktfbdfjqveu",
    b"dqds8qocbujgileekla6dpivkv",
    b"bpht6ppc7vuhmnblvbceevmqfq",
    b"fdeecigueuqbb9nev9a9nrvntp",
    b"6vvu4vjv7vvvvvbvvtuulqvvov",
    b"7lre9orc7vnhod9ovcbiqvsvqs",
    b"gsav7ssibvvrfui7ssf6jnqkev",
    b"dhdiamjlbrqdbdg8ve8bmvjovo",
    b"bsvs3vvv9vsgrvaqvvvverrvjc",
];

/// What a letter costs after another, or at a word's beginning, in thirds of a bit.
pub(super) const fn letter_thirds(before: Option<u8>, byte: u8) -> u16 {
    let row = match before {
        Some(before) => index(before) + 1,
        None => 0,
    };
    let digit = BIGRAMS[row][index(byte)];
    let thirds = if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 };
    thirds as u16
}

const fn index(byte: u8) -> usize {
    let index = byte.to_ascii_lowercase().saturating_sub(b'a') as usize;
    if index < 26 { index } else { 25 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_cheap() {
        assert!(letter_thirds(Some(b't'), b'h') < letter_thirds(Some(b't'), b'q'));
        assert!(letter_thirds(Some(b'Q'), b'U') < 3);
        assert!(letter_thirds(None, b's') < letter_thirds(None, b'x'));
    }

    #[test]
    fn any_byte_has_a_price() {
        for byte in 0..=u8::MAX {
            assert!(letter_thirds(Some(byte), byte) <= 36);
        }
    }
}
