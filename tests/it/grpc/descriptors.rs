//! The interface as it is shipped: habits that `buf lint` would hold.

use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

fn files() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(skep_proto::FILE_DESCRIPTOR_SET).unwrap();
    set.file.into_iter().filter(|file| file.package().starts_with("skep.")).collect()
}

#[test]
fn names_are_as_buf_wants_them() {
    let mut wrong = Vec::new();
    for file in files() {
        let folder = file.package().replace('.', "/");
        if !file.name().starts_with(&folder) {
            wrong.push(format!("{}: not in {folder}", file.name()));
        }
        for kind in &file.enum_type {
            let prefix: String = kind.name().chars().fold(String::new(), |mut text, c| {
                if c.is_uppercase() && !text.is_empty() {
                    text.push('_');
                }
                text.push(c.to_ascii_uppercase());
                text
            });
            let zero = format!("{prefix}_UNSPECIFIED");
            if kind.value.first().is_none_or(|value| value.name() != zero || value.number() != 0) {
                wrong.push(format!("{}: the zero value is not {zero}", kind.name()));
            }
            let prefixed = kind.value.iter().filter(|value| !value.name().starts_with(&format!("{prefix}_")));
            wrong.extend(prefixed.map(|value| format!("{}: no prefix {prefix}", value.name())));
        }
        for service in &file.service {
            if !service.name().ends_with("Service") {
                wrong.push(format!("{}: not called Service", service.name()));
            }
            for method in &service.method {
                for (kind, suffix) in [(method.input_type(), "Request"), (method.output_type(), "Response")] {
                    if kind != format!(".{}.{}{suffix}", file.package(), method.name()) {
                        wrong.push(format!("{}: {kind}", method.name()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every request that changes something can be made again.
#[test]
fn every_change_has_a_request_id() {
    let reads = ["Get", "List", "Count", "Diff", "Watch"];
    for file in files().iter().filter(|file| file.package() == "skep.admin.v1") {
        for method in file.service.iter().flat_map(|service| &service.method) {
            let name = format!("{}Request", method.name());
            let message = file.message_type.iter().find(|message| message.name() == name).unwrap();
            let has_id = message.field.iter().any(|field| field.name() == "request_id");
            let reads = reads.iter().any(|word| method.name().starts_with(word));
            assert_eq!(has_id, !reads, "{name}");
        }
    }
}
