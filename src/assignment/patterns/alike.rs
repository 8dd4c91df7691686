//! Placements of the same kinds that come to the same: which cards and ToRs are which does not matter, only what each failure
//! leaves to every uplink.
//!
//! In: choices that differ from those before only in their ports. Out: whether a placement says anything new. Must not know: what
//! follows from it.

use super::super::options::{Choice, Shared};
use crate::plan::MAX_NETWORKS;
use crate::roles::ROLES;
use std::collections::BTreeSet;

/// Bits for the ports that a failure leaves to one uplink; a node counts its ports in bytes.
const BITS: usize = 8;
// A design has an uplink for every role at most, and one for every external network: all fit one number.
const _: () = assert!((ROLES.len() + MAX_NETWORKS) * BITS <= u128::BITS as usize);

/// What a failure of a kind (card, ToR) leaves to the uplinks, side by side.
type Left = (usize, u128);

/// The placements seen so far of one combination of kinds.
#[derive(Default)]
pub struct Known(BTreeSet<Vec<Left>>);

impl Known {
    /// Whether no placement before left the same to the uplinks after its failures. All else that counts of a choice is the same for
    /// its whole kind.
    pub fn is_new(&mut self, shared: &[Shared], picked: &[&Choice]) -> bool {
        let failures = shared.iter().enumerate();
        let mut left: Vec<Left> = failures
            .map(|(at, failure)| {
                let ports = picked.iter().map(|choice| ports_left(choice, at));
                (failure.kind(), ports.fold(0, |all, ports| all << BITS | ports))
            })
            .collect();
        left.sort_unstable();
        left.dedup();
        self.0.insert(left)
    }
}

/// Ports' worth of capacity that a choice has left after a failure.
fn ports_left(choice: &Choice, failure: usize) -> u128 {
    let left = choice.after.get(failure).copied().unwrap_or(0);
    u128::from(left.checked_div(choice.speed).unwrap_or(0))
}
