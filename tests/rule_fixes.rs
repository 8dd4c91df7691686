//! The cmdlets in what rules tell people to do: in every fix that a rule gives for the inventories of its page, and in the pages. Each is
//! read by a grammar of PowerShell, each cmdlet exists, and each parameter is one of its own.
//!
//! `texts.csv` holds the fixes, on every Windows version on which they differ; a test beside the rules keeps it true.

#[path = "support/cmdlets.rs"]
mod cmdlets;
#[path = "support/powershell.rs"]
mod powershell;
mod program;

use nicplan::checks::rules::RULES;
use powershell::Script;
use program::project;
use std::collections::BTreeMap;
use std::fs;

/// Cmdlets of PowerShell itself, and those that a page names without parameters.
const LANGUAGE: [&str; 9] = [
    "Format-List",
    "Format-Table",
    "Get-ComputerInfo",
    "Get-HealthFault",
    "Import-Module",
    "New-Object",
    "Select-Object",
    "Stop-Service",
    "Where-Object",
];

/// Words that look like cmdlets.
const WORDS: [&str; 7] = [
    "Cluster-Aware",
    "Cluster-Intent",
    "High-Availability",
    "Hyper-V",
    "Multi-NIC",
    "Set-Edition",
    "Validate-DCB",
];

fn known() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut known = cmdlets::documented();
    known.extend(LANGUAGE.map(|cmdlet| (cmdlet, Vec::new())));
    known
}

/// What a text tells to type: pieces that begin with a cmdlet, up to the words that follow it; and the rest.
struct Typed {
    pieces: Vec<String>,
    rest: String,
}

/// Whether a cmdlet begins here, such as `Set-VMHost`.
fn begins_cmdlet(text: &str) -> bool {
    let word: String = text
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let capital = |part: &str| part.starts_with(|c: char| c.is_ascii_uppercase());
    let Some((verb, noun)) = word.split_once('-') else {
        return false;
    };
    let lower = verb.chars().skip(1).all(|c| c.is_ascii_lowercase());
    verb.len() > 2 && capital(verb) && lower && capital(noun) && !WORDS.contains(&word.as_str())
}

/// Whether something to type begins here: a cmdlet, the same in brackets, or a variable.
fn begins(text: &str) -> bool {
    let variable = text
        .strip_prefix('$')
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_lowercase()));
    let used = variable.is_some_and(|rest| rest.starts_with(" = ") || rest.starts_with('.'));
    used || begins_cmdlet(text) || text.strip_prefix('(').is_some_and(begins_cmdlet)
}

/// Where it ends: at the first sign outside of quotes and brackets behind which people are spoken to.
fn end(text: &str) -> usize {
    const ENDS: [&str; 9] = [";", ", ", ": ", " or ", " and ", " with ", " for ", " on ", ". "];
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let remark = rest
            .strip_prefix(" (")
            .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()));
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            _ if depth == 0 && (remark || ENDS.iter().any(|end| rest.starts_with(end))) => return at,
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' if depth == 0 => return at,
            // `(Get-Cluster).Name = 1` goes on behind its bracket, `(New-VMSwitch)` in a sentence does not.
            ')' if depth == 1 && text.starts_with('(') && !rest.starts_with(").") => return at + 1,
            ')' | '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn typed(text: &str) -> Typed {
    let mut typed = Typed {
        pieces: Vec::new(),
        rest: String::new(),
    };
    let (mut rest, mut before) = (text, ' ');
    while let Some(c) = rest.chars().next() {
        let free = !before.is_ascii_alphanumeric() && before != '-';
        let length = if free && begins(rest) { end(rest) } else { 0 };
        if length > 0 {
            typed.pieces.push(rest[..length].to_owned());
            (rest, before) = (&rest[length..], ' ');
        } else {
            typed.rest.push(c);
            (rest, before) = (&rest[c.len_utf8()..], c);
        }
    }
    typed
}

/// `<the ports>` as something that a cmdlet can be given.
fn filled(piece: &str) -> String {
    let mut filled = String::new();
    let mut rest = piece;
    while let Some((before, (_, after))) = rest.split_once('<').and_then(|(b, r)| Some((b, r.split_once('>')?))) {
        filled.push_str(before);
        filled.push_str("$x");
        rest = after;
    }
    filled + rest
}

/// What is wrong with the cmdlets of a text.
fn faults(text: &str) -> Vec<String> {
    let known = known();
    let typed = typed(text);
    let mut wrong = Vec::new();
    let mut words = typed.rest.split([' ', '(', '`']);
    if let Some(word) =
        words.find(|word| word.starts_with('-') && word[1..].starts_with(|c: char| c.is_ascii_uppercase()))
    {
        wrong.push(format!("{word} stands behind no cmdlet"));
    }
    for piece in typed.pieces {
        let script = Script::read("a fix", format!("\u{feff}{}", filled(&piece)).as_bytes());
        if let Some(error) = script.error() {
            wrong.push(format!("{piece} is no PowerShell: {error}"));
        }
        for call in script.calls() {
            let Some(parameters) = known.get(call.name.as_str()) else {
                wrong.push(format!("{} does not exist or is not in cmdlets.csv", call.name));
                continue;
            };
            let foreign = call.parameters.iter().map(|(name, _)| name.as_str());
            let foreign = foreign.filter(|name| !parameters.contains(name) && !LANGUAGE.contains(&call.name.as_str()));
            wrong.extend(foreign.map(|name| format!("{} has no parameter -{name}", call.name)));
        }
    }
    wrong
}

#[test]
fn every_fix_gives_cmdlets_that_exist_with_their_own_parameters() {
    let table = fs::read_to_string(project().join("src/checks/rules/texts.csv")).expect("the committed table");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let fix = rows
        .headers()
        .expect("a header")
        .iter()
        .position(|name| name == "fix")
        .expect("a column");
    let (mut wrong, mut read) = (Vec::new(), 0);
    for row in rows.records() {
        let row = row.expect("a row");
        read += typed(&row[fix]).pieces.len();
        let where_ = format!("{} {} {}", &row[0], &row[1], &row[2]);
        wrong.extend(faults(&row[fix]).into_iter().map(|fault| format!("{where_}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 300, "{read}");
}

#[test]
fn every_page_gives_cmdlets_that_exist_with_their_own_parameters() {
    let (mut wrong, mut read) = (Vec::new(), 0);
    for rule in RULES.iter() {
        let prose: String = rule.page.split("```").step_by(2).collect();
        let code: Vec<&str> = prose
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| code.contains(begins_with_capital))
            .collect();
        for code in code.into_iter().filter(|code| !typed(code).pieces.is_empty()) {
            read += 1;
            let code = code.replace('\n', " ");
            wrong.extend(faults(&code).into_iter().map(|fault| format!("{}: {fault}", rule.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 50, "{read}");
}

fn begins_with_capital(c: char) -> bool {
    c.is_ascii_uppercase()
}

#[test]
fn a_cmdlet_or_parameter_that_does_not_exist_is_noticed() {
    let told = |text: &str| !faults(text).is_empty();
    assert!(!told(
        "on HV1: Set-VMHost -UseAnyNetworkForMigration $false; then drain HV1"
    ));
    assert!(told("Set-VMHosts -ComputerName 'HV1'"));
    assert!(told("on HV1: Set-VMHost -UseAnyNetwork $false"));
    assert!(told("(Get-Cluster -Names 'C1').SameSubnetThreshold = 10"));
    assert!(told("Rename-VMSwitch -Name 'S1 -NewName 'S2'"));
    assert!(told("set -MinimumBandwidthWeight to 0"));
}
