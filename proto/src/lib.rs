//! Skep's own gRPC interface: messages, clients and services made from `skep/**/*.proto`. Generated code is checked
//! in, so that neither protoc nor a build script is needed; `cargo run -p skep-proto --features gen --bin
//! skep-proto-gen` writes it anew.

/// `skep.admin.v1`: databases, tables, partitions, versions, changes; what a node says about itself.
pub mod admin {
    pub mod v1 {
        include!("gen/skep.admin.v1.rs");
    }
}

/// `skep.etl.v1`: what jobs wrote becomes tables.
pub mod etl {
    pub mod v1 {
        include!("gen/skep.etl.v1.rs");
    }
}

/// `skep.log.v1`: event logs, their snapshots and compactions.
pub mod log {
    pub mod v1 {
        include!("gen/skep.log.v1.rs");
    }
}

/// All files' descriptors, for gRPC reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("gen/descriptor.bin");
