//! Text as PowerShell takes it.
//!
//! In: names of any origin. Out: literals that mean exactly this name, and commands made of them. Must not know: what a command is for.

/// A name as PowerShell text; typographic quotes end a text, too, so they are doubled as well. Line ends and other control
/// characters are added by their number, so that the text stays on its line.
pub fn quoted(name: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut text = String::new();
    for c in name.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            if !text.is_empty() {
                parts.push(format!("'{text}'"));
                text.clear();
            }
            parts.push(format!("[char]{}", u32::from(c)));
            continue;
        }
        if matches!(c, '\'' | '\u{2018}'..='\u{201B}') {
            text.push(c);
        }
        text.push(c);
    }
    if parts.is_empty() {
        return format!("'{text}'");
    }
    if !text.is_empty() {
        parts.push(format!("'{text}'"));
    }
    if parts.first().is_some_and(|first| first.starts_with('[')) {
        parts.insert(0, "''".to_owned());
    }
    format!("({})", parts.join(" + "))
}

/// Several names as a list.
pub fn quoted_list<T: AsRef<str>>(names: &[T]) -> String {
    let all: Vec<String> = names.iter().map(|name| quoted(name.as_ref())).collect();
    all.join(", ")
}

/// Text for a comment: it stays on its line.
pub fn comment(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let line: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    format!("# {}", line.trim_end())
}

/// A command with its parameters, in the order in which they are added.
#[derive(Clone, Debug)]
pub struct Command(String);

impl Command {
    /// A cmdlet or function.
    pub fn new(name: &str) -> Command {
        Command(name.to_owned())
    }

    /// A parameter without value.
    pub fn switch(mut self, parameter: &str) -> Command {
        self.0.push_str(&format!(" -{parameter}"));
        self
    }

    /// A parameter with a value that is written as it is: a number, `$true`, a word of the cmdlet.
    pub fn value(mut self, parameter: &str, value: impl std::fmt::Display) -> Command {
        self.0.push_str(&format!(" -{parameter} {value}"));
        self
    }

    /// A parameter with a name.
    pub fn name(self, parameter: &str, name: &str) -> Command {
        self.value(parameter, quoted(name))
    }

    /// A parameter with several names.
    pub fn names<T: AsRef<str>>(self, parameter: &str, names: &[T]) -> Command {
        self.value(parameter, quoted_list(names))
    }

    /// A switch parameter with its value, `-Confirm:$false`.
    pub fn set(mut self, parameter: &str, on: bool) -> Command {
        self.0.push_str(&format!(" -{parameter}:{}", truth(on)));
        self
    }

    /// The line.
    pub fn line(self) -> String {
        self.0
    }
}

/// `$true` or `$false`.
pub fn truth(value: bool) -> &'static str {
    if value { "$true" } else { "$false" }
}

/// A script as a file: UTF-8 with byte order mark, which Windows PowerShell 5.1 needs to read it as UTF-8, and line ends of Windows.
pub fn file(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    for line in lines.iter().flat_map(|l| l.split('\n')) {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_names_are_doubled() {
        assert_eq!(quoted("O'Neill"), "'O''Neill'");
        assert_eq!(quoted("a\u{2019}b"), "'a\u{2019}\u{2019}b'");
    }

    #[test]
    fn control_characters_are_added_by_their_number() {
        assert_eq!(quoted("a\nb"), "('a' + [char]10 + 'b')");
        assert_eq!(quoted("\r"), "('' + [char]13)");
        assert_eq!(comment("a\r\nRemove-Item"), "# a  Remove-Item");
    }

    #[test]
    fn a_script_has_a_byte_order_mark_and_the_line_ends_of_windows() {
        assert_eq!(
            file(&["a".to_owned(), "b\nc".to_owned()]),
            b"\xEF\xBB\xBFa\r\nb\r\nc\r\n"
        );
    }

    #[test]
    fn a_command_is_written_with_its_parameters_in_order() {
        let command = Command::new("New-VMSwitch")
            .name("Name", "LAN")
            .names("NetAdapterName", &["A", "B"]);
        let line = command
            .value("AllowManagementOS", truth(false))
            .set("Confirm", false)
            .line();
        assert_eq!(
            line,
            "New-VMSwitch -Name 'LAN' -NetAdapterName 'A', 'B' -AllowManagementOS $false -Confirm:$false"
        );
    }
}
