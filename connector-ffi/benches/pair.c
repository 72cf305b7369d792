/* The C side of pair.rs: builds, checks and reads packets of 20 KB, as often as it is told, and prints
 * how many nanoseconds of this thread's processor time that took. A first argument "copied" has the
 * library copy each packet that it reads; "borrowed" has it read where it lies. */
#define _POSIX_C_SOURCE 200809L
#include <lienthong.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void must(int32_t code) {
    if (code != LIENTHONG_OK) {
        fprintf(stderr, "%s\n", lienthong_code_name(code));
        exit(1);
    }
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static uint8_t file[14000];

static void one(const char *header, int copied) {
    lienthong_document_t *document = NULL;
    lienthong_packet_t *packet = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    int32_t worst = LIENTHONG_SEVERITY_ERROR;

    must(lienthong_document_from_json(NULL, header, &document, NULL));
    must(lienthong_document_attach_bytes(document, "a.pdf", file, sizeof file, NULL, NULL, NULL));
    must(lienthong_document_to_bytes(document, &data, &length, NULL));
    if (copied) {
        must(lienthong_packet_from_bytes(NULL, data, length, &packet, NULL));
    } else {
        must(lienthong_packet_from_bytes_borrowed(NULL, data, length, &packet, NULL));
    }
    must(lienthong_packet_worst(packet, 0, NULL, &worst, NULL));
    if (length < 18000 || length > 22000 || worst == LIENTHONG_SEVERITY_ERROR) {
        fprintf(stderr, "a packet of %zu bytes\n", length);
        exit(1);
    }
    lienthong_packet_free(packet);
    lienthong_bytes_free(data, length);
    lienthong_document_free(document);
}

int main(int argc, char **argv) {
    int copied = argc == 4 && strcmp(argv[1], "copied") == 0;
    long i, times = argc >= 3 ? strtol(argv[argc - 2], NULL, 10) : 0;
    const char *header = argv[argc - 1];
    long long start;

    memset(file, 'x', sizeof file);
    memcpy(file, "%PDF-1.4\n", 9);
    /* A process that has just begun has met neither its library's pages nor its branches; Rust's side,
     * which goes on, has. */
    for (i = 0; i < times / 4; i++) {
        one(header, copied);
    }
    start = now();
    for (i = 0; i < times; i++) {
        one(header, copied);
    }
    printf("%lld\n", now() - start);
    return 0;
}
