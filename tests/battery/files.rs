//! Files that are keys as a whole: stores, containers, binary forms.

use super::*;

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
