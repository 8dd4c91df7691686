//! The Windows events that tell of live migrations: who writes them, what they mean, where their values stand.
//!
//! In: nothing. Out: [`EVENTS`]. To add an event: one entry. Must not know: files, pairing.
//!
//! Sources: [LM] Microsoft Learn, "Troubleshoot live migration issues" (20417 and 21501 with their texts; the texts of 20413, 21024
//! and 21502 without a number beside them); [TSG] Azure/AzureLocal-Supportability, "No mapping between account names and security
//! IDs" (21024 with its text); [FC] Microsoft Learn, "Failover Clustering system log events" (1137, 1153 to 1155), and the message
//! table of the provider (1137, 1641); [XML] a published 20415 record (`UserData/VmlEventLog/Parameter0..2`: VM, VM id, seconds);
//! [WP] wiki.webperfect.ch, "Blackout-Time (VM Live Migration)", a script that takes the same three values of 20415 and 20417;
//! [HA] message table of the provider Microsoft-Windows-Hyper-V-High-Availability (21111, 21300 to 21309), which no public page confirms; [BO] ramprasadtech.com,
//! "Hyper-V Live Migration terms" (22507 to 22509, pictures instead of texts). Without a published record the values are taken in
//! the order of the message, whichever names the fields have; the VM's id is known by its form.
//!
//! Left out: 21100, 22505 and 22506 of Hyper-V-High-Availability, by which Veeam ONE alarms of failed migrations: neither text
//! nor values are published, and a migration that failed has no end anyway.

/// The component that writes an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// `Microsoft-Windows-Hyper-V-VMMS` and the other Hyper-V providers; their event numbers do not overlap.
    HyperV,
    /// `Microsoft-Windows-FailoverClustering`.
    Cluster,
}

/// How well an event is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A record is published, or a script that takes its values.
    Record,
    /// Number and message are published together.
    Message,
    /// The message is published, and another source gives the number.
    Pieced,
    /// One source tells what it says; its message is not published.
    Told,
    /// Taken from the provider's message table on a host; no public source was found that confirms it.
    Unconfirmed,
}

impl Evidence {
    /// In words, for the table of events.
    pub fn text(self) -> &'static str {
        match self {
            Evidence::Record => "record published",
            Evidence::Message => "message published",
            Evidence::Pieced => "message published, number from another source",
            Evidence::Told => "one report, message unknown",
            Evidence::Unconfirmed => "not confirmed by a public source",
        }
    }
}

/// What an event means for a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It begins; written on the source node.
    Start,
    /// It begins as seen by the target node.
    Arrival,
    /// It is over and the VM runs on the target.
    Success,
    /// A figure that is written near its end.
    Figure,
    /// It failed.
    Failure,
    /// The cluster moves a role from node to node, live or not.
    Move,
    /// The cluster restarts a role elsewhere; not a migration.
    Failover,
}

/// What a value of an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Name of the VM, its cluster role or its cluster resource.
    Vm,
    /// Node it leaves.
    Source,
    /// Node it goes to.
    Target,
    /// Seconds the VM stood still.
    Blackout,
    /// Seconds the whole move, or the copy of memory, took.
    Duration,
    /// Of no use.
    Other,
}

/// A value in an English message: it stands behind one text and before another (empty: it stands in quotes).
pub(super) type InText = (Part, &'static str, &'static str);

/// One kind of event.
#[derive(Debug)]
pub struct EventInfo {
    /// Number in the event log.
    pub id: u32,
    /// Who writes it.
    pub writer: Writer,
    /// What it means.
    pub meaning: Meaning,
    /// One sentence for people.
    pub summary: &'static str,
    /// How well it is known.
    pub evidence: Evidence,
    /// Its values but the VM's id, in order; several when versions of Windows differ in how many there are.
    pub(super) values: &'static [&'static [Part]],
    /// Its English messages.
    pub(super) texts: &'static [&'static [InText]],
}

use Part::{Blackout, Duration, Other, Source, Target, Vm};

