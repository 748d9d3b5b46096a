//! Reads the file of an image from its beginning to its end, once.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Error, Result, anyhow, bail, ensure};

use super::Limits;
use super::archive::{Archive, Entry, What, is_header};
use super::contents::{Contents, Nature, Object};
use super::digest::{Digest, Digesting};
use super::layer::{layer, leaves_folder};
use super::packing::{Budget, PIECE, Packing, Unpacked};
use super::trail::{Trail, plain};

/// A manifest or configuration is not larger.
const LARGEST_DOCUMENT: u64 = 4 << 20;
/// All that are held in memory together.
const ALL_DOCUMENTS: u64 = 64 << 20;
/// How much of an object tells what it is.
const START: usize = 512;
/// Objects, so that a list of names stays small.
const MOST_OBJECTS: usize = 100_000;

/// What comes out of an image's file, in the order it lies there.
pub enum Part<'a> {
    /// A file, folder or link of a layer.
    Inside {
        /// Its path, without anything in front.
        path: &'a [u8],
        /// What the archive says of it.
        entry: &'a Entry,
        /// Its bytes.
        content: &'a mut dyn Read,
    },
    /// Bytes that are no layer and no document of the image.
    Plain {
        /// The object they stand in, with what they are there.
        name: &'a str,
        /// The bytes, unpacked.
        content: &'a mut dyn Read,
    },
    /// Something that could not be judged, or is not as it says.
    Fault(Error),
    /// The parts of an object follow.
    Begin,
    /// All its parts have come.
    End {
        /// Its name.
        name: &'a str,
        /// Whether an earlier object is the same, byte by byte. Else it has the next number.
        again: bool,
    },
}

/// Takes the parts. An error is one of reading the part's content.
pub type See<'a> = &'a mut dyn FnMut(Part) -> Result<()>;

/// Reads an image from a file, a folder, or where there is no path from `input`. Without `layers`
/// only what manifests and configurations need is looked at.
///
/// # Errors
/// What cannot be opened, or is empty. Everything else goes to `see`.
pub fn read(
    path: Option<&Path>,
    input: &mut dyn Read,
    limits: Limits,
    layers: bool,
    see: See,
) -> Result<Contents> {
    let contents = Contents::default();
    let budget = Budget { limits, left: limits.bytes };
    let entries = limits.entries;
    let mut reader = Reader { contents, budget, documents: ALL_DOCUMENTS, entries, layers, see };
    match path {
        Some(path) if path.is_dir() => reader.folder(path)?,
        Some(path) => reader.file(&mut File::open(path)?)?,
        None => reader.file(input)?,
    }
    Ok(reader.contents)
}

struct Reader<'a> {
    contents: Contents,
    budget: Budget,
    /// Bytes of documents that may still be held.
    documents: u64,
    entries: u64,
    layers: bool,
    see: See<'a>,
}

