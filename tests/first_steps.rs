//! What a new user stumbles over with files and names, as the program answers it.

mod program;

use program::{NICS, NODES, folder, nicplan, text};

/// The message of a review that is refused.
fn refused(name: &str, files: &[(&str, &[u8])]) -> String {
    let run = nicplan(&["review", text(&folder(name, files))]);
    assert_eq!(run.code, 2, "{name}: {}{}", run.out, run.err);
    run.err
}

#[test]
fn a_table_under_a_nearly_right_name_is_told_with_the_right_one_and_nothing_else() {
    for (name, file, right) in [
        ("steps-nic", "nic.csv", "nics.csv"),
        ("steps-ending", "nics.csv.txt", "nics.csv"),
    ] {
        let said = refused(name, &[("nodes.csv", NODES), (file, NICS)]);
        assert!(
            said.contains(&format!("{file}: no table has this name (did you mean {right}?)")),
            "{said}"
        );
        assert!(said.contains("1 problem; nothing was written."), "{said}");
    }
    let said = refused(
        "steps-node",
        &[
            ("node.csv", NODES),
            ("nics.csv", NICS),
            ("vms.csv", b"vm,node\nA,HV1\n"),
        ],
    );
    assert!(
        said.contains("did you mean nodes.csv?") && said.contains("1 problem;"),
        "{said}"
    );
}

