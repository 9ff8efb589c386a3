//! Writing a question with real keys, through an input method too.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::Server;

const TEXT: &str = "document.querySelector('[data-testid=composer]').value";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_enter_that_ends_a_composition_does_not_send_and_the_next_does() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("你好。");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.click("composer").await;
    // GTK's own input method composes a character from its number; Enter confirms it as it confirms a candidate.
    desktop.press("ctrl+shift+u");
    desktop.xdotool(&["type", "4f60"]);
    desktop.press("Return");
    app.until(&format!("{TEXT} === '你'")).await;
    desktop.press("ctrl+shift+u");
    desktop.xdotool(&["type", "597d"]);
    desktop.press("Return");
    app.until(&format!("{TEXT} === '你好'")).await;
    assert_eq!(app.count("question").await, 0, "nothing was sent yet");

    desktop.press("Return");
    app.reads("question", "你好").await;
    app.answer_is("complete").await;
    app.assert_still_castor("").await;
    app.close();
}

/// Chinese input methods give WebKit's events in an order of their own: the composition has ended when the Enter that ended
/// it arrives, recognisable by its key code alone; plain Enters afterwards may carry that code as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webkits_order_of_events_is_understood() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("好。");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.evaluate(
        "(() => {
            const field = document.querySelector('[data-testid=composer]');
            field.focus();
            field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true, data: '' }));
            field.value = '你好';
            field.dispatchEvent(new InputEvent('input', { bubbles: true, data: '你好', isComposing: true }));
            field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '你好' }));
            window.enter = () => field.dispatchEvent(
                new KeyboardEvent('keydown', { bubbles: true, cancelable: true, key: 'Enter', code: 'Enter', keyCode: 229 }));
            window.enter();
            field.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true, key: 'Enter', code: 'Enter', keyCode: 13 }));
        })()",
    )
    .await;
    // Two frames later nothing is on its way.
    app.until("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
        .await;
    assert_eq!(app.count("question").await, 0, "the Enter that confirmed the candidate sent nothing");
    assert_eq!(app.evaluate(TEXT).await, "你好");

    app.evaluate("window.enter()").await;
    app.reads("question", "你好").await;
    app.answer_is("complete").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_do_what_the_menus_say() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("Two lines.");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.click("composer").await;
    desktop.xdotool(&["type", "one"]);
    desktop.press("shift+Return");
    desktop.xdotool(&["type", "two"]);
    app.until(&format!("{TEXT} === 'one\\ntwo'")).await;
    desktop.press("Return");
    app.answer_is("complete").await;

    // Up in an empty composer takes the last question up again; Escape leaves it.
    app.until(&format!("{TEXT} === ''")).await;
    desktop.press("Up");
    app.until(&format!("{TEXT} === 'one\\ntwo'")).await;
    desktop.press("Escape");
    app.until(&format!("{TEXT} === ''")).await;

    desktop.press("ctrl+n");
    app.counts("question", 0).await;
    desktop.xdotool(&["type", "a new one"]);
    app.until(&format!("{TEXT} === 'a new one'")).await;
    desktop.press("ctrl+k");
    app.until("document.activeElement?.dataset.testid === 'find'").await;
    app.close();
}
