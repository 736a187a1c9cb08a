/*
 * A bare broadcaster without names, rooms and storage: an upper bound for what a server can do on this machine. It has
 * one epoll loop. What one call of epoll_wait brings in is sent to each receiver with one send. A receiver whose socket
 * buffer is full is disconnected: that does not happen in the scenarios, and if it does, the benchmark reports a fault.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FD = 65536, READ_SIZE = 65536 };

static struct { char *rest; size_t rest_len; int place; } state[MAX_FD];
static int members[MAX_FD], member_count;
static char *pending;
static size_t pending_len, pending_cap;

static void drop(int fd) {
    int place = state[fd].place, last = members[--member_count];
    members[place] = last;
    state[last].place = place;
    free(state[fd].rest);
    state[fd].rest = NULL;
    state[fd].rest_len = 0;
    close(fd);
}

static void add(const char *data, size_t n) {
    if (pending_len + n > pending_cap) {
        pending_cap = (pending_len + n) * 2;
        if (!(pending = realloc(pending, pending_cap))) exit(1);
    }
    memcpy(pending + pending_len, data, n);
    pending_len += n;
}

static void take(int fd) {
    static char data[READ_SIZE];
    ssize_t n = recv(fd, data, sizeof data, 0);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN) drop(fd);
        return;
    }
    char *last = memrchr(data, '\n', (size_t)n);
    size_t whole = last ? (size_t)(last - data) + 1 : 0, rest = (size_t)n - whole;
    if (whole) {
        add(state[fd].rest, state[fd].rest_len);
        add(data, whole);
        state[fd].rest_len = 0;
    }
    if (rest) {
        if (!(state[fd].rest = realloc(state[fd].rest, state[fd].rest_len + rest))) exit(1);
        memcpy(state[fd].rest + state[fd].rest_len, data + whole, rest);
        state[fd].rest_len += rest;
    }
}

static void broadcast(void) {
    for (int i = 0; i < member_count; i++) {
        size_t sent = 0;
        while (sent < pending_len) {
            ssize_t n = send(members[i], pending + sent, pending_len - sent, MSG_NOSIGNAL);
            if (n < 0) { drop(members[i--]); break; }
            sent += (size_t)n;
        }
    }
    pending_len = 0;
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0))};
    struct epoll_event events[1024], e = {.events = EPOLLIN};
    int on = 1, poll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror("listen"), 1;
    e.data.fd = listener;
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = epoll_wait(poll, events, 1024, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd != listener) { take(fd); continue; }
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                state[fd].place = member_count;
                members[member_count++] = fd;
                e.data.fd = fd;
                epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e);
                (void)!send(fd, "hello\n", 6, MSG_NOSIGNAL);
            }
        }
        if (pending_len) broadcast();
    }
}
