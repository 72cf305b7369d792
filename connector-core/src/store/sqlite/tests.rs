//! How SQLite runs the statements, and that migrations stay as released.

use super::*;
use crate::crypto::digest::{hex, sha256};

/// How SQLite would run a statement.
fn plan(connection: &Connection, name: &str, statement: &str) -> String {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let parameters = vec![1; explain.parameter_count()];
    let steps: Vec<String> = explain
        .query_map(rusqlite::params_from_iter(parameters), |row| row.get(3))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    steps.join("; ")
}

#[test]
fn no_statement_goes_through_a_big_table() {
    // These count or list all there is of something, through an index.
    const WHOLE: &[&str] = &[
        "COUNT_RECIPIENTS USING COVERING INDEX",
        "COUNT_ARRIVALS USING COVERING INDEX",
        "COUNT_INCOMING USING COVERING INDEX",
        "COUNT_STATUSES USING COVERING INDEX",
        "PAYLOAD_FILES USING INDEX payload_file",
        // A walk of a partial index in its order: the result and nothing else.
        "READY USING INDEX recipient_ready",
        "FIRST_OFFERED USING INDEX incoming_offered",
        "OLDEST_UNDELIVERED USING COVERING INDEX recipient_undelivered",
        "NEXT_UNKNOWN USING COVERING INDEX recipient_unknown",
    ];
    // These sort their result, which is small.
    const SORTING: &[&str] = &["JOURNAL", "UNMATCHED"];

    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &StoreOptions::default()).unwrap();
    let connection = store.database.reader().unwrap();
    let mut slow = Vec::new();
    for (name, statement) in sql::ALL {
        let plan = plan(&connection, name, statement);
        let scan = plan
            .split("; ")
            .find(|step| step.starts_with("SCAN ") && *step != "SCAN each");
        let allowed = scan.is_none_or(|step| {
            WHOLE.iter().any(|rule| {
                rule.strip_prefix(name)
                    .is_some_and(|index| index.starts_with(' ') && step.contains(index))
            })
        });
        if !allowed || (plan.contains("TEMP B-TREE") && !SORTING.contains(name)) {
            slow.push(format!("{name}: {plan}"));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

#[test]
fn a_released_migration_is_never_edited() {
    let released = [
        "76447051da50dbe42bdfd1a218adfcd63b4f05f52f90e4ceb081d10f892cdfaf",
        "0d7ffd4c22e462f8dd0d508f3b520e28cd7d95eda49e39c1496715300be5ea8b",
    ];
    let now: Vec<String> = schema::MIGRATIONS
        .iter()
        .map(|text| hex(&sha256(text.as_bytes())))
        .collect();
    assert_eq!(now, released);
}
