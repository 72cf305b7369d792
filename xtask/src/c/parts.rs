//! What the library is made of: a list of parts (CycloneDX) and their licences.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::copy;
use crate::workspace::Workspace;

/// The crate whose parts are listed.
const ROOT: &str = "connector-ffi";

pub(crate) fn write(workspace: &Workspace, doc: &Path) -> Result<(), String> {
    let metadata = workspace
        .command("cargo")
        .words(&["metadata", "--format-version", "1", "--locked"])
        .words(&["--filter-platform", "x86_64-unknown-linux-gnu"])
        .json()?;
    let packages = by_id(metadata.pointer("/packages"));
    let nodes = by_id(metadata.pointer("/resolve/nodes"));
    let root = packages
        .iter()
        .find(|(_, package)| package["name"] == ROOT)
        .map(|(id, _)| id.clone())
        .ok_or_else(|| format!("cargo metadata has no {ROOT}"))?;
    let mut parts = BTreeMap::new();
    let mut open = vec![root.clone()];
    while let Some(id) = open.pop() {
        if parts.contains_key(&id) {
            continue;
        }
        let needs = linked(nodes.get(&id).copied().unwrap_or(&Value::Null));
        open.extend(needs.iter().cloned());
        parts.insert(id, needs);
    }
    let component = |id: &String| component(packages.get(id).copied().unwrap_or(&Value::Null));
    let reference = |id: &String| component(id).get("bom-ref").cloned();
    let components: Vec<Value> = parts
        .keys()
        .filter(|id| **id != root)
        .map(component)
        .collect();
    let dependencies: Vec<Value> = parts
        .iter()
        .map(|(id, needs)| {
            json!({
                "ref": reference(id),
                "dependsOn": needs.iter().map(reference).collect::<Vec<_>>(),
            })
        })
        .collect();
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(&root) },
        "components": components,
        "dependencies": dependencies,
    });
    let text = serde_json::to_string_pretty(&bom).map_err(|error| error.to_string())?;
    super::write(&doc.join("sbom.cdx.json"), &format!("{text}\n"))?;
    for id in parts.keys() {
        licences(
            packages.get(id).copied().unwrap_or(&Value::Null),
            &doc.join("licences"),
        )?;
    }
    Ok(())
}

fn by_id(list: Option<&Value>) -> BTreeMap<String, &Value> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| Some((item["id"].as_str()?.to_owned(), item)))
        .collect()
}

/// What is linked in: not what builds or tests need.
fn linked(node: &Value) -> BTreeSet<String> {
    let needs = node["deps"].as_array().into_iter().flatten();
    needs
        .filter(|need| {
            let kinds = need["dep_kinds"].as_array().into_iter().flatten();
            kinds.into_iter().any(|kind| kind["kind"].is_null())
        })
        .filter_map(|need| need["pkg"].as_str().map(str::to_owned))
        .collect()
}

fn component(package: &Value) -> Value {
    let (name, version) = (text(&package["name"]), text(&package["version"]));
    let own = package["source"].is_null();
    let purl = format!("pkg:cargo/{name}@{version}");
    let mut component = json!({
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "licenses": [{ "expression": text(&package["license"]) }],
    });
    if let (false, Some(component)) = (own, component.as_object_mut()) {
        component.insert("purl".to_owned(), json!(purl));
    }
    component
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Copies the licence files that come with a part.
fn licences(package: &Value, to: &Path) -> Result<(), String> {
    let manifest = Path::new(text(&package["manifest_path"]));
    let Some(folder) = manifest.parent().filter(|_| !package["source"].is_null()) else {
        return Ok(());
    };
    let to = to.join(format!(
        "{}-{}",
        text(&package["name"]),
        text(&package["version"])
    ));
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().to_ascii_uppercase();
        let is_licence = ["LICEN", "COPYING", "NOTICE", "COPYRIGHT"]
            .iter()
            .any(|start| name.starts_with(start));
        if is_licence && entry.file_type().map_err(failed)?.is_file() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
