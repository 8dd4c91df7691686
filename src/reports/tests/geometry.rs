//! Where text and boxes lie in the drawings: nothing overlaps, nothing leaves its box, what tells two things apart is there.

use super::*;
use crate::reports::fixtures::SMALL;
use crate::reports::look;
use crate::roles::Role;
use roxmltree::{Document, Node};

/// A rectangle in the pixels of a drawing.
#[derive(Clone, Copy, Debug)]
struct Frame {
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

impl Frame {
    fn holds(&self, x: i64, y: i64) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    fn area(&self) -> i64 {
        (self.right - self.left) * (self.bottom - self.top)
    }
}

fn number(node: &Node, name: &str) -> i64 {
    node.attribute(name).and_then(|v| v.parse().ok()).unwrap_or(0)
}

fn size(node: &Node) -> i64 {
    number(node, "font-size").max(1)
}

/// The boxes that may hold text.
fn boxes(document: &Document) -> Vec<Frame> {
    let rects = document
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "rect")));
    let drawn = rects.filter(|n| n.attribute("x").is_some() && number(n, "height") > 8);
    drawn
        .map(|n| Frame {
            left: number(&n, "x"),
            right: number(&n, "x") + number(&n, "width"),
            top: number(&n, "y"),
            bottom: number(&n, "y") + number(&n, "height"),
        })
        .collect()
}

/// The texts with the room that their letters take. Widths are estimated generously; a tenth less is what they are at least.
fn texts(document: &Document) -> Vec<(String, Frame)> {
    let texts = document
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    texts
        .map(|n| {
            let said = n.text().unwrap_or_default().to_owned();
            let (x, y, size) = (number(&n, "x"), number(&n, "y"), size(&n));
            let width = look::text_width(&said, u32::try_from(size).unwrap_or(12)) * 9 / 10;
            let left = match n.attribute("text-anchor") {
                Some("middle") => x - width / 2,
                Some("end") => x - width,
                _ => x,
            };
            let frame = Frame {
                left,
                right: left + width,
                top: y - size * 7 / 10,
                bottom: y + size / 5,
            };
            (said, frame)
        })
        .collect()
}

/// What is wrong in a drawing, told as a person would see it.
fn faults(name: &str, document: &Document) -> Vec<String> {
    let (boxes, texts) = (boxes(document), texts(document));
    let mut found = Vec::new();
    let (width, height) = (
        number(&document.root_element(), "width"),
        number(&document.root_element(), "height"),
    );
    for (index, (said, text)) in texts.iter().enumerate() {
        if width > 0 && (text.left < 0 || text.right > width || text.bottom > height) {
            found.push(format!(
                "{name}: \"{said}\" {text:?} leaves the drawing of {width} by {height}"
            ));
        }
        let (x, y) = ((text.left + text.right) / 2, (text.top + text.bottom) / 2);
        let around = boxes.iter().filter(|b| b.holds(x, y)).min_by_key(|b| b.area());
        if let Some(around) = around.filter(|b| text.left < b.left || text.right > b.right) {
            found.push(format!("{name}: \"{said}\" {text:?} leaves its box {around:?}"));
        }
        for (other, frame) in &texts[..index] {
            let wide = text.right.min(frame.right) - text.left.max(frame.left);
            let high = text.bottom.min(frame.bottom) - text.top.max(frame.top);
            if wide > 0 && high > 0 {
                found.push(format!(
                    "{name}: \"{said}\" runs into \"{other}\" at {}, {}",
                    text.left, text.top
                ));
            }
        }
    }
    found
}

#[test]
fn no_text_runs_into_another_or_out_of_its_box() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".svg")) {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let document = Document::parse(text).expect("well-formed");
            let found = faults(name, &document);
            assert!(found.is_empty(), "{}", found[..found.len().min(5)].join("\n"));
        }
    }
}

#[test]
fn drains_and_paths_keep_to_their_drawing_with_any_window_and_any_names() {
    let specs = [1, 2, 4, 16].map(|nodes| Spec {
        nodes,
        vms: nodes * 6,
        ..SMALL
    });
    let named = [Names::Long, Names::Hostile].map(|names| Spec { names, ..SMALL });
    for spec in specs.into_iter().chain(named) {
        for window in [None, Some(20), Some(240), Some(6_000)] {
            let mut world = world(spec);
            world.inventory.clusters[0].policy.maintenance_window_minutes = window;
            let data = ReportData::new(&world.inventory, &world.verified, &[]);
            let cluster = &data.clusters[0];
            let views = cluster.drains.iter().map(|forecast| drains::View {
                cluster: cluster.facts,
                forecast,
            });
            let pictures = [
                ("drain", drains::drain_svg(&views.collect::<Vec<_>>())),
                ("path", drawings::paths::render(&[cluster.paths()])),
            ];
            for (name, picture) in pictures {
                let text = String::from_utf8(picture).expect("UTF-8");
                let found = faults(name, &Document::parse(&text).expect("well-formed"));
                assert!(
                    found.is_empty(),
                    "{} nodes, window {window:?}:\n{}",
                    spec.nodes,
                    found[..found.len().min(5)].join("\n")
                );
            }
        }
    }
}

