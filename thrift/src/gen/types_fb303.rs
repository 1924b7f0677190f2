// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The base service that every metastore client may call.

use crate::wire::macros::wire_enum;

wire_enum! {
    FbStatus {
        DEAD = 0,
        STARTING = 1,
        ALIVE = 2,
        STOPPING = 3,
        STOPPED = 4,
        WARNING = 5,
    }
}
