//! Choices of an uplink that are alike for every purpose but which of several equal ports they take.

use super::super::options::{Choice, Shared};
use super::super::reach::Heard;
use super::ports::Ports;
use crate::units::Mbps;
use std::collections::BTreeMap;

/// Choices of an uplink that differ only in which of several equal ports they take; never empty.
pub struct Kind {
    pub choices: Vec<Choice>,
    /// Ports that each choice takes.
    pub ports: Vec<Ports>,
}

impl Kind {
    pub fn new(choices: Vec<Choice>) -> Kind {
        let ports = choices.iter().map(|choice| Ports::new(&choice.take)).collect();
        Kind { choices, ports }
    }

    pub fn first(&self) -> &Choice {
        &self.choices[0]
    }
}

/// Groups choices by everything but the ports themselves.
pub fn kinds(choices: Vec<Choice>, shared: &[Shared]) -> Vec<Kind> {
    let mut known: BTreeMap<Signature, usize> = BTreeMap::new();
    let mut kinds: Vec<Vec<Choice>> = Vec::new();
    for choice in choices {
        let next = kinds.len();
        match *known.entry(signature(&choice, shared)).or_insert(next) {
            at if at < next => kinds[at].push(choice),
            _ => kinds.push(vec![choice]),
        }
    }
    kinds.into_iter().map(Kind::new).collect()
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Signature {
    vector: Vec<u32>,
    nics: usize,
    speed: Mbps,
    heard: Vec<Heard>,
    rdma: bool,
    own: [[bool; 3]; 6],
    /// What is left after each card and after each ToR, sorted.
    after: [Vec<Mbps>; 2],
}

fn signature(choice: &Choice, shared: &[Shared]) -> Signature {
    let mut after = [Vec::new(), Vec::new()];
    for (failure, left) in shared.iter().zip(&choice.after) {
        if *left < choice.capacity || choice.nics == 0 {
            after[failure.kind() - 1].push(*left);
        }
    }
    after.iter_mut().for_each(|list| list.sort());
    Signature {
        vector: choice.vector.clone(),
        nics: choice.nics,
        speed: choice.speed,
        heard: choice.heard.clone(),
        rdma: choice.rdma,
        own: choice.own,
        after,
    }
}