#[test]
fn a_copy_beside_the_right_file_is_only_noted() {
    let files: [(&str, &[u8]); 3] = [("nodes.csv", NODES), ("nics.csv", NICS), ("nic.csv", b"old")];
    let run = nicplan(&["review", text(&folder("steps-copy", &files)), "--fail-on", "never"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("note: nic.csv was passed over"), "{}", run.err);
}

#[test]
fn what_init_writes_beside_the_tables_is_not_mentioned() {
    let dir = program::place("steps-init");
    assert_eq!(nicplan(&["init", text(&dir)]).code, 0);
    for (file, bytes) in [("nodes.csv", NODES), ("nics.csv", NICS)] {
        std::fs::write(dir.join(file), bytes).expect("the build folder can be written");
    }
    let run = nicplan(&["review", text(&dir), "--fail-on", "never"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn files_that_nobody_put_there_are_not_mentioned() {
    let files: [(&str, &[u8]); 6] = [
        ("nodes.csv", NODES),
        ("nics.csv", NICS),
        ("~$nodes.csv", b"\x05lock"),
        (".DS_Store", b"\0\0\0\x01Bud1"),
        ("Thumbs.db", b"\xD0\xCF\x11\xE0"),
        (".~lock.nics.csv#", b",me,"),
    ];
    let run = nicplan(&["review", text(&folder("steps-noise", &files)), "--fail-on", "never"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn one_table_as_the_input_is_answered_with_the_folder_to_give() {
    let dir = folder("steps-single", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let run = nicplan(&["review", text(&dir.join("nodes.csv"))]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("Give the folder that holds it") && run.err.contains("steps-single"),
        "{}",
        run.err
    );
}

#[test]
fn missing_paths_are_told_in_plain_words_with_the_nearest_name() {
    let dir = folder("steps-missing", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let wrong = dir.with_file_name("steps-misssing");
    for run in [
        nicplan(&["review", text(&wrong)]),
        nicplan(&["check", text(&dir), "--plan", text(&dir.join("no-plan.json"))]),
        nicplan(&["import", text(&wrong), "-o", text(&dir.join("out"))]),
    ] {
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(
            run.err.contains("it was not found") && !run.err.contains("os error"),
            "{}",
            run.err
        );
    }
    let said = nicplan(&["review", text(&wrong)]).err;
    assert!(said.contains("did you mean 'steps-missing'?"), "{said}");
}

#[test]
fn a_note_about_an_odd_value_comes_with_every_command_that_reads_the_inventory() {
    let nodes = b"node,memory_mib\nHV1,512\nHV2,512\n";
    let dir = folder("steps-odd", &[("nodes.csv", nodes), ("nics.csv", NICS)]);
    for command in ["review", "mac", "path", "plan"] {
        if command == "plan" && cfg!(not(feature = "solver")) {
            continue;
        }
        let run = nicplan(&[command, text(&dir)]);
        assert!(
            run.err
                .contains("note: nodes.csv:2:2: memory_mib: '512' is read as 512 MiB"),
            "{command}: {}",
            run.err
        );
    }
}

/// What PowerShell 5.1 makes of a text that is sent to a file with `>`.
fn as_powershell_writes(text: &str) -> Vec<u8> {
    [0xFF, 0xFE]
        .into_iter()
        .chain(text.replace('\n', "\r\n").encode_utf16().flat_map(u16::to_le_bytes))
        .collect()
}

#[test]
fn an_inventory_in_utf16_json_is_read() {
    let json = "{\"nodes\": [{\"node\": \"HV1\"}],\n \"nics\": [{\"node\": \"HV1\", \"nic\": \"A\", \"speed_mbps\": \"10 GbE\"}]}\n";
    let file = folder("steps-utf16", &[("cluster.json", &as_powershell_writes(json))]).join("cluster.json");
    let run = nicplan(&["review", text(&file), "--fail-on", "never"]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[cfg(feature = "solver")]
#[test]
fn a_plan_in_utf16_is_checked() {
    let dir = folder("steps-utf16-plan", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let plan = nicplan(&["plan", text(&dir), "--format", "json"]).out;
    let file = folder("steps-utf16-plan-file", &[("plan.json", &as_powershell_writes(&plan))]).join("plan.json");
    let run = nicplan(&["check", text(&dir), "--plan", text(&file)]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn one_error_is_not_called_errors() {
    let run = nicplan(&["review", "samples/broken"]);
    let count = run.out.lines().last().unwrap_or_default().to_owned();
    for part in count.split([',', ';']) {
        let single = part.trim().starts_with("1 ");
        let counted = ["errors", "warnings", "remarks"]
            .iter()
            .any(|noun| part.ends_with(noun));
        assert!(!(single && counted), "{count}");
    }
    let said = refused(
        "steps-one",
        &[("nodes.csv", NODES), ("nics.csv", b"node,nic,speed_mbps\nHV1,A,fast\n")],
    );
    assert!(said.ends_with("1 problem; nothing was written.\n"), "{said}");
}

#[test]
fn one_address_on_many_adapters_is_one_finding_with_all_owners() {
    let vms: String = (0..40).map(|n| format!("VM{n},HV1\n")).collect();
    let vnics: String = (0..40).map(|n| format!("VM{n},00-15-5D-00-00-01\n")).collect();
    let (vms, vnics) = (format!("vm,node\n{vms}"), format!("vm,mac\n{vnics}"));
    let files: [(&str, &[u8]); 4] = [
        ("nodes.csv", NODES),
        ("nics.csv", NICS),
        ("vms.csv", vms.as_bytes()),
        ("vnics.csv", vnics.as_bytes()),
    ];
    let run = nicplan(&["review", text(&folder("steps-duplicates", &files))]);
    assert_eq!(run.out.matches("error[duplicate-mac]").count(), 1, "{}", run.out);
    assert!(
        run.out.contains("VM1/Network Adapter") && run.out.contains("and 35 more"),
        "{}",
        run.out
    );
}

#[test]
fn explain_answers_the_words_that_administrators_ask_about() {
    for name in [
        "survive",
        "ToR",
        "tor",
        "iscsi",
        "csv",
        "mac-pool",
        "LinkSpeed",
        "growth_percent",
        "nics.tor",
        "shares-sum",
        "drain",
    ] {
        let run = nicplan(&["explain", name]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert!(run.out.starts_with("# "), "{name}: {}", run.out);
    }
    let run = nicplan(&["explain", "mac-pol"]);
    assert!(run.code == 2 && run.err.contains("'mac-pool'"), "{}", run.err);
    let run = nicplan(&["explain", "qqqq"]);
    assert!(run.err.contains("settings, tables, columns, rules"), "{}", run.err);
}
