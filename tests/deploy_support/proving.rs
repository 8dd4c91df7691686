//! Whether verify would notice that a step was left out: its lines are read and asked of the node as it is without the step.
//!
//! Lines that the model cannot answer count as "yes": they prove nothing here.

use super::super::facts;
use super::{Call, Script, Table, Windows, by_hand, decoded, list, probe};
use nicplan::applied::{FIRST, bindings, dcb, default_flow, packets, policies, today};
use nicplan::deploy::steps::{Base, Change, Port, Step};
use nicplan::deploy::{ClusterWork, File, NodeWork, State, port_of};
use nicplan::inventory::{Cluster, Facts, Nic, Node};
use nicplan::powershell::quoted;
use nicplan::profiles::Transport;
use nicplan::roles::Role;
use nicplan::units::Subnet;
use std::collections::BTreeSet;

/// One line of verify: what it says it confirms, and the expression.
struct Line {
    what: String,
    test: String,
}

/// The lines of a node's verify script.
fn lines(files: &[File], node: &NodeWork) -> Vec<Line> {
    let target = format!("$Target = {}", quoted(&node.today.name));
    let all = files.iter().filter(|(name, _)| name.ends_with("-3-verify.ps1"));
    let mut texts = all.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let text = texts.find(|text| text.lines().any(|line| line.trim_end() == target));
    let own = text.unwrap_or_default();
    let confirmed = own
        .lines()
        .filter_map(|line| line.trim_end().strip_prefix("Confirm-Fact -What "));
    let read = |line: &str| {
        let (what, test) = line.split_once(" -Test { ")?;
        Some(Line {
            what: what.to_owned(),
            test: test.strip_suffix(" }")?.to_owned(),
        })
    };
    confirmed.filter_map(read).collect()
}

/// An address on a network of the role, else on one that nobody named.
fn address(work: &ClusterWork, role: Role, place: usize) -> String {
    let networks = work.today.networks.iter().filter(|n| n.purpose == Some(role));
    let cells = networks.flat_map(|n| n.subnet.split(';'));
    let subnets: Vec<&str> = cells.filter_map(|cell| cell.trim().strip_suffix(".0/24")).collect();
    match subnets.get(place % subnets.len().max(1)) {
        Some(subnet) => format!("{subnet}.{}/24", 200 + place),
        None => format!("172.30.{place}.1/24"),
    }
}

/// What Windows lists on each adapter today: what the inventory knows, else something that fits.
fn listed(work: &ClusterWork, node: &NodeWork) -> Table {
    let mut table = Table::new();
    for (place, carrier) in today::carriers(&node.today).into_iter().enumerate() {
        let alias = port_of(&node.today, &carrier.carrier).alias();
        let roles = FIRST.into_iter().filter(|role| carrier.roles.contains(role));
        let ip = node.today.management_address();
        let of = |role: Role| match role {
            Role::Management if !ip.is_empty() => format!("{ip}/24"),
            _ => address(work, role, place),
        };
        // a port with several roles has an address of each, since scripts divide them by their networks
        let mut made_up: Vec<String> = roles.map(of).collect();
        if made_up.is_empty() {
            made_up.push(of(Role::Cluster));
        }
        made_up.dedup();
        let known = carrier.addresses.clone();
        table.insert(alias, if known.is_empty() { made_up } else { known });
    }
    let ip = node.today.management_address();
    let held = table.values().flatten().any(|a| a.starts_with(ip));
    if let Some(nic) = node
        .today
        .nics
        .iter()
        .find(|n| n.is_bare())
        .filter(|_| !held && !ip.is_empty())
    {
        table.entry(nic.name.clone()).or_default().push(format!("{ip}/24"));
    }
    table
}

/// The node at the end of the script, without one of its steps.
struct End {
    state: State,
    windows: Windows,
    /// Adapters to which a person gives an address.
    by_hand: Vec<Port>,
}

