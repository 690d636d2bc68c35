//! A queue's attributes: defaults, limits, and the redrive policy.
//!
//! Units and limits are those of the SQS API reference (`SetQueueAttributes`). Nothing here touches the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fault::{Code, Refusal};

/// The account in every URL and ARN.
pub(crate) const ACCOUNT: &str = "000000000000";

/// Attributes that are kept and given back, but change nothing on one machine.
const INERT: [&str; 4] = ["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];

/// Attributes that can be asked for and not set.
pub(crate) const COMPUTED: [&str; 6] = [
    "QueueArn",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
];

/// Attributes that can be set.
const SETTABLE: [&str; 7] = [
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
    "RedrivePolicy",
    "RedriveAllowPolicy",
];

/// A map of names to texts, the form that attributes and tags have on the wire.
pub(crate) type TextMap = BTreeMap<String, String>;

/// The ARN of a queue. The region is a fixed word: one machine has one.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{name}")
}

/// The queue's name in an ARN of any partition and region.
pub(crate) fn name_in_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("arn"), Some(_), Some("sqs"), Some(_), Some(_), Some(name), None) if !name.is_empty() => Some(name),
        _ => None,
    }
}

/// When a message is given up, and where it goes then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redrive {
    /// The dead-letter queue's ARN, as it was given.
    pub(crate) target: String,
    /// Receives after which the next one moves the message; 1 to 1,000.
    pub(crate) max_receives: u32,
}

impl Redrive {
    fn read(text: &str) -> Result<Option<Self>, Refusal> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Policy {
            dead_letter_target_arn: String,
            max_receive_count: serde_json::Value,
        }
        if text.is_empty() {
            return Ok(None);
        }
        let bad = |reason: &str| invalid("RedrivePolicy", text, reason);
        let policy: Policy = serde_json::from_str(text).map_err(|_| bad("Must be JSON with deadLetterTargetArn and maxReceiveCount"))?;
        // Consoles and templates write the number as a text; AWS takes both.
        let max_receives = match &policy.max_receive_count {
            serde_json::Value::Number(number) => number.as_u64(),
            serde_json::Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let max_receives = max_receives
            .filter(|count| (1..=1000).contains(count))
            .and_then(|count| u32::try_from(count).ok())
            .ok_or_else(|| bad("Invalid value for maxReceiveCount: must be between 1 and 1000"))?;
        if name_in_arn(&policy.dead_letter_target_arn).is_none() {
            return Err(bad("Invalid value for deadLetterTargetArn"));
        }
        Ok(Some(Self { target: policy.dead_letter_target_arn, max_receives }))
    }

    fn text(&self) -> String {
        serde_json::json!({ "deadLetterTargetArn": self.target, "maxReceiveCount": self.max_receives }).to_string()
    }

    /// The dead-letter queue's name.
    pub(crate) fn target_name(&self) -> &str {
        name_in_arn(&self.target).unwrap_or_default()
    }
}

/// Who may name this queue as a dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedriveAllow {
    redrive_permission: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    source_queue_arns: Vec<String>,
}

impl RedriveAllow {
    fn read(text: &str) -> Result<Option<Self>, Refusal> {
        if text.is_empty() {
            return Ok(None);
        }
        let bad = |reason: &str| invalid("RedriveAllowPolicy", text, reason);
        let policy: Self = serde_json::from_str(text).map_err(|_| bad("Must be JSON with redrivePermission"))?;
        match (policy.redrive_permission.as_str(), policy.source_queue_arns.len()) {
            ("allowAll" | "denyAll", 0) | ("byQueue", 1..=10) => Ok(Some(policy)),
            _ => Err(bad("redrivePermission must be allowAll, denyAll, or byQueue with 1 to 10 sourceQueueArns")),
        }
    }

    /// May the queue of this name use us as its dead-letter queue?
    pub(crate) fn allows(&self, source: &str) -> bool {
        match self.redrive_permission.as_str() {
            "allowAll" => true,
            "byQueue" => self.source_queue_arns.iter().any(|arn| name_in_arn(arn) == Some(source)),
            _ => false,
        }
    }
}

/// What a queue is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// Seconds before a new message can be received; 0 to 900.
    pub(crate) delay: u32,
    /// Bytes of a body with its attributes; 1 KiB to 1 MiB.
    pub(crate) max_bytes: u32,
    /// Seconds that a message is kept; 60 to 1,209,600.
    pub(crate) retention: u32,
    /// Seconds that a receive waits when it does not say; 0 to 20.
    pub(crate) wait: u32,
    /// Seconds that a received message is hidden; 0 to 43,200.
    pub(crate) visibility: u32,
    /// When a message is given up.
    pub(crate) redrive: Option<Redrive>,
    /// Who may give up messages to this queue.
    pub(crate) redrive_allow: Option<RedriveAllow>,
    /// Kept and given back without effect.
    inert: TextMap,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            delay: 0,
            max_bytes: 1024 * 1024,
            retention: 345_600,
            wait: 0,
            visibility: 30,
            redrive: None,
            redrive_allow: None,
            inert: TextMap::new(),
        }
    }
}

