//! Names with every special character, damaged files, random bytes: a clear problem or a right answer, never a panic.

use super::{Inventory, LoadOptions, load, show};
use crate::inventory::decode::decode;
use crate::inventory::importers::{read_csv, read_json, read_report};
use crate::inventory::raw::Gathered;
use crate::inventory::resolve::resolve;
use crate::inventory::{catalogue, to_csv_tables};

#[test]
fn names_with_special_characters_are_kept_and_written_back() {
    for name in [
        "=1+1",
        "-5",
        "a;b",
        "a|b",
        "\"quoted\"",
        "a,b",
        "<b>&amp;",
        "Ünïcødé 名前",
        "''x",
        "%s{}",
        "a/b\\c",
        "..",
        "CON",
        "`$(x)`",
    ] {
        let cell = format!("\"{}\"", name.replace('"', "\"\""));
        let nics = format!("node,nic,speed_mbps\nHV1,{cell},10G\nHV1,second,10G\n");
        let switches = format!("node,switch,nics\nHV1,{cell},{cell}\n");
        let vms = format!("vm,node\n{cell},HV1\n");
        let vnics = format!("vm,vnic,switch\n{cell},{cell},{cell}\n");
        let inventory = load(&[
            ("nodes", "node\nHV1\n"),
            ("nics", &nics),
            ("switches", &switches),
            ("vms", &vms),
            ("vnics", &vnics),
        ])
        .unwrap_or_else(|p| panic!("{name}: {}", show(&p)));
        let expected = if name == "''x" { "'x" } else { name };
        assert_eq!(inventory.clusters[0].vms[0].vnics[0].switch, expected);
        assert_eq!(inventory.clusters[0].nodes[0].switches[0].nics, [expected]);
        let again = reread(&inventory);
        assert_eq!(again.sha256, inventory.sha256, "{name}");
    }
}

fn reread(inventory: &Inventory) -> Inventory {
    let mut gathered = Gathered::default();
    for (name, bytes) in to_csv_tables(&inventory.clusters) {
        let def = catalogue::table(name.trim_end_matches(".csv")).expect("a table of the catalogue");
        read_csv(&String::from_utf8_lossy(&bytes), def, &name, 0, &mut gathered);
    }
    resolve(gathered, &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", show(&p)))
}

/// A small generator of pseudo-random numbers, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides.max(1)
    }

    /// Cuts, overwrites, doubles and moves pieces of the bytes.
    fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.roll(6) {
            let place = self.roll(bytes.len());
            match self.roll(5) {
                0 => bytes.truncate(place),
                1 => {
                    let byte = [0, 0xFF, b'"', b',', b'\n', b'-', b'{', b'<', b'&', 0x80][self.roll(10)];
                    bytes.insert(place, byte);
                }
                2 if place < bytes.len() => bytes[place] = u8::try_from(self.roll(256)).unwrap_or(0),
                3 => bytes.extend_from_slice(&seed[place.min(seed.len())..]),
                _ => {
                    let to = (place + self.roll(40)).min(bytes.len());
                    bytes.drain(place..to);
                }
            }
        }
        bytes
    }
}

const NICS: &str = "node,nic,speed_mbps,vlans,mac,current_role,direct_to\nHV1,A,10 Gbps,1-20,00155D000001,vm:X;lm,\nHV1,B,1000,,,mgmt,HV2/A\nHV2,A,1G,7,,,\n";

#[test]
fn mutated_csv_files_never_panic() {
    let mut dice = Dice(1);
    for _ in 0..2_000 {
        let mut gathered = Gathered::default();
        let seeds = [
            ("nodes", "node,cluster,memory_mib\nHV1,C,1 GB\nHV2.a.b,C,99\n"),
            ("nics", NICS),
            (
                "vms",
                "vm,node,possible_owners,nlb_cluster,nlb_ip\nA,HV1,HV1 HV2,N,10.0.0.1\nB,HV2,,,\n",
            ),
            ("vnics", "vm,vnic,vlans,p95_mbps\nA,,10,5\nA,,20,\"1,5\"\nB,x,,\n"),
            (
                "policy",
                "setting,value,until\nisolate:vm|lm,wish,2027-01-01\ntarget_utilisation,80 %,\n",
            ),
        ];
        for (table, text) in seeds {
            let def = catalogue::table(table).expect("a table of the catalogue");
            match decode(dice.mutate(text.as_bytes())) {
                Ok(text) => read_csv(&text, def, table, 0, &mut gathered),
                Err((what, _)) => assert!(!what.is_empty()),
            }
        }
        if let Err(problems) = resolve(gathered, &LoadOptions::default()) {
            assert!(!problems.is_empty() && problems.iter().all(|p| !p.what.is_empty() && !p.at.file.is_empty()));
        }
    }
}

#[test]
fn mutated_json_files_and_reports_never_panic() {
    let json = "{\"nodes\":[{\"node\":\"HV1\"},{\"node\":\"HV2\",\"memory_mib\":5}],\n\"nics\":[{\"node\":\"HV1\",\"nic\":\"A\",\"speed_mbps\":1e4,\"vlans\":[1,\"2-3\"]}]}";
    let report = include_str!("../../../samples/test-cluster-report/validation-report.htm");
    let parts: Vec<&str> = report.split("<hr>").collect();
    let mut dice = Dice(7);
    for round in 0..600 {
        let mut gathered = Gathered::default();
        match decode(dice.mutate(json.as_bytes())) {
            Ok(text) => read_json(&text, "a.json", 0, &mut gathered),
            Err((what, _)) => assert!(!what.is_empty()),
        }
        let part = parts[round % parts.len()];
        if let Ok(text) = decode(dice.mutate(part.as_bytes())) {
            read_report(&text, "b.htm", 1, &mut gathered);
        }
        if let Err(problems) = resolve(gathered, &LoadOptions::default()) {
            assert!(!problems.is_empty());
        }
    }
}
