#pragma once
// Imported by StrictJSON alone.
#include <jansson.h>
