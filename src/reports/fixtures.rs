//! Made-up clusters with plans and recounts, for the tests of the reports: from 1 to 64 nodes, long and hostile names.
//!
//! The numbers hang together as a real recount's would; they are not one.

use crate::checks::VerifiedPlan;
use crate::checks::recount::{DrainBound, FailureResult, FailureRow, Recount, RoleCapacity, UplinkLoad};
use crate::finding::{Finding, Location, Severity, State};
use crate::inventory::*;
use crate::plan::*;
use crate::policy::{FailureKind, Policy};
use crate::profiles::{self, TeamKind, Transport};
use crate::roles::Role;
use crate::units::{Mac, MacRange};
use std::collections::BTreeSet;

/// Everything a report needs.
pub(crate) struct World {
    pub inventory: Inventory,
    pub verified: VerifiedPlan,
    pub findings: Vec<Finding>,
}

/// How things are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Plain,
    Long,
    Hostile,
}

/// What to make.
#[derive(Clone, Copy)]
pub(crate) struct Spec {
    pub nodes: usize,
    pub vms: usize,
    pub style: Style,
    pub names: Names,
    /// Requirements that are missed.
    pub unmet: bool,
    pub clusters: usize,
}

pub(crate) const SMALL: Spec = Spec {
    nodes: 4,
    vms: 20,
    style: Style::Dedicated,
    names: Names::Plain,
    unmet: false,
    clusters: 1,
};

const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\"'&{{body}}]]>\u{1}\u{202e}";

impl Names {
    fn of(self, plain: String) -> String {
        match self {
            Names::Plain => plain,
            Names::Long => format!("{plain} of the production datacentre in Frankfurt, hall 2, row 17"),
            Names::Hostile => format!("=1+1{HOSTILE}{plain}"),
        }
    }
}

/// Uplinks of a style: roles, whether it is an external network, NICs.
fn design(style: Style) -> Vec<(Vec<Role>, Option<&'static str>, usize)> {
    use Role::*;
    match style {
        Style::Dedicated => vec![
            (vec![Management], None, 1),
            (vec![Cluster], None, 1),
            (vec![LiveMigration], None, 1),
            (vec![Storage], None, 2),
            (vec![Vm], Some("External-1"), 1),
            (vec![Vm], Some("External-2"), 1),
        ],
        Style::Teamed => vec![
            (vec![Management], None, 2),
            (vec![Cluster], None, 1),
            (vec![LiveMigration], None, 1),
            (vec![Storage], None, 2),
            (vec![Vm], Some("External-1"), 2),
        ],
        Style::Converged => vec![(
            vec![Management, Cluster, LiveMigration, Storage, Vm],
            Some("External-1"),
            2,
        )],
        Style::Hybrid => vec![
            (vec![Management, Vm], Some("External-1"), 2),
            (vec![Cluster, LiveMigration], None, 2),
            (vec![Storage], None, 2),
        ],
    }
}

/// Makes a world.
pub(crate) fn world(spec: Spec) -> World {
    let clusters: Vec<Cluster> = (0..spec.clusters).map(|c| cluster(spec, c)).collect();
    let plans: Vec<ClusterPlan> = clusters.iter().map(|c| plan(spec, c)).collect();
    let recounts = clusters.iter().zip(&plans).map(|(c, p)| recount(spec, c, p)).collect();
    let findings = clusters.iter().flat_map(|c| findings(spec, c)).collect();
    let source = |file: &str| Source {
        file: file.to_owned(),
        ..Source::default()
    };
    let assumption = Assumption {
        cluster: clusters[0].name.clone(),
        missing: "RDMA of 12 NICs".to_owned(),
        taken: "none; fill the rdma column of nics.csv".to_owned(),
    };
    let inventory = Inventory {
        sources: vec![source("samples/nodes.csv"), source("samples/nics.csv")],
        clusters,
        assumptions: vec![assumption],
        sha256: "5d41402abc4b2a76b9719d911017c592".repeat(2),
        notes: Vec::new(),
    };
    let plan = Plan {
        schema_version: SCHEMA_VERSION,
        input_sha256: inventory.sha256.clone(),
        clusters: plans,
    };
    World {
        inventory,
        verified: VerifiedPlan::for_tests(plan, recounts),
        findings,
    }
}

