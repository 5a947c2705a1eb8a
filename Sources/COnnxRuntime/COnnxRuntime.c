#include "COnnxRuntime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// ONNX Runtime exports one symbol, OrtGetApiBase, which hands out a table of functions. The table
// only ever grows at its end (the ABI promise at the head of onnxruntime_c_api.h), so a position is
// valid for every later version. Checked against 1.28.2 and 1.31.1.
enum slot {
  GET_ERROR_MESSAGE = 2,
  CREATE_ENV = 3,
  CREATE_SESSION_FROM_ARRAY = 8,
  RUN = 9,
  CREATE_SESSION_OPTIONS = 10,
  SET_GRAPH_OPTIMIZATION_LEVEL = 23,
  SET_INTRA_OP_THREADS = 24,
  SET_INTER_OP_THREADS = 25,
  CREATE_TENSOR_WITH_DATA = 49,
  GET_TENSOR_MUTABLE_DATA = 51,
  GET_TENSOR_ELEMENT_TYPE = 60,
  GET_DIMENSIONS_COUNT = 61,
  GET_DIMENSIONS = 62,
  GET_TENSOR_ELEMENT_COUNT = 64,
  GET_TENSOR_TYPE_AND_SHAPE = 65,
  CREATE_CPU_MEMORY_INFO = 69,
  RELEASE_STATUS = 93,
  RELEASE_SESSION = 95,
  RELEASE_VALUE = 96,
  RELEASE_TENSOR_TYPE_AND_SHAPE = 99,
  RELEASE_SESSION_OPTIONS = 100,
};

// The API version that already holds every slot above.
enum { API_VERSION = 11 };
enum { LOG_ERROR = 3, ALLOCATOR_ARENA = 1, MEMORY_DEFAULT = 0, OPTIMIZE_ALL = 99 };

typedef void *status;
typedef struct {
  const void *const *(*get_api)(uint32_t version);
  const char *(*get_version)(void);
} api_base;

static const api_base *base;
static const void *const *api;
static void *environment;
static void *memory;

#define CALL(slot, ...) ((status(*)(__VA_ARGS__))api[slot])
#define RELEASE(slot) ((void (*)(void *))api[slot])

static void say(char *error, size_t capacity, const char *text) {
  if (error && capacity) snprintf(error, capacity, "%s", text);
}

// Turns a status into 0 or 1 and frees it.
static int failed(status result, char *error, size_t capacity) {
  if (!result) return 0;
  say(error, capacity, ((const char *(*)(const void *))api[GET_ERROR_MESSAGE])(result));
  RELEASE(RELEASE_STATUS)(result);
  return 1;
}

int onnx_runtime_open(const char *library, char *error, size_t capacity) {
  if (environment) return 0;
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    say(error, capacity, dlerror());
    return 1;
  }
  const api_base *(*get_base)(void);
  *(void **)&get_base = dlsym(handle, "OrtGetApiBase");
  if (!get_base) {
    say(error, capacity, "the library has no OrtGetApiBase: it is no ONNX Runtime");
    dlclose(handle);
    return 1;
  }
  base = get_base();
  api = base->get_api(API_VERSION);
  if (!api) {
    say(error, capacity, "the ONNX Runtime is older than 1.11");
    dlclose(handle);
    return 1;
  }
  if (!memory
      && failed(
          CALL(CREATE_CPU_MEMORY_INFO, int, int, void **)(ALLOCATOR_ARENA, MEMORY_DEFAULT, &memory),
          error, capacity))
    return 1;
  return failed(
      CALL(CREATE_ENV, int, const char *, void **)(LOG_ERROR, "assay", &environment), error,
      capacity);
}

const char *onnx_runtime_version(void) { return base ? base->get_version() : ""; }

onnx_session *onnx_session_create(
    const void *model, size_t size, int threads, char *error, size_t capacity) {
  void *options = NULL, *session = NULL;
  if (failed(CALL(CREATE_SESSION_OPTIONS, void **)(&options), error, capacity)) return NULL;
  if (!failed(CALL(SET_INTRA_OP_THREADS, void *, int)(options, threads), error, capacity)
      && !failed(CALL(SET_INTER_OP_THREADS, void *, int)(options, 1), error, capacity)
      && !failed(
          CALL(SET_GRAPH_OPTIMIZATION_LEVEL, void *, int)(options, OPTIMIZE_ALL), error, capacity)
      && failed(
          CALL(CREATE_SESSION_FROM_ARRAY, void *, const void *, size_t, void *, void **)(
              environment, model, size, options, &session),
          error, capacity))
    session = NULL;
  RELEASE(RELEASE_SESSION_OPTIONS)(options);
  return session;
}

void onnx_session_release(onnx_session *session) {
  if (session) RELEASE(RELEASE_SESSION)(session);
}

onnx_value *onnx_value_over(
    void *data, size_t size, const int64_t *shape, size_t rank, int type, char *error,
    size_t capacity) {
  void *value = NULL;
  return failed(
             CALL(
                 CREATE_TENSOR_WITH_DATA, void *, void *, size_t, const int64_t *, size_t, int,
                 void **)(memory, data, size, shape, rank, type, &value),
             error, capacity)
      ? NULL
      : value;
}

void onnx_value_release(onnx_value *value) {
  if (value) RELEASE(RELEASE_VALUE)(value);
}

int onnx_value_describe(
    const onnx_value *value, int *type, int64_t *shape, size_t *rank, size_t *count, char *error,
    size_t capacity) {
  void *info = NULL;
  if (failed(
          CALL(GET_TENSOR_TYPE_AND_SHAPE, const void *, void **)(value, &info), error, capacity))
    return 1;
  int bad = failed(CALL(GET_TENSOR_ELEMENT_TYPE, void *, int *)(info, type), error, capacity)
      || failed(CALL(GET_DIMENSIONS_COUNT, void *, size_t *)(info, rank), error, capacity);
  if (!bad && *rank > ONNX_MAX_RANK) {
    say(error, capacity, "the tensor has more dimensions than any of our models");
    bad = 1;
  }
  bad = bad
      || failed(CALL(GET_DIMENSIONS, void *, int64_t *, size_t)(info, shape, *rank), error, capacity)
      || failed(CALL(GET_TENSOR_ELEMENT_COUNT, void *, size_t *)(info, count), error, capacity);
  RELEASE(RELEASE_TENSOR_TYPE_AND_SHAPE)(info);
  return bad;
}

const void *onnx_value_data(onnx_value *value) {
  void *data = NULL;
  return failed(CALL(GET_TENSOR_MUTABLE_DATA, void *, void **)(value, &data), NULL, 0) ? NULL
                                                                                        : data;
}

int onnx_session_run(
    onnx_session *session, const char *const *input_names, const onnx_value *const *inputs,
    size_t input_count, const char *const *output_names, size_t output_count,
    onnx_value **outputs, char *error, size_t capacity) {
  for (size_t index = 0; index < output_count; index++) outputs[index] = NULL;
  return failed(
      CALL(
          RUN, void *, const void *, const char *const *, const onnx_value *const *, size_t,
          const char *const *, size_t, onnx_value **)(
          session, NULL, input_names, inputs, input_count, output_names, output_count, outputs),
      error, capacity);
}
