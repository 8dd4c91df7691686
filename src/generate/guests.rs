//! The virtual machines: what they are, where they run, which networks they need.
//!
//! In: hosts and the estate. Out: guests without rates, groups and addresses, which the next steps fill in.

use super::estates::Estate;
use super::random::Random;
use super::wiring::Host;

/// A virtual machine in the making.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub name: String,
    /// Position of its node.
    pub host: usize,
    pub memory_mib: u64,
    pub state: &'static str,
    pub generation: u8,
    pub priority: &'static str,
    pub os: &'static str,
    /// Positions of the nodes it may run on; empty = all.
    pub owners: Vec<usize>,
    pub anti_affinity: String,
    /// NLB cluster: name, mode, address.
    pub nlb: Option<(String, &'static str, String)>,
    pub replica: bool,
    pub mac_bound: &'static str,
    pub adapters: Vec<Adapter>,
}

/// A vNIC in the making.
#[derive(Clone, Debug)]
pub(super) struct Adapter {
    pub name: &'static str,
    pub switch: &'static str,
    pub zone: &'static str,
    pub vlan: u16,
    /// Mbit/s; 0 = nobody measured it.
    pub need_mbps: u64,
    pub mac: u64,
    pub fixed: bool,
    pub spoofing: bool,
}

/// What servers are for: name, system, memory in GiB, how common it is.
struct Kind {
    prefix: &'static str,
    os: [&'static str; 2],
    memory_gib: &'static [u64],
    common: u64,
}

const fn kind(prefix: &'static str, os: [&'static str; 2], memory_gib: &'static [u64], common: u64) -> Kind {
    Kind {
        prefix,
        os,
        memory_gib,
        common,
    }
}

/// Guest systems: first the one of old clusters (to 2012 R2), then the one of newer clusters.
const WINDOWS: [&str; 2] = ["Windows Server 2008 R2", "Windows Server 2019"];
const WINDOWS_NEW: [&str; 2] = ["Windows Server 2012", "Windows Server 2022"];
const LINUX: [&str; 2] = ["CentOS 6", "Ubuntu 22.04"];

static KINDS: [Kind; 10] = [
    kind("APP", WINDOWS, &[4, 4, 8], 25),
    kind("WEB", WINDOWS_NEW, &[2, 4], 20),
    kind("SQL", WINDOWS, &[8, 16, 16], 10),
    kind("LNX", LINUX, &[1, 2, 4], 20),
    kind("FILE", WINDOWS_NEW, &[4, 8], 5),
    kind("RDS", WINDOWS_NEW, &[8, 8, 16], 8),
    kind("DC", WINDOWS, &[2, 4], 2),
    kind("MON", LINUX, &[2, 4], 3),
    kind("BUILD", LINUX, &[4, 8], 5),
    kind("PRINT", WINDOWS, &[2], 2),
];

/// Makes the guests of all hosts, spread by the weight of each host's model.
pub(super) fn make(vms: usize, hosts: &[Host], estate: &Estate, random: &mut Random) -> Vec<Guest> {
    let old = matches!(estate.profile, "2008r2" | "2012" | "2012r2");
    let mut guests = Vec::with_capacity(vms);
    let mut serial = [0usize; KINDS.len()];
    for (host, count) in spread(vms, hosts, estate).into_iter().enumerate() {
        for _ in 0..count {
            let which = pick_kind(random);
            serial[which] += 1;
            guests.push(make_one(&KINDS[which], serial[which], host, old, vms, estate, random));
        }
    }
    guests
}

/// How many guests each host runs: by weight, remainders to the first hosts.
fn spread(vms: usize, hosts: &[Host], estate: &Estate) -> Vec<usize> {
    let weight = |host: &Host| estate.classes[host.class].weight as usize;
    let total: usize = hosts.iter().map(weight).sum();
    let mut counts: Vec<usize> = hosts.iter().map(|host| vms * weight(host) / total.max(1)).collect();
    let missing = vms - counts.iter().sum::<usize>();
    for count in counts.iter_mut().take(missing) {
        *count += 1;
    }
    counts
}

fn pick_kind(random: &mut Random) -> usize {
    let mut left = random.below(KINDS.iter().map(|k| k.common).sum());
    for (index, kind) in KINDS.iter().enumerate() {
        if left < kind.common {
            return index;
        }
        left -= kind.common;
    }
    0
}

fn make_one(
    kind: &Kind,
    number: usize,
    host: usize,
    old: bool,
    vms: usize,
    estate: &Estate,
    random: &mut Random,
) -> Guest {
    let digits = if vms > 1000 { 4 } else { 2 };
    Guest {
        name: format!("{}-{number:0digits$}", kind.prefix),
        host,
        memory_mib: kind.memory_gib[random.index(kind.memory_gib.len())] * 1024,
        state: state(random),
        generation: if old || random.chance(15) { 1 } else { 2 },
        priority: priority(random),
        os: kind.os[usize::from(!old)],
        owners: Vec::new(),
        anti_affinity: String::new(),
        nlb: None,
        replica: false,
        mac_bound: if random.chance(2) { "licence" } else { "" },
        adapters: adapters(estate, random),
    }
}

fn state(random: &mut Random) -> &'static str {
    match random.below(100) {
        0..=1 => "saved",
        2..=5 => "off",
        _ => "running",
    }
}

fn priority(random: &mut Random) -> &'static str {
    match random.below(100) {
        0..=9 => "high",
        10..=24 => "low",
        25 => "no-auto-start",
        _ => "",
    }
}

/// One vNIC, for one guest in eight a second one in another VLAN.
fn adapters(estate: &Estate, random: &mut Random) -> Vec<Adapter> {
    let mut made = vec![adapter("", estate, random)];
    if random.chance(12) {
        made.push(adapter("Network Adapter 2", estate, random));
    }
    made
}

fn adapter(name: &'static str, estate: &Estate, random: &mut Random) -> Adapter {
    let zone = &estate.zones[if random.chance(60) {
        0
    } else {
        random.index(estate.zones.len())
    }];
    Adapter {
        name,
        switch: super::hardware::GUESTS,
        zone: if estate.zones.len() > 1 { zone.name } else { "" },
        vlan: zone.vlans[random.index(zone.vlans.len())],
        need_mbps: 0,
        mac: 0,
        fixed: false,
        spoofing: false,
    }
}
