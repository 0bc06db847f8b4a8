/*
 * benchpost: clients that post numbered lines over HTTP/1.1.
 *
 *   benchpost -f FILE -p PORT -s BYTES -n LINES [-c CLIENTS] [-b LINES_A_BODY] [-u PATH] [-l SECONDS]
 *
 * FILE holds lines of exactly BYTES, as benchload makes them. CLIENTS connections (256) stay open; each posts the next
 * LINES_A_BODY lines (100) that nobody has taken yet, waits for the answer, and goes on. A body that is not answered
 * 2xx is posted again, after 10 ms; a connection that ends is opened again. Gives up after SECONDS (60).
 *
 * At the end one line of JSON: lines that were answered 2xx, bodies that were not, seconds, and the time from the first
 * byte of a request to the last of its answer, in milliseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 16384
#define RETRY_SECONDS 0.01

enum state { IDLE, CONNECTING, SENDING, WAITING, PAUSING };

struct client {
	int fd;
	enum state state;
	int has_body;           /* a body is taken and not accepted yet */
	uint64_t first;         /* number of its first line */
	uint64_t lines;
	size_t sent, head_bytes, body_bytes;
	double began, resume;
	size_t answered;
	char head[256];
	char answer[ANSWER_MAX + 1];
};

static const char *file, *path = "/";
static char *data;
static int port = 15140, ep;
static size_t line_bytes = 1024;
static uint64_t total, next_line, accepted, refused, broken;
static uint64_t body_lines = 100;
static double *latencies;
static size_t latency_count, latency_room;

static void die(const char *what) { perror(what); exit(1); }

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void watch(struct client *c, uint32_t events, int operation) {
	struct epoll_event e = {.events = events, .data.ptr = c};
	if (epoll_ctl(ep, operation, c->fd, &e)) die("epoll_ctl");
}

static void pause_client(struct client *c) {
	c->state = PAUSING;
	c->resume = now() + RETRY_SECONDS;
}

static void disconnect(struct client *c) {
	if (c->fd >= 0) close(c->fd);
	c->fd = -1;
	broken++;
	pause_client(c);
}

