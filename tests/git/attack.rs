//! Settings of a repository that steer what git shows. None of them may steer what is judged.

use crate::support::Repo;
use crate::verdict::{STRIPE, by_hand, key_line, passes, refused, script};

/// Asserts that a key in `config.py` is found by the cache-tree, by git's own difference, and by
/// hand, in whatever state the repository is now, and that a clean file passes.
#[track_caller]
fn found_every_way(repo: &Repo) {
    let line = key_line(repo.sandbox, 1);
    repo.stage("config.py", &line);
    refused(repo, &["commit", "-q", "-m", "a key"]);
    refused(repo, &["commit", "-q", "-m", "a key", "--", "config.py"]);
    by_hand(repo).expect(1).says(STRIPE);
    let clean = format!("clean = {}\n", repo.git(&["rev-list", "--count", "HEAD"]).stdout.len());
    repo.stage("config.py", format!("{clean}# {}\n", repo.id("HEAD")));
    passes(repo, &["commit", "-q", "-m", "clean"]);
}

cases! {
fn attributes_hide_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    for attributes in [
        "* -diff", "* binary", "*.py -text -diff -merge", "* diff=nothing", "* filter=none",
        "* export-ignore", "* linguist-generated", "* linguist-vendored", "* eol=crlf", "* whitespace=-all",
        "[attr]hidden -diff\n* hidden", "config.py -diff\n* !diff",
    ] {
        repo.write(".gitattributes", format!("{attributes}\n"));
        found_every_way(&repo);
        repo.git(&["add", ".gitattributes"]).expect(0);
        found_every_way(&repo);
    }
}

fn attributes_outside_the_tree_hide_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write(".git/info/attributes", "* -diff\n");
    found_every_way(&repo);
    repo.write("../attributes", "* binary\n");
    repo.git(&["config", "core.attributesFile", "../attributes"]).expect(0);
    found_every_way(&repo);
    repo.write("../home/.config/git/attributes", "* -diff\n");
    repo.git(&["config", "--unset", "core.attributesFile"]).expect(0);
    found_every_way(&repo);
    repo.git(&["config", "attr.tree", "HEAD"]).expect(0);
    found_every_way(&repo);
}

fn a_textconv_that_prints_nothing_hides_nothing_and_is_not_run(sandbox) {
    let repo = sandbox.with_commit("work");
    let textconv = script(&repo, "../textconv", "echo run >>../ran");
    repo.write(".gitattributes", "* diff=nothing\n");
    repo.git(&["config", "diff.nothing.textconv", &textconv]).expect(0);
    repo.git(&["config", "diff.nothing.binary", "true"]).expect(0);
    found_every_way(&repo);
    assert!(!repo.path.join("../ran").exists(), "the textconv ran");
}

fn an_external_difference_hides_nothing_and_is_not_run(sandbox) {
    let repo = sandbox.with_commit("work");
    let external = script(&repo, "../external", "echo run >>../ran");
    repo.git(&["config", "diff.external", &external]).expect(0);
    found_every_way(&repo);
    repo.git(&["config", "diff.own.command", &external]).expect(0);
    repo.write(".gitattributes", "* diff=own\n");
    found_every_way(&repo);
    assert!(!repo.path.join("../ran").exists(), "the external difference ran");
}

fn a_clean_filter_decides_what_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.write("../line", &line);
    repo.write(".gitattributes", "*.out filter=takes\n*.in filter=gives\n");
    repo.git(&["config", "filter.takes.clean", "grep -v stripe || true"]).expect(0);
    repo.git(&["config", "filter.takes.smudge", "cat - ../line"]).expect(0);
    repo.git(&["config", "filter.gives.clean", "cat - ../line"]).expect(0);
    repo.stage("config.out", format!("clean\n{line}"));
    passes(&repo, &["commit", "-q", "-m", "the filter took it out"]);
    repo.stage("config.in", "clean\n");
    refused(&repo, &["commit", "-q", "-m", "the filter put it in"]).says("config.in:2:");
}

