//! The table of past migrations: what `calibrate` learns from. It belongs to no inventory.

use super::Kind::{Choice, Decimal, Memory, Rate, Text};
use super::{Column, Table};

/// One row per past live migration; a blank cell is unknown.
pub static HISTORY: Table = Table {
    name: "history",
    about: "One row per live migration that really took place.",
    required: false,
    columns: &[
        Column::new(
            "batch",
            Text,
            "Migrations that ran together: one drain, one patch night. Times count from its start.",
            "drain-2024-05-14",
        )
        .or("a batch of its own"),
        Column::new("vm", Text, "Virtual machine.", "SQL1").also(&["VMName"]),
        Column::new("source", Text, "Node it left.", "HV1")
            .or("a node of its own")
            .also(&["SourceNode", "From"]),
        Column::new("target", Text, "Node it went to.", "HV2")
            .or("a node of its own")
            .also(&["TargetNode", "Destination", "To"]),
        Column::new("memory_mib", Memory, "Memory assigned to the VM when it moved.", "8192")
            .or("that of the VM in other rows, else the usual one of the file")
            .also(&["Memory", "MemoryMB"]),
        Column::new("source_mbps", Rate, "Speed of the port it left through.", "10000")
            .or("that of the node in other rows, else unknown"),
        Column::new("target_mbps", Rate, "Speed of the port it arrived through.", "10000")
            .or("that of the node in other rows, else unknown"),
        Column::new(
            "transport",
            Choice(&["tcp", "compression", "smb"]),
            "Performance option of live migration.",
            "compression",
        )
        .or("the usual one of the file, else tcp"),
        Column::new(
            "dirty_mib_s",
            Decimal,
            "Memory the guest rewrote per second, MiB/s.",
            "2.5",
        )
        .or("the usual one of the file, else 10"),
        Column::new(
            "working_set_mib",
            Memory,
            "Memory the guest kept rewriting: most that one pass left to send again.",
            "512",
        )
        .or("the usual share of the memory in the file, else a tenth"),
        Column::new(
            "start_s",
            Decimal,
            "Second at which it began, from the start of the batch.",
            "0",
        )
        .or("the row is passed over"),
        Column::new("end_s", Decimal, "Second at which the VM ran on the target.", "74.2")
            .or("the row loads the network and is not scored"),
        Column::new("blackout_ms", Decimal, "Time the VM stood still, milliseconds.", "420"),
    ],
};
