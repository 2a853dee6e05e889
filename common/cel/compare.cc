#include <google/protobuf/util/message_differencer.h>

#include <cmath>

#include "common/cel/value.h"

namespace touchstone::cel {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

template <typename T>
Order OrderOf(const T& a, const T& b) {
  return a < b ? Order::kLess : b < a ? Order::kGreater : Order::kEqual;
}

Order Reverse(Order order) {
  if (order == Order::kLess) return Order::kGreater;
  return order == Order::kGreater ? Order::kLess : order;
}

Order CompareDoubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return Order::kUnordered;
  return OrderOf(a, b);
}

// Exact: not every int is a double, so the whole part is compared as an int and the rest breaks the tie.
Order CompareIntDouble(int64_t a, double b) {
  if (std::isnan(b)) return Order::kUnordered;
  if (b >= kTwoTo63) return Order::kLess;
  if (b < -kTwoTo63) return Order::kGreater;
  const double whole = std::trunc(b);
  const Order order = OrderOf(a, static_cast<int64_t>(whole));
  return order == Order::kEqual ? OrderOf(whole, b) : order;
}

Order CompareUintDouble(uint64_t a, double b) {
  if (std::isnan(b)) return Order::kUnordered;
  if (b >= kTwoTo64) return Order::kLess;
  if (b < 0) return Order::kGreater;
  const double whole = std::trunc(b);
  const Order order = OrderOf(a, static_cast<uint64_t>(whole));
  return order == Order::kEqual ? OrderOf(whole, b) : order;
}

Order CompareIntUint(int64_t a, uint64_t b) { return a < 0 ? Order::kLess : OrderOf(static_cast<uint64_t>(a), b); }

Order CompareNumbers(const Value& a, const Value& b) {
  if (a.kind() > b.kind()) return Reverse(CompareNumbers(b, a));
  if (a.kind() == Kind::kInt) {
    if (b.kind() == Kind::kInt) return OrderOf(a.int_value(), b.int_value());
    return b.kind() == Kind::kUint ? CompareIntUint(a.int_value(), b.uint_value())
                                   : CompareIntDouble(a.int_value(), b.double_value());
  }
  if (a.kind() == Kind::kUint) {
    return b.kind() == Kind::kUint ? OrderOf(a.uint_value(), b.uint_value())
                                   : CompareUintDouble(a.uint_value(), b.double_value());
  }
  return CompareDoubles(a.double_value(), b.double_value());
}

bool EqualLists(const Value& a, const Value& b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  for (size_t i = 0; i < size; ++i) {
    if (!Equal(a.At(i), b.At(i))) return false;
  }
  return true;
}

bool EqualMaps(const Value& a, const Value& b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  for (size_t i = 0; i < size; ++i) {
    const MapEntry entry = a.EntryAt(i);
    const absl::optional<Value> other = b.Find(entry.key);
    if (!other.has_value() || !Equal(entry.value, *other)) return false;
  }
  return true;
}

bool EqualMessages(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  if (a.GetDescriptor() != b.GetDescriptor()) return false;
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

}  // namespace

bool Equal(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.IsNumber() && b.IsNumber() && CompareNumbers(a, b) == Order::kEqual;
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return a.bool_value() == b.bool_value();
    case Kind::kInt:
    case Kind::kDuration:
      return a.int_value() == b.int_value();
    case Kind::kUint:
      return a.uint_value() == b.uint_value();
    case Kind::kDouble:
      return a.double_value() == b.double_value();
    case Kind::kString:
    case Kind::kBytes:
      return a.text() == b.text();
    case Kind::kTimestamp:
      return a.seconds() == b.seconds() && a.nanos() == b.nanos();
    case Kind::kList:
      return EqualLists(a, b);
    case Kind::kMap:
      return EqualMaps(a, b);
    case Kind::kMessage:
      return EqualMessages(a.message(), b.message());
    default:
      return false;
  }
}

absl::optional<Order> Compare(const Value& a, const Value& b) {
  if (a.IsNumber() && b.IsNumber()) return CompareNumbers(a, b);
  if (a.kind() != b.kind()) return absl::nullopt;
  switch (a.kind()) {
    case Kind::kBool:
      return OrderOf(a.bool_value(), b.bool_value());
    case Kind::kString:
    case Kind::kBytes:
      return OrderOf(a.text(), b.text());
    case Kind::kDuration:
      return OrderOf(a.duration_nanos(), b.duration_nanos());
    case Kind::kTimestamp: {
      const Order order = OrderOf(a.seconds(), b.seconds());
      return order == Order::kEqual ? OrderOf(a.nanos(), b.nanos()) : order;
    }
    default:
      return absl::nullopt;
  }
}

}  // namespace touchstone::cel
