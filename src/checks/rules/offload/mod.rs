//! Rules about offloads of the host and of guests.

mod checksum_offload_off;
mod chimney_on;
mod chimney_one_sided;
mod chimney_with_team;
mod guest_checksum_offload_off;
mod guest_chimney_useless;
mod ipsec_offload_on_set;
mod vmq_weight_zero;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &checksum_offload_off::RULE,
    &chimney_on::RULE,
    &chimney_one_sided::RULE,
    &chimney_with_team::RULE,
    &guest_checksum_offload_off::RULE,
    &guest_chimney_useless::RULE,
    &ipsec_offload_on_set::RULE,
    &vmq_weight_zero::RULE,
];
