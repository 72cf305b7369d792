//! The contract of a store, held by SQLite; what only SQLite's store does; and
//! stores in several processes.
// A failure of a test is a panic. The modules are shared with nobody.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unreachable_pub
)]

mod contract;
mod processes;
mod rows;
mod sqlite;

use lienthong::exchange::Store;
use lienthong::store::{SqliteStore, StoreOptions};

macro_rules! held_by_sqlite {
    ($($name:ident)*) => {
        mod contract_of_sqlite {
            $(#[test]
            fn $name() {
                let folder = tempfile::tempdir().unwrap();
                crate::contract::$name(&|| {
                    let options = super::StoreOptions::default();
                    let store = super::SqliteStore::open(folder.path(), &options).unwrap();
                    Box::new(store) as Box<dyn super::Store>
                });
            })*
        }

        /// No function of the contract is forgotten above.
        #[test]
        fn the_whole_contract_is_held() {
            let listed = [$(stringify!($name)),*];
            let written: Vec<&str> = include_str!("contract.rs")
                .lines()
                .filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next())
                .collect();
            assert_eq!(written, listed);
        }
    };
}

held_by_sqlite! {
    rows_come_back_as_they_were_saved
    a_row_that_is_not_there_cannot_be_saved
    ids_are_never_given_twice
    deleted_bytes_are_named_by_no_row
    packets_of_ours_are_found_by_id_by_code_and_by_what_they_are_about
    the_ready_are_queued_unblocked_and_by_rank_then_id
    a_recipient_is_promoted_when_due_or_too_far_off
    the_next_due_is_the_earliest_queued_or_unknown
    unknown_ones_come_when_due_those_without_time_first
    those_being_sent_and_those_of_a_packet_are_listed
    a_block_is_lifted_off_all_that_wait_for_it
    ids_of_the_axis_are_known
    an_axis_id_arrives_once
    the_oldest_undelivered_counts_by_the_time_of_its_packet
    silence_is_told_by_organ
    not_finished_are_those_received_and_left
    packets_to_purge_are_old_and_at_their_end
    arrivals_are_listed_by_what_is_to_be_done
    arrivals_to_purge_are_done_with_and_do_not_share_their_bytes
    packets_that_came_are_found_by_id_by_code_and_by_what_they_are_about
    shown_next_is_the_smallest_rank_offered_or_with_its_lease_over
    the_inbox_is_purged_of_what_is_decided_and_answered
    statuses_are_known_by_meaning_and_unmatched_ones_found_by_either_organ
    the_journal_tells_of_a_packet_of_events_and_is_purged
    values_and_codes_are_remembered
    new_codes_bring_the_senders_of_what_came_up_to_date
    every_word_of_every_list_can_be_stored
    counts_are_by_table_and_state
    only_old_rows_that_nothing_names_are_forgotten
    a_failed_work_leaves_nothing_and_its_error_comes_back
    a_failed_or_panicking_work_takes_no_neighbour_with_it
    a_commit_is_seen_by_readers_and_other_handles_at_once
    a_read_sees_one_state
    a_read_cannot_write
    a_waiter_is_woken_by_a_commit_of_any_handle_and_by_wake
    a_change_between_looking_and_waiting_is_not_missed
    waiting_ends_with_its_time
    bytes_of_any_length_are_stored_and_read
}