impl End {
    /// The end of all steps but one, from which a person looks after the adapters that the script leaves without an address at the end of `all` steps.
    fn of(work: &ClusterWork, node: &NodeWork, there: &[(usize, Vec<Call>)], missing: Option<(usize, &End)>) -> End {
        let without = missing.map(|(number, _)| number);
        let saved = listed(work, node);
        let mut windows = Windows {
            now: saved.clone(),
            saved,
            management: node.today.management_address().to_owned(),
            careful: true,
            arrives: true,
        };
        let mut state = State::today(&work.today, &node.today);
        for step in node.steps.iter().filter(|step| Some(step.number) != without) {
            let own = there.iter().filter(|(number, _)| *number == step.number);
            own.flat_map(|(_, calls)| calls).for_each(|call| windows.run(call));
            for change in &step.changes {
                if takes_a_bound_port(&state, change) {
                    continue;
                }
                state = state.with(std::slice::from_ref(change));
                as_windows_does(&mut state.node);
            }
            windows.lose(&state);
        }
        // what no script gives a person types; of what the missing step would have given nobody has looked yet
        let missing_of: Vec<&Port> = node
            .steps
            .iter()
            .filter(|step| Some(step.number) == without)
            .flat_map(assumed)
            .collect();
        let carriers = today::carriers(&node.after);
        let ports: Vec<Port> = carriers.iter().map(|c| port_of(&node.after, &c.carrier)).collect();
        let given = ports
            .iter()
            .filter(|port| by_hand(work, node, port) && !missing_of.contains(port));
        let mut looked_after = Vec::new();
        for (fresh, port) in given.enumerate() {
            if missing.is_some_and(|(_, all)| !all.by_hand.contains(port)) {
                continue;
            }
            let role = role_of(work, node, port);
            let own = windows.now.entry(port.alias()).or_default();
            if own.is_empty() {
                own.push(address(work, role, 30 + fresh));
                looked_after.push(port.clone());
            }
        }
        End {
            state,
            windows,
            by_hand: looked_after,
        }
    }

    /// Everything that can be seen of it: roles are no thing of Windows.
    fn seen(&self, work: &ClusterWork) -> String {
        let mut bare: Cluster = work.today.clone();
        bare.nodes = vec![probe(&self.state, &self.windows.now)];
        bare.nodes[0].nics.iter_mut().for_each(|nic| nic.roles.clear());
        bare.vms.clear();
        format!(
            "{:?} {:?} {:?} {:?}",
            facts(&bare),
            self.state.bases,
            self.state.weighted,
            self.state.implicit
        )
    }

    fn node(&self) -> &Node {
        &self.state.node
    }

    /// The adapters that a switch is bound to.
    fn bound(&self, switch: &str) -> Option<BTreeSet<String>> {
        let base = self.state.bases.get(switch)?;
        let nics = self.node().nics.iter().filter(|n| n.switch.as_deref() == Some(switch));
        Some(match base {
            Base::Team(team) => BTreeSet::from([team.clone()]),
            Base::Port | Base::Set(_) => nics.map(|n| n.name.clone()).collect(),
        })
    }

    fn mode(&self, switch: &str) -> &'static str {
        let record = self.node().switches.iter().find(|s| s.name == switch);
        match record.and_then(|s| s.facts.text("bandwidth_mode")) {
            Some("absolute") => "Absolute",
            _ if self.state.weighted.contains(switch) => "Weight",
            _ => "None",
        }
    }

    fn facts(&self, alias: &str) -> Option<&Facts> {
        let vnics = self.node().host_vnics.iter();
        let vnic = vnics
            .filter(|v| Port::HostVnic(v.name.clone()).alias() == alias)
            .map(|v| &v.facts)
            .next();
        vnic.or_else(|| self.node().nics.iter().find(|n| n.name == alias).map(|n| &n.facts))
    }

    fn has(&self, adapter: &str, address: &str) -> bool {
        let bare = |text: &str| text.split('/').next().unwrap_or_default().to_owned();
        self.windows.of(adapter).iter().any(|own| bare(own) == bare(address))
    }
}

