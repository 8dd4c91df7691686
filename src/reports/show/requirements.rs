//! Requirements and wishes in words: what is wanted, what is missing.
//!
//! In: names as plans state them (`survive:vm:tor`) and wishes of the policy. Out: sentences in administrators' words.
//! Must not know: where they are shown.

use super::failure_kind;
use crate::policy::{FailureKind, Wish};
use crate::roles::Role;

/// A wish as a sentence about what is wanted.
pub(in crate::reports) fn wish(wish: &Wish) -> String {
    let title = |role: &Role| role.info().title;
    match wish {
        Wish::Rdma(role) => format!("{} uses NICs with RDMA", title(role)),
        Wish::Apart(a, b) => format!("{} and {} share no uplink", title(a), title(b)),
        Wish::ZonesApart => "VM zones share no external network".to_owned(),
        Wish::ZoneAlone(zone) => format!("zone {zone} shares no port with host traffic or other zones"),
        Wish::HeavyApart => "the VMs with the largest bandwidth share no external network with small ones".to_owned(),
        Wish::Survive(role, kind) => format!("{} survives the loss of any {}", title(role), failure_kind(*kind)),
        Wish::OwnPath(role) => format!("{} keeps a path of its own when a NIC fails", title(role)),
    }
}

/// A requirement's name (`survive:vm:tor`) as a sentence about what is missing.
pub(in crate::reports) fn missed(requirement: &str) -> String {
    let parts: Vec<&str> = requirement.split(':').collect();
    match parts.as_slice() {
        ["reach", role] => format!("{} has no working path", title(role)),
        ["apart", "zones"] => "VM zones that must be apart share an external network".to_owned(),
        ["apart", "zone", ..] => format!(
            "Zone {} shares its ports with host traffic or another zone",
            zone(requirement)
        ),
        ["apart", pair] => format!("{} must be apart and share an uplink", both(pair)),
        ["survive", role, kind] => format!("{} does not survive the loss of a {}", title(role), failing(kind)),
        ["capacity"] => "More traffic than the uplink can carry".to_owned(),
        ["vlan"] => "A VLAN is missing on a NIC of the external network".to_owned(),
        ["vm-network"] => "No external network can serve this VM".to_owned(),
        ["dedicated"] => "Wants an external network of its own and shares one".to_owned(),
        ["drain-time"] => "Cannot be emptied in the drain minutes that the policy asks for".to_owned(),
        _ => requirement.to_owned(),
    }
}

/// A requirement's name as a sentence about what is wanted.
pub(in crate::reports) fn wanted(requirement: &str) -> String {
    let parts: Vec<&str> = requirement.split(':').collect();
    match parts.as_slice() {
        ["reach", role] => format!("{} reaches every node", title(role)),
        ["apart", "zones"] => "VM zones have external networks of their own".to_owned(),
        ["apart", "zone", ..] => format!(
            "zone {} shares no port with host traffic or other zones",
            zone(requirement)
        ),
        ["apart", pair] => format!("{} share no uplink", both(pair)),
        ["survive", role, kind] => format!("{} survives the loss of any {}", title(role), failing(kind)),
        ["capacity"] => "every uplink carries its traffic".to_owned(),
        ["vlan"] => "every VLAN of the VMs is on the NICs of their external network".to_owned(),
        ["vm-network"] => "every VM has an external network".to_owned(),
        ["dedicated"] => "VMs marked dedicated have an external network of their own".to_owned(),
        ["drain-time"] => "every node is emptied in the drain minutes of the policy".to_owned(),
        _ => requirement.to_owned(),
    }
}

/// A sentence of the planner with the names of wishes (`survive:vm:nic`) put into words.
pub(in crate::reports) fn spoken(text: &str) -> String {
    let word = |word: &str| {
        let name = word.trim_end_matches([',', '.', ';']);
        short_wish(name).map_or_else(|| word.to_owned(), |said| said + &word[name.len()..])
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The name of a wish in a few words; `None` when it is not one.
fn short_wish(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split(':').collect();
    Some(match parts.as_slice() {
        ["rdma", role] => format!("RDMA for {}", title(role)),
        ["apart", "zones"] => "VM zones apart".to_owned(),
        ["apart", "zone", ..] => format!("zone {} alone on its ports", zone(name)),
        ["apart", "heavy"] => "large VMs apart from small ones".to_owned(),
        ["apart", pair] => {
            let (a, b) = pair.split_once('|')?;
            format!("{} apart from {}", title(a), title(b))
        }
        ["survive", role, kind] => format!("{} survives loss of a {}", title(role), failing(kind)),
        ["own-path", role] => format!("own path for {} after a NIC failure", title(role)),
        _ => return None,
    })
}

/// The zone in `apart:zone:NAME`, whatever marks its name holds.
fn zone(requirement: &str) -> &str {
    requirement.strip_prefix("apart:zone:").unwrap_or(requirement)
}

fn title(role: &str) -> String {
    Role::parse(role).map_or_else(|| role.to_owned(), |r| r.info().title.to_owned())
}

fn both(pair: &str) -> String {
    let (a, b) = pair.split_once('|').unwrap_or((pair, ""));
    format!("{} and {}", title(a), title(b))
}

fn failing(kind: &str) -> &str {
    FailureKind::parse(kind).map_or(kind, |k| failure_kind(k))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_read_as_sentences() {
        assert_eq!(
            missed("survive:vm:tor"),
            "VM network does not survive the loss of a physical switch"
        );
        assert_eq!(
            wanted("survive:vm:tor"),
            "VM network survives the loss of any physical switch"
        );
        assert_eq!(
            missed("apart:management|storage"),
            "Management and Storage must be apart and share an uplink"
        );
        assert_eq!(
            wanted("apart:management|storage"),
            "Management and Storage share no uplink"
        );
        assert_eq!(missed("something-new"), "something-new");
    }

    #[test]
    fn names_of_wishes_are_spoken_and_other_words_stay() {
        assert_eq!(
            spoken("it cannot do survive:vm:nic (4), apart:heavy (1) or x:y."),
            "it cannot do VM network survives loss of a NIC (4), large VMs apart from small ones (1) or x:y."
        );
        assert_eq!(
            spoken("apart:cluster|live-migration"),
            "Cluster / CSV apart from Live migration"
        );
    }
}
