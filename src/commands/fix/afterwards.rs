//! What a person does when keys were replaced.

use std::fmt::Write;

use super::env_file::{ENV, EXAMPLE};
use super::plan::Plan;
use super::{hcl, kubernetes};
use crate::report::Language;

/// What to do when it is done.
pub(super) fn afterwards(plan: &Plan) -> String {
    let mut said = String::from("\nkeystop: done. ");
    said.push_str(match plan.refused {
        0 => "No staged file holds a key any more.\n",
        _ => "The keys that stay are listed above.\n",
    });
    let ignore = if plan.ignore.is_some() { " .gitignore" } else { "" };
    let _ = writeln!(said, "  now: git add {EXAMPLE}{ignore}");
    let _ = writeln!(said, "  to run it in a shell: set -a; . ./{ENV}; set +a");
    let mut told = Vec::new();
    for file in &plan.files {
        let mut names = file.variables();
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        for line in elsewhere(file.language, &file.path, &names) {
            if !told.contains(&line) {
                let _ = writeln!(said, "  {line}");
                told.push(line);
            }
        }
    }
    said.push_str("  back again: keystop fix --undo\n");
    said
}

/// Where else the variables must be set for a file of this kind.
fn elsewhere(language: Language, path: &str, names: &[String]) -> Vec<String> {
    if names.is_empty() {
        return Vec::new();
    }
    let all = names.join(", ");
    let each = |line: &dyn Fn(&str) -> String| names.iter().map(|name| line(name)).collect();
    match language {
        Language::Github => vec![format!("for the workflow: gh secret set -f {ENV}")],
        Language::Gitlab => {
            vec![format!(
                "for the pipeline: Settings > CI/CD > Variables, masked and protected: {all}"
            )]
        }
        Language::Circleci => {
            vec![format!("for the pipeline: Project Settings > Environment Variables: {all}")]
        }
        Language::Travis => {
            vec![format!("for the pipeline: Settings > Environment Variables: {all}")]
        }
        Language::Jenkins => each(&|name| {
            let id = kubernetes::secret(name);
            format!("for Jenkins: Manage Jenkins > Credentials: a secret text with the id {id}")
        }),
        Language::Kubernetes => each(&|name| {
            let secret = kubernetes::secret(name);
            format!(
                "for the cluster: grep '^{name}=' {ENV} | kubectl create secret generic {secret} --from-env-file=/dev/stdin"
            )
        }),
        Language::Dockerfile => {
            let secrets: String =
                names.iter().map(|name| format!(" --secret id={name},env={name}")).collect();
            vec![
                format!("for the image's build: docker build{secrets} …"),
                format!("for a container: docker run --env-file {ENV} …"),
            ]
        }
        Language::Terraform if path.split('/').any(|folder| folder == "modules") => each(&|name| {
            let name = name.strip_prefix(hcl::PREFIX).unwrap_or(name);
            format!("in the blocks that call this module: {name} = var.{name}")
        }),
        _ => Vec::new(),
    }
}