/// The role for which a person gives an adapter its address: one that has a network, if there is any.
fn role_of(work: &ClusterWork, node: &NodeWork, port: &Port) -> Role {
    let vnics = node.after.host_vnics.iter();
    let of_vnic = vnics.filter(|v| Port::HostVnic(v.name.clone()) == *port);
    let of_nic = node.after.nics.iter().filter(|n| Port::Nic(n.name.clone()) == *port);
    let all: Vec<Role> = of_vnic
        .filter_map(|v| v.role)
        .chain(of_nic.flat_map(|n| n.roles.iter().copied()))
        .collect();
    let named = |role: &&Role| work.today.networks.iter().any(|n| n.purpose == Some(**role));
    let found = all.iter().find(named).or(all.first());
    found.copied().unwrap_or(Role::Cluster)
}

/// Whether Windows refuses a change: a port is bound to one virtual switch or team, and New-VMSwitch, Set-VMSwitchTeam and New-NetLbfoTeam fail on one
/// that another virtual switch has. It is not taken away from that switch.
fn takes_a_bound_port(state: &State, change: &Change) -> bool {
    let (switch, nics) = match change {
        Change::CreateSwitch(made) => (Some(&made.record.name), made.record.nics.clone()),
        Change::SetMembers { switch, after, .. } => (Some(switch), after.clone()),
        Change::Rebind { switch, after, .. } => (Some(switch), vec![after.clone()]),
        Change::CreateTeam { nics, .. } => (None, nics.clone()),
        Change::JoinTeam { nic, .. } => (None, vec![nic.clone()]),
        _ => return false,
    };
    let bound = |nic: &&Nic| nic.switch.as_ref().is_some_and(|own| Some(own) != switch);
    let own = state.node.nics.iter().filter(|nic| nics.contains(&nic.name));
    own.filter(bound).count() > 0
}

/// A switch takes its host vNICs along, and the scripts make none twice.
fn as_windows_does(node: &mut Node) {
    let switches: BTreeSet<String> = node.switches.iter().map(|s| s.name.clone()).collect();
    let mut seen = BTreeSet::new();
    node.host_vnics
        .retain(|v| switches.contains(&v.switch) && seen.insert(v.name.clone()));
}

/// The literal behind a parameter.
fn text(call: &Call, name: &str) -> Option<String> {
    let (_, text) = call.parameters.iter().find(|(own, _)| own == name)?;
    decoded(text.trim()).or_else(|| Some(text.trim().to_owned()))
}

/// The number at the end of `... -eq 40`.
fn number(test: &str) -> Option<u64> {
    test.rsplit("-eq ").next()?.trim().parse().ok()
}

/// Whether a line holds of the node; `None` = the model does not know.
fn holds(end: &End, node: &NodeWork, line: &Line) -> Option<bool> {
    let calls = Script::parse(&line.test).calls();
    let first = calls.first()?;
    let negated = line.test.starts_with("-not ");
    let of_switch = |call: &Call| {
        let name = text(call, "Name")?;
        // Windows makes a second switch of one name, and lists both
        let one = end.node().switches.iter().filter(|s| s.name == name).count() == 1;
        Some(one && end.bound(&name)? == list(call, "Adapter").into_iter().collect())
    };
    let found = match first.name.as_str() {
        "Test-Switch" => of_switch(first).unwrap_or(false),
        "Test-NewSwitch" => {
            let name = text(first, "Name")?;
            let flag = |name: &str| first.parameters.iter().any(|(own, _)| own == name);
            let set = matches!(end.state.bases.get(&name), Some(Base::Set(_)));
            of_switch(first).unwrap_or(false)
                && set == flag("Team")
                && text(first, "Mode")? == end.mode(&name)
                && !(flag("NoHostVnic") && end.state.implicit.contains(&name))
        }
        "Get-HostVnic" => {
            let (name, switch) = (text(first, "Name")?, text(first, "Switch")?);
            let own = end
                .node()
                .host_vnics
                .iter()
                .any(|v| v.name == name && v.switch == switch);
            own || end.state.implicit.contains(&switch) && name == switch
        }
        "Get-VMSwitch" if line.test.contains("DefaultFlow") => {
            let name = text(first, "Name")?;
            let own = end.node().switches.iter().find(|s| s.name == name)?;
            own.facts.number(default_flow::COLUMN) == number(&line.test)
        }
        "Get-VMSwitch" => end.bound(&text(first, "Name")?).is_some(),
        "Get-NetLbfoTeam" => end.state.teams().contains(&text(first, "Name")?),
        "Test-Team" => {
            let own: BTreeSet<String> = end.state.team(&text(first, "Name")?).into_iter().collect();
            own == list(first, "Member").into_iter().collect()
        }
        _ => return of_adapter(end, node, (line, first)),
    };
    Some(found != negated)
}

