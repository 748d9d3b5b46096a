//! Parsers of the languages keystop writes code in, on every machine.

use tree_sitter::{Node, Parser};

/// The grammar of files that end so.
fn grammar(extension: &str) -> tree_sitter::Language {
    match extension {
        "py" => tree_sitter_python::LANGUAGE.into(),
        "js" | "mjs" => tree_sitter_javascript::LANGUAGE.into(),
        "ts" | "mts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        "go" => tree_sitter_go::LANGUAGE.into(),
        "java" => tree_sitter_java::LANGUAGE.into(),
        "kt" => tree_sitter_kotlin_ng::LANGUAGE.into(),
        "rb" => tree_sitter_ruby::LANGUAGE.into(),
        "php" => tree_sitter_php::LANGUAGE_PHP.into(),
        "cs" => tree_sitter_c_sharp::LANGUAGE.into(),
        "rs" => tree_sitter_rust::LANGUAGE.into(),
        "sh" => tree_sitter_bash::LANGUAGE.into(),
        "tf" => tree_sitter_hcl::LANGUAGE.into(),
        "groovy" => tree_sitter_groovy::LANGUAGE.into(),
        "yml" | "yaml" => tree_sitter_yaml::LANGUAGE.into(),
        "Dockerfile" => tree_sitter_containerfile::LANGUAGE.into(),
        _ => panic!("no grammar for .{extension}"),
    }
}

/// Where `code` does not parse, in words; `None` where all of it does.
pub fn fault(extension: &str, code: &str) -> Option<String> {
    let mut parser = Parser::new();
    parser.set_language(&grammar(extension)).unwrap();
    let tree = parser.parse(code, None).unwrap();
    first_error(tree.root_node()).map(|node| {
        let at = node.start_position();
        let line = code.lines().nth(at.row).unwrap_or_default();
        format!("line {}, column {}: {line}", at.row + 1, at.column + 1)
    })
}

fn first_error(node: Node) -> Option<Node> {
    if !node.has_error() {
        return None;
    }
    if node.is_error() || node.is_missing() {
        return Some(node);
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).find_map(first_error)
}
