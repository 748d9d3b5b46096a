//! What to write in a key's place, in the language of its file.

/// What to write in a place (`line 3`) of the file called `path` instead of the key.
#[must_use]
pub fn instead(path: &[u8], variable: &str, place: &str) -> String {
    if variable.ends_with("_FILE") {
        return format!(
            "take {place} out, keep the key outside the repository and its path in {variable}"
        );
    }
    expression(path, variable).map_or_else(
        || format!("read it from the environment variable {variable} in {place}"),
        |expression| format!("write  {expression}  in {place}"),
    )
}

/// The expression that reads `variable` from the environment, where the language has one.
fn expression(path: &[u8], variable: &str) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    if path.contains(".github/workflows/") {
        return Some(format!("${{{{ secrets.{variable} }}}}"));
    }
    if lower.starts_with("dockerfile") || extension == "dockerfile" {
        return Some(format!("RUN --mount=type=secret,id={variable},env={variable} …"));
    }
    Some(match extension {
        "py" | "pyw" | "ipynb" => format!("os.environ[\"{variable}\"]"),
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" => {
            format!("process.env.{variable}")
        }
        "go" => format!("os.Getenv(\"{variable}\")"),
        "java" | "kt" | "kts" | "scala" | "groovy" => format!("System.getenv(\"{variable}\")"),
        "rb" | "erb" => format!("ENV.fetch(\"{variable}\")"),
        "php" => format!("getenv('{variable}')"),
        "cs" | "vb" => format!("Environment.GetEnvironmentVariable(\"{variable}\")"),
        "rs" => format!("std::env::var(\"{variable}\")?"),
        "swift" => format!("ProcessInfo.processInfo.environment[\"{variable}\"]"),
        "c" | "cc" | "cpp" | "h" | "hpp" => format!("getenv(\"{variable}\")"),
        "ex" | "exs" => format!("System.fetch_env!(\"{variable}\")"),
        "pl" | "pm" => format!("$ENV{{{variable}}}"),
        "lua" => format!("os.getenv(\"{variable}\")"),
        "ps1" => format!("$env:{variable}"),
        "tf" => format!("var.{}", variable.to_ascii_lowercase()),
        "sh" | "bash" | "zsh" | "mk" => format!("\"${variable}\""),
        "yml" | "yaml" | "json" | "properties" | "xml" | "conf" => format!("${{{variable}}}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expression_follows_the_language_of_the_file() {
        for (path, expected) in [
            ("config/prod.py", "os.environ[\"X_KEY\"]"),
            ("web/app.tsx", "process.env.X_KEY"),
            ("main.go", "os.Getenv(\"X_KEY\")"),
            (".github/workflows/ci.yml", "${{ secrets.X_KEY }}"),
            ("compose.yaml", "${X_KEY}"),
            ("deploy.sh", "\"$X_KEY\""),
            ("main.tf", "var.x_key"),
        ] {
            assert_eq!(expression(path.as_bytes(), "X_KEY").as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_key_file_belongs_outside_the_repository() {
        assert!(instead(b"id_rsa", "PRIVATE_KEY_FILE", "line 1").contains("outside"));
        assert_eq!(
            instead(b"notes.txt", "X", "line 1"),
            "read it from the environment variable X in line 1"
        );
        assert_eq!(instead(b"a.go", "X", "line 1"), "write  os.Getenv(\"X\")  in line 1");
    }
}
