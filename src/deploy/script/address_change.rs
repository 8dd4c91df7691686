//! Roles and their addresses as PowerShell.

use super::change::{Context, Written};
use crate::applied::{selectable, today};
use crate::deploy::state::port_of;
use crate::deploy::steps::{Change, Port};
use crate::inventory::Node;
use crate::powershell::{Command, quoted, quoted_list};
use crate::roles::Role;

/// Addresses: known ones are written down, others are taken over from what the adapter had before the first change.
pub fn written(context: &Context, change: &Change) -> Written {
    match change {
        Change::Release {
            port,
            addresses,
            keeps_address,
            of,
            ..
        } => {
            if *keeps_address {
                return Written::default();
            }
            let alias = port.alias();
            let going = |name: &str| match of.as_ref().filter(|of| *of != port) {
                Some(of) => Command::new(name).name("Adapter", &alias).name("Of", &of.alias()),
                None => Command::new(name).name("Adapter", &alias),
            };
            let test = if addresses.is_empty() {
                going("Test-Cleared").line()
            } else {
                format!(
                    "@(Get-Ipv4 -Adapter {} | Where-Object {{ @({}) -contains $_ }}).Count -eq 0",
                    quoted(&alias),
                    quoted_list(addresses)
                )
            };
            let clear = if addresses.is_empty() {
                going("Clear-Address")
            } else {
                Command::new("Clear-Address")
                    .name("Adapter", &alias)
                    .names("Address", addresses)
            };
            Written::new(test, vec![clear])
        }
        Change::Assume {
            port,
            roles,
            from,
            addresses,
        } => assume(context, port, roles, from.as_ref(), addresses),
        _ => Written::default(),
    }
}

/// The same where the addresses wait on a port in between, from which Network ATC may not have taken them.
pub fn landed(mut written: Written) -> Written {
    for line in written.commands.iter_mut().chain([&mut written.test]) {
        if line.starts_with("Move-Address") || line.starts_with("Test-Moved") {
            line.push_str(" -All");
        }
    }
    written
}

fn assume(context: &Context, port: &Port, roles: &[Role], from: Option<&Port>, addresses: &[String]) -> Written {
    let management = Some(context.management()).filter(|ip| roles.contains(&Role::Management) && !ip.is_empty());
    let alias = port.alias();
    let source = match (from, management) {
        (Some(from), _) if !is_unnamed(context, from) => quoted(&from.alias()),
        (_, Some(ip)) => format!("(Find-Management -Address {})", quoted(ip)),
        (Some(from), None) => quoted(&from.alias()),
        (None, None) if addresses.is_empty() => return bound(context, port),
        (None, None) => {
            let set = Command::new("Set-Address")
                .name("Adapter", &alias)
                .names("Address", addresses);
            let test = Command::new("Test-Address")
                .name("Adapter", &alias)
                .names("Address", addresses)
                .line();
            return Written::new(test, vec![set]);
        }
    };
    let mut test = Command::new("Test-Moved").value("From", &source).name("To", &alias);
    let mut change = Command::new("Move-Address").value("From", &source).name("To", &alias);
    if !addresses.is_empty() {
        change = change.names("Address", addresses);
        test = test.names("Address", addresses);
    } else if let Some((parameter, subnets)) = from.and_then(|from| selection(context, from, port, roles)) {
        let note = Command::new("Write-Unfound")
            .value("From", &source)
            .name("To", &alias)
            .names(parameter, &subnets);
        let test = test.names(parameter, &subnets).line();
        return Written {
            note: note.line(),
            ..Written::new(test, vec![change.names(parameter, &subnets)])
        };
    } else if let Some(ip) = management.filter(|_| !ip_is_v6(management)) {
        test = Command::new("Test-Address").name("Adapter", &alias).name("Address", ip);
    }
    Written::new(test.line(), vec![change])
}

/// Which of an adapter's addresses another one gets where it had several roles, some of which go elsewhere, and nobody knows its addresses: those in the
/// subnets of the roles that come, or without such a subnet those outside the subnets of the others.
pub fn selection(context: &Context, from: &Port, to: &Port, roles: &[Role]) -> Option<(&'static str, Vec<String>)> {
    let holds = |node: &Node, port: &Port| {
        let carriers = today::carriers(node);
        let own = carriers.into_iter().find(|c| port_of(node, &c.carrier) == *port);
        own.map(|c| c.roles).unwrap_or_default()
    };
    let there = holds(context.after?, to);
    let others: Vec<Role> = holds(context.node?, from)
        .into_iter()
        .filter(|role| !there.contains(role))
        .collect();
    if from == to || others.is_empty() || roles.contains(&Role::Management) {
        return None;
    }
    let subnets = |roles: &[Role]| -> Vec<String> {
        let all = roles
            .iter()
            .flat_map(|role| selectable(&context.cluster.networks, *role));
        all.collect()
    };
    let (own, rest) = (subnets(roles), subnets(&others));
    if !own.is_empty() {
        Some(("Subnet", own))
    } else if !rest.is_empty() && !roles.contains(&Role::Storage) {
        Some(("Except", rest))
    } else {
        None
    }
}

/// A port that was in a team or under a virtual switch gets TCP/IP back for the address that comes by hand.
fn bound(context: &Context, port: &Port) -> Written {
    if context.back || !context.node.is_some_and(|today| port.comes_free(today)) {
        return Written::default();
    }
    let alias = port.alias();
    let test = format!(
        "@(Get-NetAdapterBinding -Name {} -ComponentID 'ms_tcpip' | Where-Object {{ $_.Enabled }}).Count -eq 1",
        quoted(&alias)
    );
    Written::new(test, vec![Command::new("Enable-Binding").name("Adapter", &alias)])
}

fn ip_is_v6(ip: Option<&str>) -> bool {
    ip.is_some_and(|ip| ip.contains(':'))
}

/// A host vNIC that the inventory does not name: its name in Windows is a guess.
fn is_unnamed(context: &Context, port: &Port) -> bool {
    match (port, context.node) {
        (Port::HostVnic(name), Some(node)) => {
            !node.host_vnics.iter().any(|v| v.name == *name) && node.switches.iter().any(|s| s.name == *name)
        }
        _ => false,
    }
}
