//! Cmdlets with the parameters that scripts may give them, written down from their pages in the documentation of Windows Server 2025
//! (state of 2026) as far as the scripts need them.

/// Cmdlet and parameters.
pub const PARAMETERS: &[(&str, &str)] = &[
    (
        "New-VMSwitch",
        "AllowManagementOS ComputerName Confirm EnableEmbeddedTeaming EnableIov MinimumBandwidthMode Name NetAdapterName",
    ),
    (
        "Set-VMSwitch",
        "AllowManagementOS ComputerName Confirm DefaultFlowMinimumBandwidthWeight Name NetAdapterName",
    ),
    (
        "Set-VMSwitchTeam",
        "ComputerName Confirm LoadBalancingAlgorithm Name NetAdapterName TeamingMode",
    ),
    ("Remove-VMSwitch", "ComputerName Confirm Force Name"),
    ("Get-VMSwitch", "ComputerName Name"),
    (
        "Add-VMNetworkAdapter",
        "ComputerName Confirm DynamicMacAddress ManagementOS Name StaticMacAddress SwitchName VM VMName",
    ),
    (
        "Remove-VMNetworkAdapter",
        "ComputerName Confirm ManagementOS Name SwitchName VM VMName VMNetworkAdapter",
    ),
    (
        "Get-VMNetworkAdapter",
        "ComputerName ManagementOS Name SwitchName VM VMName",
    ),
    (
        "Connect-VMNetworkAdapter",
        "ComputerName Confirm Name SwitchName VMName VMNetworkAdapter",
    ),
    (
        "Set-VMNetworkAdapter",
        "ComputerName Confirm DynamicMacAddress IeeePriorityTag MacAddressSpoofing ManagementOS MinimumBandwidthWeight Name StaticMacAddress VM VMName VMNetworkAdapter",
    ),
    (
        "Set-VMNetworkAdapterVlan",
        "Access ComputerName Confirm ManagementOS Untagged VM VMName VMNetworkAdapter VMNetworkAdapterName VlanId",
    ),
    (
        "Get-VMNetworkAdapterVlan",
        "ComputerName ManagementOS VM VMName VMNetworkAdapter VMNetworkAdapterName",
    ),
    (
        "Set-VMNetworkAdapterTeamMapping",
        "ComputerName Confirm ManagementOS PhysicalNetAdapterName SwitchName VM VMName VMNetworkAdapter VMNetworkAdapterName",
    ),
    (
        "Get-VMNetworkAdapterTeamMapping",
        "ComputerName ManagementOS Name SwitchName VM VMName VMNetworkAdapter",
    ),
    (
        "Remove-VMNetworkAdapterTeamMapping",
        "ComputerName Confirm ManagementOS Name SwitchName VM VMName VMNetworkAdapter",
    ),
    ("Enable-NetAdapterRdma", "Confirm Name"),
    ("Disable-NetAdapterRdma", "Confirm Name"),
    ("Get-NetAdapterRdma", "Name"),
    (
        "Set-VMHost",
        "ComputerName Confirm MacAddressMaximum MacAddressMinimum MaximumVirtualMachineMigrations UseAnyNetworkForMigration VirtualMachineMigrationPerformanceOption",
    ),
    ("Get-VMHost", "ComputerName"),
    ("Enable-VMMigration", "ComputerName Confirm"),
    ("Disable-VMMigration", "ComputerName Confirm"),
    ("Add-VMMigrationNetwork", "ComputerName Confirm Priority Subnet"),
    ("Remove-VMMigrationNetwork", "ComputerName Confirm Subnet"),
    (
        "Set-VMMigrationNetwork",
        "ComputerName Confirm NewPriority NewSubnet Subnet",
    ),
    ("Get-VMMigrationNetwork", "ComputerName Priority Subnet"),
    ("Set-SmbBandwidthLimit", "BytesPerSecond Category Confirm"),
    ("Remove-SmbBandwidthLimit", "Category"),
    ("Get-SmbBandwidthLimit", "Category"),
    ("Get-ClusterNetwork", "Cluster Name"),
    ("Get-ClusterResourceType", "Cluster Name"),
    ("Set-ClusterParameter", "Cluster Name Value"),
    ("Get-ClusterParameter", "Cluster Name"),
    ("Get-Cluster", "Name"),
    ("Get-ClusterNode", "Cluster Name"),
    ("Get-ClusterResource", "Cluster Name"),
    ("Test-Cluster", "Cluster Confirm Force Include Node"),
    (
        "New-NetLbfoTeam",
        "Confirm LoadBalancingAlgorithm Name TeamMembers TeamNicName TeamingMode",
    ),
    ("Remove-NetLbfoTeam", "Confirm Name"),
    ("Get-NetLbfoTeam", "Name"),
    ("Add-NetLbfoTeamMember", "Confirm Name Team"),
    ("Remove-NetLbfoTeamMember", "Confirm Name Team"),
    ("Get-NetLbfoTeamMember", "Name Team"),
    ("Disable-NetAdapterBinding", "ComponentID Confirm Name"),
    ("Enable-NetAdapterBinding", "ComponentID Confirm Name"),
    ("Get-NetAdapterBinding", "ComponentID Name"),
    ("Get-NetAdapter", "Name"),
    (
        "Set-NetAdapterAdvancedProperty",
        "Confirm Name RegistryKeyword RegistryValue",
    ),
    ("Get-NetAdapterAdvancedProperty", "Name RegistryKeyword"),
    (
        "New-NetQosPolicy",
        "Cluster Confirm Default Name NetDirectPortMatchCondition PriorityValue8021Action",
    ),
    ("Remove-NetQosPolicy", "Confirm Name"),
    ("Get-NetQosPolicy", "Name"),
    (
        "New-NetQosTrafficClass",
        "Algorithm BandwidthPercentage Confirm InterfaceAlias Name Priority",
    ),
    ("Remove-NetQosTrafficClass", "Confirm InterfaceAlias Name"),
    ("Get-NetQosTrafficClass", "InterfaceAlias Name"),
    ("Enable-NetQosFlowControl", "Confirm InterfaceAlias Priority"),
    ("Disable-NetQosFlowControl", "Confirm InterfaceAlias Priority"),
    ("Get-NetQosFlowControl", "InterfaceAlias Priority"),
    ("Set-NetQosDcbxSetting", "Confirm InterfaceAlias Willing"),
    ("Enable-NetAdapterQos", "Confirm Name"),
    ("Get-NetAdapterQos", "Name"),
    (
        "Add-NetIntent",
        "AdapterName AdapterPropertyOverrides Compute ComputerName Management ManagementVlan Name Storage StorageOverrides StorageVlans Switchless",
    ),
    ("Get-NetIntent", "ComputerName Name"),
    ("Get-NetIntentStatus", "ComputerName Name"),
    ("New-NetIntentStorageOverrides", ""),
    ("New-NetIntentAdapterPropertyOverrides", ""),
    (
        "New-NetIPAddress",
        "AddressFamily Confirm DefaultGateway IPAddress InterfaceAlias PrefixLength",
    ),
    (
        "Remove-NetIPAddress",
        "AddressFamily Confirm DefaultGateway IPAddress InterfaceAlias PrefixLength PrefixOrigin",
    ),
    (
        "Get-NetIPAddress",
        "AddressFamily IPAddress InterfaceAlias PrefixLength PrefixOrigin",
    ),
    ("Get-NetIPInterface", "AddressFamily Dhcp InterfaceAlias"),
    ("Set-NetIPInterface", "AddressFamily Confirm Dhcp InterfaceAlias"),
    ("Get-NetRoute", "AddressFamily DestinationPrefix InterfaceAlias"),
    (
        "Remove-NetRoute",
        "AddressFamily Confirm DestinationPrefix InterfaceAlias",
    ),
    ("Get-DnsClientServerAddress", "AddressFamily InterfaceAlias"),
    ("Set-DnsClientServerAddress", "Confirm InterfaceAlias ServerAddresses"),
    ("Set-DnsClient", "Confirm InterfaceAlias RegisterThisConnectionsAddress"),
    ("Get-DnsClient", "InterfaceAlias RegisterThisConnectionsAddress"),
    ("Get-VM", "ComputerName Name"),
    ("Register-ScheduledTask", "Action Force RunLevel TaskName Trigger User"),
    ("Unregister-ScheduledTask", "Confirm TaskName"),
    ("New-ScheduledTaskAction", "Argument Execute"),
    ("New-ScheduledTaskTrigger", "At Once User"),
    ("Get-SmbMultichannelConnection", ""),
    ("Get-IscsiSession", ""),
    ("Get-StorageJob", "Name"),
];

/// Cmdlets of PowerShell itself.
pub const LANGUAGE: &[(&str, &str)] = &[
    ("Export-Clixml", "Path Force WhatIf"),
    ("ForEach-Object", ""),
    ("Get-Date", ""),
    ("Import-Clixml", "Path"),
    ("Import-Module", ""),
    ("Join-Path", ""),
    ("New-Object", ""),
    ("Out-Null", ""),
    ("Read-Host", ""),
    ("Select-Object", "First"),
    ("Sort-Object", "Property"),
    ("Split-Path", "Parent"),
    ("Start-Sleep", "Seconds"),
    ("Test-Connection", "ComputerName Count Quiet"),
    ("Test-Path", "LiteralPath"),
    ("Where-Object", ""),
    ("Write-Output", ""),
    ("Write-Warning", ""),
];

/// Parameters that every cmdlet has.
pub const COMMON: &[&str] = &["ErrorAction", "WhatIf", "Confirm"];
