//! The rows of an axis's lists. Fields that are absent are `None`: not every
//! axis sends every field. `Debug` shows ids and organs only, since titles,
//! names and addresses stand in the others.

use std::fmt;

use super::answer::Value;

macro_rules! rows {
    ($($(#[$about:meta])* $row:ident {
        $($(#[$key_about:meta])* $key:ident = $key_wire:literal,)*
        ; $($(#[$field_about:meta])* $field:ident = $wire:literal,)*
    })*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, serde::Serialize)]
        #[non_exhaustive]
        pub struct $row {
            $($(#[$key_about])* pub $key: String,)*
            $($(#[$field_about])* pub $field: Option<String>,)*
        }

        impl $row {
            /// `None` where the row is not what the profile promises.
            pub(super) fn read(value: &Value) -> Option<Self> {
                Some($row {
                    $($key: value.get($key_wire)?.text().filter(|text| !text.is_empty())?.to_owned(),)*
                    $($field: text(value, $wire)?,)*
                })
            }
        }

        impl fmt::Debug for $row {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($row))
                    $(.field(stringify!($key), &self.$key))*
                    .finish_non_exhaustive()
            }
        }
    )*};
}

/// The outer `None` is a list or an object in the place of a text. A list of
/// texts, as `to` may be, is joined with commas.
fn text(row: &Value, key: &str) -> Option<Option<String>> {
    match row.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(Value::Text(text)) => Some(Some(text.clone())),
        Some(Value::List(values)) => {
            let texts: Option<Vec<_>> = values.iter().map(Value::text).collect();
            Some(Some(texts?.join(",")))
        }
        Some(Value::Object(_)) => None,
    }
}

rows! {
    /// A packet that waits in the queue (`/getReceivedEdocList`).
    ReceivedRow {
        /// The axis's id, to fetch and to acknowledge it by. Opaque.
        doc_id = "docId",;
        /// Always `eDoc` so far.
        service_type = "serviceType",
        /// `edoc` or `status`; the content decides.
        message_type = "messageType",
        /// When it came to the axis, as the axis writes it.
        created = "created_time",
        /// When its state changed, as the axis writes it.
        updated = "updated_time",
        /// The sender's organ id.
        from = "from",
        /// The recipients' organ ids, commas between several.
        to = "to",
        /// `initial` or `processing`.
        status = "status",
        /// The same in words.
        status_description = "status_desc",
    }
    /// What became of a packet at one recipient (`/getSentEdocList`).
    SentRow {
        /// The axis's id of what was sent.
        sender_doc_id = "senderDocId",;
        /// The axis's id in the receiver's queue.
        receiver_doc_id = "receiverDocId",
        /// The sender's organ id.
        from_code = "fromCode",
        /// The recipient's organ id.
        to_code = "toCode",
        /// The document's subject. Never to be logged.
        title = "title",
        /// The document's notation.
        notation = "notation",
        /// When it was sent, as the axis writes it.
        sent = "sentTime",
        /// When it was fetched, as the axis writes it.
        received = "receivedTime",
        /// State of the sending.
        send_status = "sendStatus",
        /// The same in words.
        send_status_description = "sendStatusDesc",
        /// State at the receiver.
        receive_status = "receiveStatus",
        /// The same in words.
        receive_status_description = "receiveStatusDesc",
        /// Always `eDoc` so far.
        service_type = "serviceType",
        /// `edoc` or `status`.
        message_type = "messageType",
    }
    /// An agency of the axis's directory (`/getAgenciesList`).
    Agency {
        /// The organ id.
        code = "code",;
        /// The row's number in the directory.
        id = "id",
        /// The row's number of the agency above.
        parent_id = "pid",
        /// Name.
        name = "name",
        /// Mail address.
        mail = "mail",
        /// The organ id before Decision 20/2020.
        old_code = "oldCode",
    }
    /// An agency with its code of Decision 20/2020 (`/getAgenciesListQD20`).
    AgencyQd20 {
        /// The organ id.
        code = "code",;
        /// The row's number in the directory.
        id = "id",
        /// Name.
        name = "name",
        /// Mail address.
        mail = "mail",
        /// The organ id by QCVN 102.
        code_102 = "code102",
    }
    /// A unit of the directory with its changes (`/getSynchronizeUnit`).
    Unit {
        /// The organ id.
        code = "code",;
        /// The row's number in the directory.
        id = "id",
        /// The row's number of the unit above.
        parent_id = "pid",
        /// Name.
        name = "name",
        /// Mail address.
        mail = "mail",
        /// The code of the connection system that serves the unit.
        center_code = "centerCode",
        /// The version of the row.
        version = "version",
        /// Whether the unit was deleted, as the axis writes it.
        deleted = "deleted",
        /// When the row was changed, as the axis writes it.
        modified = "modifyDate",
        /// Whether it is an agency, as the axis writes it.
        is_agency = "isAgency",
    }
}

/// An agency to be registered with the axis (`/registerAgency`).
#[derive(Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewAgency {
    /// The row's number; empty for a new one (observed).
    pub id: String,
    /// The code of the agency above.
    pub parent_code: String,
    /// The organ id.
    pub code: String,
    /// Name.
    pub name: String,
    /// Mail address; may be empty.
    pub mail: String,
    /// Mobile telephone number; left out where it is `None`.
    pub mobile: Option<String>,
    /// Fax number; left out where it is `None`.
    pub fax: Option<String>,
}

impl fmt::Debug for NewAgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAgency")
            .field("code", &self.code)
            .field("parent_code", &self.parent_code)
            .finish_non_exhaustive()
    }
}