#[test]
fn a_drawing_with_faults_has_them_found() {
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg"><rect x="0" y="0" width="40" height="20"/>
        <text x="2" y="14" font-size="12">far too long for it</text><text x="60" y="16" font-size="12">other</text></svg>"#;
    let document = Document::parse(drawing).expect("well-formed");
    let found = faults("test", &document);
    assert!(found.iter().any(|f| f.contains("runs into")), "{found:?}");
    let drawing = drawing.replace("far too long for it", "too long");
    let found = faults("test", &Document::parse(&drawing).expect("well-formed"));
    assert!(found.iter().any(|f| f.contains("leaves its box")), "{found:?}");
}

/// What a drawing shows of each text: the shortened form, not the tooltip.
fn shown(files: &[(String, Vec<u8>)], name: &str) -> Vec<String> {
    let document = Document::parse(file(files, name)).expect("well-formed");
    texts(&document).into_iter().map(|(said, _)| said).collect()
}

#[test]
fn long_names_leave_what_is_said_about_them() {
    let files = all(&world(Spec {
        names: Names::Long,
        ..SMALL
    }));
    let wiring = shown(&files, "wiring.svg");
    let speeds = wiring.iter().filter(|text| text.contains("bit/s →"));
    assert_eq!(
        speeds.count(),
        4 * 8,
        "each link tells its speed and where it goes: {wiring:?}"
    );
    assert!(
        wiring.iter().any(|text| text.ends_with(" · 40 Gbit/s · all VLANs")),
        "{wiring:?}"
    );
    let failures = shown(&files, "failures.svg");
    let lines: Vec<&String> = failures.iter().filter(|text| text.starts_with("NIC ")).collect();
    assert!(lines.len() >= 6, "{failures:?}");
    assert!(lines.iter().all(|text| text.contains("(4 nodes)")), "{lines:?}");
    let mut different = lines.clone();
    different.sort();
    different.dedup();
    assert_eq!(
        different.len(),
        lines.len(),
        "each line tells which NIC fails: {lines:?}"
    );
}

#[test]
fn no_dotted_line_of_the_pools_runs_through_a_word() {
    for names in [Names::Plain, Names::Long, Names::LongBefore] {
        let world = world(Spec {
            names,
            clusters: 2,
            ..SMALL
        });
        let files = all(&world);
        let document = Document::parse(file(&files, "mac_pools.svg")).expect("well-formed");
        let lines = document.descendants().filter(|n| n.tag_name().name() == "line");
        let upright: Vec<Node> = lines.filter(|n| number(n, "x1") == number(n, "x2")).collect();
        assert!(!upright.is_empty(), "the pools lie apart");
        for (said, frame) in texts(&document) {
            let crossed = |line: &&Node| {
                let x = number(line, "x1");
                (frame.left..=frame.right).contains(&x)
                    && number(line, "y1") < frame.bottom
                    && number(line, "y2") > frame.top
            };
            assert!(!upright.iter().any(|line| crossed(&line)), "{said}");
        }
    }
}

#[test]
fn below_the_pools_stands_of_how_many_adapters_the_address_is_not_known() {
    let mut world = world(SMALL);
    let told = |world: &World| shown(&all(world), "mac_pools.svg").concat();
    let vnics = |world: &mut World, mac: Option<crate::units::Mac>| {
        let vms = world.inventory.clusters.iter_mut().flat_map(|cluster| &mut cluster.vms);
        vms.flat_map(|vm| &mut vm.vnics).for_each(|vnic| vnic.mac = mac);
    };
    vnics(&mut world, Some(crate::units::Mac(0x0015_5D00_0001)));
    assert!(!told(&world).contains("not in the inventory"));
    vnics(&mut world, None);
    assert!(told(&world).contains("vNICs are not in the inventory and have no strokes"));
}

#[test]
fn a_link_that_carries_several_roles_has_all_their_colours() {
    let files = all(&world(Spec {
        style: Style::Hybrid,
        ..SMALL
    }));
    let wiring = file(&files, "wiring.svg");
    let dashed = |role: Role, offset: i64| {
        let fill = look::role(role).fill;
        wiring.contains(&format!(
            r#"stroke="{fill}" stroke-width="1.5" stroke-dasharray="12 12" stroke-dashoffset="{offset}""#
        ))
    };
    assert!(dashed(Role::Management, 0) && dashed(Role::Vm, -12));
    assert!(wiring.contains("A link in several colours carries several roles."));
    let alone = all(&world(SMALL));
    assert!(!file(&alone, "wiring.svg").contains("several colours"));
}

