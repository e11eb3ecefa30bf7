//! A small collection backend: the place where labels go once the gate has let them through.
//!
//! It stands in for your own backend in the demo and in the tests of the edge worker. What it shows is
//! the one promise the gate needs: a delivery repeated with the same `Idempotency-Key` is stored once,
//! and an answer of 200 means that the label is on disk.

mod problem;
mod routes;
mod store;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::net::TcpListener;

use crate::store::Store;

/// Stores labels, each once, in an SQLite file.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8788", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// The SQLite file; made when it is missing
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("collector: {error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let store = Store::open(&arguments.database)
        .map_err(|error| format!("cannot open `{}`: {error}", arguments.database.display()))?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", arguments.listen))?;
    let address = listener.local_addr()?;

    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let mut stopped_too = stopped.clone();
    let server = axum::serve(listener, routes::router(store)).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    tokio::spawn(async move {
        end_of_process().await;
        let _ = stop.send(true);
    });

    // Whoever started us waits for this line before sending the first label.
    let mut stdout = std::io::stdout();
    writeln!(stdout, "ready http://{address}")?;
    stdout.flush()?;

    tokio::select! {
        ended = server => ended?,
        // A client that never finishes its request must not keep the process alive.
        () = async {
            let _ = stopped_too.wait_for(|stopped| *stopped).await;
            tokio::time::sleep(GRACE).await;
        } => eprintln!("collector: ended with requests still open after {} s", GRACE.as_secs()),
    }
    Ok(())
}

/// Completes at the first SIGINT or SIGTERM.
async fn end_of_process() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}

/// How long requests under way may take once the process is asked to end. Chosen; not measured.
const GRACE: Duration = Duration::from_secs(10);

const EXAMPLES: &str = r#"Examples:
  Start it:
    collector --database labels.sqlite

  Store a label (once, however often you repeat it):
    curl -X POST http://127.0.0.1:8788/v1/labels -H 'Idempotency-Key: s-1' \
      -H 'content-type: application/json' --data-binary '{"id":"s-1"}'

  Read what is there, in the order it came:
    curl 'http://127.0.0.1:8788/v1/labels?after=0&limit=100'
    sqlite3 labels.sqlite 'SELECT sequence, key, CAST(body AS TEXT) FROM labels'

Answers:
  200  the label is on disk, now or from an earlier call with the same key and body
  400  no Idempotency-Key, or one that is not 1 to 255 visible ASCII characters
  413  a body over 1 MiB
  422  the key was used before with another body"#;
