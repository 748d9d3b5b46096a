//! What stands inside an encoding or an archive.

use super::*;

#[test]
fn what_is_wrapped_is_opened() {
    let token = token();
    let base64 = BASE64_STANDARD.encode(line());
    let hex: String = line().bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let unicode: String = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let backslash: String = token.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    let (start, end) = token.split_at(16);
    let gzip = {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut out, line().as_bytes()).unwrap();
        out.finish().unwrap()
    };
    judge(vec![
        case("base64", "a.yml", format!("config: {base64}\n"), Blocked(GITHUB)),
        case(
            "base64 twice",
            "a.yml",
            format!("config: {}\n", BASE64_STANDARD.encode(&base64)),
            Blocked(GITHUB),
        ),
        case("hex", "a.txt", format!("{hex}\n"), Blocked(GITHUB)),
        case("percent", "a.txt", format!("https://x.dev/?t={percent}\n"), Blocked(GITHUB)),
        case("unicode escapes", "a.json", format!("{{\"t\": \"{unicode}\"}}\n"), Blocked(GITHUB)),
        case("backslash escapes", "a.py", format!("t = '{backslash}'\n"), Blocked(GITHUB)),
        case("joined by nothing", "a.py", format!("t = '{start}' '{end}'\n"), Blocked(GITHUB)),
        case("joined by +", "a.js", format!("t = \"{start}\" + \"{end}\"\n"), Blocked(GITHUB)),
        case("joined by .", "a.php", format!("$t = '{start}' . '{end}';\n"), Blocked(GITHUB)),
        case("gzip", "a.gz", gzip, Blocked(GITHUB)),
        case("zip", "app.jar", zip("config.properties", line().as_bytes()), Blocked(GITHUB)),
    ]);
}

/// A zip archive with one member.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut deflate, content).unwrap();
    let packed = deflate.finish().unwrap();
    let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
    head.extend(crc32fast::hash(content).to_le_bytes());
    head.extend((packed.len() as u32).to_le_bytes());
    head.extend((content.len() as u32).to_le_bytes());
    head.extend((name.len() as u16).to_le_bytes());
    head.extend([0, 0]);
    let mut archive = [&b"PK\x03\x04"[..], &head, name.as_bytes(), &packed].concat();
    let directory = archive.len() as u32;
    archive.extend(b"PK\x01\x02\x14\0");
    archive.extend(&head);
    archive.extend([0; 14]);
    archive.extend(name.as_bytes());
    let size = archive.len() as u32 - directory;
    archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend(size.to_le_bytes());
    archive.extend(directory.to_le_bytes());
    archive.extend([0, 0]);
    archive
}
