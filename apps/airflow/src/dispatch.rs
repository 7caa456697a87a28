//! Telling listeners what a dag run does.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use airflow_plugin::dunlin_core::session::BoxError;
use airflow_plugin::{DagRunEvent, DagRunState, Listener, PluginContext};
use futures_util::FutureExt;
use thiserror::Error;

/// Tells every listener, one after the other.
///
/// A listener that fails or panics is reported (as a warning, and in what is returned) and stops
/// neither the others nor the host.
pub async fn dispatch(
    listeners: &[Arc<dyn Listener>],
    event: &DagRunEvent,
    context: &PluginContext,
) -> Vec<ListenerFailure> {
    let mut failures = Vec::new();
    for listener in listeners {
        let outcome = AssertUnwindSafe(tell(&**listener, event, context)).catch_unwind().await;
        let named = || listener.name().to_owned();
        let failure = match outcome {
            Ok(Ok(())) => continue,
            Ok(Err(source)) => ListenerFailure::Failed { listener: named(), source },
            Err(payload) => ListenerFailure::Panicked { listener: named(), message: message_of(&*payload) },
        };
        let cause = std::error::Error::source(&failure).map(tracing::field::display);
        tracing::warn!(dag_id = event.dag_id, run_id = event.run_id, state = %event.state, cause, "{failure}");
        failures.push(failure);
    }
    failures
}

/// The call is part of the future, so that a panic before the first await is caught too.
async fn tell(listener: &dyn Listener, event: &DagRunEvent, context: &PluginContext) -> Result<(), BoxError> {
    match event.state {
        DagRunState::Running => listener.on_dag_run_running(event, context).await,
        DagRunState::Success => listener.on_dag_run_success(event, context).await,
        DagRunState::Failed => listener.on_dag_run_failed(event, context).await,
    }
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

/// A listener that did not do what it should.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListenerFailure {
    /// It returned an error.
    #[error("listener {listener} failed")]
    Failed {
        /// The listener's name.
        listener: String,
        /// Its error.
        source: BoxError,
    },
    /// It panicked.
    #[error("listener {listener} panicked: {message}")]
    Panicked {
        /// The listener's name.
        listener: String,
        /// What it said.
        message: String,
    },
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use airflow_plugin::dunlin_core::dialect::DialectName;
    use airflow_plugin::dunlin_core::session::BoxFuture;

    use super::*;

    /// Does on a failed run what it was made for, and notes every call.
    struct Probe {
        name: &'static str,
        on_failed: OnFailed,
        calls: Arc<Mutex<Vec<String>>>,
    }

    #[derive(Clone, Copy)]
    enum OnFailed {
        Succeed,
        Fail,
        PanicAtOnce,
        PanicLater,
    }

    impl Probe {
        fn note(&self, event: &DagRunEvent) {
            self.calls.lock().unwrap().push(format!("{} {} {}", self.name, event.run_id, event.state));
        }
    }

    impl Listener for Probe {
        fn name(&self) -> &str {
            self.name
        }

        fn on_dag_run_running<'a>(
            &'a self,
            event: &'a DagRunEvent,
            _: &'a PluginContext,
        ) -> BoxFuture<'a, Result<(), BoxError>> {
            self.note(event);
            Box::pin(async { Ok(()) })
        }

        fn on_dag_run_failed<'a>(
            &'a self,
            event: &'a DagRunEvent,
            _: &'a PluginContext,
        ) -> BoxFuture<'a, Result<(), BoxError>> {
            self.note(event);
            if let OnFailed::PanicAtOnce = self.on_failed {
                panic!("at once");
            }
            Box::pin(async {
                tokio::task::yield_now().await;
                match self.on_failed {
                    OnFailed::Fail => Err("no such system".into()),
                    OnFailed::PanicLater => panic!("{} later", self.name),
                    _ => Ok(()),
                }
            })
        }
    }

    async fn run(
        state: DagRunState,
        probes: &[(&'static str, OnFailed)],
    ) -> (Vec<String>, Vec<ListenerFailure>) {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let listeners: Vec<Arc<dyn Listener>> = probes
            .iter()
            .map(|(name, on_failed)| Probe { name, on_failed: *on_failed, calls: calls.clone() })
            .map(|probe| Arc::new(probe) as Arc<dyn Listener>)
            .collect();
        let context = PluginContext::new("sqlite::memory:", DialectName::Sqlite, None);
        let failures = dispatch(&listeners, &DagRunEvent::new("etl", "r1", state), &context).await;
        let calls = calls.lock().unwrap().clone();
        (calls, failures)
    }

    #[tokio::test]
    async fn a_state_reaches_its_own_function_only() {
        let probes = [("a", OnFailed::Fail), ("b", OnFailed::PanicAtOnce)];
        let (calls, failures) = run(DagRunState::Running, &probes).await;
        assert_eq!(calls, ["a r1 running", "b r1 running"]);
        assert!(failures.is_empty(), "{failures:?}");
        let (calls, failures) = run(DagRunState::Success, &probes).await;
        assert!(calls.is_empty() && failures.is_empty(), "{calls:?} {failures:?}");
    }

    #[tokio::test]
    async fn one_failing_listener_stops_neither_the_others_nor_the_host() {
        let probes = [
            ("fails", OnFailed::Fail),
            ("panics", OnFailed::PanicAtOnce),
            ("panics-later", OnFailed::PanicLater),
            ("works", OnFailed::Succeed),
        ];
        let (calls, failures) = run(DagRunState::Failed, &probes).await;
        assert_eq!(
            calls,
            ["fails r1 failed", "panics r1 failed", "panics-later r1 failed", "works r1 failed"]
        );
        let texts: Vec<_> = failures.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "listener fails failed",
                "listener panics panicked: at once",
                "listener panics-later panicked: panics-later later",
            ]
        );
        let cause = std::error::Error::source(&failures[0]).map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("no such system"));
    }
}
