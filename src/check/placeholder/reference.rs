//! Expressions that read a key from where it should be: the environment, a secret store, a setting.

use super::{Form, Room, Vocabulary, is_template, reads};

/// What stands in a read from the environment, from a secret store or from a variable.
static READS: Vocabulary = Vocabulary::new(reads!());

/// Whether `value` is an expression that reads the key from where it should be.
#[must_use]
pub fn is_reference(value: &[u8]) -> bool {
    reads(&Form::of(value, &mut Room::default()), true)
}

/// The same; `templates` is whether those count that an empty value may be too.
pub(super) fn reads(form: &Form, templates: bool) -> bool {
    let &Form { value, lower, marked, plain } = form;
    marked && READS.stands_in(lower)
        || !plain
            && (templates && is_template(lower, marked)
                || is_variable(value)
                || is_call(value)
                || is_dotted_name(value))
}

/// `$NAME`, `$name->field`, `%NAME`, `@name`, `&name`: a sigil and nothing but a name.
fn is_variable(value: &[u8]) -> bool {
    let (Some((sigil, name)), true) = (value.split_first(), value.len() > 1) else { return false };
    let name_like = |byte: &u8| byte.is_ascii_alphabetic() || b"_.->:[]".contains(byte);
    matches!(sigil, b'$' | b'%' | b'@' | b'&' | b'*' | b'#') && name.iter().all(name_like)
}

/// `name(…)`, `name[…]`, also cut behind the bracket.
fn is_call(value: &[u8]) -> bool {
    if memchr::memchr2(b'(', b'[', value).is_none() {
        return false;
    }
    let name =
        value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(byte));
    let length = name.count();
    length >= 2
        && value[0].is_ascii_alphabetic()
        && match value.get(length) {
            Some(b'(') => value[length..].contains(&b')') || value.len() == length + 1,
            Some(b'[') => value[length..].contains(&b']'),
            _ => false,
        }
}

/// `settings.SECRET_KEY`: names joined by dots, without a digit. A random token without digits
/// that has a dot between letters and no other mark is shorter than any we know.
fn is_dotted_name(value: &[u8]) -> bool {
    let parts = value.split(|&byte| byte == b'.');
    let name = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    };
    value.len() < 80 && memchr::memchr(b'.', value).is_some() && parts.clone().all(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_from_elsewhere_are_references() {
        for value in [
            "os.environ[\"KEY\"]",
            "process.env.KEY",
            "$KEY",
            "vault:secret/data/app#key",
            "op://v/i/f",
            "settings.SECRET_KEY",
            "getKey()",
            "ENC[AES256_GCM,data:abc]",
            "%KEY%",
            "!Ref Key",
        ] {
            assert!(is_reference(value.as_bytes()), "{value}");
        }
        assert!(!is_reference(b"Tr0ub4dor&3x"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = is_reference(&value);
        }
    }
}
