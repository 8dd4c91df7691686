//! Network ATC as PowerShell: intents with their overrides, what holds it on a node, and what the whole cluster tells it.
//!
//! Parameters as in `Add-NetIntent`, `Set-NetIntent` (whose overrides of a switch are called otherwise), `Get-NetIntent`, `Get-NetIntentStatus`,
//! `Set-NetIntentRetryState`, `Remove-NetIntent` and the `New-NetIntent...Overrides`; the order of things as in Microsoft, "Install and enable
//! Network ATC" and "Manage Network ATC". Must not know: how intents follow from a plan.

use super::change::Written;
use super::kept;
use crate::deploy::steps::{Change, Hold, Intent, Overrides, Port, Step};
use crate::powershell::{Command, comment, quoted, quoted_list, truth};

/// Minutes after which a node goes back by itself: Network ATC takes its time.
pub const FALLBACK_MINUTES: u32 = 45;

/// What asks for intents.
pub const ASK: &str = r#"function Test-Intent {
    # the intent is there, and applied on the node; without a node: on every node of the cluster
    param([string]$Name, [string]$Node)
    if (-not (Get-NetIntent -Name $Name -ErrorAction SilentlyContinue)) { return $false }
    $status = @(Get-NetIntentStatus -Name $Name | Where-Object { -not $Node -or ([string]$_.Host).Split('.')[0] -eq $Node })
    if ($status.Count -eq 0) { return $false }
    if (-not $Node -and $status.Count -lt @(Get-ClusterNode).Count) { return $false }
    return @($status | Where-Object { [string]$_.ConfigurationStatus -ne 'Success' -or [string]$_.ProvisioningStatus -ne 'Completed' }).Count -eq 0
}

function Test-IntentPorts {
    # no other intent holds one of the ports
    param([string]$Name, [string[]]$Adapter)
    $others = @(Get-NetIntent -ErrorAction SilentlyContinue | Where-Object { $_.IntentName -and $_.IntentName -ne $Name })
    return @($others | Where-Object { @(@($_.NetAdapterNamesAsList) + @($_.NetAdapterNameCollection) | Where-Object { $Adapter -contains $_ }).Count -gt 0 }).Count -eq 0
}

function Test-AtcHeld {
    param([string[]]$Node)
    return @($Node | Where-Object { [string](Get-Service -ComputerName $_ -Name NetworkATC).Status -ne 'Stopped' }).Count -eq 0
}
"#;

/// What changes a node.
pub const NODE: &str = r#"function Enable-Atc {
    # Network ATC acts on this node from now on: on every intent that the cluster has
    Set-Service -Name NetworkATC -StartupType Automatic
    Start-Service -Name NetworkATC
}

function Disable-Atc {
    # Network ATC leaves this node alone
    Set-Service -Name NetworkATC -StartupType Disabled
    Stop-Service -Name NetworkATC -Force
}

function Wait-Intent {
    param([string]$Name)
    foreach ($attempt in (1..180)) {
        if (Test-Intent -Name $Name -Node $env:COMPUTERNAME) { return }
        $failed = @(Get-NetIntentStatus -Name $Name | Where-Object { ([string]$_.Host).Split('.')[0] -eq $env:COMPUTERNAME -and [string]$_.ConfigurationStatus -eq 'Failed' })
        # what failed before the ports were free is tried once more
        if ($failed.Count -gt 0 -and $attempt -eq 6) { Set-NetIntentRetryState -Name $Name -NodeName $env:COMPUTERNAME }
        if ($failed.Count -gt 0 -and $attempt -gt 60) {
            throw ('Network ATC could not apply {0} on this node: {1}' -f $Name, ($failed | ForEach-Object { $_.Error }))
        }
        Start-Sleep -Seconds 10
    }
    throw ('Network ATC has not finished {0} on this node after 30 minutes: Get-NetIntentStatus' -f $Name)
}

