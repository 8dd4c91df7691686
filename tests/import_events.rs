//! `import` of event logs as a user meets it: every form of export gives the same history, and what cannot be read is told.

mod event_exports;
mod program;

use event_exports::*;
use program::{Run, entries, folder, nicplan, place, project, text};
use std::fs;
use std::path::{Path, PathBuf};

/// Imports files with these names and contents; gives the run and where the result is.
fn import(name: &str, files: &[(&str, &[u8])], more: &[&str]) -> (Run, PathBuf) {
    let source = folder(&format!("import-{name}"), files);
    let out = place(&format!("import-{name}-out"));
    let mut arguments = vec!["import", text(&source), "-o", text(&out)];
    arguments.extend(more);
    (nicplan(&arguments), out)
}

fn history(out: &Path) -> String {
    fs::read_to_string(out.join("history.csv")).expect("a history was written")
}

fn passed_over(out: &Path) -> String {
    fs::read_to_string(out.join("passed_over.csv")).expect("the list was written")
}

#[test]
fn the_sample_gives_the_patch_night_its_readme_tells() {
    let out = place("import-sample");
    let run = nicplan(&["import", "samples/migration-events", "-o", text(&out)]);

    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out
            .starts_with("6 live migrations in 2 batches from 17 events in 2 files"),
        "{}",
        run.out
    );
    let rows = history(&out);
    assert!(
        rows.contains("2026-10-13T20:00:02Z,EXCH01,HV1,HV3,,,,,,,0.205,158.015,12400\n"),
        "{rows}"
    );
    assert!(
        rows.contains("2026-10-13T20:31:00Z,SQL01,HV2,HV1,,,,,,,0,67.25,800\n"),
        "{rows}"
    );
    assert_eq!(rows.matches("WEB02").count(), 1, "only the second try: {rows}");
    let passed = passed_over(&out);
    assert!(
        passed.contains("failed,2026-10-13T20:01:44Z,WEB02,HV1,21024,"),
        "{passed}"
    );
    assert!(
        passed.contains(",FILE01,HV1,1641,") && passed.lines().count() == 3,
        "{passed}"
    );
    assert!(run.err.contains("WEB02") && run.err.contains("FILE01"), "{}", run.err);
    let next = format!("Next: nicplan calibrate {}", text(&out.join("history.csv")));
    assert!(run.err.contains(&next), "{}", run.err);
}

#[test]
fn every_form_of_export_gives_the_same_history() {
    let events = two_migrations();
    let us = |s: u32| format!("11/21/2026 10:03:{s:02} PM");
    let german = |s: u32| format!("21.11.2026 22:03:{s:02}");
    let iso = |s: u32| format!("2026-11-21T22:03:{s:02}.0000000Z");
    let saved = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>{}</Events>",
        all_xml(&events)
    );
    let with_type = format!(
        "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n{}",
        csv(&events, ',', us)
    );
    for (name, bytes, batch) in [
        ("plain.xml", all_xml(&events).into_bytes(), "2026-11-21T22:03:12Z"),
        ("wide.xml", utf16(&all_xml(&events)), "2026-11-21T22:03:12Z"),
        ("saved.xml", saved.into_bytes(), "2026-11-21T22:03:12Z"),
        ("clixml.xml", utf16(&clixml(&events, true)), "2026-11-21T22:03:12Z"),
        (
            "cut.clixml",
            clixml(&events, false).into_bytes(),
            "2026-11-21T22:03:12Z",
        ),
        ("us.csv", with_type.into_bytes(), "2026-11-21T22:03:12"),
        ("german.csv", utf16(&csv(&events, ';', german)), "2026-11-21T22:03:12"),
        (
            "iso.csv",
            [b"\xEF\xBB\xBF", csv(&events, ',', iso).as_bytes()].concat(),
            "2026-11-21T22:03:12Z",
        ),
    ] {
        let (run, out) = import("forms", &[(name, &bytes)], &[]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert_eq!(history(&out), two_rows(batch), "{name}");
        assert_eq!(passed_over(&out).lines().count(), 1, "{name}: {}", passed_over(&out));
    }
}

#[test]
fn the_same_events_from_two_exports_count_once() {
    let events = two_migrations();
    let xml = all_xml(&events);
    let files: [(&str, &[u8]); 3] = [
        ("a.xml", xml.as_bytes()),
        ("b.xml", xml.as_bytes()),
        ("c.xml", &utf16(&clixml(&events, true))),
    ];
    let (run, out) = import("twice", &files, &[]);

    assert_eq!(history(&out), two_rows("2026-11-21T22:03:12Z"));
    assert!(run.err.contains("8 events stand in several files"), "{}", run.err);
}

