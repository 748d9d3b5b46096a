//! Files that tools read: Terraform, Dockerfiles, pipelines, Kubernetes.

use super::*;

/// The grammar's name for a file.
fn extension(name: &str) -> &str {
    match name.rsplit('/').next().unwrap() {
        "Jenkinsfile" => "groovy",
        name if name.ends_with("ockerfile") => "Dockerfile",
        name => name.rsplit('.').next().unwrap().trim_end_matches("vars"),
    }
}

/// Files with a key at `KEY`, what stands there afterwards, and the variable in `.env`.
const FIXED: &[(&str, &str, &str, &str)] = &[
    (
        "main.tf",
        "provider \"stripe\" {\n  api_key = \"KEY\" # it's\n  url     = \"https://KEY@x.example/${f(\"a\")}\"\n}\n",
        "provider \"stripe\" {\n  api_key = var.stripe_secret_key # it's\n  url     = \"https://${var.stripe_secret_key}@x.example/${f(\"a\")}\"\n}\n\nvariable \"stripe_secret_key\" {\n  type      = string\n  sensitive = true\n}\n",
        "TF_VAR_stripe_secret_key",
    ),
    (
        "main.tf",
        "locals {\n  user_data = <<-EOF\n    export A=\"KEY\"\n  EOF\n  b = { c = [upper(\"KEY\")] }\n}\n",
        "locals {\n  user_data = <<-EOF\n    export A=\"${var.stripe_secret_key}\"\n  EOF\n  b = { c = [upper(var.stripe_secret_key)] }\n}\n\nvariable \"stripe_secret_key\" {\n  type      = string\n  sensitive = true\n}\n",
        "TF_VAR_stripe_secret_key",
    ),
    (
        "variables.tf",
        "variable \"pay_key\" {\n  type    = string\n  default = \"KEY\"\n}\n",
        "variable \"pay_key\" {\n  type    = string\n  sensitive = true\n}\n",
        "TF_VAR_pay_key",
    ),
    (
        "variables.tf",
        "variable \"pay_key\" {\n  sensitive = true\n  default   = \"KEY\"\n}\n",
        "variable \"pay_key\" {\n  sensitive = true\n}\n",
        "TF_VAR_pay_key",
    ),
    ("prod.tfvars", "a = 1\npay_key = \"KEY\"\nb = 2\n", "a = 1\nb = 2\n", "TF_VAR_pay_key"),
    (
        "Dockerfile",
        "FROM alpine\nRUN apk add curl && \\\n    curl -u \"KEY:\" https://x.example\nCMD [\"sh\"]\n",
        "FROM alpine\nRUN --mount=type=secret,id=VAR,env=VAR apk add curl && \\\n    curl -u \"${VAR:?}:\" https://x.example\nCMD [\"sh\"]\n",
        "VAR",
    ),
    (
        "Dockerfile",
        "FROM alpine\nENV PAY_KEY=KEY\nRUN ./build.sh\n",
        "FROM alpine\n# PAY_KEY is given when the image runs: docker run --env-file\nRUN ./build.sh\n",
        "PAY_KEY",
    ),
    (
        "Dockerfile",
        "FROM alpine\nENV A=1 \\\n    PAY_KEY=\"KEY\" \\\n    B=2\nCMD ./run \"$PAY_KEY\"\n",
        "FROM alpine\nENV A=1 \\\n    B=2\nCMD ./run \"$PAY_KEY\"\n",
        "PAY_KEY",
    ),
    (
        "deploy/api.dockerfile",
        "FROM alpine\nENV PAY_KEY KEY\nCMD [\"sh\"]\n",
        "FROM alpine\n# PAY_KEY is given when the image runs: docker run --env-file\nCMD [\"sh\"]\n",
        "PAY_KEY",
    ),
    (
        "Dockerfile",
        "FROM alpine\nARG PAY_KEY=KEY\nRUN --network=none ./build.sh \"${PAY_KEY}\"\nRUN ls $PAY_KEYS\n",
        "FROM alpine\n# PAY_KEY is a secret of the build: docker build --secret\nRUN --mount=type=secret,id=PAY_KEY,env=PAY_KEY --network=none ./build.sh \"${PAY_KEY}\"\nRUN ls $PAY_KEYS\n",
        "PAY_KEY",
    ),
    (
        ".gitlab-ci.yml",
        "variables:\n  PAY_KEY: KEY # it's\n\ntest:\n  script:\n    - echo\n",
        "# PAY_KEY is set in the project's CI/CD settings # it's\n\ntest:\n  script:\n    - echo\n",
        "PAY_KEY",
    ),
    (
        ".gitlab-ci.yml",
        "test:\n  variables:\n    A: b\n    PAY_KEY: \"KEY\"\n    URL: https://x.example\n  script:\n    - echo\n",
        "test:\n  variables:\n    A: b\n    # PAY_KEY is set in the project's CI/CD settings\n    URL: https://x.example\n  script:\n    - echo\n",
        "PAY_KEY",
    ),
    (
        ".gitlab-ci.yml",
        "test:\n  variables:\n    URL: https://KEY@x.example\n  script:\n  - curl -u KEY x\n  - 'curl -u \"KEY:\"'\n  - \"curl -u KEY:\"\n  - |\n    if true; then\n      curl -H 'Authorization: Bearer KEY'\n    fi\n",
        "test:\n  variables:\n    URL: https://${VAR}@x.example\n  script:\n  - curl -u \"${VAR:?}\" x\n  - 'curl -u \"${VAR:?}:\"'\n  - \"curl -u ${VAR:?}:\"\n  - |\n    if true; then\n      curl -H 'Authorization: Bearer '\"${VAR:?}\"''\n    fi\n",
        "VAR",
    ),
    (
        ".circleci/config.yml",
        "version: 2.1\njobs:\n  a:\n    docker:\n      - image: cimg/base:current\n        environment:\n          PAY_KEY: KEY\n    steps:\n      - run: curl -u x\n",
        "version: 2.1\njobs:\n  a:\n    docker:\n      - image: cimg/base:current\n        # PAY_KEY is set in the project's settings, or in a context\n    steps:\n      - run: curl -u x\n",
        "PAY_KEY",
    ),
    (
        ".circleci/config.yml",
        "version: 2.1\njobs:\n  a:\n    steps:\n      - run: curl -u KEY x\n      - run:\n          name: deploy\n          command: |\n            export A=KEY\n",
        "version: 2.1\njobs:\n  a:\n    steps:\n      - run: curl -u \"${VAR:?}\" x\n      - run:\n          name: deploy\n          command: |\n            export A=\"${VAR:?}\"\n",
        "VAR",
    ),
    (
        ".travis.yml",
        "env:\n  global:\n    - A=1\n    - PAY_KEY=KEY\nbefore_script: curl -u KEY x\n",
        "env:\n  global:\n    - A=1\n    # PAY_KEY is set in the repository's settings\nbefore_script: curl -u \"${PAY_KEY:?}\" x\n",
        "PAY_KEY",
    ),
    (
        "Jenkinsfile",
        "pipeline {\n    agent any\n    environment {\n        A = 'b'\n        PAY_KEY = 'KEY' // it's\n    }\n    stages { stage('a') { steps { sh 'ls' } } }\n}\n",
        "pipeline {\n    agent any\n    environment {\n        A = 'b'\n        PAY_KEY = credentials('pay-key') // it's\n    }\n    stages { stage('a') { steps { sh 'ls' } } }\n}\n",
        "PAY_KEY",
    ),
    (
        "deploy/api.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: api\n    env:\n    - name: A\n      value: b\n    - name: PAY_KEY\n      value: \"KEY\"\n    image: x\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: api\n    env:\n    - name: A\n      value: b\n    - name: PAY_KEY\n      valueFrom:\n        secretKeyRef:\n          name: pay-key\n          key: PAY_KEY\n    image: x\n",
        "PAY_KEY",
    ),
];

