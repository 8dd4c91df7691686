//! Roles and their addresses as PowerShell.

use super::change::{Context, Written};
use crate::deploy::steps::{Change, Port};
use crate::powershell::{Command, quoted, quoted_list};
use crate::roles::Role;
use crate::units::Subnet;

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
        (None, None) if addresses.is_empty() => return Written::default(),
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
    } else if let Some(subnets) = from.and_then(|from| subnets(context, from, port, roles)) {
        change = change.names("Subnet", &subnets);
        test = test.names("Subnet", &subnets);
    } else if let Some(ip) = management.filter(|_| !ip_is_v6(management)) {
        test = Command::new("Test-Address").name("Adapter", &alias).name("Address", ip);
    }
    Written::new(test.line(), vec![change])
}

/// The subnets of some roles where the adapter that had them had others, too, and nobody knows its addresses: only those on these subnets move, since
/// the new adapter is in one VLAN.
fn subnets(context: &Context, from: &Port, to: &Port, roles: &[Role]) -> Option<Vec<String>> {
    let (Port::Nic(name), Port::HostVnic(_)) = (from, to) else {
        return None;
    };
    let nic = context.node?.nics.iter().find(|n| n.name == *name)?;
    let several = nic.roles.iter().filter(|role| **role != Role::Vm).count() > 1;
    let networks = context.cluster.networks.iter();
    let own = networks.filter(|n| n.purpose.is_some_and(|role| roles.contains(&role)));
    let one = |cell: &str| matches!(Subnet::list(cell)[..], [only] if !only.is_v6() && cell.contains('/'));
    let subnets: Vec<String> = own.map(|n| n.subnet.trim().to_owned()).filter(|s| one(s)).collect();
    (several && !subnets.is_empty() && !roles.contains(&Role::Management)).then_some(subnets)
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
