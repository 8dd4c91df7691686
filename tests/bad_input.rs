//! Bad input gets a clear error, or the right answer, and never a panic or a half-written folder.

mod program;

use program::{NICS, NODES, Run, folder, nicplan, place, place_of, text};
use std::path::Path;

/// Plans (or, without the solver, reviews) a folder and gives the run with the output folder that must not exist.
fn run(input: &Path, name: &str) -> Run {
    let out = place(&format!("{name}-out"));
    let run = nicplan(&["review", text(input), "-o", text(&out)]);
    assert!(
        run.code == 0 || run.code == 1 || !out.exists(),
        "{name}: something was written although the input is bad"
    );
    assert!(!run.err.contains("panicked"), "{name}: {}", run.err);
    run
}

/// The input is refused, with this text on stderr, and nothing is written.
fn refused(name: &str, files: &[(&str, &[u8])], told: &str) {
    let run = run(&folder(name, files), name);
    assert_eq!(run.code, 2, "{name}: {}{}", run.out, run.err);
    assert!(run.err.contains(told), "{name}: '{told}' is not in {}", run.err);
    assert!(run.out.is_empty(), "{name}: {}", run.out);
}

/// The input is read.
fn accepted(name: &str, files: &[(&str, &[u8])]) -> Run {
    let run = run(&folder(name, files), name);
    assert!(run.code == 0 || run.code == 1, "{name}: {}", run.err);
    run
}

#[test]
fn a_truncated_file_is_refused_at_the_cut() {
    refused(
        "bad-cut",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", b"node,nic,speed_mbps\nHV1,A,10000\nHV2,\"A"),
        ],
        "nics.csv:3",
    );
    let json = folder(
        "bad-cut-json",
        &[("inventory.json", b"{\"nodes\": [{\"node\": \"HV1\"")],
    )
    .join("inventory.json");
    let run = run(&json, "bad-cut-json");
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("inventory.json:1:"), "{}", run.err);
}

#[test]
fn an_empty_folder_and_empty_files_are_refused() {
    refused("bad-empty", &[], "nodes.csv");
    refused("bad-blank", &[("nodes.csv", b""), ("nics.csv", b"")], "nodes.csv");
    refused(
        "bad-header-only",
        &[("nodes.csv", b"node\n"), ("nics.csv", b"node,nic,speed_mbps\n")],
        "nodes.csv",
    );
}

