//! Castor's window under WebDriver: opened, used, looked at, closed.

use super::desktop::{Desktop, PATIENCE, patiently, screenshots};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use image::RgbImage;
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// The program under test.
pub const CASTOR: &str = env!("CARGO_BIN_EXE_castor");

/// How Castor is started.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    /// Files on the command line.
    pub files: Vec<PathBuf>,
    /// Further environment variables.
    pub variables: Vec<(String, String)>,
}

impl Launch {
    /// With one more environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// With the folder of the test model and the recognisers.
    #[must_use]
    pub fn with_test_model(self) -> Self {
        self.with("CASTOR_MODELS_DIR", test_models().to_str().unwrap())
    }
}

/// The folder of the test model and the recognisers.
pub fn test_models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-models");
    folder.canonicalize().expect("make test-models brings what the tests use")
}

/// An open window.
pub struct App<'desktop> {
    desktop: &'desktop Desktop,
    client: Client,
}

/// A rectangle on the screen or in the page, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Rectangle {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rectangle {
    /// Its middle.
    pub fn middle(self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

impl<'desktop> App<'desktop> {
    /// Starts Castor and waits until its composer or its first-run page can be used.
    pub async fn open(desktop: &'desktop Desktop, launch: Launch) -> Self {
        let address = start_driver(desktop, &launch);
        let files: Vec<&str> = launch.files.iter().map(|file| file.to_str().unwrap()).collect();
        let mut capabilities = fantoccini::wd::Capabilities::new();
        capabilities.insert("webkitgtk:browserOptions".into(), json!({ "binary": CASTOR, "args": files }));
        capabilities.insert("timeouts".into(), json!({ "script": PATIENCE.as_millis() as u64 }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .expect("Castor opens under WebDriver");
        let app = Self { desktop, client };
        app.until(r#"document.querySelector("[data-testid=composer], [data-testid=first-run]")"#).await;
        app
    }

    /// Starts Castor and goes past the first-run page, should it show.
    pub async fn open_at_composer(desktop: &'desktop Desktop, launch: Launch) -> Self {
        let app = Self::open(desktop, launch).await;
        // A file on the command line goes past it as well, at any moment.
        app.evaluate("document.querySelector('[data-testid=first-run-skip]')?.click()").await;
        app.sees("composer").await;
        app
    }

    /// Switches a tool of the composer on, or opens its dialog.
    pub async fn choose_tool(&self, tool: &str) {
        self.click("tools").await;
        let item = format!("[data-testid=tool-item][data-tool='{tool}']");
        self.until(&format!("document.querySelector(\"{item}\")")).await;
        self.client.find(Locator::Css(&item)).await.unwrap().click().await.unwrap();
        // A switch leaves the menu open, for the next one.
        if self.count("tool-item").await > 0 {
            self.desktop.press("Escape");
        }
        self.sees_no("tool-item").await;
    }

    /// Opens a page of the settings.
    pub async fn open_settings_page(&self, page: &str) {
        self.click("open-settings").await;
        self.sees("settings").await;
        let tab = format!(".settings-tab[data-page='{page}']");
        self.client.find(Locator::Css(&tab)).await.unwrap().click().await.unwrap();
    }

    /// The window's number for X: the first of Castor's that the window manager manages.
    pub fn window(&self) -> String {
        let managed = self.desktop.run("wmctrl", &["-lx"]);
        let castors = managed.lines().find(|line| line.to_lowercase().contains("castor.castor"));
        castors.and_then(|line| line.split_whitespace().next()).expect("Castor has a window").to_owned()
    }

    /// The desktop it is on.
    pub fn desktop(&self) -> &'desktop Desktop {
        self.desktop
    }

    /// Chooses who answers.
    pub async fn choose_model(&self, model: &str) {
        let item = format!("[data-testid=picker-item][data-model='{model}']");
        let chosen = format!("document.querySelector('[data-testid=picker]').dataset.model === '{model}'");
        // The list may grow under the pointer just after the start, and the click go elsewhere.
        for _ in 0..5 {
            self.click("picker").await;
            self.until(&format!("document.querySelector(\"{item}\")")).await;
            if let Ok(found) = self.client.find(Locator::Css(&item)).await
                && found.click().await.is_ok()
            {
                self.sees_no("picker-item").await;
            } else if self.count("picker-item").await > 0 {
                self.desktop.press("Escape");
                self.sees_no("picker-item").await;
            }
            if self.evaluate(&chosen).await == true {
                return;
            }
        }
        panic!("{model} cannot be chosen");
    }

    /// Closes the window as its close button does, and waits until the program has ended.
    pub fn close(self) {
        self.desktop.run("wmctrl", &["-i", "-c", &self.window()]);
        self.ended();
    }

    /// Kills the program without a warning.
    pub fn kill(self) {
        for process in self.desktop.processes_of(Path::new(CASTOR)) {
            kill_process(process, Signal::KILL).unwrap();
        }
        self.ended();
    }

    fn ended(&self) {
        // The program is the driver's child, so its end cannot be awaited, only seen.
        patiently("the program has ended", || self.desktop.processes_of(Path::new(CASTOR)).is_empty());
    }

    /// Waits until as many windows of Castor's can be spoken to.
    pub async fn until_windows(&self, number: usize) {
        for _ in 0..600 {
            if self.client.windows().await.unwrap().len() == number {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("there are not {number} windows");
    }

    /// Speaks to another of Castor's windows from now on: `main`, `quick` or `region`.
    pub async fn in_window(&self, view: &str) {
        let wanted = if view == "main" { String::new() } else { format!("view={view}") };
        for _ in 0..600 {
            for handle in self.client.windows().await.unwrap() {
                if self.client.switch_to_window(handle).await.is_err() {
                    continue;
                }
                let address = self.client.current_url().await.unwrap();
                if address.query().unwrap_or_default() == wanted {
                    return;
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("there is no window {view}");
    }

    /// Waits until a JavaScript expression is true (or any other value that counts as true) and returns it.
    pub async fn until(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const look = () => {{
                 let value = null;
                 try {{ value = ({expression}); }} catch {{ value = null; }}
                 if (value) done(value instanceof Node ? true : value); else setTimeout(look, 20);
             }};
             look();"
        );
        match self.client.execute_async(&script, vec![]).await {
            Ok(value) => value,
            Err(error) => {
                self.desktop.photograph("root").save(screenshots().join("failed.png")).unwrap();
                let page = self.evaluate("document.body.innerText").await;
                panic!(
                    "waited in vain for {expression}: {error}\nthe page says:\n{}",
                    page.as_str().unwrap_or("")
                );
            }
        }
    }

    /// The value of a JavaScript expression now.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.client.execute(&script, vec![]).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// What the promise of a JavaScript expression comes to.
    pub async fn evaluate_async(&self, promise: &str) -> Value {
        let script = format!("({promise}).then(arguments[arguments.length - 1]);");
        let result = self.client.execute_async(&script, vec![]).await;
        result.unwrap_or_else(|error| panic!("{promise}: {error}"))
    }

    /// Waits until an element with this test identifier is there.
    pub async fn sees(&self, id: &str) {
        self.until(&format!("document.querySelector('{}')", selector(id))).await;
    }

    /// Waits until no element with this test identifier is there.
    pub async fn sees_no(&self, id: &str) {
        self.until(&format!("!document.querySelector('{}')", selector(id))).await;
    }

    /// Waits until the last element with this test identifier says something with `words` in it.
    pub async fn reads(&self, id: &str, words: &str) {
        let words = json!(words);
        let all = selector(id);
        self.until(&format!(
            "Array.from(document.querySelectorAll('{all}')).at(-1).innerText.includes({words})"
        ))
        .await;
    }

    /// What the last element with this test identifier says.
    pub async fn text(&self, id: &str) -> String {
        let all = selector(id);
        let expression = format!("Array.from(document.querySelectorAll('{all}')).at(-1).innerText");
        self.evaluate(&expression).await.as_str().unwrap().to_owned()
    }

    /// How many elements have this test identifier.
    pub async fn count(&self, id: &str) -> u64 {
        self.evaluate(&format!("document.querySelectorAll('{}').length", selector(id)))
            .await
            .as_u64()
            .unwrap()
    }

    /// Waits until as many elements have this test identifier.
    pub async fn counts(&self, id: &str, number: usize) {
        self.until(&format!("document.querySelectorAll('{}').length === {number}", selector(id))).await;
    }

    /// Clicks the last element with this test identifier, once it is there and can be used.
    pub async fn click(&self, id: &str) {
        let all = selector(id);
        self.until(&format!("!Array.from(document.querySelectorAll('{all}')).at(-1).disabled")).await;
        self.last(id).await.click().await.unwrap_or_else(|error| panic!("{id}: {error}"));
    }

    /// Clicks something inside the last element with this test identifier.
    pub async fn click_inside(&self, id: &str, inside: &str) {
        let found = self.last(id).await.find(Locator::Css(inside)).await;
        found.unwrap_or_else(|error| panic!("{inside} in {id}: {error}")).click().await.unwrap();
    }

    async fn last(&self, id: &str) -> Element {
        let mut found = self.client.find_all(Locator::Css(&selector(id))).await.unwrap();
        found.pop().unwrap_or_else(|| panic!("no {id}"))
    }

    /// Puts text into a field through WebDriver.
    pub async fn fill(&self, id: &str, text: &str) {
        self.sees(id).await;
        self.last(id).await.send_keys(text).await.unwrap();
    }

    /// Empties a field.
    pub async fn clear(&self, id: &str) {
        self.last(id).await.clear().await.unwrap();
    }

    /// Writes a question into the composer and sends it.
    pub async fn ask(&self, question: &str) {
        self.fill("composer", question).await;
        self.click("send").await;
    }

    /// Waits until the last answer has ended this way (`complete`, `stopped`, …).
    pub async fn answer_is(&self, status: &str) {
        self.until(&format!(
            "Array.from(document.querySelectorAll('[data-testid=answer]')).at(-1)?.dataset.status === '{status}'"
        ))
        .await;
    }

    /// Waits until as many files are attached, all of them ready.
    pub async fn attached(&self, number: usize) {
        self.until(&format!(
            "document.querySelectorAll('[data-testid=attachment][data-state=added]').length === {number}
             && document.querySelectorAll('[data-testid=attachment]').length === {number}"
        ))
        .await;
    }

    /// Waits until every picture inside elements with this test identifier is loaded, and returns their sizes.
    pub async fn picture_sizes(&self, id: &str) -> Vec<(u64, u64)> {
        let pictures = format!("Array.from(document.querySelectorAll('{} img'))", selector(id));
        let sizes = self
            .until(&format!(
                "{pictures}.length > 0 && {pictures}.every(one => one.complete && one.naturalWidth > 0 && one.clientWidth > 40 && one.clientHeight > 40)
                 && {pictures}.map(one => [one.naturalWidth, one.naturalHeight])"
            ))
            .await;
        let number = |size: &Value, index: usize| size[index].as_u64().unwrap();
        sizes.as_array().unwrap().iter().map(|size| (number(size, 0), number(size, 1))).collect()
    }

    /// Where the last element with this test identifier is in the page.
    pub async fn place(&self, id: &str) -> Rectangle {
        let all = selector(id);
        let value = self
            .evaluate(&format!(
                "(() => {{ const r = Array.from(document.querySelectorAll('{all}')).at(-1).getBoundingClientRect();
                   return [r.x, r.y, r.width, r.height]; }})()"
            ))
            .await;
        let number = |index: usize| value[index].as_f64().unwrap();
        Rectangle { x: number(0), y: number(1), width: number(2), height: number(3) }
    }

    /// A place in the middle of the conversation, whether it is empty or not.
    pub async fn place_above_the_composer(&self) -> Rectangle {
        let composer = self.place("composer").await;
        Rectangle { y: composer.y / 2.0, ..composer }
    }

    /// Where a point of the page is on the screen.
    pub fn on_screen(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let about = self.desktop.run("xwininfo", &["-id", &self.window()]);
        let number = |name: &str| -> f64 {
            let line = about.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
            line.trim().parse().unwrap()
        };
        ((number("Absolute upper-left X:") + x) as i32, (number("Absolute upper-left Y:") + y) as i32)
    }

    /// Gives the page this size.
    pub async fn resize(&self, width: u32, height: u32) {
        let window = self.window();
        let (width_text, height_text) = (width.to_string(), height.to_string());
        self.desktop.xdotool(&["windowsize", &window, &width_text, &height_text]);
        self.until(&format!("innerWidth === {width} && innerHeight === {height}")).await;
    }

    /// Moves the window away from the corner where sources to drag from stand, but for the widest.
    pub fn make_room(&self) {
        self.desktop.xdotool(&["windowmove", &self.window(), "120", "120"]);
        patiently("the window has moved", || self.on_screen((0.0, 0.0)).0 >= 120);
    }

    /// What the window looks like on the screen once nothing moves any more; what turns or blinks for ever may go on.
    /// WebDriver's own screenshots are no way: the driver waits for ever for a frame where nothing changes.
    pub async fn look(&self) -> RgbImage {
        self.until(
            "document.getAnimations().every(one =>
                 one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)",
        )
        .await;
        let frames =
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
        self.evaluate(frames).await;
        let mut latest = self.desktop.photograph(&self.window());
        // What the page has drawn reaches the screen a moment later. Bounded: a spinner never stands still.
        for _ in 0..10 {
            let after = self.desktop.photograph(&self.window());
            if after == latest {
                break;
            }
            latest = after;
        }
        latest
    }

    /// What an element looks like now.
    pub async fn look_at(&self, id: &str) -> RgbImage {
        let page = self.look().await;
        let place = self.place(id).await;
        let scale = f64::from(page.width()) / self.evaluate("innerWidth").await.as_f64().unwrap();
        let pixels = |length: f64| (length * scale).round().max(0.0) as u32;
        image::imageops::crop_imm(
            &page,
            pixels(place.x),
            pixels(place.y),
            pixels(place.width),
            pixels(place.height),
        )
        .to_image()
    }

    /// Keeps a picture of the page for people to look at.
    pub async fn keep_picture(&self, name: &str) {
        let setup = self.desktop.setup();
        let language = &setup.language[..2];
        let theme = if setup.dark { "dark" } else { "light" };
        let file = screenshots().join(format!("{name}-{language}-{theme}.png"));
        self.look().await.save(file).unwrap();
    }

    /// Asserts that the window still shows Castor and that the question holds nothing that was not typed.
    pub async fn assert_still_castor(&self, question: &str) {
        let address = self.client.current_url().await.unwrap();
        assert_eq!(address.scheme(), "tauri", "{address}");
        let text = self.evaluate("document.querySelector('[data-testid=composer]').value").await;
        assert_eq!(text, question, "the question");
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// Starts a WebDriver for this program alone and returns its address.
fn start_driver(desktop: &Desktop, launch: &Launch) -> String {
    // The driver cannot choose a port itself, so one that is free now is chosen for it.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = desktop.command("WebKitWebDriver");
    command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
    command.envs(launch.variables.iter().map(|(name, value)| (name, value)));
    desktop.start_silent_part(&mut command, "");
    patiently("the driver listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    format!("http://127.0.0.1:{port}")
}
