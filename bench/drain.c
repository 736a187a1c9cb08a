/*
 * drain: the load engine in C. It runs one phase of load on sockets that are already connected and in their room.
 *
 * The parent process (engine.py) connects the clients. This process inherits the sockets, and reads the phase from
 * stdin: one directive a line, see `parse`. It writes the result to stdout, one "name value" pair a line. It uses one
 * thread and one epoll, as it has to be much quicker than the servers that it measures although it looks at every
 * delivery. Every message ends in '~' and eight hex digits: two for the writer, six for the serial number of the
 * writer's message. With them each receiver finds out whether messages were lost, doubled or reordered.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WRITERS = 256, MAX_OFFSETS = 4, READ_SIZE = 1 << 19, SERIAL_MASK = 0xffffff };

struct writer;

struct conn {
    int fd;
    bool eof;
    uint8_t *carry;             /* the received bytes of a line or frame that is not complete yet */
    size_t carry_len, carry_cap;
    uint32_t *next;             /* for each writer, the serial number that is expected next */
    uint64_t got, order;        /* the number of deliveries, and a hash of their order */
    struct writer *own;         /* the writer that sends on this connection; NULL if none does */
    struct writer *tracks;      /* the writers that may send more when this connection receives their messages */
};

struct writer {
    struct conn *conn, *tracker;
    struct writer *next_tracked;
    uint8_t *template;
    size_t size;
    int offsets[MAX_OFFSETS], offset_count;
    uint32_t sent, acked;
    uint8_t *out;               /* bytes that are not sent yet */
    size_t out_len, out_off, out_cap;
    bool polling;
};

static struct conn *conns;
static int conn_count;
static struct writer writers[MAX_WRITERS];
static int writer_count;

static bool web, echo = true, stamps;
static uint32_t window, rate, base, count, expect;
static double warmup, seconds, grace = 10;
static int server_pid;

static int poll_fd, timer_fd = -1;
static uint8_t *buffer;
static size_t buffer_size = READ_SIZE;
static uint64_t started, real_offset;
static bool sending = true, measuring;
static uint64_t deliveries, duplicates, gaps, noise, eofs, reads, bytes_in, acked_total;
static uint32_t *lat, *lat_kernel;
static size_t lat_count, lat_cap;
static char noise_sample[400];
static uint8_t hex_pair[65536];

static void die(const char *what) { perror(what); exit(2); }

static void *must(void *p) { if (!p) die("memory"); return p; }

