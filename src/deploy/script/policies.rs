//! QoS policies of a host with weights of minimum bandwidth as PowerShell.
//!
//! `New-NetQosPolicy`, `Get-NetQosPolicy` (property MinBandwidthWeight), `Remove-NetQosPolicy`; filters as in Microsoft, "QoS Common Configurations": the
//! built-in ones for live migration, SMB and iSCSI, port 3343 for the heartbeat.

use super::change::Written;
use super::parts::confirm;
use crate::deploy::steps::{Change, Step, Values};
use crate::inventory::TrafficClass;
use crate::powershell::{Command, quoted, quoted_list};

/// Function of a node's scripts.
pub const FUNCTION: &str = r#"function Test-Share {
    # a QoS policy of this name gives this weight; 0 = there is none
    param([string]$Name, [int]$Weight)
    $policy = Get-NetQosPolicy -Name $Name -ErrorAction SilentlyContinue
    if (-not $policy) { return ($Weight -eq 0) }
    return ([int]$policy.MinBandwidthWeight -eq $Weight)
}
"#;

/// Whether steps write policies.
pub fn needed(steps: &[Step]) -> bool {
    steps
        .iter()
        .flat_map(|s| &s.changes)
        .any(|c| matches!(c, Change::Policies { .. }))
}

/// Name of the policy for a kind of traffic.
fn name(class: &TrafficClass) -> String {
    format!("nicplan {}", class.name)
}

fn made(class: &TrafficClass) -> String {
    let new = Command::new("New-NetQosPolicy").name("Name", &name(class));
    let new = match class.name.as_str() {
        "live-migration" => new.switch("LiveMigration"),
        "smb" => new.switch("SMB"),
        "iscsi" => new.switch("iSCSI"),
        "cluster" => new
            .value("IPDstPortMatchCondition", 3343)
            .value("IPProtocolMatchCondition", "UDP"),
        _ => new.switch("Default"),
    };
    let new = new.value("MinBandwidthWeightAction", class.percent.unwrap_or(1));
    format!("{} | Out-Null", new.line())
}

/// What was made before goes, then comes what is wanted.
pub fn written(value: &Values<Vec<TrafficClass>>) -> Written {
    let (before, after) = (
        value.before.as_deref().unwrap_or_default(),
        value.after.as_deref().unwrap_or_default(),
    );
    let test = |class: &TrafficClass, weight: u8| {
        let test = Command::new("Test-Share").name("Name", &name(class));
        format!("({})", test.value("Weight", weight).line())
    };
    let gone = before
        .iter()
        .filter(|old| !after.iter().any(|new| new.name == old.name));
    let tests: Vec<String> = after
        .iter()
        .map(|class| test(class, class.percent.unwrap_or(1)))
        .chain(gone.map(|class| test(class, 0)))
        .collect();
    let all: Vec<String> = before.iter().chain(after).map(name).collect();
    let mut commands = vec![format!(
        "Get-NetQosPolicy | Where-Object {{ @({}) -contains $_.Name }} | Remove-NetQosPolicy -Confirm:$false",
        quoted_list(&all)
    )];
    commands.extend(after.iter().map(made));
    Written {
        test: tests.join(" -and "),
        commands,
        ..Written::default()
    }
}

/// What must be so before: no other policy gives minimum bandwidth, the packet scheduler is on the ports and Data Center Bridging is not.
pub fn ready(steps: &[Step]) -> Vec<String> {
    let mut found = Vec::new();
    for change in steps.iter().flat_map(|s| &s.changes) {
        let Change::Policies { nics, value } = change else {
            continue;
        };
        let own: Vec<String> = value.before.iter().flatten().map(name).collect();
        let stranger = format!(
            "(@({}) -notcontains $_.Name) -and ($_.MinBandwidthWeight -gt 0 -or $_.Name -like 'nicplan *')",
            quoted_list(&own)
        );
        found.push(confirm(
            "no other QoS policy gives minimum bandwidth (Get-NetQosPolicy shows them; weights of several hands do not add up)",
            &format!("@(Get-NetQosPolicy | Where-Object {{ {stranger} }}).Count -eq 0"),
        ));
        for nic in nics {
            let binding = Command::new("Get-NetAdapterBinding")
                .name("Name", nic)
                .value("ComponentID", "ms_pacer");
            found.push(confirm(
                &format!("the QoS packet scheduler is bound to {nic}: without it weights do nothing there"),
                &format!("[bool]({}).Enabled", binding.line()),
            ));
            found.push(confirm(
                &format!("Data Center Bridging is off on {nic}: it and weights exclude each other"),
                &format!("@(Get-NetAdapterQos -Name {} -ErrorAction SilentlyContinue | Where-Object {{ $_.Enabled }}).Count -eq 0", quoted(nic)),
            ));
        }
    }
    found
}