impl Reader<'_> {
    fn fault(&mut self, error: Error) {
        let _ = (self.see)(Part::Fault(error));
    }

    /// An archive of an image, packed as a whole or not.
    fn file(&mut self, input: &mut dyn Read) -> Result<()> {
        let start = peek(input, START)?;
        ensure!(!start.is_empty(), "the file is empty: nothing was judged");
        let packing = Packing::of(&start);
        let packed = Rc::new(Cell::new(0));
        let whole = Counted { input: Cursor::new(&start).chain(input), bytes: Rc::clone(&packed) };
        let Limits { bytes, .. } = self.budget.limits;
        // What lies in it is counted again where it is judged.
        let mut budget = Budget { left: bytes, ..self.budget };
        let mut skipped = Vec::new();
        let mut unpacked = Unpacked::new(whole, packing, packed, &mut budget, &mut skipped);
        let start = peek(&mut unpacked, START)?;
        ensure!(
            is_header(&start),
            "neither an archive of `docker save` nor an OCI layout: it is no tar archive"
        );
        let mut archive = Archive::whole(Cursor::new(start).chain(unpacked));
        if let Err(error) = self.archive(&mut archive) {
            self.contents.broken = true;
            self.fault(error);
        }
        drop(archive);
        for content in skipped {
            self.plain("(frames that readers skip)", &mut &content[..]);
        }
        Ok(())
    }

    fn archive<R: Read>(&mut self, archive: &mut Archive<R>) -> Result<()> {
        while let Some(entry) = archive.next()? {
            let path = plain(&entry.path);
            let name = String::from_utf8_lossy(&path).into_owned();
            if leaves_folder(&path) {
                self.fault(anyhow!("{name}: the path leads out of the archive"));
            }
            if !entry.attributes.is_empty() {
                self.plain(&format!("{name} (attributes)"), &mut &entry.attributes[..]);
            }
            match entry.what {
                What::File => self.object(&name, archive)?,
                What::Folder => {}
                What::Special => self.fault(anyhow!("{name}: a device or pipe holds no bytes")),
                What::Link => {
                    let folder = path.rsplitn(2, |&byte| byte == b'/').nth(1).unwrap_or_default();
                    match inside(folder, &entry.target) {
                        Some(target) => self.alias(name, target),
                        None => self.fault(anyhow!("{name}: a link that leads out of the archive")),
                    }
                }
                What::HardLink => match inside(b"", &entry.target) {
                    Some(target) => self.alias(name, target),
                    None => self.fault(anyhow!("{name}: a link that leads out of the archive")),
                },
            }
        }
        Ok(())
    }

    fn alias(&mut self, name: String, target: String) {
        if self.contents.aliases.len() < MOST_OBJECTS {
            self.contents.aliases.insert(name, target);
        }
    }

    /// A folder that holds what an archive would.
    fn folder(&mut self, root: &Path) -> Result<()> {
        let root = root.canonicalize()?;
        let mut pending = vec![root.clone()];
        while let Some(path) = pending.pop() {
            let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
            if let Err(error) = self.in_folder(&root, &path, &name, &mut pending) {
                self.fault(error.context(name));
            }
        }
        Ok(())
    }

    fn in_folder(
        &mut self,
        root: &Path,
        path: &Path,
        name: &str,
        pending: &mut Vec<std::path::PathBuf>,
    ) -> Result<()> {
        let about = fs::symlink_metadata(path)?;
        if about.is_dir() {
            let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
            let mut inside = entries.collect::<io::Result<Vec<_>>>()?;
            inside.sort_unstable_by(|one, other| other.cmp(one));
            pending.extend(inside);
        } else if about.is_symlink() {
            let target = path.canonicalize().context("a symbolic link to nothing")?;
            match target.strip_prefix(root) {
                Ok(target) => self.alias(name.to_owned(), target.to_string_lossy().into_owned()),
                Err(_) => bail!("a symbolic link that leads out of the folder"),
            }
        } else if about.is_file() {
            self.object(name, &mut File::open(path)?)?;
        } else {
            bail!("neither a file nor a folder");
        }
        Ok(())
    }

    /// One object, to its end.
    fn object(&mut self, name: &str, input: &mut dyn Read) -> Result<()> {
        ensure!(
            self.contents.objects.len() < MOST_OBJECTS,
            "more than {MOST_OBJECTS} files in the archive"
        );
        let _ = (self.see)(Part::Begin);
        let promised = Digest::of_name(name);
        let mut input = Digesting::new(input, promised.as_ref());
        let start = peek(&mut input, START)?;
        let mut object = self.look(name, start, &mut input)?;
        io::copy(&mut input, &mut io::sink()).with_context(|| name.to_owned())?;
        object.size = input.bytes.get();
        let (digest, long) = input.finish();
        if let Some(promised) = promised
            && promised != digest
            && long.as_ref() != Some(&promised)
        {
            self.fault(anyhow!("{name}: its content has another digest, {}", digest.short()));
        }
        if self.contents.numbers.contains_key(name) {
            self.fault(anyhow!("{name} stands in the archive twice"));
        }
        // The same bytes under another name are the same layer.
        let before = self.contents.digests.get(&digest).copied();
        let number = before.unwrap_or(self.contents.objects.len());
        self.contents.numbers.insert(name.to_owned(), number);
        let _ = (self.see)(Part::End { name, again: before.is_some() });
        if before.is_none() {
            self.contents.digests.insert(digest.clone(), number);
            object.digest = digest;
            self.contents.objects.push(object);
        }
        Ok(())
    }

    /// Finds out what an object is and looks at what it holds.
    fn look<R: Read>(
        &mut self,
        name: &str,
        start: Vec<u8>,
        input: &mut Digesting<R>,
    ) -> Result<Object> {
        let packing = Packing::of(&start);
        let mut object = Object {
            name: name.to_owned(),
            nature: Nature::Plain,
            digest: Digest::none(),
            size: 0,
            diff: None,
            packing: match packing {
                Packing::None => "",
                Packing::Gzip => "gzip",
                Packing::Zstd => "zstd",
            },
            document: None,
            trail: Trail::default(),
        };
        let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'{' | b'[')) && !is_header(&start) {
            let room = LARGEST_DOCUMENT.min(self.documents);
            let mut text = start;
            let read = input.take(room.saturating_sub(text.len() as u64)).read_to_end(&mut text);
            read.with_context(|| name.to_owned())?;
            let more = peek(input, 1).with_context(|| name.to_owned())?;
            if more.is_empty() {
                self.documents -= text.len() as u64;
                object.nature = Nature::Document;
                object.document = Some(text);
            } else {
                text.extend(more);
                self.plain(name, &mut Cursor::new(text).chain(input));
            }
        } else if self.layers {
            self.unpack(name, &mut object, packing, start, input);
        }
        Ok(object)
    }

    fn unpack<R: Read>(
        &mut self,
        name: &str,
        object: &mut Object,
        packing: Packing,
        start: Vec<u8>,
        input: &mut Digesting<R>,
    ) {
        let packed = Rc::clone(&input.bytes);
        let whole = Cursor::new(start).chain(input);
        let mut skipped = Vec::new();
        let unpacked = Unpacked::new(whole, packing, packed, &mut self.budget, &mut skipped);
        let mut unpacked = Digesting::new(unpacked, None);
        let outcome = match peek(&mut unpacked, START) {
            Err(error) => Err(error.into()),
            // An empty archive is nothing but its end mark.
            Ok(start) if is_header(&start) || (start.len() == START && start == [0; START]) => {
                object.nature = Nature::Layer;
                // Headers are small, and what unpacks them likes large pieces.
                let whole = Cursor::new(start).chain(&mut unpacked);
                let mut whole = BufReader::with_capacity(PIECE, whole);
                let (state, entries) = (&self.contents.state, &mut self.entries);
                let trail = &mut object.trail;
                let outcome = layer(&mut whole, state, trail, entries, self.see);
                // Its digest is that of all its bytes.
                outcome.and_then(|()| Ok(io::copy(&mut unpacked, &mut io::sink()).map(drop)?))
            }
            Ok(start) => {
                let mut whole = Cursor::new(start).chain(&mut unpacked);
                (self.see)(Part::Plain { name, content: &mut whole })
            }
        };
        match outcome {
            Ok(()) if object.nature == Nature::Layer => object.diff = Some(unpacked.finish().0),
            Ok(()) => drop(unpacked),
            Err(error) => {
                drop(unpacked);
                self.fault(error.context(name.to_owned()));
            }
        }
        for content in skipped {
            self.plain(&format!("{name} (frames that readers skip)"), &mut &content[..]);
        }
    }

    fn plain(&mut self, name: &str, content: &mut dyn Read) {
        if let Err(error) = (self.see)(Part::Plain { name, content }) {
            self.fault(error.context(name.to_owned()));
        }
    }
}

/// Where a link in `folder` leads to, if that is in the archive.
fn inside(folder: &[u8], target: &[u8]) -> Option<String> {
    if target.starts_with(b"/") {
        return None;
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in folder.split(|&byte| byte == b'/').chain(target.split(|&byte| byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(String::from_utf8_lossy(&parts.join(&b'/')).into_owned())
}

/// The first bytes, fewer only where there are no more.
fn peek(input: &mut (impl Read + ?Sized), most: usize) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(most);
    input.take(most as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// Counts what is read.
struct Counted<R> {
    input: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}
