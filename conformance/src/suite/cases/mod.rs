//! The cases, a file or more for each chapter.

mod attachment;
mod attachment_received;
mod axis_guard;
mod axis_receive;
mod axis_send;
mod backup;
mod change_asked;
mod change_decided;
mod change_received;
mod change_steps;
mod change_updated;
mod directive;
mod directory;
mod duplicate;
mod hostile;
mod hostile_files;
mod outage_again;
mod outage_cut;
mod outage_refused;
mod packet;
mod packet_sent;
mod packet_values;
mod privacy;
mod receive;
mod receive_arrival;
mod receive_odd;
mod receive_odd_about;
mod send;
mod send_allowed;
mod send_document;
mod signature_made;
mod signature_read;
mod signature_steps;
mod signature_trust;
mod status_received;
mod status_sent;
mod steps;
mod traffic;
mod transport;
mod volume;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        packet::CASES,
        packet_values::CASES,
        packet_sent::CASES,
        attachment::CASES,
        attachment_received::CASES,
        directory::CASES,
        send::CASES,
        send_document::CASES,
        send_allowed::CASES,
        axis_send::CASES,
        axis_guard::CASES,
        receive::CASES,
        receive_arrival::CASES,
        receive_odd::CASES,
        receive_odd_about::CASES,
        axis_receive::CASES,
        duplicate::CASES,
        status_sent::CASES,
        status_received::CASES,
        change_asked::CASES,
        change_received::CASES,
        change_decided::CASES,
        change_updated::CASES,
        directive::CASES,
        signature_read::CASES,
        signature_trust::CASES,
        signature_made::CASES,
        outage_refused::CASES,
        outage_cut::CASES,
        outage_again::CASES,
        backup::CASES,
        hostile::CASES,
        hostile_files::CASES,
        transport::CASES,
        volume::CASES,
        privacy::CASES,
    ]
    .into_iter()
    .flatten()
}
