//! Settings of a host as PowerShell: MAC pool, transport and limits of live migration. What was not known before is taken from what the script wrote down.

use super::change::Written;
use crate::deploy::steps::{HostSetting, Values};
use crate::powershell::{Command, quoted};
use crate::profiles::Transport;

/// One setting.
pub fn written(setting: &HostSetting) -> Written {
    let set = || Command::new("Set-VMHost");
    let equals = |property: &str, value: String| format!("[string](Get-VMHost).{property} -eq {value}");
    let option = |property: &str, value: String| {
        Written::new(equals(property, value.clone()), vec![set().value(property, value)])
    };
    match setting {
        HostSetting::Pool(value) => {
            let (min, max) = match value.after {
                Some(pool) => (
                    quoted(&format!("{:012X}", pool.min.0)),
                    quoted(&format!("{:012X}", pool.max.0)),
                ),
                None => (before("MacAddressMinimum"), before("MacAddressMaximum")),
            };
            let test = format!(
                "({}) -and ({})",
                equals("MacAddressMinimum", min.clone()),
                equals("MacAddressMaximum", max.clone())
            );
            Written::new(
                test,
                vec![set().value("MacAddressMinimum", min).value("MacAddressMaximum", max)],
            )
        }
        // switched on and listed on all hosts together
        HostSetting::MigrationEnabled(_)
        | HostSetting::AnyNetwork(_)
        | HostSetting::Subnets(_)
        | HostSetting::MoreSubnets(_) => Written::default(),
        HostSetting::Transport(value) => {
            let name = value.after.map(|t| quoted(transport(t)));
            option(
                "VirtualMachineMigrationPerformanceOption",
                known(name, "VirtualMachineMigrationPerformanceOption"),
            )
        }
        HostSetting::Concurrency(value) => {
            let number = value.after.map(|n| n.to_string());
            option(
                "MaximumVirtualMachineMigrations",
                known(number, "MaximumVirtualMachineMigrations"),
            )
        }
        HostSetting::SmbLimit(value) => smb_limit(value),
    }
}

/// A value, or the one that the host had before the first change.
fn known(value: Option<String>, property: &str) -> String {
    value.unwrap_or_else(|| before(property))
}

fn before(property: &str) -> String {
    format!("$script:State.Before.{property}")
}

/// The word of `Set-VMHost`.
fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCPIP",
        Transport::Compression => "Compression",
        Transport::Smb => "SMB",
    }
}

/// Rates are in Mbit/s, the cmdlet counts bytes.
fn smb_limit(value: &Values<u64>) -> Written {
    let get = "(Get-SmbBandwidthLimit -Category LiveMigration -ErrorAction SilentlyContinue)";
    match value.after {
        Some(rate) => {
            let bytes = rate.saturating_mul(125_000);
            let set = Command::new("Set-SmbBandwidthLimit")
                .value("Category", "LiveMigration")
                .value("BytesPerSecond", bytes);
            Written::new(format!("{get}.BytesPerSecond -eq {bytes}"), vec![set])
        }
        None => {
            let remove = Command::new("Remove-SmbBandwidthLimit").value("Category", "LiveMigration");
            Written::new(format!("-not {get}"), vec![remove.set("Confirm", false)])
        }
    }
}