fn cluster(spec: Spec, number: usize) -> Cluster {
    let name = spec.names.of(if number == 0 {
        "HVCLUSTER".to_owned()
    } else {
        format!("HVCLUSTER{}", number + 1)
    });
    let tor = |name: &str| Tor {
        name: spec.names.of(name.to_owned()),
        origin: Origin::default(),
    };
    let link = InterSwitchLink {
        ends: (0, 1),
        speed: 40_000,
        vlans: None,
        origin: Origin::default(),
    };
    Cluster {
        name,
        origin: Origin::default(),
        profile: profiles::find("2019").expect("a profile"),
        storage: StorageKind::Smb,
        transport: None,
        concurrency: None,
        policy: Policy {
            survive: vec![(Role::Vm, FailureKind::Nic)],
            ..Policy::default()
        },
        nodes: (0..spec.nodes).map(|n| node(spec, number, n)).collect(),
        tors: vec![tor("TOR-A"), tor("TOR-B")],
        links: vec![link],
        networks: Vec::new(),
        demands: Vec::new(),
        vms: (0..spec.vms).map(|v| vm(spec, number, v)).collect(),
    }
}

fn node(spec: Spec, cluster: usize, index: usize) -> Node {
    let first = if cluster == 0 { "HV" } else { "HX" };
    let pool = (0x0015_5D01_0000 + (index as u64 % 60) * 256) & !0xff;
    // one node in ten deviates: its last port hangs on the other switch
    let deviates = spec.nodes > 9 && index % 10 == 9;
    let ports = if spec.style == Style::Converged { 2 } else { 8 };
    Node {
        name: spec.names.of(format!("{first}{}", index + 1)),
        origin: Origin {
            source: 0,
            line: index as u32 + 2,
        },
        management_ip: format!("10.0.0.{}", index + 1),
        memory_mib: Some(262_144),
        hardware: "DL380".to_owned(),
        mac_pool: Some(MacRange {
            min: Mac(pool),
            max: Mac(pool + if index == 1 { 300 } else { 255 }),
        }),
        nics: (0..ports).map(|p| nic(spec, index, p, deviates && p == 7)).collect(),
        switches: Vec::new(),
        host_vnics: Vec::new(),
    }
}

fn nic(spec: Spec, node: usize, port: usize, deviates: bool) -> Nic {
    let two_nodes_storage = spec.nodes == 2 && spec.style == Style::Dedicated && (3..5).contains(&port);
    let name = format!("SLOT{}P{}", port / 2 + 1, port % 2 + 1);
    let speed = match spec.style {
        Style::Converged => 25_000,
        _ if (3..5).contains(&port) => 10_000,
        _ => 1_000,
    };
    Nic {
        name: spec.names.of(name.clone()),
        origin: Origin {
            source: 1,
            line: (node * 8 + port) as u32 + 2,
        },
        speed,
        card: spec.names.of(format!("card {}", port / 2 + 1)),
        tor: (!two_nodes_storage).then_some(if deviates { 0 } else { port % 2 }),
        tor_port: format!("Eth1/{}", node * 8 + port + 1),
        direct_to: two_nodes_storage.then(|| (1 - node, spec.names.of(name))),
        rdma: if speed > 1_000 { Rdma::Roce } else { Rdma::No },
        sriov: None,
        vmq: None,
        vlans: None,
        model: String::new(),
        mac: None,
        up: true,
        roles: BTreeSet::new(),
        switch: None,
        team: String::new(),
    }
}

