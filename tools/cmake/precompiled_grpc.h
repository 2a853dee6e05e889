#include <grpcpp/grpcpp.h>

#include "tools/cmake/precompiled_base.h"
