//! The syntaxes in which people give a value a name.

/// One of them.
pub struct Syntax {
    /// What the table calls it.
    pub name: &'static str,
    case: Case,
    quoting: Quoting,
    /// A whole file, `@` standing for its fields.
    file: &'static str,
    /// `$NAME`, or `$PROVIDER` and `$REST` of it, and `$VALUE`.
    field: &'static str,
}

/// How names are written.
#[derive(Clone, Copy)]
enum Case {
    /// `ACME_API_KEY`
    Upper,
    /// `acme_api_key`
    Snake,
    /// `acmeApiKey`
    Camel,
    /// `AcmeApiKey`
    Pascal,
    /// `Acme-Api-Key`
    Header,
    /// `acme-api-key`
    Kebab,
    /// `acme.api.key`
    Dotted,
}

/// How values are written.
#[derive(Clone, Copy)]
enum Quoting {
    /// In double quotes with backslash escapes.
    Double,
    /// In single quotes, in which only those are escaped.
    Single,
    /// Bare while it can be, else in single quotes.
    Shell,
    /// Bare while it can be, else in double quotes.
    Bare,
    /// As it is; a value of several lines cannot be written so.
    Raw,
    /// In double quotes with entities.
    Xml,
}

/// How many of them, from the first on, are held to the bars.
pub const MEASURED: usize = 12;

/// All of them. The last ones name the provider apart from the key, which is no name at all where
/// the provider is a common word.
pub static ALL: &[Syntax] = &[
    syntax(
        "python",
        Case::Upper,
        Quoting::Double,
        "import os\n\n@\nDEBUG = False\n",
        "$NAME = $VALUE\n",
    ),
    syntax(
        "javascript",
        Case::Camel,
        Quoting::Double,
        "import fs from 'fs';\n@\n",
        "const $NAME = $VALUE;\n",
    ),
    syntax("go", Case::Camel, Quoting::Double, "func main() {\n@}\n", "\t$NAME := $VALUE\n"),
    syntax(
        "java",
        Case::Upper,
        Quoting::Double,
        "public class Main {\n@}\n",
        "    private static final String $NAME = $VALUE;\n",
    ),
    syntax(
        "ruby",
        Case::Snake,
        Quoting::Single,
        "Rails.configure do |config|\n@end\n",
        "  config.$NAME = $VALUE\n",
    ),
    syntax(
        "shell",
        Case::Upper,
        Quoting::Shell,
        "#!/bin/sh\nset -eu\n@\nmake all\n",
        "export $NAME=$VALUE\n",
    ),
    syntax("env", Case::Upper, Quoting::Bare, "PORT=8080\n@LOG=info\n", "$NAME=$VALUE\n"),
    syntax("yaml", Case::Snake, Quoting::Bare, "service: web\n@replicas: 2\n", "$NAME: $VALUE\n"),
    syntax(
        "json",
        Case::Camel,
        Quoting::Double,
        "{\n@  \"port\": 8080\n}\n",
        "  \"$NAME\": $VALUE,\n",
    ),
    syntax("toml", Case::Snake, Quoting::Double, "[server]\n@port = 8080\n", "$NAME = $VALUE\n"),
    syntax(
        "dockerfile",
        Case::Upper,
        Quoting::Bare,
        "FROM debian:12\n@RUN make\n",
        "ENV $NAME=$VALUE\n",
    ),
    syntax(
        "header",
        Case::Header,
        Quoting::Raw,
        "GET /v1 HTTP/1.1\n@Accept: */*\n",
        "X-$NAME: $VALUE\n",
    ),
    syntax(
        "c#",
        Case::Pascal,
        Quoting::Double,
        "class Settings\n{\n@}\n",
        "    public string $NAME { get; set; } = $VALUE;\n",
    ),
    syntax(
        "c# field",
        Case::Pascal,
        Quoting::Double,
        "class Settings\n{\n@}\n",
        "    public const string $NAME = $VALUE;\n",
    ),
    syntax(
        "php",
        Case::Snake,
        Quoting::Single,
        "<?php\nreturn [\n@];\n",
        "    '$NAME' => $VALUE,\n",
    ),
    syntax(
        "rust",
        Case::Upper,
        Quoting::Double,
        "use std::env;\n\n@",
        "pub const $NAME: &str = $VALUE;\n",
    ),
    syntax(
        "kotlin",
        Case::Camel,
        Quoting::Double,
        "object Settings {\n@}\n",
        "    val $NAME: String = $VALUE\n",
    ),
    syntax(
        "swift",
        Case::Camel,
        Quoting::Double,
        "enum Settings {\n@}\n",
        "    public static let $NAME = $VALUE\n",
    ),
    syntax("properties", Case::Dotted, Quoting::Raw, "server.port=8080\n@", "$NAME=$VALUE\n"),
    syntax(
        "xml",
        Case::Pascal,
        Quoting::Xml,
        "<appSettings>\n@</appSettings>\n",
        "  <add key=\"$NAME\" value=$VALUE />\n",
    ),
    syntax(
        "old dockerfile",
        Case::Upper,
        Quoting::Bare,
        "FROM debian:12\n@RUN make\n",
        "ENV $NAME $VALUE\n",
    ),
    syntax(
        "kubernetes",
        Case::Upper,
        Quoting::Double,
        "env:\n@",
        "  - name: $NAME\n    value: $VALUE\n",
    ),
    syntax(
        "nested yaml",
        Case::Snake,
        Quoting::Bare,
        "service: web\n@",
        "$PROVIDER:\n  $REST: $VALUE\n",
    ),
    syntax(
        "argument",
        Case::Snake,
        Quoting::Double,
        "import os\n@",
        "client = $PROVIDER.Client($REST=$VALUE)\n",
    ),
    syntax("flag", Case::Kebab, Quoting::Shell, "#!/bin/sh\n@", "$PROVIDER --$REST $VALUE\n"),
];

