//! The script that exports everything that is read: made from the table of cmdlets, so that the two cannot differ.
//!
//! In: [`CMDLETS`] and the frame of the script. Out: its text. Must not know: what the properties mean.

use super::cmdlets::{CMDLETS, Cmdlet};
use std::fmt::Write;

/// Name of the script.
pub const NAME: &str = "Collect-NicPlanInventory.ps1";

/// The text of the script, with the line ends of Windows.
pub fn script() -> String {
    let old = |cmdlet: &Cmdlet| cmdlet.collect.starts_with("Get-WmiObject");
    let frame = include_str!("collector.ps1");
    let as_is = |cmdlet: &Cmdlet| cmdlet.collect.to_owned();
    let filled = frame
        .replace("#cluster#\n", &parts(|cmdlet| !cmdlet.per_node, as_is))
        .replace("#node#\n", &parts(|cmdlet| cmdlet.per_node && !old(cmdlet), as_is))
        .replace("#old#\n", &parts(|cmdlet| old(cmdlet) || is_cim(cmdlet), by_wmi));
    filled.replace('\n', "\r\n")
}

/// How the collector asks for a class of CIM.
const CIM: &str = "Get-CimInstance -ClassName";

fn is_cim(cmdlet: &Cmdlet) -> bool {
    cmdlet.collect.starts_with(CIM)
}

/// The same class by WMI: nodes with Windows Server 2008 R2 do not answer Get-CimInstance.
fn by_wmi(cmdlet: &Cmdlet) -> String {
    cmdlet.collect.replace(CIM, "Get-WmiObject -Class")
}

/// One entry for each cmdlet that is collected.
fn parts(wanted: impl Fn(&Cmdlet) -> bool, call: impl Fn(&Cmdlet) -> String) -> String {
    let mut text = String::new();
    for cmdlet in CMDLETS.iter().filter(|c| !c.collect.is_empty() && wanted(c)) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    @{{ Name = '{}'", cmdlet.name);
        let _ = writeln!(text, "        Read = {{ {} }}", call(cmdlet));
        let _ = writeln!(text, "        Keep = {} }}", kept(cmdlet));
    }
    text
}

/// Properties as Select-Object takes them: names, and expressions for those that are made.
fn kept(cmdlet: &Cmdlet) -> String {
    let made = |name: &str| cmdlet.flatten.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    // Objects that would be cut off, or are written in parts.
    let nested = |name: &str| ["ParentAdapter", "BandwidthSetting", "VlanSetting", "IsolationSetting"].contains(&name);
    let mut names: Vec<String> = Vec::new();
    for name in cmdlet.reads.iter().filter(|name| !made(name) && !nested(name)) {
        let quoted = format!("'{name}'");
        if !names.iter().any(|known| known.eq_ignore_ascii_case(&quoted)) {
            names.push(quoted);
        }
    }
    for (name, expression) in cmdlet.flatten {
        names.push(format!("@{{ Name = '{name}'; Expression = {{ {expression} }} }}"));
    }
    if cmdlet.per_node {
        names.push("@{ Name = 'PSComputerName'; Expression = { $Node } }".to_owned());
    }
    format!("@({})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_that_is_read_is_kept_or_made() {
        let script = script();
        for cmdlet in CMDLETS.iter().filter(|c| !c.collect.is_empty()) {
            let from = script
                .find(&format!("Name = '{}'\r\n", cmdlet.name))
                .expect("the cmdlet is collected");
            let entry = script[from..].split("\r\n").take(3).collect::<String>();
            for (name, _) in cmdlet.flatten {
                assert!(
                    cmdlet.reads.iter().any(|read| read.eq_ignore_ascii_case(name)),
                    "{}: {name} is not read",
                    cmdlet.name
                );
            }
            assert!(entry.contains(cmdlet.collect), "{entry}");
        }
        assert!(!script.contains("#node#") && !script.contains("#cluster#") && !script.contains("#old#"));
    }
}
