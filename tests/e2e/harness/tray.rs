//! The part of a desktop that shows icons: it takes them over D-Bus (StatusNotifierItem) and chooses from their menus.

#![expect(clippy::unused_self, reason = "a property on the bus belongs to an object")]

use super::desktop::Desktop;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

/// A line of a menu on the wire: its number, what it is like, and the lines below it.
type Line = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// Takes icons until it is dropped.
pub struct Tray {
    bus: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

struct Watcher(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap().push(service);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Tray {
    /// Shows icons on this desktop from now on.
    pub async fn start(desktop: &Desktop) -> Self {
        let items = Arc::default();
        let bus = zbus::connection::Builder::address(desktop.bus())
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&items)))
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { bus, items }
    }

    /// The icons that came so far, by their names on the bus.
    pub fn items(&self) -> Vec<String> {
        self.items.lock().unwrap().clone()
    }

    /// Width, height and number of bytes of the first icon's picture.
    pub async fn picture(&self) -> (i32, i32, usize) {
        let item = self.proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem").await;
        let pictures: Vec<(i32, i32, Vec<u8>)> = item.get_property("IconPixmap").await.unwrap();
        let (width, height, bytes) = pictures.into_iter().next().unwrap();
        (width, height, bytes.len())
    }

    /// The words in the menu of the first icon.
    pub async fn menu(&self) -> Vec<String> {
        self.lines().await.into_iter().map(|(_, words)| words).collect()
    }

    /// Chooses a line of the menu of the first icon.
    pub async fn choose(&self, words: &str) {
        let lines = self.lines().await;
        let (number, _) = lines.iter().find(|(_, found)| found == words).expect("the menu offers it");
        let menu = self.menu_proxy().await;
        menu.call_method("Event", &(*number, "clicked", Value::from(0_i32), 0_u32)).await.unwrap();
    }

    async fn lines(&self) -> Vec<(i32, String)> {
        let menu = self.menu_proxy().await;
        let (_, root): (u32, Line) =
            menu.call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new())).await.unwrap();
        root.2
            .into_iter()
            .map(|line| {
                let (number, about, _) = Line::try_from(line).unwrap();
                (number, String::try_from(about["label"].clone()).unwrap())
            })
            .collect()
    }

    async fn menu_proxy(&self) -> zbus::Proxy<'_> {
        let item = self.proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem").await;
        let menu: OwnedObjectPath = item.get_property("Menu").await.unwrap();
        self.proxy(menu.as_str().to_owned(), "com.canonical.dbusmenu").await
    }

    async fn proxy(&self, path: impl Into<String>, interface: &'static str) -> zbus::Proxy<'_> {
        let service = self.items().into_iter().next().expect("there is an icon");
        zbus::Proxy::new(&self.bus, service, path.into(), interface).await.unwrap()
    }
}
