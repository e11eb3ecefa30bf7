use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::problem::Problem;
use crate::store::{Delivery, Label, Store, StoreError, Stored};

/// Largest body of one label, in bytes. Four times what the gate lets through (256 KiB).
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Once the bodies of a page pass this many bytes, the rest waits for the next page.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

const MAX_KEY_BYTES: usize = 255;
const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1000;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const VERDICT: HeaderName = HeaderName::from_static("labelgate-verdict");

pub fn router(store: Store) -> Router {
    Router::new()
        .route("/v1/labels", get(list_labels).post(store_label))
        .route("/healthz", get(health))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "no such page"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this page does not take that method")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(store)
}

/// The answer to a stored label. Made only of what the first delivery fixed, so that a repeated one
/// gets the first answer again.
#[derive(Serialize)]
struct Receipt {
    key: String,
    sequence: i64,
}

async fn store_label(
    State(store): State<Store>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Receipt>, Problem> {
    let key = idempotency_key(&headers)?;
    let body =
        body.map_err(|rejection| Problem::new(rejection.status(), rejection.body_text()))?.into();
    let delivery = Delivery {
        key: key.clone(),
        content_type: text(&headers, &header::CONTENT_TYPE)?,
        verdict: text(&headers, &VERDICT)?,
        body,
    };
    match store.put(delivery).await? {
        Stored::At(sequence) => Ok(Json(Receipt { key, sequence })),
        Stored::OtherBody => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "this Idempotency-Key was used before with another body",
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    after: i64,
    #[serde(default = "default_limit")]
    limit: u32,
}

fn default_limit() -> u32 {
    DEFAULT_LIMIT
}

#[derive(Serialize)]
struct Listing {
    labels: Vec<ListedLabel>,
    /// Pass it as `after` to read on; the number of the last label listed.
    next: i64,
}

#[derive(Serialize)]
struct ListedLabel {
    sequence: i64,
    key: String,
    received_at: String,
    content_type: Option<String>,
    /// The header as it came: JSON when it is JSON, else a string.
    verdict: Option<Box<RawValue>>,
    /// The stored bytes; `null` when they are not UTF-8.
    body: Option<String>,
    /// The stored bytes in hexadecimal, only when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_hex: Option<String>,
}

async fn list_labels(
    State(store): State<Store>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Listing>, Problem> {
    let Query(page) =
        page.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    if !(1..=MAX_LIMIT).contains(&page.limit) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            format!("limit is 1 to {MAX_LIMIT}, not {}", page.limit),
        ));
    }
    let labels = store.list(page.after, page.limit, MAX_PAGE_BYTES).await?;
    let next = labels.last().map_or(page.after, |label| label.sequence);
    Ok(Json(Listing { labels: labels.into_iter().map(ListedLabel::from).collect(), next }))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    /// The number of the last label stored, 0 when there is none.
    newest: i64,
}

async fn health(State(store): State<Store>) -> Result<Json<Health>, Problem> {
    Ok(Json(Health { status: "ok", newest: store.newest().await? }))
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "send one Idempotency-Key header, so that a repeated delivery is stored once",
        ));
    };
    let bytes = key.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_KEY_BYTES || !bytes.iter().all(u8::is_ascii_graphic) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            format!("Idempotency-Key is 1 to {MAX_KEY_BYTES} visible ASCII characters"),
        ));
    }
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    headers
        .get(name)
        .map(|value| {
            value.to_str().map(str::to_owned).map_err(|_| {
                Problem::new(StatusCode::BAD_REQUEST, format!("header `{name}` is not ASCII"))
            })
        })
        .transpose()
}

impl From<Label> for ListedLabel {
    fn from(label: Label) -> Self {
        let (body, body_hex) = match String::from_utf8(label.body) {
            Ok(text) => (Some(text), None),
            Err(error) => {
                let hex = error.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
                (None, Some(hex))
            }
        };
        Self {
            sequence: label.sequence,
            key: label.key,
            received_at: label.received_at,
            content_type: label.content_type,
            verdict: label.verdict.and_then(as_json),
            body,
            body_hex,
        }
    }
}

/// Text that is JSON as that JSON, any other as a JSON string.
fn as_json(text: String) -> Option<Box<RawValue>> {
    RawValue::from_string(text.clone()).or_else(|_| serde_json::value::to_raw_value(&text)).ok()
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        eprintln!("collector: {}", error.0);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the label could not be stored or read")
    }
}
