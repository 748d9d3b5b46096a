//! `.env`: variables and their values, a line each.

use super::rewrite::Refusal;

/// The file's name, and that of the list of names that is committed.
pub(super) const ENV: &str = ".env";
pub(super) const EXAMPLE: &str = ".env.example";

/// `NAME=value` as shells and dotenv readers take it.
pub(super) fn line(name: &str, value: &[u8]) -> Result<Vec<u8>, Refusal> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./@%+=:,-".contains(byte);
    let mut line = format!("{name}=").into_bytes();
    if value.iter().all(plain) {
        line.extend_from_slice(value);
    } else if value.iter().any(|byte| b"'\n\r\0".contains(byte)) {
        return Err("its characters cannot stand in a .env file");
    } else {
        line.push(b'\'');
        line.extend_from_slice(value);
        line.push(b'\'');
    }
    Ok(line)
}

/// The value a file's content gives a variable.
pub(super) fn value(content: &[u8], name: &str) -> Option<Vec<u8>> {
    content
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let line = line.trim_ascii();
            let line = line.strip_prefix(b"export ").unwrap_or(line);
            let value = line.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            let quoted = [b"'", b"\""]
                .into_iter()
                .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
            Some(quoted.unwrap_or(value).to_vec())
        })
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_written() {
        for text in ["plain", "two words", "a\"b#c$d"] {
            let line = line("X", text.as_bytes()).unwrap();
            let file = [b"A=1\n", line.as_slice(), b"\nXY=2\n"].concat();
            assert_eq!(value(&file, "X").as_deref(), Some(text.as_bytes()));
        }
        assert!(line("X", b"it's").is_err());
        assert_eq!(value(b"X=1\n", "Y"), None);
    }
}
