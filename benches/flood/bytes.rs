//! Texts without any keyword: bytes, marks, chains, walls of digits, layers.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keystop::detector::example::{Random, fill};

use super::text::Text;

/// Pieces that are repeated as they are. A cut mark keeps them from being anything.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    " ",
    "\t",
    "\"",
    "'",
    "`",
    "a",
    "A",
    "1",
    "e",
    "x",
    "f",
    "=",
    ":",
    "-",
    "_",
    "/",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "\\",
    "%",
    "$",
    "#",
    "@",
    "&",
    "+",
    "~",
    ".",
    ",",
    ";",
    "|",
    "!",
    "é",
    "a\n",
    "aa\n",
    "a b ",
    "a\0",
    "\0a",
    "a1",
    "aB3$",
    "eyJ",
    "eyJ.",
    "ey",
    "eyJhbGciOi",
    "://",
    "a://",
    "://a:b@",
    "a:a@a:a@",
    "a://a:",
    "https://a:",
    "https://",
    "http://a@",
    "a=b;",
    "a=b&",
    "?a=",
    "{{",
    "}}",
    "${",
    "${{",
    "%s",
    "%%",
    "--",
    "-a ",
    "--a=",
    "<a>",
    "</a>",
    "<a",
    "{\"a\":",
    "[[",
    "{\"",
    "\\\"",
    "\\\\",
    "\\n",
    "\\u0041",
    "\\x41",
    "\\u{41}",
    "\\u{",
    "%41",
    "%2541",
    "%252525",
    "\\/",
    "&#65;",
    "&#x41;",
    "&quot;",
    "=3D",
    "=\n",
    "\"+\"",
    "\" + \"",
    "\"a\" + ",
    "\"a\"\n\"b\" ",
    "' . '",
    "\" & \"",
    "' '",
    "\"\\\n",
    "\\\n",
    "a\\\n",
    ">",
    "\" \"",
    "=\"",
    "=\"a\" ",
    ": ",
    ": a\n",
    "- a: b\n",
    "key=",
    "key: ",
    "token\n",
    "password=",
    "secret: \"",
    "password\0=\0",
    "pass:word@",
    "Pa$$w0rd ",
    "-----BEGIN ",
    "-----END ",
    "-----",
    "-----BEGIN¦ PRIVATE KEY-----\n",
    "-----BEGIN¦ RSA PRIVATE KEY-----",
    "-----BEGIN¦ PRIVATE KEY-----\\n",
    "-----BEGIN¦ CERTIFICATE-----\nMIIB\n",
    "-----END PRIVATE KEY-----\n",
    "LS0tLS1CRUdJTi",
    "MII",
    "MIIEvQIBADANBgkqhkiG9w0BAQEF",
    "kind: Secret\n",
    "kind: Secret\ndata:\n",
    "kind: Secret\ndata:\n  a: ",
    "\"kind\":\"Secret\",",
    "\"kind\":\"Secret\",\"data\":{",
    "apiVersion: v1\nkind: Secret\nstringData:\n  a: b\n---\n",
    "jdbc:a:b?password=",
    "jdbc:",
    "?sig=",
    "&sig=a&se=b",
    "sv=2020-01-01&sig=",
    "Server=a;Password=",
    "AccountKey=",
    "\"type\": \"service_account\"",
    "\"private_key\": \"",
    "$2a$10$",
    "$argon2id$",
    "ssh-rsa AAAA",
    "PuTTY-User-Key-File-2: ",
    "xoxb-",
    "ghp_",
    "sk-",
    "AKIA",
    "PK\u{3}\u{4}",
    "\u{1f}\u{8b}\u{8}",
    "H4sIAAAAAAAA",
    "UEsDBBQAAAAI",
    "BZh9",
    "ustar\0",
    "abandon ",
    "zoo zoo zoo zoo ",
    "0x",
    "0x1f",
];