fn of_adapter(end: &End, node: &NodeWork, (line, first): (&Line, &Call)) -> Option<bool> {
    let vnic = |parameter: &str| {
        let name = text(first, parameter)?;
        end.node().host_vnics.iter().find(|v| v.name == name)
    };
    Some(match first.name.as_str() {
        "Get-VMNetworkAdapterVlan" => {
            let vlan = vnic("VMNetworkAdapterName").map(|v| v.vlan);
            let wanted = if line.test.contains("Untagged") {
                None
            } else {
                number(&line.test)
            };
            vlan.is_some_and(|vlan| vlan.map(u64::from) == wanted)
        }
        "Get-VMNetworkAdapter" if line.test.contains("MinimumBandwidthWeight") => {
            vnic("Name").is_some_and(|v| Some(u64::from(v.weight.unwrap_or(0))) == number(&line.test))
        }
        "Get-NetAdapterRdma" => {
            let alias = text(first, "Name")?;
            let mut own = end.node().host_vnics.iter();
            own.any(|v| Port::HostVnic(v.name.clone()).alias() == alias && v.rdma == Some(true))
        }
        "Get-VMNetworkAdapterTeamMapping" => {
            let own = vnic("Name")
                .and_then(|v| v.facts.list("team_mapping"))
                .unwrap_or_default();
            let wanted = line.test.rsplit("-contains ").next().and_then(|t| decoded(t.trim()));
            if line.test.starts_with("-not ") {
                own.is_empty()
            } else {
                wanted.is_some_and(|w| own.contains(&w))
            }
        }
        "Get-NetAdapter" if line.test.contains("VlanID") => {
            let own = end.facts(&text(first, "Name")?)?.number("nic_vlan").unwrap_or(0);
            Some(own) == number(&line.test)
        }
        "Get-NetAdapterBinding" => list(first, "Name").iter().all(|name| {
            let ports = end.node().nics.iter().filter(|n| n.name == *name || n.team == *name);
            ports.clone().count() > 0
                && ports
                    .clone()
                    .all(|n| bindings::COLUMNS.iter().all(|c| n.facts.yes(c) == Some(false)))
        }),
        "Get-NetAdapterAdvancedProperty" => end.facts(&text(first, "Name")?).is_some_and(packets::is_large),
        "Test-Dcb" => {
            let on = |name: &String| end.facts(name).is_some_and(|f| f.yes(dcb::PORT) == Some(true));
            list(first, "Adapter").iter().all(on)
                && end.node().facts.get("traffic_classes") == node.after.facts.get("traffic_classes")
        }
        "Test-Share" => end.node().facts.get(policies::COLUMN) == node.after.facts.get(policies::COLUMN),
        _ => return of_host(end, (line, first)),
    })
}

