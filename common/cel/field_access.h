#pragma once

#include <google/protobuf/message.h>

#include "common/cel/value.h"

namespace touchstone::cel {

// Reads of messages by reflection, as CEL converts them. Nothing is copied: the values view the message.

// The field as it is: a list, a map, a default if unset, null if an unset wrapper.
Value ReadField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field);

// What `has(message.field)` says.
bool HasField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field);

// `index` is below the field's size.
Value ReadElement(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, int index);
MapEntry ReadEntry(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, int index);
Value ReadEntryKey(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, int index);

// Of a google.protobuf type: the time, span or number it stands for, an error if it is out of range or left out.
Value ReadWellKnown(const google::protobuf::Message& message);

}  // namespace touchstone::cel
