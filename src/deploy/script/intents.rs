//! Network ATC as PowerShell: intents with their overrides, what holds it on a node, and what the whole cluster tells it.
//!
//! Parameters as in `Add-NetIntent`, `Set-NetIntent` (whose overrides of a switch are called otherwise), `Get-NetIntent`, `Get-NetIntentStatus`,
//! `Set-NetIntentRetryState`, `Remove-NetIntent` and the `New-NetIntent...Overrides`; the order of things as in Microsoft, "Install and enable
//! Network ATC" and "Manage Network ATC". Must not know: how intents follow from a plan.

use super::change::{Context, Written};
use super::{address_change, kept};
use crate::deploy::steps::{Change, Hold, Intent, Overrides, Port, Step};
use crate::powershell::{Command, comment, quoted, quoted_list, truth};

/// One change.
pub fn written(context: &Context, change: &Change) -> Written {
    match change {
        Change::Land {
            nic,
            from,
            addresses,
            vlan,
            switch,
            ..
        } => land(nic, from, addresses, *vlan, switch),
        Change::Unland {
            nic,
            from,
            addresses,
            vlan,
        } => unland(context, (nic, from), addresses, *vlan),
        Change::AddIntent(intent) => add(intent),
        Change::RemoveIntent(intent) => remove(intent),
        Change::HoldIntents(hold) => held(hold),
        Change::LeaveIntents(hold) => left(hold),
        Change::Overrides(set) => overrides(set),
        Change::NoOverrides(set) => no_overrides(set),
        _ => Written::default(),
    }
}

/// Whether Network ATC makes again, under its name, the virtual switch that goes: it cannot be seen afterwards that it went.
pub fn replaces(change: &Change, later: &Change) -> bool {
    match (change, later) {
        (Change::RemoveSwitch(old), Change::AddIntent(new)) => {
            new.switch().as_deref() == Some(old.record.name.as_str())
        }
        _ => false,
    }
}

/// What a cluster's script writes down before it changes this.
pub fn kept(change: &Change) -> Vec<(String, String)> {
    match change {
        Change::HoldIntents(hold) => {
            let of = |node: &String| {
                let get = Command::new("Get-Service")
                    .name("ComputerName", node)
                    .value("Name", "NetworkATC");
                (format!("service {node}"), format!("[string]({}).StartType", get.line()))
            };
            hold.nodes.iter().map(of).collect()
        }
        Change::Overrides(set) => {
            let of = |name: &str| (override_key(name), format!("Get-Override -Name {name}"));
            set.values().iter().map(|v| of(v.name)).collect()
        }
        _ => Vec::new(),
    }
}

fn override_key(name: &str) -> String {
    format!("override {name}")
}

fn is_switch(name: &str) -> String {
    format!("[bool](Get-VMSwitch | Where-Object {{ $_.Name -eq {} }})", quoted(name))
}

fn land(nic: &str, from: &Port, addresses: &[String], vlan: Option<u64>, switch: &str) -> Written {
    let of = |name: &str| {
        let command = Command::new(name).name("From", &from.alias()).name("To", nic);
        if addresses.is_empty() {
            command
        } else {
            command.names("Address", addresses)
        }
    };
    let mut commands = Vec::new();
    if let Some(vlan) = vlan {
        commands.push(set_vlan(nic, &vlan.to_string()));
    }
    commands.push(of("Move-Address").line());
    Written {
        test: format!("({}) -or ({})", is_switch(switch), of("Test-Moved").line()),
        commands,
        ..Written::default()
    }
}

fn unland(context: &Context, (nic, from): (&str, &Port), addresses: &[String], vlan: Option<u64>) -> Written {
    let gone = Change::Release {
        port: Port::Nic(nic.to_owned()),
        roles: Vec::new(),
        addresses: addresses.to_vec(),
        of: Some(from.clone()),
        keeps_address: false,
    };
    let mut written = address_change::written(context, &gone);
    written.test = format!("({}) -and {}", written.test, is_vlan(nic, vlan));
    written.commands.push(set_vlan(nic, &vlan_before(nic, vlan)));
    written
}

fn set_vlan(nic: &str, vlan: &str) -> String {
    let set = Command::new("Set-NetAdapter").name("Name", nic).value("VlanID", vlan);
    set.set("Confirm", false).line()
}

/// The VLAN ID that a port had before: what the inventory does not know was written down.
fn vlan_before(nic: &str, vlan: Option<u64>) -> String {
    vlan.map_or_else(|| format!("({})", kept::value(&vlan_key(nic))), |vlan| vlan.to_string())
}

