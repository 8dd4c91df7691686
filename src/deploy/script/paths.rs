//! Paths to the storage: counted by the pre-check, which writes the number down, and again by verify, so that a lost one shows.
//!
//! Sessions of iSCSI and the addresses that they come from; addresses from which SMB goes to its file server, or to the other nodes with Storage Spaces
//! Direct. Properties as in Microsoft, `Get-IscsiSession`, `Get-IscsiConnection`, `Get-SmbMultichannelConnection`.

use super::change;
use super::parts::{block, confirm};
use crate::applied::{selectable, today};
use crate::deploy::state::port_of;
use crate::deploy::work::{ClusterWork, NodeWork};
use crate::inventory::{Node, StorageKind};
use crate::powershell::Command;
use crate::roles::Role;

/// Functions that read the numbers; they stand in a file of their own, so that the state file says that something was applied.
const READ: &str = r#"function Read-Count {
    if (Test-Path -LiteralPath $CountFile) { return Import-Clixml -Path $CountFile }
    return @{}
}

function Test-Count {
    # as many as the pre-check wrote down; no more than -AtMost where the plan gives the storage fewer ports
    param([string]$What, [int]$Count, [int]$AtMost)
    $known = Read-Count
    if (-not $known.ContainsKey($What)) { return $false }
    $wanted = [int]$known[$What]
    if ($AtMost -gt 0 -and $wanted -gt $AtMost) { $wanted = $AtMost }
    return $Count -ge $wanted
}
"#;

/// The function that writes them down.
const SAVE: &str = r#"function Save-Count {
    # a later number replaces an earlier one only if it is higher
    param([string]$What, [int]$Count)
    $known = Read-Count
    if ($known.ContainsKey($What) -and [int]$known[$What] -ge $Count) { return }
    $known[$What] = $Count
    $known | Export-Clixml -Path $CountFile -Force
    Write-Output ('note  {0}: {1}, written down for verify' -f $What, $Count)
}
"#;

/// A number of paths: its name, and the expression that counts.
struct Counted {
    what: &'static str,
    read: &'static str,
}

const ISCSI: [Counted; 2] = [
    Counted {
        what: "iSCSI sessions",
        read: "(@(Get-IscsiSession | Where-Object { $_.IsConnected }).Count)",
    },
    Counted {
        what: "iSCSI initiator addresses",
        read: "(@(Get-IscsiConnection | ForEach-Object { $_.InitiatorAddress } | Sort-Object -Unique).Count)",
    },
];
const SMB: [Counted; 1] = [Counted {
    what: "SMB client addresses",
    read: "(@(Get-SmbMultichannelConnection | Where-Object { -not $_.Failed } | ForEach-Object { $_.ClientIpAddress } | Sort-Object -Unique).Count)",
}];
const S2D: [Counted; 1] = [Counted {
    what: "S2D client addresses",
    read: "(@(Get-SmbMultichannelConnection -SmbInstance SBL | Where-Object { -not $_.Failed } | ForEach-Object { $_.ClientIpAddress } | Sort-Object -Unique).Count)",
}];

fn counted(work: &ClusterWork) -> &'static [Counted] {
    match work.today.storage {
        StorageKind::Iscsi => &ISCSI,
        StorageKind::Smb => &SMB,
        StorageKind::S2d => &S2D,
        StorageKind::None | StorageKind::FibreChannel => &[],
    }
}

/// Functions of the pre-check or of verify; none where the storage needs no path over the network.
pub fn functions(work: &ClusterWork, stem: &str, saves: bool) -> Vec<String> {
    if counted(work).is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("$CountFile = Join-Path $StateFolder '{stem}-paths.xml'")];
    lines.extend(block(READ));
    if saves {
        lines.extend(block(SAVE));
    }
    lines
}

/// Adapters that carry storage.
fn adapters(node: &Node) -> usize {
    let carriers = today::carriers(node).into_iter();
    carriers.filter(|c| c.roles.contains(&Role::Storage)).count()
}

/// There are paths at all, and no fewer than an earlier pre-check wrote down.
pub fn pre_check(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut lines = there(work);
    lines.extend(own_address(work, node));
    for one in counted(work) {
        lines.push(
            Command::new("Save-Count")
                .name("What", one.what)
                .value("Count", one.read)
                .line(),
        );
        lines.push(as_before(one, 0));
    }
    lines
}

/// The only adapter of the storage has other roles, too, and the steps take their addresses off it by the networks: the storage must have one of its own, or
/// its path goes with them.
fn own_address(work: &ClusterWork, node: &NodeWork) -> Option<String> {
    let mut carriers = today::carriers(&node.today);
    carriers.retain(|c| c.roles.contains(&Role::Storage));
    let [only] = carriers.as_slice() else { return None };
    let alias = port_of(&node.today, &only.carrier).alias();
    let subnets = selectable(&work.today.networks, Role::Storage);
    let told_apart = only.addresses.is_empty() && only.roles.len() > 1 && !subnets.is_empty();
    if !told_apart || !change::remembered(&node.steps).contains(&alias) {
        return None;
    }
    let test = Command::new("Test-Subnet")
        .name("Adapter", &alias)
        .names("Subnet", &subnets);
    let what = format!(
        "{alias} has an address of {} for the storage, apart from those that leave it",
        subnets.join(" or ")
    );
    Some(confirm(&what, &test.line()))
}

/// As many paths as before; where the plan gives the storage fewer adapters, one for each at least.
pub fn verify(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut lines = there(work);
    let (old, new) = (adapters(&node.today), adapters(&node.after));
    let most = if new < old { new } else { 0 };
    lines.extend(counted(work).iter().map(|one| as_before(one, most)));
    lines
}

fn as_before(one: &Counted, most: usize) -> String {
    let mut test = Command::new("Test-Count")
        .name("What", one.what)
        .value("Count", one.read);
    let mut what = format!(
        "{}: as many as the pre-check wrote down before the first change",
        one.what
    );
    if most > 0 {
        test = test.value("AtMost", most);
        what.push_str(&format!(", or {most}, since the plan gives storage fewer ports"));
    }
    confirm(&what, &test.line())
}

fn there(work: &ClusterWork) -> Vec<String> {
    match work.today.storage {
        StorageKind::Iscsi => vec![confirm(
            "iSCSI has at least one connected session",
            "@(Get-IscsiSession | Where-Object { $_.IsConnected }).Count -ge 1",
        )],
        StorageKind::Smb => vec![confirm(
            "SMB has a connection to its file server (open its share once: dir \\\\SERVER\\SHARE)",
            "@(Get-SmbMultichannelConnection).Count -ge 1",
        )],
        StorageKind::S2d => vec![confirm(
            "no storage job runs: disks are in step",
            "@(Get-StorageJob | Where-Object { [string]$_.JobState -ne 'Completed' }).Count -eq 0",
        )],
        StorageKind::None | StorageKind::FibreChannel => Vec::new(),
    }
}