fn of_host(end: &End, (line, first): (&Line, &Call)) -> Option<bool> {
    let adapter = || text(first, "Adapter");
    Some(match first.name.as_str() {
        "Test-Address" => list(first, "Address")
            .iter()
            .all(|a| adapter().is_some_and(|own| end.has(&own, a))),
        "Test-Given" => {
            let (own, from) = (adapter()?, text(first, "From")?);
            let saved = end.windows.saved.get(&from)?;
            saved.iter().any(|a| end.has(&own, a))
        }
        "Test-Subnet" => {
            let own = end.windows.of(&adapter()?);
            let subnets = list(first, "Subnet");
            let on = |s: &String| Subnet::any_holds(s, &Subnet::of_addresses(&own));
            let has = if subnets.is_empty() {
                !own.is_empty()
            } else {
                subnets.iter().any(on)
            };
            has != line.test.starts_with("-not ")
        }
        "Test-Cleared" => {
            let of = text(first, "Of").or_else(adapter)?;
            let had = end.windows.saved.get(&of).cloned().unwrap_or_default();
            !had.iter().any(|a| adapter().is_some_and(|own| end.has(&own, a)))
        }
        "Get-Ipv4" if line.test.contains("Select-Address") => {
            let subnets: Vec<String> = Script::parse(&line.test)
                .calls()
                .iter()
                .flat_map(|call| list(call, "Subnet"))
                .collect();
            let own = end.windows.of(&adapter()?);
            let inside = |a: &String| {
                subnets
                    .iter()
                    .any(|s| Subnet::any_holds(s, &Subnet::of_addresses(std::slice::from_ref(a))))
            };
            own.iter().all(inside)
        }
        "Get-Ipv4" => {
            let (_, rest) = line.test.split_once("{ @(")?;
            let gone = Script::parse(&format!("$x = {}", rest.split(')').next()?)).literals();
            !gone.iter().any(|a| adapter().is_some_and(|own| end.has(&own, a)))
        }
        "Get-VMHost" if line.test.contains("MacAddressMinimum") => {
            let pool = end.node().mac_pool?;
            line.test.contains(&format!("{:012X}", pool.min.0)) && line.test.contains(&format!("{:012X}", pool.max.0))
        }
        "Get-VMHost" if line.test.contains("PerformanceOption") => {
            let word = match end.node().migration.transport? {
                Transport::Tcp => "TCPIP",
                Transport::Compression => "Compression",
                Transport::Smb => "SMB",
            };
            line.test.contains(&quoted(word))
        }
        "Get-VMHost" if line.test.contains("MaximumVirtualMachineMigrations") => {
            end.node().migration.concurrency.map(u64::from) == number(&line.test)
        }
        "Get-SmbBandwidthLimit" => end.node().migration.smb_limit.map(|rate| rate * 125_000) == number(&line.test),
        _ => return None,
    })
}

/// Steps whose omission changes the end and that no line of verify notices, and lines that do not hold at the end; and the titles of all steps that
/// change it.
pub fn unproven(work: &ClusterWork, node: &NodeWork, files: &[File]) -> (Vec<String>, Vec<String>) {
    let Some(there) = super::steps(files, node, "-2-apply.ps1") else {
        return (Vec::new(), Vec::new());
    };
    let lines = lines(files, node);
    let end = End::of(work, node, &there, None);
    let name = &node.today.name;
    let wrong = lines.iter().filter(|line| holds(&end, node, line) == Some(false));
    let mut found: Vec<String> = wrong
        .map(|l| format!("{name}: at the end verify denies {}: {}", l.what, l.test))
        .collect();
    let (seen, mut asked) = (end.seen(work), Vec::new());
    let runs = |calls: &[Call]| calls.iter().any(|c| c.name.starts_with("Invoke-"));
    for step in &node.steps {
        // some steps are done by others: nothing is run for them
        if !there
            .iter()
            .any(|(number, calls)| *number == step.number && runs(calls))
        {
            continue;
        }
        let without = End::of(work, node, &there, Some((step.number, &end)));
        if without.seen(work) == seen {
            continue;
        }
        asked.push(step.title.clone());
        if !lines.iter().any(|line| holds(&without, node, line) == Some(false)) {
            found.push(format!(
                "{name}: nothing in verify fails without step {} ({})",
                step.number, step.title
            ));
        }
    }
    (found, asked)
}

/// Adapters that a step gives a role.
fn assumed(step: &Step) -> impl Iterator<Item = &Port> {
    step.changes.iter().filter_map(|change| match change {
        Change::Assume { port, .. } => Some(port),
        _ => None,
    })
}
