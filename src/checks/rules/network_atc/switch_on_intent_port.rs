//! A port of an intent that a switch or team holds which is not the intent's.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::powershell::quoted;
use crate::profiles::WS2025;

/// The rule.
pub static RULE: Rule = Rule {
    name: "switch-on-intent-port",
    severity: Severity::Error,
    family: "network-atc",
    summary: "a port of an intent is bound to a switch or team that Network ATC did not make",
    risk: "Network ATC stops with AdapterBindingConflict",
    source: "Microsoft, Deploy host networking with Network ATC; Microsoft, Manage Network ATC",
    page: include_str!("switch_on_intent_port.md"),
    columns: &["nics.intents", "switches.nics", "nics.team"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in &node.nics {
            for intent in super::intents(nic) {
                if let Some((holder, remove)) = holder(nic, intent) {
                    found.add(
                        (nic.name.clone(), intent.clone(), holder, remove),
                        node,
                        report.at(nic.origin, "intents"),
                    );
                }
            }
        }
    }
    for ((nic, intent, holder, remove), places) in found {
        let host = places.first();
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} of intent {intent} is bound to {holder} on {}", places.nodes()),
            current: holder.clone(),
            expected: format!("a free port, or ConvergedSwitch({intent})"),
            fix: format!(
                "{}, then at its console, since what runs over {holder} is cut off until Network ATC has made the intent: {}{}",
                fixes::drain(cluster, host),
                steps(host, &intent, &remove),
                places.verb("", "; so on the other nodes, one after the other")
            ),
            at: places.at,
        });
    }
}

/// Frees the port, lets Network ATC try again, and brings the VMs of a removed switch onto that of the intent, which has another name.
fn steps(host: &str, intent: &str, remove: &Remove) -> String {
    let retry = format!(
        "Set-NetIntentRetryState -Name {} -NodeName {}",
        quoted(intent),
        quoted(host)
    );
    match remove {
        Remove::Team(name) => format!("Remove-NetLbfoTeam -Name {}; {retry}", quoted(name)),
        Remove::Switch(name) => {
            let (host, name, new) = (
                quoted(host),
                quoted(name),
                quoted(&format!("ConvergedSwitch({intent})")),
            );
            format!(
                "{}; Remove-VMSwitch -Name {name} -Force; {retry}; {}; a VM that comes back from a node with the old switch is connected in the same way: \
                 Connect-VMNetworkAdapter -VMName <VM> -Name <adapter> -SwitchName {new}",
                fixes::note_adapters(&host, &name),
                fixes::connect_noted(&new)
            )
        }
    }
}

/// What has to go.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Remove {
    Switch(String),
    Team(String),
}

/// What holds the port and is not the switch that Network ATC makes for the intent.
fn holder(nic: &Nic, intent: &str) -> Option<(String, Remove)> {
    let own = format!("convergedswitch({})", intent.to_lowercase());
    match &nic.switch {
        Some(switch) if switch.to_lowercase() == own => None,
        Some(switch) => Some((format!("switch {switch}"), Remove::Switch(switch.clone()))),
        // SET is part of a switch: a team without one is LBFO or a vendor's.
        None if nic.team.is_empty() => None,
        None => Some((format!("team {}", nic.team), Remove::Team(nic.team.clone()))),
    }
}
