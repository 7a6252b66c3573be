//! Writes the TypeScript declarations of what crosses to the page: `bindings FOLDER`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("bindings: name the folder to write to");
        return ExitCode::FAILURE;
    };
    match atelier_session::protocol::export(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindings: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
