//! What damaged and hostile files may do: little, and never for long.

use crate::maker::{ffmpeg, scene_of, seconds, six, tools};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use video::{SampleOptions, VideoError};

fn sample(path: &Path, is_cancelled: &dyn Fn() -> bool) -> Result<Vec<video::Frame>, VideoError> {
    let options =
        SampleOptions { most: 8, longest_edge: 100, stretch: None, progress: &|_| {}, is_cancelled };
    tools().sample(path, &options)
}

#[test]
fn playlists_reach_no_network_and_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let other = six(&folder, "other.ts", &["-c:v", "libx264", "-preset", "ultrafast"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let hls = |name: &str| {
        format!(
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n{name}\n#EXT-X-ENDLIST\n"
        )
    };
    let dash = format!(
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         mediaPresentationDuration=\"PT10S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"><Period>\
         <AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>http://{address}/a.mp4\
         </BaseURL></Representation></AdaptationSet></Period></MPD>"
    );
    let other = other.to_str().unwrap();
    for (name, content) in [
        ("hls.mp4", hls(&format!("http://{address}/a.ts"))),
        ("local.mp4", hls(other)),
        ("hls.m3u8", hls(&format!("http://{address}/a.ts"))),
        ("dash.mkv", dash),
        ("concat.mov", format!("ffconcat version 1.0\nfile '{other}'\n")),
        (
            "sdp.mp4",
            format!(
                "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
                address.port()
            ),
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let probed = tools().probe(&path);
        assert!(matches!(probed, Err(VideoError::NotVideo)), "{name}: {probed:?}");
        assert!(tools().picture_at(&path, seconds(0.0), 100).is_err(), "{name}");
        assert!(sample(&path, &|| false).is_err(), "{name}");
        assert!(tools().sound(&path, None).is_err(), "{name}");
    }
    assert_eq!(
        listener.accept().err().map(|error| error.kind()),
        Some(ErrorKind::WouldBlock),
        "nobody called"
    );
}

#[test]
fn cut_off_files_show_what_they_have() {
    let folder = tempfile::tempdir().unwrap();
    let index_first = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"];
    let index_last = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    for (name, options, needs_its_end) in [
        ("first.mp4", &index_first[..], false),
        ("last.mp4", &index_last, true),
        ("a.mkv", &index_last, false),
        ("a.avi", &["-c:v", "mpeg4"], false),
    ] {
        let whole = std::fs::read(six(&folder, name, options)).unwrap();
        for percent in [10, 50, 90] {
            let path = folder.path().join(format!("cut-{percent}-{name}"));
            std::fs::write(&path, &whole[..whole.len() * percent / 100]).unwrap();
            if needs_its_end {
                let Err(VideoError::Damaged { reason }) = tools().probe(&path) else {
                    panic!("{name} at {percent}: {:?}", tools().probe(&path));
                };
                // Of this small file the index is a good part, and may be cut in its middle.
                assert!(percent > 10 || reason.contains("index"), "{reason}");
                continue;
            }
            // Of a tenth only the headers may be left.
            match sample(&path, &|| false) {
                Ok(frames) => {
                    for frame in &frames {
                        assert_eq!(
                            (frame.at.as_secs_f64() / 2.0 + 1e-6) as usize,
                            scene_of(frame),
                            "{name} {percent}"
                        );
                    }
                    assert!(tools().picture_at(&path, seconds(99.0), 100).is_ok(), "{name} {percent}");
                }
                Err(VideoError::Damaged { .. } | VideoError::NotVideo) if percent == 10 => {}
                Err(error) => panic!("{name} at {percent}: {error}"),
            }
        }
    }
}

#[test]
fn noise_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    })
    .take(300_000)
    .collect();
    let heads: [(&str, &[u8]); 4] = [
        ("noise.mp4", b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"),
        ("noise.mkv", b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\x82\x84webm"),
        ("noise.avi", b"RIFF\xff\xff\x0f\0AVI LIST"),
        ("noise.bin", b""),
    ];
    for (name, head) in heads {
        let path = folder.path().join(name);
        std::fs::write(&path, [head, &noise].concat()).unwrap();
        let began = Instant::now();
        let probed = tools().probe(&path);
        let refused =
            matches!(probed, Err(VideoError::Damaged { .. } | VideoError::NotVideo | VideoError::NoPicture));
        assert!(refused, "{name}: {probed:?}");
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_giant_frame_is_refused_from_its_header() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("giant.avi");
    ffmpeg(&["-f", "lavfi", "-i", "color=red:s=64x64:r=10:d=1", "-c:v", "rawvideo", path.to_str().unwrap()]);
    let mut bytes = std::fs::read(&path).unwrap();
    // BITMAPINFOHEADER: its size, width, height.
    let at = bytes.windows(4).position(|window| window == b"strf").unwrap() + 8;
    let mut claim = |width: u32, height: u32| {
        bytes[at + 4..at + 8].copy_from_slice(&width.to_le_bytes());
        bytes[at + 8..at + 12].copy_from_slice(&height.to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        (tools().probe(&path), sample(&path, &|| false))
    };
    let (probed, sampled) = claim(20_000, 1000);
    assert!(matches!(probed, Err(VideoError::TooLarge { width: 20_000, height: 1000 })), "{probed:?}");
    assert!(matches!(sampled, Err(VideoError::TooLarge { .. })));
    // FFmpeg does not even tell this size.
    let (probed, _) = claim(60_000, 60_000);
    assert!(matches!(probed, Err(VideoError::Damaged { .. })), "{probed:?}");
}

#[test]
fn cancelling_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.mp4");
    let source = "testsrc2=s=1280x720:r=25:d=20";
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        source,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "9999",
        path.to_str().unwrap(),
    ]);
    let asked = std::cell::Cell::new(None);
    let is_cancelled = || {
        // Soon after the look at the frames began.
        let began: Instant = asked.get().unwrap_or_else(Instant::now);
        asked.set(Some(began));
        began.elapsed() > Duration::from_millis(300)
    };
    let ended = sample(&path, &is_cancelled);
    assert!(matches!(ended, Err(VideoError::Cancelled)), "{ended:?}");
    let late = asked.get().unwrap().elapsed();
    assert!(late < Duration::from_millis(300 + 1500), "{late:?}");
}
