/* What the probe asks of the machine's memory. */
#include "capture-addon.h"
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

void add_memory(napi_env env, napi_value exports) {
  set_function(env, exports, "useHugePages", use_huge_pages);
}
