//! The plain monolithic model: one binary for each node, port and uplink, one for each vNIC and network, and the worst
//! utilisation as the goal, all nodes in one mixed integer program that CBC solves. This is what one would write first, and what
//! patterns for each hardware class replace.
//!
//! Both sides get the same generated cluster and the same question: style teamed, any NIC may fail, two zones apart, no wiring of
//! today. Levels 1 to 6 of the objective are settled then (the model is even told the number of networks), level 7 decides. The
//! model knows no equal ports, equal nodes or equal networks; that is the point of it.
//!
//! `cargo test --release --test monolith -- --ignored --nocapture` measures sixteen nodes once, in ten minutes at most.
#![cfg(feature = "solver")]

#[path = "support/cbc.rs"]
mod cbc;
#[path = "support/mip.rs"]
mod mip;

use mip::{Column, Model, Term, ones};
use nicplan::assignment::{Options, plan};
use nicplan::demand::{role_demand, vnic_need};
use nicplan::generate::{Size, generate};
use nicplan::inventory::{Cluster, Inventory, LoadOptions, Nic, Rdma, load};
use nicplan::plan::{Status, Style};
use nicplan::policy::{FailureKind, Strength};
use nicplan::reports;
use nicplan::roles::{ROLES, Role};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// Zones that must not share a network; vNICs of other zones may go anywhere.
const ZONES: [&str; 2] = ["dmz", "production"];

/// A generated cluster that asks only what the plain model can say. `kept`: nodes of it, by number.
fn cluster(size: Size, kept: &[usize]) -> Inventory {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("monolith-{}-{}", size.nodes, kept.len()));
    let tables = generate(size).expect("the size is allowed");
    let files: Vec<(String, Vec<u8>)> = tables
        .iter()
        .map(|t| (t.file.to_owned(), t.to_csv().into_bytes()))
        .collect();
    reports::write_all(&dir, &files).expect("the build folder can be written");
    let mut inventory = load(&[dir], &LoadOptions::default()).expect("generated inventories are valid");
    let cluster = &mut inventory.clusters[0];
    keep(cluster, kept);
    forget_today(cluster);
    let policy = &mut cluster.policy;
    policy.survive = ROLES.iter().map(|r| (r.role, FailureKind::Nic)).collect();
    policy.survive_wish = Some(Vec::new());
    policy.heavy_permille = 1_000_000;
    policy.target_permille = 1_000;
    policy.separate_zones = Strength::Required;
    for a in &ROLES {
        let later = ROLES.iter().filter(|b| a.role < b.role);
        policy.isolate.extend(later.map(|b| (a.role, b.role, Strength::No)));
    }
    inventory
}

/// Cuts the cluster down to some of its nodes and the VMs on them.
fn keep(cluster: &mut Cluster, kept: &[usize]) {
    let place = |node: usize| kept.iter().position(|k| *k == node);
    cluster.nodes = kept.iter().map(|k| cluster.nodes[*k].clone()).collect();
    cluster
        .vms
        .retain(|vm| vm.host.is_some_and(|host| place(host).is_some()));
    for vm in &mut cluster.vms {
        vm.host = vm.host.and_then(place);
        vm.owners = (0..kept.len()).collect();
    }
    cluster
        .demands
        .retain(|d| d.node.is_none_or(|node| place(node).is_some()));
    for demand in &mut cluster.demands {
        demand.node = demand.node.and_then(place);
    }
}

fn forget_today(cluster: &mut Cluster) {
    for node in &mut cluster.nodes {
        node.switches.clear();
        node.host_vnics.clear();
        for nic in &mut node.nics {
            nic.roles.clear();
            nic.switch = None;
            nic.team.clear();
            nic.rdma = Rdma::No;
            assert!(
                nic.vlans.is_none() && nic.direct_to.is_none(),
                "the model knows no VLANs and cables"
            );
        }
    }
    for vnic in cluster.vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
        vnic.switch.clear();
        vnic.dedicated = false;
        if !ZONES.contains(&vnic.zone.as_str()) {
            vnic.zone.clear();
        }
    }
}

/// The planner's answer in style teamed.
struct Planned {
    networks: usize,
    /// Worst utilisation in permille, and what is proven that none can be below.
    worst: u64,
    bound: u64,
    took: Duration,
}

#[allow(clippy::disallowed_methods, reason = "a measurement for people")]
fn planned(inventory: &Inventory) -> Planned {
    let options = Options {
        style: Some(Style::Teamed),
        ..Options::default()
    };
    let began = Instant::now();
    let plan = plan(inventory, &options).expect("no time limit is set");
    let took = began.elapsed();
    let cluster = plan.clusters.into_iter().next().expect("there is one cluster");
    let objective = &cluster.solver.objective;
    assert_eq!(cluster.style, Style::Teamed);
    assert!(objective.unmet_requirements.met(), "{objective:?}");
    assert!(objective.unmet_wishes.iter().all(|unmet| *unmet == 0), "{objective:?}");
    let worst = objective.worst_utilisation_permille;
    let proven = cluster.solver.status == Status::Optimal;
    assert!(proven || cluster.solver.unproven_level == "worst utilisation");
    Planned {
        networks: objective.external_networks as usize,
        worst,
        bound: if proven { worst } else { cluster.solver.bound },
        took,
    }
}

