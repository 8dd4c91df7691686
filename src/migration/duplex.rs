//! Ports that receive less while they send all they can.
//!
//! In: pairs of links, and how much the receiving one loses when the sending one is full. Out: rates of transfers that
//! share the links. Must not know: migrations, nodes, where the loss was measured.
//!
//! A TCP sender waits for acknowledgements. Those of what a node receives leave through its sending side; while that is
//! full they queue behind its own data (L. Zhang, S. Shenker, D. Clark, "Observations on the Dynamics of a Congestion
//! Control Algorithm: The Effects of Two-Way Traffic", SIGCOMM 1991). The loss sets in only near full use: with a
//! sending side half used nothing is lost.

use super::fair::{Filler, Share};

/// The two directions of a port.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duplex {
    /// Link over which it receives; an index without a capacity is passed over.
    pub receives: usize,
    /// Link over which it sends.
    pub sends: usize,
    /// Share of the receiving capacity that is lost while the sending link is full, 0 to 1.
    pub loss: f64,
}

/// Power of the sending link's use with which the loss grows: 1 % of it at 68 % use, half at 94 %.
const STEEPNESS: i32 = 12;
/// Rounds after which the rates are taken as they are; they settle to 0.1 % within five or six.
const MOST_ROUNDS: u32 = 16;
/// A change of a capacity by a smaller share changes nothing that anybody can see.
const SETTLED: f64 = 1e-4;

/// Shares links among transfers while ports lose capacity.
#[derive(Clone, Debug, Default)]
pub(super) struct Squeeze {
    ports: Vec<Duplex>,
    /// Full capacity of every link.
    full: Vec<f64>,
    /// Rate over every link.
    used: Vec<f64>,
    /// Share of the receiving capacity lost now, by port.
    lost: Vec<f64>,
    open: Vec<usize>,
}

impl Squeeze {
    /// Ports of which no link exists are left out.
    pub(super) fn new(ports: &[Duplex], capacities: &[f64]) -> Squeeze {
        let exists =
            |port: &&Duplex| port.receives < capacities.len() && port.sends < capacities.len() && port.loss > 0.0;
        let ports: Vec<Duplex> = ports.iter().filter(exists).copied().collect();
        Squeeze {
            lost: vec![0.0; ports.len()],
            ports,
            full: capacities.to_vec(),
            used: vec![0.0; capacities.len()],
            open: Vec::new(),
        }
    }

    /// Writes the rate of every flow in `sending`; the list is empty afterwards.
    pub(super) fn share(&mut self, filler: &mut Filler, sending: &mut Vec<usize>, shares: &[Share], rates: &mut [f64]) {
        if self.ports.is_empty() {
            return filler.fill(sending, shares, rates);
        }
        for (port, lost) in self.ports.iter().zip(&mut self.lost) {
            *lost = 0.0;
            filler.set_capacity(port.receives, self.full[port.receives]);
        }
        for round in 0..MOST_ROUNDS {
            self.open.clone_from(sending);
            filler.fill(&mut self.open, shares, rates);
            // full steps first, then smaller ones: two ports that slow each other would swing for ever
            let step = if round == 0 { 1.0 } else { 2.0 / f64::from(round + 3) };
            if !self.adjust(filler, sending, shares, rates, step) {
                break;
            }
        }
        sending.clear();
    }

    /// Moves every loss towards what the present rates ask for; false when none moves.
    fn adjust(&mut self, filler: &mut Filler, sending: &[usize], shares: &[Share], rates: &[f64], step: f64) -> bool {
        self.used.fill(0.0);
        for flow in sending {
            for link in shares[*flow].links() {
                self.used[*link] += rates[*flow];
            }
        }
        let mut moved = false;
        for (port, lost) in self.ports.iter().zip(&mut self.lost) {
            if self.used[port.receives] <= 0.0 {
                continue;
            }
            let used = (self.used[port.sends] / self.full[port.sends]).clamp(0.0, 1.0);
            let change = step * (port.loss * used.powi(STEEPNESS) - *lost);
            if change.abs() > SETTLED {
                *lost += change;
                filler.set_capacity(port.receives, self.full[port.receives] * (1.0 - *lost));
                moved = true;
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::super::fair::Flow;
    use super::*;

    /// Node A sends over 0 and receives over 1, node B over 2 and 3.
    fn rates(flows: &[&[usize]], capacities: &[f64]) -> Vec<f64> {
        let ports = [(1, 0), (3, 2)].map(|(receives, sends)| Duplex {
            receives,
            sends,
            loss: 0.2,
        });
        let shares: Vec<Share> = flows
            .iter()
            .map(|links| Flow {
                links: links.to_vec(),
                cap: f64::INFINITY,
            })
            .map(|flow| Share::new(&flow, 1.0, capacities.len()))
            .collect();
        let mut rates = vec![0.0; flows.len()];
        let mut sending: Vec<usize> = (0..flows.len()).collect();
        Squeeze::new(&ports, capacities).share(&mut Filler::new(capacities), &mut sending, &shares, &mut rates);
        assert!(sending.is_empty());
        rates
    }

    #[test]
    fn a_node_that_sends_all_it_can_receives_less() {
        // something enters A over 1; A sends over 0 to nobody that matters
        assert_eq!(rates(&[&[1], &[0]], &[100.0; 4]), [80.0, 100.0]);
    }

    #[test]
    fn half_a_sending_link_costs_next_to_nothing() {
        let shared = rates(&[&[1], &[0, 3]], &[100.0, 100.0, 100.0, 50.0]);

        assert!(shared[0] > 99.9 && shared[1] > 49.9, "{shared:?}");
    }

    #[test]
    fn two_nodes_that_send_to_each_other_both_lose_a_part_of_it() {
        let shared = rates(&[&[0, 3], &[2, 1]], &[100.0; 4]);

        assert!((shared[0] - shared[1]).abs() < 0.1, "{shared:?}");
        assert!(shared[0] > 90.0 && shared[0] < 95.0, "{shared:?}");
    }

    #[test]
    fn what_does_not_receive_loses_nothing() {
        assert_eq!(rates(&[&[0], &[0]], &[100.0; 4]), [50.0, 50.0]);
    }
}
