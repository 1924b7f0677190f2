//! Writes `src/gen` from the `.proto` files beside it. CI runs it and demands that nothing changes.

use std::path::{Path, PathBuf};
use std::{error, fs};

use prost::Message;

fn main() -> Result<(), Box<dyn error::Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut protos = Vec::new();
    collect(&package.join("skep"), &mut protos)?;
    protos.sort();
    let out = package.join("src/gen");
    let files = protox::compile(&protos, [package])?;
    // Sorted maps: a request's bytes are compared with those of one that came before.
    tonic_prost_build::configure().build_transport(false).btree_map(".").out_dir(&out).compile_fds(files.clone())?;
    fs::write(out.join("descriptor.bin"), files.encode_to_vec())?;
    Ok(())
}

/// Every `.proto` file below a folder.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.push(path);
        }
    }
    Ok(())
}