#[test]
fn files_of_both_nodes_are_merged_and_the_source_nodes_clock_counts() {
    let source = [
        begins(10, "SQL01", ID_A, "HV1", "HV2"),
        ends(40, "SQL01", ID_A, "HV1", "0.5"),
    ];
    // HV2's clock is five seconds slow, and only it knows the cluster's name of the node
    let target = [
        ends(35, "SQL01", ID_A, "HV2", "0.5"),
        event(9, 1641, CLUSTER, "HV2", &["SCVMM SQL01 Resources", "HV2"], ""),
    ];
    let (run, out) = import(
        "nodes",
        &[
            ("1.xml", all_xml(&source).as_bytes()),
            ("2.xml", all_xml(&target).as_bytes()),
        ],
        &[],
    );

    assert_eq!(
        history(&out),
        format!("{HEADER}2026-11-21T22:03:10Z,SQL01,HV1,HV2,,,,,,,0,30,500\n"),
        "{}",
        run.err
    );
    assert_eq!(passed_over(&out).lines().count(), 1, "{}", passed_over(&out));
}

#[test]
fn halves_of_migrations_are_passed_over_with_the_reason() {
    let events = [
        ends(5, "OLD", ID_A, "HV1", "0.5"),
        event(5, 20418, VMMS, "HV2", &["OLD", ID_A], ""),
        begins(10, "NEW", ID_B, "HV1", "HV2"),
        event(20, 1153, CLUSTER, "HV1", &["CRASHED", "HV3", "HV1"], ""),
        event(21, 1137, CLUSTER, "HV1", &["STUCK", "5003"], ""),
    ];
    let (run, out) = import("halves", &[("1.xml", all_xml(&events).as_bytes())], &[]);

    assert_eq!(
        run.code, 1,
        "no migration is an answer, and the answer is no: {}",
        run.err
    );
    assert_eq!(history(&out), HEADER);
    let passed = passed_over(&out);
    for line in [
        "no start was found",
        "no end was found",
        "restarted on another node",
        "failed,",
    ] {
        assert_eq!(passed.matches(line).count(), 1, "{line}: {passed}");
    }
}

#[test]
fn worker_events_of_older_windows_give_start_end_and_blackout() {
    let told = |second, id, text: &str| event(second, id, WORKER, "HV1", &[], text);
    let events = [
        told(40, 22508, "Virtual machine 'SQL01': the brown-out took 19.43 seconds."),
        told(
            41,
            22509,
            "Virtual machine 'SQL01': the blackout took 0.52 seconds, 812 dirty pages.",
        ),
        told(42, 22507, "Virtual machine 'SQL01': summary."),
        event(
            40,
            1641,
            CLUSTER,
            "HV1",
            &["SQL01", "HV2"],
            "Clustered role 'SQL01' is moving to cluster node 'HV2'.",
        ),
    ];
    let bytes = csv(&events, ',', |s| format!("2026-11-21T22:03:{s:02}Z"));
    let (run, out) = import("worker", &[("w.csv", bytes.as_bytes())], &[]);

    assert_eq!(
        history(&out),
        format!("{HEADER}2026-11-21T22:03:20Z,SQL01,HV1,HV2,,,,,,,0,21.43,520\n"),
        "{}",
        run.err
    );
}

#[test]
fn an_inventory_tells_memory_speed_and_transport_and_never_a_default() {
    let events = [
        begins(10, "sql01", ID_A, "HV1", "HV2"),
        ends(40, "sql01", ID_A, "HV1", "0.5"),
        begins(11, "WEB01", ID_B, "HV1", "HV2"),
        ends(41, "WEB01", ID_B, "HV1", "0.5"),
    ];
    let inventory = folder(
        "import-with-inventory",
        &[
            ("clusters.csv", b"cluster,profile,live_migration_transport\nHVC1,2019,compression\n"),
            ("nodes.csv", b"node\nHV1\nHV2\n"),
            (
                "nics.csv",
                b"node,nic,speed_mbps,current_role\nHV1,A,10000,live-migration\nHV1,B,1000,management\nHV2,A,25000,live-migration\nHV2,B,25000,live-migration\n",
            ),
            ("vms.csv", b"vm,node,memory_mib\nSQL01,HV1,32768\nWEB01,HV1,\n"),
        ],
    );
    let more = ["--with", text(&inventory), "--cluster", "HVC1"];
    let (run, out) = import("with", &[("1.xml", all_xml(&events).as_bytes())], &more);

    let batch = "HVC1 2026-11-21T22:03:10Z";
    let rows = format!(
        "{HEADER}{batch},sql01,HV1,HV2,32768,10000,,compression,,,0,30,500\n{batch},WEB01,HV1,HV2,,10000,,compression,,,1,31,500\n"
    );
    assert_eq!(history(&out), rows, "{}", run.err);
}

