//! The program: hands its command line over and ends with the status that comes back.

use std::process::ExitCode;

fn main() -> ExitCode {
    yusuan::command::run()
}
