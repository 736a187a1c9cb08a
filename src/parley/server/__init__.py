"""The server: the one home of asyncio, sockets and clocks."""
