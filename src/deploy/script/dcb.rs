//! Data Center Bridging as PowerShell: policies, flow control, classes, and the ports.
//!
//! Priorities 3 (SMB over RDMA) and 7 (cluster), as in Microsoft, "Host network requirements for Azure Local".

use super::change::Written;
use crate::deploy::steps::Dcb;
use crate::powershell::{Command, quoted_list};

/// All of it; what exists under the same name is made anew.
pub fn written(dcb: &Dcb) -> Written {
    let policy = |name: &str| Command::new("New-NetQosPolicy").name("Name", name);
    let class = |name: &str, priority: u8, percent: u8| {
        let new = Command::new("New-NetQosTrafficClass")
            .name("Name", name)
            .value("Priority", priority);
        new.value("BandwidthPercentage", percent).value("Algorithm", "ETS")
    };
    let mut lines: Vec<String> = vec![
        "Get-NetQosPolicy | Where-Object { 'SMBDirect', 'Cluster', 'Default' -contains $_.Name } | Remove-NetQosPolicy -Confirm:$false".to_owned(),
        policy("SMBDirect").value("NetDirectPortMatchCondition", 445).value("PriorityValue8021Action", 3).line(),
        policy("Cluster").switch("Cluster").value("PriorityValue8021Action", 7).line(),
        policy("Default").switch("Default").value("PriorityValue8021Action", 0).line(),
        Command::new("Enable-NetQosFlowControl").value("Priority", 3).line(),
        Command::new("Disable-NetQosFlowControl").value("Priority", "0, 1, 2, 4, 5, 6, 7").line(),
        "Get-NetQosTrafficClass | Where-Object { 'SMBDirect', 'Cluster' -contains $_.Name } | Remove-NetQosTrafficClass -Confirm:$false".to_owned(),
        class("SMBDirect", 3, dcb.smb_percent).line(),
        class("Cluster", 7, dcb.cluster_percent).line(),
        Command::new("Set-NetQosDcbxSetting").value("Willing", "$false").set("Confirm", false).line(),
    ];
    lines.extend(
        dcb.nics
            .iter()
            .map(|nic| Command::new("Enable-NetAdapterQos").name("Name", nic).line()),
    );
    Written {
        test: test(dcb),
        commands: lines,
        ..Written::default()
    }
}

fn test(dcb: &Dcb) -> String {
    let class = |name: &str, percent: u8| {
        format!(
            "((Get-NetQosTrafficClass -Name '{name}' -ErrorAction SilentlyContinue).BandwidthPercentage -eq {percent})"
        )
    };
    let ports = format!(
        "(@(Get-NetAdapterQos -Name {} | Where-Object {{ -not $_.Enabled }}).Count -eq 0)",
        quoted_list(&dcb.nics)
    );
    let flow = "((Get-NetQosFlowControl -Priority 3).Enabled)";
    [
        class("SMBDirect", dcb.smb_percent),
        class("Cluster", dcb.cluster_percent),
        flow.to_owned(),
        ports,
    ]
    .join(" -and ")
}
