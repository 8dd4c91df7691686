//! The printed schemas describe what the program really writes: every committed plan, every finding of a sample.

mod program;

use program::{entries, nicplan, project};
use serde_json::Value;

/// Keys of JSON Schema that the small judge below understands; another one in a schema fails the test.
const UNDERSTOOD: [&str; 16] = [
    "$schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "minimum",
    "maximum",
    "pattern",
];

/// What in a value goes against a schema, with its path.
fn faults(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let Some(rules) = schema.as_object() else { return };
    for key in rules.keys() {
        assert!(UNDERSTOOD.contains(&key.as_str()), "the schema uses {key}");
    }
    if let Some(name) = schema["$ref"].as_str() {
        let target = root
            .pointer(name.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{name} leads nowhere"));
        faults(root, target, value, path, found);
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let fits = |option: &Value| {
            let mut misses = Vec::new();
            faults(root, option, value, path, &mut misses);
            misses.is_empty()
        };
        if !options.iter().any(fits) {
            found.push(format!("{path}: fits no option"));
        }
    }
    let allowed = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    let constant = rules.get("const").is_none_or(|wanted| wanted == value);
    if !allowed || !constant || !has_type(schema["type"].as_str(), value) {
        found.push(format!("{path}: {value} does not fit"));
    }
    members(root, schema, value, path, found);
}

/// Looks into objects and lists.
fn members(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for (key, inner) in object {
            match properties.get(key) {
                Some(rule) => faults(root, rule, inner, &format!("{path}/{key}"), found),
                None => found.push(format!("{path}/{key}: not in the schema")),
            }
        }
        let required = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        found.extend(
            required
                .filter(|key| !object.contains_key(*key))
                .map(|key| format!("{path}/{key}: missing")),
        );
    }
    if let (Some(rule), Some(list)) = (schema.get("items"), value.as_array()) {
        for (index, inner) in list.iter().enumerate() {
            faults(root, rule, inner, &format!("{path}/{index}"), found);
        }
    }
}

fn has_type(name: Option<&str>, value: &Value) -> bool {
    match name {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(other) => panic!("unknown type {other}"),
        None => true,
    }
}

fn schema(what: &str) -> Value {
    serde_json::from_str(&nicplan(&["schema", what]).out).expect("a schema is JSON")
}

fn judge(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    faults(schema, schema, value, "", &mut found);
    found
}

#[test]
fn every_committed_plan_fits_the_schema() {
    let schema = schema("plan");
    let mut plans = 0;
    for folder in entries(&project().join("reports")) {
        let text = std::fs::read_to_string(folder.join("plan.json")).expect("every report folder holds a plan");
        let plan: Value = serde_json::from_str(&text).expect("a plan is JSON");
        assert_eq!(judge(&schema, &plan), Vec::<String>::new(), "{}", folder.display());
        plans += 1;
    }
    assert!(plans >= 8);
}

#[test]
fn a_plan_with_an_unknown_or_missing_key_does_not_fit() {
    let schema = schema("plan");
    let extra = serde_json::json!({ "schema_version": 1, "input_sha256": "", "clusters": [], "x": 1 });
    let short = serde_json::json!({ "schema_version": 1, "clusters": [{}] });

    assert_eq!(judge(&schema, &extra), ["/x: not in the schema"]);
    assert!(judge(&schema, &short).contains(&"/clusters/0/style: missing".to_owned()));
}

#[test]
fn findings_fit_the_schema() {
    let findings: Value =
        serde_json::from_str(&nicplan(&["review", "samples/broken", "--format", "json"]).out).expect("JSON");
    assert!(findings["findings"].as_array().is_some_and(|all| all.len() > 5));
    assert!(findings["rules"].as_array().is_some_and(|all| all.len() > 40));
    assert_eq!(judge(&schema("findings"), &findings), Vec::<String>::new());
}