fn vm(spec: Spec, cluster: usize, index: usize) -> Vm {
    Vm {
        name: spec
            .names
            .of(format!("{}{:04}", if cluster == 0 { "vm" } else { "vx" }, index + 1)),
        origin: Origin::default(),
        host: Some(index % spec.nodes),
        memory_mib: 4096 + (index as u64 % 5) * 2048,
        state: VmState::Running,
        generation: 2,
        priority: if index % 7 == 6 {
            VmPriority::Low
        } else {
            VmPriority::Medium
        },
        owners: (0..spec.nodes).collect(),
        anti_affinity: String::new(),
        os: "Windows Server 2019".to_owned(),
        nlb: (index < 2).then(|| Nlb {
            name: "exchange".to_owned(),
            mode: NlbMode::Unicast,
            vip: None,
        }),
        pxe: false,
        replica: false,
        mac_bound: String::new(),
        spoofing_reason: String::new(),
        vnics: vec![Vnic {
            name: "Network Adapter".to_owned(),
            origin: Origin::default(),
            legacy: false,
            switch: "External-1".to_owned(),
            isolated: false,
            vlans: BTreeSet::from([10 * (1 + index as u16 % 4)]),
            mac: Some(Mac(0x0015_5D01_0000 + index as u64)),
            dynamic_mac: true,
            spoofing: false,
            average: None,
            p95: Some(10 + (index as u64 * 7) % 60),
            peak: None,
            weight: None,
            zone: "prod".to_owned(),
            dedicated: index == 3,
        }],
    }
}

fn plan(spec: Spec, cluster: &Cluster) -> ClusterPlan {
    let design = design(spec.style);
    let network = |n: &Option<&str>| n.map(|n| spec.names.of(n.to_owned()));
    let uplinks: Vec<Uplink> = design
        .iter()
        .map(|(roles, net, _)| {
            let parts: Vec<String> = roles
                .iter()
                .map(|r| {
                    if *r == Role::Vm {
                        format!("vm:{}", network(net).unwrap_or_default())
                    } else {
                        r.to_string()
                    }
                })
                .collect();
            Uplink {
                name: parts.join("+"),
                roles: roles.clone(),
                network: network(net),
            }
        })
        .collect();
    let networks: Vec<String> = uplinks.iter().filter_map(|u| u.network.clone()).collect();
    let first = cluster.nodes[0].name.clone();
    ClusterPlan {
        cluster: cluster.name.clone(),
        profile: "2019".to_owned(),
        style: spec.style,
        solver: Solver {
            status: if spec.unmet { Status::Gap } else { Status::Optimal },
            objective: objective(spec),
            bound: if spec.unmet { 400 } else { 0 },
            gap: if spec.unmet { 21 } else { 0 },
            unproven_level: if spec.unmet {
                "worst utilisation".to_owned()
            } else {
                String::new()
            },
            shortfall: shortfall(spec, &first),
            limited_by: "the single NIC of the VM network on HV1".to_owned(),
        },
        nodes: cluster.nodes.iter().map(|n| node_plan(n, &uplinks, &design)).collect(),
        vnics: cluster
            .vms
            .iter()
            .enumerate()
            .map(|(i, vm)| VnicPlan {
                vm: vm.name.clone(),
                vnic: "Network Adapter".to_owned(),
                network: networks[i % networks.len()].clone(),
                group: "prod, VLAN 10".to_owned(),
                why: format!("group of {} small vNICs fits best here", 7 + i % 3),
            })
            .collect(),
        mac_pools: cluster.nodes.iter().enumerate().map(|(i, n)| pool(i, n)).collect(),
        static_macs: cluster.vms.iter().take(2).map(static_mac).collect(),
        styles: style_rows(spec),
        reasons: reasons(spec, cluster, &networks),
        conflict: spec.unmet.then(|| Conflict {
            requirements: vec!["survive:vm:tor".to_owned(), "apart:management|storage".to_owned()],
            text:
                "Node HV1 has one 10 GbE port left; storage needs two on different cards. Add a port or allow sharing."
                    .to_owned(),
        }),
        uplinks,
    }
}

