/*
 * A thread that sends frames out of a packet socket (packet(7)) when they are due. Knows nothing of JavaScript.
 */
#ifndef TRAFGEN_PACED_SENDER_H
#define TRAFGEN_PACED_SENDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Kinds of refusal told apart in a batch; more count as the last. */
#define MOST_ERRORS 8

/* Frames in one block of bytes, in rising time; what became of each is written beside it. */
typedef struct batch {
  struct batch *next;
  uint8_t *bytes;
  const int32_t *offsets, *lengths;
  /* Nanoseconds after moment 0. */
  const double *due_ns;
  double *sent_ns;
  uint8_t *fates;
  uint32_t count;
  uint32_t sent, refused, cancelled, retries, calls, shifts;
  double bytes_sent, largest_lag_ns, shifted_ns;
  /* Refusals by errno. */
  int errors[MOST_ERRORS];
  uint32_t refusals[MOST_ERRORS];
} batch_t;

typedef struct {
  int descriptor;
  /* Moment 0 of the run, on the monotonic clock and on the wall's. */
  int64_t zero_ns, zero_wall_ns;
  /* Behind schedule by more than this, the schedule is moved rather than caught up with; 0: always caught up with. */
  int64_t largest_lag_ns;
  /* How long a frame that the kernel has no room for is tried again. */
  int64_t patience_ns;
  /* How much of a wait is spent spinning, at its end. */
  int64_t spin_ns;
  /* SCHED_FIFO priority wanted; 0: none. */
  int priority;
  /* Called in the thread when a batch is through. */
  void (*through)(void *owner, batch_t *batch);
  void *owner;

  /* The thread's own. */
  bool has_priority;
  int64_t shift_ns;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  batch_t *first, *last;
  bool stopping;
} sender_t;

/* 0 or errno. */
int start_sender(sender_t *sender);

/* Sets moment 0, so far ahead. Before the first batch. */
void begin_run(sender_t *sender, int64_t lead_ns);

/* False when a frame to be sent is not within the bytes. */
bool is_sound(const batch_t *batch, size_t bytes_length);

void enqueue(sender_t *sender, batch_t *batch);

/* Ends the thread and closes the socket; what was not sent is cancelled, and every batch is through. */
void stop_sender(sender_t *sender);

#endif
