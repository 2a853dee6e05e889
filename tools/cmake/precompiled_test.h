#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmake/precompiled_base.h"
