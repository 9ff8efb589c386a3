//! Pictures by a portal, and everything else it may answer.

use crate::bus::{Bus, Does, FakePortal};
use capture::screen::{Portal, ScreenError};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use url::Url;

/// What the portal's file holds; this crate does not look into it.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n and so on";
/// Never reached where an answer comes.
const LONG: Duration = Duration::from_mins(1);

fn portal(bus: &Bus) -> Portal {
    Portal::at(&bus.address).with_limit(LONG)
}

/// A file outside of the folders for temporary files, as those of people are.
struct PicturesFolder(tempfile::TempDir);

impl PicturesFolder {
    fn new() -> Self {
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        Self(tempfile::Builder::new().prefix("Pictures of ü ").tempdir_in(target).unwrap())
    }

    fn picture(&self) -> (PathBuf, String) {
        write(self.0.path().join("Screen shot ü.png"))
    }
}

fn write(path: PathBuf) -> (PathBuf, String) {
    fs::write(&path, PICTURE).unwrap();
    let address = Url::from_file_path(&path).unwrap().to_string();
    assert!(!address.contains([' ', 'ü']), "it is written with per cents: {address}");
    (path, address)
}

#[test]
fn a_picture_is_read_and_what_was_made_for_us_alone_is_deleted() {
    let (bus, folder) = (Bus::start(), PicturesFolder::new());
    let (path, address) = folder.picture();
    let fake = FakePortal::start(&bus, Does::Responds(0, Some(address)));
    assert!(portal(&bus).takes_pictures());
    assert_eq!(portal(&bus).shot(false).unwrap().as_deref(), Some(PICTURE));
    assert!(!fake.asked.recv().unwrap());
    assert!(!path.exists());
    // What is not there any more cannot be read.
    assert!(matches!(portal(&bus).shot(false), Err(ScreenError::Failed(_))));
}

#[test]
fn a_picture_the_person_took_stays_in_their_folder() {
    let (bus, folder) = (Bus::start(), PicturesFolder::new());
    let (path, address) = folder.picture();
    let fake = FakePortal::start(&bus, Does::Responds(0, Some(address)));
    assert_eq!(portal(&bus).shot(true).unwrap().as_deref(), Some(PICTURE));
    assert!(fake.asked.recv().unwrap());
    assert_eq!(fs::read(path).unwrap(), PICTURE);
}

#[test]
fn a_temporary_file_is_deleted_also_when_the_person_took_it() {
    let bus = Bus::start();
    let (path, address) = write(bus.folder.path().join("a ü.png"));
    let _fake = FakePortal::start(&bus, Does::Responds(0, Some(address)));
    assert_eq!(portal(&bus).shot(true).unwrap().as_deref(), Some(PICTURE));
    assert!(!path.exists());
}

#[test]
fn an_older_file_was_not_made_for_us_and_stays() {
    let (bus, folder) = (Bus::start(), PicturesFolder::new());
    let (path, address) = folder.picture();
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    fs::File::options().write(true).open(&path).unwrap().set_modified(yesterday).unwrap();
    let _fake = FakePortal::start(&bus, Does::Responds(0, Some(address)));
    assert_eq!(portal(&bus).shot(false).unwrap().as_deref(), Some(PICTURE));
    assert!(path.exists());
}

#[test]
fn an_old_portal_names_its_requests_itself() {
    let (bus, folder) = (Bus::start(), PicturesFolder::new());
    let (_, address) = folder.picture();
    let _fake = FakePortal::start(&bus, Does::RespondsElsewhere(0, address));
    assert_eq!(portal(&bus).shot(true).unwrap().as_deref(), Some(PICTURE));
}

#[test]
fn whoever_is_not_the_portal_is_not_believed() {
    let (bus, folder) = (Bus::start(), PicturesFolder::new());
    let (path, address) = folder.picture();
    let _fake = FakePortal::start(&bus, Does::IsImpersonated(address));
    assert_eq!(portal(&bus).shot(false).unwrap(), None);
    assert!(path.exists());
}

#[test]
fn a_person_may_cancel_and_a_desktop_refuse() {
    let answers = |does| {
        let bus = Bus::start();
        let _fake = FakePortal::start(&bus, does);
        portal(&bus).shot(true)
    };
    assert!(matches!(answers(Does::Responds(1, None)), Ok(None)));
    assert!(matches!(answers(Does::Responds(2, None)), Err(ScreenError::Denied)));
    assert!(matches!(answers(Does::Fails("AccessDenied")), Err(ScreenError::Denied)));
    assert!(matches!(answers(Does::Fails("UnknownMethod")), Err(ScreenError::NoPortal)));
    assert!(matches!(answers(Does::Fails("Failed")), Err(ScreenError::Failed(_))));
    assert!(matches!(answers(Does::Responds(0, None)), Err(ScreenError::Failed(_))));
    let elsewhere = Some("https://example.org/a.png".to_owned());
    assert!(matches!(answers(Does::Responds(0, elsewhere)), Err(ScreenError::Failed(_))));
}

#[test]
fn without_a_portal_or_a_bus_there_is_none() {
    let bus = Bus::start();
    assert!(!portal(&bus).takes_pictures());
    assert!(matches!(portal(&bus).shot(false), Err(ScreenError::NoPortal)));
    let nowhere = Portal::at("unix:path=/nonexistent/bus");
    assert!(!nowhere.takes_pictures());
    assert!(matches!(nowhere.shot(false), Err(ScreenError::NoPortal)));
    assert!(matches!(Portal::at("nonsense").shot(false), Err(ScreenError::NoPortal)));
}

#[test]
fn a_portal_that_never_answers_is_given_up_and_its_dialog_closed() {
    let bus = Bus::start();
    let fake = FakePortal::start(&bus, Does::Waits);
    let given_up = Portal::at(&bus.address).with_limit(Duration::from_millis(500)).shot(true);
    assert!(matches!(given_up, Err(ScreenError::NoAnswer)), "{given_up:?}");
    fake.closed.recv_timeout(LONG).expect("the request is closed");
}

#[test]
fn a_bus_that_ends_meanwhile_is_said() {
    let bus = Bus::start();
    let fake = FakePortal::start(&bus, Does::Waits);
    let asking = std::thread::spawn({
        let portal = portal(&bus);
        move || portal.shot(true)
    });
    fake.asked.recv_timeout(LONG).unwrap();
    drop(bus);
    let broken = asking.join().unwrap();
    assert!(matches!(broken, Err(ScreenError::Failed(_))), "{broken:?}");
}