#[test]
fn each_kind_of_file_reads_it_in_its_own_way_and_the_fix_is_undone_to_the_byte() {
    for (name, before, after, variable) in FIXED {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("work");
        let value = key(&sandbox, 1);
        let filled = |text: &str| {
            let text = text.replace("PAY_KEY", "PAY_K¦Y").replace("KEY", &value);
            text.replace("VAR", "STRIPE_SECRET_KEY").replace("K¦Y", "KEY")
        };
        let (before, after) = (filled(before), after.replace("TF_VAR", "TF_V¦R"));
        let after = after.replace("VAR", "STRIPE_SECRET_KEY").replace("V¦R", "VAR");
        assert_eq!(grammar::fault(extension(name), &before), None, "the case itself");
        repo.stage(name, &before);
        let run = repo.keystop(&["fix", "--yes"]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.stdout, run.stderr);
        assert_eq!(staged(&repo, name), after);
        assert_eq!(read(&repo, name), after);
        assert_eq!(grammar::fault(extension(name), &after), None, "{after}");
        let variable = if *variable == "VAR" { "STRIPE_SECRET_KEY" } else { variable };
        let env = read(&repo, ".env");
        assert!(
            env.lines().any(|line| line == format!("{variable}={value}")),
            "{name}: {variable}"
        );
        repo.git(&["commit", "-q", "-m", "passes"]).expect(0);
        repo.git(&["reset", "-q", "--soft", "HEAD^"]).expect(0);
        repo.keystop(&["fix", "--undo"]).expect(0);
        assert!(staged(&repo, name) == before && read(&repo, name) == before, "{name}");
        assert!(!repo.path.join(".env").exists(), "{name}");
    }
}