static uint64_t clock_ns(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

static void hex_init(void) {
    const char *digits = "0123456789abcdef";
    for (int i = 0; i < 256; i++) {
        uint8_t pair[2] = {(uint8_t)digits[i >> 4], (uint8_t)digits[i & 15]};
        uint16_t key;
        memcpy(&key, pair, 2);
        hex_pair[key] = (uint8_t)i;
    }
}

static uint32_t read_token(const uint8_t *p) {
    uint16_t k[4];
    memcpy(k, p, 8);
    return (uint32_t)hex_pair[k[0]] << 24 | (uint32_t)hex_pair[k[1]] << 16 | (uint32_t)hex_pair[k[2]] << 8 | hex_pair[k[3]];
}

static void write_token(uint8_t *p, uint32_t value) {
    const char *digits = "0123456789abcdef";
    for (int i = 7; i >= 0; i--, value >>= 4) p[i] = (uint8_t)digits[value & 15];
}

static void remember_noise(const uint8_t *p, size_t n) {
    size_t used = strlen(noise_sample);
    noise++;
    for (size_t i = 0; i < n && i < 120 && used < sizeof noise_sample - 2; i++)
        noise_sample[used++] = p[i] >= 32 && p[i] < 127 ? (char)p[i] : '.';
    if (used < sizeof noise_sample - 1) noise_sample[used] = '|';
}

/* Called for each complete message that a connection has received. */
static void deliver(struct conn *c, uint32_t token, uint64_t at, uint64_t kernel_at) {
    uint32_t w = token >> 24, serial = token & SERIAL_MASK;
    if (w >= (uint32_t)writer_count) { noise++; return; }
    uint32_t due = c->next[w];
    if (__builtin_expect(serial != due, 0)) {
        if (serial < due) { duplicates++; return; }
        gaps += serial - due;
    }
    c->next[w] = serial + 1;
    c->got++;
    c->order = (c->order ^ token) * 0x9e3779b97f4a7c15ull;
    deliveries++;
    if (writers[w].tracker == c) { writers[w].acked++; acked_total++; }
    if (rate && measuring && lat_count < lat_cap) {
        uint64_t due_at = started + (uint64_t)(serial - base) * 1000000000ull / rate;
        lat[lat_count] = (uint32_t)((at - due_at) / 100);
        if (stamps) lat_kernel[lat_count] = (uint32_t)((kernel_at - due_at) / 100);
        lat_count++;
    }
}

static size_t scan_lines(struct conn *c, const uint8_t *p, size_t n, uint64_t at, uint64_t kernel_at) {
    const uint8_t *start = p, *end = p + n, *newline;
    while (start < end && (newline = memchr(start, '\n', (size_t)(end - start)))) {
        const uint8_t *last = newline > start && newline[-1] == '\r' ? newline - 1 : newline;
        if (last - start >= 9 && last[-9] == '~') deliver(c, read_token(last - 8), at, kernel_at);
        else remember_noise(start, (size_t)(newline - start));
        start = newline + 1;
    }
    return (size_t)(start - p);
}

static void pong(struct conn *c, const uint8_t *payload, size_t n) {
    uint8_t frame[6 + 125] = {0x8a, (uint8_t)(0x80 | n), 0, 0, 0, 0};
    if (n > 125 || (c->own && c->own->out_len > c->own->out_off)) return;
    memcpy(frame + 6, payload, n);
    (void)!send(c->fd, frame, 6 + n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static size_t scan_frames(struct conn *c, const uint8_t *p, size_t n, uint64_t at, uint64_t kernel_at) {
    size_t done = 0;
    while (n - done >= 2) {
        const uint8_t *f = p + done;
        size_t head = 2, size = f[1] & 127;
        if (size == 126) {
            if (n - done < 4) break;
            size = (size_t)f[2] << 8 | f[3];
            head = 4;
        } else if (size == 127) {
            if (n - done < 10) break;
            size = 0;
            for (int i = 2; i < 10; i++) size = size << 8 | f[i];
            head = 10;
        }
        if (n - done < head + size) break;
        const uint8_t *start = f + head, *end = start + size, *mark;
        if ((f[0] & 15) == 9) pong(c, start, size);
        bool found = false;
        for (; (mark = memchr(start, '~', (size_t)(end - start))) && end - mark > 9; start = mark + 9, found = true)
            deliver(c, read_token(mark + 1), at, kernel_at);
        if (!found && !memmem(f + head, size, "\"stored\"", 8)) remember_noise(f + head, size);
        done += head + size;
    }
    return done;
}

static void poll_writer(struct writer *w, bool on) {
    if (w->polling == on) return;
    struct epoll_event e = {.events = EPOLLIN | (on ? (uint32_t)EPOLLOUT : 0), .data.ptr = w->conn};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, w->conn->fd, &e);
    w->polling = on;
}

static void flush(struct writer *w) {
    while (w->out_off < w->out_len) {
        ssize_t n = send(w->conn->fd, w->out + w->out_off, w->out_len - w->out_off, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) {
            if (errno == EAGAIN) break;
            w->out_off = w->out_len;
            return;
        }
        w->out_off += (size_t)n;
    }
    if (w->out_off == w->out_len) w->out_off = w->out_len = 0;
    poll_writer(w, w->out_len > 0);
}

static void queue_messages(struct writer *w, uint32_t n) {
    if (count && n > count - w->sent) n = count - w->sent;
    if (!n || w->conn->eof) return;
    if (w->out_len + n * w->size > w->out_cap) {
        w->out_cap = w->out_len + n * w->size;
        w->out = must(realloc(w->out, w->out_cap));
    }
    for (uint32_t i = 0; i < n; i++, w->sent++) {
        uint8_t *at = w->out + w->out_len;
        memcpy(at, w->template, w->size);
        for (int k = 0; k < w->offset_count; k++)
            write_token(at + w->offsets[k], (uint32_t)(w - writers) << 24 | ((base + w->sent) & SERIAL_MASK));
        w->out_len += w->size;
    }
    flush(w);
}

static void top_up(struct writer *w) {
    uint32_t outstanding = w->sent - w->acked;
    if (sending && window && outstanding < window) queue_messages(w, window - outstanding);
}

static void close_conn(struct conn *c) {
    epoll_ctl(poll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    c->eof = true;
    eofs++;
}

static ssize_t receive(struct conn *c, uint64_t *kernel_at) {
    uint8_t *into = buffer + c->carry_len;
    size_t room = buffer_size - c->carry_len;
    if (!stamps) return recv(c->fd, into, room, MSG_DONTWAIT);
    char control[128];
    struct iovec part = {into, room};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT);
    for (struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&m) : NULL; h; h = CMSG_NXTHDR(&m, h))
        if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(h), sizeof t);
            *kernel_at = (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec - real_offset;
        }
    return n;
}

