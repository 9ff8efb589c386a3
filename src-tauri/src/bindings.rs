//! The bridge between the window and Rust, typed on both sides: the TypeScript in `ui/src/lib/backend/bindings.ts` is
//! generated from the commands below.

use crate::cameras::CameraOptions;
use crate::commands;
use crate::window::arrivals::AttachmentEvent;
use crate::window::shell_event::ShellEvent;
use tauri::ipc::Invoke;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

/// All commands and events.
pub fn bridge() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            commands::start::start,
            commands::start::ready,
            commands::conversations::conversations,
            commands::conversations::open_conversation,
            commands::conversations::rename_conversation,
            commands::conversations::delete_conversation,
            commands::conversations::show_branch,
            commands::conversations::set_local_only,
            commands::conversations::conversation_spending,
            commands::attachments::pick_files,
            commands::attachments::paste,
            commands::attachments::remove_attachment,
            commands::attachments::attachment_text,
            commands::attachments::redact_picture,
            commands::ask::ask,
            commands::ask::preview,
            commands::ask::find_secrets,
            commands::ask::schema_problem,
            commands::ask::stop,
            commands::models::models,
            commands::models::fetch_model,
            commands::models::cancel_fetch,
            commands::models::delete_model,
            commands::models::recognisers,
            commands::models::model_licences,
            commands::reading::read_picture,
            commands::reading::stop_reading,
            commands::voice::microphones,
            commands::voice::record,
            commands::voice::stop_recording,
            commands::voice::cancel_recording,
            commands::voice::play_sound,
            commands::voice::stop_playing,
            commands::sounds::sound_shape,
            commands::sounds::transcript,
            commands::sounds::transcribe,
            commands::sounds::stop_transcribing,
            commands::sounds::edit_transcript,
            commands::sounds::export_transcript,
            commands::sounds::speech_recognisers,
            commands::speaking::spoken_voices,
            commands::speaking::speak_answer,
            commands::speaking::stop_speaking,
            commands::speaking::try_voice,
            commands::camera::cameras,
            commands::camera::close_camera,
            commands::camera::record_clip,
            commands::camera::stop_clip,
            commands::camera::cancel_clip,
            commands::videos::video_info,
            commands::videos::media_address,
            commands::screen::screen_sources,
            commands::screen::capture_screen,
            commands::screen::watch_screen,
            commands::screen::unwatch_screen,
            commands::screen::keep_screen_clip,
            commands::screen::capture_region,
            commands::screen::choose_region,
            commands::screen::cancel_region,
            commands::quick::show_quick,
            commands::quick::hide_quick,
            commands::quick::open_in_main,
            commands::quick::shortcut_states,
            commands::self_test::self_test,
            commands::self_test::play_test_sound,
            commands::settings::save_settings,
            commands::settings::spending,
            commands::settings::key_status,
            commands::settings::check_key,
            commands::settings::save_key,
            commands::settings::unlock_key,
            commands::settings::forget_key,
            commands::settings::copy_text,
            commands::settings::open_link,
            commands::settings::open_data_folder,
            commands::settings::set_title,
            commands::settings::quit,
        ])
        .events(collect_events![AttachmentEvent, ShellEvent])
        // Goes with a command below.
        .typ::<CameraOptions>()
        .error_handling(ErrorHandlingMode::Throw)
        // What goes in and what comes out has one shape here, and no number passes 2^53: sizes and milliseconds.
        .disable_serde_phases()
        .dangerously_cast_bigints_to_number()
}

/// Answers all commands: those above, and the few whose arguments or results are bytes, which have no type to export.
pub fn handler(bridge: &Builder<tauri::Wry>) -> impl Fn(Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    let typed = bridge.invoke_handler();
    let bytes: Box<dyn Fn(Invoke<tauri::Wry>) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
        commands::camera::keep_picture,
        commands::camera::clip_frame,
        commands::camera::open_camera,
        commands::screen::screen_preview,
        commands::screen::region_shot,
    ]);
    move |invoke| match invoke.message.command() {
        "keep_picture" | "clip_frame" | "open_camera" | "screen_preview" | "region_shot" => bytes(invoke),
        _ => typed(invoke),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use specta_typescript::Typescript;
    use std::path::Path;

    fn export(path: &Path) {
        let header = "// Generated from src-tauri/src/bindings.rs. Do not edit.\n/* eslint-disable */\n";
        bridge().export(Typescript::default().header(header), path).unwrap();
    }

    /// `CASTOR_WRITE_BINDINGS=1 cargo test -p castor bindings` writes the file instead of comparing it.
    #[test]
    fn the_committed_bindings_are_current() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/lib/backend/bindings.ts");
        if std::env::var_os("CASTOR_WRITE_BINDINGS").is_some() {
            export(&committed);
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        export(&fresh);
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        assert!(
            read(&fresh) == read(&committed),
            "ui/src/lib/backend/bindings.ts is stale: run `make bindings` and commit it"
        );
    }
}
