use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::routes::{MAX_BODY_BYTES, router};
use crate::store::Store;

/// A database file of its own for one test, removed at the end.
struct Database(std::path::PathBuf);

impl Database {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("collector-test-{}-{number}.sqlite", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn router(&self) -> Router {
        router(Store::open(&self.0).unwrap())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

fn post(key: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post("/v1/labels").header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    request.body(body.into()).unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// Status, content type and body of the answer to one request.
async fn call(router: &Router, request: Request<Body>) -> (StatusCode, String, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, kind, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn same_key_and_body_is_stored_once_and_answered_alike() {
    let database = Database::new();
    let router = database.router();
    let first = call(&router, post(Some("a"), r#"{"id":"s-1"}"#)).await;
    call(&router, post(Some("b"), r#"{"id":"s-2"}"#)).await;
    let again = call(&router, post(Some("a"), r#"{"id":"s-1"}"#)).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(first.2, json!({"key": "a", "sequence": 1}));
    assert_eq!(again, first);
    let (_, _, listing) = call(&router, get("/v1/labels")).await;
    assert_eq!(listing["labels"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn simultaneous_deliveries_of_one_key_are_stored_once() {
    let database = Database::new();
    let router = database.router();
    let calls = (0..16).map(|_| {
        let router = router.clone();
        tokio::spawn(async move { call(&router, post(Some("a"), "{}")).await })
    });
    for answer in calls.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap().2, json!({"key": "a", "sequence": 1}));
    }
    let (_, _, health) = call(&router, get("/healthz")).await;
    assert_eq!(health, json!({"status": "ok", "newest": 1}));
}

#[tokio::test]
async fn same_key_with_another_body_is_refused() {
    let database = Database::new();
    let router = database.router();
    call(&router, post(Some("a"), "1")).await;
    let (status, kind, problem) = call(&router, post(Some("a"), "2")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(kind, "application/problem+json");
    assert_eq!(problem["status"], 422);
}

#[tokio::test]
async fn missing_or_unreadable_key_is_refused() {
    let database = Database::new();
    let router = database.router();
    for key in [None, Some(""), Some("two words"), Some("k".repeat(256).as_str())] {
        let (status, kind, _) = call(&router, post(key, "1")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{key:?}");
        assert_eq!(kind, "application/problem+json");
    }
    let (_, _, health) = call(&router, get("/healthz")).await;
    assert_eq!(health["newest"], 0);
}

#[tokio::test]
async fn body_up_to_the_bound_is_stored_and_over_it_refused() {
    let database = Database::new();
    let router = database.router();
    let (status, _, _) = call(&router, post(Some("a"), vec![b'x'; MAX_BODY_BYTES])).await;
    assert_eq!(status, StatusCode::OK);
    let (status, kind, _) = call(&router, post(Some("b"), vec![b'x'; MAX_BODY_BYTES + 1])).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(kind, "application/problem+json");
}

#[tokio::test]
async fn listing_gives_bytes_and_verdicts_in_order_and_pages() {
    let database = Database::new();
    let router = database.router();
    let mut with_verdict = post(Some("a"), "{ \"spaces\":  \"kept\" }\n");
    with_verdict
        .headers_mut()
        .insert("labelgate-verdict", r#"{"decision":"accept"}"#.parse().unwrap());
    call(&router, with_verdict).await;
    let mut with_word = post(Some("b"), "\"Ω\"");
    with_word.headers_mut().insert("labelgate-verdict", "accept".parse().unwrap());
    call(&router, with_word).await;
    call(&router, post(Some("c"), &[0xff, 0x00][..])).await;

    let (status, _, listing) = call(&router, get("/v1/labels?after=0&limit=2")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(listing["next"], 2);
    let labels = listing["labels"].as_array().unwrap();
    assert_eq!(labels.len(), 2);
    assert_eq!(labels[0]["body"], "{ \"spaces\":  \"kept\" }\n");
    assert_eq!(labels[0]["verdict"], json!({"decision": "accept"}));
    assert_eq!(labels[0]["content_type"], "application/json");
    assert_eq!(labels[1]["body"], "\"Ω\"");
    assert_eq!(labels[1]["verdict"], "accept");

    let (_, _, rest) = call(&router, get("/v1/labels?after=2")).await;
    assert_eq!(rest["labels"].as_array().unwrap().len(), 1);
    assert_eq!(rest["labels"][0]["key"], "c");
    assert_eq!(rest["labels"][0]["body"], Value::Null);
    assert_eq!(rest["labels"][0]["body_hex"], "ff00");
    assert_eq!(rest["labels"][0]["verdict"], Value::Null);
    let (_, _, end) = call(&router, get("/v1/labels?after=3")).await;
    assert_eq!(end, json!({"labels": [], "next": 3}));
}

#[tokio::test]
async fn listing_stops_a_page_by_bytes_and_loses_nothing() {
    let database = Database::new();
    let router = database.router();
    for key in ["a", "b", "c", "d", "e", "f"] {
        call(&router, post(Some(key), vec![b'x'; MAX_BODY_BYTES])).await;
    }
    let (_, _, first) = call(&router, get("/v1/labels")).await;
    assert_eq!(first["labels"].as_array().unwrap().len(), 4);
    let (_, _, second) = call(&router, get(&format!("/v1/labels?after={}", first["next"]))).await;
    assert_eq!(second["labels"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn wrong_page_bounds_are_refused() {
    let database = Database::new();
    let router = database.router();
    for query in ["limit=0", "limit=1001", "limit=many", "after=x", "before=1"] {
        let (status, kind, _) = call(&router, get(&format!("/v1/labels?{query}"))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(kind, "application/problem+json");
    }
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let database = Database::new();
    call(&database.router(), post(Some("a"), "1")).await;
    let router = database.router();
    let (_, _, again) = call(&router, post(Some("a"), "1")).await;
    assert_eq!(again, json!({"key": "a", "sequence": 1}));
    let (status, _, _) = call(&router, post(Some("a"), "2")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn unknown_page_and_method_are_problems() {
    let database = Database::new();
    let router = database.router();
    let (status, kind, _) = call(&router, get("/v1/label")).await;
    assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
    let delete = Request::delete("/v1/labels").body(Body::empty()).unwrap();
    let response = router.clone().oneshot(delete).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let allow = response.headers()["allow"].to_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}
