"""The chat server that the original report describes, rewritten from that description, faults included.

Run as a program: `python report.py PORT`. It has a thread for each client and sends to one client after the other, each
time waiting until that is done. There is no framing: what one `recv` returns is sent to all clients unchanged.
"""

from __future__ import annotations

import socket
import sys
import threading

clients: list[socket.socket] = []
aliases: list[str] = []


def broadcast(message: bytes) -> None:
    for client in list(clients):
        client.sendall(message)


def talk(client: socket.socket) -> None:
    while True:
        try:
            message = client.recv(1024)
            if not message:
                raise ConnectionError
            broadcast(message)
        except OSError:
            at = clients.index(client)
            clients.remove(client)
            client.close()
            broadcast(f"{aliases.pop(at)} has left the chat room!".encode())
            return


def main(port: int) -> None:
    server = socket.create_server(("127.0.0.1", port), backlog=4096)
    while True:
        client, _ = server.accept()
        client.send(b"alias?")
        alias = client.recv(1024).decode(errors="replace")
        aliases.append(alias)
        clients.append(client)
        broadcast(f"{alias} has connected to the chat room".encode())
        client.send(b"you are now connected!")
        threading.Thread(target=talk, args=(client,), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]))
