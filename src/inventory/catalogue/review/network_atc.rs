//! Columns for the rules about Network ATC.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Names, YesNo};

pub(super) const COLUMNS: Family = Family {
    clusters: &[
        Column::fact(
            "management_intents",
            Names,
            "Intents of Network ATC for management (Get-NetIntent, IntentName where IsManagementIntentSet); none = there is none.",
            "Mgmt_Compute",
        ),
        Column::fact(
            "compute_intents",
            Names,
            "Intents for VMs (Get-NetIntent, IntentName where IsComputeIntentSet); none = there is none.",
            "Mgmt_Compute",
        ),
        Column::fact(
            "storage_intents",
            Names,
            "Intents for storage (Get-NetIntent, IntentName where IsStorageIntentSet); none = there is none.",
            "Storage",
        ),
        Column::fact(
            "stretch_intents",
            Names,
            "Intents for a stretched cluster (Get-NetIntent, IntentName where IsStretchIntentSet); none = there is none.",
            "none",
        ),
    ],
    nodes: &[Column::fact(
        "failed_intents",
        Names,
        "Intents that Network ATC could not apply to the node (Get-NetIntentStatus, IntentName where ConfigurationStatus is Failed); \
         none = none failed.",
        "none",
    )],
    nics: &[
        Column::fact(
            "intents",
            Names,
            "Intents of Network ATC that name the port (Get-NetIntent, NetAdapterNameCollection); none = no intent.",
            "Storage",
        )
        .also(&["Intent", "IntentName"]),
        Column::fact(
            "rdma_operational",
            YesNo,
            "RDMA works on the port (Get-NetAdapterRdma, OperationalState).",
            "yes",
        ),
    ],
    ..Family::NONE
};
