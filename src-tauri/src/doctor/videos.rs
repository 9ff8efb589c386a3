//! Tries the programs that read and write videos, and looks for what plays them in the window.

use super::devices::has_plugin;
use super::{Finding, FindingCode as Code, FindingSubject as Subject};
use crate::videos;
use video::VideoError;

/// Whether videos can be read here and played in the window.
pub(super) fn programs() -> Finding {
    let tools = match videos::tools() {
        Ok(tools) => tools,
        Err(error @ VideoError::ToolsMissing { .. }) => {
            return Finding::failed(Subject::Video, Code::VideoToolsMissing, &error);
        }
        Err(error) => return Finding::failed(Subject::Video, Code::VideoToolsFailed, &error),
    };
    // WebKitGTK plays with GStreamer; most videos are H.264, which this part of it decodes.
    if cfg!(target_os = "linux") && !has_plugin("libav") && !has_plugin("openh264") {
        return Finding::warning(Subject::Video, Code::VideoCodecMissing, &"");
    }
    Finding::works(Subject::Video, tools.version().to_owned())
}
