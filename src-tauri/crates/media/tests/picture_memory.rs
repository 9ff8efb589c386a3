//! A large photo decoded for a list takes little memory, however many pixels it has. In a process of its own, so that no other
//! test's memory is counted.

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_photo() {
    use jpeg_encoder::{ColorType, Encoder};

    /// Peak resident memory since the last call of this, in bytes.
    fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let peak = line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024;
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        peak
    }

    /// 48 megapixels in grey: 144 MB once they are decoded as RGB.
    fn photo(is_progressive: bool) -> Vec<u8> {
        let pixels: Vec<u8> = (0..8000 * 6000_u32).map(|index| (index % 8000 / 40) as u8).collect();
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 80);
        encoder.set_progressive(is_progressive);
        encoder.encode(&pixels, 8000, 6000, ColorType::Luma).unwrap();
        file
    }

    // Several passes need what the smaller picture shows of every block until the last of them.
    for (is_progressive, allowance) in [(false, 12 << 20), (true, 32 << 20)] {
        let file = photo(is_progressive);
        peak();
        let before = peak();
        let small = media::decode_within(&file, 512).unwrap();
        assert_eq!((small.width(), small.height(), small.original_size()), (512, 384, (8000, 6000)));
        let decoding = peak();
        assert!(decoding < before + allowance, "progressive: {is_progressive}, {before} became {decoding}");
    }
}
