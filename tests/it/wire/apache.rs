//! The oracle: Apache's own Thrift library as client. It shares no line with ours.

use std::net::SocketAddr;

use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TCompactInputProtocol, TCompactOutputProtocol, TFieldIdentifier,
    TInputProtocol, TListIdentifier, TMessageIdentifier, TMessageType, TOutputProtocol, TStructIdentifier, TType,
};
use thrift::transport::{
    TBufferedReadTransport, TBufferedWriteTransport, TFramedReadTransport, TFramedWriteTransport, TIoChannel,
    TTcpChannel,
};
use thrift::{ApplicationErrorKind, Error};

use super::fixture::Server;

type Ends = (Box<dyn TInputProtocol>, Box<dyn TOutputProtocol>);

fn connect(addr: SocketAddr, framed: bool, compact: bool) -> Ends {
    let mut channel = TTcpChannel::new();
    channel.open(addr.to_string()).unwrap();
    let (read, write) = channel.split().unwrap();
    match (framed, compact) {
        (false, false) => (
            Box::new(TBinaryInputProtocol::new(TBufferedReadTransport::new(read), true)),
            Box::new(TBinaryOutputProtocol::new(TBufferedWriteTransport::new(write), true)),
        ),
        (true, false) => (
            Box::new(TBinaryInputProtocol::new(TFramedReadTransport::new(read), true)),
            Box::new(TBinaryOutputProtocol::new(TFramedWriteTransport::new(write), true)),
        ),
        (false, true) => (
            Box::new(TCompactInputProtocol::new(TBufferedReadTransport::new(read))),
            Box::new(TCompactOutputProtocol::new(TBufferedWriteTransport::new(write))),
        ),
        (true, true) => (
            Box::new(TCompactInputProtocol::new(TFramedReadTransport::new(read))),
            Box::new(TCompactOutputProtocol::new(TFramedWriteTransport::new(write))),
        ),
    }
}

/// A call as a generated client makes it: a field nobody asked for comes first.
fn call(out: &mut dyn TOutputProtocol, name: &str, seq: i32, text: &str) -> thrift::Result<()> {
    out.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Call, seq))?;
    out.write_struct_begin(&TStructIdentifier::new("args"))?;
    out.write_field_begin(&TFieldIdentifier::new("strange", TType::List, 40))?;
    out.write_list_begin(&TListIdentifier::new(TType::I64, 2))?;
    out.write_i64(i64::MIN)?;
    out.write_i64(1)?;
    out.write_list_end()?;
    out.write_field_end()?;
    out.write_field_begin(&TFieldIdentifier::new("text", TType::String, 1))?;
    out.write_string(text)?;
    out.write_field_end()?;
    out.write_field_stop()?;
    out.write_struct_end()?;
    out.write_message_end()?;
    out.flush()
}

/// The fields of the result: each id with its string, or with the message of the exception it holds.
fn result(input: &mut dyn TInputProtocol, name: &str, seq: i32) -> thrift::Result<Vec<(i16, String)>> {
    let head = input.read_message_begin()?;
    assert_eq!((head.name.as_str(), head.sequence_number), (name, seq));
    if head.message_type == TMessageType::Exception {
        let error = Error::read_application_error_from_in_protocol(input)?;
        input.read_message_end()?;
        return Err(Error::Application(error));
    }
    assert_eq!(head.message_type, TMessageType::Reply);
    let fields = fields(input)?;
    input.read_message_end()?;
    Ok(fields)
}

fn fields(input: &mut dyn TInputProtocol) -> thrift::Result<Vec<(i16, String)>> {
    let mut out = Vec::new();
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        let text = match field.field_type {
            TType::Stop => break,
            TType::String => input.read_string()?,
            TType::Struct => fields(input)?.remove(0).1,
            TType::List => {
                let list = input.read_list_begin()?;
                let lines: Vec<String> = (0..list.size).map(|_| input.read_string()).collect::<Result<_, _>>()?;
                input.read_list_end()?;
                lines.len().to_string()
            }
            other => panic!("no {other} expected"),
        };
        input.read_field_end()?;
        out.push((field.id.unwrap(), text));
    }
    input.read_struct_end()?;
    Ok(out)
}

fn converse((mut input, mut out): Ends) {
    let mut ask = |name: &str, seq: i32, text: &str| {
        call(&mut *out, name, seq, text).unwrap();
        result(&mut *input, name, seq)
    };
    assert_eq!(ask("echo", 1, "grüße").unwrap(), [(0, "grüße".to_owned())]);
    assert_eq!(ask("void", 2, "").unwrap(), []);
    assert_eq!(ask("lines", 3, "1000").unwrap(), [(0, "1000".to_owned())]);
    assert_eq!(ask("fail", 4, "NotFound").unwrap(), [(2, "because".to_owned())]);
    let errors = [
        ("get_indexes", "", ApplicationErrorKind::UnknownMethod, "Invalid method name: 'get_indexes'"),
        ("fail_bare", "Meta", ApplicationErrorKind::InternalError, "Internal error processing fail_bare"),
        ("panic", "", ApplicationErrorKind::InternalError, "Internal error processing panic"),
    ];
    for (name, text, kind, message) in errors {
        let Err(Error::Application(error)) = ask(name, 5, text) else { panic!("{name}") };
        assert_eq!((error.kind, error.message.as_str()), (kind, message));
    }
    assert_eq!(ask("big", i32::MAX, "300000").unwrap()[0].1.len(), 300_000);
}

#[tokio::test]
async fn apaches_client_understands_every_answer_in_every_form() {
    let server = Server::start().await;
    for (framed, compact) in [(false, false), (true, true), (true, false), (false, true)] {
        let addr = server.addr;
        tokio::task::spawn_blocking(move || converse(connect(addr, framed, compact))).await.unwrap();
    }
}
