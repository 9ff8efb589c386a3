//! Hours of sound take no more memory than seconds. In a process of its own, so that no other test's memory is counted.

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_recording() {
    use media::sound::{SoundReader, for_sending, waveform};
    use std::io::{Seek, SeekFrom, Write};

    /// Peak resident memory since the last call of this, in bytes.
    fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let peak = line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024;
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        peak
    }

    /// A WAV file of silence, mono at 16 kHz, that takes no room on the disk.
    fn silence(path: &std::path::Path, seconds: u32) {
        let bytes = seconds * 32_000;
        let mut file = std::fs::File::create(path).unwrap();
        let size = (bytes + 36).to_le_bytes();
        let format = b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data";
        file.write_all(&[b"RIFF", &size[..], format, &bytes.to_le_bytes()[..]].concat()).unwrap();
        file.seek(SeekFrom::Current(i64::from(bytes) - 1)).unwrap();
        file.write_all(&[0]).unwrap();
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hours.wav");
    let allowance = 24 << 20;

    silence(&path, 3 * 3600); // 330 MB, twice that as floats
    peak();
    let before = peak();
    let mut stream = SoundReader::open(&path).unwrap().mono(16_000).unwrap();
    let mut samples = 0;
    while let Some(block) = stream.next_block().unwrap() {
        samples += block.len();
    }
    assert_eq!(samples, 3 * 3600 * 16_000);
    let reading = peak();
    assert!(reading < before + allowance, "reading: {before} became {reading}");

    let shape = waveform(&path, 400).unwrap();
    assert_eq!(shape.peaks.len(), 400);
    let drawing = peak();
    assert!(drawing < before + allowance, "drawing: {before} became {drawing}");

    silence(&path, 3600); // 110 MB
    let flac = folder.path().join("hours.flac");
    for_sending(&path, "audio/x-unknown", &["audio/flac".into()], &flac, |_| {}, || false).unwrap();
    let converting = peak();
    assert!(converting < before + allowance, "converting: {before} became {converting}");
}