const fn syntax(
    name: &'static str,
    case: Case,
    quoting: Quoting,
    file: &'static str,
    field: &'static str,
) -> Syntax {
    Syntax { name, case, quoting, file, field }
}

impl Syntax {
    /// A file with these names and values, if they can be written so.
    pub fn write(&self, fields: &[(&str, &str)]) -> Option<String> {
        let mut written = String::new();
        for (name, value) in fields {
            let (provider, rest) = halves(name);
            let field = self
                .field
                .replace("$NAME", &self.case.write(name))
                .replace("$PROVIDER", &self.case.write(provider))
                .replace("$REST", &self.case.write(rest));
            let (before, behind) = field.split_once("$VALUE")?;
            written.extend([before, &self.quoting.write(value)?, behind]);
        }
        Some(self.file.replace('@', &written))
    }
}

/// `ACME` and `API_KEY`.
fn halves(name: &str) -> (&str, &str) {
    let (rest, last) = name.rsplit_once('_').unwrap_or((name, "KEY"));
    match rest.rsplit_once('_') {
        Some((provider, "API" | "ACCESS" | "AUTH" | "CLIENT" | "SECRET" | "PRIVATE")) => {
            (provider, &name[provider.len() + 1..])
        }
        _ => (rest, last),
    }
}

impl Case {
    fn write(self, name: &str) -> String {
        let capital = |word: &str| word[..1].to_owned() + &word[1..].to_ascii_lowercase();
        let lower = name.to_ascii_lowercase();
        let words = || name.split('_').filter(|word| !word.is_empty());
        match self {
            Case::Upper => name.to_owned(),
            Case::Snake => lower,
            Case::Kebab => lower.replace('_', "-"),
            Case::Dotted => lower.replace('_', "."),
            Case::Pascal => words().map(capital).collect(),
            Case::Header => words().map(capital).collect::<Vec<_>>().join("-"),
            Case::Camel => {
                let first = words().next().unwrap_or_default().to_ascii_lowercase();
                first + &words().skip(1).map(capital).collect::<String>()
            }
        }
    }
}

impl Quoting {
    fn write(self, value: &str) -> Option<String> {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let bare = !value.starts_with(['@', '%', '-'])
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_./+=:@%,-".contains(&byte));
        match self {
            Quoting::Bare | Quoting::Shell if bare => Some(value.to_owned()),
            Quoting::Double | Quoting::Bare => Some(format!("\"{escaped}\"")),
            Quoting::Single => {
                Some(format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'")))
            }
            Quoting::Shell => Some(format!("'{}'", value.replace('\'', "'\\''"))),
            Quoting::Raw => (!value.contains('\n')).then(|| value.to_owned()),
            Quoting::Xml => {
                let entities =
                    value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
                Some(format!("\"{entities}\""))
            }
        }
    }
}
