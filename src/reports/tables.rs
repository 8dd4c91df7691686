//! The tables of a plan as `.csv`: stable names, columns and order.
//!
//! In: [`ReportData`]. Out: bytes. New columns are only ever added at the end.
//! `growth_percent` is the growth that the needs and demands of the row include.

use super::csv_file::Sheet;
use super::data::{ClusterData, PortRow, ReportData, RoleOnPort, margin_permille, vlan_list};
use crate::finding::Finding;
use crate::inventory::Rdma;
use crate::plan::{PoolPlan, StaticMacPlan};
use crate::units::MacRange;

const ASSIGNMENT: &str = "cluster,node,nic,card,tor,speed_mbps,rdma,role,network,style,uplink,share_permille,demand_mbps,\
utilisation_permille,worst_utilisation_permille,worst_failure,vlans,changed,why,growth_percent";
const ROLE_CAPACITY: &str = "cluster,node,role,network,demand_mbps,capacity_mbps,worst_capacity_mbps,worst_failure,margin_permille,growth_percent,divided_by";
const EXTERNAL_NETWORKS: &str = "cluster,network,vm,vnic,vlan,need_mbps,group,dedicated,changed,why,growth_percent";
const FAILURES: &str = "cluster,failed,kind,node,role,network,capacity_mbps,demand_mbps,result,growth_percent,why";
const MAC_PLAN: &str = "cluster,node,pool_min,pool_max,new_pool_min,new_pool_max,in_use,worst_in_use,changed";
const STATIC_MACS: &str = "cluster,vm,vnic,current_mac,dynamic,planned_mac,spoofing,reason";
const FINDINGS: &str = "rule,severity,cluster,subject,message,current,expected,risk,fix,source,file,line,column,state,suppressed_by,counts_as,stays,judged_by";

/// One row per NIC and role; an idle NIC has one row with an empty role.
pub(super) fn assignment(data: &ReportData) -> Vec<u8> {
    let mut sheet = Sheet::new(ASSIGNMENT, data.clusters.iter().map(|c| c.ports.len() * 3).sum());
    for cluster in &data.clusters {
        for port in &cluster.ports {
            for role in &port.roles {
                assignment_row(&mut sheet, cluster, port, Some(role));
            }
            if port.roles.is_empty() {
                assignment_row(&mut sheet, cluster, port, None);
            }
        }
    }
    sheet.finish()
}

fn assignment_row(sheet: &mut Sheet, cluster: &ClusterData, port: &PortRow, role: Option<&RoleOnPort>) {
    sheet.text(&cluster.facts.name);
    sheet.text(cluster.node_name(port.node_index));
    sheet.text(&port.nic.name);
    sheet.text(&port.nic.card);
    sheet.text(&port.tor);
    sheet.value(port.nic.speed);
    sheet.value(rdma(port.nic.rdma));
    sheet.text(role.map_or("", |r| r.role.name()));
    sheet.text(role.map_or("", |r| r.network));
    sheet.value(cluster.plan.style);
    sheet.text(port.uplink.map_or("", |u| cluster.uplink_name(u)));
    sheet.optional(role.map(|r| r.share));
    sheet.optional(role.map(|r| r.demand));
    sheet.optional(port.load.map(|l| l.utilisation));
    sheet.optional(port.load.map(|l| l.worst_utilisation));
    sheet.text(port.load.map_or("", |l| &l.worst_failure));
    sheet.text(role.map_or("", |r| &r.vlans));
    sheet.yes_no(port.changed);
    sheet.text(&why(port, role));
    sheet.value(cluster.facts.policy.growth_percent);
    sheet.end_row();
}

/// Why the port does this; first of all that it has no link, where it has none.
fn why(port: &PortRow, role: Option<&RoleOnPort>) -> String {
    let why = role.map_or(port.why, |r| r.why);
    match (port.nic.up, port.roles.is_empty()) {
        (true, _) => why.to_owned(),
        (false, true) => format!("the port has no link today; {why}"),
        (false, false) => format!("the port has no link today, check cable and switch before it is used; {why}"),
    }
}

/// RDMA of a port as a word.
pub(super) fn rdma(rdma: Rdma) -> &'static str {
    match rdma {
        Rdma::No => "no",
        Rdma::Iwarp => "iwarp",
        Rdma::Roce => "roce",
        Rdma::Yes => "yes",
    }
}

/// What each role can count on, normally and after the worst failure.
pub(super) fn role_capacity(data: &ReportData) -> Vec<u8> {
    let mut sheet = Sheet::new(ROLE_CAPACITY, data.clusters.iter().map(|c| c.recount.roles.len()).sum());
    for cluster in &data.clusters {
        for row in &cluster.recount.roles {
            sheet.text(&cluster.facts.name);
            sheet.text(cluster.node_name(row.node));
            sheet.value(row.role);
            sheet.text(&row.network);
            sheet.value(row.demand);
            sheet.value(row.capacity);
            sheet.value(row.worst_capacity);
            sheet.text(&row.worst_failure);
            sheet.value(margin_permille(row));
            sheet.value(cluster.facts.policy.growth_percent);
            sheet.text(cluster.divided_by(row));
            sheet.end_row();
        }
    }
    sheet.finish()
}

