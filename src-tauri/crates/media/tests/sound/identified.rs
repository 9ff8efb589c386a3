//! Real files are known by their content.

use crate::maker::real;
use media::sound::convertible;
use media::{HEAD_BYTES, LooksLike, MediaError, identify, identify_media, identify_media_in};

#[test]
fn sound_has_its_name_and_can_be_converted() {
    for (name, mime) in [
        ("lena.wav", "audio/wav"),
        ("lena.aac", "audio/aac"),
        ("lena.aiff", "audio/aiff"),
        ("lena.caf", "audio/x-caf"),
        ("lena.flac", "audio/flac"),
        ("lena.m4a", "audio/mp4"),
        ("alac.m4a", "audio/mp4"),
        ("ep7.m4b", "audio/mp4"),
        ("lena.mp3", "audio/mp3"),
        ("lena.ogg", "audio/ogg"),
        ("lena.opus", "audio/ogg"),
        ("lena.webm", "audio/webm"),
        ("lena-vorbis.webm", "audio/webm"),
    ] {
        let bytes = std::fs::read(real(name)).unwrap();
        assert_eq!(identify(&bytes).unwrap().mime, mime, "{name}");
        let mut file = std::fs::File::open(real(name)).unwrap();
        assert_eq!(identify_media_in(&mut file).unwrap().unwrap().mime, mime, "{name}");
        assert!(convertible(mime), "{mime}");
    }
    assert!(!convertible("video/mp4") && !convertible("audio/x-ms-wma"));
}

#[test]
fn video_stays_video() {
    for (name, mime) in [("movie-hello.mp4", "video/mp4"), ("movie-hello.avi", "video/avi")] {
        assert_eq!(identify(&std::fs::read(real(name)).unwrap()).unwrap().mime, mime, "{name}");
    }
}

#[test]
fn sound_nobody_decodes_says_that_it_is_sound() {
    let bytes = std::fs::read(real("silence-1.wma")).unwrap();
    assert!(matches!(identify(&bytes), Err(MediaError::Unsupported { looks_like: LooksLike::Audio })));
}

#[test]
fn containers_are_told_apart_by_their_tracks() {
    let element = |id: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap() | 0x1000_0000;
        [id, &length.to_be_bytes(), content].concat()
    };
    let matroska = |kind: &str, types: &[u8]| {
        let tracks: Vec<u8> = types
            .iter()
            .flat_map(|&kind| element(b"\xAE", &[&b"\xD7\x81\x01\x83\x81"[..], &[kind]].concat()))
            .collect();
        let head = element(
            b"\x1A\x45\xDF\xA3",
            &[&b"\x42\x82"[..], &[0x80 | kind.len() as u8], kind.as_bytes()].concat(),
        );
        let segment =
            element(b"\x18\x53\x80\x67", &[element(b"\x16\x54\xAE\x6B", &tracks), vec![0; 300]].concat());
        // A signature is looked for in the first bytes as libraries write them, with a size of one byte.
        let head = [&head[..4], &[0x80 | (head.len() - 8) as u8], &head[8..]].concat();
        [head, segment].concat()
    };
    let mime = |bytes: &[u8]| identify(bytes).ok().map(|identified| identified.mime);
    assert_eq!(mime(&matroska("webm", &[2])), Some("audio/webm"));
    assert_eq!(mime(&matroska("webm", &[2, 17])), Some("audio/webm"));
    assert_eq!(mime(&matroska("webm", &[1, 2])), Some("video/webm"));
    assert_eq!(mime(&matroska("webm", &[17])), Some("video/webm"));
    assert_eq!(mime(&matroska("matroska", &[2])), Some("audio/x-matroska"));
    assert_eq!(mime(&matroska("matroska", &[2, 1])), Some("video/x-matroska"));

    let iso = |kind: &[u8], content: &[u8]| {
        [&(u32::try_from(content.len()).unwrap() + 8).to_be_bytes()[..], kind, content].concat()
    };
    let track =
        |handler: &[u8]| iso(b"trak", &iso(b"mdia", &iso(b"hdlr", &[&[0; 8], handler, &[0; 12]].concat())));
    let mp4 = |brand: &[u8], next: u32, tracks: &[u8]| {
        let header = iso(b"mvhd", &[&[0; 96][..], &next.to_be_bytes()].concat());
        let kind = iso(b"ftyp", &[brand, &[0; 4], b"isommp42"].concat());
        [kind, iso(b"moov", &[header, tracks.to_vec()].concat())].concat()
    };
    let sound = track(b"soun");
    let both = [track(b"vide"), track(b"soun")].concat();
    assert_eq!(mime(&mp4(b"isom", 2, &sound)), Some("audio/mp4"));
    assert_eq!(mime(&mp4(b"mp42", 3, &both)), Some("video/mp4"));
    assert_eq!(mime(&mp4(b"isom", 1, &[])), Some("video/mp4"));
    // Cut short within the list: only the movie's header tells whether another track follows.
    let long = |next| mp4(b"isom", next, &[sound.clone(), iso(b"free", &[0; 9000])].concat());
    let head = |bytes: &[u8]| identify_media(&bytes[..HEAD_BYTES]).map(|identified| identified.mime);
    assert_eq!(head(&long(2)), Some("audio/mp4"));
    assert_eq!(head(&long(3)), Some("video/mp4"));
    // The list at the end: the head alone does not tell, the file does.
    let whole = mp4(b"isom", 2, &sound);
    let late = [&whole[..24], &iso(b"mdat", &[7; 9000]), &whole[24..]].concat();
    assert_eq!((head(&late), mime(&late)), (Some("video/mp4"), Some("audio/mp4")));
}