/// Alphabets of long walls and of random words.
const ALPHABETS: &[(&str, &str)] = &[
    ("any", ""),
    ("hex", "0123456789abcdef"),
    ("HEX", "0123456789ABCDEF"),
    ("digits", "0123456789"),
    ("lower", "abcdefghijklmnopqrstuvwxyz"),
    ("base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    ("base62", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ("base64", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"),
    ("base64url", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"),
    (
        "graphic",
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
    ),
    ("words", "abcdefghijklmnopqrstuvwxyz    \n"),
    ("quotes", "ab1\"'= :\n"),
    ("url", "a:/@.?=&"),
    ("escapes", "\\unx0041\"%"),
    ("joins", "\"' +\n.a"),
];

/// Shows every text to `look`.
pub fn each(look: &mut impl FnMut(Text)) {
    for piece in PIECES {
        let piece = piece.replace('¦', "");
        look(Text::repeated(format!("bytes {piece:?}"), piece.clone().into_bytes()));
        let line = [piece.repeat(20).as_bytes(), b"\n"].concat();
        look(Text::repeated(format!("lines of {piece:?}"), line));
    }
    for byte in [0_u8, 1, 0x7f, 0x80, 0xc3, 0xff] {
        look(Text::repeated(format!("byte {byte:#x}"), vec![byte]));
    }
    for &(name, alphabet) in ALPHABETS {
        look(Text::of_pieces(format!("wall of {name}"), move |at| random(alphabet, at, 64)));
        for length in [8, 16, 20, 24, 32, 40, 64, 76, 200, 4000] {
            for (mark, shown) in [
                ("\n", "lines"),
                (" ", "words"),
                ("\"", "quoted"),
                ("=", "equals"),
                (":", "colons"),
            ] {
                look(Text::of_pieces(format!("{shown} of {length} {name}"), move |at| {
                    [&random(alphabet, at, length)[..], mark.as_bytes()].concat()
                }));
            }
            for label in
                ["token=", "secret: \"", "\"password\": \"", "--api-key ", "Authorization: Bearer "]
            {
                let end = if label.ends_with('"') { "\",\n" } else { "\n" };
                look(Text::of_pieces(format!("{label:?} before {length} {name}"), move |at| {
                    [label.as_bytes(), &random(alphabet, at, length), end.as_bytes()].concat()
                }));
            }
            look(Text::of_pieces(format!("URLs with {length} {name}"), move |at| {
                [b"https://user:", &random(alphabet, at, length)[..], b"@acme.io/\n"].concat()
            }));
        }
    }
    nested(look);
}

/// Encodings inside each other, and whole files in one.
fn nested(look: &mut impl FnMut(Text)) {
    let plain = |length: usize| {
        let line = |at: usize| format!("let token_{at} = \"value {at}\"; // acme key\n");
        (0..).flat_map(|at| line(at).into_bytes()).take(length).collect::<Vec<u8>>()
    };
    for depth in 1..=7_u32 {
        look(Text::whole(format!("base64 {depth} deep"), move |length| {
            let shrunk = |length: usize| length * 3 / 4;
            let inner = (0..depth).fold(length, |length, _| shrunk(length));
            (0..depth).fold(plain(inner), |text, _| BASE64_STANDARD.encode(text).into_bytes())
        }));
        look(Text::whole(format!("hex {depth} deep"), move |length| {
            (0..depth).fold(plain(length >> depth), |text, _| {
                text.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
            })
        }));
        look(Text::of_pieces(format!("small base64 {depth} deep"), move |at| {
            let inner = format!(
                "acme_token = \"{}\"",
                String::from_utf8_lossy(&random(ALPHABETS[6].1, at, 40))
            );
            let coded = (0..depth).fold(inner, |text, _| BASE64_STANDARD.encode(text));
            format!("{coded}\n").into_bytes()
        }));
        look(Text::of_pieces(format!("escapes {depth} deep"), move |at| {
            let inner = format!(
                "acme_token = \"{}\"",
                String::from_utf8_lossy(&random(ALPHABETS[6].1, at, 40))
            );
            (0..depth)
                .fold(inner, |text, _| text.replace('\\', "\\\\").replace(['"', '='], "\\u0022"))
                .into_bytes()
        }));
        look(Text::of_pieces(format!("percent {depth} deep"), move |at| {
            let inner = format!(
                "acme_token=\"{}\"&",
                String::from_utf8_lossy(&random(ALPHABETS[6].1, at, 40))
            );
            (0..depth)
                .fold(inner, |text, _| text.replace('%', "%25").replace(['"', '='], "%22"))
                .into_bytes()
        }));
    }
    for wide in ["le", "be"] {
        look(Text::whole(format!("UTF-16{wide}"), move |length| {
            let pair = |byte: u8| if wide == "le" { [byte, 0] } else { [0, byte] };
            plain(length / 2).into_iter().flat_map(pair).collect()
        }));
        look(Text::whole(format!("UTF-16{wide} and base64"), move |length| {
            let pair = |byte: u8| if wide == "le" { [byte, 0] } else { [0, byte] };
            let inner: Vec<u8> = plain(length * 3 / 8).into_iter().flat_map(pair).collect();
            BASE64_STANDARD.encode(inner).into_bytes()
        }));
    }
    for key in [
        "‹base64json {\"alg\":\"HS256\"}›.‹base64json {\"sub\":\"1\"}›.‹base64url 43›",
        "‹base64 of a plain text that is no secret at all, but long›",
    ] {
        let name = format!("forms {key}");
        look(Text::of_pieces(name, move |at| {
            fill(&format!("{key}\n"), at).unwrap_or_default().into_bytes()
        }));
    }
}

/// Characters of an alphabet, the same for the same number; of no alphabet any bytes.
pub fn random(alphabet: &str, seed: u64, length: usize) -> Vec<u8> {
    let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9) ^ length as u64);
    let letters = alphabet.as_bytes();
    let one = |number: u64| match letters.len() as u64 {
        0 => (number >> 20) as u8,
        count => letters[((number >> 20) % count) as usize],
    };
    (0..length).map(|_| one(random.next())).collect()
}
