//! Links between the documents.

use std::fs;
use std::path::{Path, PathBuf};

use crate::steps::Outcome;
use crate::workspace::{Workspace, below};

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let (mut links, mut broken) = (0, vec![]);
    for path in documents(&workspace.root)? {
        let name = path
            .strip_prefix(&workspace.root)
            .unwrap_or(&path)
            .display();
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        for target in targets(&text) {
            links += 1;
            if !place(&path, target).exists() {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    println!("{links} links between documents, {} broken", broken.len());
    if broken.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Err(format!(
            "links that lead nowhere:\n   {}",
            broken.join("\n   ")
        ))
    }
}

/// Every document of the tree: not those that builds left behind, nor those of tools.
fn documents(root: &Path) -> Result<Vec<PathBuf>, String> {
    let files = below(root, &|folder| {
        let name = folder.file_name().unwrap_or_default();
        name != "target" && name != "artifacts" && !name.to_string_lossy().starts_with('.')
    })?;
    Ok(files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|end| end == "md"))
        .collect())
}

/// What the links of a Markdown text point at, as far as it lies in this tree.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines()
        .filter(move |line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fence && !fenced
        })
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
}

fn place(document: &Path, target: &str) -> PathBuf {
    let file = target.split_once('#').map_or(target, |(file, _)| file);
    document.parent().unwrap_or(Path::new("")).join(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_into_the_tree_count() {
        let text = "[a](docs/a.md#part) and [b](https://b.example/) [c](#here)\n[d](d.md)";
        assert_eq!(
            targets(text).collect::<Vec<_>>(),
            ["docs/a.md#part", "d.md"]
        );
    }

    #[test]
    fn code_blocks_hold_no_links() {
        let text = "```\nlist[0](x)\n```\n[d](d.md)";
        assert_eq!(targets(text).collect::<Vec<_>>(), ["d.md"]);
    }

    #[test]
    fn a_link_starts_from_its_own_document() {
        assert_eq!(
            place(Path::new("docs/README.md"), "../a.md#b"),
            Path::new("docs/../a.md")
        );
    }
}