#[test]
fn a_text_in_another_language_is_told_and_values_need_none() {
    let german = "Der Dienst hat die Livemigration des virtuellen Computers 'SQL01' mit einer Ausfallzeit von 0,6 Sekunden abgeschlossen.";
    let events = [
        event(10, 20413, VMMS, "HV1", &["SQL01", ID_A, "HV2"], german),
        event(40, 20415, VMMS, "HV1", &["SQL01", ID_A, "0.6"], german),
    ];
    let bytes = csv(&events, ';', |s| format!("21.11.2026 22:03:{s:02}"));
    let (run, out) = import("german", &[("d.csv", bytes.as_bytes())], &[]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("its text is not the English one: export as event XML"),
        "{}",
        run.err
    );
    assert!(passed_over(&out).contains(",,HV1,20415,"), "{}", passed_over(&out));

    let (run, out) = import("german-xml", &[("d.xml", all_xml(&events).as_bytes())], &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(history(&out).contains("SQL01,HV1,HV2,,,,,,,0,30,600"));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_nothing_is_written() {
    let events = [
        begins(10, "SQL01", ID_A, "HV1", "HV2"),
        ends(40, "SQL01", ID_A, "HV1", "0.5"),
    ];
    let whole = all_xml(&events);
    let early = |_: u32| "1/2/2026 1:00:00 AM".to_owned();
    let both = |s: u32| {
        if s == 10 {
            "1/22/2026 1:00:00".to_owned()
        } else {
            "22/1/2026 1:00:00".to_owned()
        }
    };
    let dtd = format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{whole}");
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("evtx.evtx", b"ElfFile\0rest".to_vec(), "wevtutil qe"),
        (
            "cut.xml",
            whole.as_bytes()[..whole.len() - 20].to_vec(),
            "cut.xml:2: the last event has no end",
        ),
        ("dtd.xml", dtd.clone().into_bytes(), "document type declaration"),
        (
            "entity.xml",
            whole.replace("SQL01", "&e;").into_bytes(),
            "entity.xml:1: an event is not well-formed XML",
        ),
        (
            "dtd.clixml",
            dtd.replace("<Event ", "<Objs ").into_bytes(),
            "dtd.clixml",
        ),
        (
            "order.csv",
            csv(&events, ',', early).into_bytes(),
            "day/month/year and as month/day/year",
        ),
        (
            "both.csv",
            csv(&events, ',', both).into_bytes(),
            "put together from several exports",
        ),
        (
            "time.csv",
            csv(&events, ',', |_| "gestern".to_owned()).into_bytes(),
            "time.csv:2: the time 'gestern'",
        ),
        ("day.xml", whole.replace("11-21", "02-30").into_bytes(), "no such day"),
        (
            "node.xml",
            whole.replace("<Computer>HV1<", "<Computer><").into_bytes(),
            "names no computer",
        ),
        (
            "column.csv",
            b"Id,TimeCreated,Message\n1,2,3\n".to_vec(),
            "column.csv:1: the column MachineName is missing",
        ),
        ("none.xml", b"<Events></Events>".to_vec(), "holds no event"),
    ];
    for (name, bytes, said) in &cases {
        let (run, out) = import("bad", &[(name, bytes)], &[]);
        assert_eq!(run.code, 2, "{name}: {}", run.err);
        assert!(run.err.contains(said), "{name}: {}", run.err);
        assert!(run.err.contains("nothing was written") && !out.exists(), "{name}");
    }

    let all: Vec<(&str, &[u8])> = cases.iter().map(|(name, bytes, _)| (*name, bytes.as_slice())).collect();
    let (run, _) = import("bad-all", &all, &[]);
    for (name, ..) in &cases {
        assert!(run.err.contains(name), "{name} is missing in: {}", run.err);
    }
}

#[test]
fn times_with_and_without_offset_are_not_mixed() {
    let events = [
        begins(10, "SQL01", ID_A, "HV1", "HV2"),
        ends(40, "SQL01", ID_A, "HV1", "0.5"),
    ];
    let local = csv(&events, ';', |s| format!("21.11.2026 22:03:{s:02}"));
    let (run, _) = import(
        "mixed",
        &[("1.xml", all_xml(&events).as_bytes()), ("2.csv", local.as_bytes())],
        &[],
    );
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("2.csv:2: its time has no offset from UTC"),
        "{}",
        run.err
    );

    let half = |s: u32| {
        if s == 10 {
            "2026-11-21T22:03:10Z".to_owned()
        } else {
            "2026-11-21 22:03:40".to_owned()
        }
    };
    let (run, _) = import("mixed-file", &[("1.csv", csv(&events, ',', half).as_bytes())], &[]);
    assert_eq!(run.code, 2, "{}", run.err);
}

