//! The account of MAC addresses as JSON.
//!
//! In: [`LedgerData`] and findings. Out: one object. Must not know: text for people.

use super::LedgerData;
use super::names::assumed_from;
use crate::finding::Finding;
use crate::inventory::NlbMode;
use crate::mac::account::{Dangers, Fill};
use crate::mac::cold_start::{ColdStart, Outcome};
use crate::mac::exhaustion::RunsOut;
use crate::mac::nlb::{cluster_mac, mode_name};
use crate::mac::nlb_groups::NlbGroup;
use crate::reports::not_yet;
use serde_json::{Value, json};

/// Everything that the files hold, but the addresses of ports and host vNICs only where they are duplicates; cold starts as lists
/// of nodes.
pub(super) fn json(data: &LedgerData, findings: &[Finding], remaining: &[Finding]) -> Value {
    let clusters: Vec<Value> = data
        .inventory
        .clusters
        .iter()
        .zip(&data.plans)
        .map(|(cluster, plan)| {
            json!({
                "cluster": cluster.name,
                "mac_pools": plan.pools,
                "static_macs": plan.statics,
                "premise": not_yet::for_addresses(cluster),
            })
        })
        .collect();
    let starts = data.today.cold_starts.iter().zip(&data.after.cold_starts);
    json!({
        "clusters": clusters,
        "findings": findings,
        "overlaps": overlaps(data),
        "duplicates": duplicates(data),
        "exhaustion": data.today.fill.iter().map(|fill| exhaustion(data, fill)).collect::<Vec<_>>(),
        "dangers": { "today": dangers(data.today.dangers), "after_changes": dangers(data.after.dangers) },
        "cold_start": starts.map(|(today, after)| cold_start(data, today, after)).collect::<Vec<_>>(),
        "nlb": data.nlb_groups().iter().map(|(c, group)| nlb(data, *c, group)).collect::<Vec<_>>(),
        "changes": changes(data),
        "cold_starts_proven_fewest": data.starts.fewest,
        "remaining_after_changes": remaining,
    })
}

fn overlaps(data: &LedgerData) -> Vec<Value> {
    let node = |index: &usize| {
        let pool = data.today.pools.get(*index)?;
        let (cluster, name) = (data.cluster_name(pool.cluster), data.node_name(pool.cluster, pool.node));
        Some(json!({ "cluster": cluster, "node": name, "assumed": pool.pool.assumed }))
    };
    let overlaps = data.today.overlaps.iter();
    overlaps
        .map(|o| json!({ "range": o.range, "in_use": o.in_use, "nodes": o.pools.iter().filter_map(node).collect::<Vec<_>>() }))
        .collect()
}

fn duplicates(data: &LedgerData) -> Vec<Value> {
    let holder = |h: &crate::mac::ledger::Holder| {
        let (kind, owner, adapter) = data.parts(h);
        json!({ "cluster": data.cluster_name(h.cluster), "kind": kind, "owner": owner, "adapter": adapter })
    };
    let duplicates = data.today.duplicates.iter();
    duplicates
        .map(|d| json!({ "mac": d.mac, "across_clusters": d.across_clusters(), "holders": d.holders.iter().map(holder).collect::<Vec<_>>() }))
        .collect()
}

fn exhaustion(data: &LedgerData, fill: &Fill) -> Value {
    let node = data.node(fill.cluster, fill.node);
    json!({
        "cluster": data.cluster_name(fill.cluster),
        "node": data.node_name(fill.cluster, fill.node),
        "pool": fill.pool.map(|p| p.range),
        "assumed": fill.pool.is_some_and(|p| p.assumed),
        "assumed_from": node.map_or("", |n| assumed_from(n, fill.pool)),
        "in_use": fill.load.now,
        "worst_in_use": fill.load.worst,
        "worst_loss": fill.load.worst_loss.map(|n| data.node_name(fill.cluster, n)),
        "growth_percent": fill.growth_percent,
        "now": fill.now.map(|until| runs_out(data, until)),
        "after_loss": fill.after_loss.map(|until| runs_out(data, until)),
    })
}

