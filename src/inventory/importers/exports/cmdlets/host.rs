//! The hosts: Hyper-V settings, operating system, machine, limits of SMB.

use super::{Cmdlet, Item, mac, mbps, mib};
use crate::inventory::importers::exports::estate::{Estate, key};

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-VMHost",
        types: &["VMHost"],
        signature: &["MacAddressMinimum", "MacAddressMaximum"],
        reads: &[
            "MacAddressMinimum",
            "MacAddressMaximum",
            "MaximumVirtualMachineMigrations",
            "UseAnyNetworkForMigration",
            "VirtualMachineMigrationEnabled",
            "VirtualMachineMigrationPerformanceOption",
            "MemoryCapacity",
            "Name",
        ],
        per_node: true,
        collect: "Get-VMHost -ComputerName $Node",
        flatten: &[],
        read: vm_host,
    },
    &Cmdlet {
        name: "Get-VMMigrationNetwork",
        types: &["VMMigrationNetwork"],
        signature: &["Subnet", "Priority"],
        reads: &["Subnet", "Priority"],
        per_node: true,
        collect: "Get-VMMigrationNetwork -ComputerName $Node",
        flatten: &[],
        read: migration_network,
    },
    &Cmdlet {
        name: "Get-SmbBandwidthLimit",
        types: &["MSFT_SmbBandwidthLimit"],
        signature: &["BytesPerSecond", "Category"],
        reads: &["BytesPerSecond", "Category"],
        per_node: true,
        collect: "Get-SmbBandwidthLimit -CimSession $Node",
        flatten: &[("Category", "[string]$_.Category")],
        read: smb_limit,
    },
    &Cmdlet {
        name: "Get-OperatingSystem",
        types: &["Win32_OperatingSystem"],
        signature: &["Caption", "BuildNumber", "OperatingSystemSKU|TotalVisibleMemorySize"],
        reads: &["Caption", "BuildNumber", "Version", "UBR"],
        per_node: true,
        collect: "Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName $Node",
        flatten: &[],
        read: operating_system,
    },
    &Cmdlet {
        name: "Get-ComputerSystem",
        types: &["Win32_ComputerSystem"],
        signature: &["TotalPhysicalMemory", "Model", "Manufacturer"],
        reads: &["TotalPhysicalMemory", "Manufacturer", "Model", "Name"],
        per_node: true,
        collect: "Get-CimInstance -ClassName Win32_ComputerSystem -ComputerName $Node",
        flatten: &[],
        read: computer_system,
    },
    &Cmdlet {
        name: "Get-Processor",
        types: &["Win32_Processor"],
        signature: &["NumberOfCores", "Manufacturer", "Description"],
        reads: &["Manufacturer", "Description"],
        per_node: true,
        collect: "Get-CimInstance -ClassName Win32_Processor -ComputerName $Node | Select-Object -First 1",
        flatten: &[],
        read: processor,
    },
    &Cmdlet {
        name: "Get-SmbServerConfiguration",
        types: &["MSFT_SmbServerConfiguration"],
        signature: &["RequireSecuritySignature", "EncryptData"],
        reads: &["RequireSecuritySignature", "EncryptData"],
        per_node: true,
        collect: "Get-SmbServerConfiguration -CimSession $Node",
        flatten: &[],
        read: smb_server,
    },
    &Cmdlet {
        name: "Get-NetOffloadGlobalSetting",
        types: &["MSFT_NetOffloadGlobalSetting"],
        signature: &["Chimney", "ReceiveSideScaling"],
        reads: &["Chimney"],
        per_node: true,
        collect: "Get-NetOffloadGlobalSetting -CimSession $Node",
        flatten: &[("Chimney", "[string]$_.Chimney")],
        read: offload,
    },
];

/// The row of the node that an object belongs to.
pub(super) fn node_row(item: &Item<'_>, estate: &mut Estate) -> usize {
    let name = item.node;
    let shown = estate
        .nodes
        .entry(key(&[name]))
        .or_insert_with(|| name.to_owned())
        .clone();
    let row = estate.row("nodes", &[name], &shown, item.place());
    if estate.text(row, "node").is_empty() {
        estate.put(row, "node", &shown, item.place());
    }
    row
}

