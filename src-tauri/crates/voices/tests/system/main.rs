//! The system's voices with a Speech Dispatcher and a sound server of the test's own, in real time.

#![cfg(target_os = "linux")]

#[cfg(test)]
mod listener;

#[cfg(test)]
mod tests {
    use crate::listener::Listener;
    use std::ffi::OsString;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::Command;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};
    use tempfile::TempDir;
    use test_support::again::{Again, is_inside};
    use test_support::microphone::{FakeMicrophone, Shape};
    use voices::{Spoken, SpokenLanguage, SystemVoices, VoiceError};

    /// A folder for the sockets and files of one Speech Dispatcher; what runs in it ends with it.
    struct Session(TempDir);

    impl Session {
        fn new() -> Self {
            let folder = tempfile::Builder::new().prefix("castor-voices-").tempdir().unwrap();
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
            Self(folder)
        }

        fn environment(&self) -> Vec<(OsString, OsString)> {
            let folder = self.0.path();
            let names = ["XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME", "TMPDIR"];
            let mut environment: Vec<_> = names.iter().map(|name| (name.into(), folder.into())).collect();
            environment.push(("SPEECHD_ADDRESS".into(), "unix_socket".into()));
            environment
        }
    }

    impl Drop for Session {
        fn drop(&mut self) {
            kill_all_of(self.0.path());
        }
    }

    /// Kills Speech Dispatcher and its modules, known by the folder in their environment.
    fn kill_all_of(folder: &Path) {
        let mark = format!("XDG_RUNTIME_DIR={}", folder.display());
        let own = std::process::id().to_string();
        for process in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
            let name = process.file_name().into_string().unwrap_or_default();
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let is_of_it = environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes());
            if is_of_it && name != own && name.parse::<u32>().is_ok() {
                Command::new("kill").args(["-KILL", &name]).status().unwrap();
            }
        }
    }

    fn run(test: &str) {
        let microphone = FakeMicrophone::start(Shape::default()).unwrap();
        let session = Session::new();
        let environment = [microphone.environment(), session.environment()].concat();
        Again::start(test, environment).unwrap().passed().unwrap();
    }

    fn speak(voices: &SystemVoices, text: &str, speed: f32) -> (Spoken, Duration) {
        let begun = Instant::now();
        let spoken = voices.speak(text, None, SpokenLanguage::English, speed, &|| false).unwrap();
        (spoken, begun.elapsed())
    }

    #[test]
    fn what_is_spoken_is_heard_and_stops_at_once() {
        if !is_inside() {
            return run("tests::what_is_spoken_is_heard_and_stops_at_once");
        }
        let voices = SystemVoices::connect().unwrap();
        let listener = Listener::start();
        assert!(!listener.hears_within(Duration::from_millis(500)), "it is not silent before");
        // The second line would end the text early if its dot were not doubled.
        assert_eq!(speak(&voices, "One two three four five.\n.\nSix seven.", 1.0).0, Spoken::ToTheEnd);
        assert!(listener.seconds() > 1.5, "{} s of sound", listener.seconds());

        let begun = Instant::now();
        let is_stopped = || begun.elapsed() > Duration::from_secs(1);
        let long = "This goes on and on. ".repeat(20);
        let spoken = voices.speak(&long, None, SpokenLanguage::English, 1.0, &is_stopped).unwrap();
        assert_eq!(spoken, Spoken::Stopped);
        assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
        // What the sound server holds is gone soon.
        std::thread::sleep(Duration::from_millis(500));
        assert!(!listener.hears_within(Duration::from_secs(1)), "it goes on after the stop");
    }

    #[test]
    fn chinese_and_other_voices_are_listed_and_speak() {
        if !is_inside() {
            return run("tests::chinese_and_other_voices_are_listed_and_speak");
        }
        let voices = SystemVoices::connect().unwrap();
        let listed = voices.voices().unwrap();
        assert!((50..500).contains(&listed.len()), "{}", listed.len());
        let chinese = listed.iter().find(|voice| voice.language == "zh").unwrap();
        assert!(listed.iter().any(|voice| voice.language == "en-GB"), "{listed:?}");
        let listener = Listener::start();
        let say = |voice: Option<&str>| {
            voices.speak("你好，世界。", voice, SpokenLanguage::Chinese, 1.0, &|| false)
        };
        assert_eq!(say(Some(&chinese.id)).unwrap(), Spoken::ToTheEnd);
        assert!(listener.seconds() > 0.5, "{} s of sound", listener.seconds());
        assert_eq!(say(None).unwrap(), Spoken::ToTheEnd);
        assert!(listener.seconds() > 1.0, "{} s of sound", listener.seconds());
        assert!(matches!(say(Some("espeak-ng:Nobody")), Err(VoiceError::Missing)));
    }

    #[test]
    fn two_speak_in_turn_and_at_their_speed() {
        if !is_inside() {
            return run("tests::two_speak_in_turn_and_at_their_speed");
        }
        let voices = SystemVoices::connect().unwrap();
        let text = "One two three four five six.";
        // The first waits for the module to start.
        speak(&voices, "Begin.", 1.0);
        let (_, alone) = speak(&voices, text, 1.0);
        let (_, fast) = speak(&voices, text, 2.0);
        let (_, slow) = speak(&voices, text, 0.5);
        assert!(fast < alone.mul_f64(0.8) && slow > alone.mul_f64(1.4), "{fast:?} {alone:?} {slow:?}");

        let begun = Instant::now();
        std::thread::scope(|scope| {
            let both = [scope.spawn(|| speak(&voices, text, 1.0)), scope.spawn(|| speak(&voices, text, 1.0))];
            for one in both {
                assert_eq!(one.join().unwrap().0, Spoken::ToTheEnd);
            }
        });
        assert!(begun.elapsed() > alone.mul_f64(1.6), "{:?} for two of {alone:?}", begun.elapsed());
    }

    #[test]
    fn a_server_that_ended_is_started_again() {
        if !is_inside() {
            return run("tests::a_server_that_ended_is_started_again");
        }
        let voices = SystemVoices::connect().unwrap();
        assert_eq!(speak(&voices, "Before.", 1.0).0, Spoken::ToTheEnd);
        let asked = AtomicUsize::new(0);
        let long = "This goes on and on. ".repeat(20);
        let spoken = voices.speak(&long, None, SpokenLanguage::English, 1.0, &|| {
            // It is asked before it begins, too.
            if asked.fetch_add(1, Ordering::Relaxed) == 20 {
                kill_all_of(Path::new(&std::env::var_os("XDG_RUNTIME_DIR").unwrap()));
            }
            false
        });
        assert!(matches!(spoken, Err(VoiceError::Failed(_))), "{spoken:?}");
        assert_eq!(speak(&voices, "After.", 1.0).0, Spoken::ToTheEnd);
    }

    #[test]
    fn without_a_synthesizer_there_is_no_voice() {
        if is_inside() {
            let connected = SystemVoices::connect();
            assert!(matches!(connected, Err(VoiceError::Missing)), "{connected:?}");
            return;
        }
        let session = Session::new();
        let mut environment = session.environment();
        environment.push(("PATH".into(), "/nonexistent".into()));
        Again::start("tests::without_a_synthesizer_there_is_no_voice", environment)
            .unwrap()
            .passed()
            .unwrap();
    }
}
