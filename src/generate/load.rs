//! How much each vNIC needs: skewed, and in all as much as a well-planned node carries.
//!
//! In: guests and estate. Out: needs in Mbit/s. About one vNIC in twenty is heavy (over a quarter of a VM port) where the
//! estate has a switch for heavy guests; each node's switches are filled to between 45 and 75 percent of what is left after
//! the loss of a port, which no planner can get around.

use super::estates::Estate;
use super::guests::Guest;
use super::hardware::{BULK, Class, GUESTS};
use super::random::Random;
use super::wiring::Host;

/// A vNIC is heavy above this share of a VM port, in percent (the default of the policy).
const HEAVY_PERCENT: u64 = 25;
/// What an ordinary vNIC may need on average, Mbit/s: with few guests the ports stay emptier.
const ORDINARY_AVERAGE: u64 = 90;

/// Gives every vNIC its need.
pub(super) fn fill(guests: &mut [Guest], hosts: &[Host], estate: &Estate, random: &mut Random) {
    for (index, host) in hosts.iter().enumerate() {
        let class = &estate.classes[host.class];
        let mut here: Vec<&mut Guest> = guests.iter_mut().filter(|guest| guest.host == index).collect();
        if estate.has_bulk_switch() {
            make_heavy(&mut here, class, estate.vm_port(), random);
        }
        share_ordinary(&mut here, class, estate, random);
    }
}

/// Makes guests heavy until one in twelve of this host is (the small hosts run out of port first), or the port is full.
fn make_heavy(here: &mut [&mut Guest], class: &Class, vm_port: u64, random: &mut Random) {
    let capacity = class.capacity(BULK);
    let budget = capacity * random.between(62, 74) / 100;
    let smallest = vm_port * (HEAVY_PERCENT + 1) / 100;
    let wanted = (here.len() / 14).max(usize::from(here.len() >= 8));
    let mut used = 0;
    for position in 0..wanted {
        let tail = if random.chance(20) {
            random.between(0, vm_port * 3 / 10)
        } else {
            random.between(0, vm_port / 12)
        };
        let need = smallest + tail;
        let index = position * here.len() / wanted.max(1) + random.index(3);
        if used + need > budget || index >= here.len() {
            continue;
        }
        let adapter = &mut here[index].adapters[0];
        if adapter.need_mbps > 0 {
            continue;
        }
        adapter.need_mbps = need;
        adapter.switch = BULK;
        used += need;
    }
}

/// Shares the rest of the guests' switch among the ordinary vNICs in skewed parts.
fn share_ordinary(here: &mut [&mut Guest], class: &Class, estate: &Estate, random: &mut Random) {
    let mut parts = Vec::new();
    for guest in here.iter_mut() {
        for adapter in guest.adapters.iter_mut().filter(|a| a.switch == GUESTS) {
            parts.push((random.skewed(), adapter));
        }
    }
    let filled = if estate.adapters.is_empty() {
        random.between(45, 70)
    } else {
        random.between(30, 45)
    };
    let budget = (class.capacity(GUESTS) * filled / 100).min(parts.len() as u64 * ORDINARY_AVERAGE);
    let largest = (estate.vm_port() * (HEAVY_PERCENT - 2) / 100).max(1);
    let total: u64 = parts.iter().map(|(part, _)| *part).sum();
    for (part, adapter) in parts {
        adapter.need_mbps = (part * budget / total.max(1)).clamp(1, largest);
    }
}
