//! Scripts read by a grammar of PowerShell: whether they parse, their commands with parameters, and their literals decoded.
#![allow(dead_code)] // each test file uses its part

use std::collections::{BTreeMap, BTreeSet};
use tree_sitter::{Node, Parser, Tree};

/// A script as the grammar reads it.
pub struct Script {
    text: String,
    tree: Tree,
}

/// One command of a script.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    /// Parameters without `-`, with the text behind each.
    pub parameters: Vec<(String, String)>,
}

impl Script {
    /// Reads a file: with byte order mark and the line ends of Windows.
    pub fn read(name: &str, bytes: &[u8]) -> Script {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        let body = text
            .strip_prefix('\u{feff}')
            .unwrap_or_else(|| panic!("{name} has no byte order mark"));
        assert!(
            !body.replace("\r\n", "").contains(['\r', '\n']),
            "{name} has other line ends"
        );
        Script::parse(body)
    }

    /// Reads the text of a script.
    pub fn parse(text: &str) -> Script {
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_powershell::LANGUAGE.into())
            .expect("the grammar fits the parser");
        let tree = parser.parse(text, None).expect("a tree");
        Script {
            text: text.to_owned(),
            tree,
        }
    }

    /// The first place that the grammar does not take.
    pub fn error(&self) -> Option<String> {
        let mut found = None;
        self.walk(&mut |node| {
            if (node.is_error() || node.is_missing()) && found.is_none() {
                let line = node.start_position().row;
                found = Some(format!(
                    "line {}: {}",
                    line + 1,
                    self.text.lines().nth(line).unwrap_or_default()
                ));
            }
        });
        found
    }

    fn walk(&self, visit: &mut impl FnMut(Node)) {
        fn down(node: Node, visit: &mut impl FnMut(Node)) {
            visit(node);
            for index in 0..node.child_count() {
                if let Some(child) = node.child(index) {
                    down(child, visit);
                }
            }
        }
        down(self.tree.root_node(), visit);
    }

    fn of(&self, node: Node) -> &str {
        &self.text[node.byte_range()]
    }

    /// All commands, in order.
    pub fn calls(&self) -> Vec<Call> {
        let mut found = Vec::new();
        self.walk(&mut |node| {
            if node.kind() == "command" {
                found.extend(self.call(node));
            }
        });
        found
    }

    fn call(&self, node: Node) -> Option<Call> {
        let name = self.of(node.child_by_field_name("command_name")?).to_owned();
        let mut call = Call {
            name,
            parameters: Vec::new(),
        };
        if let Some(elements) = node.child_by_field_name("command_elements") {
            for index in 0..elements.child_count() {
                let Some(element) = elements.child(index) else { continue };
                let text = self.of(element);
                if element.kind() == "command_parameter" {
                    let name = text.trim_start_matches('-').trim_end_matches(':');
                    call.parameters.push((name.to_owned(), String::new()));
                } else if let Some((_, value)) = call.parameters.last_mut() {
                    value.push_str(text);
                }
            }
        }
        Some(call)
    }

    /// Functions that the script defines, with their parameters.
    pub fn functions(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        self.walk(&mut |node| {
            if node.kind() == "function_statement" {
                let text = self.of(node);
                let name = text
                    .trim_start_matches("function")
                    .split_whitespace()
                    .next()
                    .unwrap_or_default();
                let declared = text
                    .split("param(")
                    .nth(1)
                    .and_then(|rest| rest.split(")\r\n").next())
                    .unwrap_or_default();
                let parameters = declared
                    .split('$')
                    .skip(1)
                    .map(|p| p.chars().take_while(|c| c.is_ascii_alphanumeric()).collect());
                found.insert(name.to_owned(), parameters.collect());
            }
        });
        found
    }

    /// All literals of the script, decoded: texts, and texts with characters added by their number.
    pub fn literals(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.walk(&mut |node| match node.kind() {
            "verbatim_string_characters" | "parenthesized_expression" => {
                found.extend(decoded(self.of(node)));
            }
            _ => {}
        });
        found
    }
}

/// `'it''s'` or `('a' + [char]10 + 'b')` as the text that PowerShell makes of it.
pub fn decoded(text: &str) -> Option<String> {
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text);
    let mut rest: Vec<char> = inner.chars().collect();
    rest.reverse();
    let mut found = String::new();
    loop {
        match rest.pop()? {
            '\'' => loop {
                let c = rest.pop()?;
                if !is_quote(c) {
                    found.push(c);
                    continue;
                }
                match rest.last() {
                    Some(next) if is_quote(*next) => {
                        found.push(c);
                        rest.pop();
                    }
                    _ => break,
                }
            },
            '[' => {
                for expected in "char]".chars() {
                    if rest.pop()? != expected {
                        return None;
                    }
                }
                let mut digits = String::new();
                while rest.last().is_some_and(char::is_ascii_digit) {
                    digits.extend(rest.pop());
                }
                found.push(char::from_u32(digits.parse().ok()?)?);
            }
            _ => return None,
        }
        if rest.is_empty() {
            return Some(found);
        }
        for expected in " + ".chars() {
            if rest.pop()? != expected {
                return None;
            }
        }
    }
}

/// What ends a text in single quotes, by the language specification.
fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}