static void connect_client(struct client *c) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0) die("socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(c->fd, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS) {
		disconnect(c);
		return;
	}
	c->state = CONNECTING;
	watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void send_more(struct client *c) {
	while (c->sent < c->head_bytes + c->body_bytes) {
		struct iovec v[2];
		int n = 0;
		if (c->sent < c->head_bytes) v[n++] = (struct iovec){c->head + c->sent, c->head_bytes - c->sent};
		size_t at = c->sent > c->head_bytes ? c->sent - c->head_bytes : 0;
		v[n++] = (struct iovec){data + c->first * line_bytes + at, c->body_bytes - at};
		ssize_t r = writev(c->fd, v, n);
		if (r < 0 && errno == EAGAIN) {
			watch(c, EPOLLOUT | EPOLLIN, EPOLL_CTL_MOD);
			return;
		}
		if (r < 0) {
			disconnect(c);
			return;
		}
		c->sent += (size_t)r;
	}
	c->state = WAITING;
	watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

/* Takes the next lines, or those that were not accepted, and posts them. */
static void post(struct client *c) {
	if (!c->has_body) {
		if (next_line >= total) {
			c->state = IDLE;
			return;
		}
		c->first = next_line;
		c->lines = total - next_line < body_lines ? total - next_line : body_lines;
		next_line += c->lines;
		c->has_body = 1;
	}
	c->body_bytes = c->lines * line_bytes;
	c->head_bytes = (size_t)snprintf(c->head, sizeof c->head,
		"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", path, c->body_bytes);
	c->sent = 0;
	c->answered = 0;
	c->began = now();
	c->state = SENDING;
	send_more(c);
}

static void keep_latency(double seconds) {
	if (latency_count == latency_room) {
		latency_room = latency_room ? latency_room * 2 : 65536;
		latencies = realloc(latencies, latency_room * sizeof *latencies);
		if (!latencies) die("realloc");
	}
	latencies[latency_count++] = seconds;
}

/* Length of the whole answer, 0 while its head is incomplete. */
static size_t answer_bytes(struct client *c, int *closes) {
	char *end = strstr(c->answer, "\r\n\r\n");
	if (!end) return 0;
	char *length = strcasestr(c->answer, "\r\ncontent-length:");
	char *connection = strcasestr(c->answer, "\r\nconnection: close");
	*closes = connection && connection < end;
	return (size_t)(end + 4 - c->answer) + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

static void receive(struct client *c) {
	ssize_t r = read(c->fd, c->answer + c->answered, ANSWER_MAX - c->answered);
	if (r < 0 && errno == EAGAIN) return;
	if (r <= 0) {
		disconnect(c);
		return;
	}
	c->answered += (size_t)r;
	c->answer[c->answered] = 0;
	int closes = 0;
	size_t whole = answer_bytes(c, &closes);
	if (!whole || c->answered < whole) {
		if (c->answered == ANSWER_MAX) disconnect(c);
		return;
	}
	int status = atoi(c->answer + 9);
	int early = c->state == SENDING;
	if (status >= 200 && status < 300) {
		accepted += c->lines;
		c->has_body = 0;
		keep_latency(now() - c->began);
	} else {
		refused++;
	}
	if (closes || early) disconnect(c);
	else if (c->has_body) pause_client(c);
	else post(c);
}

static void resume(struct client *clients, int count) {
	double t = now();
	for (int i = 0; i < count; i++) {
		struct client *c = &clients[i];
		if (c->state != PAUSING || c->resume > t) continue;
		if (c->fd < 0) connect_client(c);
		else post(c);
	}
}

static int by_size(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double percentile(double part) {
	return latency_count ? latencies[(size_t)(part * (double)(latency_count - 1))] * 1000 : 0;
}

static void read_file(void) {
	int f = open(file, O_RDONLY);
	struct stat s;
	if (f < 0 || fstat(f, &s)) die(file);
	if ((uint64_t)s.st_size < total * line_bytes) {
		fprintf(stderr, "benchpost: %s holds fewer than %llu lines of %zu bytes\n", file, (unsigned long long)total, line_bytes);
		exit(1);
	}
	data = mmap(NULL, total * line_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, f, 0);
	if (data == MAP_FAILED) die("mmap");
	close(f);
}

int main(int argc, char **argv) {
	int clients = 256, o;
	double limit = 60;
	while ((o = getopt(argc, argv, "f:p:s:n:c:b:u:l:")) != -1) switch (o) {
		case 'f': file = optarg; break;
		case 'p': port = atoi(optarg); break;
		case 's': line_bytes = strtoul(optarg, NULL, 10); break;
		case 'n': total = strtoull(optarg, NULL, 10); break;
		case 'c': clients = atoi(optarg); break;
		case 'b': body_lines = strtoull(optarg, NULL, 10); break;
		case 'u': path = optarg; break;
		case 'l': limit = atof(optarg); break;
		default: return 2;
	}
	if (!file || !total || clients < 1 || !body_lines || !line_bytes || strlen(path) > 100) {
		fprintf(stderr, "usage: benchpost -f FILE -p PORT -s BYTES -n LINES [-c CLIENTS] [-b LINES_A_BODY] [-u PATH] [-l SECONDS]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	read_file();
	ep = epoll_create1(0);
	struct client *all = calloc((size_t)clients, sizeof *all);
	if (ep < 0 || !all) die("start");
	double begin = now();
	for (int i = 0; i < clients; i++) {
		all[i].fd = -1;
		connect_client(&all[i]);
	}
	struct epoll_event events[256];
	while (accepted < total && now() - begin < limit) {
		int n = epoll_wait(ep, events, 256, 10);
		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;
			if (c->fd < 0) continue;
			if (c->state == CONNECTING) {
				if (events[i].events & (EPOLLERR | EPOLLHUP)) disconnect(c);
				else post(c);
			} else if (events[i].events & EPOLLIN) receive(c);
			else if (events[i].events & (EPOLLERR | EPOLLHUP)) disconnect(c);
			else if (c->state == SENDING) send_more(c);
		}
		resume(all, clients);
	}
	double seconds = now() - begin;
	qsort(latencies, latency_count, sizeof *latencies, by_size);
	printf("{\"lines\":%llu,\"refused\":%llu,\"broken\":%llu,\"seconds\":%.3f,\"lines_per_s\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
		(unsigned long long)accepted, (unsigned long long)refused, (unsigned long long)broken, seconds,
		(double)accepted / seconds, percentile(0.5), percentile(0.99), percentile(1));
	return accepted < total;
}
