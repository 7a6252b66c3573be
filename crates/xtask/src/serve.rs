//! A static server on the loopback address, as a good static host would serve the page.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use atelier_data::official::FILES;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT_ENCODING, HeaderValue, IF_NONE_MATCH};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use md5::{Digest, Md5};

use crate::site::{DATA_INDEX, data_index};
use crate::stages::hex;

const DEFAULT_PORT: u16 = 8000;
/// Ports tried after the default one.
const MORE_PORTS: u16 = 20;
/// What a page and its workers may load and run, one directive a line. The built page states the same, but a statement in a
/// page does not bind its workers, and cannot say who may frame it.
const POLICY: &str = include_str!("../../../www/content-security-policy.txt");

/// A port to listen on: the one that is asked for (0: any), else the first free one from the default on.
pub fn listen(port: Option<u16>) -> Result<TcpListener> {
    if let Some(port) = port {
        return TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("could not listen on port {port}; leave --port out for the next free one"));
    }
    (DEFAULT_PORT..=DEFAULT_PORT + MORE_PORTS)
        .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .with_context(|| {
            format!("no free port from {DEFAULT_PORT} to {}: name one by --port", DEFAULT_PORT + MORE_PORTS)
        })
}

/// The header `Content-Security-Policy`.
fn policy() -> String {
    POLICY.lines().chain(["frame-ancestors 'self'"]).collect::<Vec<_>>().join("; ")
}

/// What is served, and where.
pub struct Site {
    root: PathBuf,
    /// Starts and ends with a slash.
    base: String,
    data: Option<PathBuf>,
    files: Mutex<HashMap<PathBuf, Arc<Served>>>,
}

/// A file in the encodings that were asked for so far.
struct Served {
    modified: SystemTime,
    plain: Arc<[u8]>,
    tag: String,
    brotli: Mutex<Option<Arc<[u8]>>>,
    gzip: Mutex<Option<Arc<[u8]>>>,
}

/// An answer, whatever carries it.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Arc<[u8]>,
}

impl Answer {
    fn text(status: u16, text: &str) -> Self {
        let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
        Self { status, headers, body: text.as_bytes().into() }
    }
}

impl Site {
    /// Serves the folder `root` under the path `base`, with `data/` from another folder.
    pub fn new(root: PathBuf, base: &str, data: Option<PathBuf>) -> Result<Self> {
        if !root.join("index.html").is_file() {
            bail!("{} holds no page: `cargo xtask site` writes one", root.display());
        }
        let base = format!("/{}/", base.trim_matches('/')).replace("//", "/");
        Ok(Self { root, base, data, files: Mutex::default() })
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// Serves until the process ends.
    pub fn run(self, listener: TcpListener) -> Result<()> {
        listener.set_nonblocking(true)?;
        let site = Arc::new(self);
        tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let (connection, _) = listener.accept().await?;
                let site = site.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| respond(site.clone(), request));
                    // A browser that closes the connection early is no error of the server.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
                });
            }
        })
    }

    /// The answer to a request for a path.
    pub fn answer(&self, method: &Method, path: &str, encodings: &str, known: Option<&str>) -> Answer {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Answer::text(405, "Only GET and HEAD are served.");
        }
        let Some(path) = path.strip_prefix(&self.base) else {
            if self.base.strip_suffix('/') == Some(path) && !path.is_empty() {
                return Answer { status: 301, headers: vec![("Location", self.base.clone())], body: Arc::new([]) };
            }
            return Answer::text(404, &format!("The page lies at {}", self.base));
        };
        if let Some(name) = path.strip_prefix("data/") {
            return self.data_file(name, known);
        }
        let served = relative(path).and_then(|relative| {
            let mut file = self.root.join(relative);
            if file.is_dir() {
                file.push("index.html");
            }
            Some((self.load(&file)?, file))
        });
        match served {
            Some((served, file)) => reply(&served, &file, encodings, known),
            None => Answer::text(404, "There is no such file."),
        }
    }

    fn data_file(&self, name: &str, known: Option<&str>) -> Answer {
        if name == DATA_INDEX {
            let headers =
                vec![("Content-Type", "application/json".to_owned()), ("Cache-Control", "no-cache".to_owned())];
            return Answer { status: 200, headers, body: data_index(self.data.is_some()).into_bytes().into() };
        }
        let file =
            self.data.as_ref().filter(|_| FILES.iter().any(|file| file.name == name)).map(|data| data.join(name));
        match file.and_then(|file| Some((self.load(&file)?, file))) {
            Some((served, file)) => reply(&served, &file, "", known),
            None => Answer::text(404, "There is no such data file here."),
        }
    }

    /// A file's content, read again when it has changed.
    fn load(&self, file: &Path) -> Option<Arc<Served>> {
        let modified = file.metadata().and_then(|metadata| metadata.modified()).ok()?;
        // A panic while the lock was held can only have come before an insertion: the map is whole.
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(served) = files.get(file).filter(|served| served.modified == modified) {
            return Some(served.clone());
        }
        let plain: Arc<[u8]> = fs::read(file).ok()?.into();
        let tag = format!("\"{}\"", hex(&Md5::digest(&plain)));
        let served = Arc::new(Served { modified, plain, tag, brotli: Mutex::default(), gzip: Mutex::default() });
        files.insert(file.to_owned(), served.clone());
        Some(served)
    }
}

