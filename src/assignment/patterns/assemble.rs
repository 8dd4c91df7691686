//! Puts the choices of all uplinks together: who falls back where, what must be carried, the true vector.

use super::super::design::Design;
use super::super::instance::Instance;
use super::super::options::{Choice, Shared};
use super::{Pattern, Situation, UplinkPattern};
use crate::policy::Wish;
use crate::roles::Role;

/// Puts the choices together: fall-back, situations, the true vector.
pub fn assemble(
    instance: &Instance,
    design: &Design,
    shared: &[Shared],
    picked: &[&Choice],
    kinds: Vec<usize>,
) -> Pattern {
    let normal = |choice: &&Choice| Situation {
        capacity: choice.capacity,
        landed: 0,
    };
    let mut situations: Vec<Vec<Situation>> = picked.iter().map(|c| vec![normal(c)]).collect();
    let mut vector: Vec<u32> = vec![0; 2 + instance.wishes.len()];
    for choice in picked {
        vector.iter_mut().zip(&choice.vector).for_each(|(sum, own)| *sum += own);
    }
    let mut lost: [[bool; 3]; 6] = [[false; 3]; 6];
    for (uplink, choice) in picked.iter().enumerate().filter(|(_, c)| c.nics > 0) {
        nic_loss(instance, design, picked, uplink, choice, &mut situations, &mut lost);
    }
    for (index, failure) in shared.iter().enumerate() {
        shared_loss(instance, design, picked, failure, index, &mut situations, &mut lost);
    }
    fall_back(instance, design, shared, picked, &lost, &mut vector);
    let uplinks = picked.iter().zip(situations).map(|(c, s)| UplinkPattern {
        nics: c.nics,
        speed: c.speed,
        rdma: c.rdma,
        situations: undominated(s),
    });
    Pattern {
        take: picked.iter().map(|c| c.take.clone()).collect(),
        uplinks: uplinks.collect(),
        vector,
        blind: picked.iter().map(|c| c.blind).sum(),
        nics: picked.iter().map(|c| c.nics).sum(),
        kinds,
    }
}

/// Counts into the vector what roles that fall back do not survive: without refuge, or with ports that lead nowhere.
fn fall_back(
    instance: &Instance,
    design: &Design,
    shared: &[Shared],
    picked: &[&Choice],
    lost: &[[bool; 3]; 6],
    vector: &mut [u32],
) {
    for (uplink, choice) in picked.iter().enumerate().filter(|(_, c)| c.nics > 0) {
        for role in design.uplinks[uplink].roles.iter().filter(|r| r.info().falls_back) {
            let row = lost[*role as usize];
            let unmet = |kind: usize| row[kind] || (choice.nics > 0 && reach_lost(choice, *role, kind, shared));
            vector[1] += (0..3)
                .filter(|k| instance.must[*role as usize][*k] && unmet(*k))
                .count() as u32;
            for (position, wish) in instance.wishes.iter().enumerate() {
                if let Wish::Survive(wished, kind) = wish
                    && wished == role
                    && unmet(*kind as usize)
                {
                    vector[2 + position] += 1;
                }
            }
        }
    }
}

/// Whether a falling-back role that still has NICs after the failure no longer reaches the others.
fn reach_lost(choice: &Choice, role: Role, kind: usize, shared: &[Shared]) -> bool {
    if choice.own[role as usize][kind] {
        return false;
    }
    match kind {
        0 => choice.nics > 1,
        _ => !shared
            .iter()
            .enumerate()
            .any(|(i, f)| f.kind() == kind && choice.after[i] == 0),
    }
}

