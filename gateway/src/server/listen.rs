//! Listening sockets: one per thread and address, all on the same port.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use super::StartError;

/// Connections the kernel holds until a thread accepts them.
const BACKLOG: i32 = 1024;

/// Binds every address once per thread. Returns the addresses, and the sockets by thread.
pub(super) fn listen(
    wanted: &[SocketAddr],
    threads: usize,
) -> Result<(Vec<SocketAddr>, Vec<Vec<TcpListener>>), StartError> {
    let mut addresses = Vec::new();
    let mut sockets: Vec<Vec<TcpListener>> = (0..threads).map(|_| Vec::new()).collect();
    for address in wanted {
        let fail = |source: io::Error| StartError::of_listen(*address, source);
        // `SO_REUSEPORT` would let a second gateway share the port and half of the calls, in silence. A plain socket
        // finds out whether anybody is there.
        let address = match address.port() {
            0 => *address,
            _ => TcpListener::bind(address).and_then(|probe| probe.local_addr()).map_err(fail)?,
        };
        let mut bound = address;
        for thread in &mut sockets {
            let socket = socket(bound).map_err(fail)?;
            // The first one finds a port where any would do; the others join it.
            bound = socket.local_addr().map_err(fail)?;
            thread.push(socket);
        }
        addresses.push(bound);
    }
    Ok((addresses, sockets))
}

fn socket(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