fn shortfall(spec: Spec, node: &str) -> Vec<Shortfall> {
    let one = |requirement: &str, missing_mbps| Shortfall {
        requirement: requirement.to_owned(),
        subject: node.to_owned(),
        missing_mbps,
    };
    if spec.unmet {
        vec![one("capacity", 300), one("survive:vm:tor", 0)]
    } else {
        Vec::new()
    }
}

fn objective(spec: Spec) -> Objective {
    let unmet_requirements = Requirements {
        survival: u64::from(spec.unmet),
        missing_mbps: if spec.unmet { 300 } else { 0 },
        ..Requirements::default()
    };
    Objective {
        unmet_requirements,
        unmet_wishes: vec![0, 0, 2, 0, 1],
        changes: 3,
        external_networks: 1,
        worst_utilisation_permille: 421,
        sum_utilisation_permille: 1_500,
        slowest_drain_s: 395,
        nics_used: 24,
        ..Objective::default()
    }
}

fn node_plan(node: &Node, uplinks: &[Uplink], design: &[(Vec<Role>, Option<&str>, usize)]) -> NodePlan {
    let mut next = 0;
    let mut planned = Vec::new();
    for (uplink, (roles, network, count)) in uplinks.iter().zip(design) {
        let nics: Vec<String> = node
            .nics
            .iter()
            .skip(next)
            .take(*count)
            .map(|n| n.name.clone())
            .collect();
        next += count;
        let mechanism = match (nics.len(), network, roles.contains(&Role::Storage)) {
            (0 | 1, ..) => Mechanism::Single,
            (_, None, true) => Mechanism::Multichannel,
            (_, None, false) if roles.contains(&Role::Cluster) => Mechanism::Networks,
            _ => Mechanism::Team,
        };
        planned.push(NodeUplink {
            uplink: uplink.name.clone(),
            nics,
            mechanism,
            team: (mechanism == Mechanism::Team).then_some(TeamKind::Set),
            transport: roles.contains(&Role::LiveMigration).then_some(Transport::Compression),
            shares: roles
                .iter()
                .map(|r| Share {
                    role: *r,
                    permille: 1000 / roles.len() as u64,
                })
                .collect(),
        });
    }
    NodePlan {
        node: node.name.clone(),
        uplinks: planned,
    }
}

fn pool(index: usize, node: &Node) -> PoolPlan {
    let start = 0x0015_5D0A_0000 + index as u64 * 256;
    let planned = MacRange {
        min: Mac(start),
        max: Mac(start + 255),
    };
    let planned = if index == 2 {
        node.mac_pool.unwrap_or(planned)
    } else {
        planned
    };
    PoolPlan {
        node: node.name.clone(),
        today: node.mac_pool,
        planned,
        in_use: 37 + index as u64,
        worst_in_use: 81,
    }
}

fn static_mac(vm: &Vm) -> StaticMacPlan {
    StaticMacPlan {
        vm: vm.name.clone(),
        vnic: "Network Adapter".to_owned(),
        current: vm.vnics[0].mac,
        dynamic: true,
        planned: vm.vnics[0].mac.map(|m| Mac(m.0 + 0x10_0000)),
        spoofing: true,
        reason: "member of NLB cluster exchange (unicast): the MAC must not change".to_owned(),
    }
}

fn style_rows(spec: Spec) -> Vec<StyleRow> {
    let row = |style: Style| StyleRow {
        style,
        objective: (style != Style::Teamed || spec.style == Style::Teamed).then(|| objective(spec)),
        cannot: if style == Style::Teamed {
            "needs 10 ports; each node has 8".to_owned()
        } else {
            String::new()
        },
        chosen: style == spec.style,
    };
    Style::ALL.into_iter().map(row).collect()
}

