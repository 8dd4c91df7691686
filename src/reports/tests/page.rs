//! The page: what it tells, that it asks nobody for anything, that names stay text.

use super::*;

#[test]
fn hostile_names_stay_text_on_the_page() {
    for clusters in [1, 2] {
        let world = world(Spec {
            names: Names::Hostile,
            vms: 700,
            clusters,
            unmet: true,
            ..SMALL
        });
        let files = all(&world);
        let page = file(&files, "report.html");
        assert!(!page.contains("<img"), "no element comes from a name");
        assert!(
            !page.contains('\u{1}') && !page.contains('\u{202e}'),
            "no hidden character"
        );
        assert!(
            page.contains("&lt;/script&gt;&lt;img src=x"),
            "the name is there as text"
        );
        let (starts, ends) = (page.matches("<script").count(), page.matches("</script>").count());
        assert_eq!(starts, ends, "no name ends a script element");
    }
}

#[test]
fn the_page_has_the_drawings_inside_and_asks_for_nothing() {
    let files = all(&world(SMALL));
    let page = file(&files, "report.html");
    for name in REPORTS.iter().map(|r| r.file).filter(|f| f.ends_with(".svg")) {
        assert!(page.contains(file(&files, name)), "{name}");
    }
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    for mark in ["http://", "https://", " src=", "@import", "url(\""] {
        assert!(!outside.contains(mark), "{mark}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_page_tells_what_a_decision_maker_asks() {
    let mut data_world = world(Spec { unmet: true, ..SMALL });
    data_world.findings.truncate(3);
    let mut data = ReportData::new(&data_world.inventory, &data_world.verified, &data_world.findings);
    let before = data.plan.clusters[0].solver.objective.clone();
    let mut after = before.clone();
    after.worst_utilisation_permille = 210;
    let row = WhatIfRow {
        cluster: "HVCLUSTER".to_owned(),
        text: "two more ports".to_owned(),
        among: "of the dedicated style".to_owned(),
        before,
        bound: after.clone(),
        after,
    };
    let without = String::from_utf8(html::render(&data)).expect("UTF-8");
    data.what_if = Some(WhatIf { rows: vec![row] });
    let page = String::from_utf8(html::render(&data)).expect("UTF-8");
    for words in [
        "2 requirements are not met",
        "a better one of the dedicated style may exist, but none below 40 %",
        "Node HV1 has one 10 GbE port left",
        "growth",
        "What two idle ports more would change",
        "mac-pool-overlap",
        "and 1 more of this kind",
        "samples/nodes.csv:2:6",
        "RDMA of 12 NICs",
        "<td>worst utilisation</td><td>42.1 %</td><td>21 %</td>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!without.contains("two idle ports"), "no empty section");
    assert!(!page.contains("permille"), "people read per cent");
}

#[test]
fn a_large_page_keeps_most_rows_as_data() {
    let world = world(Spec {
        nodes: 64,
        vms: 8_000,
        ..SMALL
    });
    let files = all(&world);
    let page = file(&files, "report.html");
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    assert!(page.matches("<tr>").count() < 4_000);
    assert!(page.contains("data-rows=\"8000\""));
}

#[test]
fn growth_stands_beside_the_needs_on_the_page_and_in_the_tables() {
    let mut world = world(SMALL);
    world.inventory.clusters[0].policy.growth_percent = 20;
    let files = all(&world);

    assert_eq!(
        file(&files, "report.html")
            .matches("Needs include 20 % growth.")
            .count(),
        4
    );
    for name in [
        "assignment.csv",
        "role_capacity.csv",
        "external_networks.csv",
        "failures.csv",
    ] {
        let (columns, rows) = records(file(&files, name));
        let at = columns.iter().position(|column| column == "growth_percent");
        let at = at.expect("the column is there");
        assert!(rows.iter().all(|row| row.get(at) == Some("20")), "{name}");
    }
}

#[test]
fn the_page_shows_the_network_that_live_migration_takes() {
    let files = all(&world(SMALL));
    let page = file(&files, "report.html");

    assert!(page.contains("<figure id=\"drawing-path\""));
    assert!(page.contains("live migration as planned"));
}

#[test]
fn the_page_of_a_single_node_links_to_nothing_that_is_not_there() {
    let files = all(&world(Spec { nodes: 1, ..SMALL }));
    let page = file(&files, "report.html");

    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{link}\"")), "{link}");
    }
    assert!(!page.contains("live migration as planned"), "nothing to draw");
}

#[test]
fn a_top_finding_names_what_to_do_and_numbers_agree_with_their_nouns() {
    let data_world = world(Spec {
        style: Style::Teamed,
        ..SMALL
    });
    let files = all(&data_world);
    let page = file(&files, "report.html");

    assert!(page.contains("<b>What to do:</b> Set-VMHost -MacAddressMinimum"));
    assert!(page.contains("<b>1</b><span>external network</span>"));
    assert!(page.contains("<dt>Fullest</dt><dd>"));
}

#[test]
fn a_style_without_a_plan_says_why_there_is_none() {
    let files = all(&world(SMALL));
    let page = file(&files, "report.html");

    assert!(page.contains("Why there is no plan: needs 10 ports; each node has 8"));
}

