//! The four official Fashion-MNIST files: found, downloaded once, and believed only if their MD5 is the published one.

use std::env;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use atelier_data::official::{BASE_URL, FILES, OfficialFile};
use md5::{Digest, Md5};

use crate::stages::{hex, timed};

/// Long enough for a slow line, short enough for a machine without one.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// The longest silence within a download.
const READ_LIMIT: Duration = Duration::from_secs(15);

/// The folder that the user chose, by option or `ATELIER_DATA`: absolute, and its files are the published ones.
pub fn chosen(option: Option<PathBuf>) -> Result<Option<PathBuf>> {
    let named = option.or_else(|| env::var_os("ATELIER_DATA").filter(|value| !value.is_empty()).map(PathBuf::from));
    let Some(folder) = named else {
        return Ok(None);
    };
    verify(&folder)?;
    Ok(Some(std::path::absolute(folder)?))
}

/// Where downloads are kept: the platform's folder for caches.
fn cache() -> Result<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "atelier").context("this user has no home folder for a cache")?;
    Ok(dirs.cache_dir().join("fashion-mnist"))
}

/// The data to use: the chosen folder (anything wrong with it is an error), else the cache, filled by a download. Without
/// a network there is none, and the reason is printed.
pub fn find(option: Option<PathBuf>) -> Result<Option<PathBuf>> {
    if let Some(folder) = chosen(option)? {
        return Ok(Some(folder));
    }
    match fill(None) {
        Ok(folder) => Ok(Some(folder)),
        Err(error) => {
            eprintln!("{error:#}");
            Ok(None)
        }
    }
}

/// Fills a folder, by default the cache, with what is missing of the four files.
pub fn fill(folder: Option<PathBuf>) -> Result<PathBuf> {
    let folder = folder.map_or_else(cache, Ok)?;
    download(&folder, &base_url())?;
    Ok(folder)
}

/// Where to download from; `ATELIER_DATA_URL` replaces the published address.
fn base_url() -> String {
    let mut url = env::var("ATELIER_DATA_URL").unwrap_or_else(|_| BASE_URL.to_owned());
    if !url.ends_with('/') {
        url.push('/');
    }
    url
}

/// Checks all four files; the error names each one that is wrong, and how.
pub fn verify(folder: &Path) -> Result<()> {
    let wrong: Vec<String> = FILES.iter().filter_map(|file| check(folder, file).err()).map(|e| e.to_string()).collect();
    if !wrong.is_empty() {
        bail!("{} does not hold the official Fashion-MNIST files:\n  {}", folder.display(), wrong.join("\n  "));
    }
    Ok(())
}

fn check(folder: &Path, file: &OfficialFile) -> Result<()> {
    let mut content = match File::open(folder.join(file.name)) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!("{} is missing", file.name),
        Err(error) => bail!("{}: {error}", file.name),
    };
    let bytes = content.metadata()?.len();
    if bytes != file.bytes as u64 {
        bail!("{} has {bytes} bytes and should have {}", file.name, file.bytes);
    }
    let mut hash = Md5::new();
    io::copy(&mut content, &mut HashWriter(&mut hash))?;
    check_md5(file, hash)
}

fn check_md5(file: &OfficialFile, hash: Md5) -> Result<()> {
    let found = hex(&hash.finalize());
    if found != file.md5 {
        bail!("{} is damaged: its MD5 is {found}, the published one is {}", file.name, file.md5);
    }
    Ok(())
}