/// Reading and compressing may take long: not on the thread that the other connections need.
async fn respond(site: Arc<Site>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let answer = tokio::task::spawn_blocking(move || {
        let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let encodings = header(ACCEPT_ENCODING).unwrap_or_default();
        site.answer(request.method(), request.uri().path(), encodings, header(IF_NONE_MATCH))
    })
    .await?;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(Bytes::from_owner(answer.body)))?)
}

fn reply(served: &Served, file: &Path, encodings: &str, known: Option<&str>) -> Answer {
    let mime = mime(file);
    // Vite names what lies in assets/ by its content.
    let hashed = file.parent().is_some_and(|folder| folder.ends_with("assets"));
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = vec![
        ("Content-Type", mime.name.to_owned()),
        ("Cache-Control", cache.to_owned()),
        ("ETag", served.tag.clone()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Content-Security-Policy", policy()),
    ];
    if mime.compressible {
        headers.push(("Vary", "Accept-Encoding".to_owned()));
    }
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == served.tag)) {
        return Answer { status: 304, headers, body: Arc::new([]) };
    }
    let accepts = |wanted: &str| encodings.split(',').any(|e| e.split(';').next().is_some_and(|e| e.trim() == wanted));
    let body = if mime.compressible && accepts("br") {
        headers.push(("Content-Encoding", "br".to_owned()));
        once(&served.brotli, || brotli(&served.plain))
    } else if mime.compressible && accepts("gzip") {
        headers.push(("Content-Encoding", "gzip".to_owned()));
        once(&served.gzip, || gzip(&served.plain))
    } else {
        served.plain.clone()
    };
    Answer { status: 200, headers, body }
}

fn once(slot: &Mutex<Option<Arc<[u8]>>>, make: impl FnOnce() -> Vec<u8>) -> Arc<[u8]> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    slot.get_or_insert_with(|| make().into()).clone()
}

/// Brotli as a static host has it: quality 9 is within a few per cent of the best, and quick.
pub fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, 9, 22);
    writer.write_all(plain).expect("a Vec takes everything");
    drop(writer);
    out
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain).expect("a Vec takes everything");
    writer.finish().expect("a Vec takes everything")
}