fn nic_loss(
    instance: &Instance,
    design: &Design,
    picked: &[&Choice],
    uplink: usize,
    choice: &Choice,
    situations: &mut [Vec<Situation>],
    lost: &mut [[bool; 3]; 6],
) {
    let roles = &design.uplinks[uplink].roles;
    if choice.nics > 1 {
        if roles.iter().any(|r| instance.must[*r as usize][0]) {
            situations[uplink].push(Situation {
                capacity: choice.after_nic,
                landed: 0,
            });
        }
        return;
    }
    let alive = |u: usize| u != uplink && picked[u].nics > 0;
    let landed = land(instance, design, &[uplink], &alive, 0, lost);
    for (refuge, bits) in landed {
        let asked = instance
            .roles
            .iter()
            .any(|r| bits_contain(bits, *r) && instance.must[*r as usize][0]);
        if asked {
            situations[refuge].push(Situation {
                capacity: picked[refuge].capacity,
                landed: bits,
            });
        }
    }
}

fn shared_loss(
    instance: &Instance,
    design: &Design,
    picked: &[&Choice],
    failure: &Shared,
    index: usize,
    situations: &mut [Vec<Situation>],
    lost: &mut [[bool; 3]; 6],
) {
    let kind = failure.kind();
    let dead: Vec<usize> = (0..picked.len())
        .filter(|u| picked[*u].nics > 0 && picked[*u].after[index] == 0)
        .collect();
    let alive = |u: usize| picked[u].nics > 0 && picked[u].after[index] > 0;
    let landed = land(instance, design, &dead, &alive, kind, lost);
    for (uplink, choice) in picked.iter().enumerate().filter(|(u, _)| alive(*u)) {
        let bits = landed.iter().find(|(u, _)| *u == uplink).map_or(0, |(_, bits)| *bits);
        let own = design.uplinks[uplink]
            .roles
            .iter()
            .any(|r| instance.must[*r as usize][kind]);
        let asked = instance
            .roles
            .iter()
            .any(|r| bits_contain(bits, *r) && instance.must[*r as usize][kind]);
        if own || asked {
            situations[uplink].push(Situation {
                capacity: choice.after[index],
                landed: bits,
            });
        }
    }
}

fn bits_contain(bits: u8, role: Role) -> bool {
    bits >> (role as u8) & 1 == 1
}

/// Where the falling-back roles of dead uplinks land: (refuge, roles as bits). Those without refuge are marked as lost.
fn land(
    instance: &Instance,
    design: &Design,
    dead: &[usize],
    alive: &dyn Fn(usize) -> bool,
    kind: usize,
    lost: &mut [[bool; 3]; 6],
) -> Vec<(usize, u8)> {
    let mut landed: Vec<(usize, u8)> = Vec::new();
    for uplink in dead {
        for role in design.uplinks[*uplink].roles.iter().filter(|r| r.info().falls_back) {
            let refuge = (0..design.uplinks.len())
                .filter(|u| u != uplink && alive(*u))
                .filter_map(|u| refuge_rank(instance, design, u).map(|rank| (rank, u)))
                .min();
            match refuge {
                None => lost[*role as usize][kind] = true,
                Some((_, u)) => match landed.iter_mut().find(|(known, _)| *known == u) {
                    Some((_, bits)) => *bits |= 1 << (*role as u8),
                    None => landed.push((u, 1 << (*role as u8))),
                },
            }
        }
    }
    landed
}

/// Lowest refuge rank of an uplink's roles; storage is a refuge only over SMB.
fn refuge_rank(instance: &Instance, design: &Design, uplink: usize) -> Option<u8> {
    let smb = instance.cluster.storage.is_smb();
    design.uplinks[uplink]
        .roles
        .iter()
        .filter(|r| **r != Role::Storage || smb)
        .filter_map(|r| r.info().refuge)
        .min()
}

/// Drops situations that another one makes harmless: no more capacity and no fewer landed roles elsewhere.
fn undominated(mut situations: Vec<Situation>) -> Vec<Situation> {
    situations.sort();
    situations.dedup();
    let all = situations.clone();
    let mut kept: Vec<Situation> = situations
        .into_iter()
        .filter(|s| {
            !all.iter()
                .any(|o| o != s && o.capacity <= s.capacity && o.landed & s.landed == s.landed)
        })
        .collect();
    kept.sort();
    kept
}
