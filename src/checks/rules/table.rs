//! All rules of all families, sorted by name. To add a rule: its two files, its two lines in the `mod.rs` of its family.

use super::Rule;
use super::{
    capacity, cluster_network, host, live_migration, mac, network_atc, nic, nlb, offload, qos, replica, sources,
    storage, team, vlan, vnic, vswitch,
};
use std::sync::LazyLock;

/// All rules, sorted by name.
pub static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let families = [
        capacity::RULES,
        cluster_network::RULES,
        host::RULES,
        live_migration::RULES,
        mac::RULES,
        network_atc::RULES,
        nic::RULES,
        nlb::RULES,
        offload::RULES,
        qos::RULES,
        replica::RULES,
        sources::RULES,
        storage::RULES,
        team::RULES,
        vlan::RULES,
        vnic::RULES,
        vswitch::RULES,
    ];
    let mut rules = families.concat();
    rules.sort_by_key(|rule| rule.name);
    rules
});