/// The path of a file below the root, from that of a URL; `None` for one that leads outside or to a hidden file.
fn relative(path: &str) -> Option<PathBuf> {
    let decoded = percent_decode(path)?;
    if decoded.contains(['\\', '\0', ':']) {
        return None;
    }
    let relative = PathBuf::from(decoded);
    let inside = relative.components().all(|component| match component {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    });
    inside.then_some(relative)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

struct Mime {
    name: &'static str,
    compressible: bool,
}

fn mime(file: &Path) -> Mime {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let (name, compressible) = match extension {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "safetensors" => ("application/octet-stream", true),
        "png" => ("image/png", false),
        "ico" => ("image/x-icon", false),
        "woff2" => ("font/woff2", false),
        "gz" => ("application/gzip", false),
        _ => ("application/octet-stream", false),
    };
    Mime { name, compressible }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn site(base: &str) -> (tempfile::TempDir, Site) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("dist");
        fs::create_dir_all(root.join("assets")).unwrap();
        fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        fs::write(root.join(".hidden"), "hidden").unwrap();
        fs::write(root.join("index.html"), "<p>page</p>").unwrap();
        fs::write(root.join("assets/engine-1234.wasm"), [0; 4096]).unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join(FILES[0].name), "data").unwrap();
        fs::write(data.join("private.txt"), "private").unwrap();
        let site = Site::new(root, base, Some(data)).unwrap();
        (folder, site)
    }

    fn get(site: &Site, url: &str) -> Answer {
        site.answer(&Method::GET, url, "", None)
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn files_come_with_their_type_and_cache_rules() {
        let (_folder, site) = site("/");
        let page = get(&site, "/");
        assert_eq!((page.status, &*page.body), (200, &b"<p>page</p>"[..]));
        assert_eq!(header(&page, "Content-Type"), Some("text/html; charset=utf-8"));
        assert_eq!(header(&page, "Cache-Control"), Some("no-cache"));
        let wasm = get(&site, "/assets/engine-1234.wasm");
        assert_eq!(header(&wasm, "Content-Type"), Some("application/wasm"));
        assert!(header(&wasm, "Cache-Control").unwrap().contains("immutable"));
        for answer in [&page, &wasm] {
            let policy = header(answer, "Content-Security-Policy").unwrap();
            assert!(
                policy.contains("default-src 'none'; ") && policy.ends_with("; frame-ancestors 'self'"),
                "{policy}"
            );
        }
        assert_eq!(get(&site, "/none.js").status, 404);
        assert_eq!(site.answer(&Method::POST, "/", "", None).status, 405);
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let (_folder, site) = site("/");
        for url in [
            "/../secret.txt",
            "/assets/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/..%5csecret.txt",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/.hidden",
            "/a%00",
            "/%zz",
            "/%",
            "/data/private.txt",
            "/data/../private.txt",
            "secret.txt",
            "",
        ] {
            assert_eq!(get(&site, url).status, 404, "{url}");
        }
    }

    #[test]
    fn text_and_wasm_are_compressed_as_the_browser_asks() {
        let (_folder, site) = site("/");
        let url = "/assets/engine-1234.wasm";
        let br = site.answer(&Method::GET, url, "gzip, deflate, br", None);
        assert_eq!(header(&br, "Content-Encoding"), Some("br"));
        let mut plain = Vec::new();
        brotli::Decompressor::new(&*br.body, 4096).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, [0; 4096]);
        let gz = site.answer(&Method::GET, url, "gzip;q=1.0", None);
        assert_eq!(header(&gz, "Content-Encoding"), Some("gzip"));
        plain.clear();
        flate2::read::GzDecoder::new(&*gz.body).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, [0; 4096]);
        assert_eq!(header(&get(&site, url), "Content-Encoding"), None);
        // The gzip files of the data set are the content, not an encoding of it.
        let data = site.answer(&Method::GET, &format!("/data/{}", FILES[0].name), "gzip, br", None);
        assert_eq!((&*data.body, header(&data, "Content-Encoding")), (&b"data"[..], None));
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again_and_a_changed_one_is() {
        let (_folder, site) = site("/");
        let tag = header(&get(&site, "/index.html"), "ETag").unwrap().to_owned();
        let again = site.answer(&Method::GET, "/index.html", "", Some(&tag));
        assert_eq!((again.status, again.body.len()), (304, 0));
        let file = site.root.join("index.html");
        fs::write(&file, "new").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(2);
        fs::File::options().append(true).open(&file).unwrap().set_modified(later).unwrap();
        let changed = site.answer(&Method::GET, "/index.html", "", Some(&tag));
        assert_eq!((changed.status, &*changed.body), (200, &b"new"[..]));
    }

    #[test]
    fn a_site_below_a_subpath_answers_there_only() {
        let (_folder, site) = site("a/b");
        assert_eq!(get(&site, "/a/b/").status, 200);
        assert_eq!(header(&get(&site, "/a/b"), "Location"), Some("/a/b/"));
        assert_eq!(get(&site, "/").status, 404);
        assert_eq!(get(&site, "/a/b/data/index.json").status, 200);
    }

    #[test]
    fn a_port_in_use_is_named_and_the_default_moves_on() {
        let first = listen(None).unwrap();
        let port = first.local_addr().unwrap().port();
        let message = listen(Some(port)).unwrap_err().to_string();
        assert!(message.contains(&port.to_string()), "{message}");
        assert_ne!(listen(None).unwrap().local_addr().unwrap().port(), port);
    }
}
