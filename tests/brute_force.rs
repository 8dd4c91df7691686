//! On instances small enough to try everything, the planner's objective (levels 1 to 7) equals the best plan that passes the
//! checks. Designs, NICs and vNIC networks are enumerated here without the planner; the checks recount each plan.
#![cfg(feature = "solver")]

#[path = "support/tiny.rs"]
mod tiny;

mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks::{plan::structure, recount::recount};
use nicplan::inventory::Cluster;
use nicplan::plan::{ClusterPlan, Mechanism, NodePlan, NodeUplink, Objective, Share, Status, Style, Uplink, VnicPlan};
use nicplan::policy::Strength;
use nicplan::roles::Role;
use support::inventory;

/// Plans above which a case is left to the other seeds.
const MOST_PLANS: usize = 40_000;

/// Every plan of a style, checked and recounted; the best of levels 1 to 7. `None` when there are none, or too many.
fn best_by_trying(cluster: &Cluster, style: Style, most_networks: usize) -> Option<Objective> {
    let mut best: Option<Objective> = None;
    let designs = designs(cluster, style, most_networks);
    let plans = |uplinks: &Vec<Uplink>| -> usize {
        let nodes = 0..cluster.nodes.len();
        let ways: usize = nodes.map(|n| node_plans(cluster, style, uplinks, n).len()).product();
        ways * vnic_plans(cluster, uplinks).len()
    };
    if designs.iter().map(plans).sum::<usize>() > MOST_PLANS {
        return None;
    }
    for uplinks in designs {
        try_design(cluster, style, &uplinks, &mut best);
    }
    best
}

/// All designs of a style.
fn designs(cluster: &Cluster, style: Style, most_networks: usize) -> Vec<Vec<Uplink>> {
    let mut all = Vec::new();
    let hosts: Vec<Role> = cluster.roles().into_iter().filter(|r| *r != Role::Vm).collect();
    let guests = cluster.roles().contains(&Role::Vm);
    let names = ["Blue", "External-1", "External-2", "External-3"];
    for networks in if guests { 1..=most_networks } else { 0..=0 } {
        for labels in choose(&names, networks) {
            for partition in partitions(&hosts) {
                for placement in placements(partition.len(), networks) {
                    let uplinks = uplinks(&partition, &placement, &labels);
                    if fits(cluster, style, &uplinks) {
                        all.push(uplinks);
                    }
                }
            }
        }
    }
    all
}

fn choose<'n>(names: &[&'n str], count: usize) -> Vec<Vec<&'n str>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for rest in choose(names, count - 1) {
        all.extend(
            names
                .iter()
                .filter(|n| !rest.contains(n))
                .map(|n| [rest.clone(), vec![*n]].concat()),
        );
    }
    all
}

fn partitions(roles: &[Role]) -> Vec<Vec<Vec<Role>>> {
    let Some((first, rest)) = roles.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for partition in partitions(rest) {
        for block in 0..partition.len() {
            let mut with = partition.clone();
            with[block].insert(0, *first);
            all.push(with);
        }
        all.push([vec![vec![*first]], partition].concat());
    }
    all
}

/// For each network the block it shares, or none; no block twice.
fn placements(blocks: usize, networks: usize) -> Vec<Vec<Option<usize>>> {
    if networks == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for rest in placements(blocks, networks - 1) {
        all.push([rest.clone(), vec![None]].concat());
        for block in (0..blocks).filter(|b| !rest.contains(&Some(*b))) {
            all.push([rest.clone(), vec![Some(block)]].concat());
        }
    }
    all
}

fn uplinks(partition: &[Vec<Role>], placement: &[Option<usize>], labels: &[&str]) -> Vec<Uplink> {
    let mut uplinks: Vec<Uplink> = partition
        .iter()
        .map(|roles| Uplink {
            name: String::new(),
            roles: roles.clone(),
            network: None,
        })
        .collect();
    for (place, label) in placement.iter().zip(labels) {
        match place {
            Some(block) => {
                uplinks[*block].roles.push(Role::Vm);
                uplinks[*block].network = Some((*label).to_owned());
            }
            None => uplinks.push(Uplink {
                name: String::new(),
                roles: vec![Role::Vm],
                network: Some((*label).to_owned()),
            }),
        }
    }
    for uplink in &mut uplinks {
        uplink.roles.sort();
        let part = |r: &Role| match (&uplink.network, r) {
            (Some(network), Role::Vm) => format!("vm:{network}"),
            _ => r.name().to_owned(),
        };
        uplink.name = uplink.roles.iter().map(part).collect::<Vec<_>>().join("+");
    }
    uplinks
}