#[test]
fn binary_data_is_refused() {
    let noise: Vec<u8> = (0..20_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    refused("bad-noise", &[("nodes.csv", &noise), ("nics.csv", NICS)], "nodes.csv");
    refused(
        "bad-zip",
        &[
            ("nodes.csv", b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00"),
            ("nics.csv", NICS),
        ],
        "nodes.csv",
    );
}

#[test]
fn an_endless_line_is_refused() {
    let line = vec![b'x'; 20_000_000];
    refused("bad-line", &[("nodes.csv", &line), ("nics.csv", NICS)], "nodes.csv");
    let mut cell = b"node\nHV1\n".to_vec();
    cell.extend_from_slice(&line);
    refused("bad-cell", &[("nodes.csv", &cell), ("nics.csv", NICS)], "nodes.csv:3");
}

#[test]
fn a_million_rows_are_read_and_one_more_is_refused() {
    let mut rows = String::from("vm,node,memory_mib\n");
    for number in 0..1_000_000 {
        rows.push_str(&format!("V{number},HV1,1024\n"));
    }
    let run = accepted(
        "good-million",
        &[("nodes.csv", NODES), ("nics.csv", NICS), ("vms.csv", rows.as_bytes())],
    );
    assert!(run.out.contains("1000000 VMs"), "{}", run.out);

    rows.push_str("V1000000,HV1,1024\n");
    refused(
        "bad-million",
        &[("nodes.csv", NODES), ("nics.csv", NICS), ("vms.csv", rows.as_bytes())],
        "vms.csv",
    );
}

#[test]
fn duplicate_names_are_refused_where_they_repeat() {
    refused(
        "bad-node-twice",
        &[("nodes.csv", b"node\nHV1\nHV2\nHV1\n"), ("nics.csv", NICS)],
        "nodes.csv:4",
    );
    let nics = b"node,nic,speed_mbps\nHV1,A,10000\nHV1,A,10000\nHV2,A,10000\n";
    refused(
        "bad-nic-twice",
        &[("nodes.csv", NODES), ("nics.csv", nics)],
        "nics.csv:3",
    );
    let header = b"node,node\nHV1,HV1\n";
    refused(
        "bad-column-twice",
        &[("nodes.csv", header), ("nics.csv", NICS)],
        "nodes.csv:1",
    );
}

#[test]
fn references_to_nothing_are_refused_with_the_nearest_name() {
    let nics = b"node,nic,speed_mbps\nHV1,A,10000\nHV22,A,10000\n";
    refused("bad-node-ref", &[("nodes.csv", NODES), ("nics.csv", nics)], "HV2");
    let vms = b"vm,node\nSQL1,HV9\n";
    refused(
        "bad-host-ref",
        &[("nodes.csv", NODES), ("nics.csv", NICS), ("vms.csv", vms)],
        "vms.csv:2",
    );
    let vnics = b"vm,p95_mbps\nSQL9,100\n";
    refused(
        "bad-vm-ref",
        &[("nodes.csv", NODES), ("nics.csv", NICS), ("vnics.csv", vnics)],
        "vnics.csv:2",
    );
}

#[test]
fn missing_and_misspelt_columns_are_refused_with_a_hint() {
    refused(
        "bad-no-speed",
        &[("nodes.csv", NODES), ("nics.csv", b"node,nic\nHV1,A\n")],
        "speed_mbps",
    );
    let nics = b"node,nic,speed_mbps,current_rol\nHV1,A,10000,cluster\nHV2,A,10000,cluster\n";
    refused(
        "bad-column",
        &[("nodes.csv", NODES), ("nics.csv", nics)],
        "current_role",
    );
}

#[test]
fn absurd_numbers_are_refused_with_their_place() {
    for (name, value) in [
        ("zero", "0"),
        ("negative", "-5"),
        ("huge", "99999999999999999999999"),
        ("word", "fast"),
        ("blank", ""),
    ] {
        let nics = format!("node,nic,speed_mbps\nHV1,A,10000\nHV2,A,{value}\n");
        refused(
            &format!("bad-speed-{name}"),
            &[("nodes.csv", NODES), ("nics.csv", nics.as_bytes())],
            "nics.csv:3:3",
        );
    }
    let vlan = b"vm,vlans\nV,4095\n";
    refused(
        "bad-vlan",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", NICS),
            ("vms.csv", b"vm\nV\n"),
            ("vnics.csv", vlan),
        ],
        "vnics.csv:2:2",
    );
    let growth = b"setting,value\ngrowth_percent,-30\n";
    refused(
        "bad-growth",
        &[("nodes.csv", NODES), ("nics.csv", NICS), ("policy.csv", growth)],
        "policy.csv:2:2",
    );
}

#[test]
fn unknown_policy_settings_are_refused_with_a_hint() {
    let policy = b"setting,value\ngrowth_percnt,30\n";
    refused(
        "bad-setting",
        &[("nodes.csv", NODES), ("nics.csv", NICS), ("policy.csv", policy)],
        "growth_percent",
    );
}

#[test]
fn windows_spellings_are_read() {
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain("node;nic;speed_mbps\r\nHV1;A;10 Gbps\r\nHV1;B;10G\r\nHV2;A;10000\r\nHV2;B;10 GbE\r\n".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    accepted(
        "good-utf16",
        &[
            ("nodes.csv", b"\xEF\xBB\xBFnode\r\nHV1\r\nHV2\r\n"),
            ("nics.csv", &utf16),
        ],
    );
}

#[test]
fn unknown_files_are_passed_over_with_a_note() {
    let run = accepted(
        "good-extra",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", NICS),
            ("todo.txt", b"call Bob"),
            ("README.md", b"#"),
        ],
    );
    assert!(run.err.is_empty() || run.err.contains("todo.txt"), "{}", run.err);
}

/// Names that break programs which paste text together.
const EVIL: [&str; 7] = [
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "O'Brien \"SQL\"",
    "$(Remove-Item C:\\)",
    "Ümlaut–Кириллица",
    "../../etc/passwd",
    "@SUM(1)",
];

#[test]
fn names_with_special_characters_come_through_whole() {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut vms = String::from("vm,node\n");
    let mut vnics = String::from("vm,switch,p95_mbps,mac,mac_type\n");
    for name in EVIL {
        vms.push_str(&format!("{},HV1\n", quoted(name)));
        vnics.push_str(&format!("{},LAN,10,00-15-5D-00-00-01,static\n", quoted(name)));
    }
    let files: [(&str, &[u8]); 4] = [
        ("nodes.csv", NODES),
        ("nics.csv", NICS),
        ("vms.csv", vms.as_bytes()),
        ("vnics.csv", vnics.as_bytes()),
    ];
    accepted("good-evil", &files);

    let json = nicplan(&["review", text(&place_of("good-evil")), "--format", "json"]);
    let review: serde_json::Value = serde_json::from_str(&json.out).expect("a review is JSON");
    let findings = review["findings"].as_array().expect("a review has findings");
    assert!(!findings.is_empty(), "seven vNICs share one address");

    let csv = nicplan(&["review", text(&place_of("good-evil")), "--format", "csv"]);
    for cell in csv.out.split([',', '\n']) {
        assert!(
            !cell.trim_start_matches('"').starts_with(['=', '@']),
            "a cell starts a formula: {cell}"
        );
    }
}

#[test]
fn every_truncation_of_a_sample_is_read_or_refused() {
    let whole = std::fs::read(program::project().join("samples/broken/nics.csv")).expect("the sample exists");
    let nodes = std::fs::read(program::project().join("samples/broken/nodes.csv")).expect("the sample exists");
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        let name = format!("bad-prefix-{length}");
        let run = run(
            &folder(&name, &[("nodes.csv", &nodes), ("nics.csv", &whole[..length])]),
            &name,
        );
        assert!((0..=2).contains(&run.code), "{name}: {}", run.err);
        assert_eq!(
            run.code == 2,
            !run.err.is_empty() && run.err.contains("error:"),
            "{name}: {}",
            run.err
        );
    }
}

