//! Calls about queues: lists, packets, counts, acknowledgements.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::clock;
use super::super::fault::Random;
use super::super::refusal::{Cause, Refusal};
use super::super::route::Kind;
use super::super::store::{Delivery, QueueState};
use super::{Call, Stopped, failed};

impl Call<'_> {
    /// The kind that a call asks for; none is both.
    fn kind(&self) -> Result<Option<Kind>, Refusal> {
        match self.signed.get("messagetype").map(str::trim) {
            None | Some("") => Ok(None),
            Some(word) => [Kind::Document, Kind::Status]
                .into_iter()
                .find(|kind| kind.word().eq_ignore_ascii_case(word))
                .map(Some)
                .ok_or_else(|| Refusal::about(Cause::Parameter, "messagetype")),
        }
    }

    pub(super) fn received_list(&self) -> Result<Answer, Stopped> {
        let kind = self.kind()?;
        let directory = self.axis.store.directory();
        let deliveries = self.axis.store.listed(directory.of_system(self.system));
        let rows = deliveries
            .iter()
            .filter(|delivery| kind.is_none_or(|kind| kind == delivery.packet.kind))
            .map(received_row)
            .collect();
        self.listing(rows)
    }

    pub(super) fn sent_list(&self) -> Result<Answer, Stopped> {
        let kind = self.kind()?;
        let id = self.signed.get("docId").filter(|id| !id.is_empty());
        let deliveries = self.axis.store.sent(self.system, id);
        let rows = deliveries
            .iter()
            .filter(|delivery| kind.is_none_or(|kind| kind == delivery.packet.kind))
            .map(sent_row)
            .collect();
        self.listing(rows)
    }

    fn listing<T: Serialize + Clone>(&self, mut rows: Vec<T>) -> Result<Answer, Stopped> {
        if self.happening.duplicate {
            rows = rows
                .into_iter()
                .flat_map(|row| [row.clone(), row])
                .collect();
        }
        if let Some(seed) = self.happening.reorder {
            Random(seed).shuffle(&mut rows);
        }
        Answer::rows(&rows).map_err(failed)
    }

    pub(super) fn count(&self, name: &str) -> Result<Answer, Stopped> {
        // The SDK asks for `edoc` in both calls, so the name decides.
        let kind = if name == "countReceiveStatus" {
            Kind::Status
        } else {
            Kind::Document
        };
        let directory = self.axis.store.directory();
        let organs = directory.of_system(self.system);
        let count = self.axis.store.count(organs, kind);
        Ok(Answer::ok(json!({ "count": count })))
    }

    /// The delivery that a call names, if it is to an organ of the system.
    fn delivery(&self) -> Result<Delivery, Refusal> {
        let id = self.signed.get("docId").unwrap_or_default();
        let found = self.axis.store.delivery(id).ok_or(Cause::UnknownDocument)?;
        let directory = self.axis.store.directory();
        if directory.owner(&found.organ) != Some(self.system) {
            return Err(Cause::UnknownDocument.into());
        }
        Ok(found)
    }

    pub(super) fn packet(&self, in_json: bool) -> Result<Answer, Stopped> {
        let delivery = self.delivery()?;
        let file = self.axis.store.packet(&delivery).map_err(failed)?;
        Ok(Answer::packet(file, in_json))
    }

    pub(super) fn update_status(&self) -> Result<Answer, Stopped> {
        let delivery = self.delivery()?;
        let word = self.signed.get("status").unwrap_or_default();
        let state = QueueState::acknowledged(word)
            .ok_or_else(|| Refusal::about(Cause::Parameter, "status"))?;
        let advanced = self.axis.store.advance(&delivery.id, state);
        advanced.map_err(failed)?;
        Ok(Answer::ok(Value::Null))
    }
}

/// A row of `/getReceivedEdocList`.
#[derive(Clone, Serialize)]
struct Received<'d> {
    #[serde(rename = "docId")]
    doc_id: &'d str,
    #[serde(rename = "serviceType")]
    service_type: &'static str,
    #[serde(rename = "messageType")]
    message_type: &'static str,
    created_time: String,
    updated_time: String,
    from: &'d str,
    to: &'d str,
    status: &'static str,
    status_desc: &'static str,
}

fn received_row(delivery: &Delivery) -> Received<'_> {
    let packet = &delivery.packet;
    Received {
        doc_id: &delivery.id,
        service_type: "eDoc",
        message_type: packet.kind.word(),
        created_time: clock::vietnamese(packet.at),
        updated_time: clock::vietnamese(delivery.updated),
        from: &packet.from,
        to: &delivery.organ,
        status: delivery.state.word(),
        status_desc: delivery.state.word(),
    }
}

/// A row of `/getSentEdocList`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'d> {
    sender_doc_id: &'d str,
    receiver_doc_id: &'d str,
    from_code: &'d str,
    to_code: &'d str,
    /// Empty: the axis keeps no subject.
    title: &'static str,
    notation: &'d str,
    sent_time: String,
    received_time: String,
    send_status: &'static str,
    send_status_desc: &'static str,
    receive_status: &'static str,
    receive_status_desc: &'static str,
    service_type: &'static str,
    message_type: &'static str,
}

fn sent_row(delivery: &Delivery) -> Sent<'_> {
    let packet = &delivery.packet;
    let sent = QueueState::Done.word();
    Sent {
        sender_doc_id: &packet.id,
        receiver_doc_id: &delivery.id,
        from_code: &packet.from,
        to_code: &delivery.organ,
        title: "",
        notation: &packet.notation,
        sent_time: clock::vietnamese(packet.at),
        received_time: match delivery.state {
            QueueState::Initial => String::new(),
            _ => clock::vietnamese(delivery.updated),
        },
        send_status: sent,
        send_status_desc: sent,
        receive_status: delivery.state.word(),
        receive_status_desc: delivery.state.word(),
        service_type: "eDoc",
        message_type: packet.kind.word(),
    }
}