#[test]
fn drawings_do_not_pass_cut_names_off_as_one_node_or_one_network() {
    let files = all(&world(Spec {
        names: Names::Long,
        ..SMALL
    }));

    assert!(file(&files, "utilisation.svg").contains(">4 nodes alike<"));
    assert!(file(&files, "assignment.svg").contains(">V1 VM network<"));
}

#[test]
fn the_first_finding_of_a_kind_names_where_else_it_holds() {
    let mut world = world(SMALL);
    let names: Vec<String> = world.inventory.clusters[0]
        .nodes
        .iter()
        .map(|node| node.name.clone())
        .collect();
    world.findings[1].subject.clone_from(&names[2]);
    let files = all(&world);
    assert!(file(&files, "report.html").contains(&format!("(and 1 more of this kind: {})", names[2])));
}

#[test]
fn a_table_of_a_large_cluster_is_printed_in_part_and_says_where_the_rest_is() {
    let page_of = |nodes| {
        let files = all(&world(Spec { nodes, ..SMALL }));
        file(&files, "report.html").to_owned()
    };
    let note =
        "On paper: at most 120 of 512 rows, in the order of the screen; <code>assignment.csv</code> has them all.";
    let large = page_of(64);
    assert!(large.contains(note));
    assert!(large.contains("<div class=\"block cut\" id=\"table-assignment\">"));
    assert!(large.contains(".block.cut tbody tr:nth-child(n+121) { display: none; }"));
    assert!(!page_of(4).contains("On paper:"));
}

#[test]
fn the_first_page_answers_what_a_meeting_asks() {
    let files = all(&world(SMALL));
    let page = file(&files, "report.html");
    for question in [
        "Compared with today",
        "Buy and recable",
        "Loss of hardware",
        "Loss of a node",
        "Growth",
        "Drain",
        "Patch night",
    ] {
        assert!(page.contains(&format!("<dt>{question}</dt><dd>")), "{question}");
    }
    assert!(page.contains("No cable moves"));
    assert!(page.contains("Windows needs ") && page.contains("for 4 nodes, one after the other"));
}

#[test]
fn no_number_of_changes_is_told_where_nobody_knows_what_ports_carry_today() {
    let changes = |world: &World| {
        let data = ReportData::new(&world.inventory, &world.verified, &world.findings);
        let page = String::from_utf8(html::render(&data)).expect("UTF-8");
        page.contains("<b>not known</b><span>changes from today")
    };
    let mut world = world(SMALL);
    world.inventory.clusters[0].nodes[0].nics[0].roles = [crate::roles::Role::Management].into();
    assert!(!changes(&world));
    for nic in world.inventory.clusters[0].nodes.iter_mut().flat_map(|n| &mut n.nics) {
        nic.roles.clear();
        nic.switch = None;
    }
    assert!(changes(&world));
}

#[test]
fn more_ports_that_change_nothing_say_whether_that_is_proven() {
    let world = world(SMALL);
    let mut data = ReportData::new(&world.inventory, &world.verified, &world.findings);
    let before = data.plan.clusters[0].solver.objective.clone();
    let mut worse = before.clone();
    worse.unmet_requirements.reachability = 65;
    let mut bound = before.clone();
    bound.worst_utilisation_permille -= 1;
    for (after, bound, words) in [
        (
            before.clone(),
            before.clone(),
            "nothing: proven, no plan of the dedicated style is better with them",
        ),
        (
            before.clone(),
            bound.clone(),
            "nothing that was found; it is not proven that no plan of the dedicated style is better with them",
        ),
        (
            worse,
            bound,
            "nothing that was found; it is not proven that no plan of the dedicated style is better with them",
        ),
    ] {
        let row = WhatIfRow {
            cluster: "HVCLUSTER".to_owned(),
            text: "two more ports".to_owned(),
            among: "of the dedicated style".to_owned(),
            before: before.clone(),
            after,
            bound,
        };
        data.what_if = Some(WhatIf { rows: vec![row] });
        let page = String::from_utf8(html::render(&data)).expect("UTF-8");
        assert!(page.contains(words) && !page.contains("65 reachability"), "{words}");
    }
}

#[test]
fn what_to_do_about_an_error_that_stays_stands_once_on_the_first_page() {
    let world = world(SMALL);
    let mut data = ReportData::new(&world.inventory, &world.verified, &world.findings);
    let mut planned = world.findings[0].clone();
    planned.stays = "a plan does not change nodes.mac_pool_min; do the fix as well".to_owned();
    let told = |data: &ReportData| {
        let page = String::from_utf8(html::render(data)).expect("UTF-8");
        let first = page.split("id=\"drawings\"").next().unwrap_or_default().to_owned();
        assert!(
            data.reviewed.is_none() || first.contains("It stays: a plan does not change"),
            "{first}"
        );
        first.matches("<b>What to do:</b>").count()
    };
    let before = told(&data);
    data.reviewed = Some(Reviewed {
        planned: vec![planned.clone()],
        outcomes: Vec::new(),
        entries_passed_over: false,
    });
    assert_eq!(told(&data), before, "the same error, told above");
    planned.fix = "another fix".to_owned();
    data.reviewed = Some(Reviewed {
        planned: vec![planned],
        outcomes: Vec::new(),
        entries_passed_over: false,
    });
    assert_eq!(told(&data), before + 1, "another fix");
}
