//! Live migration: how long it takes, how long a node drains, and what would make it faster. Pure functions.
//!
//! ```text
//! estimate        rate and lower bound of a drain in whole numbers, as the planner and its checks use them
//! moved           what a VM sends at best, in whole numbers, for that bound
//! assumptions     documented defaults with their sources
//! published       timings that others measured, to be reproduced from the defaults
//! precopy         one migration at a constant rate: passes, bytes, brownout, blackout
//! second_opinion  another published model of one migration, to compare with
//! wiring          which adapter of which node carries which cluster network
//! load            what other traffic needs of the same ports
//! path            which network, transport, rate and concurrency a pair of nodes really gets, and why
//! fair            how migrations share links
//! duplex          ports that receive less while they send all they can
//! simulate        many migrations at once: slots, shared links, passes
//! bounds          times that no schedule can beat, and what would help
//! pacing          start times that keep links full and uncrowded
//! schedule        a good order, and how many should run at once; search finds the order
//! calibration     what past migrations teach about rates and fixed times, and how sure that is
//! drain           which VMs leave a node, where to, how long it takes: every node, and a whole patch run
//! whole           whole numbers in and out, rounded against us
//! ```
//!
//! In: facts about VMs, ports and transport. Out: rates and seconds.
//! Must not know: planner, checks, reports.
//!
//! All but `estimate` and `moved` count in bytes, bytes per second and seconds as floats; what leaves them for a plan or a report
//! is rounded to whole units against us.

pub mod assumptions;
pub mod bounds;
pub mod calibration;
pub mod drain;
pub mod duplex;
mod estimate;
pub mod fair;
pub mod load;
mod moved;
mod pacing;
pub mod path;
pub mod precopy;
pub mod published;
pub mod schedule;
mod search;
pub mod second_opinion;
pub mod simulate;
pub mod whole;
pub mod wiring;

pub use estimate::{
    BoundBy, Rate, SETUP_S, SWITCH_OVER_S, concurrency, drain_bound, drain_bound_s, moves_live, overhead_s, rate,
    transport,
};
pub use moved::Moved;