fn try_design(cluster: &Cluster, style: Style, uplinks: &[Uplink], best: &mut Option<Objective>) {
    let choices: Vec<Vec<NodePlan>> = (0..cluster.nodes.len())
        .map(|node| node_plans(cluster, style, uplinks, node))
        .collect();
    let mut pick = vec![0usize; choices.len()];
    let placements = vnic_plans(cluster, uplinks);
    loop {
        let nodes: Vec<NodePlan> = pick
            .iter()
            .zip(&choices)
            .filter_map(|(i, c)| c.get(*i).cloned())
            .collect();
        if nodes.len() == choices.len() && alike_nodes_alike(cluster, &nodes) {
            for vnics in &placements {
                judge(cluster, style, uplinks, &nodes, vnics, best);
            }
        }
        let Some(next) = (0..pick.len()).find(|n| pick[*n] + 1 < choices[*n].len()) else {
            break;
        };
        pick[next] += 1;
        pick[..next].iter_mut().for_each(|p| *p = 0);
    }
}

/// Rule of the design: nodes with the same hardware and the same wiring of today get the same pattern.
fn alike_nodes_alike(cluster: &Cluster, nodes: &[NodePlan]) -> bool {
    let hardware = |n: usize| format!("{:?}", cluster.nodes[n].nics);
    let nics = |n: usize| nodes[n].uplinks.iter().map(|u| u.nics.clone()).collect::<Vec<_>>();
    (1..nodes.len()).all(|n| hardware(n) != hardware(0) || nics(n) == nics(0))
}

fn fits(cluster: &Cluster, style: Style, uplinks: &[Uplink]) -> bool {
    let limit = cluster.profile.max_host_vnics;
    if uplinks.iter().any(|u| u.network.is_some() && u.roles.len() - 1 > limit) {
        return false;
    }
    let single = uplinks.iter().all(|u| u.roles.len() == 1);
    let main: Vec<&Uplink> = uplinks
        .iter()
        .filter(|u| !(cluster.iscsi() && u.roles == [Role::Storage]))
        .collect();
    let converged = main.len() == 1 && !(cluster.iscsi() && main[0].roles.contains(&Role::Storage));
    match style {
        Style::Dedicated | Style::Teamed => single,
        Style::Converged => converged,
        Style::Hybrid => !single && !converged,
    }
}

/// Every way to give a node's NICs to the uplinks that obeys the team rules.
fn node_plans(cluster: &Cluster, style: Style, uplinks: &[Uplink], node: usize) -> Vec<NodePlan> {
    let nics = &cluster.nodes[node].nics;
    let mut all = Vec::new();
    let total = (uplinks.len() + 1).pow(nics.len() as u32);
    for code in 0..total {
        let digit = |i: usize| code / (uplinks.len() + 1).pow(i as u32) % (uplinks.len() + 1);
        let of = |u: usize| -> Vec<usize> { (0..nics.len()).filter(|i| digit(*i) == u).collect() };
        let legal = (0..uplinks.len()).all(|u| legal(cluster, style, &uplinks[u], &of(u), node));
        if legal {
            let uplinks = uplinks
                .iter()
                .enumerate()
                .map(|(u, uplink)| node_uplink(cluster, uplink, &of(u), node));
            all.push(NodePlan {
                node: cluster.nodes[node].name.clone(),
                uplinks: uplinks.collect(),
            });
        }
    }
    all
}

fn mechanism(cluster: &Cluster, uplink: &Uplink, count: usize) -> Mechanism {
    let has = |r: Role| uplink.roles.contains(&r);
    match count {
        0 | 1 => Mechanism::Single,
        _ if uplink.network.is_some() || has(Role::Management) || has(Role::Replica) => Mechanism::Team,
        _ if has(Role::Storage) && cluster.iscsi() => Mechanism::Mpio,
        _ if has(Role::Storage) => Mechanism::Multichannel,
        _ => Mechanism::Networks,
    }
}

fn legal(cluster: &Cluster, style: Style, uplink: &Uplink, nics: &[usize], node: usize) -> bool {
    let ports = &cluster.nodes[node].nics;
    let speeds = nics.iter().map(|n| ports[*n].speed);
    let equal = speeds.clone().min() == speeds.clone().max();
    let team = mechanism(cluster, uplink, nics.len()) == Mechanism::Team;
    let vendor = cluster.profile.name == "2008r2" && !cluster.policy.vendor_teaming;
    let wide = style == Style::Dedicated && nics.len() > 1 && uplink.roles != [Role::Storage];
    equal && !(team && vendor) && !wide
}

