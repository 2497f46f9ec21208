/*
 * The thread sleeps until shortly before a frame is due, spins for the rest, and hands everything that is due to the kernel
 * in one sendmmsg(2).
 */
#define _GNU_SOURCE
#include "paced-sender.h"
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Frames in one call of the kernel. More gains nothing and makes their common instant coarser. */
#define FRAMES_PER_CALL 64

#define NS_PER_S 1000000000LL

/* A wait longer than this can be cut short by close; the rest of it is slept through. */
#define UNBROKEN_NS 2000000LL

/* Between two tries of a frame that the kernel has no room for. */
#define RETRY_NS 50000LL

/* How often the two clocks are read for moment 0. */
#define READINGS_OF_ZERO 8

/* As in packet-kind.ts. */
#define FATE_SENT 0
#define FATE_REFUSED 2
#define FATE_CANCELLED 3

static int64_t now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static struct timespec timespec_of(int64_t ns) {
  return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool is_stopping(sender_t *sender) {
  return __atomic_load_n(&sender->stopping, __ATOMIC_ACQUIRE);
}

/* False when the handle is being closed. */
static bool wait_until(sender_t *sender, int64_t due_ns) {
  int64_t asleep_ns = due_ns - sender->spin_ns;
  if (asleep_ns - now_ns(CLOCK_MONOTONIC) > UNBROKEN_NS) {
    struct timespec until = timespec_of(asleep_ns - UNBROKEN_NS / 2);
    pthread_mutex_lock(&sender->lock);
    while (!sender->stopping && pthread_cond_timedwait(&sender->wake, &sender->lock, &until) != ETIMEDOUT) {
    }
    pthread_mutex_unlock(&sender->lock);
  }
  if (is_stopping(sender)) return false;
  if (asleep_ns > now_ns(CLOCK_MONOTONIC)) {
    struct timespec until = timespec_of(asleep_ns);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
  }
  while (now_ns(CLOCK_MONOTONIC) < due_ns) relax();
  return !is_stopping(sender);
}

static void count_refusal(batch_t *batch, int error) {
  int kind = 0;
  while (kind < MOST_ERRORS - 1 && batch->errors[kind] != 0 && batch->errors[kind] != error) kind++;
  batch->errors[kind] = error;
  batch->refusals[kind]++;
  batch->refused++;
}

/* Errors that pass by themselves: the kernel's queues are full. */
static bool is_passing(int error) {
  return error == ENOBUFS || error == EAGAIN || error == EWOULDBLOCK;
}

/* Sends frames that all are due: `count` of them, numbered in `which`. Each gets its instant and fate. */
static void send_due(sender_t *sender, batch_t *batch, const uint32_t *which, uint32_t count) {
  struct mmsghdr messages[FRAMES_PER_CALL];
  struct iovec parts[FRAMES_PER_CALL];
  int64_t give_up_ns = 0;
  bool told_down = false;
  uint32_t from = 0;
  memset(messages, 0, sizeof messages[0] * count);
  for (uint32_t i = 0; i < count; i++) {
    parts[i] = (struct iovec){.iov_base = batch->bytes + batch->offsets[which[i]], .iov_len = (size_t)batch->lengths[which[i]]};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  while (from < count) {
    double at_ns = (double)(now_ns(CLOCK_REALTIME) - sender->zero_wall_ns);
    int taken = sendmmsg(sender->descriptor, messages + from, count - from, 0);
    batch->calls++;
    if (taken > 0) {
      for (uint32_t i = from; i < from + (uint32_t)taken; i++) {
        batch->sent_ns[which[i]] = at_ns;
        batch->bytes_sent += (double)parts[i].iov_len;
      }
      batch->sent += (uint32_t)taken;
      from += (uint32_t)taken;
      give_up_ns = 0;
      told_down = false;
      continue;
    }
    int error = taken == 0 ? EAGAIN : errno;
    if (error == EINTR) continue;
    /* The socket keeps one ENETDOWN from the instant of going down, and gives it once more when the interface is up. */
    if (error == ENETDOWN && !told_down) {
      told_down = true;
      continue;
    }
    if (is_passing(error) && !is_stopping(sender)) {
      int64_t now = now_ns(CLOCK_MONOTONIC);
      if (give_up_ns == 0) give_up_ns = now + sender->patience_ns;
      if (now < give_up_ns) {
        struct timespec pause = timespec_of(RETRY_NS);
        batch->retries++;
        nanosleep(&pause, NULL);
        continue;
      }
    }
    batch->sent_ns[which[from]] = at_ns;
    batch->fates[which[from]] = FATE_REFUSED;
    count_refusal(batch, error);
    from++;
    give_up_ns = 0;
    told_down = false;
  }
}

static int64_t due_of(const sender_t *sender, const batch_t *batch, uint32_t i) {
  return sender->zero_ns + (int64_t)batch->due_ns[i] + sender->shift_ns;
}

static void cancel_rest(sender_t *sender, batch_t *batch, uint32_t from) {
  double at_ns = (double)(now_ns(CLOCK_REALTIME) - sender->zero_wall_ns);
  for (uint32_t i = from; i < batch->count; i++) {
    if (batch->fates[i] != FATE_SENT) continue;
    batch->fates[i] = FATE_CANCELLED;
    batch->sent_ns[i] = at_ns;
    batch->cancelled++;
  }
}

static void run_batch(sender_t *sender, batch_t *batch) {
  uint32_t which[FRAMES_PER_CALL];
  uint32_t i = 0;
  while (i < batch->count) {
    /* A frame that is withheld is not waited for. */
    if (batch->fates[i] != FATE_SENT) {
      i++;
      continue;
    }
    int64_t due_ns = due_of(sender, batch, i);
    int64_t now = now_ns(CLOCK_MONOTONIC);
    if (is_stopping(sender) || (now < due_ns && !wait_until(sender, due_ns))) {
      cancel_rest(sender, batch, i);
      return;
    }
    now = now_ns(CLOCK_MONOTONIC);
    int64_t lag_ns = now - due_ns;
    if ((double)lag_ns > batch->largest_lag_ns) batch->largest_lag_ns = (double)lag_ns;
    if (sender->largest_lag_ns > 0 && lag_ns > sender->largest_lag_ns) {
      sender->shift_ns += lag_ns;
      batch->shifts++;
      batch->shifted_ns += (double)lag_ns;
    }
    uint32_t count = 0;
    for (; i < batch->count && count < FRAMES_PER_CALL; i++) {
      if (batch->fates[i] != FATE_SENT) continue;
      if (count > 0 && due_of(sender, batch, i) > now) break;
      which[count++] = i;
    }
    send_due(sender, batch, which, count);
  }
}

static void *send_batches(void *data) {
  sender_t *sender = data;
  /* The kernel otherwise adds up to 50 us to every sleep, to wake several at once. */
  prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
  pthread_mutex_lock(&sender->lock);
  for (;;) {
    while (sender->first == NULL && !sender->stopping) pthread_cond_wait(&sender->wake, &sender->lock);
    batch_t *batch = sender->first;
    if (batch == NULL) break;
    sender->first = batch->next;
    if (sender->first == NULL) sender->last = NULL;
    pthread_mutex_unlock(&sender->lock);
    run_batch(sender, batch);
    sender->through(sender->owner, batch);
    pthread_mutex_lock(&sender->lock);
  }
  pthread_mutex_unlock(&sender->lock);
  return NULL;
}

int start_sender(sender_t *sender) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_mutex_init(&sender->lock, NULL);
  pthread_cond_init(&sender->wake, &monotonic);
  pthread_condattr_destroy(&monotonic);
  int error = pthread_create(&sender->thread, NULL, send_batches, sender);
  if (error != 0) return error;
  struct sched_param priority = {.sched_priority = sender->priority};
  sender->has_priority = sender->priority > 0 && pthread_setschedparam(sender->thread, SCHED_FIFO, &priority) == 0;
  return 0;
}

/*
 * Frames are due by the monotonic clock and told by the wall clock, so moment 0 is one instant read from both. Of several
 * readings the closest counts, for a thread can be put off between two. The wall clock comes first: what then parts the
 * two makes a frame look late by as much, never sent before it was due.
 */
void begin_run(sender_t *sender, int64_t lead_ns) {
  int64_t least_apart_ns = INT64_MAX;
  for (int i = 0; i < READINGS_OF_ZERO; i++) {
    int64_t before_ns = now_ns(CLOCK_MONOTONIC);
    int64_t wall_ns = now_ns(CLOCK_REALTIME);
    int64_t after_ns = now_ns(CLOCK_MONOTONIC);
    if (after_ns - before_ns >= least_apart_ns) continue;
    least_apart_ns = after_ns - before_ns;
    sender->zero_ns = after_ns + lead_ns;
    sender->zero_wall_ns = wall_ns + lead_ns;
  }
}

bool is_sound(const batch_t *batch, size_t bytes_length) {
  for (uint32_t i = 0; i < batch->count; i++) {
    if (batch->fates[i] != FATE_SENT) continue;
    int64_t end = (int64_t)batch->offsets[i] + batch->lengths[i];
    if (batch->offsets[i] < 0 || batch->lengths[i] < 0 || end > (int64_t)bytes_length) return false;
  }
  return true;
}

void enqueue(sender_t *sender, batch_t *batch) {
  pthread_mutex_lock(&sender->lock);
  if (sender->last == NULL) sender->first = batch;
  else sender->last->next = batch;
  sender->last = batch;
  pthread_cond_signal(&sender->wake);
  pthread_mutex_unlock(&sender->lock);
}

void stop_sender(sender_t *sender) {
  pthread_mutex_lock(&sender->lock);
  __atomic_store_n(&sender->stopping, true, __ATOMIC_RELEASE);
  pthread_cond_broadcast(&sender->wake);
  pthread_mutex_unlock(&sender->lock);
  pthread_join(sender->thread, NULL);
  close(sender->descriptor);
  pthread_mutex_destroy(&sender->lock);
  pthread_cond_destroy(&sender->wake);
}
