// The floor of an event engine: what the bare pattern of access costs, without a model. Usage: event_floor PEOPLE EVENTS
//
// Take the earliest event of a calendar ring; touch one person (four lines), one change (three), one item (two); draw two blocks of
// Philox4x32-10 and one logarithm; put the event back. One event in sixteen touches somebody else. Records are those that the engine
// had when this was written (568, 432 and 120 bytes), four changes and eight items a person. Prints nanoseconds an event.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PERSON = 568, CHANGE = 432, ITEM = 120 };

typedef struct {
    double time;
    int64_t next;
} Event;

static inline void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c[0], b = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t n0 = (uint32_t)(b >> 32) ^ c[1] ^ k0, n1 = (uint32_t)b;
        uint32_t n2 = (uint32_t)(a >> 32) ^ c[3] ^ k1, n3 = (uint32_t)a;
        c[0] = n0, c[1] = n1, c[2] = n2, c[3] = n3;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
}

static inline void touch(char *record, long bytes, double by) {
    for (long at = 0; at < bytes; at += 64) *(double *)(record + at) += by;
}

int main(int arguments, char **values) {
    if (arguments != 3) return 2;
    long people = atol(values[1]), events = atol(values[2]), slots = 1;
    while (slots < people * 8) slots <<= 1;
    char *person = calloc(people, PERSON), *change = calloc(people * 4, CHANGE), *item = calloc(people * 8, ITEM);
    Event *event = calloc(people, sizeof(Event));
    int64_t *ring = malloc(slots * sizeof(int64_t));
    double slots_per_hour = people * 0.75, sum = 0;
    for (long s = 0; s < slots; s++) ring[s] = -1;
#define INSERT(i, at)                                           \
    {                                                           \
        event[i].time = at;                                     \
        long s = (long)(event[i].time * slots_per_hour) & (slots - 1); \
        event[i].next = ring[s];                                \
        ring[s] = i;                                            \
    }
    for (long i = 0; i < people; i++) {
        uint32_t c[4] = {i, 0, 0, 0};
        philox(c, 1, 7);
        double first = c[0] / 4294967296.0 * 1.3;
        INSERT(i, first);
    }
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (long slot = 0, done = 0; done < events;) {
        int64_t best = -1, before_best = -1, previous = -1;
        for (int64_t i = ring[slot & (slots - 1)]; i >= 0; previous = i, i = event[i].next)
            if ((long)(event[i].time * slots_per_hour) == slot && (best < 0 || event[i].time < event[best].time))
                best = i, before_best = previous;
        if (best < 0) {
            slot++;
            continue;
        }
        if (before_best < 0) ring[slot & (slots - 1)] = event[best].next;
        else event[before_best].next = event[best].next;
        uint32_t c[4];
        double u = 0, now = event[best].time;
        for (int d = 0; d < 2; d++) {
            c[0] = best, c[1] = done, c[2] = d, c[3] = 0;
            philox(c, 1, 9);
            u += c[0] / 4294967296.0 + c[1] * 1e-20;
        }
        touch(person + best * PERSON, 256, u);
        touch(change + (best * 4 + (c[2] & 3)) * CHANGE, 192, u);
        touch(item + (best * 8 + (c[3] & 7)) * ITEM, ITEM, u);
        if ((c[2] & 15) == 0) touch(person + (long)(c[3] % people) * PERSON, 1, 1.0);
        sum += *(double *)(person + best * PERSON);
        double next = now - log((c[1] + 1.0) / 4294967297.0) * 1.3;
        INSERT(best, next);
        done++;
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    printf("%.2f %g\n", ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / events, sum);
    return 0;
}
