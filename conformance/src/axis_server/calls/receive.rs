//! Calls about queues: lists, packets, counts, acknowledgements.

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
        Ok(self.listing(rows))
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
        Ok(self.listing(rows))
    }

    fn listing(&self, mut rows: Vec<Value>) -> Answer {
        if self.happening.duplicate {
            rows = rows
                .into_iter()
                .flat_map(|row| [row.clone(), row])
                .collect();
        }
        if let Some(seed) = self.happening.reorder {
            Random(seed).shuffle(&mut rows);
        }
        Answer::ok(json!({ "data": rows }))
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
        Answer::packet(file, in_json).map_err(failed)
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

fn received_row(delivery: &Delivery) -> Value {
    let packet = &delivery.packet;
    json!({
        "docId": delivery.id,
        "serviceType": "eDoc",
        "messageType": packet.kind.word(),
        "created_time": clock::vietnamese(packet.at),
        "updated_time": clock::vietnamese(delivery.updated),
        "from": packet.from,
        "to": delivery.organ,
        "status": delivery.state.word(),
        "status_desc": delivery.state.word(),
    })
}

/// `title` stays empty: the axis keeps no subject.
fn sent_row(delivery: &Delivery) -> Value {
    let packet = &delivery.packet;
    let received = match delivery.state {
        QueueState::Initial => String::new(),
        _ => clock::vietnamese(delivery.updated),
    };
    json!({
        "senderDocId": packet.id,
        "receiverDocId": delivery.id,
        "fromCode": packet.from,
        "toCode": delivery.organ,
        "title": "",
        "notation": packet.notation,
        "sentTime": clock::vietnamese(packet.at),
        "receivedTime": received,
        "sendStatus": "done",
        "sendStatusDesc": "done",
        "receiveStatus": delivery.state.word(),
        "receiveStatusDesc": delivery.state.word(),
        "serviceType": "eDoc",
        "messageType": packet.kind.word(),
    })
}
