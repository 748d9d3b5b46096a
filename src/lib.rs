//! keystop stops keys before they leave your machine: a git pre-commit and pre-push hook.
//!
//! Data flows one way, `git → decode → engine → suppress → report`; only [`commands`] knows them all.

pub mod check;
pub mod cli;
pub mod commands;
pub mod config;
mod cores;
pub mod decode;
pub mod detector;
pub mod engine;
pub mod finding;
pub mod fingerprint;
pub mod git;
pub mod image;
mod kept;
pub mod redaction;
pub mod report;
pub mod secret;
pub mod spelling;
pub mod suppress;