struct HashWriter<'a>(&'a mut Md5);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Downloads those of the four files that are not there yet, whole.
fn download(folder: &Path, base_url: &str) -> Result<()> {
    let missing: Vec<_> = FILES.iter().filter(|file| check(folder, file).is_err()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    eprintln!("Downloading Fashion-MNIST (31 MB, once) from {base_url} to {}", folder.display());
    let config = ureq::Agent::config_builder()
        .timeout_resolve(Some(CONNECT_LIMIT))
        .timeout_connect(Some(CONNECT_LIMIT))
        .timeout_recv_response(Some(READ_LIMIT))
        .timeout_per_read(Some(READ_LIMIT))
        .build();
    let agent = ureq::Agent::new_with_config(config);
    for file in missing {
        timed(file.name, || fetch(&agent, base_url, file, folder))
            .with_context(|| format!("could not download {}", file.name))?;
    }
    Ok(())
}

fn fetch(agent: &ureq::Agent, base_url: &str, file: &OfficialFile, folder: &Path) -> Result<()> {
    let mut response = agent.get(format!("{base_url}{}", file.name)).call()?;
    // One byte more than published is enough to see that the file is another one.
    let mut body = response.body_mut().with_config().limit(u64::MAX).reader().take(file.bytes as u64 + 1);
    // The final name stands for a whole file: a download cut short leaves only the partial one.
    let partial = folder.join(format!("{}.partial", file.name));
    let mut out = File::create(&partial).with_context(|| format!("could not write {}", partial.display()))?;
    let mut hash = Md5::new();
    let mut progress = Progress::new(file);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = body.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        out.write_all(&buffer[..read])?;
        progress.add(read);
    }
    drop(out);
    check_md5(file, hash).inspect_err(|_| {
        // The error that matters is the damage; a partial file that stays is overwritten the next time.
        let _ = fs::remove_file(&partial);
    })?;
    fs::rename(&partial, folder.join(file.name))?;
    Ok(())
}

/// One line that is rewritten, on a terminal only.
struct Progress {
    name: &'static str,
    total: usize,
    done: usize,
    shown: Option<usize>,
}

impl Progress {
    fn new(file: &OfficialFile) -> Self {
        Self { name: file.name, total: file.bytes, done: 0, shown: None }
    }

    fn add(&mut self, bytes: usize) {
        self.done += bytes;
        let percent = self.done * 100 / self.total;
        if self.shown != Some(percent) && io::stderr().is_terminal() {
            self.shown = Some(percent);
            eprint!("\r  {} {percent:>3} %\r", self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    use super::*;

    /// A loopback server that gives every request the same answer; returns its base URL.
    fn server(status: &'static str, body: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut request = BufReader::new(&connection).lines().map_while(Result::ok);
                assert!(request.any(|line| line.is_empty()), "a whole request");
                let length = body.len();
                write!(connection, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                    .unwrap();
            }
        });
        format!("http://{address}/")
    }

    #[test]
    fn a_download_with_another_md5_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let error = download(folder.path(), &server("200 OK", "not a data set")).unwrap_err();
        let message = format!("{error:#}");
        assert!(message.contains("train-images-idx3-ubyte.gz") && message.contains("MD5"), "{message}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_download_that_is_not_there_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = download(folder.path(), &server("404 Not Found", "")).unwrap_err();
        assert!(format!("{error:#}").contains("404"), "{error:#}");
    }

    #[test]
    fn a_server_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        // A port that was free a moment ago: nothing listens on it.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let error = download(folder.path(), &format!("http://127.0.0.1:{port}/")).unwrap_err();
        assert!(format!("{error:#}").contains("could not download train-images"), "{error:#}");
    }

    #[test]
    fn every_wrong_file_is_named_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let damaged = &FILES[3];
        fs::write(folder.path().join(FILES[1].name), "short").unwrap();
        fs::write(folder.path().join(damaged.name), vec![0; damaged.bytes]).unwrap();
        let message = verify(folder.path()).unwrap_err().to_string();
        assert!(message.contains("train-images-idx3-ubyte.gz is missing"), "{message}");
        assert!(message.contains("train-labels-idx1-ubyte.gz has 5 bytes and should have 29515"), "{message}");
        assert!(message.contains("t10k-labels-idx1-ubyte.gz is damaged"), "{message}");
    }
}
