//! PowerShell scripts, judged by a grammar that is not ours.

use tree_sitter::{Node, Parser};

/// Places in a script that the grammar does not understand: line and text.
pub fn errors(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    visit(script, &mut |node, text| {
        if node.is_error() || node.is_missing() {
            found.push(format!(
                "line {}: {}",
                node.start_position().row + 1,
                text.chars().take(80).collect::<String>()
            ));
        }
    });
    found
}

/// Names of all commands that a script calls.
pub fn commands(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    visit(script, &mut |node, text| {
        if node.kind() == "command_name" {
            found.push(text.to_owned());
        }
    });
    found
}

fn visit(script: &str, see: &mut dyn FnMut(Node<'_>, &str)) {
    let mut parser = Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).expect("the grammar fits the parser");
    let tree = parser.parse(script, None).expect("no time limit is set");
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        see(node, script.get(node.byte_range()).unwrap_or_default());
        let mut cursor = node.walk();
        open.extend(node.children(&mut cursor));
    }
}
