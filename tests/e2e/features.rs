//! Answers of more than words, as a person asks for them and sees them: sources, code, thoughts, data, pictures, blocks.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::Server;
use test_support::gemini_server::{
    CodeRun, End, Failure, Grounded, GroundedPage, GroundedPassage, Rating, Reply, Streamed,
};

const FACT: &str = "Castor is in fact six stars 🌟";

fn grounding() -> Grounded {
    let page = |number: u32, title: &str| GroundedPage {
        uri: format!("https://example.test/{number}"),
        title: title.into(),
    };
    Grounded {
        queries: vec!["Castor star".into()],
        pages: vec![page(0, "example.com"), page(1, "stars.test")],
        passages: vec![GroundedPassage { text: FACT.into(), pages: vec![1] }],
        // Hostile on purpose: what a search engine sends is nobody's word.
        suggestions: Some(
            "<style>.chip { color: green }</style><script>document.title = 'taken over'</script>\
             <div class=chip onclick=\"document.title = 'taken over'\"><a href=\"https://search.test/q\">Castor star</a></div>\
             <img src=x onerror=\"document.title = 'taken over'\">"
                .into(),
        ),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grounded_answer_shows_its_sources_where_they_belong() {
    let desktop = Desktop::start(Setup { dark: true, ..Setup::default() });
    let server = Server::start().await;
    let answer = format!("问得好：**{FACT}**, as seen from here.\n\n- One\n- Two");
    server.replies(Reply::Answer(Streamed { grounding: Some(grounding()), ..Streamed::saying(answer) }));
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.choose_tool("search").await;
    app.keep_picture("tool-chosen").await;
    app.ask("What is Castor?").await;
    app.answer_is("complete").await;
    assert_eq!(server.last_question()["tools"], serde_json::json!([{"googleSearch": {}}]));

    app.reads("sources", "stars.test").await;
    // The marker stands behind the passage it belongs to and nowhere else.
    let before = app
        .evaluate(
            "(() => { const marker = document.querySelector('[data-testid=answer-text] .source-mark');
                const range = document.createRange();
                range.setStart(document.querySelector('[data-testid=answer-text]'), 0);
                range.setEndBefore(marker);
                return range.toString().trim(); })()",
        )
        .await;
    assert!(before.as_str().unwrap().ends_with(FACT), "{before}");
    assert_eq!(app.evaluate("document.querySelectorAll('.source-mark').length").await, 1);
    app.sees("suggestions").await;
    assert_eq!(app.evaluate("document.title.includes('taken')").await, false);
    app.keep_picture("grounded").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thoughts_code_and_pictures_stand_in_their_order() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let run = |outcome: &str, output: &str| CodeRun {
        code: "total = sum(range(1, 101))\nprint(total)".into(),
        outcome: outcome.into(),
        output: output.into(),
    };
    server.replies(Reply::Answer(Streamed {
        thoughts: vec!["**Adding up**\n\nThe sum of one to a hundred.".into()],
        code: vec![run("OUTCOME_OK", "5050"), run("OUTCOME_FAILED", "NameError: total")],
        ..Streamed::saying("It is **5050**.")
    }));
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.choose_tool("runCode").await;
    app.ask("What is 1 + … + 100?").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "5050").await;
    app.counts("code-run", 2).await;
    app.until("document.querySelectorAll('[data-testid=code-result]')[0].innerText.includes('5050')").await;
    app.until("document.querySelectorAll('[data-testid=code-result]')[1].dataset.outcome === 'failed'").await;
    assert!(!app.text("thought").await.contains("one to a hundred"), "folded at first");
    app.click_inside("thought", "button").await;
    app.reads("thought", "one to a hundred").await;
    app.keep_picture("thought-and-code").await;
    app.close();

    // All of it is there again.
    let app = App::open(&desktop, server.launch()).await;
    app.counts("code-run", 2).await;
    app.counts("thought", 1).await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drawn_picture_is_kept_and_opens_large() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.choose_model("gemini-3.1-flash-image").await;
    app.ask("Draw a beaver").await;
    app.answer_is("complete").await;
    let sizes = app.picture_sizes("answer-picture").await;
    assert!(sizes.len() == 1 && sizes[0].0 > 0, "{sizes:?}");
    app.click_inside("answer-picture", "button").await;
    app.sees("viewer").await;
    app.keep_picture("drawn").await;
    desktop.press("Escape");
    app.sees_no("viewer").await;

    // The picture goes back with the next question, as the model's own part.
    app.ask("Make it red").await;
    app.counts("answer", 2).await;
    app.answer_is("complete").await;
    let question = server.last_question();
    assert!(question["contents"][1]["parts"].to_string().contains("inlineData"), "{question}");
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_by_a_schema_is_a_table() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers(r#"{"rows":[{"name":"Tea","price":2.5},{"name":"Cake","price":4}]}"#);
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.choose_tool("schema").await;
    app.sees("schema-dialog").await;
    app.fill("column-name", "name").await;
    app.keep_picture("schema-dialog").await;
    app.click("schema-use").await;
    app.sees_no("schema-dialog").await;
    app.ask("What is on the bill?").await;
    app.answer_is("complete").await;
    let config = &server.last_question()["generationConfig"];
    assert_eq!(config["responseMimeType"], "application/json");
    assert!(config["responseJsonSchema"]["properties"].is_object(), "{config}");
    app.until("document.querySelector('[data-testid=structure]')?.dataset.view === 'table'").await;
    app.reads("structure", "Cake").await;
    app.keep_picture("table").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_blocked_says_why() {
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", dark: true, ..Setup::default() });
    let server = Server::start().await;
    let rating = |category: &str, probability: &str, blocked: bool| Rating {
        category: category.into(),
        probability: probability.into(),
        blocked,
    };
    let streamed = Streamed {
        ratings: vec![
            rating("HARM_CATEGORY_HARASSMENT", "HIGH", true),
            rating("HARM_CATEGORY_HATE_SPEECH", "NEGLIGIBLE", false),
        ],
        ..Streamed::saying("你这个")
    };
    server.replies(Reply::Answer(streamed.ending(End::Reason { reason: "SAFETY".into(), after: 1 })));
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("骂我一句").await;
    app.answer_is("blocked").await;
    app.sees("blocked-reason").await;
    app.keep_picture("blocked").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_used_up_quota_is_told_at_once_and_another_model_offered() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.replies(Reply::Refuse(Failure::DailyQuota));
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let began = std::time::Instant::now();
    app.ask("Why?").await;
    app.answer_is("failed").await;
    app.until("document.querySelector('[data-testid=notice]')?.dataset.code === 'quota-exhausted'").await;
    let questions = server.requests().iter().filter(|asked| asked.path.contains(":streamGenerate")).count();
    assert_eq!(questions, 1, "nothing is tried again, after {:?}", began.elapsed());
    app.keep_picture("quota").await;
    app.close();
}
