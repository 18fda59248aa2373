//! Listening sockets: for each address one per thread, all on the same port; a Unix socket is one that all share.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

use socket2::{Domain, Protocol, Type};

use super::StartError;
use super::unix::{self, SocketFile};
use crate::snapshot::Address;

/// Connections the kernel holds until a thread accepts them.
pub(super) const BACKLOG: i32 = 1024;

/// A listening socket of one thread.
#[derive(Debug)]
pub(super) enum Socket {
    /// Of TCP.
    Tcp(TcpListener),
    /// Of this machine.
    Unix(UnixListener, Arc<SocketFile>),
}

/// Binds every address once per thread. Returns the addresses, and the sockets by thread.
pub(super) fn listen(wanted: &[Address], threads: usize) -> Result<(Vec<Address>, Vec<Vec<Socket>>), StartError> {
    let mut addresses = Vec::new();
    let mut sockets: Vec<Vec<Socket>> = (0..threads).map(|_| Vec::new()).collect();
    for address in wanted {
        let bound = match address {
            Address::Tcp(address) => tcp(*address, &mut sockets).map(Address::Tcp),
            Address::Unix { path, mode } => unix(path, *mode, &mut sockets).map(|()| address.clone()),
        };
        addresses.push(bound.map_err(|source| StartError::of_listen(address.clone(), source))?);
    }
    Ok((addresses, sockets))
}

fn tcp(address: SocketAddr, threads: &mut [Vec<Socket>]) -> io::Result<SocketAddr> {
    // `SO_REUSEPORT` would let a second gateway share the port and half of the calls, in silence. A plain socket
    // finds out whether anybody is there.
    let mut bound = match address.port() {
        0 => address,
        _ => TcpListener::bind(address)?.local_addr()?,
    };
    for thread in threads {
        let socket = socket(bound)?;
        // The first one finds a port where any would do; the others join it.
        bound = socket.local_addr()?;
        thread.push(Socket::Tcp(socket));
    }
    Ok(bound)
}

fn socket(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn unix(path: &Path, mode: Option<u32>, threads: &mut [Vec<Socket>]) -> io::Result<()> {
    let (listener, file) = unix::bind(path, mode)?;
    let file = Arc::new(file);
    for thread in threads {
        thread.push(Socket::Unix(listener.try_clone()?, Arc::clone(&file)));
    }
    Ok(())
}