fn node_uplink(cluster: &Cluster, uplink: &Uplink, nics: &[usize], node: usize) -> NodeUplink {
    let ports = &cluster.nodes[node].nics;
    let mechanism = mechanism(cluster, uplink, nics.len());
    let kept = uplink.network.is_none() || cluster.profile.rdma_on_switch;
    let rdma = kept && !nics.is_empty() && nics.iter().all(|n| ports[*n].rdma.on());
    let share = 1000 / uplink.roles.len() as u64;
    NodeUplink {
        uplink: uplink.name.clone(),
        nics: nics.iter().map(|n| ports[*n].name.clone()).collect(),
        mechanism,
        team: (mechanism == Mechanism::Team).then_some(cluster.profile.team),
        transport: uplink
            .roles
            .contains(&Role::LiveMigration)
            .then(|| nicplan::migration::transport(cluster, rdma)),
        shares: uplink
            .roles
            .iter()
            .map(|r| Share {
                role: *r,
                permille: share,
            })
            .collect(),
    }
}

fn vnic_plans(cluster: &Cluster, uplinks: &[Uplink]) -> Vec<Vec<VnicPlan>> {
    let names: Vec<&String> = uplinks.iter().filter_map(|u| u.network.as_ref()).collect();
    let mut all: Vec<Vec<VnicPlan>> = vec![Vec::new()];
    let vnics = cluster.vms.iter().flat_map(|vm| vm.vnics.iter().map(move |n| (vm, n)));
    for (guest, vnic) in vnics {
        let mut next = Vec::new();
        for partial in &all {
            for name in &names {
                let mut with = partial.clone();
                with.push(VnicPlan {
                    vm: guest.name.clone(),
                    vnic: vnic.name.clone(),
                    network: (*name).clone(),
                    group: String::new(),
                    why: String::new(),
                });
                next.push(with);
            }
        }
        all = next;
    }
    all
}

fn judge(
    cluster: &Cluster,
    style: Style,
    uplinks: &[Uplink],
    nodes: &[NodePlan],
    vnics: &[VnicPlan],
    best: &mut Option<Objective>,
) {
    let plan = support::bare_plan(cluster, style, uplinks, nodes, vnics);
    let objective = recount(cluster, &plan).objective;
    if best.as_ref().is_none_or(|b| objective.cmp_to(b, 7).is_lt()) {
        assert!(structure(cluster, &plan).is_empty(), "{:?}", structure(cluster, &plan));
        *best = Some(objective);
    }
}

/// Compares one instance in every style; returns how many styles were small enough to try.
fn compare(seed: u64) -> usize {
    let cluster = tiny::cluster(seed);
    let most = 2
        .min(cluster.nodes.iter().map(|n| n.nics.len()).max().unwrap_or(1))
        .min(cluster.vms.len().max(1));
    let compared = |style: &Style| compare_style(&format!("seed {seed}"), &cluster, *style, most).is_some();
    Style::ALL.into_iter().filter(compared).count()
}

/// Compares one instance in one style with every plan of up to `most` external networks; `None` where these are too many.
fn compare_style(name: &str, cluster: &Cluster, style: Style, most: usize) -> Option<ClusterPlan> {
    let tried = best_by_trying(cluster, style, most)?;
    let options = Options {
        style: Some(style),
        ..Options::default()
    };
    let planned = plan(&inventory(cluster.clone()), &options).expect("no time limit is set");
    let planned = planned.clusters.into_iter().next().expect("one cluster was given");
    let claimed = &planned.solver.objective;
    let recounted = recount(cluster, &planned).objective;
    for level in 1..=10 {
        assert_eq!(
            claimed.level(level),
            recounted.level(level),
            "{name} {style}: claim against recount, level {level}\n{cluster:#?}\n{planned:#?}"
        );
    }
    if planned.solver.objective.external_networks <= most as u64 {
        let order = claimed.cmp_to(&tried, 7);
        assert!(
            order.is_le(),
            "{name} {style}\nplanned {claimed:?}\ntried   {tried:?}\n{cluster:#?}\n{planned:#?}"
        );
    }
    if planned.solver.status == Status::Optimal {
        assert!(
            claimed.cmp_to(&tried, 7).is_le(),
            "{name} {style}: claimed optimal but beaten"
        );
    }
    assert!(
        claimed.cmp_to(&tried, 7).is_ge() || claimed.external_networks > most as u64,
        "{name} {style}: better than everything that was tried\nplanned {claimed:?}\ntried   {tried:?}"
    );
    Some(planned)
}

#[test]
fn the_planner_finds_the_best_of_all_plans() {
    let (from, to) = (0, 80);
    let mut compared = 0;
    for seed in from..to {
        println!("seed {seed}");
        compared += compare(seed);
    }
    println!("{compared} cases compared");
    assert!(compared as u64 > (to - from), "too few instances were small enough");
}

