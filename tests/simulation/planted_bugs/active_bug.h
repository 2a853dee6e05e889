#pragma once

// The switch that the instrumented copies of the product's sources ask: see README.md.
namespace touchstone::planted {

// The number of the bug that is active in this process; -1: none.
extern int active_bug;

inline bool On(int bug) { return active_bug == bug; }

}  // namespace touchstone::planted
