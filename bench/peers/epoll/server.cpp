// The limit of one thread on one kernel: whatever comes as a line on the feed port goes to every viewer as one HTTP
// chunk with one server-sent event, by one send() each. No timers, no resume, no bounds: nothing that a product needs,
// except that a viewer whose socket is full is waited for and gets everything in order.
//
// server <viewer port> <feed port>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr int max_events = 1024;
constexpr int backlog = 4096;

enum class kind { none, viewer_port, feed_port, connecting, viewer, feed };

// By descriptor: the kernel gives out small numbers.
struct peer {
    kind is = kind::none;
    std::string in;      // a request's head, or a part of a line
    std::string unsent;  // what did not fit into the socket
    size_t at = 0;       // place in `watching`
};

std::vector<peer> peers(1 << 17);
std::vector<int> watching;
int events;

void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

void watch(int descriptor, uint32_t conditions, int operation = EPOLL_CTL_ADD) {
    epoll_event event{};
    event.events = conditions;
    event.data.fd = descriptor;
    if (epoll_ctl(events, operation, descriptor, &event) != 0) fail("epoll_ctl");
}

int listen_on(int port, kind is) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("bind");
    if (listen(descriptor, backlog) != 0) fail("listen");
    peers[descriptor].is = is;
    watch(descriptor, EPOLLIN);
    return descriptor;
}

void drop(int descriptor) {
    peer& leaving = peers[descriptor];
    if (leaving.is == kind::viewer) {
        int last = watching.back();
        watching[leaving.at] = last;
        peers[last].at = leaving.at;
        watching.pop_back();
    }
    leaving = peer{};
    close(descriptor);
}

void give(int descriptor, std::string_view bytes) {
    peer& to = peers[descriptor];
    if (!to.unsent.empty()) {
        to.unsent.append(bytes);
        return;
    }
    ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == static_cast<ssize_t>(bytes.size())) return;
    // Gone: the next read tells.
    if (sent < 0 && errno != EAGAIN) return;
    to.unsent.assign(bytes.substr(sent < 0 ? 0 : static_cast<size_t>(sent)));
    watch(descriptor, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
}

void give_rest(int descriptor) {
    peer& to = peers[descriptor];
    ssize_t sent = send(descriptor, to.unsent.data(), to.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) to.unsent.erase(0, static_cast<size_t>(sent));
    if (to.unsent.empty()) watch(descriptor, EPOLLIN, EPOLL_CTL_MOD);
}

void publish(std::string_view line) {
    std::string event = "data: ";
    event.append(line).append("\n\n");
    char size[16];
    std::string chunk(size, static_cast<size_t>(std::snprintf(size, sizeof size, "%zx\r\n", event.size())));
    chunk.append(event).append("\r\n");
    for (int viewer : watching) give(viewer, chunk);
}

void greet(int descriptor) {
    peer& newcomer = peers[descriptor];
    if (newcomer.in.find("\r\n\r\n") == std::string::npos) return;
    if (newcomer.in.starts_with("GET /events ")) {
        newcomer.is = kind::viewer;
        newcomer.at = watching.size();
        watching.push_back(descriptor);
        newcomer.in = {};
        give(descriptor, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    } else {
        newcomer.in.clear();
        give(descriptor, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
}

void take_lines(int descriptor) {
    peer& feed = peers[descriptor];
    size_t from = 0;
    for (size_t end; (end = feed.in.find('\n', from)) != std::string::npos; from = end + 1) {
        publish(std::string_view(feed.in).substr(from, end - from));
        give(descriptor, "k");
    }
    feed.in.erase(0, from);
}

void read_all(int descriptor) {
    char buffer[16 * 1024];
    ssize_t count;
    while ((count = recv(descriptor, buffer, sizeof buffer, 0)) > 0) {
        if (peers[descriptor].is != kind::viewer) peers[descriptor].in.append(buffer, static_cast<size_t>(count));
    }
    if (count == 0 || errno != EAGAIN) {
        drop(descriptor);
        return;
    }
    if (peers[descriptor].is == kind::connecting) greet(descriptor);
    if (peers[descriptor].is == kind::feed) take_lines(descriptor);
}

void accept_all(int listener) {
    int descriptor, on = 1;
    while ((descriptor = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        peers[descriptor] = peer{};
        peers[descriptor].is = peers[listener].is == kind::feed_port ? kind::feed : kind::connecting;
        watch(descriptor, EPOLLIN);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("server <viewer port> <feed port>\n", stderr);
        return 2;
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    events = epoll_create1(0);
    listen_on(std::atoi(arguments[1]), kind::viewer_port);
    listen_on(std::atoi(arguments[2]), kind::feed_port);
    epoll_event ready[max_events];
    for (;;) {
        int number = epoll_wait(events, ready, max_events, -1);
        for (int index = 0; index < number; index++) {
            int descriptor = ready[index].data.fd;
            kind is = peers[descriptor].is;
            if (is == kind::none) continue;
            if (is == kind::viewer_port || is == kind::feed_port) {
                accept_all(descriptor);
                continue;
            }
            if ((ready[index].events & EPOLLOUT) != 0) give_rest(descriptor);
            if ((ready[index].events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) read_all(descriptor);
        }
    }
}