function Clear-Qos {
    # policies and traffic classes made by hand stop Network ATC (ConflictingTrafficClass); their names are kept in the state file
    param([switch]$Back)
    if ($script:State.Before.ContainsKey('qos') -ne [bool]$Back) { return }
    $policies = @(Get-NetQosPolicy | ForEach-Object { 'policy {0}: priority {1}' -f $_.Name, $_.PriorityValue })
    $classes = @(Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' } | ForEach-Object { 'class {0}: priority {1}, {2} percent' -f $_.Name, ($_.Priority -join '+'), $_.BandwidthPercentage })
    $flow = @(Get-NetQosFlowControl | Where-Object { $_.Enabled } | ForEach-Object { [int]$_.Priority })
    if (-not $Back) {
        $script:State.Before['qos'] = $policies + $classes
        $script:State.Before['qos flow control'] = $flow
        Write-State
    }
    Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' } | Remove-NetQosTrafficClass -Confirm:$false
    Get-NetQosPolicy | Remove-NetQosPolicy -Confirm:$false
    foreach ($priority in $flow) { Disable-NetQosFlowControl -Priority $priority }
    if (-not $Back) { return }
    foreach ($priority in @($script:State.Before['qos flow control'])) {
        if ($null -ne $priority) { Enable-NetQosFlowControl -Priority $priority }
    }
    $old = @($script:State.Before['qos'] | Where-Object { $_ })
    if ($old.Count -gt 0) { Write-Warning ('by hand: make these policies and classes again as they were: {0}' -f ($old -join ', ')) }
    $script:State.Before.Remove('qos')
    Write-State
}

function Remove-Atc {
    # what Network ATC made of an intent goes off this node
    param([string]$Switch, [switch]$Qos)
    Disable-Atc
    if ($Switch) { Get-VMSwitch | Where-Object { $_.Name -eq $Switch } | Remove-VMSwitch -Force }
    if ($Qos) { Clear-Qos -Back }
}

function Test-AtcGone {
    # Network ATC leaves this node alone, and what it made of an intent is not there
    param([string]$Switch, [switch]$Qos)
    if ([string](Get-Service -Name NetworkATC).Status -ne 'Stopped') { return $false }
    if ($Qos -and $script:State.Before.ContainsKey('qos')) { return $false }
    return (-not $Switch) -or @(Get-VMSwitch | Where-Object { $_.Name -eq $Switch }).Count -eq 0
}
"#;

/// What reads overrides of the whole cluster.
pub const OVERRIDE: &str = r#"function Get-Override {
    # a property of the overrides that the cluster has; nothing = Network ATC does it by itself
    param([string]$Name)
    $all = Get-NetIntent -GlobalOverrides -ErrorAction SilentlyContinue | Where-Object { $_.ClusterOverride } | Select-Object -First 1
    if ($all) { return $all.ClusterOverride.$Name }
}
"#;

/// What changes a cluster.
pub const CLUSTER: &str = r#"function Stop-Atc {
    param([string[]]$Node)
    foreach ($one in $Node) { Set-Service -ComputerName $one -Name NetworkATC -StartupType Disabled -Status Stopped }
}

function Restore-Atc {
    # Network ATC runs again where it ran before
    param([string[]]$Node)
    foreach ($one in $Node) {
        if ([string]@(Get-Kept -Key ('service ' + $one))[0] -eq 'Disabled') { continue }
        Set-Service -ComputerName $one -Name NetworkATC -StartupType Automatic -Status Running
    }
}

function Set-Overrides {
    # sets the properties, and those again that the cluster has; nothing among the values = Network ATC does it by itself
    param([hashtable]$Value)
    $names = 'EnableNetworkNaming', 'EnableLiveMigrationNetworkSelection', 'EnableVirtualMachineMigrationPerformanceSelection', 'VirtualMachineMigrationPerformanceOption', 'MaximumVirtualMachineMigrations', 'MaximumSMBMigrationBandwidthInGbps'
    $settings = New-NetIntentGlobalClusterOverrides
    $set = 0
    $emptied = 0
    foreach ($name in $names) {
        $own = Get-Override -Name $name
        if ($Value.ContainsKey($name)) {
            if ($null -eq $Value[$name] -and $null -ne $own) { $emptied++ }
            $own = $Value[$name]
        }
        if ($null -eq $own) { continue }
        $settings.$name = $own
        $set++
    }
    # a property that is not set stays as it is: to empty one, all overrides go first, those of the proxy come back
    if ($emptied -gt 0) {
        $proxy = (Get-NetIntent -GlobalOverrides | Where-Object { $_.ProxyOverride } | Select-Object -First 1).ProxyOverride
        Remove-NetIntent -GlobalOverrides
        if ($proxy) { Set-NetIntent -GlobalProxyOverrides $proxy }
    }
    if ($set -gt 0) { Set-NetIntent -GlobalClusterOverrides $settings }
}
"#;

/// One change.
pub fn written(change: &Change) -> Written {
    match change {
        Change::Land {
            nic,
            from,
            addresses,
            vlan,
            switch,
            ..
        } => land(nic, from, addresses, *vlan, switch),
        Change::Unland { nic, addresses, vlan } => unland(nic, addresses, *vlan),
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

fn unland(nic: &str, addresses: &[String], vlan: Option<u64>) -> Written {
    let mut clear = Command::new("Clear-Address").name("Adapter", nic);
    if !addresses.is_empty() {
        clear = clear.names("Address", addresses);
    }
    Written {
        test: is_vlan(nic, vlan),
        commands: vec![clear.line(), set_vlan(nic, &vlan_before(nic, vlan))],
        ..Written::default()
    }
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
