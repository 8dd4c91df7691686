//! Guaranteed shares of the roles on a shared uplink.
//!
//! In: demands and the profile. Out: permille per role, 1000 in all. Weights in proportion to demand make all guaranteed /
//! demand ratios equal, which is the best any weights can do; live migration, which has no demand, gets what can be spared
//! up to the published 40 %. Azure Local's shares are Microsoft's host network requirements.

use crate::plan::Share;
use crate::roles::Role;
use crate::units::{Mbps, Permille};

/// Most that live migration is promised beside other traffic (Microsoft, Network Recommendations for a Hyper-V Cluster: weight 40 of 100).
const MIGRATION_MOST: Permille = 400;
/// Least that any role is promised (Microsoft, QoS best practices: critical flows at least 5 of 100).
const LEAST: Permille = 50;

/// Facts of one uplink on one node.
pub struct Uplink<'a> {
    pub roles: &'a [Role],
    /// Demand of each role in the order of `roles`, VM traffic included.
    pub demand: &'a [Mbps],
    /// Capacity after the worst failure that must be survived.
    pub capacity: Mbps,
    /// Speed of one port.
    pub port: Mbps,
    /// Azure Local's table applies.
    pub azure_local: bool,
}

/// Shares for one uplink.
pub fn shares(uplink: &Uplink) -> Vec<Share> {
    let permille = match uplink.roles {
        [] => Vec::new(),
        [_] => vec![1000],
        roles if uplink.azure_local && roles.contains(&Role::Storage) => azure_local(uplink),
        _ => by_demand(uplink),
    };
    uplink
        .roles
        .iter()
        .zip(permille)
        .map(|(role, permille)| Share { role: *role, permille })
        .collect()
}

/// Half of the uplink (all of it where storage has its own NICs) is the SMB class: storage 70 %, live migration 29 %, heartbeat
/// 1 % (2 % up to 10 GbE); the other roles share the rest. Below 5 Gbit/s of share live migration is compressed instead, in the
/// default class. Source: Microsoft, Azure Local host network requirements.
fn azure_local(uplink: &Uplink) -> Vec<Permille> {
    let guests = uplink
        .roles
        .iter()
        .any(|r| matches!(r, Role::Management | Role::Vm | Role::Replica));
    let smb: Permille = if guests { 500 } else { 1000 };
    let heartbeat = if uplink.port <= 10_000 { 20 } else { 10 };
    let migrates_over_smb = smb_migration(uplink, smb) || !guests;
    let of_smb = |role: &Role| match role {
        Role::Storage => Some(700),
        Role::Cluster => Some(heartbeat),
        Role::LiveMigration if migrates_over_smb => Some(300 - heartbeat),
        _ => None,
    };
    let fixed: Vec<Option<Permille>> = uplink.roles.iter().map(|r| of_smb(r).map(|p| p * smb / 1000)).collect();
    // With a 10 GbE heartbeat of 2 % the three would pass 100 %: the published table keeps 29 % for migration there only on paper.
    let left = 1000 - fixed.iter().flatten().sum::<Permille>();
    let open: Vec<usize> = (0..fixed.len()).filter(|i| fixed[*i].is_none()).collect();
    let weights: Vec<u64> = open.iter().map(|i| uplink.demand[*i].max(1)).collect();
    let parts = split(left, &weights, LEAST);
    let mut result: Vec<Permille> = fixed.iter().map(|p| p.unwrap_or(0)).collect();
    for (index, part) in open.into_iter().zip(parts) {
        result[index] = part;
    }
    result
}

/// Whether live migration's 29 % of the SMB class reach 5 Gbit/s of a two-port team.
fn smb_migration(uplink: &Uplink, smb: Permille) -> bool {
    uplink.capacity.max(2 * uplink.port) * smb * 290 / 1_000_000 >= 5_000
}

