"""The server: the only package besides the clients that uses asyncio, sockets and clocks."""