impl Attributes {
    /// These attributes with the given ones over them. That the dead-letter queue exists is the store's check.
    pub(crate) fn with(&self, given: &TextMap) -> Result<Self, Refusal> {
        let mut next = self.clone();
        for (name, value) in given {
            match name.as_str() {
                "DelaySeconds" => next.delay = number(name, value, 0, 900)?,
                "MaximumMessageSize" => next.max_bytes = number(name, value, 1024, 1024 * 1024)?,
                "MessageRetentionPeriod" => next.retention = number(name, value, 60, 1_209_600)?,
                "ReceiveMessageWaitTimeSeconds" => next.wait = number(name, value, 0, 20)?,
                "VisibilityTimeout" => next.visibility = number(name, value, 0, 43_200)?,
                "RedrivePolicy" => next.redrive = Redrive::read(value)?,
                "RedriveAllowPolicy" => next.redrive_allow = RedriveAllow::read(value)?,
                "FifoQueue" if value == "true" => {
                    return Err(Refusal::new(Code::UnsupportedOperation, "This endpoint has standard queues only."));
                }
                inert if INERT.contains(&inert) => {
                    if value.is_empty() {
                        next.inert.remove(inert);
                    } else {
                        next.inert.insert(inert.to_owned(), value.clone());
                    }
                }
                _ => return Err(Refusal::new(Code::InvalidAttributeName, format!("Unknown Attribute {name}."))),
            }
        }
        Ok(next)
    }

    /// The form on the wire, which is also the form in the file.
    pub(crate) fn texts(&self) -> TextMap {
        let mut texts = self.inert.clone();
        let numbers = [
            ("DelaySeconds", self.delay),
            ("MaximumMessageSize", self.max_bytes),
            ("MessageRetentionPeriod", self.retention),
            ("ReceiveMessageWaitTimeSeconds", self.wait),
            ("VisibilityTimeout", self.visibility),
        ];
        texts.extend(numbers.map(|(name, value)| (name.to_owned(), value.to_string())));
        if let Some(redrive) = &self.redrive {
            texts.insert("RedrivePolicy".to_owned(), redrive.text());
        }
        if let Some(Ok(text)) = self.redrive_allow.as_ref().map(serde_json::to_string) {
            texts.insert("RedriveAllowPolicy".to_owned(), text);
        }
        texts
    }
}

/// Is this the name of an attribute that can be asked for?
pub(crate) fn is_known(name: &str) -> bool {
    name == "All" || COMPUTED.contains(&name) || SETTABLE.contains(&name) || INERT.contains(&name)
}

fn invalid(name: &str, value: &str, reason: &str) -> Refusal {
    Refusal::new(Code::InvalidAttributeValue, format!("Value {value} for parameter {name} is invalid. Reason: {reason}."))
}

fn number(name: &str, value: &str, least: u32, most: u32) -> Result<u32, Refusal> {
    value
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| invalid(name, value, &format!("Must be an integer from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> TextMap {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn given_limits_when_values_are_outside_then_they_are_refused() {
        for (name, bad) in [
            ("DelaySeconds", "901"),
            ("MaximumMessageSize", "1048577"),
            ("MessageRetentionPeriod", "59"),
            ("MessageRetentionPeriod", "1209601"),
            ("ReceiveMessageWaitTimeSeconds", "21"),
            ("VisibilityTimeout", "43201"),
            ("VisibilityTimeout", "-1"),
            ("RedrivePolicy", r#"{"deadLetterTargetArn":"arn:aws:sqs:x:0:dlq","maxReceiveCount":0}"#),
            ("RedriveAllowPolicy", r#"{"redrivePermission":"byQueue"}"#),
        ] {
            let refused = Attributes::default().with(&given(&[(name, bad)])).expect_err(bad);
            assert_eq!(refused.code, Code::InvalidAttributeValue, "{name}={bad}");
        }
        let refused = Attributes::default().with(&given(&[("Colour", "red")])).expect_err("unknown");
        assert_eq!(refused.code, Code::InvalidAttributeName);
    }

    #[test]
    fn given_attributes_when_written_and_read_then_they_are_the_same() {
        let some = given(&[
            ("VisibilityTimeout", "7"),
            ("Policy", "{}"),
            ("RedrivePolicy", r#"{"deadLetterTargetArn":"arn:aws-cn:sqs:cn-north-1:1:dlq","maxReceiveCount":"3"}"#),
            ("RedriveAllowPolicy", r#"{"redrivePermission":"denyAll"}"#),
        ]);
        let once = Attributes::default().with(&some).expect("valid");
        assert_eq!(Attributes::default().with(&once.texts()).expect("valid"), once);
        assert_eq!(once.redrive.as_ref().map(Redrive::target_name), Some("dlq"));
    }
}
