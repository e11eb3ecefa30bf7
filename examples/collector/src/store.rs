use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

/// The labels on disk. Cheap to clone; all clones share one connection.
#[derive(Clone)]
pub struct Store {
    // One writer is what SQLite allows anyway; a pool would only move the waiting.
    connection: Arc<Mutex<Connection>>,
}

/// What a sender hands in.
pub struct Delivery {
    pub key: String,
    pub content_type: Option<String>,
    pub verdict: Option<String>,
    pub body: Vec<u8>,
}

/// What became of it.
#[derive(Debug, PartialEq)]
pub enum Stored {
    /// On disk under this number, now or from an earlier delivery of the same body.
    At(i64),
    /// The key already stands for another body.
    OtherBody,
}

/// One stored label.
#[derive(Debug)]
pub struct Label {
    pub sequence: i64,
    pub key: String,
    pub received_at: String,
    pub content_type: Option<String>,
    pub verdict: Option<String>,
    pub body: Vec<u8>,
}

impl Store {
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // FULL: a commit returns only once the log is on disk, so an answer of 200 survives a power cut.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Stores a delivery unless its key is known.
    pub async fn put(&self, delivery: Delivery) -> Result<Stored, StoreError> {
        self.run(move |connection| {
            let inserted = connection
                .prepare_cached(
                    "INSERT INTO labels (key, content_type, verdict, body) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (key) DO NOTHING RETURNING sequence",
                )?
                .query_row(
                    params![delivery.key, delivery.content_type, delivery.verdict, delivery.body],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(sequence) = inserted {
                return Ok(Stored::At(sequence));
            }
            let (sequence, is_same): (i64, bool) = connection
                .prepare_cached("SELECT sequence, body = ?2 FROM labels WHERE key = ?1")?
                .query_row(params![delivery.key, delivery.body], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            Ok(if is_same { Stored::At(sequence) } else { Stored::OtherBody })
        })
        .await
    }

    /// Labels after a sequence number, in the order they came: at most `limit`, and no further one once
    /// their bodies pass `max_bytes`.
    pub async fn list(
        &self,
        after: i64,
        limit: u32,
        max_bytes: usize,
    ) -> Result<Vec<Label>, StoreError> {
        self.run(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT sequence, key, received_at, content_type, verdict, body FROM labels
                 WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
            )?;
            let mut rows = statement.query(params![after, limit])?;
            let mut labels = Vec::new();
            let mut bytes = 0;
            while bytes < max_bytes
                && let Some(row) = rows.next()?
            {
                let label = Label {
                    sequence: row.get(0)?,
                    key: row.get(1)?,
                    received_at: row.get(2)?,
                    content_type: row.get(3)?,
                    verdict: row.get(4)?,
                    body: row.get(5)?,
                };
                bytes += label.body.len();
                labels.push(label);
            }
            Ok(labels)
        })
        .await
    }

    /// The number of the newest label, 0 when there is none. Also shows that the file can be read.
    pub async fn newest(&self) -> Result<i64, StoreError> {
        self.run(|connection| {
            connection
                .query_row("SELECT coalesce(max(sequence), 0) FROM labels", [], |row| row.get(0))
        })
        .await
    }

    /// Runs `work` off the async threads, because SQLite blocks.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            // A panic of an earlier caller leaves the connection usable: SQLite rolled its statement back.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(|error| StoreError(error.to_string()))?
        .map_err(|error| StoreError(error.to_string()))
    }
}

/// The file could not be read or written.
#[derive(Debug)]
pub struct StoreError(pub String);

// AUTOINCREMENT: a number is never given twice, so `after=` misses nothing.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS labels (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE,
    received_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    content_type TEXT,
    verdict      TEXT,
    body         BLOB NOT NULL
) STRICT;";
