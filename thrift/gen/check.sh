#!/bin/sh
# Fails if thrift/src/gen is not what skep-thrift-gen makes of thrift/idl.
set -eu
cd "$(dirname "$0")/../.."
cargo run --quiet -p skep-thrift --features gen --bin skep-thrift-gen -- --check