/// The external network of each vNIC.
pub(super) fn external_networks(data: &ReportData) -> Vec<u8> {
    let mut sheet = Sheet::new(
        EXTERNAL_NETWORKS,
        data.clusters.iter().map(|c| c.plan.vnics.len()).sum(),
    );
    for cluster in &data.clusters {
        for row in cluster.guests() {
            sheet.text(&cluster.facts.name);
            sheet.text(&row.plan.network);
            sheet.text(&row.vm.name);
            sheet.text(&row.vnic.name);
            sheet.text(&vlan_list(false, row.vnic.vlans.iter().copied()));
            sheet.value(row.need);
            sheet.text(&row.plan.group);
            sheet.yes_no(row.vnic.dedicated);
            sheet.yes_no(row.changed);
            sheet.text(&row.plan.why);
            sheet.value(cluster.facts.policy.growth_percent);
            sheet.end_row();
        }
    }
    sheet.finish()
}

/// What each single failure does to each role it touches.
pub(super) fn failures(data: &ReportData) -> Vec<u8> {
    let mut sheet = Sheet::new(FAILURES, data.clusters.iter().map(|c| c.recount.failures.len()).sum());
    for cluster in &data.clusters {
        for row in &cluster.recount.failures {
            sheet.text(&cluster.facts.name);
            sheet.text(&row.failed);
            sheet.value(row.kind);
            sheet.text(cluster.node_name(row.node));
            sheet.value(row.role);
            sheet.text(&row.network);
            sheet.value(row.capacity);
            sheet.value(row.demand);
            sheet.value(row.result.name());
            sheet.value(cluster.facts.policy.growth_percent);
            sheet.text(&row.why);
            sheet.end_row();
        }
    }
    sheet.finish()
}

/// The dynamic MAC pool of each node, today's and the planned one.
pub(super) fn mac_plan(data: &ReportData) -> Vec<u8> {
    let by_cluster: Vec<_> = data
        .clusters
        .iter()
        .map(|c| (c.facts.name.as_str(), &c.plan.mac_pools[..]))
        .collect();
    mac_plan_csv(&by_cluster)
}

/// `mac_plan.csv` of the pools of each cluster, given with its name.
pub fn mac_plan_csv(clusters: &[(&str, &[PoolPlan])]) -> Vec<u8> {
    let mut sheet = Sheet::new(MAC_PLAN, 64);
    for (cluster, pool) in clusters
        .iter()
        .flat_map(|(name, pools)| pools.iter().map(move |pool| (name, pool)))
    {
        sheet.text(cluster);
        sheet.text(&pool.node);
        range(&mut sheet, pool.today);
        range(&mut sheet, Some(pool.planned));
        sheet.value(pool.in_use);
        sheet.value(pool.worst_in_use);
        sheet.yes_no(pool.today != Some(pool.planned));
        sheet.end_row();
    }
    sheet.finish()
}

fn range(sheet: &mut Sheet, range: Option<MacRange>) {
    sheet.optional(range.map(|r| r.min));
    sheet.optional(range.map(|r| r.max));
}

/// VMs that need a static MAC or spoofing.
pub(super) fn static_macs(data: &ReportData) -> Vec<u8> {
    let by_cluster: Vec<_> = data
        .clusters
        .iter()
        .map(|c| (c.facts.name.as_str(), &c.plan.static_macs[..]))
        .collect();
    static_macs_csv(&by_cluster)
}

/// `static_macs.csv` of the static addresses of each cluster, given with its name.
pub fn static_macs_csv(clusters: &[(&str, &[StaticMacPlan])]) -> Vec<u8> {
    let mut sheet = Sheet::new(STATIC_MACS, 64);
    for (cluster, row) in clusters
        .iter()
        .flat_map(|(name, rows)| rows.iter().map(move |row| (name, row)))
    {
        sheet.text(cluster);
        sheet.text(&row.vm);
        sheet.text(&row.vnic);
        sheet.optional(row.current);
        sheet.yes_no(row.dynamic);
        sheet.optional(row.planned);
        sheet.yes_no(row.spoofing);
        sheet.text(&row.reason);
        sheet.end_row();
    }
    sheet.finish()
}

/// All findings, silenced ones included: about today, then about the planned state.
pub(super) fn findings(data: &ReportData) -> Vec<u8> {
    let all: Vec<&Finding> = data.findings.iter().chain(data.planned_findings()).collect();
    findings_rows(&all)
}

/// `findings.csv` of any list of findings, in their order. Line and column are empty where unknown.
pub fn findings_csv(findings: &[Finding]) -> Vec<u8> {
    findings_rows(&findings.iter().collect::<Vec<_>>())
}

fn findings_rows(findings: &[&Finding]) -> Vec<u8> {
    let mut sheet = Sheet::new(FINDINGS, findings.len());
    for finding in findings {
        let at = finding.at.first();
        sheet.value(finding.rule);
        sheet.value(finding.severity);
        for text in [
            &finding.cluster,
            &finding.subject,
            &finding.message,
            &finding.current,
            &finding.expected,
        ] {
            sheet.text(text);
        }
        for text in [&finding.risk, &finding.fix, &finding.source] {
            sheet.text(text);
        }
        sheet.text(at.map_or("", |l| &l.file));
        sheet.optional(at.map(|l| l.line).filter(|n| *n > 0));
        sheet.optional(at.map(|l| l.column).filter(|n| *n > 0));
        sheet.value(finding.state);
        sheet.text(&finding.suppressed_by);
        sheet.value(finding.counts_as);
        sheet.text(&finding.stays);
        sheet.text(&finding.judged_by);
        sheet.end_row();
    }
    sheet.finish()
}
