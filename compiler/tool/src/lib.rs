//! Developer's command over IR files, and what it shares with the tests.
//!
//! [`execute`] runs functions of a module, with arguments given as text, on the
//! reference interpreter or as native code of a backend, and gives both answers in
//! one form. [`commands`] has one file for each subcommand of `cumbia-tool`. It
//! assumes nothing about Python: what a function's arguments mean is up to the IR.

pub mod commands;
pub mod execute;
