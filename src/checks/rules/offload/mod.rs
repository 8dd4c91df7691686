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

#[cfg(test)]
mod tests {
    use crate::checks::rules::{find, review, tests};
    use crate::finding::Severity::{Info, Warning};

    #[test]
    fn checksum_offload_only_matters_to_chimney_in_2008_r2() {
        tests::assert_severities("checksum-offload-off", &[("2012", Warning), ("2025", Warning)]);

        let page = find("checksum-offload-off").map(|rule| rule.page).unwrap_or_default();
        let old = tests::blocks(page)
            .into_iter()
            .find(|(_, block)| block.contains("2008r2") && block.contains("automatic"));
        let findings = review(&tests::inventory(old.map(|(_, block)| block).unwrap_or_default()));
        let found = findings
            .iter()
            .find(|f| f.rule == "checksum-offload-off")
            .map(|f| f.severity);

        assert_eq!(found, Some(Info));
    }
}
