//! Passwords that people chose: in URLs, in connection strings. No format tells a real one, so the
//! question is what speaks against it: the documentation's `user:password@host`, a template, a
//! throw-away database on this machine.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::placeholder::stands_for_one;
use super::random::looks_random;
use super::{Candidate, Outcome, Verdict, Vocabulary};

/// Passwords of documentation and of databases made for one test run. Compared without case, without
/// the digits and marks at the end, and with `@`, `0`, `1`, `3`, `$` read as the letters they stand for.
static DUMMIES: Vocabulary = Vocabulary::new(
    "
    password passwd pass passphrase pwd pw pswd psw passwort secret secrets topsecret supersecret
    token key apikey changeme changeit change test tests testing tester testuser testpass
    testpassword testpwd guest demo dev develop development devpass devpassword local localdev
    prod staging admin administrator adminpass adminpassword root rootpass rootpassword rootpw
    toor user username userpass userpassword userpwd usr login name default postgres postgresql
    postgrespw postgrespass postgrespassword pgpass pgpassword psql mysql mysqlpw mysqlpass
    mysqlpassword mariadb mongo mongodb mongopass mongopassword redis redispass redispassword
    rabbit rabbitmq rabbitpass db dbpass dbpassword dbuser database sa oracle tiger scott system
    manager sql neo elastic example sample foo bar baz qux foobar spam eggs hello world abc xyz
    qwerty asdf letmein welcome hunter iloveyou monkey dragon master mypass mypassword mysecret
    mysecretpassword somepass somepassword somesecret something anything whatever yourpassword
    yourpass yourstrongpassword strongpassword securepassword secure bad wrong good invalid valid
    correct fake dummy mock placeholder blank empty none null nil nopass nopassword redacted
    hidden masked private credential credentials auth basic bob alice joe john doe jane minio
    minioadmin docker app application web server client service backend django rails laravel
    xoauthbasic apptoken accesskey custompass passwdonproxy wordpress magic sekret sekrit opensesame pencil x y a b p s
",
);

/// Users that stand for anybody; what follows them is documentation unless it was drawn at random.
static ANYBODY: Vocabulary = Vocabulary::new(
    "
    user username usr name login me myuser myusername someuser your youruser yourusername foo bar
    a u usuario nobody someone somebody alice bob joe john jane test testuser tester example
    guest demo uname auth x id account dbuser db_user userid user1 user2 admin
",
);

/// What a template leaves in a value.
static TEMPLATE: Vocabulary = Vocabulary::new("{ } < > $( %s %d");

/// The last part, any part and the whole of a host of documentation: RFC 2606 and its habits.
static EXAMPLE_DOMAINS: Vocabulary = Vocabulary::new("test invalid example tld localdomain");
static EXAMPLE_PARTS: Vocabulary =
    Vocabulary::new("example yourdomain your- mydomain domain.com foo.");
static EXAMPLE_HOSTS: Vocabulary = Vocabulary::new(
    "host hostname server domain ip address url xxx site.com host.com server.com proxy.com",
);

/// How hosts begin and end that only this machine or its containers reach.
static NEAR_STARTS: Vocabulary = Vocabulary::new("127. 0.0.0.0 192.168.");
static NEAR_ENDS: Vocabulary = Vocabulary::new(".local .localhost .internal");

/// A password between `:` and `@` of a URL that nothing speaks against.
#[must_use]
pub fn url_password(candidate: &Candidate) -> Outcome {
    judge(candidate.value(), || {
        let text = candidate.text;
        let before =
            &text[candidate.matched.start.min(candidate.secret.start)..candidate.secret.start];
        let user_at = memchr::memmem::rfind(before, b"://").map_or(0, |at| at + 3);
        let scheme = &before[..user_at.saturating_sub(3)];
        let user = before[user_at..].strip_suffix(b":").unwrap_or(&before[user_at..]);
        let behind = &text[candidate.secret.end..text.len().min(candidate.secret.end + 256)];
        let behind = behind.strip_prefix(b"@").unwrap_or_default();
        let of_host = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-_[]${}<>%*".contains(byte);
        let host = &behind[..behind.iter().take_while(of_host).count()];
        Login { scheme, user, host }
    })
}

/// A password in `key=value;` or query form that nothing speaks against.
#[must_use]
pub fn plain_password(candidate: &Candidate) -> Outcome {
    judge(candidate.value(), || {
        let matched = &candidate.text[candidate.matched.clone()];
        let behind = &candidate.text[candidate.matched.end..];
        // Cut first: the line may be the whole file.
        let behind = &behind[..behind.len().min(300)];
        let behind = behind.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let host = memchr::memmem::find(matched, b"//")
            .map(|at| until_mark(&matched[at + 2..]))
            .or_else(|| field(matched, &["server=", "data source=", "host=", "address=", "addr="]))
            .or_else(|| memchr::memrchr(b'@', matched).map(|at| until_mark(&matched[at + 1..])))
            // curl's address may follow its user.
            .or_else(|| memchr::memmem::find(behind, b"//").map(|at| until_mark(&behind[at + 2..])))
            .unwrap_or_default();
        let user = field(matched, &["user id=", "userid=", "username=", "user=", "uid="]);
        Login { scheme: b"", user: user.unwrap_or_default(), host }
    })
}

