//! The reports agree with each other, read back, and say the same every time.

use super::fixtures::{Names, SMALL, Spec, World, world};
use super::*;
use crate::plan::Style;
use std::collections::BTreeSet;

fn all(world: &World) -> Vec<(String, Vec<u8>)> {
    render_all(&ReportData::new(&world.inventory, &world.verified, &world.findings))
}

fn file<'a>(files: &'a [(String, Vec<u8>)], name: &str) -> &'a str {
    let found = files
        .iter()
        .find(|(file, _)| file == name)
        .map(|(_, bytes)| bytes.as_slice())
        .unwrap_or_default();
    std::str::from_utf8(found).expect("UTF-8")
}

fn records(text: &str) -> (Vec<String>, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    (
        header,
        reader
            .records()
            .map(|r| r.expect("a row as long as the header"))
            .collect(),
    )
}

/// Worlds of every size and style, with long and hostile names, several clusters, unmet requirements, nothing at all.
fn worlds() -> Vec<World> {
    let sizes = [(1, 0), (2, 8), (4, 20), (16, 200), (64, 800)];
    let mut worlds = Vec::new();
    for (nodes, vms) in sizes {
        for style in Style::ALL {
            worlds.push(world(Spec {
                nodes,
                vms,
                style,
                ..SMALL
            }));
        }
    }
    for names in [Names::Long, Names::Hostile] {
        for nodes in [2, 20] {
            worlds.push(world(Spec {
                nodes,
                names,
                style: Style::Hybrid,
                unmet: true,
                clusters: 2,
                ..SMALL
            }));
        }
    }
    worlds
}

#[test]
fn the_table_of_reports_is_sorted_and_complete() {
    assert!(REPORTS.windows(2).all(|w| w[0].file < w[1].file));
    let design = "plan.json assignment.csv role_capacity.csv external_networks.csv failures.csv mac_plan.csv static_macs.csv \
                  findings.csv assignment.svg wiring.svg utilisation.svg failures.svg mac_pools.svg report.html";
    let mut names: Vec<&str> = design.split(' ').filter(|n| !n.is_empty()).collect();
    names.sort_unstable();
    assert_eq!(REPORTS.iter().map(|r| r.file).collect::<Vec<_>>(), names);
}

#[test]
fn columns_are_those_of_the_design() {
    let files = all(&world(SMALL));
    let expected = [
        (
            "assignment.csv",
            "cluster,node,nic,card,tor,speed_mbps,rdma,role,network,style,uplink,share_permille,demand_mbps,utilisation_permille,\
             worst_utilisation_permille,worst_failure,vlans,changed,why,growth_percent",
        ),
        (
            "role_capacity.csv",
            "cluster,node,role,network,demand_mbps,capacity_mbps,worst_capacity_mbps,worst_failure,margin_permille,growth_percent",
        ),
        (
            "external_networks.csv",
            "cluster,network,vm,vnic,vlan,need_mbps,group,dedicated,changed,why,growth_percent",
        ),
        (
            "failures.csv",
            "cluster,failed,kind,node,role,network,capacity_mbps,demand_mbps,result,growth_percent",
        ),
        (
            "mac_plan.csv",
            "cluster,node,pool_min,pool_max,new_pool_min,new_pool_max,in_use,worst_in_use,changed",
        ),
        (
            "static_macs.csv",
            "cluster,vm,vnic,current_mac,dynamic,planned_mac,spoofing,reason",
        ),
        (
            "findings.csv",
            "rule,severity,cluster,subject,message,current,expected,risk,fix,source,file,line,column,state,suppressed_by,counts_as,stays",
        ),
    ];
    for (name, columns) in expected {
        let text = file(&files, name);
        assert_eq!(text.lines().next(), Some(columns), "{name}");
        assert!(!text.contains('\r') && text.ends_with('\n'), "{name}: LF only");
        assert!(text.lines().count() > 1, "{name} has rows");
    }
}

#[test]
fn every_table_reads_back_with_hostile_names_and_holds_no_formula() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".csv")) {
            let (_, rows) = records(std::str::from_utf8(bytes).expect("UTF-8"));
            for cell in rows.iter().flatten() {
                let number = cell.parse::<f64>().is_ok();
                assert!(
                    number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{name}: {cell}"
                );
            }
        }
    }
}

#[test]
fn an_idle_nic_has_one_row_and_a_shared_one_a_row_per_role() {
    let files = all(&world(Spec {
        style: Style::Hybrid,
        ..SMALL
    }));
    let (_, rows) = records(file(&files, "assignment.csv"));
    let of = |nic: &str| {
        rows.iter()
            .filter(|r| &r[1] == "HV1" && &r[2] == nic)
            .collect::<Vec<_>>()
    };
    let shared: Vec<&str> = of("SLOT1P1").iter().map(|r| &r[7]).collect();
    assert_eq!(shared, ["management", "vm"]);
    assert_eq!(&of("SLOT1P1")[1][8], "External-1");
    let idle = of("SLOT4P2");
    assert_eq!(
        (idle.len(), &idle[0][7], &idle[0][9], &idle[0][11]),
        (1, "", "hybrid", "")
    );
    assert_eq!(&of("SLOT1P1")[0][17], "yes", "the first NIC changes");
    assert!(of("SLOT2P1")[0][18].contains("storage"), "why of the pattern");
}

