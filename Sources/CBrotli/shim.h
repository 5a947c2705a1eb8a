#pragma once
// Imported by Brotli alone.
#include <brotli/decode.h>