fn filters_are_not_run_by_the_hook(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.write(".gitattributes", "* filter=loud\n");
    let filter = script(&repo, "../filter", "echo run >>../ran; cat");
    for name in ["clean", "smudge", "process"] {
        repo.git(&["config", &format!("filter.loud.{name}"), &filter]).expect(0);
    }
    repo.git(&["config", "filter.loud.required", "true"]).expect(0);
    by_hand(&repo).expect(1);
    assert!(!repo.path.join("../ran").exists(), "a filter ran");
}

fn a_working_tree_encoding_is_undone_by_git(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.write(".gitattributes", "*.txt text working-tree-encoding=UTF-16LE\n");
    let content: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.stage("config.txt", content);
    refused(&repo, &["commit", "-q", "-m", "encoded"]);
}

fn settings_of_git_diff_hide_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("before.py", key_line(sandbox, 5));
    repo.commit_unasked("so that renames have something to find");
    repo.write("../order", "*.txt\n");
    for (name, value) in [
        ("color.ui", "always"), ("color.diff", "always"), ("color.diff.meta", "red"),
        ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("diff.srcPrefix", "x/"),
        ("diff.algorithm", "histogram"), ("diff.renames", "copies"), ("diff.renameLimit", "1"),
        ("diff.orderFile", "../order"),
        ("diff.ignoreSubmodules", "all"), ("diff.relative", "true"), ("diff.context", "0"),
        ("diff.interHunkContext", "9"), ("diff.wordRegex", "."), ("diff.colorMoved", "zebra"),
        ("diff.suppressBlankEmpty", "true"), ("diff.statGraphWidth", "1"), ("diff.submodule", "log"),
        ("diff.wsErrorHighlight", "all"), ("diff.indentHeuristic", "false"), ("diff.autoRefreshIndex", "false"),
        ("core.quotePath", "false"), ("core.abbrev", "4"), ("core.pager", "false"), ("pager.diff-index", "false"),
        ("core.precomposeUnicode", "true"), ("core.ignoreCase", "true"), ("core.bigFileThreshold", "1"),
        ("core.fileMode", "false"), ("core.symlinks", "false"), ("core.autocrlf", "true"), ("core.eol", "crlf"),
        ("core.checkStat", "minimal"), ("core.trustctime", "false"), ("core.preloadIndex", "false"),
        ("core.commentChar", ";"), ("core.whitespace", "cr-at-eol"), ("core.editor", "false"),
        ("log.showSignature", "true"), ("log.follow", "true"), ("log.mailmap", "true"),
        ("i18n.logOutputEncoding", "UTF-16"), ("i18n.commitEncoding", "ISO-8859-1"), ("advice.detachedHead", "false"),
        ("alias.diff-index", "!true"), ("alias.cat-file", "!true"), ("alias.rev-parse", "!true"),
        ("submodule.recurse", "true"), ("status.showUntrackedFiles", "no"), ("commit.verbose", "true"),
        ("core.looseCompression", "0"), ("core.deltaBaseCacheLimit", "1"), ("core.packedGitLimit", "1"),
    ] {
        repo.git(&["config", name, value]).expect(0);
        found_every_way(&repo);
        repo.git(&["config", "--unset", name]).expect(0);
    }
}

fn a_relative_difference_from_below_hides_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", "diff.relative", "true"]).expect(0);
    repo.stage("below/clean.txt", "clean\n");
    repo.stage("config.py", key_line(sandbox, 1));
    let below = Repo { sandbox, path: repo.path.join("below") };
    refused(&below, &["commit", "-q", "-m", "a key"]);
    refused(&below, &["commit", "-q", "-m", "a key", "--", "../config.py"]);
    by_hand(&below).expect(1);
}

fn a_file_system_monitor_is_not_run_by_the_hook(sandbox) {
    let repo = sandbox.with_commit("work");
    let monitor = script(&repo, "../monitor", "echo run >>../ran; exit 1");
    repo.git(&["config", "core.fsmonitor", &monitor]).expect(0);
    found_every_way(&repo);
    repo.stage("config.py", key_line(sandbox, 1));
    let _ = std::fs::remove_file(repo.path.join("../ran"));
    by_hand(&repo).expect(1);
    // Without a cache-tree git itself must be asked.
    repo.git(&["reset", "-q"]).expect(0);
    repo.git(&["add", "-N", "config.py"]).expect(0);
    repo.stage("other.py", key_line(sandbox, 2));
    let _ = std::fs::remove_file(repo.path.join("../ran"));
    by_hand(&repo).expect(1);
    assert!(!repo.path.join("../ran").exists(), "the monitor ran");
}

