//! What is wrong with a pair, and which layer is at fault.
//!
//! Error: no path, or another network than the intended one. Warning: the intended network, but slower or riskier than need be, or a
//! verdict that rests on an assumption. Info: worth knowing. Rates are judged on the intended network only: with a wrong one all else
//! follows from that. In: the choice, the answers of all networks, the path so far.

mod network;
mod rate;
mod settings;
mod smb;

pub(super) use network::network;
pub(super) use rate::rate;
pub(super) use settings::concurrency;