fn reasons(spec: Spec, cluster: &Cluster, networks: &[String]) -> Vec<Reason> {
    let nodes: Vec<&str> = cluster.nodes.iter().map(|n| n.name.as_str()).collect();
    let reason = |kind: &str, subject: &str, text: &str, level| Reason {
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        chosen: "as planned".to_owned(),
        alternative: "management and VMs share two NICs".to_owned(),
        level,
        text: text.to_owned(),
    };
    let mut reasons = vec![
        reason(
            "style",
            spec.style.name(),
            "converged would leave 2 wishes more unmet",
            2,
        ),
        reason(
            "pattern",
            &nodes.join(", "),
            "one NIC less for storage would lift the worst utilisation from 42 % to 84 %",
            7,
        ),
    ];
    reasons.extend(
        networks
            .iter()
            .map(|n| reason("network", n, "one network less would not carry all VMs", 1)),
    );
    reasons
}

fn recount(spec: Spec, cluster: &Cluster, plan: &ClusterPlan) -> Recount {
    let mut uplinks = Vec::new();
    let mut roles = Vec::new();
    let mut failures = Vec::new();
    for (node, facts) in cluster.nodes.iter().enumerate() {
        for (uplink, design) in plan.uplinks.iter().enumerate() {
            let nics: Vec<&Nic> = plan.nodes[node].uplinks[uplink]
                .nics
                .iter()
                .filter_map(|n| facts.nic(n))
                .map(|i| &facts.nics[i])
                .collect();
            let capacity: u64 = nics.iter().map(|n| n.speed).sum();
            let worst_capacity = if nics.len() > 1 {
                capacity - nics[0].speed
            } else {
                capacity
            };
            let demands: Vec<u64> = design
                .roles
                .iter()
                .map(|r| demand(cluster, plan, node, uplink, *r))
                .collect();
            let demand: u64 = demands.iter().sum();
            let worst_failure = if nics.len() > 1 {
                format!("nic {}", nics[0].name)
            } else {
                String::new()
            };
            uplinks.push(UplinkLoad {
                node,
                uplink,
                demand,
                capacity,
                utilisation: crate::units::permille_up(demand, capacity),
                worst_capacity,
                worst_utilisation: crate::units::permille_up(demand, worst_capacity),
                worst_failure: worst_failure.clone(),
            });
            for (role, need) in design.roles.iter().zip(&demands) {
                let network = if *role == Role::Vm {
                    design.network.clone().unwrap_or_default()
                } else {
                    String::new()
                };
                roles.push(RoleCapacity {
                    node,
                    uplink,
                    role: *role,
                    network: network.clone(),
                    demand: *need,
                    capacity: capacity.saturating_sub(demand - need),
                    worst_capacity: worst_capacity.saturating_sub(demand - need),
                    worst_failure: worst_failure.clone(),
                    guaranteed_mbps: worst_capacity / design.roles.len() as u64,
                });
                for nic in &nics {
                    let left = capacity - nic.speed;
                    failures.push(failure(
                        cluster,
                        node,
                        *role,
                        &network,
                        (*need, left),
                        format!("{}/{}", facts.name, nic.name),
                        FailureKind::Nic,
                    ));
                    failures.push(failure(
                        cluster,
                        node,
                        *role,
                        &network,
                        (*need, left),
                        format!("{}/{}", facts.name, nic.card),
                        FailureKind::Card,
                    ));
                }
                for (index, tor) in cluster.tors.iter().enumerate() {
                    let left = nics.iter().filter(|n| n.tor != Some(index)).map(|n| n.speed).sum();
                    failures.push(failure(
                        cluster,
                        node,
                        *role,
                        &network,
                        (*need, left),
                        tor.name.clone(),
                        FailureKind::Tor,
                    ));
                }
            }
        }
    }
    let memory = |node: usize| {
        cluster
            .vms
            .iter()
            .filter(move |v| v.host == Some(node))
            .map(|v| v.memory_mib)
    };
    let drains = (0..cluster.nodes.len())
        .map(|node| DrainBound {
            node,
            vms: memory(node).count() as u64,
            memory_mib: memory(node).sum(),
            rate_mbps: 1_900,
            bound_s: memory(node).sum::<u64>() * 8 / 1_900 + 8,
        })
        .collect();
    Recount {
        cluster: cluster.name.clone(),
        objective: plan.solver.objective.clone(),
        wishes: cluster
            .wishes()
            .into_iter()
            .enumerate()
            .map(|(i, w)| (w, u64::from(i % 5 == 2)))
            .collect(),
        shortfall: plan.solver.shortfall.clone(),
        uplinks,
        roles,
        failures,
        drains,
        changed_nics: vec![(0, 0)],
        changed_vnics: if spec.vms > 1 { vec![(1, 0)] } else { Vec::new() },
    }
}

