//! The battery on which other tools were tried: what each of them let through or stopped without
//! reason, one row each, by real commits.

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use support::example::fill;
use support::{Repo, Sandbox, keys};

/// What has to become of a commit that brings the file.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    /// Stopped by this detector.
    Blocked(&'static str),
    /// Let through, and named by this detector.
    Named(&'static str),
    /// Let through without a word.
    Silent,
}
use Verdict::{Blocked, Named, Silent};

/// One file: what it shows, its name, its content.
struct Case {
    what: &'static str,
    path: &'static str,
    content: Vec<u8>,
    verdict: Verdict,
}

fn case(
    what: &'static str,
    path: &'static str,
    content: impl Into<Vec<u8>>,
    verdict: Verdict,
) -> Case {
    Case { what, path, content: content.into(), verdict }
}

const GITHUB: &str = "github-personal-access-token";
const STRIPE: &str = "stripe-live-secret-key";

fn token() -> String {
    keys::github(1).value()
}

fn line() -> String {
    format!("token = '{}'\n", token())
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// A block of `label` around the base64 of `body`.
fn pem(label: &str, body: &str) -> String {
    let label = format!("{label} KEY");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// Ed25519 in PKCS#8.
fn pkcs8() -> String {
    pem("PRIVATE", &fill("MC4CAQAwBQYDK2VwBCIEI‹base64 43›", 1))
}

/// Commits each file alone; every row that came out wrong, in words.
fn judge(cases: Vec<Case>) {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let wrong: Vec<String> = cases.iter().filter_map(|case| wrong(&repo, case)).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn wrong(repo: &Repo, case: &Case) -> Option<String> {
    let Case { what, path, content, verdict } = case;
    repo.stage(path, content);
    let run = repo.git(&["commit", "-q", "-m", "battery"]);
    let right = match verdict {
        Blocked(id) => run.code != 0 && run.stderr.contains(id),
        Named(id) => run.code == 0 && run.stderr.contains(id),
        Silent => run.code == 0 && run.stderr.is_empty(),
    };
    // The next row begins where this one did.
    repo.git(&["-c", "core.hooksPath=/dev/null", "rm", "-q", "--cached", "-f", "--", path]);
    let _ = std::fs::remove_file(repo.path.join(path));
    if run.code == 0 {
        repo.commit_unasked("away");
    }
    (!right).then(|| format!("{what}: not {verdict:?}, exit {}\n{}", run.code, run.stderr))
}

#[test]
fn what_others_pass_without_looking_is_blocked() {
    let lock = format!("{{\"resolved\": \"https://x:{}@git.acme.dev/a.tgz\"}}\n", token());
    let bytes =
        [&b"\x7fELF\x02\x01\x01\0\0\0"[..], b"\0", token().as_bytes(), b"\0\xff\xfe"].concat();
    judge(vec![
        case("a lock file", "package-lock.json", lock, Blocked(GITHUB)),
        case("go.sum", "go.sum", line(), Blocked(GITHUB)),
        case("a picture of text", "logo.svg", format!("<!-- {} -->\n", token()), Blocked(GITHUB)),
        case("dependencies", "node_modules/a/index.js", line(), Blocked(GITHUB)),
        case("vendored code", "vendor/a/a.go", line(), Blocked(GITHUB)),
        case(
            "a minified file",
            "app.min.js",
            format!("var a=1,t=\"{}\",b=2", token()),
            Blocked(GITHUB),
        ),
        case("a binary file", "tool.bin", bytes, Blocked(GITHUB)),
        case("UTF-16, little endian", "a.ps1", utf16(&line(), u16::to_le_bytes), Blocked(GITHUB)),
        case("UTF-16, big endian", "a.reg", utf16(&line(), u16::to_be_bytes), Blocked(GITHUB)),
        case("the name of a test", "tests/fixtures/key_test.py", line(), Blocked(GITHUB)),
        case("a comment", "a.c", format!("/* {} */\n", token()), Blocked(GITHUB)),
        case(
            "another tool's comment",
            "a.py",
            format!("t = '{}'  # gitleaks:allow\n", token()),
            Blocked(GITHUB),
        ),
        case(
            "a line of 200,000 bytes",
            "a.json",
            format!("{}{}", "x ".repeat(100_000), token()),
            Blocked(GITHUB),
        ),
    ]);
}

#[test]
fn another_tools_settings_switch_nothing_off() {
    let sandbox = Sandbox::new();
    for (what, file, content, settings) in [
        ("color.ui always", "", "", &["color.ui", "always"][..]),
        ("-diff", ".gitattributes", "*.py -diff\n", &[]),
        ("binary", ".gitattributes", "*.py binary\n", &[]),
        (
            "a textconv that prints nothing",
            ".gitattributes",
            "*.py diff=none\n",
            &["diff.none.textconv", "true"],
        ),
        ("gitleaks' file", ".gitleaks.toml", "[allowlist]\npaths = ['.*']\n", &[]),
        ("gitleaks' list", ".gitleaksignore", "a.py:github-pat:1\n", &[]),
        ("ggshield's file", ".gitguardian.yaml", "secret:\n  ignored_paths: ['**/*']\n", &[]),
    ] {
        let repo = sandbox.with_commit(&format!("of {what}").replace([' ', '\'', '.'], "-"));
        if !file.is_empty() {
            repo.stage(file, content);
            repo.commit_unasked("settings");
        }
        if let [name, value] = settings {
            repo.git(&["config", name, value]).expect(0);
        }
        repo.stage("a.py", line());
        repo.git(&["commit", "-q", "-m", what]).blocked_by(GITHUB);
    }
}

#[test]
fn what_others_stop_without_reason_passes() {
    let sum = fill("‹hex 64›", 1);
    let base64 = fill("‹base64 88›", 1);
    judge(vec![
        case(
            "a wrong checksum",
            "a.py",
            format!("t = '{}'\n", keys::github_miscounted(1).value()),
            Silent,
        ),
        case(
            "a certificate",
            "a.pem",
            fill(
                "-----BEGIN CERTIFICATE-----\nMIID‹base64 60›\n‹base64 64›\n-----END CERTIFICATE-----\n",
                1,
            ),
            Silent,
        ),
        case(
            "an SSH public key",
            "id.pub",
            fill("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI‹base64 43› a@b\n", 1),
            Silent,
        ),
        case(
            "a header in code",
            "a.go",
            fill("if !strings.HasPrefix(s, \"-----BEGIN RSA PRI¦VATE KEY-----\") {\n", 1),
            Silent,
        ),
        case("an empty block", "a.txt", pem("RSA PRIVATE", "..."), Silent),
        case("hashes", "SHA256SUMS", format!("{sum}  keystop.tar.gz\n"), Silent),
        case(
            "integrity",
            "package-lock.json",
            format!("{{\"integrity\": \"sha512-{}==\"}}\n", &base64[..86]),
            Silent,
        ),
        case("curl with words", "a.sh", "curl -u user:password https://example.com\n", Silent),
        case("a URL with words", "a.md", "postgres://user:password@localhost/db\n", Silent),
        case("an environment read", "a.py", "password = os.environ['DB_PASSWORD']\n", Silent),
        case("a template", "a.yml", "token: ${{ secrets.TOKEN }}\n", Silent),
        case("an expression", "a.js", "const password = form.elements.password.value;\n", Silent),
        case(
            "a translation",
            "de.json",
            "{\"password\": \"Passwort vergessen?\", \"token\": \"Sicherheitsschlüssel\"}\n",
            Silent,
        ),
        case("a placeholder", ".env.example", "API_KEY=your-api-key-here\n", Silent),
        case(
            "a Kubernetes Secret of words",
            "s.yml",
            "kind: Secret\ndata:\n  username: YWRtaW4=\n",
            Silent,
        ),
        case(
            "a picture in a page",
            "a.html",
            format!("<img src=\"data:image/png;base64,iVBORw0KGgo{base64}\">\n"),
            Silent,
        ),
        case("a PGP key's id", "a.yml", "gpg_key: 0x4A3F9E1B2C5D6E7F\n", Silent),
        case("a commit's id", "a.yml", fill("ref: ‹hex 40›\n", 1), Silent),
    ]);
}

#[test]
fn keys_in_the_forms_of_every_day_are_blocked() {
    let stripe = keys::stripe(1).value();
    let password = fill("‹base62 20›", 5);
    let escaped = pkcs8().replace('\n', "\\n");
    let account = format!(
        "{{\"type\": \"service_account\", \"project_id\": \"acme\", \"private_key\": \"{escaped}\"}}\n"
    );
    let phrase =
        "gravity mach¦ine avocado lens upset tornado hollow pepper oxygen pigeon ripple eye";
    let words: Vec<String> = fill(phrase, 0).split(' ').map(|word| format!("\"{word}\"")).collect();
    judge(vec![
        case(".env", ".env", format!("STRIPE_SECRET_KEY={stripe}\n"), Blocked(STRIPE)),
        case(
            "a password in .env",
            ".env",
            format!("DB_PASSWORD={password}\n"),
            Blocked("generic-"),
        ),
        case(
            "a URL",
            "db.py",
            format!("url = 'postgres://app:{password}@db.acme.dev/app'\n"),
            Blocked("password"),
        ),
        case(
            "a header",
            "a.sh",
            format!("curl -H 'Authorization: Bearer {stripe}' https://x.dev\n"),
            Blocked(STRIPE),
        ),
        case("a call's argument", "a.py", format!("stripe.Client('{stripe}')\n"), Blocked(STRIPE)),
        case(
            "JSON in a string",
            "a.py",
            format!("s = '{{\\\"key\\\": \\\"{stripe}\\\"}}'\n"),
            Blocked(STRIPE),
        ),
        case(
            "a notebook",
            "a.ipynb",
            format!("{{\"cells\": [{{\"source\": [\"key = '{stripe}'\\n\"]}}]}}\n"),
            Blocked(STRIPE),
        ),
        case("PKCS#8", "server.txt", pkcs8(), Blocked("pkcs8-private-key")),
        case(
            "PKCS#8 in one line",
            ".env",
            format!("KEY=\"{escaped}\"\n"),
            Blocked("pkcs8-private-key"),
        ),
        case("Apple's .p8", "AuthKey_ABC.p8", pkcs8(), Blocked("pkcs8-private-key")),
        case(
            "PEM in base64",
            "a.yml",
            format!("key: {}\n", BASE64_STANDARD.encode(pkcs8())),
            Blocked("base64-private-key"),
        ),
        case("a service account", "a.json", account, Blocked("google-service-account-key")),
        case(
            "a recovery phrase",
            ".env",
            format!("MNEMONIC=\"{}\"\n", fill(phrase, 0)),
            Blocked("bip39-recovery-phrase"),
        ),
        case(
            "a recovery phrase as a list",
            "a.js",
            format!("const mnemonic = [{}];\n", words.join(", ")),
            Blocked("bip39-recovery-phrase"),
        ),
        case(
            "Ethereum",
            "a.env",
            fill("PRIVATE_KEY=0x‹hex 64›\n", 1),
            Blocked("ethereum-private-key"),
        ),
        case(
            "WireGuard",
            "wg0.conf",
            fill("[Interface]\nPrivateKey = ‹base64 42›A=\n", 1),
            Blocked("wireguard-private-key"),
        ),
    ]);
}

#[test]
fn files_that_are_keys_are_known_by_their_content() {
    let kdbx =
        [&[0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5][..], fill("‹base64 300›", 1).as_bytes()]
            .concat();
    let keytab = {
        let mut entry =
            b"\0\x02\0\x04ACME\0\x04HTTP\0\x03web\0\0\0\x01\0\0\0\0\x02\0\x12\0\x20".to_vec();
        entry.extend(fill("‹base64 32›", 1).bytes());
        [&[5, 2][..], &(entry.len() as u32).to_be_bytes(), &entry].concat()
    };
    let locked = fill(
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,‹HEX 32›\n\n‹base64 64›\n‹base64 64›",
        1,
    );
    judge(vec![
        case("KeePass", "notes.dat", kdbx.clone(), Named("keepass-database")),
        case("KeePass in base64", "a.txt", BASE64_STANDARD.encode(kdbx), Named("base64-key-store")),
        case("a keytab", "web", keytab, Blocked("kerberos-keytab")),
        case(
            "an encrypted PEM",
            "a.key",
            pem("RSA PRIVATE", &locked),
            Named("encrypted-private-key"),
        ),
    ]);
}

#[test]
fn key_stores_made_by_their_tools_are_known_by_their_content() {
    let sandbox = Sandbox::new();
    let make = |script: &str| {
        let run = sandbox.run(sandbox.path(), "sh", &["-ec", script], &[], b"");
        (run.code == 0).then(|| std::fs::read(sandbox.path().join("made")).unwrap())
    };
    let pair =
        "rm -f made; openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout k -out c 2>&1";
    let pfx = "openssl pkcs12 -export -inkey k -in c -out made";
    let java = "rm -f made; keytool -genkeypair -alias a -keyalg EC -dname CN=a -keystore made -storetype JKS";
    let mut cases = Vec::new();
    for (what, script, verdict) in [
        ("PKCS#12", format!("{pair}; {pfx} -passout pass:x7Kq"), Named("pkcs12-key-store")),
        (
            "PKCS#12, open",
            format!("{pair}; {pfx} -keypbe NONE -certpbe NONE -passout pass:x"),
            Blocked("pkcs12-key-store"),
        ),
        (
            "PKCS#12 of certificates",
            format!("{pair}; openssl pkcs12 -export -nokeys -in c -out made -passout pass:x"),
            Silent,
        ),
        (
            "DER, RSA",
            format!("{pair}; openssl rsa -in k -outform DER -out made"),
            Blocked("der-private-key-file"),
        ),
        (
            "DER, PKCS#8",
            format!("{pair}; openssl pkcs8 -topk8 -nocrypt -in k -outform DER -out made"),
            Blocked("der-private-key-file"),
        ),
        (
            "DER, encrypted",
            format!("{pair}; openssl pkcs8 -topk8 -passout pass:x7 -in k -outform DER -out made"),
            Named("der-private-key-file"),
        ),
        (
            "DER, a public key",
            format!("{pair}; openssl rsa -in k -pubout -outform DER -out made"),
            Silent,
        ),
        (
            "DER, a certificate",
            format!("{pair}; openssl x509 -in c -outform DER -out made"),
            Silent,
        ),
        (
            "PEM, encrypted",
            format!("{pair}; openssl pkcs8 -topk8 -passout pass:x7 -in k -out made"),
            Named("encrypted-private-key"),
        ),
        (
            "OpenSSH, encrypted",
            "rm -f made; ssh-keygen -q -t ed25519 -N x7Kq9 -f made".to_owned(),
            Named("encrypted-private-key"),
        ),
        (
            "Java",
            format!("{java} -storepass x7Kq9zz -keypass x7Kq9zz 2>&1"),
            Named("java-key-store"),
        ),
        (
            "Java, the usual password",
            format!("{java} -storepass changeit -keypass changeit 2>&1"),
            Blocked("java-key-store"),
        ),
        (
            "Android's debug key",
            format!(
                "{} -storepass android -keypass android 2>&1",
                java.replace("-alias a", "-alias androiddebugkey")
            ),
            Silent,
        ),
    ] {
        // Without the tool there is nothing to judge.
        if let Some(content) = make(&script) {
            cases.push(case(what, "assets/data.bin", content, verdict));
        }
    }
    judge(cases);
}

#[test]
#[ignore = "waits for decoding: archives and encodings are not opened yet"]
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
