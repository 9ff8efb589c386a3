//! The camera in the real window: WebKit's own made-up camera, whose picture is known, a microphone that hears a known sound, and
//! the person's consent.

use crate::harness::app::{App, CASTOR, Launch};
use crate::harness::desktop::{Desktop, Setup, patiently, screenshots};
use crate::harness::server::Server;
use crate::harness::videos::{about, frame_at};
use crate::voice::hearing;
use image::RgbImage;
use std::process::Stdio;
use test_support::microphone::{FakeMicrophone, Shape};

/// With WebKit's made-up camera: moving shapes, a clock, and bars of colour.
fn seeing(launch: Launch) -> Launch {
    launch.with("CASTOR_MOCK_CAMERA", "1")
}

/// Opens the camera and lets Castor use it.
async fn look_through_the_camera(app: &App<'_>) {
    app.click("camera-open").await;
    app.click("camera-allow").await;
    app.until("document.querySelector('[data-testid=camera-panel]').dataset.state === 'live'").await;
    app.until("document.querySelector('[data-testid=camera-preview] video').videoWidth > 0").await;
}

/// Whether a picture is the made-up camera's: it has its several bright colours, which neither a black nor a grey picture has.
fn is_the_cameras(picture: &RgbImage) -> bool {
    let has = |is: fn(&[u8; 3]) -> bool| picture.pixels().filter(|pixel| is(&pixel.0)).count() > 50;
    has(|[red, green, blue]| *red > 150 && *green < 110 && *blue < 110)
        && has(|[red, green, blue]| *green > 110 && *red < 110 && *blue < 110)
        && has(|[red, green, blue]| *blue > 150 && *red < 110 && *green < 140)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_of_the_camera_is_asked_about() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("A test picture.");
    let app = App::open_at_composer(&desktop, seeing(server.launch())).await;
    app.click("camera-open").await;
    app.sees("camera-allow").await;
    app.keep_picture("camera-consent").await;
    app.click("camera-allow").await;
    app.until("document.querySelector('[data-testid=camera-panel]').dataset.state === 'live'").await;
    app.until("document.querySelector('[data-testid=camera-preview] video').videoWidth > 0").await;
    app.sees("camera-light").await;
    app.keep_picture("camera-live").await;

    app.click("camera-shutter").await;
    app.attached(1).await;
    app.keep_picture("camera-taken").await;
    app.click("camera-close").await;
    app.sees_no("camera-light").await;
    app.ask("What is this?").await;
    app.answer_is("complete").await;
    let pictures = server.pictures_of_last_question();
    assert_eq!(pictures.len(), 1);
    let picture = image::load_from_memory(&pictures[0]).unwrap().into_rgb8();
    picture.save(screenshots().join("camera-sent.png")).unwrap();
    assert!(is_the_cameras(&picture), "what was sent is not what the camera shows");
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_takes_what_the_camera_shows_along_by_itself() {
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", dark: true, ..Setup::default() });
    let server = Server::start().await;
    server.answers("一张测试图。");
    let app = App::open_at_composer(&desktop, seeing(server.launch())).await;
    look_through_the_camera(&app).await;
    app.fill("composer", "这是什么？").await;
    app.keep_picture("camera-along").await;
    app.click("send").await;
    app.answer_is("complete").await;
    let pictures = server.pictures_of_last_question();
    assert_eq!(pictures.len(), 1);
    assert!(is_the_cameras(&image::load_from_memory(&pictures[0]).unwrap().into_rgb8()));
    app.sees("camera-light").await;
    app.close();
}

/// Records for about two seconds what the camera shows and the microphone hears.
async fn record_a_clip(app: &App<'_>) {
    app.click("camera-record").await;
    app.until(
        "document.querySelector('[data-testid=camera-record]').getAttribute('aria-pressed') === 'true'",
    )
    .await;
    app.until("/0:0[2-9]/.test(document.querySelector('[data-testid=camera-clip-time]').innerText)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clip_with_sound_is_asked_about_and_played() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("At 0:01 the shapes move.");
    let app = App::open_at_composer(&desktop, seeing(hearing(server.launch(), &microphone))).await;
    look_through_the_camera(&app).await;
    record_a_clip(&app).await;
    app.sees("camera-light").await;
    app.keep_picture("camera-recording").await;
    app.click("camera-record").await;
    app.attached(1).await;
    app.sees("video-tile").await;
    app.click("camera-close").await;
    app.keep_picture("camera-clip").await;
    app.ask("What happens?").await;
    app.answer_is("complete").await;
    let videos = server.pictures_of_last_question();
    assert_eq!(videos.len(), 1);
    let clip = desktop.home().join("clip.mp4");
    std::fs::write(&clip, &videos[0]).unwrap();
    let about = about(&clip);
    assert!(about.contains("codec_name=h264") && about.contains("codec_type=audio"), "{about}");
    let duration: f64 =
        about.lines().find_map(|line| line.strip_prefix("duration=")?.parse().ok()).expect("a duration");
    assert!((1.5..8.0).contains(&duration), "{duration}");
    assert!(is_the_cameras(&frame_at(&clip, 1.0)), "the clip does not show what the camera shows");

    // The time in the answer leads into the clip.
    app.click("moment").await;
    app.sees("video-player").await;
    app.until("document.querySelector('video').readyState >= 2 && Math.abs(document.querySelector('video').currentTime - 1) < 0.9").await;
    app.keep_picture("camera-clip-played").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_camera_lost_mid_clip_leaves_what_it_had_seen() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, seeing(server.launch())).await;
    look_through_the_camera(&app).await;
    app.until("document.querySelector('[data-testid=camera-clip-sound]').click() || true").await;
    record_a_clip(&app).await;
    app.evaluate(
        "document.querySelector('[data-testid=camera-preview] video').srcObject.getVideoTracks()[0]
             .dispatchEvent(new Event('ended')) && true",
    )
    .await;
    app.sees("camera-problem").await;
    app.attached(1).await;
    app.sees_no("camera-light").await;
    app.keep_picture("camera-lost").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_refuses_the_camera_is_not_seen() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, seeing(server.launch())).await;
    app.evaluate("navigator.mediaDevices.getUserMedia = () => { window.asked = true; return Promise.reject(new Error()); }, true").await;
    app.click("camera-open").await;
    app.click("camera-refuse").await;
    app.sees_no("camera-light").await;
    app.click("camera-open").await;
    app.until(
        "['denied', 'asking'].includes(document.querySelector('[data-testid=camera-panel]').dataset.state)",
    )
    .await;
    app.keep_picture("camera-refused").await;
    assert_eq!(app.evaluate("window.asked === true").await, false, "the camera was opened all the same");
    app.close();
}