fn demand(cluster: &Cluster, plan: &ClusterPlan, node: usize, uplink: usize, role: Role) -> u64 {
    if role != Role::Vm {
        return crate::demand::role_demand(cluster, node, role);
    }
    let network = plan.uplinks[uplink].network.as_deref();
    let placed = cluster
        .vms
        .iter()
        .zip(&plan.vnics)
        .filter(|(vm, p)| vm.host == Some(node) && Some(p.network.as_str()) == network);
    placed
        .map(|(vm, _)| crate::demand::vnic_need(cluster, &vm.vnics[0]))
        .sum()
}

fn failure(
    _: &Cluster,
    node: usize,
    role: Role,
    network: &str,
    (demand, left): (u64, u64),
    failed: String,
    kind: FailureKind,
) -> FailureRow {
    let result = match left {
        0 => FailureResult::Cut,
        left if left < demand => FailureResult::Short,
        _ => FailureResult::Ok,
    };
    FailureRow {
        failed,
        kind,
        node,
        role,
        network: network.to_owned(),
        capacity: left,
        demand,
        result,
    }
}

fn findings(spec: Spec, cluster: &Cluster) -> Vec<Finding> {
    let finding = |rule, severity, subject: &str, message: String, line| Finding {
        rule,
        severity,
        cluster: cluster.name.clone(),
        subject: subject.to_owned(),
        message,
        current: "00-15-5D-01-00-00 to 00-15-5D-01-00-FF".to_owned(),
        expected: "a pool that no other host uses".to_owned(),
        risk: "two VMs get the same MAC and lose their network in turns".to_owned(),
        fix: "Set-VMHost -MacAddressMinimum 00155D0A0000 -MacAddressMaximum 00155D0A00FF".to_owned(),
        source: "Microsoft, Hyper-V MAC address pool".to_owned(),
        at: vec![Location {
            file: "samples/nodes.csv".to_owned(),
            line,
            column: 6,
        }],
        state: State::Present,
        suppressed_by: if line == 9 {
            "accepted until the move".to_owned()
        } else {
            String::new()
        },
    };
    let first = &cluster.nodes[0].name;
    let mut list = vec![
        finding(
            "mac-pool-overlap",
            Severity::Error,
            first,
            format!("the MAC pools of {first} and its neighbour overlap"),
            2,
        ),
        finding(
            "mac-pool-overlap",
            Severity::Error,
            first,
            "another overlap".to_owned(),
            3,
        ),
        finding(
            "nlb-unicast-needs-spoofing",
            Severity::Warning,
            &cluster.name,
            "an NLB member has spoofing off".to_owned(),
            4,
        ),
        finding(
            "single-card",
            Severity::Info,
            first,
            "both ports sit on one card".to_owned(),
            9,
        ),
    ];
    if spec.names == Names::Hostile {
        list.push(finding("hostile", Severity::Info, HOSTILE, HOSTILE.to_owned(), 5));
    }
    list
}
