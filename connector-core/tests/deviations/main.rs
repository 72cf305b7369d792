//! Every row of the table of known deviations, on a packet written for it: what
//! the model holds, and which finding says so, where, how gravely and in words.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod support;

mod answers;
mod attachments;
mod compared;
mod form;
mod header;
mod signature;
mod status;
mod targets;
mod values;

/// How many rows the table has.
const ROWS: u32 = 45;

#[test]
fn every_row_of_the_table_has_a_test() {
    let tests: Vec<(u32, &str)> = [
        answers::TESTS,
        attachments::TESTS,
        compared::TESTS,
        form::TESTS,
        header::TESTS,
        signature::TESTS,
        status::TESTS,
        targets::TESTS,
        values::TESTS,
    ]
    .concat();
    let missing: Vec<u32> = (1..=ROWS)
        .filter(|row| !tests.iter().any(|(tested, _)| tested == row))
        .collect();
    assert!(missing.is_empty(), "rows without a test: {missing:?}");
    for (row, name) in tests {
        assert!((1..=ROWS).contains(&row), "{name}: there is no row {row}");
        assert!(name.starts_with(&format!("row_{row:02}_")), "{name}");
    }
}
