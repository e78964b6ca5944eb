//! The program: hands its command line over and ends with the status that comes back.

use std::process::ExitCode;

/// Budgets are many small texts: with the system's allocator a tenth of the time goes into getting and freeing them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    yusuan::command::run()
}