/// `months` is absent where the pool lasts beyond the horizon or for ever; `date` where no day was given.
fn runs_out(data: &LedgerData, until: RunsOut) -> Value {
    let (result, months) = match until {
        RunsOut::Now => ("runs-out", Some(0)),
        RunsOut::Months(months) => ("runs-out", Some(months)),
        RunsOut::Later => ("later", None),
        RunsOut::Never => ("never", None),
    };
    let date = data
        .as_of
        .zip(months)
        .map(|(day, months)| day.plus_months(months).to_string());
    json!({ "result": result, "months": months, "date": date })
}

fn dangers(d: Dangers) -> Value {
    json!({
        "overlapping_nodes": d.overlapping_nodes,
        "overlapping_addresses": d.overlapping_addresses,
        "duplicates": d.duplicates,
        "duplicates_across_clusters": d.duplicates_across,
        "dynamic_vnics": d.dynamic,
        "lost_at_home": d.lost_at_home,
        "lost_somewhere": d.lost_somewhere,
        "lost_that_must_stay": d.lost_that_must_stay,
        "unknown": d.unknown,
    })
}

fn cold_start(data: &LedgerData, today: &ColdStart, after: &ColdStart) -> Value {
    let nodes = |start: &ColdStart, word: &str| {
        let wanted = start
            .outcomes
            .iter()
            .filter(|(_, o): &&(usize, Outcome)| o.name() == word);
        wanted
            .map(|(node, _)| data.node_name(start.vnic.0, *node).to_owned())
            .collect::<Vec<_>>()
    };
    let lists = |start: &ColdStart| {
        json!({
            "keeps": nodes(start, "keeps"),
            "changes": nodes(start, "changes"),
            "first_start": nodes(start, "first-start"),
            "unknown": nodes(start, "unknown"),
        })
    };
    let found = data.vnic(today.vnic);
    json!({
        "cluster": data.cluster_name(today.vnic.0),
        "vm": found.map(|(vm, _)| vm.name.as_str()),
        "vnic": found.map(|(_, vnic)| vnic.name.as_str()),
        "mac": found.and_then(|(_, vnic)| vnic.mac),
        "dynamic": found.is_some_and(|(_, vnic)| vnic.dynamic_mac),
        "today": lists(today),
        "after_changes": lists(after),
    })
}

fn nlb(data: &LedgerData, cluster: usize, group: &NlbGroup) -> Value {
    let vms = |list: &[usize]| {
        let names = list.iter().filter_map(|v| data.vm(cluster, *v));
        names.map(|vm| vm.name.clone()).collect::<Vec<_>>()
    };
    let address = |vip: &std::net::Ipv4Addr| {
        json!({
            "vip": vip.to_string(),
            "unicast": cluster_mac(NlbMode::Unicast, *vip),
            "multicast": cluster_mac(NlbMode::Multicast, *vip),
            "igmp": cluster_mac(NlbMode::Igmp, *vip),
        })
    };
    let together = group.together.iter();
    json!({
        "cluster": data.cluster_name(cluster),
        "nlb": group.name,
        "modes": group.modes.iter().map(|m| mode_name(*m)).collect::<Vec<_>>(),
        "addresses": group.vips.iter().map(address).collect::<Vec<_>>(),
        "members": vms(&group.members),
        "without_static_mac": vms(&group.without_static),
        "without_spoofing": vms(&group.without_spoofing),
        "kept_apart": (group.kept_apart || data.asks(cluster, "vms.anti_affinity")).then_some(group.kept_apart),
        "together": together.map(|(n, held)| json!({ "node": data.node_name(cluster, *n), "vms": vms(held) })).collect::<Vec<_>>(),
    })
}

fn changes(data: &LedgerData) -> Vec<Value> {
    let changes = data.changes();
    let numbered = changes.iter().enumerate();
    numbered
        .map(|(index, c)| {
            json!({
                "step": index + 1, "cluster": data.cluster_name(c.cluster), "kind": c.kind, "subject": c.subject,
                "adapter": c.adapter, "today": c.today, "planned": c.planned, "why": c.why, "needed": c.needed,
            })
        })
        .collect()
}
