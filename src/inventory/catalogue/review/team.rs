//! Columns for the rules about teams. A team of Windows NIC Teaming is described at its ports, SET at its virtual switch: as
//! `Get-NetLbfoTeam` and `Get-VMSwitchTeam` give them.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Names, Text, Vlan, YesNo};

const MODES: &[&str] = &["switch-independent", "static", "lacp"];
const ALGORITHMS: &[&str] = &[
    "hyper-v-port",
    "dynamic",
    "transport-ports",
    "ip-addresses",
    "mac-addresses",
];

pub(super) const COLUMNS: Family = Family {
    nics: &[
        Column::fact(
            "team_kind",
            Choice(&["lbfo", "vendor"]),
            "Who made the team: lbfo is Windows NIC Teaming (Get-NetLbfoTeam lists the port in Members), vendor the software of \
             the NIC's maker. SET is a property of the virtual switch.",
            "lbfo",
        ),
        Column::fact(
            "team_mode",
            Choice(MODES),
            "Mode of the LBFO team (Get-NetLbfoTeam, TeamingMode); the same in the row of each member.",
            "switch-independent",
        )
        .also(&["TeamingMode"]),
        Column::fact(
            "team_load_balancing",
            Choice(ALGORITHMS),
            "How the LBFO team spreads traffic (Get-NetLbfoTeam, LoadBalancingAlgorithm).",
            "dynamic",
        )
        .also(&["LoadBalancingAlgorithm"]),
        Column::fact(
            "team_interfaces",
            Names,
            "Interfaces of the LBFO team (Get-NetLbfoTeam, TeamNics).",
            "LAN-Team",
        )
        .also(&["TeamNics"]),
        Column::fact(
            "team_vlan",
            Vlan,
            "VLAN of the team interface that the virtual switch is bound to (Get-NetLbfoTeamNic, VlanID); 0 = default mode, all VLANs.",
            "0",
        ),
        Column::fact(
            "dot1x",
            YesNo,
            "The port logs on to the physical switch by 802.1X (netsh lan show interfaces).",
            "no",
        ),
    ],
    switches: &[
        Column::fact(
            "embedded_teaming",
            YesNo,
            "The switch has Switch Embedded Teaming, SET (Get-VMSwitch, EmbeddedTeamingEnabled).",
            "yes",
        )
        .also(&["EmbeddedTeamingEnabled"]),
        Column::fact(
            "teaming_mode",
            Choice(MODES),
            "Mode of the SET (Get-VMSwitchTeam, TeamingMode).",
            "switch-independent",
        ),
        Column::fact(
            "load_balancing",
            Choice(ALGORITHMS),
            "How the SET spreads traffic (Get-VMSwitchTeam, LoadBalancingAlgorithm).",
            "hyper-v-port",
        )
        .also(&["LoadBalancingAlgorithm"]),
    ],
    vnics: &[
        Column::fact(
            "guest_team",
            Text,
            "Team inside the guest that the adapter is in (Get-NetLbfoTeam in the guest).",
            "Team1",
        ),
        Column::fact(
            "allow_teaming",
            YesNo,
            "The adapter may be in a team of the guest (Get-VMNetworkAdapter, AllowTeaming).",
            "yes",
        ),
    ],
    ..Family::NONE
};