/// Places where a key stays, and words of the reason.
const REFUSED: &[(&str, &str, &str)] = &[
    ("main.tf", "# a = \"KEY\"\n", "comment"),
    (
        "main.tf",
        "terraform {\n  backend \"s3\" {\n    secret = \"KEY\"\n  }\n}\n",
        "-backend-config",
    ),
    ("main.tf", "output \"a\" {\n  value = \"KEY\"\n}\n", "an output is printed"),
    ("main.tf", "variable \"a\" {\n  default = { b = \"KEY\" }\n}\n", "default out"),
    ("main.tf", "locals {\n  a = { \"KEY\" = 1 }\n}\n", "name of a field"),
    ("prod.tfvars", "a = { b = \"KEY\" }\n", "TF_VAR_"),
    ("Dockerfile", "FROM a\nLABEL a=KEY\n", "mounted secret"),
    ("Dockerfile", "FROM a\nRUN [\"curl\", \"KEY\"]\n", "without brackets"),
    ("Dockerfile", "FROM a\nRUN <<EOF\ncurl KEY\nEOF\n", "here-document"),
    ("Dockerfile", "FROM a\nENV URL=https://KEY@x.example\n", "part of a value"),
    ("Dockerfile", "FROM a\nARG A=KEY\nENV B=$A\n", "later instruction"),
    ("Dockerfile", "# escape=`\nFROM a\nENV A=KEY\n", "escape character"),
    (".gitlab-ci.yml", "a:\n  image: KEY\n", "project's settings"),
    (".gitlab-ci.yml", "a:\n  script: [\"curl KEY\"]\n", "brackets"),
    (".gitlab-ci.yml", "a:\n  script:\n    - \"curl -H \\\"KEY\\\"\"\n", "quoted text"),
    (
        ".circleci/config.yml",
        "jobs:\n  a:\n    environment:\n      URL: https://KEY@x\n",
        "whole variable",
    ),
    (".travis.yml", "env:\n  - A=KEY\n  - A=b\n", "project's settings"),
    ("Jenkinsfile", "node {\n  sh 'curl KEY'\n}\n", "withCredentials: keystop explain stripe-"),
    ("Jenkinsfile", "def environment = [\n  A = 'KEY'\n]\n", "withCredentials"),
    (
        "a.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  a: KEY\n",
        "kubectl create secret generic",
    ),
    ("a.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: KEY\n", "a ConfigMap is"),
    (
        "a.yaml",
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - args: [--key, KEY]\n",
        "secretKeyRef: keystop explain stripe-",
    ),
    ("values.yaml", "a: KEY\n", "of this kind"),
];

#[test]
fn where_such_a_file_cannot_be_changed_safely_one_sentence_says_what_to_do() {
    for (name, before, reason) in REFUSED {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("work");
        repo.stage(name, before.replace("KEY", &key(&sandbox, 1)));
        let there = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
        let run = repo.keystop(&["fix", "--yes"]);
        assert_eq!(run.code, 1, "{name}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(reason), "{name}: no {reason:?} in:\n{}", run.stdout);
        assert_eq!((work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout), there);
    }
}

#[test]
fn terraform_s_variables_are_declared_once_in_the_file_made_for_them() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let (one, two) = (key(&sandbox, 1), key(&sandbox, 2));
    repo.stage("infra/variables.tf", "variable \"stripe_secret_key\" {}\n");
    repo.stage("infra/a.tf", format!("locals {{\n  a = \"{one}\"\n}}\n"));
    repo.stage("infra/b.tf", format!("locals {{\n  b = [\"{one}\", \"{two}\"]\n}}\n"));
    repo.keystop(&["fix", "--yes"]).expect(0);
    // The name that is there already may mean another value.
    assert!(staged(&repo, "infra/a.tf").contains("a = var.stripe_secret_key_2\n"));
    let b = staged(&repo, "infra/b.tf");
    assert!(b.contains("b = [var.stripe_secret_key_2, var.stripe_secret_key_3]\n"), "{b}");
    let variables = staged(&repo, "infra/variables.tf");
    assert_eq!(variables, read(&repo, "infra/variables.tf"));
    assert_eq!(grammar::fault("tf", &variables), None, "{variables}");
    for name in ["stripe_secret_key_2", "stripe_secret_key_3"] {
        assert_eq!(variables.matches(&format!("variable \"{name}\" {{")).count(), 1, "{variables}");
    }
    // A further fix of a key that is known already needs no further declaration.
    repo.stage("infra/c.tf", format!("locals {{\n  c = \"{one}\"\n}}\n"));
    repo.keystop(&["fix", "--yes"]).expect(0);
    assert_eq!(staged(&repo, "infra/variables.tf"), variables);
    assert!(staged(&repo, "infra/c.tf").contains("c = var.stripe_secret_key_2\n"));
}

#[test]
fn a_variable_that_has_another_value_already_is_not_given_a_second_one() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.write(".env", format!("PAY_KEY={}\n", key(&sandbox, 1)));
    repo.stage("Dockerfile", format!("FROM a\nENV PAY_KEY={}\n", key(&sandbox, 2)));
    let run = repo.keystop(&["fix", "--yes"]).expect(1);
    assert!(run.stdout.contains("another value already"), "{}", run.stdout);
}