/// Under WebDriver the driver answers for the person, so this is a start as people start it. What the web view asks, and what it is
/// told, is in the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_web_view_gets_the_camera_only_after_consent() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    // Where the buttons are is learned from a window under WebDriver of the same size.
    let app = App::open_at_composer(&desktop, seeing(server.launch())).await;
    let open = app.on_screen(app.place("camera-open").await.middle());
    app.click("camera-open").await;
    app.sees("camera-allow").await;
    let allow = app.on_screen(app.place("camera-allow").await.middle());
    app.close();

    let log = desktop.home().join("log");
    let mut castor = desktop.command(CASTOR);
    for (name, value) in seeing(server.launch()).variables {
        castor.env(name, value);
    }
    castor.env("CASTOR_LOG", "castor_lib=info").stdout(Stdio::null());
    castor.stderr(std::fs::File::create(&log).unwrap());
    let mut running = castor.spawn().unwrap();
    let read = || std::fs::read_to_string(&log).unwrap();
    patiently("the window is there", || desktop.run("wmctrl", &["-l"]).contains("Castor"));
    let click = |(x, y): (i32, i32)| {
        desktop.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    };
    // The page takes clicks a moment after the window is there: again until the panel with its dark button is.
    patiently("the camera's panel opens", || {
        click(open);
        std::thread::sleep(std::time::Duration::from_secs(1));
        let (x, y) = (allow.0 as u32, allow.1 as u32);
        let screen = desktop.photograph("root");
        (x - 30..x + 30).any(|x| screen.get_pixel(x, y).0.iter().all(|value| *value < 60))
    });
    assert!(!read().contains("the web view asks for permission"), "{}", read());
    click(allow);
    patiently("the web view asks and is answered", || read().contains("allowed=true"));
    patiently("the picture shows", || is_the_cameras(&desktop.photograph("root")));
    desktop.photograph("root").save(screenshots().join("camera-consented.png")).unwrap();
    assert!(!read().contains("allowed=false"), "{}", read());
    running.kill().unwrap();
    running.wait().unwrap();
}
