//! From the flags of `castor ask` to what is asked of the answer and of the files.

use super::{DetailName, Exit, OptionArguments, ThinkingName};
use conversation::{AnswerOptions, Detail, FileView, ThinkingLevel};

/// The API looks at no more than this.
const MOST_FRAMES_A_SECOND: f64 = 24.0;

/// How the answer is to be made.
pub(super) fn answer(arguments: &OptionArguments) -> Result<AnswerOptions, (Exit, String)> {
    let schema = match &arguments.schema {
        None => None,
        Some(path) => {
            let told = |error: &dyn std::error::Error| (Exit::File, format!("{}: {error}", path.display()));
            let text = std::fs::read_to_string(path).map_err(|error| told(&error))?;
            ask::check_schema(&text).map_err(|error| told(&error))?;
            Some(text)
        }
    };
    Ok(AnswerOptions {
        thinking: arguments.thinking.map(|level| match level {
            ThinkingName::Minimal => ThinkingLevel::Minimal,
            ThinkingName::Low => ThinkingLevel::Low,
            ThinkingName::Medium => ThinkingLevel::Medium,
            ThinkingName::High => ThinkingLevel::High,
        }),
        search: arguments.search,
        read_links: arguments.links,
        run_code: arguments.code,
        schema,
    })
}

/// How the files are looked at.
pub(super) fn view(arguments: &OptionArguments) -> Result<FileView, (Exit, String)> {
    let view = FileView {
        detail: arguments.detail.map(|detail| match detail {
            DetailName::Low => Detail::Low,
            DetailName::Medium => Detail::Medium,
            DetailName::High => Detail::High,
            DetailName::UltraHigh => Detail::UltraHigh,
        }),
        start_ms: arguments.from.map(|seconds| thousandths(seconds, "--from")).transpose()?,
        end_ms: arguments.to.map(|seconds| thousandths(seconds, "--to")).transpose()?,
        frames_per_1000_s: arguments.fps.map(|frames| thousandths(frames, "--fps")).transpose()?,
    };
    if view.start_ms.zip(view.end_ms).is_some_and(|(start, end)| start >= end) {
        return Err((Exit::Failed, "--to must come after --from".into()));
    }
    if arguments.fps.is_some_and(|frames| frames <= 0.0 || frames > MOST_FRAMES_A_SECOND) {
        return Err((Exit::Failed, format!("--fps is above 0 and at most {MOST_FRAMES_A_SECOND}")));
    }
    Ok(view)
}

fn thousandths(number: f64, flag: &str) -> Result<u32, (Exit, String)> {
    let thousandths = number * 1000.0;
    if (0.0..=f64::from(u32::MAX)).contains(&thousandths) {
        Ok(thousandths.round() as u32)
    } else {
        Err((Exit::Failed, format!("{flag} {number} is out of range")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> OptionArguments {
        OptionArguments {
            thinking: None,
            search: false,
            links: false,
            code: false,
            schema: None,
            detail: None,
            from: None,
            to: None,
            fps: None,
        }
    }

    #[test]
    fn seconds_become_milliseconds_and_nonsense_is_refused() {
        let view = |from, to, fps| super::view(&OptionArguments { from, to, fps, ..arguments() });
        let good = view(Some(1.5), Some(90.0), Some(0.5)).unwrap();
        assert_eq!(
            (good.start_ms, good.end_ms, good.frames_per_1000_s),
            (Some(1500), Some(90_000), Some(500))
        );
        for (from, to, fps) in [
            (Some(-1.0), None, None),
            (Some(f64::NAN), None, None),
            (None, Some(1e12), None),
            (Some(5.0), Some(5.0), None),
            (None, None, Some(0.0)),
            (None, None, Some(25.0)),
        ] {
            assert!(view(from, to, fps).is_err(), "{from:?} {to:?} {fps:?}");
        }
    }
}
