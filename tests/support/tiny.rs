//! Random clusters of one or two nodes, small enough to try every plan.

use crate::support::{self, nic, two_tors, vm};
use nicplan::inventory::{Cluster, Rdma, StorageKind};
use nicplan::policy::{FailureKind, Strength};
use nicplan::roles::Role;

/// splitmix64: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.roll(options.len() as u64) as usize]
    }
}

/// A random tiny cluster of one or two nodes.
pub fn cluster(seed: u64) -> Cluster {
    let mut dice = Dice(seed);
    let nodes = 1 + dice.roll(2) as usize;
    let profile = dice.pick(&["2008r2", "2012r2", "2016", "2022"]);
    let mut cluster = support::cluster(profile, nodes);
    two_tors(&mut cluster);
    if dice.chance(20) {
        cluster.links.clear();
    }
    let most = if nodes == 1 { 4 } else { 3 };
    let same = dice.chance(60);
    let count = 1 + dice.roll(most) as usize;
    let fast = dice.chance(40);
    for node in 0..nodes {
        if node > 0 && same {
            cluster.nodes[node].nics = cluster.nodes[0].nics.clone();
            continue;
        }
        let count = if same { count } else { 1 + dice.roll(most) as usize };
        for index in 0..count {
            let speed = if fast && dice.chance(70) { 10_000 } else { 1_000 };
            let mut port = nic(&format!("NIC{}", index + 1), speed);
            port.card = format!("Slot {}", 1 + dice.roll(2));
            port.tor = Some(dice.roll(2) as usize);
            if dice.chance(30) {
                port.rdma = Rdma::Roce;
            }
            cluster.nodes[node].nics.push(port);
        }
    }
    cluster.storage = dice.pick(&[
        StorageKind::None,
        StorageKind::None,
        StorageKind::Iscsi,
        StorageKind::S2d,
    ]);
    if nodes == 2 && cluster.storage != StorageKind::None && dice.chance(70) {
        cluster.storage = StorageKind::None;
    }
    guests(&mut dice, &mut cluster);
    wishes(&mut dice, &mut cluster);
    wiring(&mut dice, &mut cluster);
    if dice.chance(25) {
        let wanted = dice.pick(&[Strength::Wish, Strength::Required]);
        cluster.policy.isolate_zones = vec![("dmz".to_owned(), wanted)];
    }
    cluster
}

fn guests(dice: &mut Dice, cluster: &mut Cluster) {
    let nodes = cluster.nodes.len();
    for index in 0..dice.roll(4) {
        let need = dice.pick(&[20, 150, 300, 700, 1500]);
        let mut guest = vm(&format!("VM{index}"), dice.roll(nodes as u64) as usize, nodes, need);
        if dice.chance(20) {
            guest.vnics[0].zone = dice.pick(&["dmz", "lan"]).to_owned();
        }
        if dice.chance(8) {
            guest.vnics[0].dedicated = true;
        }
        if dice.chance(10) {
            guest.vnics[0].vlans.insert(dice.pick(&[10, 20]));
        }
        cluster.vms.push(guest);
    }
    if dice.chance(10) {
        let ports = cluster.nodes[0].nics.len() as u64;
        cluster.nodes[0].nics[dice.roll(ports) as usize].vlans = Some([10].into_iter().collect());
    }
}

fn wishes(dice: &mut Dice, cluster: &mut Cluster) {
    let policy = &mut cluster.policy;
    policy.vendor_teaming = dice.chance(50);
    policy.target_permille = dice.pick(&[300, 800]);
    for role in [
        Role::Management,
        Role::Cluster,
        Role::LiveMigration,
        Role::Storage,
        Role::Vm,
    ] {
        for kind in [FailureKind::Nic, FailureKind::Card, FailureKind::Tor] {
            if dice.chance(10) {
                policy.survive.push((role, kind));
            }
        }
    }
    if dice.chance(15) {
        policy.separate_zones = dice.pick(&[Strength::Wish, Strength::Required]);
    }
    if dice.chance(15) {
        policy.isolate.push((
            Role::Management,
            Role::Vm,
            dice.pick(&[Strength::Required, Strength::No]),
        ));
    }
    if dice.chance(20) {
        policy.drain_goal_s = Some(dice.pick(&[5, 20, 60]));
    }
}

/// Today's wiring, on some instances.
fn wiring(dice: &mut Dice, cluster: &mut Cluster) {
    if !dice.chance(40) {
        return;
    }
    for node in &mut cluster.nodes {
        for port in &mut node.nics {
            match dice.roll(4) {
                0 => {
                    port.roles.insert(Role::Management);
                }
                1 => {
                    port.roles.insert(Role::Vm);
                    port.switch = Some(dice.pick(&["Blue", "External-1"]).to_owned());
                }
                2 => {
                    port.roles.extend([Role::Cluster, Role::LiveMigration]);
                }
                _ => {}
            }
        }
    }
    for guest in &mut cluster.vms {
        guest.vnics[0].switch = dice.pick(&["", "Blue", "External-1"]).to_owned();
    }
}