static void read_conn(struct conn *c) {
    if (c->carry_len) memcpy(buffer, c->carry, c->carry_len);
    uint64_t kernel_at = 0;
    ssize_t n = receive(c, &kernel_at);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN) close_conn(c);
        return;
    }
    uint64_t at = rate ? now_ns() : 0;
    reads++;
    bytes_in += (uint64_t)n;
    size_t have = c->carry_len + (size_t)n;
    size_t used = (web ? scan_frames : scan_lines)(c, buffer, have, at, kernel_at);
    c->carry_len = have - used;
    if (c->carry_len) {
        if (c->carry_len > c->carry_cap) {
            c->carry_cap = c->carry_len * 2;
            c->carry = must(realloc(c->carry, c->carry_cap));
        }
        memcpy(c->carry, buffer + used, c->carry_len);
        if (c->carry_len > buffer_size / 2) buffer = must(realloc(buffer, buffer_size *= 2));
    }
    for (struct writer *w = c->tracks; w; w = w->next_tracked) top_up(w);
}

static uint32_t sent_total(void) {
    uint32_t sum = 0;
    for (int i = 0; i < writer_count; i++) sum += writers[i].sent;
    return sum;
}

static uint64_t expected(const struct conn *c, uint32_t sent) {
    if (expect) return expect;
    return c->own && !echo ? sent - c->own->sent : sent;
}

static bool all_received(void) {
    uint32_t sent = sent_total();
    for (int i = 0; i < conn_count; i++)
        if (!conns[i].eof && conns[i].got < expected(&conns[i], sent)) return false;
    return true;
}