#[test]
fn a_policy_that_names_no_rule_is_refused_with_its_cell_and_the_near_name() {
    let with = |rows: &str| format!("setting,value,reason\n{rows}\n");
    let files = |policy: &'static str| -> Vec<(&'static str, &'static [u8])> {
        vec![
            ("nodes.csv", NODES),
            ("nics.csv", NICS),
            ("policy.csv", policy.as_bytes()),
        ]
    };
    for (name, row, told) in [
        (
            "bad-rule-near",
            "rule:duplicat-mac,deny,must stop the gate",
            "policy.csv:2:1: there is no rule 'duplicat-mac' (did you mean 'duplicate-mac'?)",
        ),
        (
            "bad-rule-far",
            "rule:no-such-rule,allow,x",
            "policy.csv:2:1: there is no rule 'no-such-rule'",
        ),
        (
            "bad-rule-blank",
            "rule:,allow,x",
            "policy.csv:2:1: the name of the rule is missing behind rule:",
        ),
        (
            "bad-rule-level",
            "rule:duplicate-mac,forbid,x",
            "policy.csv:2:2: rule:duplicate-mac: 'forbid' is no level",
        ),
    ] {
        refused(name, &files(with(row).leak()), told);
    }
    accepted(
        "good-rule",
        &files(with("Rule: Duplicate MAC,deny,must stop the gate").leak()),
    );
}

#[test]
fn a_folder_in_another_code_page_is_read_with_its_letters_and_a_note() {
    let in_1251 = |text: &str| -> Vec<u8> {
        let cyrillic = |c: char| match c as u32 {
            letter @ 0x410..=0x44F => (letter - 0x410 + 0xC0) as u8,
            ascii => ascii as u8,
        };
        text.chars().map(cyrillic).collect()
    };
    let nodes = in_1251("node;management_ip\nУЗЕЛ1;10.0.0.1\nУЗЕЛ2;10.0.0.2\n");
    // One short word for itself could be of many pages.
    let nics = in_1251("node;nic;speed_mbps\nУЗЕЛ1;LAN;10000\nУЗЕЛ2;LAN;10000\n");
    let run = accepted("good-cyrillic", &[("nodes.csv", &nodes), ("nics.csv", &nics)]);
    assert!(run.out.contains("УЗЕЛ1"), "{}", run.out);
    let note = "nodes.csv, nics.csv are not UTF-8; they were read as windows-1251 (Cyrillic), which fits the letters: 'УЗЕЛ1', 'УЗЕЛ2'";
    let other = "nics.csv, nodes.csv are not UTF-8; they were read as windows-1251 (Cyrillic), which fits the letters: 'УЗЕЛ1', 'УЗЕЛ2'";
    assert!(run.err.contains(note) || run.err.contains(other), "{}", run.err);
}