/// Of a failed move the VM is all that is needed.
const FAILED: &[&[Part]] = &[&[Vm]];
const FAILED_TEXT: &[&[InText]] = &[&[(Vm, "live migration of", "failed")]];
const VM_RESOURCE: InText = (Vm, "(vm resource", ", vmid");

/// All events that are used, in order of their number.
pub static EVENTS: [EventInfo; 20] = [
    EventInfo {
        id: 1137,
        writer: Writer::Cluster,
        meaning: Meaning::Failure,
        summary: "a role could not leave a node that is drained: the move is passed over",
        evidence: Evidence::Message,
        values: FAILED,
        texts: &[&[(Vm, "move of cluster role", "for drain could not be completed")]],
    },
    EventInfo {
        id: 1153,
        writer: Writer::Cluster,
        meaning: Meaning::Failover,
        summary: "a role is restarted on another node: passed over",
        evidence: Evidence::Message,
        values: FAILED,
        texts: &[&[(Vm, "fail over the clustered role", "from node")]],
    },
    EventInfo {
        id: 1154,
        writer: Writer::Cluster,
        meaning: Meaning::Failover,
        summary: "a role is moved back after a failover: passed over",
        evidence: Evidence::Message,
        values: FAILED,
        texts: &[&[(Vm, "fail back the clustered role", "from node")]],
    },
    EventInfo {
        id: 1155,
        writer: Writer::Cluster,
        meaning: Meaning::Failure,
        summary: "a pending move did not complete: passed over",
        evidence: Evidence::Message,
        values: FAILED,
        texts: &[&[(Vm, "pending move for the role", "did not complete")]],
    },
    EventInfo {
        id: 1641,
        writer: Writer::Cluster,
        meaning: Meaning::Move,
        summary: "names source and target where Hyper-V's events do not; without a live migration of the VM it is passed over",
        evidence: Evidence::Message,
        values: &[&[Vm, Target], &[Vm, Source, Target]],
        texts: &[
            &[
                (Vm, "clustered role", "is moving from cluster node"),
                (Source, "is moving from cluster node", ""),
                (Target, "to cluster node", ""),
            ],
            &[
                (Vm, "clustered role", "is moving to cluster node"),
                (Target, "is moving to cluster node", ""),
            ],
        ],
    },
    EventInfo {
        id: 20413,
        writer: Writer::HyperV,
        meaning: Meaning::Start,
        summary: "start, source node (the computer) and target node",
        evidence: Evidence::Pieced,
        values: &[&[Vm, Target]],
        texts: &[&[
            (Vm, "live migration of virtual machine", "to destination host"),
            (Target, "to destination host", ""),
        ]],
    },
    EventInfo {
        id: 20415,
        writer: Writer::HyperV,
        meaning: Meaning::Success,
        summary: "end, blackout in seconds",
        evidence: Evidence::Record,
        values: &[&[Vm, Blackout]],
        texts: &[&[
            (Vm, "live migration of virtual machine", "with a blackout time of"),
            (Blackout, "with a blackout time of", "seconds"),
        ]],
    },
    EventInfo {
        id: 20417,
        writer: Writer::HyperV,
        meaning: Meaning::Success,
        summary: "end, unexpectedly long blackout in seconds",
        evidence: Evidence::Record,
        values: &[&[Vm, Blackout]],
        texts: &[&[
            (
                Vm,
                "live migration of virtual machine",
                "with an unexpectedly long blackout time of",
            ),
            (Blackout, "unexpectedly long blackout time of", "seconds"),
        ]],
    },
    EventInfo {
        id: 20418,
        writer: Writer::HyperV,
        meaning: Meaning::Success,
        summary: "end",
        evidence: Evidence::Message,
        values: &[&[Vm]],
        texts: &[&[(Vm, "live migration of virtual machine", "")]],
    },
    EventInfo {
        id: 21024,
        writer: Writer::HyperV,
        meaning: Meaning::Failure,
        summary: "failed at the source or the target: passed over",
        evidence: Evidence::Message,
        values: FAILED,
        texts: &[&[(Vm, "migration operation for", "failed at migration")]],
    },
    EventInfo {
        id: 21111,
        writer: Writer::HyperV,
        meaning: Meaning::Failure,
        summary: "failed, as the cluster resource saw it: passed over",
        evidence: Evidence::Unconfirmed,
        values: FAILED,
        texts: FAILED_TEXT,
    },
    EventInfo {
        id: 21300,
        writer: Writer::HyperV,
        meaning: Meaning::Start,
        summary: "start on the source node, as the cluster resource saw it",
        evidence: Evidence::Unconfirmed,
        values: &[&[Vm]],
        texts: &[&[VM_RESOURCE]],
    },
    EventInfo {
        id: 21301,
        writer: Writer::HyperV,
        meaning: Meaning::Success,
        summary: "end on the source node and the seconds since the start",
        evidence: Evidence::Unconfirmed,
        values: &[&[Duration, Vm]],
        texts: &[&[VM_RESOURCE, (Duration, "on the source node, time", "s (")]],
    },
    EventInfo {
        id: 21306,
        writer: Writer::HyperV,
        meaning: Meaning::Arrival,
        summary: "names the target node (the computer)",
        evidence: Evidence::Unconfirmed,
        values: &[&[Vm]],
        texts: &[&[VM_RESOURCE]],
    },
    EventInfo {
        id: 21307,
        writer: Writer::HyperV,
        meaning: Meaning::Success,
        summary: "end on the target node",
        evidence: Evidence::Unconfirmed,
        values: &[&[Other, Vm]],
        texts: &[&[VM_RESOURCE]],
    },
    EventInfo {
        id: 21501,
        writer: Writer::HyperV,
        meaning: Meaning::Failure,
        summary: "failed, with the reason: passed over",
        evidence: Evidence::Message,
        values: FAILED,
        texts: FAILED_TEXT,
    },
    EventInfo {
        id: 21502,
        writer: Writer::HyperV,
        meaning: Meaning::Failure,
        summary: "failed, with the reason: passed over",
        evidence: Evidence::Pieced,
        values: FAILED,
        texts: FAILED_TEXT,
    },
    EventInfo {
        id: 22507,
        writer: Writer::HyperV,
        meaning: Meaning::Figure,
        summary: "summary of the worker process: the end where no other event tells it",
        evidence: Evidence::Told,
        values: &[&[Vm]],
        texts: &[&[(Vm, "", "")]],
    },
    EventInfo {
        id: 22508,
        writer: Writer::HyperV,
        meaning: Meaning::Figure,
        summary: "seconds of the copy of memory (brown-out): the start where no other event tells it",
        evidence: Evidence::Told,
        values: &[&[Vm]],
        texts: &[&[(Vm, "", ""), (Duration, "", "second")]],
    },
    EventInfo {
        id: 22509,
        writer: Writer::HyperV,
        meaning: Meaning::Figure,
        summary: "blackout where no other event tells it",
        evidence: Evidence::Told,
        values: &[&[Vm]],
        texts: &[&[(Vm, "", ""), (Blackout, "", "second")]],
    },
];

/// What is known of an event; `provider` may be empty where the export does not tell it.
pub(super) fn find(id: u32, provider: &str) -> Option<&'static EventInfo> {
    let info = EVENTS.iter().find(|info| info.id == id)?;
    let begins = match info.writer {
        Writer::HyperV => "microsoft-windows-hyper-v",
        Writer::Cluster => "microsoft-windows-failoverclustering",
    };
    (provider.is_empty() || provider.to_lowercase().starts_with(begins)).then_some(info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_sorted_and_say_where_the_vm_stands() {
        assert!(EVENTS.windows(2).all(|pair| pair[0].id < pair[1].id));
        for info in &EVENTS {
            assert!(info.values.iter().all(|parts| parts.contains(&Part::Vm)), "{}", info.id);
            assert!(
                info.texts.iter().all(|text| text.iter().any(|t| t.0 == Part::Vm)),
                "{}",
                info.id
            );
        }
    }

    #[test]
    fn the_same_number_of_another_component_is_another_event() {
        assert!(find(1641, "Microsoft-Windows-FailoverClustering").is_some());
        assert!(find(1641, "Microsoft-Windows-Eventlog").is_none());
        assert!(find(20415, "").is_some());
        assert!(find(20416, "").is_none());
    }
}
