/* What the probe asks of the machine's memory. */
#include "capture-addon.h"
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>

#define HUGE_PAGE_BYTES ((uintptr_t)2 << 20)

/*
 * useHugePages(words: Int32Array): asks for pages of 2 MiB where it will be written to. The kernel may have none, or be
 * told not to give any; then nothing changes.
 */
static napi_value use_huge_pages(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value args[1], result;
  napi_typedarray_type type;
  void *words = NULL;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_undefined(env, &result);
  if (count < 1 || napi_get_typedarray_info(env, args[0], &type, &length, &words, NULL, NULL) != napi_ok) return result;
  if (type != napi_int32_array) return result;
  uintptr_t from = ((uintptr_t)words + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
  uintptr_t until = ((uintptr_t)words + length * sizeof(int32_t)) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
#ifdef MADV_HUGEPAGE
  if (from < until) madvise((void *)from, until - from, MADV_HUGEPAGE);
#endif
  return result;
}

/*
 * returnFreed(fromBytes): memory of that size and more goes back to the system as soon as it is free. By itself the C
 * library keeps ever larger blocks, up to 32 MiB, once blocks as large have been free.
 */
static napi_value return_freed(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1], result;
  int32_t bytes = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_undefined(env, &result);
  if (count < 1 || napi_get_value_int32(env, args[0], &bytes) != napi_ok || bytes <= 0) return result;
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, bytes);
#endif
  return result;
}

void add_memory(napi_env env, napi_value exports) {
  set_function(env, exports, "useHugePages", use_huge_pages);
  set_function(env, exports, "returnFreed", return_freed);
}