#[test]
fn external_networks_are_named_on_all_of_their_ports_or_on_none() {
    let with_names = |first: &str, second: &str| {
        let mut world = world(SMALL);
        let mut plan = world.verified.plan().clone();
        for uplink in &mut plan.clusters[0].uplinks {
            match uplink.network.as_deref() {
                Some("External-1") => uplink.network = Some(first.to_owned()),
                Some(_) => uplink.network = Some(second.to_owned()),
                None => {}
            }
        }
        world.verified = crate::checks::VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
        shown(&all(&world), "assignment.svg")
    };
    let short = with_names("Bulk", "Guests");
    assert!(
        short.contains(&"V1 Bulk".to_owned()) && short.contains(&"V2 Guests".to_owned()),
        "{short:?}"
    );
    let long = with_names("Bulk", "Guests of the whole house");
    assert!(
        long.contains(&"V1 VM network".to_owned()) && long.contains(&"V2 VM network".to_owned()),
        "{long:?}"
    );
    let legend = |words: &str| long.iter().any(|text| text.ends_with(words));
    assert!(
        legend("VM network Bulk, plain, zone prod") || legend("VM network Bulk, plain"),
        "{long:?}"
    );
    assert!(long.iter().any(|text| text.contains("rising stripes")), "{long:?}");
}

#[test]
fn a_name_of_fifteen_letters_stands_whole_beside_its_ports() {
    let mut world = world(SMALL);
    let name = "SRVMUCHYPERV-01";
    let mut plan = world.verified.plan().clone();
    let old = std::mem::replace(&mut world.inventory.clusters[0].nodes[0].name, name.to_owned());
    plan.clusters[0]
        .nodes
        .iter_mut()
        .filter(|n| n.node == old)
        .for_each(|n| n.node = name.to_owned());
    world.verified = crate::checks::VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
    assert!(shown(&all(&world), "assignment.svg").contains(&name.to_owned()));
}

#[test]
fn a_bar_that_is_cut_says_so() {
    let cut = |permille: u64| {
        let mut world = world(SMALL);
        let mut recounts = world.verified.recounts().to_vec();
        recounts[0].uplinks[0].worst_utilisation = permille;
        world.verified = crate::checks::VerifiedPlan::for_tests(world.verified.plan().clone(), recounts);
        shown(&all(&world), "utilisation.svg")
            .iter()
            .any(|text| text.contains("two slashes"))
    };
    assert!(cut(2_420));
    assert!(!cut(1_210));
}

#[test]
fn pages_of_the_wiring_end_beside_no_line_of_text() {
    for nodes in [5, 8, 64] {
        let files = all(&world(Spec {
            nodes,
            vms: 100,
            style: Style::Teamed,
            ..SMALL
        }));
        let drawing = file(&files, "wiring.svg");
        let document = Document::parse(drawing).expect("well-formed");
        let breaks = document
            .root_element()
            .attribute("data-breaks")
            .unwrap_or_default()
            .to_owned();
        let left = boxes(&document)
            .iter()
            .filter(|b| (b.left, b.right) == (20, 330))
            .count();
        assert!(
            left > 1 && breaks.split(' ').count() >= left - 1,
            "{nodes} nodes: {breaks}"
        );
        for (said, text) in texts(&document) {
            let crossed = breaks.split(' ').filter_map(|y| y.parse::<i64>().ok());
            let crossed: Vec<i64> = crossed.filter(|y| text.top < *y && *y < text.bottom).collect();
            assert!(crossed.is_empty(), "a page ends within \"{said}\" at {crossed:?}");
        }
    }
}

#[test]
fn the_failures_are_summed_up_above_their_lines() {
    let files = all(&world(SMALL));
    let said = shown(&files, "failures.svg");
    assert!(said.iter().any(|text| text.contains("drawn here stop")), "{said:?}");
}

#[test]
fn every_printed_page_of_the_failures_begins_with_the_names_of_the_columns() {
    let mut world = world(Spec {
        nodes: 8,
        vms: 40,
        ..SMALL
    });
    // nodes that are not alike: a line for each NIC of each
    let mut plan = world.verified.plan().clone();
    for (number, node) in plan.clusters[0].nodes.iter_mut().enumerate() {
        let uplinks = node.uplinks.len();
        node.uplinks[number % uplinks].nics.clear();
    }
    world.verified = crate::checks::VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
    let files = all(&world);
    let document = Document::parse(file(&files, "failures.svg")).expect("well-formed");
    let root = document.root_element();
    let breaks = root.attribute("data-breaks").unwrap_or_default();
    let breaks: Vec<i64> = breaks.split(' ').filter_map(|y| y.parse().ok()).collect();
    let heads: Vec<i64> = texts(&document)
        .iter()
        .filter(|(said, _)| said == "Management")
        .map(|(_, f)| f.top)
        .collect();
    assert!(heads.len() > 1, "no page break was tried");
    assert_eq!(heads.len(), breaks.len() + 1, "{breaks:?} {heads:?}");
    for (page, head) in breaks.iter().zip(heads.iter().skip(1)) {
        assert!((1..60).contains(&(head - page)), "{page} {head}");
    }
    let mut ends = vec![0];
    ends.extend(breaks);
    ends.push(number(&root, "height"));
    assert!(ends.windows(2).all(|page| page[1] - page[0] <= 773), "{ends:?}");
}
