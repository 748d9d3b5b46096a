//! Each language, and each place in it.

use super::*;

/// Files with a key at `KEY`, and what stands there afterwards; the program must still parse.
const FIXED: &[(&str, &str, &str)] = &[
    (
        "a.py",
        "\"\"\"What it does.\n\nimport this\n\"\"\"\nfrom __future__ import annotations\nkey = r'KEY'\n",
        "\"\"\"What it does.\n\nimport this\n\"\"\"\nfrom __future__ import annotations\nimport os\nkey = os.environ[\"VAR\"]\n",
    ),
    (
        "a.py",
        "#!/usr/bin/env python3\n'''One line.'''\nf(\"KEY\".encode())\n",
        "#!/usr/bin/env python3\n'''One line.'''\nimport os\nf(os.environ[\"VAR\"].encode())\n",
    ),
    (
        "a.py",
        "import sys, os\nurl = \"https://KEY@example.com/%s\" % x\n",
        "import sys, os\nurl = (\"https://\" + os.environ[\"VAR\"] + \"@example.com/%s\") % x\n",
    ),
    ("a.js", "const key = 'KEY';\n", "const key = process.env.VAR;\n"),
    ("a.py", "key = 'KEY'\nimport os\n", "import os\nkey = os.environ[\"VAR\"]\nimport os\n"),
    (
        "a.js",
        "f({ key: \"KEY\", ok: `Bearer KEY` });\n",
        "f({ key: process.env.VAR, ok: `Bearer ${process.env.VAR}` });\n",
    ),
    ("a.mjs", "f('Bearer KEY')\n", "f(('Bearer ' + process.env.VAR + ''))\n"),
    (
        "a.ts",
        "export const key: string = \"KEY\";\n",
        "export const key: string = process.env.VAR!;\n",
    ),
    (
        "a.go",
        "package main\n\nvar key = \"KEY\"\n",
        "package main\n\nimport \"os\"\n\nvar key = os.Getenv(\"VAR\")\n",
    ),
    (
        "a.go",
        "package main\n\nimport (\n\t\"fmt\"\n)\n\nfunc main() { fmt.Println(`KEY`) }\n",
        "package main\n\nimport (\n\t\"os\"\n\t\"fmt\"\n)\n\nfunc main() { fmt.Println(os.Getenv(\"VAR\")) }\n",
    ),
    (
        "a.go",
        "package main\n\nimport \"fmt\"\n\nconst n = 1\n\nvar key = \"Bearer KEY\" + fmt.Sprint(n)\n",
        "package main\n\nimport \"os\"\n\nimport \"fmt\"\n\nconst n = 1\n\nvar key = (\"Bearer \" + os.Getenv(\"VAR\") + \"\") + fmt.Sprint(n)\n",
    ),
    (
        "A.java",
        "class A {\n    static final String KEY_NAME = \"KEY\";\n}\n",
        "class A {\n    static final String KEY_NAME = System.getenv(\"VAR\");\n}\n",
    ),
    (
        "a.kt",
        "val key = \"KEY\"\nfun f(k: String = \"KEY\") = k\n",
        "val key = System.getenv(\"VAR\")\nfun f(k: String = System.getenv(\"VAR\")) = k\n",
    ),
    (
        "a.rb",
        "Stripe.api_key = \"KEY\" # it's\nx = \"Bearer KEY\"\n",
        "Stripe.api_key = ENV.fetch(\"VAR\") # it's\nx = \"Bearer #{ENV.fetch(\"VAR\")}\"\n",
    ),
    (
        "a.php",
        "<?php\n# it's\nreturn ['key' => 'KEY', 'b' => \"Bearer KEY\"];\n",
        "<?php\n# it's\nreturn ['key' => getenv('VAR'), 'b' => (\"Bearer \" . getenv('VAR') . \"\")];\n",
    ),
    (
        "a.cs",
        "class A { string Key => @\"KEY\"; }\n",
        "class A { string Key => System.Environment.GetEnvironmentVariable(\"VAR\"); }\n",
    ),
    (
        "a.rs",
        "fn f<'a>() -> String {\n    let key = \"KEY\";\n    g(\"KEY\").to_string()\n}\n",
        "fn f<'a>() -> String {\n    let key = &std::env::var(\"VAR\").expect(\"VAR is not set\");\n    g(std::env::var(\"VAR\").expect(\"VAR is not set\").as_str()).to_string()\n}\n",
    ),
    (
        "a.sh",
        "export A=KEY\nB=\"Bearer KEY\"\nC='Bearer KEY'\nD='KEY'\ncurl -u KEY: x\n",
        "export A=\"${VAR:?}\"\nB=\"Bearer ${VAR:?}\"\nC='Bearer '\"${VAR:?}\"''\nD=\"${VAR:?}\"\ncurl -u \"${VAR:?}\": x\n",
    ),
    (
        "compose.yaml",
        "services:\n  app:\n    environment:\n      A: KEY\n      B: \"KEY\"\n",
        "services:\n  app:\n    environment:\n      A: ${VAR:?}\n      B: \"${VAR:?}\"\n",
    ),
    (
        ".github/workflows/a.yml",
        "jobs:\n  a:\n    env:\n      A: KEY\n",
        "jobs:\n  a:\n    env:\n      A: ${{ secrets.VAR }}\n",
    ),
];

