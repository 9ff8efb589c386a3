//! Identifies a file by its content; decodes pictures upright and in sRGB and makes them ready for a model or a screen;
//! reads, converts and writes [`sound`]. No IO but in `sound`: bytes in, bytes out.
//!
//! # Which pictures it reads, and with what
//! - JPEG (MPO too), PNG, GIF (first frame), WebP, BMP and TIFF (first page) with the `image` crate. CMYK and YCCK
//!   JPEGs go through `zune-jpeg`, which `image` is built on, because only there an embedded ink profile can be used.
//! - JPEGs that are wanted smaller than they are, by a decoder of its own that makes them smaller on the way: see
//!   [`decode_within()`].
//! - HEIC and HEIF with `heifer`: pure Rust, no system library. Of the two permissively licensed decoders it is the one
//!   that reads the whole test set; `heic-rs` 0.1.4 is faster on phone pictures but refuses 4:2:2 and 4:4:4 ones, which
//!   are what cameras write.
//! - AVIF with `re_rav1d`, the Rust port of dav1d with a safe interface, for the AV1 stream, and `heifer` for the
//!   container, the colour matrix and the geometry, so HEIC and AVIF share one path. Built without assembly: no nasm, no
//!   C compiler. Its debug assertions are switched off in the workspace's profile: they make it hundreds of times slower
//!   and abort where its interface cannot unwind.
//! - ICC profiles and coded colour spaces with `moxcms`, which `image` depends on as well.
//!
//! # What it takes away
//! [`prepare()`] takes out metadata; [`redact()`] blacks out parts of the pixels themselves.
//!
//! # Bounds
//! Sizes are read from headers before anything is allocated. A picture of more than [`MAX_PIXELS`], or one whose
//! decoding would need more than [`MAX_WORKING_BYTES`], is refused with [`MediaError::TooLarge`]. A baseline JPEG of
//! 100 megapixels takes 300 MB beside its file, a progressive one up to 900 MB; no larger than a screen, the one takes little more
//! than its smaller pixels and the other up to 200 MB. The bound is for one call: callers that add many files decode them one
//! after the other.
//!
//! Scaling works on sRGB code values, not on linear light, as browsers and the models' own preprocessors do: fine
//! light-on-dark detail comes out a little darker than optics would have it, and text keeps its weight.
//!
//! A decoder that panics on a hostile file is caught and reported as [`MediaError::DecoderPanicked`]; this needs the
//! default `panic = "unwind"`.

mod avif;
mod cmyk;
mod color;
mod decode;
mod encode;
mod error;
mod geometry;
mod heif;
mod identify;
mod jpeg;
mod limits;
mod metadata;
mod picture;
mod prepare;
mod quality;
mod raster;
mod redact;
pub mod sound;
mod text;

pub use decode::{Inspected, decode, decode_within, inspect};
pub use encode::{Encoded, from_rgba};
pub use error::{LooksLike, MediaError};
pub use identify::{HEAD_BYTES, Identified, identify, identify_media, identify_media_in};
pub use limits::{MAX_PIXELS, MAX_WORKING_BYTES};
pub use picture::Picture;
pub use prepare::{prepare, prepare_frame};
pub use redact::{Stroke, redact};
pub use text::read_text;