fn is_vlan(nic: &str, vlan: Option<u64>) -> String {
    let get = format!("[int](Get-NetAdapter -Name {}).VlanID", quoted(nic));
    format!("({get} -eq {})", vlan_before(nic, vlan))
}

fn vlan_key(nic: &str) -> String {
    format!("vlan {nic}")
}

/// What a node's script writes down before the first change: VLAN IDs that the inventory does not know.
pub fn saved(steps: &[Step]) -> Vec<String> {
    let mut nics: Vec<&String> = Vec::new();
    for change in steps.iter().flat_map(|s| &s.changes) {
        match change {
            Change::AddIntent(intent) => {
                nics.extend(intent.before.iter().filter(|b| b.vlan.is_none()).map(|b| &b.nic));
            }
            Change::Land { nic, before: None, .. } => nics.push(nic),
            _ => {}
        }
    }
    nics.sort();
    nics.dedup();
    let line = |nic: &&String| {
        let read = format!("{{ [int](Get-NetAdapter -Name {}).VlanID }}", quoted(nic));
        Command::new("Save-Kept")
            .name("Key", &vlan_key(nic))
            .value("Read", read)
            .line()
    };
    nics.iter().map(line).collect()
}

/// `Add-NetIntent` where the cluster does not have the intent, with overrides only where the plan or today's switch differ from what Network
/// ATC takes by itself; then it is waited for on this node.
fn add(intent: &Intent) -> Written {
    let mut commands = Vec::new();
    if intent.clears_qos {
        commands.push("Clear-Qos".to_owned());
    }
    commands.push("Enable-Atc".to_owned());
    let get = Command::new("Get-NetIntent").name("Name", &intent.name);
    commands.push(format!(
        "if (-not ({})) {{",
        get.value("ErrorAction", "SilentlyContinue").line()
    ));
    commands.extend(add_intent(intent).into_iter().map(|line| format!("    {line}")));
    commands.push("}".to_owned());
    commands.push(Command::new("Wait-Intent").name("Name", &intent.name).line());
    let test = Command::new("Test-Intent").name("Name", &intent.name);
    Written {
        test: test.value("Node", "$env:COMPUTERNAME").line(),
        commands,
        ..Written::default()
    }
}

fn add_intent(intent: &Intent) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = Command::new("Add-NetIntent")
        .name("Name", &intent.name)
        .names("AdapterName", &intent.nics);
    for (on, kind) in [
        (intent.management, "Management"),
        (intent.compute, "Compute"),
        (intent.storage, "Storage"),
        (intent.switchless, "Switchless"),
    ] {
        if on {
            add = add.switch(kind);
        }
    }
    if let Some(vlan) = intent.management_vlan {
        add = add.value("ManagementVlan", vlan);
    }
    if !intent.storage_vlans.is_empty() {
        let vlans: Vec<String> = intent.storage_vlans.iter().map(u16::to_string).collect();
        add = add.value("StorageVlans", vlans.join(", "));
    }
    if intent.own_storage_addresses {
        lines.push(comment("storage keeps its own addresses"));
        lines.push("$storage = New-NetIntentStorageOverrides".to_owned());
        lines.push(format!("$storage.EnableAutomaticIPGeneration = {}", truth(false)));
        add = add.value("StorageOverrides", "$storage");
    }
    let ports = adapter_overrides(intent);
    if !ports.is_empty() {
        lines.push("$adapter = New-NetIntentAdapterPropertyOverrides".to_owned());
        lines.extend(ports);
        add = add.value("AdapterPropertyOverrides", "$adapter");
    }
    if let Some(percent) = intent.smb_percent {
        lines.push(comment("share of SMB in the plan; Network ATC takes 50 percent"));
        let qos = Command::new("New-NetIntentQoSPolicyOverrides").value("BandwidthPercentage_SMB", percent);
        lines.push(format!("$qos = {}", qos.line()));
        add = add.value("QoSPolicyOverrides", "$qos");
    }
    let switch = switch_overrides(intent);
    if !switch.is_empty() {
        lines.push("$switching = New-NetIntentSwitchConfigurationOverrides".to_owned());
        lines.extend(switch);
        add = add.value("SwitchPropertyOverrides", "$switching");
    }
    lines.push(add.line());
    lines
}

fn adapter_overrides(intent: &Intent) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(size) = intent.jumbo {
        lines.push(comment("the ports have large packets today"));
        lines.push(format!("$adapter.JumboPacket = {size}"));
    }
    if intent.without_rdma() {
        lines.push(comment(
            "the ports have no RDMA: without this Network ATC stops with RDMANotOperational",
        ));
        lines.push("$adapter.NetworkDirect = 0".to_owned());
    }
    lines
}

