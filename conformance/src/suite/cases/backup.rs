//! Backups, of the chapter on errors and outages.

use serde_json::json;

use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{Case, Chapter::Outage, Level::Should, Need::Command, Run};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "outage-backup-taken",
        chapter: Outage,
        level: Should,
        clauses: &["QD28-19"],
        refusal: None,
        title: t(
            "A backup is taken while the product works",
            "Sao lưu được trong khi phần mềm đang hoạt động",
        ),
        why: t(
            "A backup that needs the product to stand still is one that nobody takes.",
            "Bản sao lưu đòi dừng phần mềm thì sẽ không ai làm.",
        ),
        steps: &[
            t(
                "The product is given a document to send.",
                "Giao cho phần mềm một văn bản để gửi.",
            ),
            t(
                "It is told to write a backup into a new folder.",
                "Yêu cầu sao lưu vào một thư mục mới.",
            ),
        ],
        expected: t(
            "The folder holds something, and the document goes out as it would have.",
            "Thư mục có dữ liệu, và văn bản vẫn được gửi đi như thường.",
        ),
        needs: &[Command("send"), Command("backup")],
        quick: true,
        run: Run::Connector(taken),
    },
    Case {
        id: "outage-backup-kept",
        chapter: Outage,
        level: Should,
        clauses: &["QD28-19"],
        refusal: Some(t(
            "A backup into a folder that holds one is refused.",
            "Sao lưu vào thư mục đã có bản sao lưu bị từ chối.",
        )),
        title: t(
            "A backup never writes over an earlier one",
            "Bản sao lưu không ghi đè bản trước",
        ),
        why: t(
            "The day it is needed, the older one may be the good one.",
            "Đến lúc cần, có khi bản cũ mới là bản còn tốt.",
        ),
        steps: &[t(
            "Two backups are asked for, into the same folder.",
            "Yêu cầu sao lưu hai lần vào cùng một thư mục.",
        )],
        expected: t(
            "The second is refused; the files of the first are as they were.",
            "Lần thứ hai bị từ chối; các tệp của lần đầu còn nguyên.",
        ),
        needs: &[Command("backup")],
        quick: true,
        run: Run::Connector(kept),
    },
];

fn taken(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    let folder = lab.folder().join(format!("backup-{}", lab.number()));
    lab.done("backup", json!({ "folder": folder }))?;
    ensure(bytes_in(&folder) > 0, || {
        said!("the folder is empty", "thư mục sao lưu rỗng")
    })?;
    lab.await_letter(&letter).map(|_| ())
}

fn kept(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let folder = lab.folder().join(format!("backup-{}", lab.number()));
    lab.done("backup", json!({ "folder": folder }))?;
    let before = bytes_in(&folder);
    lab.refused("backup", json!({ "folder": folder }))?;
    let after = bytes_in(&folder);
    ensure(before == after && after > 0, || {
        said!(
            "the first backup had {before} bytes and now has {after}",
            "bản sao lưu đầu có {before} byte, nay còn {after}"
        )
    })
}

/// Bytes of all files in a folder and the folders in it.
fn bytes_in(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => bytes_in(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}