#[test]
fn every_nic_and_role_of_the_table_is_in_the_drawing() {
    for spec in [
        SMALL,
        Spec { nodes: 64, ..SMALL },
        Spec {
            style: Style::Converged,
            names: Names::Long,
            ..SMALL
        },
    ] {
        let files = all(&world(spec));
        let (_, rows) = records(file(&files, "assignment.csv"));
        let document = roxmltree::Document::parse(file(&files, "assignment.svg")).expect("well-formed");
        let words: String = document
            .descendants()
            .filter_map(|n| n.text())
            .collect::<Vec<_>>()
            .join("\n");
        let wanted: BTreeSet<&str> = rows.iter().flat_map(|r| [&r[2], &r[7], &r[8]]).collect();
        for name in wanted {
            assert!(words.contains(name), "{name} is missing");
        }
    }
}

#[test]
fn drawings_are_well_formed_and_hold_no_outside_reference() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".svg")) {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let document = roxmltree::Document::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                let element = node.tag_name().name();
                assert!(
                    !["script", "image", "use", "foreignObject", "a", "style"].contains(&element),
                    "{name}: {element}"
                );
                assert!(
                    node.attributes()
                        .all(|a| !a.name().contains("href") && !a.name().starts_with("on")),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn no_shape_lies_outside_its_drawing() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".svg")) {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let document = roxmltree::Document::parse(text).expect("well-formed");
            let root = document.root_element();
            let number = |node: &roxmltree::Node, name: &str| {
                node.attribute(name).and_then(|v| v.parse::<i64>().ok()).unwrap_or(0)
            };
            let (width, height) = (number(&root, "width"), number(&root, "height"));
            for node in root
                .descendants()
                .filter(|n| ["rect", "text"].contains(&n.tag_name().name()))
            {
                let right = number(&node, "x") + number(&node, "width");
                let bottom = number(&node, "y") + number(&node, "height");
                assert!(
                    right <= width && bottom <= height && number(&node, "x") >= 0,
                    "{name}: {right},{bottom} of {width},{height}"
                );
            }
        }
    }
}

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
        before,
        after,
    };
    let without = String::from_utf8(html::render(&data)).expect("UTF-8");
    data.what_if = Some(WhatIf { rows: vec![row] });
    let page = String::from_utf8(html::render(&data)).expect("UTF-8");
    for words in [
        "2 requirements are not met",
        "a better one may exist, but none below 40 %",
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
fn the_same_input_gives_the_same_bytes() {
    let spec = Spec {
        nodes: 20,
        unmet: true,
        clusters: 2,
        ..SMALL
    };
    assert_eq!(all(&world(spec)), all(&world(spec)));
}

#[test]
fn the_console_answer_names_what_matters_and_nothing_hidden() {
    let world = world(Spec {
        nodes: 24,
        unmet: true,
        names: Names::Plain,
        ..SMALL
    });
    let text = text::plan_text(&ReportData::new(&world.inventory, &world.verified, &world.findings));
    for words in [
        "HV1 to HV24 (24 nodes)",
        "SMB Multichannel",
        "External-1",
        "Not met:",
        "dedicated (chosen)",
        "mac-pool-overlap",
        "report.html",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let hostile = super::fixtures::world(Spec {
        names: Names::Hostile,
        ..SMALL
    });
    let text = text::plan_text(&ReportData::new(
        &hostile.inventory,
        &hostile.verified,
        &hostile.findings,
    ));
    assert!(!text.chars().any(|c| c != '\n' && show::is_hidden(c)));
}

#[test]
fn plan_json_reads_back_as_the_plan() {
    let world = world(SMALL);
    let files = all(&world);
    let text = file(&files, "plan.json");
    assert!(text.ends_with("}\n"));
    let plan: crate::plan::Plan = serde_json::from_str(text).expect("a plan");
    assert_eq!(&plan, world.verified.plan());
}

#[test]
#[ignore = "writes pages and pictures into target/pictures, for eyes and for the browser test"]
fn pictures() {
    let specs = [
        (
            "one",
            Spec {
                nodes: 1,
                vms: 0,
                ..SMALL
            },
        ),
        (
            "two",
            Spec {
                nodes: 2,
                vms: 8,
                ..SMALL
            },
        ),
        ("four", SMALL),
        (
            "four-hybrid",
            Spec {
                style: Style::Hybrid,
                unmet: true,
                ..SMALL
            },
        ),
        (
            "eight-converged",
            Spec {
                nodes: 8,
                vms: 120,
                style: Style::Converged,
                ..SMALL
            },
        ),
        (
            "sixteen",
            Spec {
                nodes: 16,
                vms: 300,
                style: Style::Teamed,
                ..SMALL
            },
        ),
        (
            "sixty-four",
            Spec {
                nodes: 64,
                vms: 8_000,
                ..SMALL
            },
        ),
        (
            "long",
            Spec {
                names: Names::Long,
                clusters: 2,
                unmet: true,
                ..SMALL
            },
        ),
        (
            "hostile",
            Spec {
                names: Names::Hostile,
                vms: 700,
                ..SMALL
            },
        ),
    ];
    for (name, spec) in specs {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/pictures")
            .join(name);
        let world = world(spec);
        write_all(&dir, &all(&world)).expect("written");
        let text = text::plan_text(&ReportData::new(&world.inventory, &world.verified, &world.findings));
        std::fs::write(dir.join("console.txt"), text).expect("written");
    }
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
        assert!(
            file(&files, name).lines().skip(1).all(|row| row.ends_with(",20")),
            "{name}"
        );
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
