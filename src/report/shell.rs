//! Names as they can be pasted into a shell.

use std::fmt::Write as _;

/// `path` quoted for a POSIX shell (bash, zsh and ksh for bytes that need `$'…'`).
#[must_use]
pub fn quote(path: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./@%+=:,-".contains(byte);
    match std::str::from_utf8(path) {
        Ok(text) if !text.is_empty() && path.iter().all(plain) => text.to_owned(),
        Ok(text)
            if !text.chars().any(|c| c.is_control() || !c.is_ascii() && !c.is_alphanumeric()) =>
        {
            format!("'{}'", text.replace('\'', "'\\''"))
        }
        _ => {
            let mut quoted = String::from("$'");
            for &byte in path {
                match byte {
                    b'\'' | b'\\' => {
                        quoted.push('\\');
                        quoted.push(byte.into());
                    }
                    0x20..=0x7e => quoted.push(byte.into()),
                    _ => {
                        let _ = write!(quoted, "\\{byte:03o}");
                    }
                }
            }
            quoted + "'"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_pasted_into_a_shell_is_that_name() {
        assert_eq!(quote(b"src/main.rs"), "src/main.rs");
        assert_eq!(quote(b"it's here"), "'it'\\''s here'");
        assert_eq!(quote(b"a\nb\x1b"), "$'a\\012b\\033'");
        assert_eq!(quote(b"\xff"), "$'\\377'");
    }
}
