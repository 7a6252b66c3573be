//! The folder that any static host can serve, from any subpath.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use atelier_data::official::FILES;

use crate::dataset;
use crate::workspace::Workspace;

/// Tells GitHub Pages to serve every file as it is; also how a folder made here is known again.
const MARK: &str = ".nojekyll";
/// Beside the data, and also where there is none: the page reads this first and so never asks for a file in vain.
pub const DATA_INDEX: &str = "index.json";

/// The names of the data files that lie beside the page, as JSON.
pub fn data_index(with_data: bool) -> String {
    let names: Vec<&str> = if with_data { FILES.iter().map(|file| file.name).collect() } else { Vec::new() };
    serde_json::json!({ "files": names }).to_string()
}

/// Writes the built page to `out`, with the data of a verified folder if one is given.
pub fn write(workspace: &Workspace, out: &Path, data: Option<&Path>) -> Result<()> {
    clear(out)?;
    copy_folder(&workspace.dist(), out)?;
    fs::write(out.join(MARK), "")?;
    let target = out.join("data");
    fs::create_dir_all(&target)?;
    if let Some(folder) = data {
        dataset::verify(folder)?;
        for file in FILES {
            fs::copy(folder.join(file.name), target.join(file.name)).with_context(|| file.name)?;
        }
    }
    fs::write(target.join(DATA_INDEX), data_index(data.is_some()))?;
    Ok(())
}

/// Empties a folder made here before; one with anything else in it stays untouched.
fn clear(out: &Path) -> Result<()> {
    if !out.exists() {
        return Ok(());
    }
    if out.join(MARK).is_file() && out.join("index.html").is_file() {
        fs::remove_dir_all(out)?;
    } else if fs::read_dir(out)?.next().is_some() {
        bail!("{} is not empty and holds no site made before: choose another folder or empty it", out.display());
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("could not make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("could not read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).with_context(|| format!("could not write {}", target.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let workspace = Workspace::at(root);
        fs::create_dir_all(workspace.dist().join("assets")).unwrap();
        fs::write(workspace.dist().join("index.html"), "page").unwrap();
        fs::write(workspace.dist().join("assets/a.js"), "script").unwrap();
        (folder, workspace)
    }

    #[test]
    fn a_site_replaces_an_earlier_one_and_nothing_else() {
        let (folder, workspace) = workspace();
        let out = folder.path().join("site");
        write(&workspace, &out, None).unwrap();
        fs::write(out.join("stale.js"), "").unwrap();
        write(&workspace, &out, None).unwrap();
        assert!(out.join("assets/a.js").is_file());
        assert!(!out.join("stale.js").exists());
        assert_eq!(fs::read_to_string(out.join("data/index.json")).unwrap(), r#"{"files":[]}"#);

        let precious = folder.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("thesis.tex"), "").unwrap();
        assert!(write(&workspace, &precious, None).unwrap_err().to_string().contains("not empty"));
        assert!(precious.join("thesis.tex").is_file());
    }

    #[test]
    fn damaged_data_is_not_published() {
        let (folder, workspace) = workspace();
        let data = folder.path().join("damaged");
        fs::create_dir(&data).unwrap();
        assert!(write(&workspace, &folder.path().join("site"), Some(&data)).is_err());
    }
}
