//! The battery on which other tools were tried: what each of them let through or stopped without
//! reason, one row each, by real commits.

mod support;

#[path = "battery/files.rs"]
mod files;
#[path = "battery/wrapped.rs"]
mod wrapped;

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