/// Whether `value` is a password of documentation: a word for a password, a name, a row of keys.
#[must_use]
pub fn is_dummy(value: &[u8]) -> bool {
    if value.len() < 4 {
        return true;
    }
    // Without marks, and the same with letters for digits, as far as a listed word may be.
    let (mut bare, mut plain) = ([0; LONGEST_DUMMY], [0; LONGEST_DUMMY]);
    // How many there are, and where the last letter of either ends.
    let (mut length, mut end, mut plain_end) = (0, 0, 0);
    for byte in value.iter().filter(|byte| !b"-_. ".contains(byte)).map(u8::to_ascii_lowercase) {
        let letter = unleet(byte);
        if let (Some(bare), Some(plain)) = (bare.get_mut(length), plain.get_mut(length)) {
            (*bare, *plain) = (byte, letter);
        }
        length += 1;
        end = if byte.is_ascii_alphabetic() { length } else { end };
        plain_end = if letter.is_ascii_alphabetic() { length } else { plain_end };
    }
    let is_word = |text: &[u8], length| text.get(..length).is_some_and(|text| DUMMIES.has(text));
    end == 0 && value.len() < 10
        || is_word(&bare, length)
        || is_word(&bare, end)
        || is_word(&plain, plain_end)
        || is_word(&plain, end)
}

/// No listed dummy is longer.
const LONGEST_DUMMY: usize = 24;

fn unleet(byte: u8) -> u8 {
    match byte {
        b'@' | b'4' => b'a',
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'5' | b'$' => b's',
        b'7' => b't',
        _ => byte,
    }
}

/// What a password is for.
struct Login<'a> {
    scheme: &'a [u8],
    user: &'a [u8],
    host: &'a [u8],
}

/// `login` is read only where the value alone does not tell.
fn judge<'a>(value: &[u8], login: impl FnOnce() -> Login<'a>) -> Outcome {
    let decoded: Cow<[u8]> = percent_decode(value).into();
    let is_coded = matches!(decoded, Cow::Owned(_));
    // The cheapest first: of most one is enough.
    let unusable = |form: &[u8]| is_dummy(form) || is_template(form) || stands_for_one(form);
    if unusable(value) || is_coded && unusable(&decoded) {
        return Verdict::Refuted.into();
    }
    let login = login();
    let host = login.host.to_ascii_lowercase();
    let same = |other: &[u8]| !other.is_empty() && decoded.eq_ignore_ascii_case(other);
    // `shop:shoppass`: the user's name with a word for a password behind it.
    let dressed = !login.user.is_empty()
        && decoded.strip_prefix(login.user).is_some_and(|rest| DUMMIES.has(rest));
    let echoes = dressed
        || same(login.user)
        || same(login.scheme)
        || host.split(|&byte| byte == b'.').any(same);
    if echoes || is_example_host(&host) {
        return Verdict::Refuted.into();
    }
    let anybody = ANYBODY.has(&login.user.to_ascii_lowercase());
    let short_word = decoded.len() < 6 && decoded.iter().all(u8::is_ascii_alphabetic);
    let thrown_away = is_near_host(&host) || anybody || is_template(&host);
    if short_word || (thrown_away && !looks_random(&decoded)) {
        return Verdict::Refuted.into();
    }
    Verdict::Plausible.into()
}

/// Any trace of a template, and names in capitals (`DB_PASSWORD`).
fn is_template(value: &[u8]) -> bool {
    let capitals = value.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    // `$NAME`, `prefix$NAME`: a shell would put something else here.
    let variable = value.windows(4).any(|name| {
        name[0] == b'$' && name[1..].iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
    });
    capitals || variable || value.starts_with(b"$") || TEMPLATE.stands_in(value)
}

/// The hosts of documentation.
fn is_example_host(host: &[u8]) -> bool {
    let last = host.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    EXAMPLE_DOMAINS.has(last) || EXAMPLE_PARTS.stands_in(host) || EXAMPLE_HOSTS.has(host)
}

/// Hosts only this machine or its containers reach: a password there has to look like one.
fn is_near_host(host: &[u8]) -> bool {
    !host.contains(&b'.') || NEAR_STARTS.begins(host) || NEAR_ENDS.ends(host)
}

/// The value of the first of `names`, all of which end in `=`, that stands in `text`.
fn field<'a>(text: &'a [u8], names: &[&str]) -> Option<&'a [u8]> {
    names.iter().find_map(|name| {
        let is_it = |&end: &usize| {
            let start = (end + 1).checked_sub(name.len());
            start.is_some_and(|start| text[start..=end].eq_ignore_ascii_case(name.as_bytes()))
        };
        let end = memchr::memchr_iter(b'=', text).find(is_it)?;
        Some(until_mark(&text[end + 1..]))
    })
}

