//! WHAT MACHINES RUN. In: facts and a [`VerifiedPlan`](crate::checks::VerifiedPlan). Out: the steps from today to the plan, and scripts that do them.
//!
//! First the steps are data: changes with what was before, in an order in which management and storage stay reachable. They are tried on the
//! facts, and must lead to the facts after the plan ([`crate::applied`]). Only then they are written down: as PowerShell from 2012 on,
//! as Network ATC intents where the Windows version is configured by them, as a `.cmd` file and manual steps for 2008 R2.
//! Must not know: the planner, the solver, how a plan is judged.

mod apart;
mod bandwidth;
pub mod cabling;
mod carrying;
mod cluster;
pub mod effects;
mod facts_before;
mod goal;
mod intents;
mod lists;
mod management;
mod manual;
mod old_windows;
mod order;
mod own_address;
mod own_address_words;
mod pools;
mod port_networks;
mod port_vlan;
mod progress;
mod quiet;
mod refusals;
mod script;
mod settings;
mod state;
pub mod steps;
mod switch_ports;
mod undo;
mod unenforced;
mod unnamed;
mod waits;
mod words;
mod work;

pub use script::{Counts, File, counts, files};
pub use state::{GUARDED, State, port_of};
pub use work::{ClusterWork, NodeWork, Refusal, work};
