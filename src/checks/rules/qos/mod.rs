//! Rules about QoS and DCB: minimum bandwidth, traffic classes, flow control.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