fn vm_host(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    for (column, name) in [
        ("mac_pool_min", "MacAddressMinimum"),
        ("mac_pool_max", "MacAddressMaximum"),
    ] {
        if let Some(found) = item.get(&[name])
            && let Some(address) = found.value.text().and_then(mac)
        {
            estate.put(row, column, address, found.place);
        }
    }
    item.flag(estate, row, "live_migration", &["VirtualMachineMigrationEnabled"]);
    item.flag(estate, row, "any_migration_network", &["UseAnyNetworkForMigration"]);
    // Microsoft.HyperV.PowerShell.VMMigrationPerformance.
    let options = [
        (0, "TCPIP", "tcp"),
        (1, "Compression", "compression"),
        (2, "SMB", "smb"),
    ];
    let option = "VirtualMachineMigrationPerformanceOption";
    item.word(estate, row, "live_migration_transport", option, &options);
    if let Some(found) = item.get(&["MaximumVirtualMachineMigrations"])
        && let Some(number) = found.value.number().filter(|n| *n > 0)
    {
        estate.put(row, "concurrent_migrations", &number.to_string(), found.place);
    }
    if let Some(found) = item.get(&["MemoryCapacity"])
        && let Some(bytes) = found.value.number().filter(|n| mib(*n) > 0)
    {
        estate.put(row, "memory_mib", &mib(bytes).to_string(), found.place);
    }
}

fn migration_network(item: &Item<'_>, estate: &mut Estate) {
    node_row(item, estate);
    let Some(found) = item.get(&["Subnet"]) else { return };
    let priority = item.get(&["Priority"]).and_then(|f| f.value.number()).unwrap_or(0);
    let Some(subnet) = found.value.text() else { return };
    let list = estate
        .lists
        .entry((key(&[item.node]), "migration_subnets"))
        .or_default();
    // Sorted by priority, then as exported.
    list.push((format!("{priority:010} {subnet}"), found.place));
}

fn smb_limit(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    // MSFT_SmbBandwidthLimit: Default 0, VirtualMachine 1, LiveMigration 2.
    let categories = [(0, "Default"), (1, "VirtualMachine"), (2, "LiveMigration")];
    let category = item.get(&["Category"]).and_then(|f| f.value.word(&categories));
    let limit = item.get(&["BytesPerSecond"]);
    if let (Some("LiveMigration"), Some(found)) = (category, limit)
        && let Some(bytes) = found.value.number().filter(|n| *n > 0)
    {
        let mbps = mbps(bytes.saturating_mul(8));
        estate.put(row, "smb_limit_mbps", &mbps.to_string(), found.place);
    }
}

fn operating_system(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    item.whole(estate, row, "os_build", &["BuildNumber"]);
    item.whole(estate, row, "os_revision", &["UBR"]);
    if let Some(found) = item.get(&["Caption", "Version", "BuildNumber"])
        && let Some(text) = found.value.text()
    {
        estate.builds.push((text.to_owned(), found.place));
    }
    let caption = item.text("Caption");
    let editions = ["Datacenter", "Standard", "Enterprise", "Azure Stack HCI"];
    if let Some(edition) = editions.iter().find(|edition| caption.contains(**edition))
        && let Some(found) = item.get(&["Caption"])
    {
        estate.put(row, "edition", edition, found.place);
    }
}

fn computer_system(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    if let Some(found) = item.get(&["Model"]) {
        let hardware = format!("{} {}", item.text("Manufacturer"), item.text("Model"));
        if estate.text(row, "hardware").is_empty() {
            estate.put(row, "hardware", hardware.trim(), found.place);
        }
    }
    // Get-VMHost counts the same memory; a few MiB less stand here on some machines.
    if let Some(found) = item.get(&["TotalPhysicalMemory"])
        && estate.text(row, "memory_mib").is_empty()
        && let Some(bytes) = found.value.number().filter(|n| mib(*n) > 0)
    {
        estate.put(row, "memory_mib", &mib(bytes).to_string(), found.place);
    }
}

fn processor(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    item.copy(estate, row, "processor_vendor", &["Manufacturer"]);
    item.copy(estate, row, "processor_model", &["Description"]);
}

fn smb_server(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    item.flag(estate, row, "smb_signing", &["RequireSecuritySignature"]);
    item.flag(estate, row, "smb_encryption", &["EncryptData"]);
}

fn offload(item: &Item<'_>, estate: &mut Estate) {
    let row = node_row(item, estate);
    let states = [
        (0, "Disabled", "disabled"),
        (1, "Enabled", "enabled"),
        (2, "Automatic", "automatic"),
    ];
    item.word(estate, row, "chimney", "Chimney", &states);
}
