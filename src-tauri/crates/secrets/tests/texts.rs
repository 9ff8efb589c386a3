//! Texts with secrets, and texts that only look like it. Keys are put together here: none stands in this file as one.

use proptest::prelude::*;
use secrets::{Finding, Kind, find};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Random-looking text of an alphabet, the same each time.
fn noise(alphabet: &str, length: usize, seed: u64) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            letters[(state % letters.len() as u64) as usize]
        })
        .collect()
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

fn service(name: &str) -> Kind {
    Kind::ApiKey { service: Some(name.into()) }
}

/// Checks that exactly `secret` is found in `text`, as `kind`.
#[track_caller]
fn finds(text: &str, secret: &str, kind: &Kind) {
    let found = find(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    assert_eq!(&text[found[0].start..found[0].end], secret, "in {text}");
    assert_eq!(&found[0].kind, kind, "in {text}");
}

/// Puts a secret into sentences, code and settings of both languages.
fn settings(secret: &str) -> Vec<String> {
    vec![
        secret.to_owned(),
        format!("My key is {secret}, why does it not work?"),
        format!("It is ({secret})."),
        format!("export KEY=\"{secret}\"\n"),
        format!("{{\"value\": \"{secret}\"}}"),
        format!("我的密钥是{secret}，为什么用不了？"),
        format!("请用“{secret}”登录。"),
        format!("https://host.test/v1?q={secret}&alt=sse"),
    ]
}

#[test]
fn keys_of_services_are_found_in_any_sentence() {
    let keys = [
        (format!("AIza{}", noise(ALNUM, 35, 1)), service("Google Cloud")),
        (format!("AQ.{}", noise(ALNUM, 50, 2)), service("Google")),
        (format!("ghp_{}", noise(ALNUM, 36, 3)), service("GitHub")),
        (format!("sk-ant-api03-{}AA", noise(ALNUM, 93, 4)), service("Anthropic")),
        (format!("sk-proj-{}T3BlbkFJ{}", noise(ALNUM, 74, 5), noise(ALNUM, 74, 6)), service("OpenAI")),
        (format!("AKIA{}", noise("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 7)), service("AWS")),
        (format!("LTAI{}", noise(ALNUM, 20, 8)), service("Alibaba")),
        (format!("hf_{}", noise("abcdefghijklmnopqrstuvwxyz", 34, 9)), service("Hugging Face")),
        (format!("glpat-{}", noise(ALNUM, 20, 10)), service("GitLab")),
        (format!("sk_live_{}", noise(ALNUM, 24, 11)), service("Stripe")),
        (format!("gsk_{}", noise(ALNUM, 52, 12)), service("Groq")),
        (format!("xai-{}", noise(ALNUM, 80, 13)), service("xAI")),
        (format!("sk-or-v1-{}", noise(HEX, 64, 14)), service("OpenRouter")),
        (format!("AKID{}", noise(ALNUM, 32, 15)), service("Tencent")),
        (format!("sk-{}", noise(HEX, 32, 16)), Kind::ApiKey { service: None }),
    ];
    for (key, kind) in keys {
        for text in settings(&key) {
            finds(&text, &key, &kind);
        }
    }
}

#[test]
fn whatever_is_called_a_key_and_is_random_is_found() {
    let key = noise("abcdefghjkmnpqrstuvwxyz23456789", 32, 21);
    for text in [
        format!("api_key = \"{key}\""),
        format!("client_secret: {key}"),
        format!("ACCESS_TOKEN={key}\n"),
        format!("api_key：{key}"),
        format!("密钥：{key}"),
        format!("访问令牌是“{key}”。"),
    ] {
        finds(&text, &key, &Kind::ApiKey { service: None });
    }
}

#[test]
fn private_keys_are_found_whole() {
    for kind in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"] {
        let mut key = format!("-----BEGIN {kind}-----\n");
        for line in 0..20 {
            writeln!(key, "{}", noise(ALNUM, 64, 30 + line)).unwrap();
        }
        write!(key, "-----END {kind}-----").unwrap();
        finds(&format!("看看这个：\n{key}\n谢谢"), &key, &Kind::PrivateKey);
    }
    let mut public = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    writeln!(public, "{}\n-----END PUBLIC KEY-----", noise(ALNUM, 64, 3)).unwrap();
    assert_eq!(find(&public), []);
}

#[test]
fn passwords_are_found_where_they_are_called_so() {
    for (text, password) in [
        ("My password is hunter2.", "hunter2"),
        ("Password: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("user: anna\npwd=Sommer!2024\n", "Sommer!2024"),
        ("DB_PASSWORD='k9#mQ2vL'", "k9#mQ2vL"),
        ("{\"password\": \"k9#mQ2vL\", \"user\": \"anna\"}", "k9#mQ2vL"),
        ("密码：Abc12345!", "Abc12345!"),
        ("我的密码是Wq8822zz，请帮我登录", "Wq8822zz"),
        ("登录口令: 883920", "883920"),
        ("密碼為 blue77sky", "blue77sky"),
        ("账号 admin 密码 abc12345，谢谢", "abc12345"),
        ("WiFi passphrase = “river-9-stone-2”", "river-9-stone-2"),
        ("postgres://anna:s3cr3tpw@db.test:5432/app", "s3cr3tpw"),
        ("连接 mysql://root:Zx9(kk@10.0.0.3/库", "Zx9(kk"),
    ] {
        finds(text, password, &Kind::Password);
    }
}

#[test]
fn cards_are_found_in_every_way_of_writing() {
    for (text, card) in [
        ("4111111111111111", "4111111111111111"),
        ("card 4111 1111 1111 1111 exp 12/27", "4111 1111 1111 1111"),
        ("2223003122003222", "2223003122003222"),
        ("5555-5555-5555-4444", "5555-5555-5555-4444"),
        ("amex 3782 822463 10005.", "3782 822463 10005"),
        ("卡号6222021234567890128有效期", "6222021234567890128"),
        ("我的银行卡是 6222 0212 3456 7890 128。", "6222 0212 3456 7890 128"),
        ("2023 4111 1111 1111 1111 123", "4111 1111 1111 1111"),
    ] {
        finds(text, card, &Kind::CardNumber);
    }
}

#[test]
fn numbers_of_people_and_accounts_are_found() {
    for (text, number) in [
        ("身份证号11010519491231002X，请核对", "11010519491231002X"),
        ("身份证：11010519491231002x", "11010519491231002x"),
        ("ID 440524188001010014", "440524188001010014"),
        ("SSN 536-22-8145.", "536-22-8145"),
    ] {
        finds(text, number, &Kind::IdentityNumber);
    }
    for (text, account) in [
        ("IBAN: DE89 3704 0044 0532 0130 00, thanks", "DE89 3704 0044 0532 0130 00"),
        ("pay to GB82WEST12345698765432.", "GB82WEST12345698765432"),
        ("账户FR1420041010050500013M02606，谢谢", "FR1420041010050500013M02606"),
        ("DE89 3704 0044 0532 0130 00 2024", "DE89 3704 0044 0532 0130 00"),
    ] {
        finds(text, account, &Kind::BankAccount);
    }
}

#[test]
fn what_only_looks_secret_stays_silent() {
    let picture = format!("![](data:image/png;base64,iVBORw0KGgo{}==)", noise(ALNUM, 20_000, 40));
    let placeholder = format!("AIza{}", "a".repeat(35));
    let texts = [
        // Hashes and identifiers.
        "commit 2b80b44f6f1e2a9c1d3e5f7a8b9c0d1e2f3a4b5c",
        "sha256:e163e53b9e7e8a8511e77271e2b323ed057759542a6d988258afe3a1fa329caf",
        "id 0193bd1e-0f46-7c5e-9a55-1d1d6ee1e0ff, 12345678-1234-4111-8111-411111111111",
        picture.as_str(),
        "integrity sha512-q1MyM4Z8FYXOjKzjMyj1AmKyV1ZNaqgI6cs3j3JeVTnMRl9iyZ3wAUYAB/XrSjAeCbJSDGSnAlmKYXOBSd2tKg==",
        // Telephones, orders, prices, dates, books, places.
        "call +49 170 1234567 or 555-12-345, 13812345678, +86 138 1234 5678",
        "Order 4111111111111111 has shipped; 订单号：6222021234567890128",
        "快递单号 4111111111111111",
        "1732541628123 20241125143000 2024-11-25 14:30:00",
        "ISBN 978-3-16-148410-0, 9783161484100, EAN 4006381333931",
        "€1,234,567.89 $99.95 3.1415926535897932384626 0.4111111111111111",
        "40.7127753, -74.0059728; 192.168.10.1:8080; v1.2.3-4111111111111111",
        "4111 1111 1111 1112, 4111-1111 1111-1111, 0000 0000 0000 0000",
        "https://shop.test/item/4111111111111111 and /4111111111111111/",
        // Persons and accounts that cannot be.
        "110105194912310021 999999194912310020 11010519491331002X",
        "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000 078-05-1120 536-22-8145-1",
        "DE89 3704 0044 0532 0130 01, GB82WEST12345698765433, XX82WEST12345698765432",
        // Code and words that speak of passwords and keys.
        "if (password.length < 8) throw new Error(\"password too short\")",
        "const password = req.body.password; let token = await getToken(user1);",
        "password = input(\"Password: \"); passwd = os.environ[\"DB_PASS1\"]",
        "password: ${DB_PASSWORD1}, password: <your-password1>, password=********",
        "password: string; password: required; password: Option<String>,",
        "42000000000000, 4000000000000000000, 5100000000000000000",
        "IFLA_VXLAN_LOCALBYPASS: _bindgen_ty_22, pub password: other_type_2, compass: n0rth33",
        "pass: matchResult?.pass2, const pass = !this.result1.issues; STENCIL_PASS_DEPTH_PASS: 0x0B96",
        "2735617868729749, 2210617868729743, 420000001234576, 42310000012347; password: *const c_char",
        "密钥长度：256，密钥：AES-256-GCM-SHA384-v2，令牌是什么？密码 8到16位，密码 https://host.test/a1b2c3",
        placeholder.as_str(),
        "use ghp_abcdefghijklmnopqrstuvwxyz0123456789 in its place",
        "libc::passwd::pw_gecos1, Passphrase::random2",
        "def check(password: str, salt=16) -> bool:",
        "Your password must be at least 8 characters. The password is 12-digit. Is the password incorrect?",
        "密码至少8位。密码是什么？请输入密码：____ 忘记密码怎么办 密码长度为8到16位",
        "The API key is required. Set GEMINI_API_KEY=your_api_key_here",
        "api_key = os.getenv(\"GEMINI_API_KEY\")",
        "access_token: data.access_token, key: user.primaryKey,",
        "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
        "postgres://user:password@localhost/app https://host.test:8080/a@b",
        "The keys of the piano: c4, d4, e4. The token count is 1290.",
        "AQ. is how keys begin now, AIza is how they began; sk-learn, sk-estimators-and-pipelines",
        "It begins with -----BEGIN RSA PRIVATE KEY----- in a line of its own, then come the lines of the key, and at last it ends with -----END RSA PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "",
    ];
    for text in texts {
        assert_eq!(find(text), [], "in {}", text.chars().take(120).collect::<String>());
    }
}

#[test]
fn what_overlaps_is_one_finding() {
    let key = format!("AIza{}", noise(ALNUM, 35, 1));
    finds(&format!("GEMINI_API_KEY={key}"), &key, &service("Google Cloud"));
    finds(&format!("password: {key}"), &key, &service("Google Cloud"));
}

#[test]
fn findings_tell_kind_and_place_and_never_the_secret() {
    let found = find("My password is hunter2.");
    assert!(!format!("{found:?}").contains("hunter2"));
    assert_eq!(
        serde_json::to_string(&found).unwrap(),
        r#"[{"kind":{"type":"password"},"start":15,"end":22}]"#
    );
    let google = Finding { kind: service("Google"), start: 0, end: 1 };
    assert_eq!(
        serde_json::to_string(&google).unwrap(),
        r#"{"kind":{"type":"apiKey","service":"Google"},"start":0,"end":1}"#
    );
}

/// Four megabytes of what is hardest: words that call rules, digits that could be cards, labels without an end.
#[test]
fn megabytes_take_time_in_proportion() {
    let timed = |text: &str| {
        let begin = Instant::now();
        let found = find(text);
        (begin.elapsed(), found.len())
    };
    let pieces = [
        "the quick brown fox 她说了一句话。".to_owned(),
        "4111 1111 1111 1112 ".to_owned(),
        "1".to_owned(),
        "DE89 3704 0044 0532 0130 01 ".to_owned(),
        "password: ".to_owned(),
        "curl -u ".to_owned(),
        "-----BEGIN PRIVATE KEY-----".to_owned(),
        "a.b-c_".to_owned(),
        "eyJ".to_owned(),
        "api_key secret token = adobe github sourcegraph discord ".to_owned(),
        format!("{}\n", noise(ALNUM, 76, 50)),
    ];
    find("api_key password 1");
    for piece in &pieces {
        let quarter = piece.repeat((1 << 20) / piece.len());
        let whole = piece.repeat((4 << 20) / piece.len());
        let (short, _) = timed(&quarter);
        let (long, _) = timed(&whole);
        println!("{short:>9.1?} {long:>9.1?}  {piece:?}");
        assert!(long < short * 12 + Duration::from_millis(500), "{piece:?}: {short:?}, {long:?}");
        assert!(long < Duration::from_secs(30), "{piece:?}: {long:?}");
    }
}

/// Pieces of secrets and other characters, thrown together.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        Just("password: ".to_owned()),
        Just("密码是".to_owned()),
        Just("4111 1111 1111 1111".to_owned()),
        Just("11010519491231002X".to_owned()),
        Just("DE89 3704 0044 0532 0130 00".to_owned()),
        Just("536-22-8145".to_owned()),
        Just("Tr0ub4dor&3".to_owned()),
        Just(format!("api_key=\"{}", noise(ALNUM, 40, 60))),
        Just("://a:b1c2d3@".to_owned()),
        "[0-9 -]{0,40}",
        "[：，。“”\"' =]{0,3}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_gives_ordered_places_between_characters(text in text()) {
        let mut last = 0;
        for finding in find(&text) {
            prop_assert!(last <= finding.start && finding.start < finding.end);
            prop_assert!(text.get(finding.start..finding.end).is_some());
            last = finding.end;
        }
    }
}