fn a_file_system_monitor_that_says_nothing_changed_hides_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    let monitor = script(&repo, "../monitor", "printf 'token\\0'");
    repo.git(&["config", "core.fsmonitor", &monitor]).expect(0);
    repo.git(&["config", "core.fsmonitorHookVersion", "2"]).expect(0);
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "a key"]);
}

fn a_pager_is_not_run_by_the_hook(sandbox) {
    let repo = sandbox.with_commit("work");
    let pager = script(&repo, "../pager", "echo run >>../ran");
    for name in ["core.pager", "pager.diff-index", "pager.cat-file", "pager.rev-parse", "pager.diff"] {
        repo.git(&["config", name, &pager]).expect(0);
    }
    found_every_way(&repo);
    assert!(!repo.path.join("../ran").exists(), "the pager ran");
}

fn hooks_of_the_repository_are_not_run_by_the_hook(sandbox) {
    let repo = sandbox.with_commit("work");
    for name in ["post-index-change", "reference-transaction", "fsmonitor-watchman"] {
        script(&repo, &format!(".git/hooks/{name}"), "echo run >>ran");
    }
    repo.stage("config.py", key_line(sandbox, 1));
    let _ = std::fs::remove_file(repo.path.join("ran"));
    by_hand(&repo).expect(1);
    assert!(!repo.path.join("ran").exists(), "a hook ran");
}

fn other_scanners_files_in_the_tree_switch_nothing_off(sandbox) {
    let repo = sandbox.with_commit("work");
    for (name, text) in [
        (".gitleaks.toml", "[allowlist]\npaths = ['.*']\n"),
        (".gitleaksignore", "config.py:stripe:1\n"),
        (".betterleaks.toml", "[allowlist]\npaths = ['.*']\n"),
        (".secrets.baseline", "{\"results\": {}}\n"),
        (".gitguardian.yaml", "version: 2\nsecret:\n  ignored_paths: ['**']\n"),
        (".talismanrc", "fileignoreconfig:\n- filename: config.py\n"),
        (".trufflehogignore", "config.py\n"),
        (".secretsignore", "config.py\n"),
    ] {
        repo.stage(name, text);
        found_every_way(&repo);
    }
}

fn a_keystop_file_in_the_tree_does_not_switch_it_off(sandbox) {
    let repo = sandbox.with_commit("work");
    for text in ["disabled = true\n", "[detectors]\ndisable = [\"*\"]\n", "not toml at all\n", ""] {
        repo.stage("config.py", key_line(sandbox, 1));
        repo.stage(".keystop.toml", text);
        let before = repo.id("HEAD");
        assert_ne!(repo.git(&["commit", "-q", "-m", "a key"]).code, 0, "{text}");
        assert_eq!(repo.id("HEAD"), before);
    }
}

fn replace_refs_hide_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    let key = repo.id(":config.py");
    repo.write("clean.txt", "clean\n");
    let clean = repo.git(&["hash-object", "-w", "clean.txt"]).stdout;
    repo.git(&["replace", &key, clean.trim()]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "a key"]);
    refused(&repo, &["commit", "-q", "-m", "a key", "--", "config.py"]);
    // Nor may HEAD seem to hold it already.
    repo.git(&["replace", "-d", &key]).expect(0);
    let (head, tree) = (repo.id("HEAD"), repo.git(&["write-tree"]).stdout);
    let other = repo.git(&["commit-tree", "-m", "false", tree.trim()]).stdout;
    repo.git(&["replace", &head, other.trim()]).expect(0);
    let run = by_hand(&repo).expect(1);
    run.says(STRIPE);
}

fn grafts_hide_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write(".git/info/grafts", format!("{}\n", repo.id("HEAD")));
    found_every_way(&repo);
}
}