#[test]
fn each_language_reads_the_environment_afterwards_and_still_parses() {
    for (name, before, after) in FIXED {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("work");
        let before = before.replace("KEY_NAME", "NAME").replace("KEY", &key(&sandbox, 1));
        let after = after.replace("KEY_NAME", "NAME").replace("VAR", "STRIPE_SECRET_KEY");
        let extension = name.rsplit('.').next().unwrap();
        let unparsed = grammar::fault(extension, &before);
        assert_eq!(unparsed, None, "the case itself");
        repo.stage(name, &before);
        let run = repo.keystop(&["fix", "--yes"]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.stdout, run.stderr);
        assert_eq!(staged(&repo, name), after);
        assert_eq!(read(&repo, name), after);
        assert_eq!(grammar::fault(extension, &after), None, "{after}");
        repo.git(&["commit", "-q", "-m", "passes"]).expect(0);
    }
}

/// Places where a key stays, and a word of the reason.
const REFUSED: &[(&str, &str, &str)] = &[
    ("a.py", "# key = 'KEY'\n", "comment"),
    ("a.py", "key = b'KEY'\n", "bytes"),
    ("a.py", "key = f'{a} KEY'\n", "cannot be split"),
    ("a.py", "key = ('a'\n    'KEY')\n", "side by side"),
    ("a.py", "key = \"\"\"\nKEY\n\"\"\"\n", "several lines"),
    ("a.js", "f({ 'KEY': 1 });\n", "name of a field"),
    ("a.tsx", "const a = <Pay key=\"KEY\" />;\n", "constant"),
    ("a.ts", "type Key = 'KEY';\n", "constant"),
    ("a.go", "package a\n\nconst key = \"KEY\"\n", "constant"),
    ("a.go", "package a\n\nconst (\n\tn = 1\n\tkey = \"KEY\"\n)\n", "constant"),
    ("A.java", "@Value(\"KEY\")\nclass A {}\n", "constant"),
    ("a.kt", "const val KEY_NAME = \"KEY\"\n", "constant"),
    ("a.cs", "class A { const string Key = \"KEY\"; }\n", "constant"),
    ("a.cs", "class A { string Key = $\"{x} KEY\"; }\n", "cannot be split"),
    (
        "a.php",
        "<?php\nclass A {\n    private $keys = [\n        'a' => 'KEY',\n    ];\n}\n",
        "constant",
    ),
    ("a.rs", "const KEY_NAME: &str = \"KEY\";\n", "constant"),
    ("a.rs", "fn f() { println!(\"KEY\"); }\n", "constant"),
    ("a.rs", "fn f() { g(r#\"KEY\"#); }\n", "several lines"),
    ("a.sh", "cat <<END\nkey=KEY\nEND\n", "here-document"),
    ("a.rb", "x = <<~END\n  key = 'KEY'\nEND\n", "here-document"),
    ("a.json", "{\"key\": \"KEY\"}\n", "of this kind"),
    (".env.production", "A=KEY\n", "git rm --cached"),
    ("compose.yaml", "a: {b: KEY}\n", "braces"),
];

#[test]
fn where_it_is_not_safe_nothing_is_changed_and_the_reason_is_told() {
    for (name, before, reason) in REFUSED {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("work");
        repo.stage(name, before.replace("KEY_NAME", "NAME").replace("KEY", &key(&sandbox, 1)));
        let there = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
        let run = repo.keystop(&["fix", "--yes"]).expect(1);
        assert!(run.stdout.contains(reason), "{name}: no {reason:?} in:\n{}", run.stdout);
        assert_eq!((work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout), there);
    }
}

#[test]
fn what_can_be_fixed_is_while_the_rest_is_told() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage("a.py", format!("one = '{}'\ntwo = b'{}'\n", key(&sandbox, 1), key(&sandbox, 2)));
    let run = repo.keystop(&["fix", "--yes"]).expect(1);
    assert!(run.stdout.contains("a.py:2:9\n"), "{}", run.stdout);
    let now = staged(&repo, "a.py");
    assert!(
        now.starts_with("import os\none = os.environ[\"STRIPE_SECRET_KEY\"]\ntwo = b'"),
        "{now}"
    );
}

#[test]
fn a_private_key_of_several_lines_stays() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let value = key(&sandbox, 1);
    repo.stage("a.py", format!("# see below\nkey = '''{value}\n'''\n"));
    let run = repo.keystop(&["fix", "--yes"]).expect(1);
    assert!(run.stdout.contains("several lines"), "{}", run.stdout);
}
