//! The languages for which there is code that reads a secret.

use clap::ValueEnum;

/// A language, or a kind of file that tools read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Python.
    #[value(alias = "py")]
    Python,
    /// JavaScript.
    #[value(alias = "js", alias = "node")]
    Javascript,
    /// TypeScript.
    #[value(alias = "ts")]
    Typescript,
    /// Go.
    #[value(alias = "golang")]
    Go,
    /// Java.
    Java,
    /// Kotlin.
    #[value(alias = "kt")]
    Kotlin,
    /// Ruby.
    #[value(alias = "rb")]
    Ruby,
    /// PHP.
    Php,
    /// C#.
    #[value(alias = "c#", alias = "cs", alias = "dotnet")]
    Csharp,
    /// Rust.
    #[value(alias = "rs")]
    Rust,
    /// Shell.
    #[value(alias = "sh", alias = "bash", alias = "zsh")]
    Shell,
    /// Terraform.
    #[value(alias = "tf")]
    Terraform,
    /// Dockerfile.
    #[value(alias = "docker")]
    Dockerfile,
    /// GitHub Actions workflow.
    #[value(alias = "github-actions")]
    Github,
    /// GitLab pipeline.
    Gitlab,
    /// CircleCI pipeline.
    Circleci,
    /// Travis CI pipeline.
    Travis,
    /// Jenkinsfile.
    #[value(alias = "jenkinsfile", alias = "groovy")]
    Jenkins,
    /// Kubernetes manifest.
    #[value(alias = "k8s")]
    Kubernetes,
    /// Compose file.
    #[value(alias = "docker-compose")]
    Compose,
}

impl Language {
    /// The language of the file at `path`, as its name tells.
    #[must_use]
    pub fn of(path: &[u8]) -> Option<Language> {
        let path = String::from_utf8_lossy(path).to_ascii_lowercase();
        let name = path.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let yaml = matches!(extension, "yml" | "yaml");
        Some(match extension {
            _ if path.contains(".github/workflows/") && yaml => Language::Github,
            _ if path.ends_with(".circleci/config.yml") => Language::Circleci,
            _ if name.ends_with(".gitlab-ci.yml") => Language::Gitlab,
            _ if name == ".travis.yml" => Language::Travis,
            _ if name.starts_with("jenkinsfile") => Language::Jenkins,
            _ if yaml && (name.starts_with("compose.") || name.starts_with("docker-compose")) => {
                Language::Compose
            }
            _ if name.starts_with("dockerfile") || name.starts_with("containerfile") => {
                Language::Dockerfile
            }
            "dockerfile" => Language::Dockerfile,
            "py" | "pyw" => Language::Python,
            "js" | "mjs" | "cjs" | "jsx" => Language::Javascript,
            "ts" | "mts" | "cts" | "tsx" => Language::Typescript,
            "go" => Language::Go,
            "java" => Language::Java,
            "kt" | "kts" => Language::Kotlin,
            "rb" | "rake" => Language::Ruby,
            "php" => Language::Php,
            "cs" => Language::Csharp,
            "rs" => Language::Rust,
            "sh" | "bash" | "zsh" | "ksh" => Language::Shell,
            "tf" | "tfvars" => Language::Terraform,
            _ => return None,
        })
    }

    /// The word for it on the command line.
    #[must_use]
    pub fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_name_tells_its_language() {
        for (path, language) in [
            ("src/app.py", Some(Language::Python)),
            ("web/App.TSX", Some(Language::Typescript)),
            (".github/workflows/ci.yml", Some(Language::Github)),
            (".github/workflows/notes.md", None),
            ("deploy/docker-compose.prod.yml", Some(Language::Compose)),
            ("compose.yaml", Some(Language::Compose)),
            ("ci/deploy.gitlab-ci.yml", Some(Language::Gitlab)),
            ("build/Dockerfile.prod", Some(Language::Dockerfile)),
            ("values.yaml", None),
            ("py", None),
        ] {
            assert_eq!(Language::of(path.as_bytes()), language, "{path}");
        }
    }
}
