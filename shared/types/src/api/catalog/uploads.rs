//! Files on their way from a browser to the chain's bucket.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, UploadPurpose};

bodies! {
    /// A file that somebody wants to upload.
    UploadAsk {
        /// What for.
        purpose: UploadPurpose,
        /// Its content type, as the browser says: it is looked at again when the file is there.
        content_type: String,
        /// Its bytes.
        bytes: u32,
    }

    /// A field of the form with which the file is sent.
    UploadField {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    }

    /// Where the file may be sent to, once or more often, until the form ends: a `multipart/form-data` POST of these fields in this order, and
    /// after them the file as `file`.
    UploadForm {
        /// Names the upload when it is done.
        upload: String,
        /// Where to.
        url: String,
        /// The fields.
        fields: Vec<UploadField>,
        /// The most bytes that are taken.
        most: u32,
        /// Until when.
        until: Timestamp,
    }

    /// The file was sent.
    UploadSent {
        /// Which upload.
        upload: String,
        /// What for.
        purpose: UploadPurpose,
    }

    /// A file that was looked at and is kept.
    Uploaded {
        /// Its address: of a picture where everybody finds it, of a document the name under which a form keeps it.
        file: String,
        /// Its content type, by what is in it.
        content_type: String,
        /// Its bytes.
        bytes: u32,
        /// Pixels across; 0 of a document without.
        width: u32,
        /// Pixels down.
        height: u32,
    }
}