/// What one uplink of the teamed style carries.
#[derive(Clone, Copy)]
enum Uplink {
    Host(Role),
    Network(usize),
}

struct Monolith<'a> {
    cluster: &'a Cluster,
    networks: usize,
    model: Model,
    /// Worst utilisation, 0 to 1.
    worst: Column,
}

impl<'a> Monolith<'a> {
    fn model(cluster: &'a Cluster, networks: usize) -> Model {
        let mut model = Model::default();
        let worst = model.fraction();
        model.goal = Some(worst);
        let mut monolith = Monolith {
            cluster,
            networks,
            model,
            worst,
        };
        let zones = monolith.zones();
        (0..cluster.nodes.len()).for_each(|node| monolith.add_node(node, &zones));
        monolith.model
    }

    /// For each zone and network whether the network is the zone's; no network is two zones'.
    fn zones(&mut self) -> Vec<Vec<Column>> {
        let zones: Vec<Vec<Column>> = ZONES
            .iter()
            .map(|_| (0..self.networks).map(|_| self.model.binary()).collect())
            .collect();
        for network in 0..self.networks {
            self.model.at_most(ones(zones.iter().map(|z| z[network])), 1.0);
        }
        zones
    }

    fn add_node(&mut self, node: usize, zones: &[Vec<Column>]) {
        let hosts = ROLES.iter().map(|r| r.role).filter(|r| *r != Role::Vm);
        let present: Vec<Role> = hosts.filter(|r| self.cluster.roles().contains(r)).collect();
        let networks = (0..self.networks).map(Uplink::Network);
        let uplinks: Vec<Uplink> = present.into_iter().map(Uplink::Host).chain(networks).collect();
        let nics = &self.cluster.nodes[node].nics;
        let ports: Vec<Vec<Column>> = nics
            .iter()
            .map(|_| uplinks.iter().map(|_| self.model.binary()).collect())
            .collect();
        for row in &ports {
            self.model.at_most(ones(row.iter().copied()), 1.0);
        }
        let guests = self.add_guests(node, zones);
        for (index, uplink) in uplinks.iter().enumerate() {
            let column: Vec<Column> = ports.iter().map(|row| row[index]).collect();
            // two ports, since any one may fail
            self.model.at_least(ones(column.iter().copied()), 2.0);
            match uplink {
                Uplink::Host(role @ (Role::Cluster | Role::LiveMigration)) => {
                    let load = role_demand(self.cluster, node, *role);
                    self.add_separate_ports(nics, &column, load);
                }
                Uplink::Host(role) => {
                    let load = role_demand(self.cluster, node, *role);
                    let team = *role != Role::Storage;
                    self.add_members(nics, &column, team);
                    self.add_load(nics, &column, &[], load);
                }
                Uplink::Network(network) => {
                    let speeds = self.add_members(nics, &column, true);
                    let load: Vec<Term> = guests.iter().map(|(need, on)| (*need as f64, on[*network])).collect();
                    self.add_load(nics, &column, &load, 0);
                    self.add_widths(&speeds, &load);
                }
            }
        }
    }

    /// Need of each vNIC of a node, and for each network whether the vNIC is on it.
    fn add_guests(&mut self, node: usize, zones: &[Vec<Column>]) -> Vec<(u64, Vec<Column>)> {
        let here = self.cluster.vms.iter().filter(|vm| vm.host == Some(node));
        let mut guests = Vec::new();
        for vnic in here.flat_map(|vm| &vm.vnics).filter(|v| !v.isolated) {
            let on: Vec<Column> = (0..self.networks).map(|_| self.model.binary()).collect();
            self.model.exactly(ones(on.iter().copied()), 1.0);
            if let Some(zone) = ZONES.iter().position(|z| *z == vnic.zone) {
                for (network, column) in on.iter().enumerate() {
                    self.model.at_most([(1.0, *column), (-1.0, zones[zone][network])], 0.0);
                }
            }
            guests.push((vnic_need(self.cluster, vnic), on));
        }
        guests
    }

    /// Cluster and live-migration traffic: each port a network of its own, and after a failure one port carries all. A port too
    /// slow for it is of no use, so that each port must be fast enough.
    fn add_separate_ports(&mut self, nics: &[Nic], column: &[Column], load: u64) {
        for (nic, port) in nics.iter().zip(column) {
            self.model
                .at_most([(load as f64 / nic.speed as f64, *port), (-1.0, self.worst)], 0.0);
        }
    }

