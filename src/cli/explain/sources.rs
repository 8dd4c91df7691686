//! What can be given as an input: a page for each kind of source, made from the table of importers.
//!
//! In: importers. Out: text. Must not know: how they read.

use nicplan::inventory::importers::{COLLECTOR, Importer, cmdlet_names};

/// The page of a kind of source.
pub(super) fn page(importer: &Importer) -> String {
    let more = match importer.name {
        "exports" => exports(),
        "csv-folder" => "\nnicplan init DIR writes blank tables that open in Excel; nicplan explain nics tells the columns of one.\n".to_owned(),
        "counters" => "\nThey add to an inventory: nicplan plan MY-CLUSTER counters.csv -o out\nCounters of VMs (Hyper-V Virtual Network Adapter) give the needs \
                       of vNICs. Counters of ports (Network Interface)\nare matched by their description and told; no demand of a role follows from \
                       them, since a port may carry several.\n".to_owned(),
        "lldp" => "\nThey add tor and tor_port to the ports of an inventory: nicplan plan MY-CLUSTER neighbours.json -o out\n".to_owned(),
        _ => String::new(),
    };
    format!(
        "# {} (kind of source)\n\n{}\n{more}\nplan, review, mac, path and drain take it as INPUT; nicplan import turns it into an inventory folder.\n",
        importer.name, importer.summary
    )
}

fn exports() -> String {
    let names = cmdlet_names().join(", ");
    format!(
        "
The easiest way is the script {COLLECTOR} that nicplan init writes: Get-* only, it asks all nodes of a cluster and makes one ZIP.

By hand: one file for each cmdlet and node. Which node it is of, the objects say themselves, else the folder or the file does:

  HV1\\Get-NetAdapter.xml      or   HV1_Get-NetAdapter.xml
  cluster\\Get-ClusterNetwork.xml   (exports of the cluster lie anywhere)

  Get-VM | Export-Clixml HV1_Get-VM.xml              keeps everything: best
  Get-VM | ConvertTo-Json -Depth 4 > HV1_Get-VM.json
  Get-VM | Export-Csv HV1_Get-VM.csv                 cuts off lists and objects: ports of switches, VLANs of trunks

Which cmdlet it was is seen in the content; the name of the file is asked last. Folders, ZIP files and single files can be mixed. What no
export tells is listed with the call that adds it, and never taken for absent.

Read are: {names}.
"
    )
}
