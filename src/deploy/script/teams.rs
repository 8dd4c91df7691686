//! Teams of Windows as PowerShell: `New-NetLbfoTeam` and its members.

use super::again;
use super::change::{Context, Written};
use super::proof;
use crate::deploy::steps::Change;
use crate::inventory::Nic;
use crate::powershell::{Command, quoted};
use crate::profiles::WS2012;

pub(super) fn team(context: &Context, change: &Change) -> Written {
    let members = |team: &str| {
        format!(
            "@(Get-NetLbfoTeamMember -Team {} -ErrorAction SilentlyContinue | ForEach-Object {{ $_.Name }})",
            quoted(team)
        )
    };
    match change {
        Change::CreateTeam { name, nics } => {
            let (mode, balance) = team_settings(context, name, nics);
            let create = Command::new("New-NetLbfoTeam")
                .name("Name", name)
                .names("TeamMembers", nics)
                .name("TeamNicName", name);
            let create = create
                .value("TeamingMode", &mode)
                .value("LoadBalancingAlgorithm", &balance)
                .set("Confirm", false);
            let test = if context.back {
                format!(
                    "[bool](Get-NetLbfoTeam -Name {} -ErrorAction SilentlyContinue)",
                    quoted(name)
                )
            } else {
                proof::new_team(name, nics, &mode, &balance)
            };
            let mut commands = vec![create, Command::new("Wait-Adapter").name("Name", name)];
            commands.extend(restored(context, name));
            Written::new(test, commands)
        }
        Change::RemoveTeam { name, .. } => Written::new(
            format!(
                "-not (Get-NetLbfoTeam -Name {} -ErrorAction SilentlyContinue)",
                quoted(name)
            ),
            vec![
                Command::new("Remove-NetLbfoTeam")
                    .name("Name", name)
                    .set("Confirm", false),
            ],
        ),
        Change::JoinTeam { team, nic } => Written::new(
            format!("{} -contains {}", members(team), quoted(nic)),
            [join(team, nic)].into_iter().chain(restored(context, team)).collect(),
        ),
        Change::LeaveTeam { team, nic } => Written::new(
            format!("{} -notcontains {}", members(team), quoted(nic)),
            vec![
                Command::new("Remove-NetLbfoTeamMember")
                    .name("Name", nic)
                    .name("Team", team)
                    .set("Confirm", false),
            ],
        ),
        _ => Written::default(),
    }
}

fn join(team: &str, nic: &str) -> Command {
    let add = Command::new("Add-NetLbfoTeamMember").name("Name", nic);
    add.name("Team", team).set("Confirm", false)
}

/// What else the team had that is made again on the way back: its timer, VLANs, interfaces, the port in reserve.
fn restored(context: &Context, team: &str) -> Option<Command> {
    context.back.then(|| Command::new("Restore-Team").name("Name", team))
}

/// Mode and distribution of a team: those of a team that the ports are in today. On the way back what was written down before the first change where the
/// inventory is silent; a new team is independent of the switch, and spreads as [`spread`] says.
fn team_settings(context: &Context, name: &str, nics: &[String]) -> (String, String) {
    let of_ports = |column: &str| {
        let node = context.node?;
        let mut ports = node.nics.iter().filter(|n| nics.contains(&n.name));
        ports.find_map(|nic| nic.facts.text(column).map(str::to_owned))
    };
    let otherwise = |part: &str, word: &str| {
        if context.back {
            again::part(&format!("team {name}"), part, &format!("'{word}'"))
        } else {
            word.to_owned()
        }
    };
    let mode = match of_ports("team_mode").as_deref() {
        Some("lacp") => "Lacp".to_owned(),
        Some("static") => "Static".to_owned(),
        Some(_) => "SwitchIndependent".to_owned(),
        None => otherwise("Mode", "SwitchIndependent"),
    };
    let balance = match of_ports("team_load_balancing").as_deref() {
        Some("transport-ports") => "TransportPorts".to_owned(),
        Some("ip-addresses") => "IPAddresses".to_owned(),
        Some("mac-addresses") => "MacAddresses".to_owned(),
        Some("dynamic") if context.cluster.profile.generation > WS2012 => "Dynamic".to_owned(),
        Some("hyper-v-port") => "HyperVPort".to_owned(),
        _ => otherwise("Balance", spread(context, nics)),
    };
    (mode, balance)
}

/// How a team spreads its traffic where nobody said it: by the ports of the virtual switch on it; one that carries addresses of its own by TCP ports on
/// 2012 and dynamically from 2012 R2, since all of the host would be one port of a virtual switch (Microsoft, NIC Teaming, load distribution).
fn spread(context: &Context, nics: &[String]) -> &'static str {
    let under_switch = |nic: &&Nic| nics.contains(&nic.name) && nic.switch.is_some();
    let bare = context
        .after
        .is_some_and(|node| !node.nics.iter().any(|nic| under_switch(&nic)));
    match (bare, context.cluster.profile.generation > WS2012) {
        (false, _) => "HyperVPort",
        (true, true) => "Dynamic",
        (true, false) => "TransportPorts",
    }
}
