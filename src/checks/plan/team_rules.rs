//! `team-rules`: NICs that work together may work together.

use super::{Broken, Judge, PlanCheck, Row, list, rows};
use crate::checks::recount::mechanism::mechanism;
use crate::inventory::{Cluster, Nic};
use crate::plan::{ClusterPlan, Mechanism};
use crate::profiles::TeamKind;
use crate::units::show_mbps;
use std::collections::BTreeSet;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "team-rules",
    summary: "team members have one speed and one model and are not too many; MPIO and Multichannel NICs have one speed; vendor teams only where the policy allows them",
    docs: "Microsoft supports teams of like NICs only (SET refuses others), Multichannel uses the fastest NICs and leaves slower ones idle, and Windows Server 2008 R2 has no teaming but the NIC vendor's.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for row in rows(cluster, plan) {
        match mechanism(cluster, row.uplink, row.entry.nics.len()) {
            Mechanism::Team => {
                one_speed(&row, broken);
                one_model(&row, broken);
                allowed(cluster, &row, broken);
            }
            Mechanism::Mpio | Mechanism::Multichannel => one_speed(&row, broken),
            Mechanism::Single | Mechanism::Networks => {}
        }
    }
}

const SPEED: &str = "if speed_mbps in nics.csv is wrong (a port without a link has none), correct it there; else give the uplink ports of one speed in plan.json; \
                     or make the plan anew with 'nicplan plan'";
const MODEL: &str = "fill or correct the column model in nics.csv if the ports are alike; else give the uplink ports of one model in plan.json; or make \
                     the plan anew with 'nicplan plan'";
const VENDOR: &str = "set vendor_teaming to yes in policy.csv if the vendor's driver makes the team; else give the uplink one port in plan.json; or make the \
                      plan anew with 'nicplan plan'";

fn one_speed(row: &Row, broken: &mut Broken) {
    let speeds: BTreeSet<u64> = row.nics().iter().map(|nic: &&Nic| nic.speed).collect();
    if speeds.len() > 1 {
        let found = list(speeds.into_iter().map(show_mbps));
        let message = format!(
            "on {} uplink {} joins NICs of {found}; they must have one speed",
            row.node.name, row.uplink.name
        );
        broken.advise(row.subject(), message, [found, "one speed".to_owned()], SPEED);
    }
}

fn one_model(row: &Row, broken: &mut Broken) {
    let models: BTreeSet<&str> = row.nics().iter().map(|nic| nic.model.as_str()).collect();
    if models.len() > 1 {
        let found = list(models.into_iter().map(|m| if m.is_empty() { "(unknown)" } else { m }));
        let message = format!(
            "on {} uplink {} teams different models: {found}; they must be alike",
            row.node.name, row.uplink.name
        );
        broken.advise(row.subject(), message, [found, "one model".to_owned()], MODEL);
    }
}

fn allowed(cluster: &Cluster, row: &Row, broken: &mut Broken) {
    let (members, most) = (row.entry.nics.len(), cluster.profile.max_team);
    if members > most {
        let message = format!(
            "on {} uplink {} teams {members} NICs; {} allows {most}",
            row.node.name, row.uplink.name, cluster.profile.title
        );
        broken.add(row.subject(), message, members, most);
    }
    if cluster.profile.team == TeamKind::Vendor && !cluster.policy.vendor_teaming {
        let message = format!(
            "on {} uplink {} teams {members} NICs; {} has vendor teams only, and the policy does not allow them",
            row.node.name, row.uplink.name, cluster.profile.title
        );
        let values = [
            members.to_string(),
            "one NIC, or vendor_teaming in policy.csv".to_owned(),
        ];
        broken.advise(row.subject(), message, values, VENDOR);
    }
}
