//! The program `dunlin`, run as a user runs it.

mod databases;
mod moving;
mod reading;
mod support;