static double cpu_self(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double cpu_server(void) {
    char path[64], text[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", server_pid);
    FILE *f = server_pid ? fopen(path, "r") : NULL;
    if (!f) return 0;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    char *p = strrchr(text, ')');
    if (p) sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

struct snapshot { uint64_t at, deliveries, acked, reads, bytes; double self, server; };

static struct snapshot snap(void) {
    return (struct snapshot){now_ns(), deliveries, acked_total, reads, bytes_in, cpu_self(), cpu_server()};
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print_latency(const char *name, uint32_t *values) {
    if (!lat_count) return;
    qsort(values, lat_count, sizeof *values, compare);
    const double marks[] = {0.5, 0.9, 0.99, 0.999, 1};
    const char *labels[] = {"p50", "p90", "p99", "p999", "max"};
    for (int i = 0; i < 5; i++) {
        size_t k = (size_t)(marks[i] * (double)(lat_count - 1) + 0.5);
        printf("%s_%s_ms %.4f\n", name, labels[i], values[k] / 1e4);
    }
}

static struct conn *conn_of(int fd) {
    for (int i = 0; i < conn_count; i++) if (conns[i].fd == fd) return &conns[i];
    fprintf(stderr, "drain: descriptor %d is no connection of this phase\n", fd);
    exit(2);
}

static void parse_writer(const char *text) {
    struct writer *w = &writers[writer_count++];
    int fd, tracker, used = 0;
    if (writer_count > MAX_WRITERS || sscanf(text, "%d %d %d%n", &fd, &tracker, &w->offset_count, &used) < 3) exit(2);
    for (int i = 0, step = 0; i < w->offset_count && i < MAX_OFFSETS; i++, used += step)
        if (sscanf(text + used, "%d%n", &w->offsets[i], &step) < 1) exit(2);
    while (text[used] == ' ') used++;
    w->size = strspn(text + used, "0123456789abcdef") / 2;
    w->template = must(malloc(w->size));
    for (size_t i = 0; i < w->size; i++) {
        uint16_t key;
        memcpy(&key, text + used + 2 * i, 2);
        w->template[i] = hex_pair[key];
    }
    w->conn = conn_of(fd);
    w->tracker = conn_of(tracker);
    w->conn->own = w;
    w->next_tracked = w->tracker->tracks;
    w->tracker->tracks = w;
}

static void parse(void) {
    char *line = NULL, word[32], mode[16];
    size_t cap = 0;
    int at;
    while (getline(&line, &cap, stdin) > 0) {
        if (sscanf(line, "%31s%n", word, &at) < 1) continue;
        const char *rest = line + at;
        if (!strcmp(word, "framing")) web = sscanf(rest, "%15s", mode) == 1 && !strcmp(mode, "web");
        else if (!strcmp(word, "echo")) echo = atoi(rest);
        else if (!strcmp(word, "stamps")) stamps = atoi(rest);
        else if (!strcmp(word, "window")) window = (uint32_t)atoi(rest);
        else if (!strcmp(word, "rate")) rate = (uint32_t)atoi(rest);
        else if (!strcmp(word, "base")) base = (uint32_t)atoi(rest);
        else if (!strcmp(word, "count")) count = (uint32_t)atoi(rest);
        else if (!strcmp(word, "expect")) expect = (uint32_t)atoi(rest);
        else if (!strcmp(word, "warmup")) warmup = atof(rest);
        else if (!strcmp(word, "seconds")) seconds = atof(rest);
        else if (!strcmp(word, "grace")) grace = atof(rest);
        else if (!strcmp(word, "pid")) server_pid = atoi(rest);
        else if (!strcmp(word, "conn")) {
            conns = must(realloc(conns, (size_t)(conn_count + 1) * sizeof *conns));
            memset(&conns[conn_count], 0, sizeof *conns);
            conns[conn_count++].fd = atoi(rest);
        } else if (!strcmp(word, "writer")) parse_writer(rest);
        else { fprintf(stderr, "drain: unknown directive %s\n", word); exit(2); }
    }
    free(line);
    if (expect && !writer_count) writer_count = 1; /* a phase without writers receives what writer 0 has sent before */
}

static void prepare(void) {
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    buffer = must(malloc(buffer_size));
    for (int i = 0; i < conn_count; i++) {
        struct conn *c = &conns[i];
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        c->next = must(malloc((size_t)writer_count * sizeof *c->next));
        for (int k = 0; k < writer_count; k++) c->next[k] = base;
        if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl");
        int on = stamps;
        setsockopt(c->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    }
    if (rate) {
        lat_cap = (size_t)((seconds + 1) * rate) * (size_t)conn_count;
        lat = must(malloc(lat_cap * sizeof *lat));
        memset(lat, 1, lat_cap * sizeof *lat); /* write to it now, so that page faults do not happen while measuring */
        if (stamps) {
            lat_kernel = must(malloc(lat_cap * sizeof *lat_kernel));
            memset(lat_kernel, 1, lat_cap * sizeof *lat_kernel);
        }
        timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer_fd, &e);
    }
}

static void start_sending(void) {
    real_offset = clock_ns(CLOCK_REALTIME) - now_ns();
    started = now_ns();
    if (rate) {
        started += 1000000;
        long step = (long)(1000000000ull / rate);
        struct itimerspec t = {{step / 1000000000, step % 1000000000}, {(time_t)(started / 1000000000ull), (long)(started % 1000000000ull)}};
        timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
    } else {
        for (int i = 0; i < writer_count; i++) if (writers[i].conn) top_up(&writers[i]);
    }
}

static void on_timer(void) {
    uint64_t ticks = 0;
    (void)!read(timer_fd, &ticks, sizeof ticks);
    if (sending) queue_messages(&writers[0], (uint32_t)ticks);
}

static bool count_reached(void) {
    if (!count) return false;
    for (int i = 0; i < writer_count; i++) if (writers[i].sent < count) return false;
    return true;
}

int main(void) {
    struct epoll_event events[512];
    struct snapshot from, to;
    hex_init();
    parse();
    prepare();
    start_sending();
    uint64_t measure_at = started + (uint64_t)(warmup * 1e9), stop_at = started + (uint64_t)((warmup + seconds) * 1e9);
    uint64_t give_up = UINT64_MAX;
    bool finished = false;
    from = to = snap();
    if (!warmup) measuring = true;
    if (expect) { sending = false; give_up = now_ns() + (uint64_t)(grace * 1e9); }
    for (;;) {
        int n = epoll_wait(poll_fd, events, 512, 20);
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (!c) { on_timer(); continue; }
            if (events[i].events & EPOLLOUT) flush(c->own);
            if (events[i].events & ~(uint32_t)EPOLLOUT) read_conn(c);
        }
        uint64_t now = now_ns();
        if (!measuring && sending && now >= measure_at) { measuring = true; from = snap(); }
        if (sending && ((!count && now >= stop_at) || count_reached())) {
            sending = false;
            to = snap();
            give_up = now + (uint64_t)(grace * 1e9);
        }
        if (!sending) {
            if (all_received()) { finished = true; break; }
            if (now >= give_up) break;
        }
    }
    struct snapshot end = snap();
    if (count || expect) to = end; /* a phase with a number of messages ends when all receivers have all of them */
    double span = (double)(to.at - from.at) / 1e9;
    uint32_t sent = sent_total();
    uint64_t missing = 0;
    int orders = 0;
    uint64_t order = 0;
    for (int i = 0; i < conn_count; i++) {
        uint64_t due = expected(&conns[i], sent);
        missing += due > conns[i].got ? due - conns[i].got : 0;
        if (conns[i].own && !echo) continue;
        if (!orders || conns[i].order != order) orders++;
        order = conns[i].order;
    }
    printf("finished %d\nseconds %.6f\ntotal_seconds %.6f\n", finished, span, (double)(end.at - started) / 1e9);
    printf("deliveries %llu\nmessages %llu\n", (unsigned long long)(to.deliveries - from.deliveries),
           (unsigned long long)(to.acked - from.acked));
    printf("reads %llu\nbytes %llu\n", (unsigned long long)(to.reads - from.reads), (unsigned long long)(to.bytes - from.bytes));
    printf("cpu_self %.4f\ncpu_server %.4f\n", to.self - from.self, to.server - from.server);
    printf("sent %u\nmissing %llu\nduplicates %llu\ngaps %llu\n", sent, (unsigned long long)missing,
           (unsigned long long)duplicates, (unsigned long long)gaps);
    printf("noise %llu\neofs %llu\norders %d\n", (unsigned long long)noise, (unsigned long long)eofs, orders);
    print_latency("read", lat);
    if (stamps) print_latency("arrival", lat_kernel);
    if (noise_sample[0]) printf("noise_sample %s\n", noise_sample);
    for (int i = 0; i < conn_count; i++)
        if (conns[i].eof) printf("closed %d\n", conns[i].fd);
    for (int i = 0; i < conn_count; i++) if (conns[i].carry_len) printf("partial %d %zu\n", conns[i].fd, conns[i].carry_len);
    return 0;
}
