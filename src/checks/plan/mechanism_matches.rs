//! `mechanism-matches`: each uplink says how its NICs hold together, and says it rightly.

use super::{Broken, Judge, PlanCheck, rows};
use crate::checks::recount::mechanism::{mechanism, team_kind};
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, Mechanism};
use crate::profiles::TeamKind;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "mechanism-matches",
    summary: "mechanism and kind of team are those that follow from the uplink's roles, its NICs and the OS version",
    docs: "Capacity depends on it (a team adds up, networks of their own do not), and the scripts build what the plan names.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for row in rows(cluster, plan) {
        let nics = row.entry.nics.len();
        let right = mechanism(cluster, row.uplink, nics);
        let team = team_kind(cluster, right);
        if (row.entry.mechanism, row.entry.team) != (right, team) {
            let (current, expected) = (show(row.entry.mechanism, row.entry.team), show(right, team));
            let message = format!(
                "on {} uplink {} with {nics} NICs is planned as {current}; it is {expected}",
                row.node.name, row.uplink.name
            );
            broken.misstated(row.subject(), message, current, expected);
        }
    }
}

fn show(mechanism: Mechanism, team: Option<TeamKind>) -> String {
    let name = match mechanism {
        Mechanism::Single => "a single NIC",
        Mechanism::Team => "a team",
        Mechanism::Mpio => "MPIO",
        Mechanism::Multichannel => "SMB Multichannel",
        Mechanism::Networks => "separate cluster networks",
    };
    team.map_or_else(|| name.to_owned(), |kind| format!("{name} ({})", kind.title()))
}
