//! The icon of Linux desktops: StatusNotifierItem over D-Bus, which KDE shows itself, GNOME with the extension that Ubuntu and others
//! carry. Where nothing shows such icons it waits for something that does; starting Castor again opens the window meanwhile.

use super::Offer;
use crate::settings::SystemLanguage;
use ksni::menu::StandardItem;
use ksni::{Handle, MenuItem, Tray, TrayMethods};
use tauri::AppHandle;
use tokio_util::sync::CancellationToken;

/// The icon that is shown until it is removed.
pub struct Icon(CancellationToken);

impl Icon {
    /// Shows it as soon as the desktop can.
    #[expect(clippy::unnecessary_wraps, reason = "the counterpart of other systems can fail")]
    pub fn show(app: &AppHandle, language: SystemLanguage) -> Option<Self> {
        let removed = CancellationToken::new();
        let (item, until) = (Item { app: app.clone(), language }, removed.clone());
        tauri::async_runtime::spawn(async move {
            match item.assume_sni_available(true).spawn().await {
                Ok(shown) => keep(&shown, &until).await,
                Err(error) => tracing::info!(%error, "this desktop shows no icon"),
            }
        });
        Some(Self(removed))
    }

    /// Takes it away.
    pub fn remove(self, _: &AppHandle) {
        self.0.cancel();
    }
}

async fn keep(shown: &Handle<Item>, until: &CancellationToken) {
    until.cancelled().await;
    shown.shutdown().await;
}

struct Item {
    app: AppHandle,
    language: SystemLanguage,
}

impl Tray for Item {
    fn id(&self) -> String {
        "castor".to_owned()
    }

    fn title(&self) -> String {
        "Castor".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let Some(icon) = self.app.default_window_icon() else { return Vec::new() };
        let (Ok(width), Ok(height)) = (i32::try_from(icon.width()), i32::try_from(icon.height())) else {
            return Vec::new();
        };
        // From RGBA to ARGB.
        let data =
            icon.rgba().chunks_exact(4).flat_map(|pixel| [pixel[3], pixel[0], pixel[1], pixel[2]]).collect();
        vec![ksni::Icon { width, height, data }]
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        Offer::Open.take(&self.app);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let line = |offer: Offer| {
            StandardItem {
                label: offer.words(self.language).to_owned(),
                activate: Box::new(move |item: &mut Self| offer.take(&item.app)),
                ..StandardItem::default()
            }
            .into()
        };
        Offer::ALL.into_iter().map(line).collect()
    }
}
