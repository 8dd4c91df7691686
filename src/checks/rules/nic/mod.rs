//! Rules about physical ports: enough of them, with link, on different cards and switches, alike on every node.

pub mod nic_without_link;
pub mod role_missing_on_node;
pub mod single_nic;
pub mod team_on_one_card;
pub mod team_on_one_tor;
