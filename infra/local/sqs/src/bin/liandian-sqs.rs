//! The endpoint alone, for behaviour suites and for people: `liandian-sqs FILE PORT` (port 0 takes a free one).

use std::{path::PathBuf, process::ExitCode};

use liandian_sqs::Sqs;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(Ok(port))) = (arguments.next(), arguments.next().map(|port| port.parse::<u16>())) else {
        eprintln!("usage: liandian-sqs FILE PORT");
        return ExitCode::from(2);
    };
    match serve(PathBuf::from(file), port).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(file: PathBuf, port: u16) -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let sqs = Sqs::open(&file, url.clone())?;
    println!("{url}");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    Ok(sqs.serve(listener, stop).await?)
}