/// One node with ports of 1 GbE for management and two or three external networks. Nothing is wished, so that dedicated
/// vNICs, zones and capacity decide alone.
fn one_node(ports: usize) -> Cluster {
    let mut cluster = support::cluster("2022", 1);
    support::ports(&mut cluster, ports, 1_000);
    cluster.policy.survive_wish = Some(Vec::new());
    cluster
}

fn guest(cluster: &mut Cluster, needs: &[u64], dedicated: bool) {
    let mut guest = support::vm(&format!("VM{}", cluster.vms.len()), 0, 1, 0);
    let vnics = needs.iter().enumerate().map(|(index, need)| nicplan::inventory::Vnic {
        name: format!("vNIC {index}"),
        dedicated,
        ..support::vnic(*need)
    });
    guest.vnics = vnics.collect();
    cluster.vms.push(guest);
}

/// The plan of a cluster that must equal the best of all plans, proven.
fn proven_best(name: &str, cluster: &Cluster, style: Style, most: usize) -> Objective {
    let planned = compare_style(name, cluster, style, most).expect("small enough to try");
    assert_eq!(planned.solver.status, Status::Optimal, "{name}: {:?}", planned.solver);
    planned.solver.objective
}

#[test]
fn where_not_all_dedicated_vms_find_a_network_the_one_with_the_most_vnics_has_it() {
    let mut cluster = one_node(3);
    guest(&mut cluster, &[100], true);
    guest(&mut cluster, &[100, 100], true);
    guest(&mut cluster, &[100], false);
    let best = proven_best("two claims", &cluster, Style::Teamed, 2);
    assert_eq!(best.unmet_requirements.isolation, 1);
}

#[test]
fn any_of_equal_dedicated_vms_may_be_the_one_that_has_the_network() {
    let mut cluster = one_node(3);
    guest(&mut cluster, &[100], true);
    guest(&mut cluster, &[900], true);
    guest(&mut cluster, &[500], false);
    let best = proven_best("equal claims", &cluster, Style::Teamed, 2);
    // The large one alone: 900, and 600 on the other network; the small one alone would leave 1400 on one port.
    assert_eq!(
        (best.unmet_requirements.isolation, best.unmet_requirements.capacity),
        (1, 0)
    );
}

#[test]
fn a_vm_with_two_dedicated_vnics_may_have_two_networks() {
    let mut cluster = one_node(4);
    guest(&mut cluster, &[700, 700], true);
    guest(&mut cluster, &[100], false);
    let options = Options {
        style: Some(Style::Teamed),
        ..Options::default()
    };
    let planned = plan(&inventory(cluster), &options).expect("no time limit is set");
    // Both on one port would be 1400 of 1000 Mbit/s.
    assert!(planned.clusters[0].solver.objective.unmet_requirements.met());
}

#[test]
fn two_dedicated_vms_on_one_network_are_planned_with_what_they_miss() {
    let mut cluster = one_node(2);
    guest(&mut cluster, &[100], true);
    guest(&mut cluster, &[100], true);
    let best = proven_best("one network", &cluster, Style::Dedicated, 1);
    assert_eq!(best.unmet_requirements.isolation, 2);
}

/// Three VMs of one zone need two of the ports; kept apart from the other zone they have one.
#[test]
fn zones_that_should_be_apart_share_a_network_where_one_port_is_too_small_for_a_zone() {
    let mut cluster = one_node(3);
    cluster.policy.separate_zones = Strength::Wish;
    for (need, zone) in [(700, "dmz"), (700, "dmz"), (100, "lan")] {
        guest(&mut cluster, &[need], false);
        cluster.vms.last_mut().expect("a guest was added").vnics[0].zone = zone.to_owned();
    }
    let planned = compare_style("zones", &cluster, Style::Dedicated, 2).expect("small enough to try");
    assert_eq!(
        planned.solver.objective.unmet_requirements.capacity, 0,
        "{:?}",
        planned.solver
    );
}

#[test]
fn a_zone_alone_on_its_ports_is_kept_from_host_roles_and_other_zones() {
    for (ports, unmet) in [(2, 1), (3, 0)] {
        let mut cluster = one_node(ports);
        cluster.policy.isolate_zones = vec![("dmz".to_owned(), Strength::Required)];
        for zone in ["dmz", "lan"] {
            guest(&mut cluster, &[100], false);
            cluster.vms.last_mut().expect("a guest was added").vnics[0].zone = zone.to_owned();
        }
        for style in [Style::Dedicated, Style::Hybrid] {
            let planned = compare_style("isolated zone", &cluster, style, 2).expect("small enough to try");
            let solver = &planned.solver;
            if style == Style::Dedicated {
                assert_eq!(
                    solver.objective.unmet_requirements.isolation, unmet,
                    "{ports} ports: {solver:?}"
                );
            }
        }
    }
}
