//! A report's stage in its first line.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use super::id;
use crate::report::Stage;

/// The moment, and what is known of it.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct StageLine {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remote: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merging: Option<bool>,
}

impl StageLine {
    pub(super) fn of(stage: &Stage) -> StageLine {
        let name = match stage {
            Stage::Staged { .. } => "staged",
            Stage::Message => "message",
            Stage::Push { .. } => "push",
            Stage::Range { .. } => "range",
            Stage::History { .. } => "history",
            Stage::Receive => "receive",
            Stage::Files => "files",
            Stage::Image => "image",
        };
        let mut line = StageLine { name: name.to_owned(), ..StageLine::default() };
        match stage {
            Stage::Staged { first, merging } => {
                (line.first, line.merging) = (Some(*first), Some(*merging));
            }
            Stage::Push { remote, .. } => line.remote = Some(remote.clone()),
            _ => {}
        }
        if let Stage::Push { head, .. } | Stage::Range { head } | Stage::History { head } = stage {
            line.head = head.map(|head| head.to_string());
        }
        line
    }

    pub(super) fn stage(self) -> Result<Stage> {
        let head = id(self.head)?;
        Ok(match self.name.as_str() {
            "staged" => Stage::Staged {
                first: self.first.unwrap_or_default(),
                merging: self.merging.unwrap_or_default(),
            },
            "message" => Stage::Message,
            "push" => Stage::Push { remote: self.remote.unwrap_or_default(), head },
            "range" => Stage::Range { head },
            "history" => Stage::History { head },
            "receive" => Stage::Receive,
            "files" => Stage::Files,
            "image" => Stage::Image,
            _ => bail!("a stage of this name is not known here"),
        })
    }
}