fn switch_overrides(intent: &Intent) -> Vec<String> {
    let mut lines = Vec::new();
    if intent.switch().is_some() && intent.iov {
        lines.push(comment("the virtual switch over these ports has SR-IOV today"));
        lines.push(format!("$switching.EnableIov = {}", truth(true)));
    }
    if intent.switch().is_some() && intent.dynamic {
        lines.push(comment(
            "the virtual switch over these ports spreads dynamically today; Network ATC takes HyperVPort",
        ));
        lines.push("$switching.LoadBalancingAlgorithm = 'Dynamic'".to_owned());
    }
    lines
}

/// What an intent made on this node goes, and its ports get their VLAN ID back: the cluster keeps the intent until its own rollback.
fn remove(intent: &Intent) -> Written {
    let of = |name: &str| {
        let mut command = Command::new(name);
        if let Some(switch) = intent.switch() {
            command = command.name("Switch", &switch);
        }
        if intent.clears_qos {
            command.switch("Qos")
        } else {
            command
        }
    };
    let mut found = Written::new(of("Test-AtcGone").line(), vec![of("Remove-Atc")]);
    for before in &intent.before {
        found.test = format!("{} -and {}", bracketed(&found.test), is_vlan(&before.nic, before.vlan));
        found
            .commands
            .push(set_vlan(&before.nic, &vlan_before(&before.nic, before.vlan)));
    }
    found
}

fn bracketed(test: &str) -> String {
    if test.starts_with('(') {
        test.to_owned()
    } else {
        format!("({test})")
    }
}

fn held(hold: &Hold) -> Written {
    let of = |name: &str| Command::new(name).names("Node", &hold.nodes);
    let mut commands = vec![of("Stop-Atc").line()];
    let mut test = of("Test-AtcHeld").line();
    for intent in &hold.ended {
        let get = Command::new("Get-NetIntent").name("Name", &intent.name);
        let get = get.value("ErrorAction", "SilentlyContinue").line();
        let remove = Command::new("Remove-NetIntent").name("Name", &intent.name).line();
        commands.push(format!("if ({get}) {{ {remove} }}"));
        test = format!("({test}) -and -not ({get})");
    }
    Written {
        test,
        commands,
        ..Written::default()
    }
}

/// The way back, once every node is back: the plan's intents go, those of before come, then the service runs where it ran.
fn left(hold: &Hold) -> Written {
    let mut commands = Vec::new();
    for name in &hold.added {
        let get = Command::new("Get-NetIntent").name("Name", name);
        let get = get.value("ErrorAction", "SilentlyContinue").line();
        let remove = Command::new("Remove-NetIntent").name("Name", name).line();
        commands.push(format!("if ({get}) {{ {remove} }}"));
    }
    for intent in &hold.ended {
        commands.extend(add_intent(intent));
    }
    commands.push(Command::new("Restore-Atc").names("Node", &hold.nodes).line());
    let gone: Vec<String> = hold
        .added
        .iter()
        .filter(|name| !hold.ended.iter().any(|i| i.name == **name))
        .cloned()
        .collect();
    let test = if gone.is_empty() {
        "$false".to_owned()
    } else {
        format!(
            "@(Get-NetIntent | Where-Object {{ @({}) -contains $_.IntentName }}).Count -eq 0",
            quoted_list(&gone)
        )
    };
    Written {
        test,
        commands,
        ..Written::default()
    }
}

fn overrides(set: &Overrides) -> Written {
    let mut commands = vec!["Set-Overrides -Value @{".to_owned()];
    let mut tests = Vec::new();
    for one in set.values() {
        commands.push(format!("    {}", comment(one.why)));
        commands.push(format!("    {} = {}", one.name, one.value));
        tests.push(format!("((Get-Override -Name {}) -eq {})", one.name, one.value));
    }
    commands.push("}".to_owned());
    Written {
        test: tests.join(" -and "),
        commands,
        ..Written::default()
    }
}

fn no_overrides(set: &Overrides) -> Written {
    let mut commands = vec!["Set-Overrides -Value @{".to_owned()];
    let mut tests = Vec::new();
    for one in set.values() {
        let before = kept::value(&override_key(one.name));
        commands.push(format!("    {} = {before}", one.name));
        tests.push(format!(
            "([string](Get-Override -Name {}) -eq [string]{before})",
            one.name
        ));
    }
    commands.push("}".to_owned());
    Written {
        test: tests.join(" -and "),
        commands,
        ..Written::default()
    }
}