    /// Members of an uplink have one speed, those of a team one model as well. Gives speed and column for each kind.
    fn add_members(&mut self, nics: &[Nic], column: &[Column], team: bool) -> Vec<Term> {
        let kind = |nic: &Nic| (nic.speed, if team { nic.model.clone() } else { String::new() });
        let kinds: BTreeSet<(u64, String)> = nics.iter().map(kind).collect();
        let chosen: Vec<((u64, String), Column)> = kinds.into_iter().map(|k| (k, self.model.binary())).collect();
        self.model.at_most(ones(chosen.iter().map(|(_, c)| *c)), 1.0);
        for (nic, port) in nics.iter().zip(column) {
            let of_kind = chosen.iter().filter(|(k, _)| *k == kind(nic)).map(|(_, c)| (-1.0, *c));
            self.model.at_most(of_kind.chain([(1.0, *port)]), 0.0);
        }
        if team {
            self.model
                .at_most(ones(column.iter().copied()), self.cluster.profile.max_team as f64);
        }
        chosen.into_iter().map(|((speed, _), c)| (speed as f64, c)).collect()
    }

    /// The load stays below the worst utilisation times the capacity that is left when any one port fails. Utilisation times port
    /// is a product of a fraction and a binary; `used` stands for it and is at most either.
    fn add_load(&mut self, nics: &[Nic], column: &[Column], guests: &[Term], load: u64) {
        let mut used = Vec::new();
        for port in column {
            let share = self.model.fraction();
            self.model.at_most([(1.0, share), (-1.0, *port)], 0.0);
            self.model.at_most([(1.0, share), (-1.0, self.worst)], 0.0);
            used.push(share);
        }
        for failed in 0..nics.len() {
            let left = (0..nics.len()).filter(|p| *p != failed);
            let capacity = left.map(|p| (-(nics[p].speed as f64), used[p]));
            self.model
                .at_most(capacity.chain(guests.iter().copied()), -(load as f64));
        }
    }

    /// A vNIC gets one port of its network at most.
    fn add_widths(&mut self, speeds: &[Term], guests: &[Term]) {
        let slowest = speeds.iter().map(|(speed, _)| *speed).fold(f64::INFINITY, f64::min);
        for (need, on) in guests.iter().filter(|(need, _)| *need > slowest) {
            let port = speeds.iter().map(|(speed, kind)| (-speed, *kind));
            self.model.at_most(port.chain([(*need, *on)]), 0.0);
        }
    }
}

/// Permille, rounded up as the checks do; what the solver takes for equal counts as equal.
fn permille(fraction: f64) -> u64 {
    (fraction * 1000.0 - 1e-4).ceil() as u64
}

const SIXTEEN: Size = Size {
    nodes: 16,
    vms: 1000,
    seed: 1,
};

#[test]
fn the_plain_model_of_a_few_nodes_has_its_optimum_where_the_planner_says() {
    if !cbc::available() {
        return;
    }
    let mut proven = 0;
    for kept in [&[0][..], &[2], &[7], &[10], &[13], &[0, 5]] {
        let inventory = cluster(SIXTEEN, kept);
        let planned = planned(&inventory);
        let model = Monolith::model(&inventory.clusters[0], planned.networks);

        let answer = cbc::solve(&model, &format!("monolith-{kept:?}"), 120);

        assert!(answer.is_feasible());
        let best = permille(answer.best.expect("an optimal answer has a value"));
        println!(
            "nodes {kept:?}: CBC {best}, planner {} to {}",
            planned.bound, planned.worst
        );
        assert!(
            (planned.bound..=planned.worst).contains(&best),
            "nodes {kept:?}: {best}"
        );
        proven += usize::from(planned.bound == planned.worst);
    }
    assert!(proven >= 2, "only {proven} were proven by the planner");
}

#[test]
#[ignore = "takes ten minutes: the measurement of the README"]
#[allow(clippy::disallowed_methods, reason = "a measurement for people")]
fn sixteen_nodes_once() {
    const LIMIT_S: u64 = 600;
    if !cbc::available() {
        return;
    }
    let kept: Vec<usize> = (0..SIXTEEN.nodes).collect();
    let inventory = cluster(SIXTEEN, &kept);
    let planned = planned(&inventory);
    let own = planned.took.as_secs_f64();
    println!(
        "nicplan: {} permille (bound {}), {:.1} ms",
        planned.worst,
        planned.bound,
        own * 1e3
    );
    let model = Monolith::model(&inventory.clusters[0], planned.networks);
    println!("plain model: {}", model.size());

    let began = Instant::now();
    let answer = cbc::solve(&model, "monolith-16", LIMIT_S);
    let took = began.elapsed().as_secs_f64();

    let show = |value: Option<f64>| value.map_or("none".to_owned(), |v| format!("{:.1}", v * 1000.0));
    let (best, bound) = (show(answer.best), show(answer.bound));
    println!(
        "CBC: {} after {took:.0} s, best {best} permille, bound {bound}",
        answer.status
    );
    println!("ratio of the times: {:.0}", took / own);
    if let Some(best) = answer.best {
        assert!(
            permille(best) >= planned.bound,
            "the plain model found what was proven impossible"
        );
    }
}
