//! The program `airflow` on real databases.

mod facts;
mod story;
mod support;
