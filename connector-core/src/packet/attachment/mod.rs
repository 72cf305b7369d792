//! Attachments: base64, ZIP wrapping, type detection, safe names.