/// What each role needs after the failure is guaranteed first where that leaves room for migration; the rest is spread.
fn by_demand(uplink: &Uplink) -> Vec<Permille> {
    let bulk: Vec<bool> = uplink.roles.iter().map(|r| r.info().bulk).collect();
    let bulk_roles = bulk.iter().filter(|b| **b).count() as u64;
    let reserve = if bulk_roles == 0 { 0 } else { 2 * LEAST };
    let weights: Vec<u64> = uplink
        .demand
        .iter()
        .zip(&bulk)
        .filter(|(_, b)| !**b)
        .map(|(d, _)| (*d).max(1))
        .collect();
    let needed: Vec<Permille> = weights.iter().map(|w| needed(*w, uplink.capacity)).collect();
    let base: Permille = needed.iter().sum();
    let mut parts = if base + reserve > 1000 {
        split(1000 - reserve, &weights, LEAST)
    } else {
        let bulk_share = if bulk_roles == 0 {
            0
        } else {
            (1000 - base).min(MIGRATION_MOST)
        };
        let extra = split(1000 - bulk_share - base, &weights, 0);
        needed.iter().zip(extra).map(|(needed, extra)| needed + extra).collect()
    }
    .into_iter()
    .collect::<std::collections::VecDeque<_>>();
    let bulk_share = 1000 - parts.iter().sum::<Permille>();
    let mut bulk_parts = split(bulk_share, &vec![1; bulk_roles as usize], 0).into_iter();
    bulk.iter()
        .map(|bulk| if *bulk { bulk_parts.next() } else { parts.pop_front() }.unwrap_or(0))
        .collect()
}

/// Share that guarantees a demand, at least [`LEAST`]; all of it when there is no capacity.
fn needed(demand: Mbps, capacity: Mbps) -> Permille {
    if capacity == 0 {
        1000
    } else {
        (demand * 1000).div_ceil(capacity).max(LEAST)
    }
}

/// Splits a whole by weights, nobody below `least` where that is possible; largest remainders get the rest.
fn split(whole: Permille, weights: &[u64], least: Permille) -> Vec<Permille> {
    let count = weights.len() as u64;
    if count == 0 {
        return Vec::new();
    }
    let least = least.min(whole / count);
    let rest = whole - least * count;
    let total: u64 = weights.iter().sum::<u64>().max(1);
    let mut parts: Vec<Permille> = weights.iter().map(|w| least + rest * w / total).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(rest * weights[*i] % total), *i));
    let mut open = whole - parts.iter().sum::<Permille>();
    for index in order.into_iter().cycle() {
        if open == 0 {
            break;
        }
        parts[index] += 1;
        open -= 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVERGED: [Role; 5] = [
        Role::Management,
        Role::Cluster,
        Role::LiveMigration,
        Role::Storage,
        Role::Vm,
    ];

    fn azure(port: Mbps) -> Vec<Permille> {
        let demand = [100, 200, 0, 4000, 3000];
        let uplink = Uplink {
            roles: &CONVERGED,
            demand: &demand,
            capacity: 2 * port,
            port,
            azure_local: true,
        };
        shares(&uplink).into_iter().map(|s| s.permille).collect()
    }

    #[test]
    fn azure_local_shares_are_the_published_table() {
        // port, storage, live migration (0 = compression), heartbeat in Mbit/s of a two-port team
        let rows = [
            (25_000, 17_500, 7_250, 250),
            (40_000, 28_000, 11_600, 400),
            (50_000, 35_000, 14_500, 500),
            (100_000, 70_000, 29_000, 1_000),
            (200_000, 140_000, 58_000, 2_000),
        ];
        for (port, storage, migration, heartbeat) in rows {
            let got = azure(port);
            let mbps = |i: usize| got[i] * 2 * port / 1000;
            assert_eq!((mbps(3), mbps(2), mbps(1)), (storage, migration, heartbeat), "{port}");
            assert_eq!(got.iter().sum::<u64>(), 1000);
        }
    }

    #[test]
    fn azure_local_at_10_gbe_compresses_migration_outside_the_smb_class() {
        let got = azure(10_000);
        assert_eq!((got[3], got[1]), (350, 10));
        assert_eq!(got.iter().sum::<u64>(), 1000);
    }

    #[test]
    fn demands_are_guaranteed_after_the_failure_when_they_fit() {
        let demand = [500, 200, 0, 5000, 8000];
        let uplink = Uplink {
            roles: &CONVERGED,
            demand: &demand,
            capacity: 25_000,
            port: 25_000,
            azure_local: false,
        };
        let got = shares(&uplink);
        for (share, demand) in got.iter().zip(demand) {
            assert!(share.permille * 25 >= demand, "{share:?}");
        }
        assert_eq!(got.iter().map(|s| s.permille).sum::<u64>(), 1000);
    }
}