fn until_mark(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| b";&/?:, \"'\\".contains(byte)).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Verdict {
        let end = text.rfind('@').unwrap();
        let start = text.find("://").unwrap() + 3;
        let start = start + text[start..].find(':').unwrap() + 1;
        let candidate =
            Candidate { text: text.as_bytes(), matched: 0..text.len(), secret: start..end };
        url_password(&candidate).verdict
    }

    #[test]
    fn documentation_and_templates_are_no_passwords() {
        for text in [
            "postgres://user:password@db.acme.net/app",
            "postgres://postgres:postgres@localhost/app",
            "https://me:P%40ssw0rd1@git.acme.net",
            "mysql://root:${PW}@db.acme.net",
            "redis://:$REDIS@r.acme.net",
            "mysql://root:DB_PASSWORD@db.acme.net",
            "https://a:zQ4kT9xWv7Lp@www.example.com/",
            "postgres://app:blue-sky@localhost/app",
            "postgres://shop:shop@db.acme.net/x",
            "emby://l2g:l2gpass@media.acme.net",
            "https://token:x-oauth-basic@git.acme.net",
            "http://me:passwd-on-proxy@proxy.acme.net:8080",
            "ftp://user:{password}@db.acme.net",
            "amqp://guest:guest@rabbit:5672",
            "http://x:%s@h.acme.net",
        ] {
            assert_eq!(url(text), Verdict::Refuted, "{text}");
        }
    }

    #[test]
    fn passwords_that_somebody_chose_are_plausible() {
        for text in [
            "postgres://app:blue-¦sky-42@db.acme.net/app",
            "mysql://shop:Zx9!¦kQ27vL@10.1.2.3/x",
            "redis://:k9wQ2v¦Lp0zT7@localhost:6379",
            "https://deploy:Winter¦%212024@git.acme.net/r.git",
        ] {
            assert_eq!(url(&text.replace('¦', "")), Verdict::Plausible, "{text}");
        }
    }

    #[test]
    fn a_connection_string_names_user_and_host() {
        let judged = |text: &str| {
            let start = text.find("Password=").unwrap() + 9;
            let end = start + text[start..].find(';').unwrap_or(text.len() - start);
            let candidate =
                Candidate { text: text.as_bytes(), matched: 0..end, secret: start..end };
            plain_password(&candidate).verdict
        };
        assert_eq!(
            judged(&"Server=sql.acme.net;User Id=app;Password=blue-¦sky-42;".replace('¦', "")),
            Verdict::Plausible
        );
        assert_eq!(judged("Server=localhost;User Id=sa;Password=blue-sky-42;"), Verdict::Refuted);
        assert_eq!(judged("Server=sql.acme.net;User Id=app;Password=app;"), Verdict::Refuted);
        assert_eq!(
            judged("Server=sql.acme.net;User Id=app;Password=yourStrong(!)Password;"),
            Verdict::Refuted
        );
    }

    #[test]
    fn no_listed_dummy_is_longer_than_what_is_compared() {
        assert!(DUMMIES.words().all(|word| word.len() <= LONGEST_DUMMY));
    }

    /// As [`is_dummy`] was first written: with texts of its own for each form.
    fn is_dummy_plainly(value: &[u8]) -> bool {
        let lower = value.to_ascii_lowercase();
        let bare: Vec<u8> = lower.into_iter().filter(|byte| !b"-_. ".contains(byte)).collect();
        let plain: Vec<u8> = bare.iter().map(|&byte| unleet(byte)).collect();
        let end =
            |text: &[u8]| text.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |at| at + 1);
        value.len() < 4
            || end(&bare) == 0 && value.len() < 10
            || [&bare[..], &bare[..end(&bare)], &plain[..end(&plain)], &plain[..end(&bare)]]
                .iter()
                .any(|form| DUMMIES.has(form))
    }

    proptest! {
        #[test]
        fn a_dummy_is_one_however_it_is_dressed(
            value in "(Passw0rd|P@ssword|ch4ngeme|my-secret|x{0,30}|[a-z0-9!$._-]{0,9}){1,3}",
        ) {
            prop_assert_eq!(is_dummy(value.as_bytes()), is_dummy_plainly(value.as_bytes()));
        }

        #[test]
        fn no_bytes_panic(text in proptest::collection::vec(any::<u8>(), 1..200), at in 0_usize..200, length in 0_usize..50) {
            let start = at.min(text.len());
            let secret = start..text.len().min(start + length);
            let candidate = Candidate { text: &text, matched: 0..text.len(), secret };
            let _ = url_password(&candidate);
            let _ = plain_password(&candidate);
        }
    }
}