#[test]
fn files_that_are_no_exports_are_refused_or_in_a_folder_passed_over() {
    let events = [
        begins(10, "SQL01", ID_A, "HV1", "HV2"),
        ends(40, "SQL01", ID_A, "HV1", "0.5"),
    ];
    let (run, _) = import(
        "other",
        &[("1.xml", all_xml(&events).as_bytes()), ("notes.txt", b"my notes")],
        &[],
    );
    assert_eq!(run.code, 0);
    assert!(
        run.err.contains("notes.txt is no export of events and was passed over"),
        "{}",
        run.err
    );

    let out = place("import-other-out");
    for source in ["Cargo.toml", "samples/broken/nodes.csv", "no-such-file.xml"] {
        for more in [&[][..], &["--as", "events"]] {
            let mut arguments = vec!["import", source, "-o", text(&out)];
            arguments.extend(more);
            let run = nicplan(&arguments);
            assert_eq!(run.code, 2, "{source}");
            assert!(run.err.contains(source) && !out.exists(), "{source}: {}", run.err);
        }
    }
    let (run, _) = import("empty", &[], &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("nothing that can be imported"), "{}", run.err);
    let (run, _) = import("empty", &[("notes.txt", b"my notes")], &["--as", "events"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("holds no export of events"), "{}", run.err);
}

#[test]
fn hostile_names_stay_text() {
    for (name, cell) in [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("<script>", "<script>"),
        ("@SUM(1)", "'@SUM(1)"),
        ("ВМ ☃", "ВМ ☃"),
    ] {
        let events = [begins(10, name, ID_A, "HV1", "HV2"), ends(40, name, ID_A, "HV1", "0.5")];
        let (run, out) = import("hostile", &[("1.xml", all_xml(&events).as_bytes())], &[]);
        assert!(
            history(&out).contains(&format!(",{cell},HV1,")),
            "{name}: {} {}",
            history(&out),
            run.err
        );
        assert_eq!(entries(&out).len(), 2);
    }
    let escape = [begins(10, "a\u{1b}[31mb", ID_A, "HV1", "HV2")];
    let bytes = csv(&escape, ',', |_| "2026-11-21T22:03:10Z".to_owned());
    let (run, _) = import("escape", &[("1.csv", bytes.as_bytes())], &[]);
    assert!(
        run.err.contains("no end was found") && !run.err.contains('\u{1b}'),
        "{}",
        run.err
    );
}

#[test]
fn damaged_files_never_stop_the_reader_with_a_panic() {
    let events = two_migrations();
    let dir = folder("import-damaged", &[]);
    let file = dir.join("damaged");
    for whole in [
        all_xml(&events[3..]).into_bytes(),
        clixml(&events[3..], true).into_bytes(),
        csv(&events[3..], ',', |s| format!("1/2/2026 1:00:{s:02} AM")).into_bytes(),
    ] {
        for at in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[at] = [b'<', b'"', 0xC3, b'&', b'9'][at % 5];
            for bytes in [&whole[..at], &changed[..]] {
                fs::write(&file, bytes).expect("the build folder can be written");
                let _ = nicplan::history::import(std::slice::from_ref(&file), None, None);
            }
        }
    }
}

#[test]
fn the_help_shows_how_to_export_and_names_no_cmdlet_that_writes_to_the_cluster() {
    let help = nicplan(&["import", "--help"]).out;
    for word in [
        "Get-WinEvent",
        "-FilterHashtable",
        "ToXml()",
        "Export-Clixml",
        "Export-Csv",
        "wevtutil qe",
    ] {
        assert!(help.contains(word), "{word}");
    }
    assert!(!help.contains("Set-Cluster") && !help.contains("Clear-EventLog"));
    assert!(project().join("samples/migration-events/README.md").exists());
}
